using System.CommandLine;
using CnnVerified.Cli;
using CnnVerified.Optimized;
using CnnVerified.Verification;
using Spectre.Console;

// Exit codes: 0 all hold, 1 something failed, 2 the call or its input is malformed, 130 stopped by Ctrl+C.
if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = 10_000;   // lines in a file are not to be folded
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    var call = Commands.Parse(args, stop.Token);
    if (call.Errors.Count > 0)
    {
        Console.Error.WriteLine($"cnnverify: {call.Errors[0].Message.TrimEnd('.')} (see cnnverify --help).");
        return 2;
    }
    return call.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (InputException wrong)
{
    Console.Error.WriteLine($"cnnverify: {wrong.Message.ReplaceLineEndings(" ")}");
    return 2;
}
catch (ArgumentException wrong) when (wrong.Message.StartsWith(KernelTable.Variable, StringComparison.Ordinal) || wrong.Message.StartsWith(KernelTable.AlgorithmVariable, StringComparison.Ordinal))
{
    Console.Error.WriteLine($"cnnverify: {wrong.Message}");
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("cnnverify: stopped by Ctrl+C; nothing was left half-written.");
    return 130;
}
