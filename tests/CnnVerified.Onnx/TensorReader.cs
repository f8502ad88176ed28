using System.Buffers.Binary;
using CnnVerified.Onnx.Proto;
using CnnVerified.Verification;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx;

/// <summary>Makes tensors of the format's messages, in each of their encodings.</summary>
public static class TensorReader
{
    private delegate T FromBytes<T>(ReadOnlySpan<byte> bytes);

    /// <summary>Whether tensors of a type are read.</summary>
    /// <param name="type">The type.</param>
    /// <returns>True for float, double, whole numbers of up to 64 bits with a sign and 32 without, and booleans.</returns>
    public static bool Reads(DataType type) => type is DataType.Float or DataType.Double or DataType.Bool or DataType.Int8 or DataType.Int16 or DataType.Int32
        or DataType.Int64 or DataType.Uint8 or DataType.Uint16 or DataType.Uint32;

    /// <summary>The tensor of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="what">What it is, for errors: a file, an initializer.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="InputException">Lengths and elements do not fit together, or there are too many.</exception>
    /// <exception cref="UnsupportedException">The element type is not read, or the elements stand in an external file.</exception>
    public static OnnxTensor Read(TensorProto message, string what)
    {
        if (message.DataLocation == TensorProto.Types.DataLocation.External || message.ExternalData.Count > 0)
            throw new UnsupportedException($"{what}: elements in an external file");
        if (message.Dims.FirstOrDefault(length => length is < 0 or > int.MaxValue) is not 0 and var wrong)
            throw new InputException($"{what}: expected lengths from 0 to {int.MaxValue}, got {wrong}.");
        int[] dims = [.. message.Dims.Select(length => (int)length)];
        int count;
        try
        {
            count = OnnxTensor.Count(dims);
        }
        catch (InputException tooLarge)
        {
            throw new InputException($"{what}: {tooLarge.Message}", tooLarge);
        }
        var type = (DataType)message.DataType;
        OnnxTensor Real<T>(IReadOnlyList<T> listed, Func<T, double> of, int size, FromBytes<double> one) =>
            OnnxTensor.Real(type, dims, Elements(message, what, count, listed, of, size, one));
        OnnxTensor Whole<T>(IReadOnlyList<T> listed, Func<T, long> of, int size, FromBytes<long> one) =>
            OnnxTensor.Whole(type, dims, Elements(message, what, count, listed, of, size, one));
        return type switch
        {
            DataType.Float => Real(message.FloatData, listed => listed, 4, bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes)),
            DataType.Double => Real(message.DoubleData, listed => listed, 8, BinaryPrimitives.ReadDoubleLittleEndian),
            DataType.Int64 => Whole(message.Int64Data, listed => listed, 8, BinaryPrimitives.ReadInt64LittleEndian),
            DataType.Int32 => Whole(message.Int32Data, listed => listed, 4, bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes)),
            DataType.Int16 => Whole(message.Int32Data, listed => listed, 2, bytes => BinaryPrimitives.ReadInt16LittleEndian(bytes)),
            DataType.Uint16 => Whole(message.Int32Data, listed => listed, 2, bytes => BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
            DataType.Int8 => Whole(message.Int32Data, listed => listed, 1, bytes => (sbyte)bytes[0]),
            DataType.Uint8 or DataType.Bool => Whole(message.Int32Data, listed => listed, 1, bytes => bytes[0]),
            DataType.Uint32 => Whole(message.Uint64Data, listed => (uint)listed, 4, bytes => BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
            DataType.Undefined => throw new InputException($"{what}: expected an element type, got none."),
            _ => throw new UnsupportedException($"element type {OnnxTensor.Name(type)}"),
        };
    }

    private static T[] Elements<T, TListed>(TensorProto message, string what, int count, IReadOnlyList<TListed> listed,
        Func<TListed, T> convert, int size, FromBytes<T> one)
    {
        ReadOnlySpan<byte> raw = message.RawData.Span;
        int lists = message.FloatData.Count + message.DoubleData.Count + message.Int32Data.Count + message.Int64Data.Count + message.Uint64Data.Count
            + message.StringData.Count;
        if (raw.Length > 0 ? lists > 0 || raw.Length != (long)count * size : lists != listed.Count || listed.Count != count)
            throw new InputException($"{what}: expected {count} elements of {OnnxTensor.Name((DataType)message.DataType)} " +
                $"({OnnxTensor.Text(message.Dims.Select(length => (int)length))}), " + (raw.Length > 0
                    ? $"got {raw.Length} bytes of raw data{(lists > 0 ? " and a list beside it" : "")}."
                    : lists != listed.Count ? "got a list of another type." : $"got {listed.Count}."));
        var elements = new T[count];
        for (int i = 0; i < count; i++)
            elements[i] = raw.Length > 0 ? one(raw.Slice(i * size, size)) : convert(listed[i]);
        return elements;
    }
}
