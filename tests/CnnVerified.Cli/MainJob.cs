using System.Globalization;
using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Reports;
using CnnVerified.Verification.Training;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify without arguments: verification, lockstep, training, report.</summary>
internal static class MainJob
{
    private const int Cases = 4, LockstepSteps = 12, LockstepBatch = 4;
    private const string Html = "artifacts/report.html", Json = "artifacts/report.json";

    public static int Run(CancellationToken stop)
    {
        AtomicFile.EnsureWritable(Html);
        AtomicFile.EnsureWritable(Json);
        VerificationJob.WriteMachine();

        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine("1. Verification");
        List<Judgement> judgements;
        using (var list = new EngineList())
        {
            var engines = VerificationJob.Named(list, ["text", "reference", .. EngineList.Widths.Select(EngineList.NameOf)], null);
            judgements = [.. VerificationJob.Judge(EquationTable.All, engines, new(Cases, VerificationJob.DefaultSeed), stop).SelectMany(claim => claim.Judgements())];
        }

        using var on = new Execution();
        var settings = new TrainingSettings();
        var (train, heldOut, data) = TrainingJob.Images(null);

        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine($"2. LeNet-5 on both, from the same weights at each step ({LockstepBatch} images a step)");
        var steps = new List<LockstepStep>();
        foreach (LockstepStep step in Lockstep.Run(train, LockstepSteps, LockstepBatch, settings, on, stop))
        {
            steps.Add(step);
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"step {step.Step,2}  loss {step.Loss:F6}  loss differs by {step.LossDifference:0.0e-0} (bound {step.LossBound:0.0e-0}), the worst weight by {step.WeightDifference:0.0e-0} (bound {step.WeightBound:0.0e-0}){(step.WorstRatio > 1 ? "  FAILED" : "")}"));
        }

        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine($"3. LeNet-5 on the engine alone: {data}, {train.Count:N0} training and {heldOut.Count:N0} held-out images");
        var trainer = new Trainer(train, heldOut, data, settings, on);
        TrainingJob.Train(trainer, settings.Epochs, train.Count, null, stop);

        var report = VerificationJob.Report(judgements, VerificationJob.DefaultSeed) with
        {
            Lockstep = new LockstepRun(LockstepBatch, EngineList.NameOf(on.Width), steps),
            Training = trainer.Run,
        };
        AtomicFile.Write(Html, HtmlReport.Text(report));
        AtomicFile.Write(Json, JsonReport.Text(report));
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine($"report: {Html}, {Json}");
        AnsiConsole.WriteLine(report.Summary);
        return report.Failed == 0 ? 0 : 1;
    }
}
