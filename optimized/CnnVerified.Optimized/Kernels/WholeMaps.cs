namespace CnnVerified.Optimized.Kernels;

/// <summary>The mean of each whole map (PL-F8, PL-F28, PL-F29), summed in the order of <see cref="Sums"/>.</summary>
internal readonly unsafe struct MapMeans(nint count, VectorWidth width, float* x, float* y) : IWork
{
    public void Do(int from, int to, int thread)
    {
        for (int map = from; map < to; map++)
            y[map] = Sums.Sum(width, x + map * count, count) / count;
    }
}

/// <summary>Its gradient (PL-B9, PL-B28, PL-B29): each element of a map gets an equal share.</summary>
internal readonly unsafe struct MapShares(int count, float* dy, float* dx) : IWork
{
    public void Do(int from, int to, int thread)
    {
        for (int map = from; map < to; map++)
            new Span<float>(dx + (nint)map * count, count).Fill(dy[map] / count);
    }
}
