using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml;
using System.Xml.Linq;
using CnnVerified.Reference;
using CnnVerified.Verification.Oracles;
using CnnVerified.Verification.Training;

namespace CnnVerified.Verification.Reports;

/// <summary>The report as one page of HTML that needs nothing else: no script, no request.</summary>
/// <remarks>The page is built as XML: every text is escaped and every tag closed.</remarks>
public static class HtmlReport
{
    private const int DrawnLosses = 150;

    /// <summary>The page.</summary>
    /// <param name="report">What a run found.</param>
    /// <returns>HTML5 that is well-formed XML too.</returns>
    public static string Text(Report report)
    {
        string verdict = report.Failed > 0 ? "Failed" : report.Checks == 0 ? "Nothing judged" : "Passed";
        var page = Tag("html", ("lang", "en"),
            Head($"{verdict}: {report.Summary} – CnnVerified", Style),
            Tag("body",
                Tag("header", Headline(report, verdict), Failures(report), Facts(
                    ("Command", report.Command), ("Seed", report.Seed.ToString(CultureInfo.InvariantCulture)), ("Machine", report.Machine.Processor),
                    ("System", report.Machine.System), ("Runtime", report.Machine.Runtime), ("Instruction sets", report.Machine.InstructionSets),
                    ("Time", report.When.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)), ("Version", report.Version))),
                Tag("main", Contents(report), NotOffered(report), OracleTable(report), Equations(report), Lockstep(report.Lockstep), Training(report.Training))));

        return Written(page);
    }

    /// <summary>A page of its own: a title, a style and what is on it.</summary>
    /// <param name="title">The title.</param>
    /// <param name="style">Rules that ask for nothing.</param>
    /// <param name="content">Elements and texts.</param>
    /// <returns>HTML5 that is well-formed XML too.</returns>
    internal static string Page(string title, string style, params object?[] content) => Written(Tag("html", ("lang", "en"), Head(title, style), Tag("body", content)));

    private static XElement Head(string title, string style) => Tag("head",
        Tag("meta", ("charset", "utf-8")),
        Tag("meta", ("http-equiv", "Content-Security-Policy"), ("content", "default-src 'none'; style-src 'unsafe-inline'")),
        Tag("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")),
        Tag("title", title),
        Tag("style", style));

    private static string Written(XElement page)
    {
        foreach (XElement element in page.DescendantsAndSelf().ToList())
        {
            // HTML reads <td/> as an open tag, and XML has no place for control characters.
            if (element.IsEmpty && element.Name != "meta")
                element.Value = "";
            foreach (XAttribute attribute in element.Attributes())
                attribute.Value = Printable(attribute.Value);
            foreach (XText text in element.Nodes().OfType<XText>())
                text.Value = Printable(text.Value);
        }
        return $"<!DOCTYPE html>\n{page}\n";
    }

    /// <summary>An element; pairs of a name and a text or a coordinate become attributes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Attributes, elements and texts.</param>
    /// <returns>The element.</returns>
    internal static XElement Tag(string name, params object?[] content) => new(name, content.Select(part => part switch
    {
        ITuple { Length: 2 } pair => new XAttribute((string)pair[0]!, pair[1] is double at ? Curves.Coordinate(at) : pair[1]!),
        _ => part,
    }));

    /// <summary>A number to three digits.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its text.</returns>
    internal static string Number(double value) => value switch
    {
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "−∞",
        double.NaN => "NaN",
        _ => value.ToString(Math.Abs(value) is 0 or (>= 0.001 and < 1000) ? "G3" : "0.##e0", CultureInfo.InvariantCulture),
    };

    private static IEnumerable<XElement> Headline(Report report, string verdict) =>
    [
        Tag("h1", "CnnVerified: verification report"),
        Tag("p", ("class", "verdict " + (report.Failed > 0 ? "failed" : report.Checks == 0 ? "open" : "holds")),
            Tag("strong", (report.Failed > 0 ? "✗ " : report.Checks == 0 ? "○ " : "✓ ") + verdict), " ", Tag("span", report.Summary)),
    ];

    private static XElement? Failures(Report report)
    {
        var items = report.Judgements.Where(judgement => judgement.Failure is not null)
            .Select(judgement => Tag("li", Link(judgement.Equation), $" {judgement.Oracle}, {judgement.Engine}: {judgement.Failure!.What}"))
            .ToList();
        if (report.Lockstep is { Holds: false } lockstep)
            items.Add(Tag("li", Tag("a", ("href", "#lockstep"), "Lockstep"), $" {lockstep.Engine}: a difference left its bound."));
        return items.Count == 0 ? null : Tag("ul", ("class", "failure"), ("aria-label", "Failures"), items);
    }

    private static XElement Contents(Report report)
    {
        if (report.Judgements.Count == 0)
            return Tag("p", ("id", "contents"), "No equation was judged in this run.");
        var oracles = OraclesOf(report).ToList();
        return Tag("nav", ("id", "contents"), ("aria-label", "Equations"),
            Tag("h2", "Equations"),
            Tag("p", "✓ holds. ✗ failed. ○ proves little: no case was judged, or every expected output was zero by more than nine tenths. " +
                "Empty: the oracle does not apply."),
            Table(["Equation", .. oracles], report.Judgements.GroupBy(judgement => judgement.Equation).Select(equation => Tag("tr",
                Tag("th", ("scope", "row"), Mark(State(equation), null), " ", Link(equation.Key), " ", Tag("span", EquationTexts.Find(equation.Key)?.Title)),
                oracles.Select(oracle => equation.Where(judgement => judgement.Oracle == oracle).ToList())
                    .Select(all => all.Count == 0 ? Tag("td") : Tag("td", Mark(State(all), State(all) is "holds" ? null : State(all))))))));
    }

    private static XElement? NotOffered(Report report) => report.NotOffered.Count == 0 ? null : Tag("section", ("id", "not-offered"),
        Tag("h2", "Not offered ", Mark("open", "not judged")),
        Tag("p", "What these engines were asked for and do not offer. It has neither passed nor failed."),
        Tag("dl", Entries([.. report.NotOffered.Select(each => (each.Engine, $"{Count(each.Equations.Count, "equation")}: {string.Join(", ", each.Equations)}"))])));

    private static IEnumerable<string> OraclesOf(Report report) =>
        Oracle.All.Select(oracle => oracle.Name).Where(name => report.Judgements.Any(judgement => judgement.Oracle == name))
            .Union(report.Judgements.Select(judgement => judgement.Oracle));

    private static XElement OracleTable(Report report) => Tag("section", ("id", "oracles"),
        Tag("h2", "Oracles"),
        Table(["Oracle", "What it proves", "Checks"], Oracle.All.Select(oracle => Tag("tr",
            Tag("th", ("scope", "row"), oracle.Name), Tag("td", ("class", "prose"), oracle.Proves),
            Cell(report.Judgements.Where(judgement => judgement.Oracle == oracle.Name).Sum(judgement => (long)judgement.Checks))))),
        Tag("dl", ("class", "legend"), Entries(
            ("Error / bound", "The largest error over its bound. It fails above 1; it is 0 where equality was demanded and met."),
            ("Checks", "Cases that were judged."),
            ("Elements", "Output elements that were compared in them."),
            ("Weak", "Cases whose expected output was zero by more than nine tenths: they prove little."),
            ("Beyond", "Cases that the oracle could not judge, such as sums too long to be exact."))));

    private static IEnumerable<XElement> Equations(Report report) => report.Judgements.GroupBy(judgement => judgement.Equation).Select(equation =>
    {
        EquationText? text = EquationTexts.Find(equation.Key);
        XElement? dots = Curves.Dots(equation);
        return Tag("section", ("id", equation.Key),
            Tag("h2", $"{equation.Key} {text?.Title}".TrimEnd(), " ", Mark(State(equation), State(equation))),
            text is null ? null : new[]
            {
                Tag("p", text.Sentence),
                Tag("pre", $"{text.Head}\n{text.Block}"),
                text.Source.Length == 0 ? null : Tag("p", ("class", "source"), $"Source: {text.Source}. Text: {text.File}."),
            },
            equation.Where(judgement => judgement.Failure is not null).Select(Failed),
            Tag("div", ("class", "judged"),
                Table(["Oracle", "Engine", "Result", "Error / bound", "Checks", "Elements", "Weak", "Beyond"],
                    equation.GroupBy(judgement => judgement.Oracle).SelectMany(Rows)),
                dots is null ? null : Figure("Worst error over its bound, for oracles with a tolerance; one mark an engine, and they may coincide. " +
                    "What lies beyond the scale is drawn at its edge.", dots)),
            Tag("p", ("class", "back"), Tag("a", ("href", "#contents"), "All equations")));
    });

    private static IEnumerable<XElement> Rows(IGrouping<string, Judgement> oracle) => oracle.Select((judgement, at) => Tag("tr",
        at > 0 ? null : Tag("th", ("scope", "rowgroup"), ("rowspan", $"{oracle.Count()}"), oracle.Key),
        Tag("td", judgement.Engine), Tag("td", Mark(State([judgement]), State([judgement]))), Cell(judgement.Worst),
        Cell(judgement.Checks), Cell(judgement.Elements), Cell(judgement.Weak), Cell(judgement.Beyond)));

    private static XElement Failed(Judgement judgement) => Tag("div", ("class", "failure"),
        Tag("p", Tag("strong", $"✗ {judgement.Oracle}, {judgement.Engine}"), $": {judgement.Failure!.What}"),
        Facts(("Case", judgement.Failure.Case)),
        Tag("p", "Repeat, from a clone:"), Tag("pre", ("class", "command"), judgement.Failure.Repeat));

    private static XElement? Lockstep(LockstepRun? run)
    {
        if (run is null)
            return null;
        string state = !run.Holds ? "failed" : run.Steps.Count == 0 ? "not judged" : "holds";
        var section = Tag("section", ("id", "lockstep"), Tag("h2", "Lockstep ", Mark(state, state)));
        if (run.Steps.Count == 0)
        {
            section.Add(Tag("p", "No step was taken."));
            return section;
        }

        LockstepStep worst = run.Steps.MaxBy(step => double.IsNaN(step.WorstRatio) ? double.PositiveInfinity : step.WorstRatio)!;
        Curve Of(string name, Func<LockstepStep, double> value) => new(name, [.. run.Steps.Select(step => ((double)step.Step, value(step)))]);
        section.Add(
            Tag("p", $"Reference and {run.Engine} took {Count(run.Steps.Count, "step")} of {Count(run.Batch, "image")}. Before each, both had the same weights; " +
                "after it, each weight, each bias and the loss may differ by their derived rounding bounds. " +
                $"The largest difference was {Number(worst.WorstRatio)} × its bound, at step {Count(worst.Step)}."),
            Tag("div", ("class", "figures"),
                Figure("Weights and biases: of each step the one that came nearest to its bound, and that bound.",
                    Curves.Plot("Weight difference per step.", "step", "|engine − reference|", Scale.Logarithmic,
                        Of("weight difference", step => step.WeightDifference), Of("its bound", step => step.WeightBound))),
                Figure("Loss: the difference and its bound. A difference of 0 lies on the lower edge; one that is not finite leaves a gap.",
                    Curves.Plot("Loss difference per step.", "step", "|engine − reference|", Scale.Logarithmic,
                        Of("loss difference", step => step.LossDifference), Of("its bound", step => step.LossBound)))),
            Tag("details", Tag("summary", "Every step"),
                Table(["Step", "Loss", "Loss difference", "Loss bound", "Weight difference", "Weight bound", "Worst / bound"], run.Steps.Select(step =>
                    Tag("tr", step.WorstRatio <= 1 ? null : ("class", "failed"), Cell(step.Step), Cell(step.Loss), Cell(step.LossDifference),
                        Cell(step.LossBound), Cell(step.WeightDifference), Cell(step.WeightBound), Cell(step.WorstRatio))))));
        return section;
    }

    private static XElement? Training(TrainingRun? run)
    {
        if (run is null)
            return null;
        int block = (run.Losses.Count + DrawnLosses - 1) / DrawnLosses;
        int lost = run.Losses.Count(loss => !float.IsFinite(loss));
        return Tag("section", ("id", "training"),
            Tag("h2", "Training"),
            run.Epochs.Count == 0 ? Tag("p", "No epoch was finished.") : Tag("p", ("class", "result"), Tag("strong", Percent(run.Epochs[^1].Accuracy)),
                $" of {Count(run.HeldOut)} held-out images were recognised after {Count(run.Epochs.Count, "epoch")}."),
            Facts(("Data", run.Data), ("Training images", Count(run.Images)), ("Engine", run.Engine), ("Images a step", Count(run.Batch)),
                ("Learning rate", run.Rate.ToString(CultureInfo.InvariantCulture)), ("Momentum", run.Momentum.ToString(CultureInfo.InvariantCulture)),
                ("Seed", run.Seed.ToString(CultureInfo.InvariantCulture))),
            Tag("div", ("class", "figures"),
                run.Losses.Count == 0 ? null : Figure((block == 1 ? "Loss of every step." : $"Loss, smoothed: each point is the mean of {block} consecutive steps.") +
                        (lost == 0 ? "" : $" The loss of {Count(lost, "step")} is no finite number and leaves a gap."),
                    Curves.Plot("Training loss per step.", "step", "loss", Scale.Linear, new Curve("training loss", [.. run.Losses.Chunk(block)
                        .Select((losses, at) => (at * block + (losses.Length + 1) / 2.0, losses.Average(loss => (double)loss)))]))),
                run.Epochs.Count == 0 ? null : Figure("Share of the held-out images that were recognised after each epoch.",
                    Curves.Plot("Held-out accuracy per epoch.", "epoch", "recognised, %", Scale.Linear,
                        new Curve("held-out accuracy", [.. run.Epochs.Select(epoch => ((double)epoch.Number, 100 * epoch.Accuracy))])))),
            run.Epochs.Count == 0 ? null : Table(["Epoch", "Mean loss", "Held-out accuracy", "Images / s"], run.Epochs.Select(epoch => Tag("tr",
                Cell(epoch.Number), Cell(epoch.Loss), Tag("td", ("class", "number"), Percent(epoch.Accuracy)), Cell((long)epoch.ImagesPerSecond)))));
    }

    private static string State(IEnumerable<Judgement> judgements)
    {
        var all = judgements.ToList();
        int checks = all.Sum(judgement => judgement.Checks);
        return all.Any(judgement => judgement.Failure is not null) ? "failed"
            : checks == 0 ? "not judged"
            : checks == all.Sum(judgement => judgement.Weak) ? "weak" : "holds";
    }

    private static XElement Mark(string state, string? word) => state switch
    {
        "failed" => Tag("span", ("class", "mark failed"), $"✗ {word}".TrimEnd()),
        "holds" => Tag("span", ("class", "mark holds"), $"✓ {word}".TrimEnd()),
        _ => Tag("span", ("class", "mark open"), $"○ {word}".TrimEnd()),
    };

    private static XElement Link(string equation) => Tag("a", ("href", "#" + equation), equation);

    private static XElement Figure(string caption, XElement drawing) => Tag("figure", Tag("figcaption", caption), drawing);

    private static XElement Facts(params (string Name, string Value)[] facts) => Tag("dl", Entries(facts));

    private static IEnumerable<XElement> Entries(params (string Name, string Value)[] facts) =>
        facts.SelectMany(fact => new[] { Tag("dt", fact.Name), Tag("dd", fact.Value) });

    private static XElement Table(IEnumerable<string> columns, IEnumerable<XElement> rows) => Tag("div", ("class", "wide"), Tag("table",
        Tag("thead", Tag("tr", columns.Select(column => Tag("th", ("scope", "col"), column)))), Tag("tbody", rows)));

    private static XElement Cell(long count) => Tag("td", ("class", "number"), Count(count));

    private static XElement Cell(double value) => Tag("td", ("class", "number"), Number(value));

    private static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Count(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    private static string Percent(double share) => (100 * share).ToString("0.00", CultureInfo.InvariantCulture) + " %";

    // Lone surrogates come as U+FFFD from EnumerateRunes.
    private static string Printable(string text) => string.Concat(text.EnumerateRunes()
        .Select(rune => rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString()));

    // No <, > or & in here: XML would escape them, and HTML does not undo that within <style>.
    private const string Style = """

        :root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --page: #fff; --panel: #f4f6f8; --line: #d5dbe1;
          --holds: #0b6b3a; --holds-back: #e2f4e9; --failed: #b3221b; --failed-back: #fdebe9; --open: #7a5600; --open-back: #fbf1d9; --c0: #0b62b0; --c1: #c25400; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e4e8ec; --soft: #9fabb7; --page: #14181c; --panel: #1e242a; --line: #37414b;
            --holds: #6fd39b; --holds-back: #14321f; --failed: #ff9b92; --failed-back: #431a17; --open: #e8c268; --open-back: #382c10; --c0: #6cb2ff; --c1: #ffa35c; } }
        body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--page); color: var(--ink);
          font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 1.5rem; margin: 0.5rem 0; } h2 { font-size: 1.2rem; margin: 0 0 0.5rem; }
        section, nav { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1.2rem; }
        p { margin: 0.5rem 0; max-width: 48rem; } a { color: var(--c0); }
        .verdict { font-size: 1.15rem; max-width: none; padding: 0.7rem 1rem; border-radius: 0.4rem; border-left: 0.4rem solid; }
        .verdict span { color: var(--ink); margin-left: 0.5rem; }
        .holds { color: var(--holds); } .failed { color: var(--failed); } .open { color: var(--open); }
        .verdict.holds { background: var(--holds-back); } .verdict.failed { background: var(--failed-back); } .verdict.open { background: var(--open-back); }
        .mark { white-space: nowrap; font-weight: 600; } h2 .mark { font-size: 0.95rem; margin-left: 0.4rem; }
        .failure { background: var(--failed-back); border-left: 0.4rem solid var(--failed); border-radius: 0.4rem; margin: 0.8rem 0; padding: 0.5rem 1rem; }
        .failure strong { color: var(--failed); } ul.failure { padding-left: 2rem; }
        dl { display: grid; grid-template-columns: minmax(5rem, max-content) 1fr; gap: 0.15rem 1rem; margin: 0.8rem 0; font-size: 0.9rem; }
        dt { color: var(--soft); } dd { margin: 0; }
        pre { background: var(--panel); padding: 0.6rem 0.8rem; border-radius: 0.4rem; overflow-x: auto; font: 0.85rem/1.5 ui-monospace, monospace; }
        pre.command { white-space: pre-wrap; background: var(--page); }
        .source, figcaption, .back { color: var(--soft); font-size: 0.85rem; }
        .wide { overflow-x: auto; margin: 0.8rem 0; }
        .judged { display: flex; flex-wrap: wrap; gap: 0 3rem; } .judged .wide { max-width: 100%; } .judged figure { flex: 1 1 20rem; display: block; }
        nav tbody th { min-width: 10rem; }
        table { border-collapse: collapse; font-size: 0.85rem; overflow-wrap: normal; }
        th, td { text-align: left; padding: 0.2rem 0.7rem 0.2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        thead th { color: var(--soft); font-weight: 600; white-space: nowrap; } tbody th { font-weight: 600; } tbody th span { font-weight: 400; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .prose { min-width: 14rem; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem; }
        figure { margin: 0.8rem 0; max-width: 35rem; display: flex; flex-direction: column; justify-content: space-between; }
        svg { display: block; width: 100%; height: auto; margin-top: 0.5rem; } svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
        .grid { stroke: var(--line); } .axis { stroke: var(--soft); } .limit { stroke: var(--failed); stroke-width: 1.5; } .beyond { fill: var(--failed-back); }
        .curve { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; } .curve.c0 { stroke: var(--c0); }
        .curve.c1 { stroke: var(--c1); stroke-dasharray: 6 5; } .dot { fill-opacity: 0.6; } .dot.c0 { fill: var(--c0); } .dot.c1 { fill: var(--c1); }
        .cross { fill: none; stroke: var(--failed); stroke-width: 2.5; } summary { cursor: pointer; color: var(--c0); } .result strong { font-size: 1.3rem; }
        tr.failed td { color: var(--failed); font-weight: 600; }
        @media (max-width: 30rem) { svg text { font-size: 15px; } th, td { padding-right: 0.5rem; } }
        @media print { pre { white-space: pre-wrap; } figure, tr { break-inside: avoid; } }

        """;
}
