using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Engines;

/// <summary>The engines of this project.</summary>
public sealed class EngineList : IDisposable
{
    // Sums that are taken in parts of another kind than the oracle's: each kernel's remarks say how.
    private static readonly string[] InParts =
    [
        "CV-B8", "CV-B20", "CV-B21", "CV-B22", "NM-B1", "NM-B2", "NM-B10", "NM-B14", "NM-B15", "NM-B17", "NM-B18", "PL-B10",
    ];

    private static readonly int[] OtherThreads = [1, 2, 3, 5];

    private readonly List<Execution> _executions = [];

    /// <summary>The reference, run over binary32.</summary>
    /// <returns>The engine "reference".</returns>
    public static Engine Reference()
    {
        var engine = new Engine("reference");
        foreach (Equation equation in EquationTable.All.Where(equation => ReferenceMethods.Admits<float>(equation.Id)))
            engine.Offer(equation.Id, call =>
            {
                var results = ReferenceMethods.Run(equation, call.Case, name => ReferenceMethods.Shaped(call.Copy(name), call.Input(name).Lengths),
                    name => ReferenceMethods.Shaped(call.WholeValues(name).ToArray(), call.Input(name).Lengths));
                for (int i = 0; i < results.Length; i++)
                    results[i].FlattenTo(call.OutputValues(equation.Outputs[i].Name));
            });
        return engine;
    }

    /// <summary>The text of docs/equations, evaluated.</summary>
    /// <returns>The engine "text".</returns>
    public static Engine Text() => TextEngine.New();

    /// <summary>The optimised engine at one vector width. Its <see cref="Engine.SameBits"/> are the same width on other numbers of threads, with
    /// maps in blocks and weights prepared ahead and, for the widest, the other widths of this machine and other kernels.</summary>
    /// <param name="width">The width.</param>
    /// <param name="threads">Threads, or null for one a core.</param>
    /// <returns>The engine, named after the width.</returns>
    public Engine Optimized(VectorWidth width, int? threads = null)
    {
        int own = threads ?? Environment.ProcessorCount;
        return Optimized(NameOf(width), width, own, [
            .. Blocked(width, own),
            .. OtherThreads.Where(other => other != own).Select(other => Optimized($"{NameOf(width)} on {other} threads", width, other, [])),
            .. width == Execution.Widest ? Widths.Where(other => other != width).Select(other => Optimized(NameOf(other), other, 1, [])).Concat(Named(width)) : []],
            filtered: [(4, Filtered(width, own, ConvolutionKernel.WinogradFour)), (2, Filtered(width, own, ConvolutionKernel.WinogradTwo))]);
    }

    /// <summary>The widths that this machine has, narrowest first; scalar always.</summary>
    public static IReadOnlyList<VectorWidth> Widths { get; } = [.. Enum.GetValues<VectorWidth>().Where(Execution.IsSupported)];

    /// <summary>Equations whose sums the optimised engine takes in the stated order.</summary>
    public static IReadOnlySet<string> SumsInOrder { get; } = TwinMethods.Ids.Except(InParts).ToHashSet();

    /// <summary>The row of the engine's table by which a convolution is computed on this machine. The twin runs once, and says what it chose.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="arguments">Data of the layer.</param>
    /// <param name="on">Where to compute.</param>
    /// <returns>The row, or null where the equation has one kernel for all shapes.</returns>
    /// <exception cref="InputException">The engine does not compute the equation.</exception>
    public static KernelRule? Kernel(Equation equation, Arguments arguments, Execution on)
    {
        if (!TwinMethods.Ids.Contains(equation.Id))
            throw new InputException($"expected an equation that the engine computes, got {equation.Id}.");
        new Engine("explained").Offer(equation.Id, call => TwinMethods.Of(equation.Id)(call, on)).Run(equation, arguments);
        return on.Chosen;
    }

    /// <summary>The same where maps come and go in blocks of channels.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="arguments">Data of the layer.</param>
    /// <param name="on">Where to compute.</param>
    /// <returns>The row; null where the engine does not compute the equation in blocks, or has one kernel for all shapes.</returns>
    public static KernelRule? KernelOfBlocks(Equation equation, Arguments arguments, Execution on)
    {
        if (BlockedCalls.Ids.Contains(equation.Id))
            new Engine("explained").Offer(equation.Id, call => BlockedCalls.Run(equation.Id, call, first: true, second: true, on)).Run(equation, arguments);
        return on.Chosen;
    }

    /// <summary>What the command line calls a width: scalar, v128, v256, v512.</summary>
    /// <param name="width">The width.</param>
    /// <returns>The name.</returns>
    public static string NameOf(VectorWidth width) => width == VectorWidth.Scalar ? "scalar" : $"v{(int)width * 32}";

    private static bool KernelsDiffer(string id) => id.StartsWith("CV-", StringComparison.Ordinal) || id is "OP-B3" or "OP-B5";

    // Convolutions by each kernel that may compute them, not by the table's choice alone.
    private IEnumerable<Engine> Named(VectorWidth width) => Enum.GetValues<ConvolutionKernel>().Where(kernel => kernel < ConvolutionKernel.Lanes)
        .Select(kernel => Optimized($"{NameOf(width)} with {kernel}", width, 1, [], kernel));

    // Convolutions on maps in blocks: both operands, and where the width is the machine's own, each alone; and with weights prepared ahead, in blocks or not.
    private IEnumerable<Engine> Blocked(VectorWidth width, int threads)
    {
        (bool First, bool Second, bool IsPrepared, string Name)[] forms = [(true, true, false, "in blocks"), (true, true, true, "in blocks, weights prepared"), (false, false, true, "weights prepared"),
            (false, true, false, "y in blocks"), (true, false, false, "x in blocks")];
        foreach (var (first, second, isPrepared, form) in forms.Take(width == Execution.Widest ? forms.Length : 3))
        {
            Edge edge = default;
            Execution on = NewExecution(width, threads, () => edge, null);
            var engine = new Engine($"{NameOf(width)}, {form}");
            foreach (string id in isPrepared ? BlockedCalls.Prepared : BlockedCalls.Ids)
                engine.Offer(id, call =>
                {
                    edge = call.Edge;
                    BlockedCalls.Run(id, call, first, second, on, isPrepared);
                });
            yield return engine;
        }
    }

    private Engine Filtered(VectorWidth width, int threads, ConvolutionKernel kernel) => Optimized($"{NameOf(width)} with {kernel}", width, threads, [], kernel);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Execution execution in _executions)
            execution.Dispose();
        _executions.Clear();
    }

    private Engine Optimized(string name, VectorWidth width, int threads, IReadOnlyList<Engine> sameBits, ConvolutionKernel? kernel = null,
        IReadOnlyList<(int, Engine)>? filtered = null)
    {
        Edge edge = default;
        Execution on = NewExecution(width, threads, () => edge, kernel);
        var engine = new Engine(name) { SameBits = sameBits, SumsInOrder = SumsInOrder, Filtered = filtered ?? [] };
        foreach (string id in TwinMethods.Ids.Where(id => kernel is null || KernelsDiffer(id)))
            engine.Offer(id, call =>
            {
                edge = call.Edge;
                TwinMethods.Of(id)(call, on);
            });
        return engine;
    }

    private Execution NewExecution(VectorWidth width, int threads, Func<Edge> edge, ConvolutionKernel? kernel)
    {
        var on = new Execution(width, threads, () => new GuardedScratch(edge))
        {
            PoisonScratch = true,
            Kernel = kernel,
            Algorithm = kernel >= ConvolutionKernel.WinogradFour ? Algorithm.Winograd : Algorithm.Ordered,
            WinogradLimit = double.PositiveInfinity,
        };
        _executions.Add(on);
        return on;
    }
}
