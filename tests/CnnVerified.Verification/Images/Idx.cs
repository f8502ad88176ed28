using System.Buffers.Binary;
using System.IO.Compression;

namespace CnnVerified.Verification.Images;

/// <summary>The IDX format of MNIST and its kin: a magic number, the sizes (both big-endian, 32 bits each), then one byte
/// per element and nothing after the last. Plain or gzip; the first two bytes tell which, the name does not.</summary>
public static class Idx
{
    /// <summary>The most bytes of data a file may state: 1 GiB, over twenty times all of MNIST's training images.</summary>
    public const long MaxBytes = 1L << 30;

    private const int FirstChunk = 1 << 16;

    /// <summary>Reads a file of images, magic 0x00000803.</summary>
    /// <param name="stream">The file from its first byte, plain or gzip; it is left open.</param>
    /// <param name="name">What messages call the file.</param>
    /// <returns>The pixels, Count×Rows×Columns in row-major order, and the three sizes.</returns>
    /// <exception cref="InputException">The bytes are not one whole IDX file of images, or state more than
    /// <see cref="MaxBytes"/>.</exception>
    public static (byte[] Pixels, int Count, int Rows, int Columns) ReadImages(Stream stream, string name)
    {
        (byte[] pixels, int[] sizes) = Read(stream, name, 0x00000803, "images");
        return (pixels, sizes[0], sizes[1], sizes[2]);
    }

    /// <summary>Reads a file of labels, magic 0x00000801.</summary>
    /// <param name="stream">The file from its first byte, plain or gzip; it is left open.</param>
    /// <param name="name">What messages call the file.</param>
    /// <returns>The labels; any byte will do here.</returns>
    /// <exception cref="InputException">The bytes are not one whole IDX file of labels, or state more than
    /// <see cref="MaxBytes"/>.</exception>
    public static byte[] ReadLabels(Stream stream, string name) => Read(stream, name, 0x00000801, "labels").Data;

    private static (byte[] Data, int[] Sizes) Read(Stream stream, string name, uint magic, string what)
    {
        try
        {
            byte[] start = new byte[2];
            int got = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            using var whole = new Rejoined(start.AsMemory(0, got), stream);
            if (start is not [0x1F, 0x8B])
                return ReadPlain(whole, name, magic, what);

            using var unzipped = new GZipStream(whole, CompressionMode.Decompress, leaveOpen: true);
            (byte[] Data, int[] Sizes) read = ReadPlain(unzipped, name, magic, what);

            // GZipStream takes gzip that was cut in its check sum for whole, and ignores what follows. Its last four bytes
            // are the length of what was compressed.
            long length = 4 + 4 * read.Sizes.Length + read.Data.Length;
            if (whole.ReadByte() >= 0 || whole.LastFour != length)
                throw new InputException($"{name}: wanted gzip whose last four bytes state its {length} bytes, "
                    + "got one that is cut short or followed by something else");
            return read;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new InputException($"{name}: wanted an IDX file of {what}, plain or gzip, got bytes that cannot be read: {e.Message}", e);
        }
    }

    private static (byte[] Data, int[] Sizes) ReadPlain(Stream stream, string name, uint magic, string what)
    {
        // The low byte of the magic number is the number of sizes that follow; 08 before it says unsigned bytes.
        int[] sizes = new int[magic & 0xFF];
        byte[] header = new byte[4 + 4 * sizes.Length];
        int got = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (got >= 4 && BinaryPrimitives.ReadUInt32BigEndian(header) is var came && came != magic)
            throw new InputException($"{name}: wanted the magic number 0x{magic:X8} of an IDX file of {what}, got 0x{came:X8}");
        if (got < header.Length)
            throw new InputException($"{name}: wanted the {header.Length} bytes of the header of an IDX file of {what}, got {got}");

        long length = 1;
        for (int d = 0; d < sizes.Length; d++)
        {
            int size = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 + 4 * d));
            if (size < 1 || size > MaxBytes / length)
            {
                string stated = string.Join('×', header[4..].Chunk(4).Select(s => BinaryPrimitives.ReadUInt32BigEndian(s)));
                throw new InputException($"{name}: wanted sizes of 1 or more and at most {MaxBytes} bytes of {what}, "
                    + $"got a header that states {stated}");
            }
            sizes[d] = size;
            length *= size;
        }

        byte[] data = ReadData(stream, name, (int)length, what);
        if (stream.ReadByte() >= 0)
            throw new InputException($"{name}: wanted the end of the file after {length} bytes of {what}, got more bytes");
        return (data, sizes);
    }

    // The array grows with what has come, so that a header that lies costs no memory.
    private static byte[] ReadData(Stream stream, string name, int length, string what)
    {
        byte[] data = new byte[Math.Min(length, FirstChunk)];
        int got = 0;
        while (true)
        {
            got += stream.ReadAtLeast(data.AsSpan(got), data.Length - got, throwOnEndOfStream: false);
            if (got < data.Length)
                throw new InputException($"{name}: wanted {length} bytes of {what} after the header, got {got}");
            if (got == length)
                return data;
            Array.Resize(ref data, (int)Math.Min(length, 2L * got));
        }
    }

    // The two bytes that told gzip from plain, then the rest: a pipe cannot seek back to them. It remembers the last four
    // bytes that were read, as a little-endian number.
    private sealed class Rejoined(ReadOnlyMemory<byte> start, Stream rest) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public uint LastFour { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            int got = Math.Min(start.Length, buffer.Length);
            start.Span[..got].CopyTo(buffer);
            start = start[got..];
            if (got == 0)
                got = rest.Read(buffer);
            foreach (byte b in buffer[Math.Max(0, got - 4)..got])
                LastFour = LastFour >> 8 | (uint)b << 24;
            return got;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
