namespace CnnVerified.Tests.Notation;

/// <summary>The elements of a tensor, the last index fastest; a scalar has one.</summary>
internal sealed class Table(IReadOnlyList<long> from, IReadOnlyList<long> to)
{
    public IReadOnlyList<long> From => from;

    public IReadOnlyList<long> To => to;

    public Quantity[] Elements { get; } = new Quantity[Enumerable.Range(0, from.Count).Aggregate(1L, (product, d) => checked(product * Math.Max(0, to[d] - from[d] + 1)))];

    public Table Copy()
    {
        var copy = new Table(from, to);
        Elements.CopyTo(copy.Elements, 0);
        return copy;
    }

    /// <summary>Where an element stands, or −1 outside the shape.</summary>
    public long Position(ReadOnlySpan<long> index)
    {
        long position = 0;
        for (int d = 0; d < index.Length; d++)
        {
            if (index[d] < from[d] || index[d] > to[d])
                return -1;
            position = position * (to[d] - from[d] + 1) + index[d] - from[d];
        }
        return position;
    }

    /// <summary>The index of the element at a position.</summary>
    public long[] Index(long position)
    {
        long[] index = new long[from.Count];
        for (int d = index.Length - 1; d >= 0; d--)
        {
            long length = to[d] - from[d] + 1;
            index[d] = from[d] + position % length;
            position /= length;
        }
        return index;
    }

    public override string ToString() => $"[{string.Join(' ', Elements)}]";
}
