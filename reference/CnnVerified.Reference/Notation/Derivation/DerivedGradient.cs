using System.Text;

namespace CnnVerified.Reference.Notation.Derivation;

/// <summary>One side of a chain of equalities.</summary>
/// <param name="Side">The right side.</param>
/// <param name="Comment">Why it equals the side before it.</param>
public sealed record DerivationStep(Expression Side, string Comment);

/// <summary>A derived equation: its left side and the chain that leads to its formula.</summary>
/// <param name="Left">The left side, such as dx[n:N,d:D].</param>
/// <param name="Steps">Right sides, each equal to the one before; the first is the chain rule.</param>
public sealed record DerivedEquation(LeftSide Left, IReadOnlyList<DerivationStep> Steps)
{
    /// <summary>The last side.</summary>
    public Expression Formula => Steps[^1].Side;

    /// <summary>True where no bracket and no condition about positions is left in the formula.</summary>
    public bool IsSolved { get; init; }
}

/// <summary>A gradient with its derivation.</summary>
/// <param name="Id">The id of the block.</param>
/// <param name="Forward">The id of the forward equation.</param>
/// <param name="By">The variable.</param>
/// <param name="Equations">The adjoints of the values between loss and variable, the last value first, then the gradient.</param>
public sealed record DerivedGradient(string Id, string Forward, string By, IReadOnlyList<DerivedEquation> Equations)
{
    /// <summary>True where every equation is solved.</summary>
    public bool IsSolved => Equations.All(equation => equation.IsSolved);

    /// <summary>The lines of the eq block.</summary>
    public IReadOnlyList<string> EquationLines => [.. Equations.Select(equation => $"{equation.Left} = {equation.Formula}")];

    /// <summary>The lines of the derivation block.</summary>
    public IReadOnlyList<string> DerivationLines => [.. Equations.SelectMany(Lines)];

    /// <summary>The eq block.</summary>
    /// <returns>Markdown.</returns>
    public string EquationBlock() => Fenced($"eq {Id} = gradient of {Forward} by {By}", EquationLines);

    /// <summary>The derivation block.</summary>
    /// <returns>Markdown.</returns>
    public string DerivationBlock() => Fenced($"derivation {Id}", DerivationLines);

    private static IEnumerable<string> Lines(DerivedEquation equation)
    {
        string left = equation.Left.ToString();
        return equation.Steps.Select((step, i) => $"{(i == 0 ? left : new string(' ', left.Length))} = {step.Side}   -- {step.Comment}");
    }

    private static string Fenced(string head, IReadOnlyList<string> lines)
    {
        var text = new StringBuilder("```").Append(head).Append('\n');
        foreach (string line in lines)
            text.Append(line).Append('\n');
        return text.Append("```\n").ToString();
    }
}
