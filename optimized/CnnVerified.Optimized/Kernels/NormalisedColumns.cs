namespace CnnVerified.Optimized.Kernels;

/// <summary>Batch normalisation of maps of one pixel, N×C: vectors hold neighbouring channels instead of neighbouring pixels.</summary>
/// <remarks>The bits are those of <see cref="Normalising"/>: the sum over a map of one pixel is that pixel's term, rounded. A vector of
/// channels is a cache line or less of each row, and stays in L1 over the passes.</remarks>
internal static class NormalisedColumns
{
    private const int Block = 64;   // channels: a few cache lines of each row

    /// <summary>True where the maps have one pixel, and a float holds the number of samples.</summary>
    public static bool Fit(NormalisedSets channels) => channels.Length == 1 && channels.Runs <= 1 << 24;

    /// <summary>Runs an operation over the columns; threads split them in blocks.</summary>
    public static void Run<TOp>(Execution on, int C, TOp op) where TOp : unmanaged, IPointwise =>
        on.Run((C + Block - 1) / Block, new Blocks<TOp>(op, C, on.Width));

    private readonly struct Blocks<TOp>(TOp op, int C, VectorWidth width) : IWork where TOp : unmanaged, IPointwise
    {
        public void Do(int from, int to, int thread)
        {
            TOp mine = op;
            Pointwise.Range(width, (nint)from * Block, Math.Min((nint)to * Block, C), ref mine);
        }
    }
}

/// <summary>NM-F1 on N×C; mu, v and xhat are stored where their pointers are not null.</summary>
internal readonly unsafe struct ForwardColumns(int N, nint C, float eps, float* x, float* gamma, float* beta,
    float* y, float* mu, float* v, float* xhat) : IPointwise
{
    public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
    {
        V count = L.Create(N), sum = L.Create(0f), squares = L.Create(0f);
        for (int n = 0; n < N; n++)
            sum = L.Add(sum, L.Load(x + n * C + i));
        V mean = L.Divide(sum, count);
        for (int n = 0; n < N; n++)
        {
            V distance = L.Subtract(L.Load(x + n * C + i), mean);
            squares = L.Add(squares, L.Multiply(distance, distance));
        }
        V variance = L.Divide(squares, count);
        if (mu != null)
            L.Store(mean, mu + i);
        if (v != null)
            L.Store(variance, v + i);
        V root = L.Sqrt(L.Add(variance, L.Create(eps)));
        V scale = L.Load(gamma + i), shift = L.Load(beta + i);
        for (int n = 0; n < N; n++)
        {
            V normalised = L.Divide(L.Subtract(L.Load(x + n * C + i), mean), root);
            if (xhat != null)
                L.Store(normalised, xhat + n * C + i);
            L.Store(L.Fma(scale, normalised, shift), y + n * C + i);
        }
    }
}

/// <summary>NM-B3 on N×C.</summary>
internal readonly unsafe struct BackwardColumns(int N, nint C, float eps, float* dy, float* gamma, float* xhat, float* v, float* dx) : IPointwise
{
    public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
    {
        V count = L.Create(N), residuals = L.Create(0f), products = L.Create(0f);
        for (int n = 0; n < N; n++)
        {
            V residual = L.Load(dy + n * C + i);
            residuals = L.Add(residuals, residual);
            products = L.Add(products, L.Multiply(residual, L.Load(xhat + n * C + i)));
        }
        V mean = L.Divide(residuals, count), along = L.Divide(products, count);
        V factor = L.Divide(L.Load(gamma + i), L.Sqrt(L.Add(L.Load(v + i), L.Create(eps))));
        for (int n = 0; n < N; n++)
        {
            V rest = L.Subtract(L.Load(dy + n * C + i), mean);
            L.Store(L.Multiply(factor, L.Fma(L.Negate(L.Load(xhat + n * C + i)), along, rest)), dx + n * C + i);
        }
    }
}

/// <summary>NM-F2 on N×C.</summary>
internal readonly unsafe struct InferenceColumns(int N, nint C, float eps, float* x, float* gamma, float* beta, float* ma, float* va, float* y)
    : IPointwise
{
    public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
    {
        V root = L.Sqrt(L.Add(L.Load(va + i), L.Create(eps)));
        V mean = L.Load(ma + i), scale = L.Load(gamma + i), shift = L.Load(beta + i);
        for (int n = 0; n < N; n++)
            L.Store(L.Add(L.Divide(L.Multiply(scale, L.Subtract(L.Load(x + n * C + i), mean)), root), shift), y + n * C + i);
    }
}

/// <summary>NM-B5 on N×C.</summary>
internal readonly unsafe struct InferenceBackwardColumns(int N, nint C, float eps, float* dy, float* gamma, float* va, float* dx) : IPointwise
{
    public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
    {
        V root = L.Sqrt(L.Add(L.Load(va + i), L.Create(eps))), scale = L.Load(gamma + i);
        for (int n = 0; n < N; n++)
            L.Store(L.Divide(L.Multiply(L.Load(dy + n * C + i), scale), root), dx + n * C + i);
    }
}
