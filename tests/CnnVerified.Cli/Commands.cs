using System.CommandLine;

namespace CnnVerified.Cli;

/// <summary>The command line. Each command stands with the job that it starts.</summary>
internal static class Commands
{
    /// <summary>Reads a command line. An argument that begins with @ is no file of further arguments: such a file need not end, and formulas
    /// may begin with anything.</summary>
    public static ParseResult Parse(IReadOnlyList<string> arguments, CancellationToken stop) =>
        Root(stop).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>The root command.</summary>
    public static RootCommand Root(CancellationToken stop)
    {
        var root = new RootCommand("""
            CnnVerified: every equation of a convolutional network, verified.

            Without a command it runs the main job: it verifies the reference and the optimised engine against exact arithmetic,
            automatic differentiation, numerical gradients and derived error bounds, trains LeNet-5 on both in lockstep and then on
            the engine alone, and writes artifacts/report.html and artifacts/report.json.

            Examples:
              cnnverify
              cnnverify check notes.md
              cnnverify verify CV-F1 --engine v256

            Exit code: 0 all hold, 1 something failed, 2 the call or its input is malformed, 130 stopped by Ctrl+C.
            """);
        root.SetAction(_ => MainJob.Run(stop));
        root.Add(CheckJob.Command(stop));
        root.Add(DeriveJob.Command());
        root.Add(VerificationJob.Command(stop));
        root.Add(ReplayJob.Command(stop));
        root.Add(MergeJob.Command());
        root.Add(Explanations.ListCommand());
        root.Add(Explanations.Command());
        root.Add(TrainingJob.Command(stop));
        root.Add(GradientsJob.Command(stop));
        root.Add(ExperimentJob.Command(stop));
        root.Add(ConformanceJob.Command(stop));
        root.Add(ExportJob.Command());
        root.Add(ComputeJob.Command(stop));
        root.Add(CompareJob.Command());
        root.Add(DocsJob.Command(stop));
        return root;
    }
}
