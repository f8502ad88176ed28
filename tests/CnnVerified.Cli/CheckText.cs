using System.Globalization;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Derivation;
using CnnVerified.Verification.Checking;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>Verdicts as a person reads them.</summary>
internal static class CheckText
{
    /// <summary>One block, one line; in full where it is false against what it says of itself, or where that is asked for.</summary>
    public static void WriteLine(CheckResult result, TimeSpan time, string text, string file, bool explain)
    {
        if (result.Error is { } error)
        {
            AnsiConsole.MarkupLine($"[red]{Markup.Escape(error.Report(text, file == "-" ? "standard input" : file))}[/]");
            return;
        }
        string kind = result.Block?.Head.Kind == BlockKind.Derivation ? $"{result.Id} derivation" : result.Id;
        string line = $"{kind,-18} {VerdictText.Name(result.Verdict),-22} {Short(result)}".TrimEnd();
        if (time.TotalSeconds >= 1)
            line += string.Create(CultureInfo.InvariantCulture, $"  ({time.TotalSeconds:0.0} s)");
        if (!result.IsAsStated && result.Block is { Head: { Refuted: not null } or { OnlyIf: not null } })
            line += $"  NOT AS STATED: {result.Against}";
        AnsiConsole.MarkupLine(result.IsAsStated ? Markup.Escape(line) : $"[red]{Markup.Escape(line)}[/]");
        if ((!result.IsAsStated || explain) && result.Decisive is { Verdict: > Verdict.Defined, Reason: null })
            WriteDetails(result, explain);
    }

    /// <summary>One typed claim, in full.</summary>
    public static void Write(CheckResult result, bool explain, string? gradient)
    {
        foreach (Finding finding in result.Findings)
        {
            string line = $"{finding.Claim}: {VerdictText.Name(finding.Verdict)}{(finding.Verdict == Verdict.HoldsOnlyIf ? $" {Conditions(finding)}" : "")}";
            AnsiConsole.MarkupLine(finding.Verdict <= Verdict.Defined ? Markup.Escape(line) : $"[red]{Markup.Escape(line)}[/]");
            if (finding.Evidence is { } evidence && finding.Verdict is <= Verdict.Vacuous)
                Indented(VerdictText.Strength(finding.Verdict, evidence));
            foreach (Branch branch in finding.Evidence?.Branches ?? [])
                Indented($"{branch.Comparison}: held {branch.Held:N0} times, did not {branch.Failed:N0} times");
        }
        if (result.Verdict > Verdict.Defined)
            WriteDetails(result, explain);
        if (result.Verdict is Verdict.Refuted or Verdict.HoldsOnlyIf && gradient is not null)
        {
            Indented("the gradient is");
            Indented("  " + gradient.ReplaceLineEndings("\n    "));
        }
    }

    /// <summary>Counterexample, conditions and slip of the finding that decides.</summary>
    public static void WriteDetails(CheckResult result, bool explain)
    {
        if (result.Decisive is not { } finding)
            return;
        if (result.Findings.Count > 1 || result.Block?.Head.Kind == BlockKind.Derivation)
            Indented($"false: {finding.Claim}{(finding.Place == default ? "" : $" (line {finding.Place.Line})")}");
        if (finding.Reason is not null)
            Indented(finding.Reason);
        if (finding.Counterexample is { } example)
            WriteExample(example, explain);
        foreach (Need need in finding.Conditions)
            Indented($"needed: {need.Condition}{(need.Without.Length > 0 ? $" (otherwise false, at {need.Without})" : "")}");
        if (finding.Diagnosis is not null)
            Indented($"slip: {finding.Diagnosis}");
    }

    /// <summary>The last line.</summary>
    public static string Summary(IReadOnlyList<CheckResult> results)
    {
        int Count(Func<CheckResult, bool> which) => results.Count(which);
        int against = Count(result => !result.IsAsStated);
        var counts = new (int Count, string What)[]
        {
            (Count(result => result.Verdict < Verdict.Defined), "hold"),
            (Count(result => result.Verdict == Verdict.Defined), "defined"),
            (Count(result => result.Verdict == Verdict.HoldsOnlyIf), "hold under a condition"),
            (Count(result => result.Verdict == Verdict.Refuted), "refuted"),
            (Count(result => result.Verdict is Verdict.Vacuous or Verdict.Undecided), "vacuous or undecided"),
            (Count(result => result.Verdict == Verdict.Malformed), "malformed"),
        };
        return $"{results.Count} {(results.Count == 1 ? "block" : "blocks")}: {string.Join(", ", counts.Where(each => each.Count > 0).Select(each => $"{each.Count} {each.What}"))}; " +
            (against == 0 ? "all as stated" : $"{against} not as stated");
    }

    /// <summary>The derived gradient that a false claim is shown; null where none can be written.</summary>
    public static string? Gradient(Question question)
    {
        try
        {
            string by = question.By ?? Parser.Lines(question.Claim, new Place(1, 1)).OfType<EquationLine>().Last().Left.Name[1..];
            return string.Join('\n', Deriver.Gradient(question.ForwardModel(), by, Question.ClaimId).EquationLines);
        }
        catch (NotationException)
        {
            return null;
        }
    }

    private static string Short(CheckResult result)
    {
        if (result.Decisive is not { } finding)
            return "";
        return finding.Verdict switch
        {
            Verdict.HoldsOnlyIf => $"{Conditions(finding)}{(finding.Diagnosis is null ? "" : $"; slip: {finding.Diagnosis}")}",
            Verdict.Refuted => finding.Diagnosis is not null ? $"slip: {finding.Diagnosis}" : finding.Reason ?? "",
            Verdict.Undecided or Verdict.Vacuous => finding.Reason ?? "",
            _ => finding.Evidence is { } evidence ? VerdictText.Strength(finding.Verdict, evidence) : "",
        };
    }

    private static string Conditions(Finding finding) => string.Join(" and ", finding.Conditions.Select(need => need.Condition));

    private static void WriteExample(Counterexample example, bool explain)
    {
        Indented($"{(example.IsSmallest ? "smallest counterexample" : "counterexample")}: {string.Join(", ", example.Sizes.Select(size => $"{size.Name} = {size.Value}"))}");
        if (example.Values.Count > 0)
            Indented($"  {string.Join(", ", example.Values.Select(values => $"{values.Name} = {Array(values)}"))}");
        if (example.Values.Count == 0)
        {
            Indented($"{example.Element} has the shape {example.Claimed}; it must have the shape {example.True}");
            return;
        }
        Indented($"{example.Element}: claimed {example.Claimed}, true {example.True}");
        Indented($"  claimed = {Written(example.ClaimedTerms, example.Claimed)}");
        Indented($"  true    = {Written(example.TrueTerms, example.True)}");
        if (explain)
            foreach (TermValue term in example.Paths)
                Indented($"    {term.Text} = {term.Value}{(term.Origin is null ? "" : $": {term.Origin}")}");
    }

    private static string Written(IReadOnlyList<TermValue> terms, string value) => terms.Count == 0
        ? $"{value} (every term is 0)"
        : string.Join(" = ", new[] { Sum(terms.Select(term => term.Text)), Sum(terms.Select(term => term.Numbers)), value }.Distinct());

    private static string Sum(IEnumerable<string> terms) => string.Join(" + ", terms).Replace("+ -", "- ", StringComparison.Ordinal);

    private static string Array(NamedValues values)
    {
        int next = 0;
        string Nested(int dimension) => dimension == values.Lengths.Count
            ? values.Elements[next++]
            : $"[{string.Join(",", Enumerable.Range(0, (int)values.Lengths[dimension]).Select(_ => Nested(dimension + 1)))}]";
        return Nested(0);
    }

    private static void Indented(string text) => AnsiConsole.WriteLine("  " + text);
}
