using CnnVerified.Verification;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CnnVerified.Onnx;

/// <summary>Reads files of the ONNX format within limits: a file is weighed before it is parsed, so that a few bytes cannot ask for
/// gigabytes.</summary>
public static class ProtoFile
{
    /// <summary>The most bytes of a file.</summary>
    public const int MostBytes = 256 << 20;

    /// <summary>The most bytes that the parsed file may take, about.</summary>
    public const long MostMemory = 1L << 30;

    private const int MostDepth = 100;   // of messages within messages, as in the parser

    /// <summary>Reads a message of its own in a file.</summary>
    /// <param name="parser">The parser of its type.</param>
    /// <param name="path">The file.</param>
    /// <returns>The message; fields that the format's subset does not name are skipped.</returns>
    /// <exception cref="InputException">No such file, too large, or no such message.</exception>
    public static T Read<T>(MessageParser<T> parser, string path)
        where T : IMessage<T>, new()
    {
        byte[] bytes = Bytes(path);
        string kind = new T().Descriptor.Name;
        if (Weigh(bytes, new T().Descriptor, 0) is var weight && weight > MostMemory)
            throw new InputException($"{path}: expected a {kind} of at most {MostMemory >> 20} MiB in memory, got one of about {weight >> 20} MiB.");
        try
        {
            return parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException wrong)
        {
            throw new InputException($"{path}: expected a {kind}, got {bytes.Length} bytes that are none: {wrong.Message.ReplaceLineEndings(" ")}", wrong);
        }
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > MostBytes)
                throw new InputException($"{path}: expected at most {MostBytes >> 20} MiB, got {file.Length >> 20}.");
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new InputException($"{path}: expected a file that can be read, got: {wrong.Message.ReplaceLineEndings(" ")}", wrong);
        }
    }

    /// <summary>About how many bytes a message takes once it is parsed. What cannot be walked weighs nothing more: the parser will refuse it.</summary>
    private static long Weigh(ReadOnlySpan<byte> bytes, MessageDescriptor message, int depth)
    {
        const int ofObject = 160, ofNumber = 8;   // an empty message with its lists; an element of a list
        long weight = ofObject;
        while (!bytes.IsEmpty && depth <= MostDepth && TryVarint(ref bytes, out ulong tag))
        {
            FieldDescriptor? field = message.FindFieldByNumber((int)(tag >> 3));
            switch (tag & 7)
            {
                case 0 when TryVarint(ref bytes, out _):
                    break;
                case 1 when bytes.Length >= 8:
                    bytes = bytes[8..];
                    break;
                case 5 when bytes.Length >= 4:
                    bytes = bytes[4..];
                    break;
                case 2 when TryVarint(ref bytes, out ulong length) && length <= (ulong)bytes.Length:
                    ReadOnlySpan<byte> inner = bytes[..(int)length];
                    bytes = bytes[(int)length..];
                    if (field?.FieldType == FieldType.Message)
                        weight += Weigh(inner, field.MessageType, depth + 1);
                    else if (field is not null)
                        // Characters take two bytes; a packed number may take one in the file.
                        weight += ofObject + (long)inner.Length * (field.FieldType is FieldType.Bytes or FieldType.String ? 2 : ofNumber);
                    continue;
                default:
                    return weight;
            }
            if (field is { IsRepeated: true })
                weight += ofNumber;
        }
        return weight;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}
