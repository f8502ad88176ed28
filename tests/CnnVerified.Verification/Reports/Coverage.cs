using System.Globalization;
using System.Reflection;
using System.Text;
using CnnVerified.Optimized;
using CnnVerified.Reference;
using CnnVerified.Reference.Notation;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;

namespace CnnVerified.Verification.Reports;

/// <summary>What is known of one equation.</summary>
/// <param name="Equation">The equation.</param>
/// <param name="HasDerivation">True where the docs derive it.</param>
/// <param name="Reference">Class and method of the reference.</param>
/// <param name="Twins">Class and method of each twin that computes or fuses it.</param>
/// <param name="Judgements">What each oracle found.</param>
/// <param name="Geometry">What the cases had, such as a stride or a remainder.</param>
public sealed record CoverageRow(Equation Equation, bool HasDerivation, string Reference, IReadOnlyList<string> Twins,
    IReadOnlyList<Judgement> Judgements, IReadOnlyList<string> Geometry)
{
    /// <summary>The largest error over its bound, or null where no oracle bounds it.</summary>
    public double? Worst => Judgements.Where(judgement => judgement.Oracle == "bound").Select(judgement => (double?)judgement.Worst).FirstOrDefault();

    /// <summary>What ought to be there and is not.</summary>
    public IEnumerable<string> Missing()
    {
        if (Equation.GradientOf is not null && !HasDerivation)
            yield return "a derivation";
        if (Equation.NeedsTwin && Twins.Count == 0)
            yield return "a twin";
        if (Judgements.Count < (Equation.Kind is Kind.ShapeRule or Kind.Definition ? 1 : 2))
            yield return "a second oracle";
        if (Judgements.Any(judgement => judgement.Failure is not null))
            yield return $"success: {Judgements.First(judgement => judgement.Failure is not null).Oracle} failed";
        if (Judgements.Any(judgement => judgement.Checks == 0))
            yield return $"a case within the reach of {Judgements.First(judgement => judgement.Checks == 0).Oracle}";
        if (Equation.GradientOf is not null && Judgements.Count(judgement => judgement.Oracle is "dual" or "numeric") < 2)
            yield return "a derivative by dual numbers and one by differences";
        foreach (string wanted in Coverage.Expected(Equation).Except(Geometry))
            yield return $"a case with {wanted}";
    }
}

/// <summary>docs/coverage.md: every equation with its text, derivation, reference, twin, judges and geometry.</summary>
/// <remarks>The engine's bits are the same everywhere, and cases and data follow from the seed: so does the page. An equation without a twin is
/// judged on the reference.</remarks>
public static class Coverage
{
    private const int Cases = 12;
    private const ulong Seed = 2015;

    private static readonly (string Name, Func<Family, bool> Has, Func<Case, bool> Shows)[] Features =
    [
        ("batch", f => f.Letters.Contains("n"), c => c["n"] > 1),
        ("stride", f => Strides(f).Any(), c => Strides(c.Family).Any(letter => c[letter] > 1)),
        ("padding", f => Paddings(f).Any(), c => Paddings(c.Family).Any(letter => c[letter] > 0)),
        ("asymmetric padding", f => f.Letters.Contains("qh"), c => c["ph"] != c["qh"] || c["pw"] != c["qw"]),
        ("dilation", f => Dilations(f).Any(), c => Dilations(c.Family).Any(letter => c[letter] > 1)),
        ("stride ≠ dilation", f => IsSliding(f) && Dilations(f).Any(), c => c.Family.Letters.Contains("ew") && c["sw"] != c["ew"] && c["sw"] > 1),
        ("groups", f => f.Letters.Contains("g"), c => c["g"] > 1),
        ("overlap", IsSliding, c => Sliding(c).Any(axis => c[axis.Taps] > c[axis.Stride])),
        ("remainder", IsSliding, c => Sliding(c).Any(axis => (c[axis.Size] + 2 * c[axis.Before] - c[axis.Dilation] * (c[axis.Taps] - 1) - 1) % c[axis.Stride] > 0)),
        ("gap", IsSliding, c => Sliding(c).Any(axis => c[axis.Taps] < c[axis.Stride])),
        ("extra rows", f => f.Letters.Contains("aw"), c => c["aw"] > 0 || c["ah"] > 0 || c["ad"] > 0),
        ("non-square", f => f.Letters.Contains("h") && f.Letters.Contains("w"), c => c["h"] != c["w"]),
        ("vector tail", f => true, c => c.Family.Letters.Any(letter => c[letter] > 16 && c[letter] % 16 != 0)),
    ];

    /// <summary>Judges every equation on a few cases.</summary>
    /// <param name="cancel">Stops between cases.</param>
    /// <returns>One row for each.</returns>
    public static IReadOnlyList<CoverageRow> Rows(CancellationToken cancel = default)
    {
        using var list = new EngineList();
        Engine engine = list.Optimized(Execution.Widest), reference = EngineList.Reference();
        var derived = Book.Blocks.Where(block => block.Head.Kind == BlockKind.Derivation).Select(block => block.Head.Id).ToHashSet();
        return [.. EquationTable.All.Select(equation => Row(equation, engine.Offers(equation) ? engine : reference, derived.Contains(equation.Id), cancel))];
    }

    /// <summary>What the cases of an equation ought to have.</summary>
    /// <param name="equation">The equation.</param>
    /// <returns>Names of features.</returns>
    public static IEnumerable<string> Expected(Equation equation) =>
        Features.Where(feature => feature.Name is not ("vector tail" or "gap") && feature.Has(equation.Family)).Select(feature => feature.Name);

    /// <summary>The page.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>Markdown.</returns>
    public static string Page(IReadOnlyList<CoverageRow> rows)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Coverage

            Every equation, and what stands behind it. A test writes this page and fails where it is stale or a cell is empty that must not be.

            - **derivation**: the docs derive the formula in steps, and the checker has checked each step.
            - **reference**, **twin**: where it is computed; a twin is the vectorised one. Shape rules, identities and definitions need none.
            - **judges**: the oracles of `cnnverify explain` that judged it here, each on {Cases} cases drawn with seed {Seed}, on the engine at its widest vectors (without a
              twin: on the reference). The tests judge the text, the reference and every vector width on other cases.
            - **worst**: the largest error over its derived bound, of all elements of those cases; 0 where no rounding takes place. The bound is for any order of a sum.
            - **geometry**: what the cases had: several images, a stride, padding (of its own on each side), dilation, a stride other than the dilation, groups, windows that
              overlap or leave a gap, a remainder that no window reaches, extra rows of a transposed convolution, maps that are not square, a length beyond one vector and no
              multiple of it.

            {rows.Count} equations; {rows.Count(row => row.HasDerivation)} derivations; {rows.Count(row => row.Twins.Count > 0)} with a twin; {rows.Sum(row => row.Judgements.Sum(judgement => judgement.Checks)):N0} checks.

            """);
        string? file = null;
        foreach (CoverageRow row in rows)
        {
            EquationText text = EquationTexts.Find(row.Equation.Id)!;
            if (file != text.File)
            {
                file = text.File;
                string name = Path.GetFileName(file);
                page.Append(CultureInfo.InvariantCulture, $"\n## [{name}](equations/{name})\n\n| id | equation | derivation | reference | twin | judges | worst | geometry |\n|---|---|---|---|---|---|---|---|\n");
            }
            page.Append(CultureInfo.InvariantCulture, $"| {text.Id} | {text.Title} | {(row.HasDerivation ? "yes" : "")} | {row.Reference} | {string.Join(", ", row.Twins)} | " +
                $"{string.Join(" ", row.Judgements.Select(judgement => judgement.Oracle))} | {(row.Worst is { } worst ? worst.ToString("G2", CultureInfo.InvariantCulture) : "")} | {string.Join(", ", row.Geometry)} |\n");
        }
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static CoverageRow Row(Equation equation, Engine engine, bool hasDerivation, CancellationToken cancel)
    {
        var seen = new HashSet<string>();
        var watched = new Engine(engine.Name) { SameBits = engine.SameBits, SumsInOrder = engine.SumsInOrder, Filtered = engine.Filtered };
        foreach (Equation each in EquationTable.All.Where(engine.Offers))
            watched.Offer(each.Id, call =>
            {
                seen.UnionWith(Features.Where(feature => feature.Shows(call.Case)).Select(feature => feature.Name));
                engine.Compute(each, call);
            });
        Judgement[] judgements = [.. Oracle.All.Where(oracle => oracle.Judges(equation) && oracle.CanJudge(watched, equation))
            .Select(oracle => Battery.Judge(equation, oracle, [watched], new(Cases, Seed), null, cancel)[0])];
        return new(equation, hasDerivation, Place(ReferenceMethods.Of(equation.Id)),
            [.. TwinMethods.Citing(equation.Id).Select(Place).Distinct()], judgements, [.. Features.Select(feature => feature.Name).Where(seen.Contains)]);
    }

    private static string Place(MethodInfo method) => $"`{method.DeclaringType!.Name}.{method.Name}`";

    private static IEnumerable<string> Strides(Family family) => family.Letters.Where(letter => letter is "sd" or "sh" or "sw");

    private static IEnumerable<string> Paddings(Family family) => family.Letters.Where(letter => letter is "pd" or "ph" or "pw");

    private static IEnumerable<string> Dilations(Family family) => family.Letters.Where(letter => letter is "ed" or "eh" or "ew");

    private static bool IsSliding(Family family) => !family.Letters.Contains("aw")
        && Draws.Axes.Any(axis => family.Letters.Contains(axis.Size) && family.Letters.Contains(axis.Taps) && family.Letters.Contains(axis.Stride));

    private static IEnumerable<(string Size, string Taps, string Stride, string Before, string Behind, string Dilation, string Extra)> Sliding(Case @case) =>
        Draws.Axes.Where(axis => @case.Family.Letters.Contains(axis.Taps) && @case.Family.Letters.Contains(axis.Stride));
}
