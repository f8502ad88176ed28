using System.Numerics.Tensors;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Engines;

/// <summary>One call of an engine: tensors in, tensors out, sizes and window.</summary>
public sealed class EngineCall
{
    private readonly Dictionary<string, GuardedTensor> _inputs;
    private readonly Dictionary<string, GuardedTensor> _outputs;

    internal EngineCall(Case @case, Dictionary<string, GuardedTensor> inputs, Dictionary<string, GuardedTensor> outputs) =>
        (Case, _inputs, _outputs) = (@case, inputs, outputs);

    /// <summary>The sizes.</summary>
    public Case Case { get; }

    /// <summary>Stride, padding, dilation and groups.</summary>
    public Window Window => Case.Window;

    /// <summary>An input; it ends right before memory that must not be touched.</summary>
    /// <param name="name">Its letter: x, w, dy, …</param>
    /// <returns>The tensor.</returns>
    public ReadOnlyTensorSpan<float> Input(string name) => _inputs[name].Span;

    /// <summary>The elements of an input, row-major, in memory of their own.</summary>
    /// <param name="name">Its letter: x, w, dy, …</param>
    /// <returns>A copy.</returns>
    public float[] Copy(string name) => _inputs[name].Values.ToArray();

    /// <summary>A scalar input.</summary>
    /// <param name="name">Its letter: eta, mu.</param>
    /// <returns>The number.</returns>
    public float Scalar(string name) => _inputs[name].Span[0];

    /// <summary>An input of whole numbers.</summary>
    /// <param name="name">Its letter: label, M.</param>
    /// <returns>The tensor.</returns>
    public ReadOnlyTensorSpan<int> WholeInput(string name) => new(WholeValues(name), _inputs[name].Span.Lengths);

    /// <summary>The elements of an input of whole numbers, row-major.</summary>
    /// <param name="name">Its letter: label, M.</param>
    /// <returns>The numbers.</returns>
    public ReadOnlySpan<int> WholeValues(string name)
    {
        int[] whole = new int[_inputs[name].Values.Length];
        for (int i = 0; i < whole.Length; i++)
            whole[i] = (int)_inputs[name].Values[i];
        return whole;
    }

    /// <summary>A size of the case.</summary>
    /// <param name="name">Its letter, capital or small.</param>
    /// <returns>The number.</returns>
    public int Size(string name) => Case[name.ToLowerInvariant()];

    /// <summary>An output; it holds NaN until the engine writes it, and ends right before memory that must not be touched.</summary>
    /// <param name="name">Its letter: y, dx, …</param>
    /// <returns>The tensor.</returns>
    public TensorSpan<float> Output(string name) => _outputs[name].Span;

    /// <summary>The elements of an output, row-major.</summary>
    /// <param name="name">Its letter: y, dx, …</param>
    /// <returns>The same memory as <see cref="Output"/>.</returns>
    public Span<float> OutputValues(string name) => _outputs[name].Values;
}

/// <summary>An implementation under judgement: a name, and for each equation it offers a function that computes it.</summary>
/// <remarks>Every equation is optional; one that is not offered is reported as that, never as passed.</remarks>
/// <param name="name">The name that reports show.</param>
public sealed class Engine(string name)
{
    private readonly Dictionary<string, Action<EngineCall>> _operations = [];

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>Engines that promise the same bits: other widths, other numbers of threads.</summary>
    public IReadOnlyList<Engine> SameBits { get; init; } = [];

    /// <summary>The work of the reference up to which cases are judged; more would take too long.</summary>
    public double MostWork { get; init; } = double.PositiveInfinity;

    /// <summary>Offers an equation.</summary>
    /// <param name="id">Its id, such as CV-F1.</param>
    /// <param name="operation">Reads the call's inputs and writes every element of its outputs.</param>
    /// <returns>This engine.</returns>
    public Engine Offer(string id, Action<EngineCall> operation)
    {
        _operations[id] = operation;
        return this;
    }

    /// <summary>True where the engine computes the equation.</summary>
    /// <param name="equation">The equation.</param>
    /// <returns>Whether it was offered.</returns>
    public bool Offers(Equation equation) => _operations.ContainsKey(equation.Id);

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
    public float[][] Run(Equation equation, Case @case, Func<string, float[]> input)
    {
        var inputs = new Dictionary<string, GuardedTensor>();
        var outputs = new Dictionary<string, GuardedTensor>();
        try
        {
            foreach (Operand operand in equation.Inputs)
                inputs[operand.Name] = new GuardedTensor(input(operand.Name), operand.Shape(@case));
            foreach (Operand operand in equation.Outputs)
                outputs[operand.Name] = new GuardedTensor(null, operand.Shape(@case));
            _operations[equation.Id](new EngineCall(@case, inputs, outputs));
            return [.. equation.Outputs.Select(operand => outputs[operand.Name].Values.ToArray())];
        }
        finally
        {
            foreach (GuardedTensor tensor in inputs.Values.Concat(outputs.Values))
                tensor.Dispose();
        }
    }
}
