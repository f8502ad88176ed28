using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LocalResponse.</summary>
/// <remarks>Vectors hold neighbouring pixels of a map; sums over a window ascend in the channel from +0, anew for each channel: a sum that slides
/// would carry the rounding errors of channels that have left the window. Threads split samples and blocks of pixels.</remarks>
public static unsafe class LocalResponse
{
    private const int Block = 256;   // pixels: the quotients of 256 channels take 256 KiB, and stay in L2

    /// <summary>Local response normalisation, forward (NM-F4).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="kk">What is added to the mean square, above 0.</param>
    /// <param name="alpha">Factor of the mean square, not negative.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="Z">Channels of the window, Z ≥ 1; the window of an even Z reaches one further up than down.</param>
    /// <param name="y">Output, N×C×H×W; every element is written. Not x's memory.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, Z is below 1, or a tensor has gaps.</exception>
    [Equation("NM-F4")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float kk, float alpha, float beta, int Z, in TensorSpan<float> y, Execution on)
    {
        var (N, maps) = Maps("NM-F4", "x", x, Z);
        Contract.Shape("NM-F4", "y", "N×C×H×W", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            on.Run(N * maps.Blocks, new ForwardBlocks(maps, on.Width, px, kk, alpha / Z, beta, Z, null, py));
    }

    /// <summary>The forward pass of a training step: NM-F4, with the value that the backward pass uses.</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="kk">What is added to the mean square, above 0.</param>
    /// <param name="alpha">Factor of the mean square, not negative.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="Z">Channels of the window, Z ≥ 1.</param>
    /// <param name="y">Output, N×C×H×W; every element is written. Not x's memory.</param>
    /// <param name="q">What is raised to the power −beta, N×C×H×W. Not x's memory.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, Z is below 1, or a tensor has gaps.</exception>
    public static void ForwardWithValues(in ReadOnlyTensorSpan<float> x, float kk, float alpha, float beta, int Z,
        in TensorSpan<float> y, in TensorSpan<float> q, Execution on)
    {
        var (N, maps) = Maps("NM-F4", "x", x, Z);
        Contract.Shape("NM-F4", "y", "N×C×H×W", y, x.Lengths);
        Contract.Shape("NM-F4", "q", "N×C×H×W", q, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, py = y, pq = q)
            on.Run(N * maps.Blocks, new ForwardBlocks(maps, on.Width, px, kk, alpha / Z, beta, Z, pq, py));
    }

    /// <summary>Local response normalisation, backward data (NM-B7).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="q">What NM-F4 raises to the power −beta, N×C×H×W.</param>
    /// <param name="y">Output of NM-F4, N×C×H×W.</param>
    /// <param name="alpha">Factor of the mean square, not negative.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="Z">Channels of the window, Z ≥ 1.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>The quotients dy·y/q of a block are worked out once, not once for each window that holds them.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, Z is below 1, or a tensor has gaps.</exception>
    [Equation("NM-B7")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> q,
        in ReadOnlyTensorSpan<float> y, float alpha, float beta, int Z, in TensorSpan<float> dx, Execution on)
    {
        var (N, maps) = Maps("NM-B7", "dy", dy, Z);
        Contract.Shape("NM-B7", "x", "N×C×H×W", x, dy.Lengths);
        Contract.Shape("NM-B7", "q", "N×C×H×W", q, dy.Lengths);
        Contract.Shape("NM-B7", "y", "N×C×H×W", y, dy.Lengths);
        Contract.Shape("NM-B7", "dx", "N×C×H×W", dx, dy.Lengths);
        using var lease = on.Enter();
        Execution.PerThread quotients = on.Local((nint)maps.C * Block);
        fixed (float* pdy = dy, px = x, pq = q, py = y, pdx = dx)
            on.Run(N * maps.Blocks, new BackwardBlocks(maps, on.Width, pdy, px, pq, py, 2 * alpha / Z * beta, beta, Z, quotients, pdx));
    }

    private static (int N, MapBlocks Maps) Maps(string id, string name, in ReadOnlyTensorSpan<float> x, int Z)
    {
        Lengths.ExpectRank(id, name, "N×C×H×W", x.Lengths, 4);
        Contract.Dense(id, name, x);
        if (Z < 1)
            throw new ArgumentException($"Z expects a window of at least one channel but is {Z}; {id}.", nameof(Z));
        return ((int)x.Lengths[0], new MapBlocks((int)x.Lengths[1], x.Lengths[2] * x.Lengths[3]));
    }

    /// <summary>The maps of a sample, cut into blocks of pixels.</summary>
    private readonly struct MapBlocks(int channels, nint pixels)
    {
        public int C => channels;

        public nint Pixels => pixels;

        public int Blocks => (int)((pixels + Block - 1) / Block);

        /// <summary>Index of the first pixel of an item in channel 0, and its pixels.</summary>
        public (nint Start, nint Count) Item(int item)
        {
            nint first = (nint)(item % Blocks) * Block;
            return ((nint)(item / Blocks) * C * pixels + first, Math.Min(Block, pixels - first));
        }
    }

    private readonly struct ForwardBlocks(MapBlocks maps, VectorWidth width, float* x, float kk, float share, float beta, int Z,
        float* q, float* y) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                var (start, count) = maps.Item(item);
                for (int c = 0; c < maps.C; c++)
                {
                    int below = Math.Min(c, (Z - 1) / 2), above = Math.Min(maps.C - 1 - c, Z / 2);
                    nint first = start + c * maps.Pixels;
                    var op = new ForwardEach(x, maps.Pixels, below, above, kk, share, -beta, q, y);
                    Pointwise.Range(width, first, first + count, ref op);
                }
            }
        }
    }

    private readonly struct BackwardBlocks(MapBlocks maps, VectorWidth width, float* dy, float* x, float* q, float* y, float factor, float beta,
        int Z, Execution.PerThread scratch, float* dx) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                var (start, count) = maps.Item(item);
                for (int c = 0; c < maps.C; c++)
                {
                    nint first = start + c * maps.Pixels;
                    var quotients = new QuotientEach(dy, y, q, scratch[thread] + (nint)c * Block - first);
                    Pointwise.Range(width, first, first + count, ref quotients);
                }
                for (int c = 0; c < maps.C; c++)
                {
                    int below = Math.Min(c, Z / 2), above = Math.Min(maps.C - 1 - c, (Z - 1) / 2);
                    nint first = start + c * maps.Pixels;
                    var op = new BackwardEach(dy, x, q, scratch[thread] + (nint)c * Block - first, below, above, factor, -beta, dx);
                    Pointwise.Range(width, first, first + count, ref op);
                }
            }
        }
    }

    private readonly struct ForwardEach(float* x, nint pixels, int below, int above, float kk, float share, float power,
        float* q, float* y) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V sum = L.Create(0f);
            for (int m = -below; m <= above; m++)
            {
                V neighbour = L.Load(x + i + m * pixels);
                sum = L.Fma(neighbour, neighbour, sum);
            }
            V divisor = L.Fma(L.Create(share), sum, L.Create(kk));
            if (q != null)
                L.Store(divisor, q + i);
            L.Store(L.Multiply(L.Load(x + i), Functions.Pow<V, L>(divisor, L.Create(power))), y + i);
        }
    }

    private readonly struct QuotientEach(float* dy, float* y, float* q, float* quotients) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Divide(L.Multiply(L.Load(dy + i), L.Load(y + i)), L.Load(q + i)), quotients + i);
    }

    private readonly struct BackwardEach(float* dy, float* x, float* q, float* quotients, int below, int above, float factor, float power, float* dx)
        : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V sum = L.Create(0f);
            for (int m = -below; m <= above; m++)
                sum = L.Add(sum, L.Load(quotients + i + (nint)m * Block));
            V through = L.Multiply(L.Multiply(L.Create(factor), L.Load(x + i)), sum);
            L.Store(L.Fma(L.Load(dy + i), Functions.Pow<V, L>(L.Load(q + i), L.Create(power)), L.Negate(through)), dx + i);
        }
    }
}
