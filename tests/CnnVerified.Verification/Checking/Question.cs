using CnnVerified.Reference.Notation;

namespace CnnVerified.Verification.Checking;

/// <summary>A single claim, put together from its parts, as the command line takes them.</summary>
public sealed record Question
{
    /// <summary>The id of the equation that the claim is about; null where <see cref="Forward"/> states one.</summary>
    public string? Of { get; init; }

    /// <summary>Declarations of the forward equation, such as x[H,W], w[R,S].</summary>
    public string? Given { get; init; }

    /// <summary>The forward equations, such as y[i:H-R+1] = sum(r:R) x[i+r]*w[r].</summary>
    public IReadOnlyList<string> Forward { get; init; } = [];

    /// <summary>The variable of the gradient; null to take it from the claim's left side: dx is the gradient by x.</summary>
    public string? By { get; init; }

    /// <summary>The claim, one equation a line; its last is the gradient.</summary>
    public string Claim { get; init; } = "";

    /// <summary>What restricts the domain.</summary>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>The id of the forward equation that <see cref="Forward"/> states.</summary>
    public const string ForwardId = "forward";

    /// <summary>The id of the claim.</summary>
    public const string ClaimId = "claim";

    /// <summary>The library and the block to check: <c>Checker.Check(library, block)</c>.</summary>
    /// <exception cref="NotationException">A part is malformed.</exception>
    public (Library Library, Block Block) Ask()
    {
        Library library = Library();
        var lines = new List<Line>(Where.Select(condition => new WhereLine(Parser.Condition(condition))));
        lines.AddRange(Parser.Lines(Claim, new Place(1, 1)));
        EquationLine last = lines.OfType<EquationLine>().LastOrDefault() ?? throw new NotationException("expected a claim, such as dx[u:H] = …, got none.");
        string by = By ?? (last.Left.Name.Length > 1 && last.Left.Name[0] == 'd' ? last.Left.Name[1..]
            : throw new NotationException($"expected a claim about a gradient, such as dx[…] = …, got one about {last.Left.Name}."));
        if (last.Left.Name != "d" + by)
            throw new NotationException($"expected a claim about d{by}, got one about {last.Left.Name}.", last.Place);
        var block = new Block(new Head(BlockKind.Equation, ClaimId) { Of = ForwardName, By = by }, lines);
        library.Add(block);
        return (library, block);
    }

    /// <summary>The forward equation, resolved.</summary>
    /// <exception cref="NotationException">It is malformed, or there is none.</exception>
    public Model ForwardModel() => Library().Resolve(ForwardName, default);

    private string ForwardName => Of ?? ForwardId;

    private Library Library()
    {
        if (Of is not null)
            return Book.With([], (_, _) => { });
        if (Forward.Count == 0)
            throw new NotationException("expected the equation that the claim is about, by its id or as a forward equation, got none.");
        var lines = new List<Line>();
        if (Given is not null)
            lines.Add(Parser.Declarations(Given));
        lines.AddRange(Where.Select(condition => new WhereLine(Parser.Condition(condition))));
        foreach (string equation in Forward)
            lines.AddRange(Parser.Lines(equation, new Place(1, 1)));
        return Book.With([new Block(new Head(BlockKind.Equation, ForwardId), lines)], (_, taken) => throw taken);
    }
}
