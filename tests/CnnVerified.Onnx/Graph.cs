using System.Globalization;
using CnnVerified.Onnx.Proto;
using CnnVerified.Verification;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx;

/// <summary>A model that can be run: its nodes in order, each an operator that is supported.</summary>
public sealed class Graph
{
    /// <summary>The most elements that all values of a run may have together.</summary>
    public const long MostElements = 1L << 27;

    private readonly List<(NodeProto Node, Operator Operator, long Opset)> _nodes = [];
    private readonly Dictionary<string, OnnxTensor> _constants = [];
    private readonly List<ValueInfoProto> _inputs;
    private readonly GraphProto _graph;

    /// <summary>Checks a model.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="InputException">It is malformed: no graph, no operator set, a name that is defined twice or used before it is defined.</exception>
    /// <exception cref="UnsupportedException">An operator, a type or an encoding is not supported; all such operators are named.</exception>
    public Graph(ModelProto model)
    {
        _graph = model.Graph ?? throw new InputException("expected a model with a graph, got none.");
        var opsets = new Dictionary<string, long>();
        foreach (OperatorSetIdProto opset in model.OpsetImport)
            if (!opsets.TryAdd(OperatorTable.Domain(opset.Domain), opset.Version))
                throw new InputException($"expected one version of the operator set '{opset.Domain}', got two.");
        ExpectSupported(model.Functions);
        ExpectDefined();
        foreach (NodeProto node in _graph.Node)
        {
            // A file without versions is of the first one.
            long opset = opsets.Count == 0 ? 1 : opsets.TryGetValue(OperatorTable.Domain(node.Domain), out long version) ? version
                : throw new InputException($"{Describe(node)}: expected a version of its operator set '{node.Domain}', got none.");
            _nodes.Add((node, OperatorTable.Find(node.Domain, node.OpType)!, opset is >= 1 and <= int.MaxValue ? opset
                : throw new InputException($"expected a version of the operator set from 1, got {opset}.")));
        }
        foreach (TensorProto initializer in _graph.Initializer)
            _constants[initializer.Name] = TensorReader.Read(initializer, $"initializer '{initializer.Name}'");
        _inputs = [.. _graph.Input.Where(input => !_constants.ContainsKey(input.Name))];
        foreach (ValueInfoProto value in _inputs.Concat(_graph.Output))
            if (value.Type?.TensorType is { ElemType: not 0 and var element } && !TensorReader.Reads((DataType)element))
                throw new UnsupportedException($"element type {OnnxTensor.Name((DataType)element)}");
            else if (value.Type is { ValueCase: not (TypeProto.ValueOneofCase.TensorType or TypeProto.ValueOneofCase.None) } other)
                throw new UnsupportedException($"'{value.Name}' is no tensor but a {other.ValueCase.ToString().Replace("Type", "", StringComparison.Ordinal).ToLowerInvariant()}");
    }

    /// <summary>Names of the inputs that a run must be given, in order.</summary>
    public IReadOnlyList<string> Inputs => [.. _inputs.Select(input => input.Name)];

    /// <summary>Names of the outputs, in order.</summary>
    public IReadOnlyList<string> Outputs => [.. _graph.Output.Select(output => output.Name)];

    /// <summary>The largest version of ONNX's own operator set among the nodes.</summary>
    public long Opset => _nodes.Where(node => OperatorTable.Domain(node.Node.Domain).Length == 0).Select(node => node.Opset).DefaultIfEmpty(0).Max();

    /// <summary>Names of its operators, each once.</summary>
    public IReadOnlyList<string> Operators => [.. _nodes.Select(node => node.Node.OpType).Distinct()];

    /// <summary>Runs the graph.</summary>
    /// <param name="inputs">The inputs, in order.</param>
    /// <param name="on">Who computes equations.</param>
    /// <param name="drawn">By name, outputs that someone else computed: where a standard leaves values to chance, they say what was drawn.</param>
    /// <param name="stop">Stops between nodes.</param>
    /// <returns>The outputs, in order.</returns>
    /// <exception cref="InputException">Inputs do not fit the graph, or the graph itself.</exception>
    /// <exception cref="UnsupportedException">A node asks for something that is not supported.</exception>
    /// <exception cref="NotOfferedException">The engine does not compute an equation.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public IReadOnlyList<OnnxTensor> Run(IReadOnlyList<OnnxTensor> inputs, Computation on, IReadOnlyDictionary<string, OnnxTensor> drawn,
        CancellationToken stop)
    {
        if (inputs.Count != _inputs.Count)
            throw new InputException($"expected {_inputs.Count} inputs ({string.Join(", ", Inputs)}), got {inputs.Count}.");
        var values = new Dictionary<string, OnnxTensor>(_constants);
        long elements = 0;
        void Define(string name, OnnxTensor value)
        {
            values[name] = value;
            if ((elements += value.Length) > MostElements)
                throw new UnsupportedException($"values of more than {MostElements.ToString("N0", CultureInfo.InvariantCulture)} elements together");
        }

        for (int i = 0; i < inputs.Count; i++)
        {
            if (_inputs[i].Type?.TensorType is { ElemType: not 0 and var type } && (DataType)type != inputs[i].Type)
                throw new InputException($"input '{_inputs[i].Name}': expected {OnnxTensor.Name((DataType)type)}, got {OnnxTensor.Name(inputs[i].Type)}.");
            Define(_inputs[i].Name, inputs[i]);
        }
        foreach (var (node, @operator, opset) in _nodes)
        {
            stop.ThrowIfCancellationRequested();
            IReadOnlyList<OnnxTensor?> results;
            try
            {
                var call = new OperatorCall(node, opset, [.. node.Input.Select(name => name.Length == 0 ? null : values.GetValueOrDefault(name))], on, drawn);
                results = @operator(call);
                call.ExpectAllRead();
            }
            catch (InputException wrong)
            {
                throw new InputException($"{Describe(node)}: {wrong.Message}", wrong);
            }
            catch (OverflowException wrong)
            {
                throw new InputException($"{Describe(node)}: expected lengths of 32 bits, got larger ones.", wrong);
            }
            for (int i = 0; i < node.Output.Count; i++)
                if (node.Output[i].Length > 0)
                    Define(node.Output[i], i < results.Count && results[i] is { } result ? result
                        : throw new UnsupportedException($"output {i} of {node.OpType}-{opset}"));
        }
        return [.. Outputs.Select(name => values[name])];
    }

    private void ExpectSupported(IEnumerable<FunctionProto> functions)
    {
        string[] unknown = [.. _graph.Node.Where(node => OperatorTable.Find(node.Domain, node.OpType) is null)
            .Select(node => OperatorTable.Domain(node.Domain) is { Length: > 0 } domain ? $"{domain}.{node.OpType}"
                : node.OpType).Distinct().Order(StringComparer.Ordinal)];
        if (unknown.Length > 0)
            throw new UnsupportedException($"operator {string.Join(", ", unknown)}");
        bool IsUsed(FunctionProto function) => _graph.Node.Any(node => node.OpType == function.Name && OperatorTable.Domain(node.Domain) == OperatorTable.Domain(function.Domain));
        if (functions.FirstOrDefault(IsUsed) is { } own)
            throw new UnsupportedException($"the model's own function {own.Name}");
    }

    // Every name is defined once, before it is used; so there is no cycle.
    private void ExpectDefined()
    {
        var defined = new HashSet<string>();
        void Define(string name, string by)
        {
            if (!defined.Add(name))
                throw new InputException($"{by}: expected each name to be defined once, got '{name}' twice.");
        }

        foreach (TensorProto initializer in _graph.Initializer)
            Define(initializer.Name, "initializer");
        var constants = new HashSet<string>(defined);
        foreach (ValueInfoProto input in _graph.Input.Where(input => !constants.Contains(input.Name)))
            Define(input.Name, "input");
        foreach (NodeProto node in _graph.Node)
        {
            if (node.Input.FirstOrDefault(name => name.Length > 0 && !defined.Contains(name)) is { } undefined)
                throw new InputException($"{Describe(node)}: expected inputs that are defined before it, got '{undefined}'.");
            foreach (string name in node.Output.Where(name => name.Length > 0))
                Define(name, Describe(node));
        }
        if (_graph.Output.FirstOrDefault(output => !defined.Contains(output.Name)) is { } missing)
            throw new InputException($"expected outputs that are defined, got '{missing.Name}'.");
    }

    private string Describe(NodeProto node) => $"node {_graph.Node.IndexOf(node)} ({node.OpType})";
}
