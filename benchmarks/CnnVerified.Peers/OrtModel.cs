using CnnVerified.Onnx.Proto;
using Google.Protobuf;

namespace CnnVerified.Peers;

/// <summary>Models of one node.</summary>
internal static class OrtModel
{
    /// <summary>What the node's output is called.</summary>
    public const string Result = "result";

    private const int OperatorSet = 22, LayoutVersion = 10;

    /// <summary>A model as a file has it.</summary>
    /// <param name="kind">The operator.</param>
    /// <param name="operands">Names of the node's inputs, in its order: of inputs and of constants.</param>
    /// <param name="inputs">Inputs of the model.</param>
    /// <param name="attributes">The node's attributes.</param>
    /// <param name="constants">Constants of the model.</param>
    public static byte[] Of(string kind, IEnumerable<string> operands, IEnumerable<(string Name, long[] Shape)> inputs, AttributeProto[] attributes, IEnumerable<TensorProto> constants)
    {
        var node = new NodeProto { OpType = kind, Input = { operands }, Output = { Result }, Attribute = { attributes } };
        var graph = new GraphProto { Name = kind, Node = { node }, Input = { inputs.Select(input => Value(input.Name, input.Shape)) }, Output = { Value(Result, null) }, Initializer = { constants } };
        return new ModelProto { IrVersion = LayoutVersion, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = OperatorSet } } }.ToByteArray();
    }

    public static AttributeProto Whole(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Wholes(string name, params long[] values) => new() { Name = name, Ints = { values }, Type = AttributeProto.Types.AttributeType.Ints };

    public static AttributeProto Real(string name, float value) => new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Text(string name, string value) => new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String };

    /// <summary>A constant of whole numbers.</summary>
    public static TensorProto Constant(string name, long[] values) => new() { Name = name, DataType = (int)TensorProto.Types.DataType.Int64, Dims = { values.Length }, Int64Data = { values } };

    /// <summary>A constant of binary32 numbers.</summary>
    public static TensorProto Constant(string name, float[] values, long[] shape) => new()
    {
        Name = name,
        DataType = (int)TensorProto.Types.DataType.Float,
        Dims = { shape },
        RawData = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())),
    };

    private static ValueInfoProto Value(string name, long[]? shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float };
        if (shape is not null)
            tensor.Shape = new TensorShapeProto { Dim = { shape.Select(length => new TensorShapeProto.Types.Dimension { DimValue = length }) } };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
