using CnnVerified.Onnx;
using CnnVerified.Onnx.Proto;
using Google.Protobuf;
using AttributeType = CnnVerified.Onnx.Proto.AttributeProto.Types.AttributeType;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Tests.Onnx;

/// <summary>Cases made by hand, in the layout of the backend tests.</summary>
internal static class CaseFolder
{
    public static NodeProto Node(string operation, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = operation.Split('.')[^1], Domain = operation.Contains('.', StringComparison.Ordinal) ? OperatorTable.Training : "" };
        node.Input.Add(inputs.Split(' '));
        node.Output.Add(outputs.Split(' '));
        node.Attribute.Add(attributes.Select(attribute => Attribute(attribute.Name, attribute.Value)));
        return node;
    }

    public static TensorProto Floats(string dims, params float[] values) => Tensor(DataType.Float, dims, tensor => tensor.FloatData.Add(values));

    public static TensorProto Doubles(string dims, params double[] values) => Tensor(DataType.Double, dims, tensor => tensor.DoubleData.Add(values));

    public static TensorProto Longs(string dims, params long[] values) => Tensor(DataType.Int64, dims, tensor => tensor.Int64Data.Add(values));

    public static TensorProto Booleans(string dims, params bool[] values) => Tensor(DataType.Bool, dims, tensor => tensor.Int32Data.Add(values.Select(value => value ? 1 : 0)));

    /// <summary>A model of one node or several; inputs and outputs of the graph are those that no node makes or uses.</summary>
    public static ModelProto Model(long opset, params NodeProto[] nodes)
    {
        var made = nodes.SelectMany(node => node.Output).ToHashSet();
        var used = nodes.SelectMany(node => node.Input).ToHashSet();
        var graph = new GraphProto { Name = "case" };
        graph.Node.Add(nodes);
        graph.Input.Add(nodes.SelectMany(node => node.Input).Where(name => name.Length > 0 && !made.Contains(name)).Distinct().Select(name => new ValueInfoProto { Name = name }));
        graph.Output.Add(nodes.SelectMany(node => node.Output).Where(name => name.Length > 0 && !used.Contains(name)).Select(name => new ValueInfoProto { Name = name }));
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = OperatorTable.Training, Version = 1 });
        return model;
    }

    public static string Write(string folder, ModelProto model, TensorProto[] inputs, TensorProto[] outputs)
    {
        string data = Directory.CreateDirectory(Path.Combine(folder, "test_data_set_0")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), model.ToByteArray());
        for (int i = 0; i < inputs.Length; i++)
            File.WriteAllBytes(Path.Combine(data, $"input_{i}.pb"), inputs[i].ToByteArray());
        for (int i = 0; i < outputs.Length; i++)
            File.WriteAllBytes(Path.Combine(data, $"output_{i}.pb"), outputs[i].ToByteArray());
        return folder;
    }

    private static TensorProto Tensor(DataType type, string dims, Action<TensorProto> fill)
    {
        var tensor = new TensorProto { DataType = (int)type };
        tensor.Dims.Add(dims.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse));
        fill(tensor);
        return tensor;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int whole:
                (attribute.Type, attribute.I) = (AttributeType.Int, whole);
                break;
            case float real:
                (attribute.Type, attribute.F) = (AttributeType.Float, real);
                break;
            case string word:
                (attribute.Type, attribute.S) = (AttributeType.String, ByteString.CopyFromUtf8(word));
                break;
            case int[] wholes:
                attribute.Type = AttributeType.Ints;
                attribute.Ints.Add(wholes.Select(each => (long)each));
                break;
            default:
                (attribute.Type, attribute.T) = (AttributeType.Tensor, (TensorProto)value);
                break;
        }
        return attribute;
    }
}
