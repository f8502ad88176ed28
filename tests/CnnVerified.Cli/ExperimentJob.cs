using System.CommandLine;
using CnnVerified.Experiments;
using CnnVerified.Optimized;
using CnnVerified.Verification.Reports;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>What cnnverify experiment was called with.</summary>
internal sealed record ExperimentCall(string? Name, string? Out, string? Svg, int Seed, Extent Extent, int? Threads);

/// <summary>cnnverify experiment: a question of a reader, measured.</summary>
internal static class ExperimentJob
{
    public static Command Command(CancellationToken stop)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = $"{string.Join(", ", ExperimentList.All.Select(experiment => experiment.Name))}. Without one they are listed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var page = new Option<string?>("--out") { Description = "Write the record to this Markdown file, in English and in Chinese. Answers that stand in it, behind <!-- answer -->, are kept." };
        var svg = new Option<string?>("--svg") { Description = "Write the plot to this file, and with Chinese labels to one beside it whose name ends in -zh." };
        var seed = new Option<int>("--seed") { Description = "Seed of the weights and of the order of images; further runs take the seeds after it.", DefaultValueFactory = _ => 2015 };
        var small = new Option<bool>("--small") { Description = "The same on a few images, in a second or two, for trying it out: its numbers answer nothing." };
        var threads = Options.Threads();
        var command = new Command("experiment", """
            Measure the answer to a question that readers asked, on the embedded images: seconds to about two minutes each. docs/experiments has the
            recorded runs.

            Examples:
              cnnverify experiment
              cnnverify experiment gaussian-pooling
              cnnverify experiment wrong-gradients --out wrong-gradients.md --svg wrong-gradients.svg
            """) { name, page, svg, seed, small, threads };
        command.SetAction(call => Run(new(call.GetValue(name), call.GetValue(page), call.GetValue(svg), call.GetValue(seed),
            call.GetValue(small) ? Extent.Small : Extent.Full, call.GetValue(threads)), stop));
        return command;
    }

    public static int Run(ExperimentCall call, CancellationToken stop)
    {
        if (call.Name is null)
        {
            int width = ExperimentList.All.Max(each => each.Name.Length);
            foreach (IExperiment each in ExperimentList.All)
                AnsiConsole.WriteLine($"{each.Name.PadRight(width)}  {each.Question.English}");
            return 0;
        }
        IExperiment experiment = ExperimentList.Find(call.Name);
        VerificationJob.CheckThreads(call.Threads);
        Language[] languages = Enum.GetValues<Language>();
        foreach (string file in languages.Select(language => Picture(call.Svg, language)).Append(call.Out).OfType<string>())
            AtomicFile.EnsureWritable(file);

        using var on = new Execution(threads: call.Threads);
        ExperimentRecord record = Measure(experiment, new(call.Seed, call.Extent, on, _ => { }, stop));
        Print(experiment, record);
        foreach (Language language in languages)
            if (Picture(call.Svg, language) is { } picture)
                AtomicFile.Write(picture, record.Picture.ToSvg(language));
        if (call.Out is not null)
            AtomicFile.Write(call.Out, ExperimentPage.Write(experiment, record, $"cnnverify experiment {experiment.Name} --seed {call.Seed}{(call.Extent == Extent.Small ? " --small" : "")}",
                call.Svg is null ? null : language => From(call.Out, Picture(call.Svg, language)!), File.Exists(call.Out) ? File.ReadAllText(call.Out) : null));
        return 0;
    }

    private static ExperimentRecord Measure(IExperiment experiment, Conditions conditions) =>
        AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
            ? AnsiConsole.Status().Start(experiment.Name, status => experiment.Run(conditions with { Progress = what => status.Status(Markup.Escape($"{experiment.Name}: {what}")) }))
            : experiment.Run(conditions);

    private static void Print(IExperiment experiment, ExperimentRecord record)
    {
        AnsiConsole.WriteLine(experiment.Question.English);
        AnsiConsole.WriteLine(record.Setting.English);
        foreach (Experiments.Table table in record.Tables)
        {
            AnsiConsole.WriteLine();
            foreach (string line in table.Plain())
                AnsiConsole.WriteLine(line);
        }
        AnsiConsole.WriteLine();
        foreach (Said finding in record.Findings)
            AnsiConsole.WriteLine(finding.English);
    }

    // plot.svg and plot-zh.svg.
    private static string? Picture(string? svg, Language language) =>
        svg is null || language == Language.English ? svg : Path.Combine(Path.GetDirectoryName(svg) ?? "", $"{Path.GetFileNameWithoutExtension(svg)}-zh{Path.GetExtension(svg)}");

    // As the page names it.
    private static string From(string page, string file) => Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(page))!, Path.GetFullPath(file)).Replace('\\', '/');
}
