using System.CommandLine;
using System.Reflection;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Reference;
using CnnVerified.Reference.Notation;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify list and cnnverify explain.</summary>
internal static class Explanations
{
    public static Command ListCommand()
    {
        var command = new Command("list", """
            List the equations and the oracles that judge them.

            Example:
              cnnverify list
            """);
        command.SetAction(_ => List());
        return command;
    }

    public static Command Command()
    {
        var id = new Argument<string>("ID") { Description = "An equation, such as CV-B1." };
        var layer = new Option<string?>("--case") { Description = "A layer's shape, such as n64c16h5w5-k120r5s5: say also which kernel of the engine computes it here. The twin runs once." };
        var command = new Command("explain", """
            Explain an equation: formula, shapes, source, where its reference and its twin stand, which oracles judge it; of a convolution, which kernel computes a
            layer and why.

            Examples:
              cnnverify explain CV-B1
              cnnverify explain CV-F1 --case n64c16h5w5-k120r5s5
            """) { id, layer };
        command.SetAction(call => Explain(call.GetRequiredValue(id), call.GetValue(layer)));
        return command;
    }

    private static readonly Type[] TwinTypes = typeof(Execution).Assembly.GetExportedTypes();

    private const double MostWork = 1e10;

    public static int List()
    {
        foreach (Equation equation in EquationTable.All)
            AnsiConsole.WriteLine($"{equation.Id,-6} {EquationTexts.Find(equation.Id)?.Title,-70} {string.Join(' ', Oracles(equation).Select(oracle => oracle.Name))}");
        return 0;
    }

    public static int Explain(string id, string? layer)
    {
        Equation equation = EquationTable.Find(id);
        Case? @case = layer is null ? null : Case.Parse(equation.Family, layer);
        EquationText text = EquationTexts.Find(equation.Id)!;
        AnsiConsole.WriteLine($"{text.Id}  {text.Title}");
        AnsiConsole.WriteLine(text.Sentence);
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine(Indent(text.Head == text.Id ? text.Block : $"[{text.Head}]\n{text.Block}"));
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine(Indent(Typeset(text)));
        AnsiConsole.WriteLine();
        if (text.Source.Length > 0)
            AnsiConsole.WriteLine($"source      {text.Source} ({text.File})");
        AnsiConsole.WriteLine($"cases       {equation.Family.Name}, such as --case {equation.Family.Example}");
        Case example = Case.Parse(equation.Family, equation.Family.Example);
        if (equation.Inputs.Count > 0)
            AnsiConsole.WriteLine($"shapes      {Shapes(equation.Inputs, example)} -> {Shapes(equation.Outputs, example)} for that case");
        AnsiConsole.WriteLine($"reference   {Place(ReferenceMethods.Of(equation.Id), equation.Id)}");
        var twins = TwinTypes.SelectMany(type => type.GetMethods()).Where(method => Cites(method, equation.Id)).ToList();
        AnsiConsole.WriteLine($"twin        {(twins.Count > 0 ? string.Join("\n            ", twins.Select(twin => Place(twin, equation.Id))) : "none: the reference alone computes it")}");
        foreach (Oracle oracle in Oracles(equation))
            AnsiConsole.WriteLine($"{oracle.Name,-11} {oracle.Proves}");
        if (@case is not null)
            ExplainKernel(equation, @case);
        return 0;
    }

    // Says what a run chose, so that nothing here repeats how the engine chooses.
    private static void ExplainKernel(Equation equation, Case @case)
    {
        if (equation.Work(@case) > MostWork)
            throw new InputException($"--case expects a layer of at most {MostWork:0e0} terms whose tensors fit in memory, since it runs once; {@case} has more.");
        Arguments arguments = Arguments.Reals(equation, @case, VerificationJob.DefaultSeed) ?? throw new InputException($"--case: no data were found that fit the conditions of {equation.Id} at {@case}.");
        using var on = new Execution();
        KernelRule? chosen = EngineList.Kernel(equation, arguments, on);
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine($"{@case}, {EngineList.NameOf(on.Width)}, {on.Threads} threads: {(chosen is null ? "one kernel, whatever the shape" : Name(chosen))}");
        if (chosen is not null)
            WriteRows(new[] { KernelTable.Winograd, KernelTable.Sums, KernelTable.Weights }.First(rules => rules.Contains(chosen)), chosen);
        if (on.ChosenError > 0)
            AnsiConsole.WriteLine($"   Another sum, by {KernelTable.AlgorithmVariable}={on.Algorithm}: each element is off by at most {on.ChosenError:0.#####} of max|x|*max|w| times the terms of its plain sum; the setting is {on.WinogradLimit:0.#####}.");
        else if (chosen is not null)
            AnsiConsole.WriteLine($"   The first row that takes the layer{(on.Kernel is null ? "" : $", or {KernelTable.Variable}={on.Kernel}")}. Of two rows that take it both give the same bits.");
        using var forBlocks = new Execution();
        if (EngineList.KernelOfBlocks(equation, arguments, forBlocks) is not { } ofBlocks)
            return;
        var rows = new[] { KernelTable.BlockedSums, KernelTable.BlockedWeights }.FirstOrDefault(rules => rules.Contains(ofBlocks)) ?? [];
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine($"Maps that stay in blocks of {BlockedConvolution.Channels} channels: {Name(ofBlocks)}{(rows.Count > 0 ? "" : ", through maps as they are: no kernel for blocks takes the layer")}");
        WriteRows(rows, ofBlocks);
    }

    private static void WriteRows(IEnumerable<KernelRule> rules, KernelRule chosen)
    {
        foreach (KernelRule rule in rules)
            AnsiConsole.WriteLine($"{(rule == chosen ? "->" : "  ")} {Name(rule),-12} {rule.Where}: {rule.Why}");
    }

    private static string Name(KernelRule rule) => $"{rule.Kernel}".ToLowerInvariant();

    // As a person would write it. dx is a derivative where x is a name of the block or of what it inherits.
    private static string Typeset(EquationText text)
    {
        Model model = Book.With([], (_, _) => { }).Resolve(text.Id, default);
        var derivatives = model.Givens.Select(given => given.Name).Concat(model.Values.Select(value => value.Name)).Select(name => "d" + name).ToHashSet();
        return Reference.Notation.Typesetting.Typeset.Of(Parser.Lines(text.Block, new Place(1, 1)), derivatives).Plain;
    }

    private static IEnumerable<Oracle> Oracles(Equation equation) => Oracle.All.Where(oracle => oracle.Judges(equation));

    private static bool Cites(MethodInfo method, string id) => method.GetCustomAttributes<EquationAttribute>().Any(cited => cited.Id == id);

    private static string Place(MethodInfo method, string id) =>
        $"{method.DeclaringType!.Name}.{method.Name}, {method.GetCustomAttributes<EquationAttribute>().First(cited => cited.Id == id).Place}";

    private static string Shapes(IEnumerable<Operand> operands, Case example) =>
        string.Join(", ", operands.Select(operand => $"{operand.Name} {Lengths.Text(operand.Shape(example))}"));

    private static string Indent(string lines) => "    " + lines.ReplaceLineEndings("\n    ");
}
