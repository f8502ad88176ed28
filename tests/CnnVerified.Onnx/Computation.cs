using System.Globalization;
using CnnVerified.Reference.Notation;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx;

/// <summary>Who computes the equations that a graph's operators are made of: an engine over float, and over double the reference.</summary>
/// <param name="engine">The engine, which may offer any part of the equations.</param>
/// <param name="isReference">Whether the engine is the reference, which computes in double too.</param>
public sealed class Computation(Engine engine, bool isReference)
{
    /// <summary>The work of the reference up to which an equation is computed; more would take minutes.</summary>
    public const double MostWork = 2_000_000_000;

    private readonly SortedSet<string> _equations = new(StringComparer.Ordinal);

    /// <summary>The engine's name.</summary>
    public string Name => engine.Name;

    /// <summary>Ids of the equations that were computed.</summary>
    public IReadOnlyCollection<string> Equations => _equations;

    /// <summary>Computes an equation with a single output.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="sizes">Sizes that the shapes of the inputs do not say: windows, groups, lengths of outputs.</param>
    /// <param name="inputs">Tensors and scalars by the letters of the text; scalars have one element.</param>
    /// <returns>The output.</returns>
    /// <exception cref="InputException">A tensor has another shape than the text says.</exception>
    /// <exception cref="UnsupportedException">The sizes or data are not among those that the equation is for, or too large.</exception>
    /// <exception cref="NotOfferedException">The engine does not compute it.</exception>
    public OnnxTensor One(string id, Sizes sizes, params ReadOnlySpan<(string Name, OnnxTensor Tensor)> inputs) => All(id, sizes, inputs).Single();

    /// <summary>Computes an equation; as <see cref="One"/>, with all outputs.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="sizes">Sizes that the shapes of the inputs do not say.</param>
    /// <param name="inputs">Tensors and scalars by the letters of the text. The first one says in which type all is computed.</param>
    /// <returns>The outputs in the equation's order.</returns>
    public IReadOnlyList<OnnxTensor> All(string id, Sizes sizes, params ReadOnlySpan<(string Name, OnnxTensor Tensor)> inputs)
    {
        Equation equation = EquationTable.Find(id);
        var named = new Dictionary<string, OnnxTensor>();
        foreach (var (name, tensor) in inputs)
            named.Add(name, tensor);
        DataType type = inputs[0].Tensor.Type;
        Case @case = CaseOf(equation, sizes, named);
        foreach (Operand operand in equation.Inputs)
            Check(equation, operand, operand.Shape(@case), named[operand.Name]);
        if (equation.Work(@case) is var work && work > MostWork)
            throw new UnsupportedException($"{id} on {@case}: more work than {MostWork.ToString("N0", CultureInfo.InvariantCulture)} terms");
        if (!engine.Offers(equation) || work > engine.MostWork)
            throw new NotOfferedException($"{id}{(engine.Offers(equation) ? $" on {@case}, which is too large for it" : "")}");
        var outputs = type == DataType.Float ? InFloat(equation, @case, named) : isReference ? InDouble(equation, @case, named)
            : throw new NotOfferedException("double");
        _equations.Add(id);
        return [.. equation.Outputs.Select((output, i) => OnnxTensor.Real(type, [.. output.Shape(@case).Select(length => (int)length)], outputs[i]))];
    }

    private double[][] InFloat(Equation equation, Case @case, Dictionary<string, OnnxTensor> named) =>
        Array.ConvertAll(engine.Run(equation, @case, name => Array.ConvertAll(Elements(named[name]), value => (float)value)),
            output => Array.ConvertAll(output, value => (double)value));

    private static double[][] InDouble(Equation equation, Case @case, Dictionary<string, OnnxTensor> named)
    {
        ReadOnlySpan<nint> Shape(string name) => equation.Inputs.First(input => input.Name == name).Shape(@case);
        return Array.ConvertAll(ReferenceMethods.Run(equation, @case, name => System.Numerics.Tensors.Tensor.Create(Elements(named[name]), Shape(name)),
            name => System.Numerics.Tensors.Tensor.Create(Array.ConvertAll(named[name].Wholes, value => (int)value), Shape(name))), output => output.ToArray());
    }

    private static double[] Elements(OnnxTensor tensor) => tensor.IsReal ? tensor.Reals : Array.ConvertAll(tensor.Wholes, value => (double)value);

    // A dimension of the text that is one letter says that letter's size.
    private static Case CaseOf(Equation equation, Sizes sizes, Dictionary<string, OnnxTensor> named)
    {
        var known = new Dictionary<string, int>(sizes.ByLetter);
        foreach (Given given in equation.Model.Givens)
            if (named.TryGetValue(given.Name, out OnnxTensor? tensor) && tensor.Dims.Count == given.Shape.Count)
                for (int i = 0; i < given.Shape.Count; i++)
                    if (given.Shape[i].Length is Symbol { Name: var letter } && equation.Family.Letters.Contains(letter.ToLowerInvariant()))
                        known.TryAdd(letter.ToLowerInvariant(), tensor.Dims[i]);
        try
        {
            return Case.Of(equation.Family, known);
        }
        catch (InputException wrong)
        {
            string came = string.Join(", ", named.Where(pair => pair.Value.Length != 1).Select(pair => $"{pair.Key} {OnnxTensor.Text(pair.Value.Dims)}"));
            throw new UnsupportedException($"{equation.Id}: {wrong.Message.TrimEnd('.')} (got {came}{sizes})");
        }
    }

    private static void Check(Equation equation, Operand operand, nint[] shape, OnnxTensor tensor)
    {
        if (!tensor.Dims.Select(length => (nint)length).SequenceEqual(shape))
            throw new InputException($"{equation.Id}: {operand.Name} expects {Lengths.Text(shape)}, got {OnnxTensor.Text(tensor.Dims)}.");
        Func<double, bool> lies = operand.Domain switch
        {
            Compared { Relation: Relation.Greater, Bound: var bound } => value => value > bound.ToDouble(),
            Compared { Relation: Relation.GreaterOrEqual, Bound: var bound } => value => value >= bound.ToDouble(),
            Interval { Low: Number { Value: var low }, High: Number { Value: var high } } interval => value =>
                (value > low.ToDouble() || (interval.LowIsIn && value == low.ToDouble()))
                    && (value < high.ToDouble() || (interval.HighIsIn && value == high.ToDouble())),
            _ => _ => true,
        };
        foreach (double value in operand.Domain is null ? [] : Elements(tensor))
            if (!lies(value))
                throw new UnsupportedException(string.Create(CultureInfo.InvariantCulture,
                    $"{equation.Id} with {operand.Name} = {value}, which it is not for"));
    }
}
