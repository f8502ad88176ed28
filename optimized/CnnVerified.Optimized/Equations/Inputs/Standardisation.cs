using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Standardisation; threads split the N·C maps. x may be p's own memory.</summary>
public static unsafe class Standardisation
{
    /// <summary>Standardisation per channel (IN-4).</summary>
    /// <param name="p">Pixels, N×C×H×W; no channel constant.</param>
    /// <param name="x">Standardised, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Both sums of a channel go map by map: each map in 16 virtual lanes, the maps ascending in n; the quotient by N·H·W is taken of the
    /// whole sum. The differences stand in x before they are divided by the deviation.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, a channel has fewer than two elements, or a tensor has gaps.</exception>
    [Equation("IN-4")]
    public static void Forward(in ReadOnlyTensorSpan<float> p, in TensorSpan<float> x, Execution on)
    {
        Lengths.ExpectRank("IN-4", "p", "N×C×H×W", p.Lengths, 4);
        var (N, C, HW) = ((int)p.Lengths[0], (int)p.Lengths[1], p.Lengths[2] * p.Lengths[3]);
        if (N * HW < 2)
            throw new ArgumentException($"p expects N·H·W > 1 elements in a channel but is {Lengths.Text(p.Lengths)}; IN-4. (Parameter 'p')");
        Contract.Dense("IN-4", "p", p);
        Contract.Shape("IN-4", "x", "N×C×H×W", x, p.Lengths);
        using var lease = on.Enter();
        float* perMap = on.Shared((nint)N * C + C);
        float* perChannel = perMap + (nint)N * C;
        fixed (float* pp = p, px = x)
        {
            on.Run(N * C, new MapSums(HW, on.Width, pp, perMap));
            Means(N, C, HW, perMap, perChannel);
            on.Run(N * C, new MapDifferences(C, HW, on.Width, pp, perChannel, px, perMap));
            Means(N, C, HW, perMap, perChannel);
            for (int c = 0; c < C; c++)
                perChannel[c] = MathF.Sqrt(perChannel[c]);
            on.Run(N * C, new MapQuotients(C, HW, on.Width, perChannel, px));
        }
    }

    private static void Means(int N, int C, nint HW, float* perMap, float* perChannel)
    {
        for (int c = 0; c < C; c++)
        {
            float sum = 0;
            for (int n = 0; n < N; n++)
                sum += perMap[(nint)n * C + c];
            perChannel[c] = sum / (N * HW);
        }
    }

    private readonly struct MapSums(nint HW, VectorWidth width, float* p, float* sums) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int map = from; map < to; map++)
                sums[map] = Sums.Sum(width, p + map * HW, HW);
        }
    }

    private readonly struct MapDifferences(int C, nint HW, VectorWidth width, float* p, float* means, float* x, float* squares) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int map = from; map < to; map++)
            {
                var difference = new DifferenceEach(p, means[map % C], x);
                Pointwise.Range(width, map * HW, (map + 1) * HW, ref difference);
                squares[map] = Sums.Dot(width, x + map * HW, x + map * HW, HW);
            }
        }
    }

    private readonly struct MapQuotients(int C, nint HW, VectorWidth width, float* deviations, float* x) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int map = from; map < to; map++)
            {
                var quotient = new QuotientEach(x, deviations[map % C]);
                Pointwise.Range(width, map * HW, (map + 1) * HW, ref quotient);
            }
        }
    }

    private readonly struct DifferenceEach(float* p, float mean, float* x) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Subtract(L.Load(p + i), L.Create(mean)), x + i);
    }

    private readonly struct QuotientEach(float* x, float deviation) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Divide(L.Load(x + i), L.Create(deviation)), x + i);
    }
}
