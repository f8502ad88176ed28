using System.CommandLine;
using CnnVerified.Timing.Compare;
using CnnVerified.Verification;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Peers.Compare;

/// <summary>Writes what runs of compare and regress measured into the performance page.</summary>
internal static class ReportCommand
{
    public static Command Make()
    {
        var ordered = new Option<string[]>("--ordered") { Description = "What 'compare --json' measured of the sums in order; one file for each number of threads, or one for all.", Required = true, AllowMultipleArgumentsPerToken = true };
        var regrouped = new Option<string?>("--auto") { Description = "What it measured with CNNVERIFIED_ALGORITHM=auto." };
        var growth = new Option<string?>("--growth") { Description = "What 'regress --shapes benchmarks/growth.csv --save' measured." };
        var page = new Option<string>("--page") { Description = "The page whose measured part is replaced.", DefaultValueFactory = _ => "docs/performance.md" };
        var command = new Command("report", "Writes what was measured into docs/performance.md.") { ordered, regrouped, growth, page };
        command.SetAction(call =>
        {
            string path = call.GetValue(page)!;
            Measures? Read(Option<string?> option) => call.GetValue(option) is { } file ? MeasuresFile.Read(file) : null;
            string measured = PerformancePage.Text(Measures.Of([.. call.GetRequiredValue(ordered).Select(MeasuresFile.Read)]), Read(regrouped), Read(growth));
            string text;
            try
            {
                text = File.ReadAllText(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new InputException($"{path}: wanted a page, got: {e.Message}", e);
            }
            AtomicFile.Write(path, PerformancePage.Fill(text, measured));
            Console.WriteLine($"page: {path}");
            return 0;
        });
        return command;
    }
}
