using System.CommandLine;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Derivation;
using CnnVerified.Verification;
using CnnVerified.Verification.Checking;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify derive: a gradient as a formula, with the steps that lead to it, in blocks that check accepts.</summary>
internal static class DeriveJob
{
    public static Command Command()
    {
        var of = Options.Of();
        var by = Options.By();
        var given = Options.Given();
        var forward = Options.Forward();
        var where = Options.Where();
        var command = new Command("derive", """
            Derive a gradient: its formula and the steps that lead to it, as blocks that cnnverify check accepts.

            Examples:
              cnnverify derive --of CV-F1 --by x
              cnnverify derive --given 'x[H], w[R]' --forward 'y[i:H-R+1] = tanh(sum(r) x[i+r]*w[r])' --by w
            """) { of, by, given, forward, where };
        command.SetAction(call => Run(call.GetValue(of), call.GetValue(by), call.GetValue(given), call.GetValue(forward) ?? [], call.GetValue(where) ?? []));
        return command;
    }

    public static int Run(string? of, string? by, string? given, string[] forward, string[] where)
    {
        if (by is null)
            throw new InputException("derive expected --by VARIABLE: what the gradient is by.");
        if (of is null == (forward.Length == 0))
            throw new InputException(of is null ? "derive expected --of ID or --forward EQUATION: what to derive." : "derive expected either --of ID or --forward EQUATION, got both.");
        try
        {
            var question = new Question { Of = of, By = by, Given = given, Forward = forward, Where = where };
            Model model = question.ForwardModel();
            DerivedGradient gradient = Deriver.Gradient(model, by, of is null ? "derived" : $"{of}-{by}");
            if (of is null)
                AnsiConsole.WriteLine($"```eq {Question.ForwardId}\n{string.Join('\n', Lines(given, where, forward))}\n```\n");
            AnsiConsole.WriteLine($"{gradient.EquationBlock().TrimEnd()}\n");
            AnsiConsole.WriteLine(gradient.DerivationBlock().TrimEnd());
            return 0;
        }
        catch (NotationException wrong)
        {
            throw new InputException(wrong.Message, wrong);
        }
    }

    private static IEnumerable<string> Lines(string? given, string[] where, string[] forward) =>
        [.. given is null ? Array.Empty<string>() : [$"given {given}"], .. where.Select(condition => $"where {condition}"), .. forward];
}
