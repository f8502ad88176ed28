using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's RbfOutput. Outputs must not overlap inputs.</summary>
public static unsafe class RbfOutput
{
    /// <summary>RBF output, forward (LS-F7).</summary>
    /// <param name="x">Features, N×D.</param>
    /// <param name="w">Centres, K×D.</param>
    /// <param name="y">Squared distances, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>The terms of a distance are added in 16 virtual lanes.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F7")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("LS-F7", "x", "N×D", x.Lengths, 2);
        Contract.Dense("LS-F7", "x", x);
        Lengths.ExpectRank("LS-F7", "w", "K×D", w.Lengths, 2);
        Contract.Dense("LS-F7", "w", w);
        int N = (int)x.Lengths[0], K = (int)w.Lengths[0], D = (int)x.Lengths[1];
        Contract.Shape("LS-F7", "w", "K×D", w, [K, D]);
        Contract.Shape("LS-F7", "y", "N×K", y, [N, K]);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, py = y)
            RowPass.Run(on, N * K, new DistanceRow(K, D, px, pw, py));
    }

    /// <summary>RBF output, backward data (LS-B7).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="x">Features, N×D.</param>
    /// <param name="w">Centres, K×D.</param>
    /// <param name="dx">Derivative by x, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Terms arrive ascending in k, one fused operation each.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B7")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w,
        in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("LS-B7", "x", "N×D", x.Lengths, 2);
        Contract.Dense("LS-B7", "x", x);
        Lengths.ExpectRank("LS-B7", "w", "K×D", w.Lengths, 2);
        Contract.Dense("LS-B7", "w", w);
        int N = (int)x.Lengths[0], K = (int)w.Lengths[0], D = (int)x.Lengths[1];
        Contract.Shape("LS-B7", "w", "K×D", w, [K, D]);
        Contract.Shape("LS-B7", "dy", "N×K", dy, [N, K]);
        Contract.Shape("LS-B7", "dx", "N×D", dx, x.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pw = w, pdx = dx)
            RowPass.Run(on, N, new PullRow(D, px, K, pw, pdy, K, 1, pdx));
    }

    /// <summary>RBF output, backward centres (LS-B8).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="x">Features, N×D.</param>
    /// <param name="w">Centres, K×D.</param>
    /// <param name="dw">Derivative by w, K×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Terms arrive ascending in n, one fused operation each; the minus in front is taken into the difference, which is exact.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B8")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w,
        in TensorSpan<float> dw, Execution on)
    {
        Lengths.ExpectRank("LS-B8", "x", "N×D", x.Lengths, 2);
        Contract.Dense("LS-B8", "x", x);
        Lengths.ExpectRank("LS-B8", "w", "K×D", w.Lengths, 2);
        Contract.Dense("LS-B8", "w", w);
        int N = (int)x.Lengths[0], K = (int)w.Lengths[0], D = (int)x.Lengths[1];
        Contract.Shape("LS-B8", "w", "K×D", w, [K, D]);
        Contract.Shape("LS-B8", "dy", "N×K", dy, [N, K]);
        Contract.Shape("LS-B8", "dw", "K×D", dw, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pw = w, pdw = dw)
            RowPass.Run(on, K, new PullRow(D, pw, N, px, pdy, 1, K, pdw));
    }

    /// <summary>Second derivative through the RBF output, Gauss-Newton (OP-B10).</summary>
    /// <param name="hy">Second derivative of the loss by y, diagonal, N×K.</param>
    /// <param name="x">Features, N×D.</param>
    /// <param name="w">Centres, K×D.</param>
    /// <param name="hx">Second derivative by x, diagonal, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Terms arrive ascending in k, one fused operation each.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("OP-B10")]
    public static void SecondOrderGaussNewton(in ReadOnlyTensorSpan<float> hy, in ReadOnlyTensorSpan<float> x,
        in ReadOnlyTensorSpan<float> w, in TensorSpan<float> hx, Execution on)
    {
        Lengths.ExpectRank("OP-B10", "x", "N×D", x.Lengths, 2);
        Contract.Dense("OP-B10", "x", x);
        Lengths.ExpectRank("OP-B10", "w", "K×D", w.Lengths, 2);
        Contract.Dense("OP-B10", "w", w);
        int N = (int)x.Lengths[0], K = (int)w.Lengths[0], D = (int)x.Lengths[1];
        Contract.Shape("OP-B10", "w", "K×D", w, [K, D]);
        Contract.Shape("OP-B10", "hy", "N×K", hy, [N, K]);
        Contract.Shape("OP-B10", "hx", "N×D", hx, x.Lengths);
        using var lease = on.Enter();
        fixed (float* phy = hy, px = x, pw = w, phx = hx)
            RowPass.Run(on, N, new GaussNewtonRow(K, D, phy, px, pw, phx));
    }

    /// <summary>Second derivative through the RBF output, exact diagonal (OP-B11).</summary>
    /// <param name="hy">Second derivative of the loss by y, diagonal, N×K.</param>
    /// <param name="g">The rest of the gradient by y, N×K: the gradient is g + hy·y.</param>
    /// <param name="x">Features, N×D.</param>
    /// <param name="w">Centres, K×D.</param>
    /// <param name="y">Output of LS-F7, N×K.</param>
    /// <param name="hx">Second derivative by x, diagonal, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>First the terms 2·gy, which do not depend on d, in 16 virtual lanes; then the squares ascending in k, one fused
    /// operation each.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("OP-B11")]
    public static void SecondOrder(in ReadOnlyTensorSpan<float> hy, in ReadOnlyTensorSpan<float> g, in ReadOnlyTensorSpan<float> x,
        in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> y,
        in TensorSpan<float> hx, Execution on)
    {
        Lengths.ExpectRank("OP-B11", "x", "N×D", x.Lengths, 2);
        Contract.Dense("OP-B11", "x", x);
        Lengths.ExpectRank("OP-B11", "w", "K×D", w.Lengths, 2);
        Contract.Dense("OP-B11", "w", w);
        int N = (int)x.Lengths[0], K = (int)w.Lengths[0], D = (int)x.Lengths[1];
        Contract.Shape("OP-B11", "w", "K×D", w, [K, D]);
        Contract.Shape("OP-B11", "hy", "N×K", hy, [N, K]);
        Contract.Shape("OP-B11", "g", "N×K", g, [N, K]);
        Contract.Shape("OP-B11", "y", "N×K", y, [N, K]);
        Contract.Shape("OP-B11", "hx", "N×D", hx, x.Lengths);
        using var lease = on.Enter();
        fixed (float* phy = hy, pg = g, px = x, pw = w, py = y, phx = hx)
            RowPass.Run(on, N, new ExactRow(K, D, phy, pg, px, pw, py, phx));
    }

    private readonly struct DistanceRow(int columns, int D, float* x, float* w, float* y) : IRowPass
    {
        public int K => 0;

        public void Row(int i, VectorWidth width, float* scratch)
        {
            var (n, k) = Math.DivRem(i, columns);
            y[i] = Sums.Of(width, 0, D, new SquaredDifference(x + (nint)n * D, w + (nint)k * D));
        }
    }

    // to[row, d] = Σ_o 2·dy[row·rowStep + o·step]·(own[row, d] − other[o, d]): both gradients, with the roles exchanged.
    private readonly struct PullRow(int D, float* own, int others, float* other, float* dy, int rowStep, int step, float* to) : IRowPass
    {
        public int K => 0;

        public void Row(int row, VectorWidth width, float* scratch)
        {
            var op = new PullEach(D, own + (nint)row * D, others, other, dy + (nint)row * rowStep, step, to + (nint)row * D);
            Pointwise.Range(width, 0, D, ref op);
        }
    }

    private readonly struct GaussNewtonRow(int columns, int D, float* hy, float* x, float* w, float* hx) : IRowPass
    {
        public int K => 0;

        public void Row(int n, VectorWidth width, float* scratch)
        {
            var op = new CurvatureEach(columns, D, hy + (nint)n * columns, x + (nint)n * D, w, 0, hx + (nint)n * D);
            Pointwise.Range(width, 0, D, ref op);
        }
    }

    private readonly struct ExactRow(int columns, int D, float* hy, float* g, float* x, float* w, float* y, float* hx) : IRowPass
    {
        public int K => 0;

        public void Row(int n, VectorWidth width, float* scratch)
        {
            nint at = (nint)n * columns;
            float slopes = Sums.Of(width, 0, columns, new Gradient(g + at, hy + at, y + at));
            var op = new CurvatureEach(columns, D, hy + at, x + (nint)n * D, w, 2 * slopes, hx + (nint)n * D);
            Pointwise.Range(width, 0, D, ref op);
        }
    }

    private readonly struct SquaredDifference(float* x, float* w) : ITerm
    {
        public V Add<V, L>(V sum, nint d) where V : unmanaged where L : struct, ILanes<V>
        {
            V difference = L.Subtract(L.Load(x + d), L.Load(w + d));
            return L.Fma(difference, difference, sum);
        }
    }

    private readonly struct Gradient(float* g, float* hy, float* y) : ITerm
    {
        public V Add<V, L>(V sum, nint k) where V : unmanaged where L : struct, ILanes<V> =>
            L.Add(sum, L.Fma(L.Load(hy + k), L.Load(y + k), L.Load(g + k)));
    }

    private readonly struct PullEach(int D, float* own, int others, float* other, float* dy, int step, float* to) : IPointwise
    {
        public void At<V, L>(nint d) where V : unmanaged where L : struct, ILanes<V>
        {
            V mine = L.Load(own + d), sum = L.Create(0f);
            for (nint o = 0; o < others; o++)
                sum = L.Fma(L.Create(2 * dy[o * step]), L.Subtract(mine, L.Load(other + o * D + d)), sum);
            L.Store(sum, to + d);
        }
    }

    // hx[d] = start + Σ_k 4·hy[k]·(x[d] − w[k, d])².
    private readonly struct CurvatureEach(int K, int D, float* hy, float* x, float* w, float start, float* hx) : IPointwise
    {
        public void At<V, L>(nint d) where V : unmanaged where L : struct, ILanes<V>
        {
            V feature = L.Load(x + d), sum = L.Create(start);
            for (nint k = 0; k < K; k++)
            {
                V difference = L.Subtract(feature, L.Load(w + k * D + d));
                sum = L.Fma(L.Multiply(L.Create(4 * hy[k]), difference), difference, sum);
            }
            L.Store(sum, hx + d);
        }
    }
}
