using CnnVerified.Onnx.Proto;
using CnnVerified.Verification;
using AttributeType = CnnVerified.Onnx.Proto.AttributeProto.Types.AttributeType;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx;

/// <summary>An operator: computes a node's outputs, in order; what was not asked for may be missing.</summary>
/// <param name="call">The node with its inputs.</param>
/// <returns>The outputs.</returns>
public delegate IReadOnlyList<OnnxTensor?> Operator(OperatorCall call);

/// <summary>One node being run: inputs, attributes with the defaults that the operator gives, and who computes. Attributes that the
/// operator does not ask for are an error, so that none is passed over in silence.</summary>
public sealed class OperatorCall
{
    private readonly NodeProto _node;
    private readonly IReadOnlyList<OnnxTensor?> _inputs;
    private readonly Dictionary<string, AttributeProto> _attributes = [];
    private readonly HashSet<string> _read = [];

    internal OperatorCall(NodeProto node, long opset, IReadOnlyList<OnnxTensor?> inputs, Computation on, IReadOnlyDictionary<string, OnnxTensor> drawn)
    {
        (_node, Opset, _inputs, On, Drawn) = (node, opset, inputs, on, drawn);
        foreach (AttributeProto attribute in node.Attribute)
            if (!_attributes.TryAdd(attribute.Name, attribute))
                throw new InputException($"expected each attribute once, got '{attribute.Name}' twice.");
    }

    /// <summary>The version of the operator set.</summary>
    public long Opset { get; }

    /// <summary>Who computes equations.</summary>
    public Computation On { get; }

    /// <summary>By name, values of the graph that someone else computed: where a standard leaves values to chance, they say what was drawn.</summary>
    public IReadOnlyDictionary<string, OnnxTensor> Drawn { get; }

    /// <summary>The number of inputs that the node names, left-out ones among them.</summary>
    public int Inputs => _inputs.Count;

    /// <summary>The name of an output, or empty where it is not asked for.</summary>
    /// <param name="i">Which.</param>
    /// <returns>The name.</returns>
    public string Output(int i) => i < _node.Output.Count ? _node.Output[i] : "";

    /// <summary>The number of outputs that the node names.</summary>
    public int Outputs => _node.Output.Count;

    /// <summary>An input that may be left out.</summary>
    /// <param name="i">Which.</param>
    /// <returns>The tensor or null.</returns>
    public OnnxTensor? Optional(int i) => i < _inputs.Count ? _inputs[i] : null;

    /// <summary>An input.</summary>
    /// <param name="i">Which.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="InputException">It is missing.</exception>
    public OnnxTensor Input(int i) => Optional(i) ?? throw new InputException($"expected an input {i}, got {_inputs.Count} inputs.");

    /// <summary>An input of reals.</summary>
    /// <param name="i">Which.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="UnsupportedException">It is of another type.</exception>
    public OnnxTensor Real(int i) => Real(Input(i));

    /// <summary>An input of reals that may be left out.</summary>
    /// <param name="i">Which.</param>
    /// <returns>The tensor or null.</returns>
    /// <exception cref="UnsupportedException">It is of another type.</exception>
    public OnnxTensor? OptionalReal(int i) => Optional(i) is { } tensor ? Real(tensor) : null;

    /// <summary>An input of one dimension of small whole numbers, such as a shape, axes or pads.</summary>
    /// <param name="i">Which.</param>
    /// <returns>The numbers.</returns>
    /// <exception cref="InputException">It is none.</exception>
    public int[] Ints(int i) => Array.ConvertAll(Input(i).Wholes, Small);

    /// <summary>An attribute of one whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is missing.</param>
    /// <returns>The number.</returns>
    /// <exception cref="InputException">It is of another type, or beyond 32 bits.</exception>
    public int Int(string name, int absent) => Find(name, AttributeType.Int) is { } attribute ? Small(attribute.I) : absent;

    /// <summary>An attribute of one whole number that may be missing.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The number or null.</returns>
    /// <exception cref="InputException">It is of another type.</exception>
    public long? OptionalLong(string name) => Find(name, AttributeType.Int)?.I;

    /// <summary>An attribute of one real number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is missing.</param>
    /// <returns>The number.</returns>
    /// <exception cref="InputException">It is of another type.</exception>
    public float Float(string name, float absent) => Find(name, AttributeType.Float)?.F ?? absent;

    /// <summary>An attribute of one real number that may be missing.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The number or null.</returns>
    /// <exception cref="InputException">It is of another type.</exception>
    public float? OptionalFloat(string name) => Find(name, AttributeType.Float)?.F;

    /// <summary>An attribute that is a word.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is missing.</param>
    /// <param name="among">The words that it may be.</param>
    /// <returns>The word.</returns>
    /// <exception cref="InputException">It is another word or of another type.</exception>
    public string Word(string name, string absent, params ReadOnlySpan<string> among)
    {
        string word = Find(name, AttributeType.String)?.S.ToStringUtf8() ?? absent;
        return among.Contains(word) ? word : throw new InputException($"attribute {name}: expected {string.Join(", ", among)}, got '{word}'.");
    }

    /// <summary>An attribute of whole numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="count">How many are expected.</param>
    /// <param name="absent">What each is where it is missing.</param>
    /// <returns>The numbers.</returns>
    /// <exception cref="InputException">It is of another type or length, or a number is beyond 32 bits.</exception>
    public int[] Ints(string name, int count, int absent) => OptionalInts(name) is not { } ints ? [.. Enumerable.Repeat(absent, count)]
        : ints.Length == count ? ints : throw new InputException($"attribute {name}: expected {count} whole numbers, got {ints.Length}.");

    /// <summary>An attribute of whole numbers that may be missing.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The numbers or null.</returns>
    /// <exception cref="InputException">It is of another type, or a number is beyond 32 bits.</exception>
    public int[]? OptionalInts(string name) => Find(name, AttributeType.Ints) is { } attribute ? [.. attribute.Ints.Select(Small)] : null;

    /// <summary>An attribute that may be missing and whose type the caller tells apart.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The attribute or null.</returns>
    public AttributeProto? Attribute(string name)
    {
        _read.Add(name);
        return _attributes.GetValueOrDefault(name) is { RefAttrName.Length: 0 } attribute ? attribute
            : _attributes.ContainsKey(name) ? throw new UnsupportedException($"attribute {name} of an outer function") : null;
    }

    /// <summary>Says that attributes are known and mean nothing here.</summary>
    /// <param name="names">Their names.</param>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            _read.Add(name);
    }

    /// <summary>An axis counted from the front.</summary>
    /// <param name="axis">The axis, from −rank to rank − 1.</param>
    /// <param name="rank">The number of axes.</param>
    /// <returns>From 0 to rank − 1.</returns>
    /// <exception cref="InputException">There is no such axis.</exception>
    public static int Axis(int axis, int rank) => axis >= -rank && axis < rank ? (axis + rank) % rank
        : throw new InputException($"expected an axis from {-rank} to {rank - 1}, got {axis}.");

    internal void ExpectAllRead()
    {
        if (_attributes.Keys.FirstOrDefault(name => !_read.Contains(name)) is { } unread)
            throw new UnsupportedException($"attribute {unread} of {_node.OpType}-{Opset}");
    }

    private AttributeProto? Find(string name, AttributeType type)
    {
        AttributeProto? attribute = Attribute(name);
        if (attribute is null)
            return null;
        // The oldest files leave the type out.
        AttributeType came = attribute.Type != AttributeType.Undefined ? attribute.Type
            : attribute.HasI ? AttributeType.Int : attribute.HasF ? AttributeType.Float : attribute.HasS ? AttributeType.String
            : attribute.Ints.Count > 0 ? AttributeType.Ints : AttributeType.Undefined;
        return came == type ? attribute : throw new InputException($"attribute {name}: expected {type}, got {came}.");
    }

    private static OnnxTensor Real(OnnxTensor tensor) => tensor.Type is DataType.Float or DataType.Double ? tensor
        : throw new UnsupportedException($"element type {OnnxTensor.Name(tensor.Type)}");

    private static int Small(long value) => value is >= int.MinValue and <= int.MaxValue ? (int)value
        : throw new InputException($"expected a whole number of 32 bits, got {value}.");
}
