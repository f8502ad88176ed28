using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's ParametricRectifier. Outputs may be the inputs' own memory.</summary>
public static unsafe class ParametricRectifier
{
    /// <summary>Parametric rectifier, forward (AC-F13).</summary>
    /// <param name="x">Input, N×C×M.</param>
    /// <param name="a">Slopes for negative inputs, C.</param>
    /// <param name="y">Output, N×C×M; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("AC-F13")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> a, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("AC-F13", "x", "N×C×M", x.Lengths, 3);
        Contract.Dense("AC-F13", "x", x);
        Contract.Shape("AC-F13", "a", "C", a, [x.Lengths[1]]);
        Contract.Shape("AC-F13", "y", "N×C×M", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pa = a, py = y)
            Run(on, x.Lengths, new Maps(px, px, pa, py));
    }

    /// <summary>Parametric rectifier, backward data (AC-B13).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×M.</param>
    /// <param name="x">Input, N×C×M; at exactly 0 the derivative is a[c].</param>
    /// <param name="a">Slopes for negative inputs, C.</param>
    /// <param name="dx">Derivative by x, N×C×M; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("AC-B13")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> a,
        in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("AC-B13", "dy", "N×C×M", dy.Lengths, 3);
        Contract.Dense("AC-B13", "dy", dy);
        Contract.Shape("AC-B13", "x", "N×C×M", x, dy.Lengths);
        Contract.Shape("AC-B13", "a", "C", a, [dy.Lengths[1]]);
        Contract.Shape("AC-B13", "dx", "N×C×M", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pa = a, pdx = dx)
            Run(on, dy.Lengths, new Maps(pdy, px, pa, pdx));
    }

    /// <summary>Parametric rectifier, backward slope (AC-B14).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×M.</param>
    /// <param name="x">Input, N×C×M.</param>
    /// <param name="da">Derivative by a, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A map's terms are added in 16 virtual lanes, the maps of a channel ascending in n; a map of one element is a product
    /// that is fused with the sum. Threads split the channels.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("AC-B14")]
    public static void BackwardSlope(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> da, Execution on)
    {
        Lengths.ExpectRank("AC-B14", "dy", "N×C×M", dy.Lengths, 3);
        Contract.Dense("AC-B14", "dy", dy);
        Contract.Shape("AC-B14", "x", "N×C×M", x, dy.Lengths);
        Contract.Shape("AC-B14", "da", "C", da, [dy.Lengths[1]]);
        using var lease = on.Enter();
        int N = (int)dy.Lengths[0], C = (int)dy.Lengths[1], M = (int)dy.Lengths[2];
        fixed (float* pdy = dy, px = x, pda = da)
        {
            if (M == 1)
                Pointwise.Run(on, C, new ColumnSums(pdy, px, pda, N, C));
            else
                on.Run(C, new MapSums(pdy, px, pda, N, C, M, on.Width));
        }
    }

    // Maps are the items, each with its slope; maps of one element are put together, so that vectors run over the slopes.
    private static void Run(Execution on, ReadOnlySpan<nint> lengths, Maps maps)
    {
        int N = (int)lengths[0], C = (int)lengths[1], M = (int)lengths[2];
        on.Run(M == 1 ? N : N * C, new EachMap(maps, C, M, on.Width));
    }

    private readonly struct EachMap(Maps maps, int C, int M, VectorWidth width) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                SlopeEach each = M == 1 ? maps.At((nint)item * C, 0, true) : maps.At((nint)item * M, item % C, false);
                Pointwise.Range(width, 0, M == 1 ? C : M, ref each);
            }
        }
    }

    private readonly struct Maps(float* passed, float* x, float* a, float* result)
    {
        public SlopeEach At(nint start, int c, bool own) => new(passed + start, x + start, a + c, own, result + start);
    }

    // Both equations: what is passed, x or dy, where x is positive, and times a elsewhere.
    private readonly struct SlopeEach(float* passed, float* x, float* a, bool own, float* result) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V each = L.Load(x + i), through = L.Load(passed + i), slope = own ? L.Load(a + i) : L.Create(*a);
            V value = L.IfGreater(each, L.Create(0f), through, L.Multiply(slope, through));
            value = Elementwise.UnlessNaN<V, L>(slope, Elementwise.UnlessNaN<V, L>(through, value));
            L.Store(Elementwise.UnlessNaN<V, L>(each, value), result + i);
        }
    }

    private readonly struct ColumnSums(float* dy, float* x, float* da, int N, int C) : IPointwise
    {
        public void At<V, L>(nint c) where V : unmanaged where L : struct, ILanes<V>
        {
            V sum = L.Create(0f);
            for (nint n = 0; n < N; n++)
                sum = L.Fma(L.Min(L.Create(0f), L.Load(x + n * C + c)), L.Load(dy + n * C + c), sum);
            L.Store(sum, da + c);
        }
    }

    private readonly struct MapSums(float* dy, float* x, float* da, int N, int C, int M, VectorWidth width) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int c = from; c < to; c++)
            {
                float sum = 0;
                for (nint n = 0; n < N; n++)
                    sum += Sums.DotOfNegatives(width, x + (n * C + c) * M, dy + (n * C + c) * M, M);
                da[c] = sum;
            }
        }
    }
}
