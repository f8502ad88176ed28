using System.Buffers.Binary;
using System.Text;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Verification.Files;

/// <summary>NumPy's file of one array, format versions 1.0, 2.0 and 3.0: a magic number, a header that is the text of a Python dictionary, then
/// the elements.</summary>
/// <remarks>Read: f4, f8, i4 and i8 of either byte order, u1 and b1, in C or Fortran order. Written: version 1.0, little-endian, C order.
/// Whatever a header says, memory grows with the bytes that come, and reading takes at most three times <see cref="MaxBytes"/>: the bytes, their
/// copy in C order, the elements.</remarks>
public static class Npy
{
    /// <summary>The most bytes of elements in one file: 1 GiB.</summary>
    public const long MaxBytes = 1L << 30;

    private const int MaxHeader = 1 << 16, FirstChunk = 1 << 16, Alignment = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The array.</returns>
    /// <exception cref="InputException">The file cannot be read, is no NPY file, or holds something else than the types above.</exception>
    public static NpyArray Read(string path)
    {
        using FileStream stream = Open(path);
        return Read(stream, path, MaxBytes);
    }

    /// <summary>Writes a file, whole or not at all. The same array gives the same bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="array">The array.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Write(string path, NpyArray array) => AtomicFile.Write(path, stream => Write(stream, array));

    /// <summary>Reads an array from a stream, which must end with it.</summary>
    /// <param name="stream">The stream; it is left open.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="mostBytes">The most bytes of elements.</param>
    /// <returns>The array.</returns>
    /// <exception cref="InputException">The bytes are not one NPY file of such types.</exception>
    public static NpyArray Read(Stream stream, string name, long mostBytes)
    {
        try
        {
            var (type, isBigEndian, isFortran, shape) = ReadHeader(stream, name);
            long count = 1;
            foreach (long length in shape.Order())   // a 0 first: with it the others are of no weight, but they are lengths
            {
                if (length > int.MaxValue || count > 0 && length > mostBytes / (count * type.Size))
                    throw new InputException($"{name}: expected at most {mostBytes} bytes of elements, got a header that states {string.Join('×', shape)} of {type.Name}.");
                count *= length;
            }
            byte[] bytes = ReadElements(stream, name, (int)count * type.Size);
            if (stream.ReadByte() >= 0)
                throw new InputException($"{name}: expected the end after {bytes.Length} bytes of elements, got more bytes.");
            if (isBigEndian == BitConverter.IsLittleEndian)
                ReverseEach(bytes, type.Size);
            if (isFortran && shape.Length > 1 && bytes.Length > 0)
                bytes = Transposed(bytes, shape, type.Size);
            if (type.Code == "b1" && bytes.AsSpan().ContainsAnyExceptInRange<byte>(0, 1))
                throw new InputException($"{name}: expected bytes 0 and 1 in an array of bool, got {bytes.First(each => each > 1)}.");
            Array elements = type.New((int)count);
            Buffer.BlockCopy(bytes, 0, elements, 0, bytes.Length);
            return NpyArray.Of(elements, [.. shape.Select(length => (int)length)]);
        }
        catch (Exception reason) when (reason is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new InputException($"{name}: expected an NPY file, got bytes that cannot be read: {reason.Message}", reason);
        }
    }

    /// <summary>Writes an array to a stream.</summary>
    /// <param name="stream">The stream; it is left open.</param>
    /// <param name="array">The array.</param>
    public static void Write(Stream stream, NpyArray array)
    {
        NpyType type = NpyType.Of(array.Elements);
        string shape = array.Shape.Count == 1 ? $"({array.Shape[0]},)" : $"({string.Join(", ", array.Shape)})";
        string header = $"{{'descr': '{(type.Size == 1 ? '|' : '<')}{type.Code}', 'fortran_order': False, 'shape': {shape}, }}";
        int start = Magic.Length + 4, whole = (start + header.Length + 1 + Alignment - 1) / Alignment * Alignment;
        stream.Write(Magic);
        stream.Write([1, 0, (byte)(whole - start), (byte)((whole - start) >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(whole - start - 1) + '\n'));
        byte[] bytes = new byte[(long)array.Count * type.Size];
        Buffer.BlockCopy(array.Elements, 0, bytes, 0, bytes.Length);
        if (!BitConverter.IsLittleEndian)
            ReverseEach(bytes, type.Size);
        stream.Write(bytes);
    }

    /// <summary>Opens a file to read.</summary>
    internal static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path}: expected a file of arrays; {reason.Message}", reason);
        }
    }

    private static (NpyType Type, bool IsBigEndian, bool IsFortran, long[] Shape) ReadHeader(Stream stream, string name)
    {
        byte[] start = new byte[8];
        int got = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (got < start.Length || !start.AsSpan().StartsWith(Magic))
            throw new InputException($"{name}: expected an NPY file, got {(got < start.Length ? $"{got} bytes" : "bytes without its magic number")}.");
        if (start is not [.., 1 or 2 or 3, 0])
            throw new InputException($"{name}: expected NPY format version 1.0, 2.0 or 3.0, got {start[6]}.{start[7]}.");
        byte[] size = new byte[start[6] == 1 ? 2 : 4];
        long length = stream.ReadAtLeast(size, size.Length, throwOnEndOfStream: false) < size.Length ? 0
            : size.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length is 0 or > MaxHeader)
            throw new InputException($"{name}: expected a header of 1 to {MaxHeader} bytes, got {(length == 0 ? "none" : $"one of {length}")}.");
        byte[] header = new byte[length];
        got = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        return got < header.Length
            ? throw new InputException($"{name}: expected a header of {length} bytes, got {got}.")
            : NpyHeader.Parse(start[6] == 3 ? Encoding.UTF8.GetString(header) : Encoding.Latin1.GetString(header), name);
    }

    // The array grows with what has come, so that a header that lies costs no memory.
    private static byte[] ReadElements(Stream stream, string name, int length)
    {
        byte[] bytes = new byte[Math.Min(length, FirstChunk)];
        int got = 0;
        while (true)
        {
            got += stream.ReadAtLeast(bytes.AsSpan(got), bytes.Length - got, throwOnEndOfStream: false);
            if (got < bytes.Length)
                throw new InputException($"{name}: expected {length} bytes of elements after the header, got {got}.");
            if (got == length)
                return bytes;
            Array.Resize(ref bytes, (int)Math.Min(length, 2L * got));
        }
    }

    private static void ReverseEach(Span<byte> bytes, int size)
    {
        for (int at = 0; size > 1 && at < bytes.Length; at += size)
            bytes.Slice(at, size).Reverse();
    }

    // Walks the result in C order and keeps the place in Fortran order beside it.
    private static byte[] Transposed(byte[] fortran, long[] shape, int size)
    {
        byte[] c = new byte[fortran.Length];
        var strides = new long[shape.Length];
        for (int d = 0; d < shape.Length; d++)
            strides[d] = d == 0 ? size : strides[d - 1] * shape[d - 1];
        var index = new long[shape.Length];
        long from = 0;
        for (int to = 0; to < c.Length; to += size)
        {
            fortran.AsSpan((int)from, size).CopyTo(c.AsSpan(to));
            for (int d = shape.Length - 1; d >= 0; d--)
            {
                from += strides[d];
                if (++index[d] < shape[d])
                    break;
                from -= strides[d] * shape[d];
                index[d] = 0;
            }
        }
        return c;
    }
}
