namespace CnnVerified.Verification.Files;

/// <summary>A stream that is only read, once, from its start.</summary>
internal abstract class ReadOnlyStream(Stream stream) : Stream
{
    protected Stream Inner => stream;

    public override bool CanRead => true;
    public override bool CanSeek => stream.CanSeek;
    public override bool CanWrite => false;
    public override long Length => stream.Length;

    public override long Position
    {
        get => stream.Position;
        set => stream.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override long Seek(long offset, SeekOrigin origin) => stream.Seek(offset, origin);
    public override void Flush() => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Works out the CRC-32 of what is read (ISO 3309, the check sum of zip).</summary>
internal sealed class CheckedStream(Stream stream) : ReadOnlyStream(stream)
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(value =>
    {
        uint entry = (uint)value;
        for (int bit = 0; bit < 8; bit++)
            entry = (entry & 1) != 0 ? entry >> 1 ^ 0xEDB88320 : entry >> 1;
        return entry;
    })];

    private uint _sum = uint.MaxValue;

    public uint CheckSum => ~_sum;

    public override int Read(Span<byte> buffer)
    {
        int got = Inner.Read(buffer);
        foreach (byte value in buffer[..got])
            _sum = _sum >> 8 ^ Table[(byte)_sum ^ value];
        return got;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Lets only so many bytes be read.</summary>
internal sealed class LimitedStream(Stream stream, long left) : ReadOnlyStream(stream)
{
    public long Left { get; set; } = left;

    public override int Read(Span<byte> buffer)
    {
        int got = Inner.Read(buffer);
        return (Left -= got) >= 0 ? got : throw new InvalidDataException("the list of its entries is too long");
    }
}
