using System.Numerics;
using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Engines;

/// <summary>One call of an engine: tensors in, tensors out, sizes and window.</summary>
public sealed class EngineCall
{
    private readonly Dictionary<string, GuardedTensor> _inputs;
    private readonly Dictionary<string, GuardedTensor> _outputs;

    internal EngineCall(Case @case, Dictionary<string, GuardedTensor> inputs, Dictionary<string, GuardedTensor> outputs, Edge edge) =>
        (Case, _inputs, _outputs, Edge) = (@case, inputs, outputs, edge);

    /// <summary>The sizes.</summary>
    public Case Case { get; }

    /// <summary>Stride, padding, dilation and groups.</summary>
    public Window Window => Case.Window;

    /// <summary>Which edge of scratch memory is guarded in this call.</summary>
    internal Edge Edge { get; }

    /// <summary>Which edge of a tensor is guarded.</summary>
    internal Edge EdgeOf(string name) => (_inputs.GetValueOrDefault(name) ?? Out(name)).Edge;

    /// <summary>An input; it ends right before memory that must not be touched, or begins right after it.</summary>
    /// <param name="name">Its letter: x, w, dy, …</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">There is none of that name; so for all that follow.</exception>
    public ReadOnlyTensorSpan<float> Input(string name) => In(name).Span;

    /// <summary>The elements of an input, row-major.</summary>
    /// <param name="name">Its letter: x, w, dy, …</param>
    /// <returns>The same memory as <see cref="Input"/>.</returns>
    public ReadOnlySpan<float> InputValues(string name) => In(name).Values;

    /// <summary>The elements of an input, row-major, in memory of their own.</summary>
    /// <param name="name">Its letter: x, w, dy, …</param>
    /// <returns>A copy.</returns>
    public float[] Copy(string name) => In(name).Values.ToArray();

    /// <summary>A scalar input.</summary>
    /// <param name="name">Its letter: eta, mu.</param>
    /// <returns>The number.</returns>
    public float Scalar(string name) => In(name).Span[0];

    /// <summary>An input of whole numbers.</summary>
    /// <param name="name">Its letter: label, M.</param>
    /// <returns>The tensor.</returns>
    public ReadOnlyTensorSpan<int> WholeInput(string name) => In(name).Shaped(WholeCopy(name));

    /// <summary>The elements of an input of whole numbers, row-major.</summary>
    /// <param name="name">Its letter: label, M.</param>
    /// <returns>The numbers.</returns>
    public ReadOnlySpan<int> WholeValues(string name) => WholeCopy(name);

    internal int[] WholeCopy(string name) => Array.ConvertAll(Copy(name), value => (int)value);

    /// <summary>A size of the case.</summary>
    /// <param name="name">Its letter, capital or small.</param>
    /// <returns>The number.</returns>
    public int Size(string name) => Case.Family.Letters.Contains(name.ToLowerInvariant()) ? Case[name.ToLowerInvariant()]
        : throw new ArgumentException($"expected one of the sizes {Case.Family.Name}, got '{name}'.", nameof(name));

    /// <summary>An output; it holds NaN until the engine writes it, and memory that must not be touched lies next to it.</summary>
    /// <param name="name">Its letter: y, dx, …</param>
    /// <returns>The tensor.</returns>
    public TensorSpan<float> Output(string name) => Out(name).Span;

    /// <summary>The elements of an output, row-major.</summary>
    /// <param name="name">Its letter: y, dx, …</param>
    /// <returns>The same memory as <see cref="Output"/>.</returns>
    public Span<float> OutputValues(string name) => Out(name).Values;

    internal unsafe float* Address(string name) => (_inputs.GetValueOrDefault(name) ?? Out(name)).Start;

    internal float[] Unwritten(string name) => Out(name).Values.ToArray();

    internal void Store(string name, float[] values)
    {
        if (values.Length != Out(name).Values.Length)
            throw new ArgumentException($"{name} expects {Out(name).Values.Length} elements, got {values.Length}.");
        values.CopyTo(Out(name).Values);
    }

    internal void Store(string name, float value) => Store(name, [value]);

    private GuardedTensor In(string name) => Named(_inputs, "inputs", name);

    private GuardedTensor Out(string name) => Named(_outputs, "outputs", name);

    private static GuardedTensor Named(Dictionary<string, GuardedTensor> tensors, string kind, string name) => tensors.GetValueOrDefault(name)
        ?? throw new ArgumentException($"expected one of the {kind} {string.Join(' ', tensors.Keys)}, got '{name}'.", nameof(name));
}

/// <summary>An implementation under judgement: a name, and for each equation it offers a function that computes it.</summary>
/// <remarks>Every equation is optional; one that is not offered is reported as that, never as passed. docs/adding-an-engine.md
/// shows the way from a kernel to an engine.</remarks>
/// <param name="name">The name that reports show.</param>
public sealed class Engine(string name)
{
    private readonly Dictionary<string, Action<EngineCall>> _operations = [];
    private readonly Dictionary<string, Func<Case, bool>> _limits = [];

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>What --engine on the command line calls it: its name, or the path of the file that it was loaded from.</summary>
    public string Argument { get; internal set; } = name;

    /// <summary>Engines that promise the same bits: other widths, other numbers of threads.</summary>
    public IReadOnlyList<Engine> SameBits { get; init; } = [];

    /// <summary>The engine with convolutions by minimal filtering, and in tiles of how many outputs along each dimension. The oracle winograd judges them.</summary>
    public IReadOnlyList<(int Outputs, Engine Engine)> Filtered { get; init; } = [];

    /// <summary>Ids of the equations whose sums it promises in the stated order: from +0, one fused multiply-add for each term, as the formula's
    /// indices run, or as <see cref="Oracles.SumOrder"/> says. The oracle order holds it to that.</summary>
    public IReadOnlySet<string> SumsInOrder { get; init; } = new HashSet<string>();

    /// <summary>The work of the reference up to which cases are judged; more would take too long.</summary>
    public double MostWork { get; init; } = double.PositiveInfinity;

    /// <summary>What takes in the bits of every result while a case is judged, or null.</summary>
    internal IncrementalHash? Digest { get; set; }

    /// <summary>Offers an equation.</summary>
    /// <param name="id">Its id, such as CV-F1.</param>
    /// <param name="operation">Reads the call's inputs and writes every element of its outputs.</param>
    /// <returns>This engine.</returns>
    /// <exception cref="InputException">There is no such equation.</exception>
    public Engine Offer(string id, Action<EngineCall> operation)
    {
        _operations[EquationTable.Find(id).Id] = operation;
        return this;
    }

    /// <summary>Offers an equation for some of its cases: the others are counted as beyond it, like cases beyond an oracle.</summary>
    /// <param name="id">Its id, such as CV-F1.</param>
    /// <param name="takes">Whether the operation takes a case, such as only one without groups.</param>
    /// <param name="operation">Reads the call's inputs and writes every element of its outputs.</param>
    /// <returns>This engine.</returns>
    /// <exception cref="InputException">There is no such equation.</exception>
    public Engine Offer(string id, Func<Case, bool> takes, Action<EngineCall> operation)
    {
        _limits[EquationTable.Find(id).Id] = takes;
        return Offer(id, operation);
    }

    /// <summary>Offers an equation that a method or a lambda computes; its parameters are found by their names, which are those of
    /// the equation's text (cnnverify explain ID shows them).</summary>
    /// <param name="id">The equation's id, such as CV-F1.</param>
    /// <param name="kernel">Inputs are ReadOnlySpan&lt;float&gt;, ReadOnlyTensorSpan&lt;float&gt;, float[], float* or, scalars, float; whole
    /// numbers such as labels the same of int; outputs Span&lt;float&gt;, TensorSpan&lt;float&gt;, float[] or float*, or a single one
    /// is returned as float[] or float; sizes are int; stride, padding, dilation and groups are a <see cref="Window"/>.</param>
    /// <returns>This engine.</returns>
    /// <exception cref="InputException">There is no such equation, or a parameter has no name or type of it.</exception>
    public Engine Offer(string id, Delegate kernel)
    {
        Equation equation = EquationTable.Find(id);
        BoundKernel bound = KernelBinding.Of(equation, kernel);
        return Offer(equation.Id, call => bound(call, kernel));
    }

    /// <summary>Offers every equation that a static method of a class computes, as its <see cref="EquationAttribute"/> says.</summary>
    /// <param name="kernels">The class; parameters as for a single kernel.</param>
    /// <returns>This engine.</returns>
    /// <exception cref="InputException">A method does not fit its equation, or an equation is offered twice.</exception>
    public Engine Offer(Type kernels)
    {
        foreach (MethodInfo method in kernels.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            foreach (EquationAttribute cited in method.GetCustomAttributes<EquationAttribute>())
            {
                Equation equation = Found(cited.Id, kernels, method);
                if (_operations.ContainsKey(equation.Id))
                    throw new InputException($"{kernels.Name}.{method.Name}: expected each equation once in an engine, got {equation.Id} twice.");
                BoundKernel bound = KernelBinding.Of(equation, method);
                Offer(equation.Id, call => bound(call, null));
            }
        return this;
    }

    private static Equation Found(string id, Type kernels, MethodInfo method)
    {
        try
        {
            return EquationTable.Find(id);
        }
        catch (InputException unknown)
        {
            throw new InputException($"{kernels.Name}.{method.Name}: {unknown.Message}", unknown);
        }
    }

    /// <summary>Ids of the equations that it offers.</summary>
    public IReadOnlyCollection<string> Ids => _operations.Keys;

    /// <summary>True where the engine computes the equation.</summary>
    /// <param name="equation">The equation.</param>
    /// <returns>Whether it was offered.</returns>
    public bool Offers(Equation equation) => _operations.ContainsKey(equation.Id);

    /// <summary>True where an operation that was offered takes a case.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="case">A case of it.</param>
    /// <returns>False where the offer excludes the case.</returns>
    public bool Takes(Equation equation, Case @case) => !_limits.TryGetValue(equation.Id, out Func<Case, bool>? takes) || takes(@case);

    /// <summary>Computes an equation on the tensors of another engine's call: for engines that wrap one.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="call">The call.</param>
    public void Compute(Equation equation, EngineCall call) => _operations[equation.Id](call);

    /// <summary>Computes an equation on the data of a case.</summary>
    /// <param name="equation">The equation; it may be the forward equation of the arguments' own.</param>
    /// <param name="arguments">The data.</param>
    /// <returns>The outputs in the equation's order; NaN where the engine wrote nothing.</returns>
    public float[][] Run(Equation equation, Arguments arguments) => Run(equation, arguments.Case, name => [.. arguments[name]]);

    /// <summary>Computes an equation on given data.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="case">Its sizes.</param>
    /// <param name="input">The elements of each input by name, row-major; whole numbers as floats.</param>
    /// <returns>The outputs in the equation's order; NaN where the engine wrote nothing.</returns>
    public float[][] Run(Equation equation, Case @case, Func<string, float[]> input) => Run(equation, @case, input, operand => operand.Shape(@case));

    /// <summary>The message of the <see cref="ArgumentException"/> that the engine throws at a tensor of other lengths than the case has, with the case's
    /// data over and over; null where it takes it. What else it throws passes.</summary>
    internal string? Refusal(Equation equation, Arguments arguments, string name, nint[] lengths, int step = 1)
    {
        try
        {
            Run(equation, arguments.Case, input => input == name ? Repeated([.. arguments[name]], lengths.Length == 0 ? 0 : step, lengths) : [.. arguments[input]],
                operand => operand.Name == name ? lengths : operand.Shape(arguments.Case), operand => operand.Name == name ? step : 1);
            return null;
        }
        catch (ArgumentException refusal)
        {
            return refusal.Message;
        }
    }

    /// <summary>What the engine says to a tensor of the right lengths with a gap behind each element, or null where it takes it.</summary>
    internal string? RefusalOfGaps(Equation equation, Arguments arguments, string name) =>
        Refusal(equation, arguments, name, equation.Inputs.Concat(equation.Outputs).First(operand => operand.Name == name).Shape(arguments.Case), step: 2);

    private float[][] Run(Equation equation, Case @case, Func<string, float[]> input, Func<Operand, nint[]> shape, Func<Operand, int>? step = null)
    {
        var inputs = new Dictionary<string, GuardedTensor>();
        var outputs = new Dictionary<string, GuardedTensor>();
        // One buffer after the other is guarded at its end, then at its beginning. The data say which comes first: over a few cases every
        // buffer is guarded at both, and the same case is guarded alike again.
        uint turn = 0;
        Edge NextEdge() => (Edge)(turn++ & 1);
        var given = equation.Inputs.ToDictionary(operand => operand.Name, operand => input(operand.Name));
        foreach (float value in given.Values.SelectMany(values => values))
            turn ^= BitConverter.SingleToUInt32Bits(value);
        turn = (uint)BitOperations.PopCount(turn);
        try
        {
            foreach (Operand operand in equation.Inputs)
                inputs[operand.Name] = new GuardedTensor(given[operand.Name], shape(operand), NextEdge(), step?.Invoke(operand) ?? 1);
            foreach (Operand operand in equation.Outputs)
                outputs[operand.Name] = new GuardedTensor(null, shape(operand), NextEdge(), step?.Invoke(operand) ?? 1);
            _operations[equation.Id](new EngineCall(@case, inputs, outputs, NextEdge()));
            foreach (Operand operand in equation.Outputs)
                Digest?.AppendData(MemoryMarshal.AsBytes(outputs[operand.Name].Values));
            return [.. equation.Outputs.Select(operand => outputs[operand.Name].Values.ToArray())];
        }
        finally
        {
            foreach (GuardedTensor tensor in inputs.Values.Concat(outputs.Values))
                tensor.Dispose();
        }
    }

    private static float[] Repeated(float[] own, nint step, nint[] lengths)
    {
        float[] all = new float[lengths.Aggregate(step, (product, length) => product * length)];
        for (int i = 0; i < all.Length; i++)
            all[i] = own[i % own.Length];
        return all;
    }
}
