using System.Runtime.InteropServices;
using CnnVerified.Onnx.Proto;
using CnnVerified.Verification.Files;
using Google.Protobuf;
using AttributeType = CnnVerified.Onnx.Proto.AttributeProto.Types.AttributeType;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx.Export;

/// <summary>Writes a graph node by node. A method takes the name of a value and returns that of the node's output.</summary>
internal sealed class GraphBuilder(string name)
{
    public GraphProto Graph { get; } = new() { Name = name };

    /// <summary>A value that comes from outside or goes there; a null length is any number of images.</summary>
    public static ValueInfoProto Value(string name, params ReadOnlySpan<int?> lengths)
    {
        var shape = new TensorShapeProto();
        foreach (int? length in lengths)
            shape.Dim.Add(length is { } known ? new TensorShapeProto.Types.Dimension { DimValue = known } : new TensorShapeProto.Types.Dimension { DimParam = "N" });
        return new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = shape } } };
    }

    /// <summary>A constant.</summary>
    public string Constant(string name, float[] values, params IReadOnlyList<int> shape) =>
        Constant(name, DataType.Float, MemoryMarshal.AsBytes<float>(values), shape);

    /// <summary>A constant of one dimension of whole numbers, such as axes.</summary>
    public string Constant(string name, params long[] values) => Constant(name, DataType.Int64, MemoryMarshal.AsBytes<long>(values), [values.Length]);

    /// <summary>A constant in its own shape.</summary>
    public string Constant(string name, NpyArray array) => Constant(name, (float[])array.Elements, array.Shape);

    /// <summary>A node. Its output bears its name.</summary>
    public string Node(string type, string name, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes)
    {
        Graph.Node.Add(new NodeProto { OpType = type, Name = name, Input = { inputs }, Output = { name }, Attribute = { attributes } });
        return name;
    }

    public static AttributeProto Ints(string name, params IEnumerable<long> values) => new() { Name = name, Type = AttributeType.Ints, Ints = { values } };

    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    public static AttributeProto Float(string name, float value) => new() { Name = name, Type = AttributeType.Float, F = value };

    private string Constant(string name, DataType type, ReadOnlySpan<byte> littleEndian, IReadOnlyList<int> shape)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("exporting expects a little-endian machine: the format's bytes are little-endian.");
        Graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(littleEndian), Dims = { shape.Select(length => (long)length) } });
        return name;
    }
}
