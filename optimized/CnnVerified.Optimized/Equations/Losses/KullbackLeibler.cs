using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's KullbackLeibler: the mean over the batch, the sum over the classes. Outputs
/// may be the inputs' own memory.</summary>
public static unsafe class KullbackLeibler
{
    /// <summary>Kullback-Leibler divergence, forward (LS-F13).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="h">Target weights, N×K, positive; t = h divided by its row's sum.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A row's terms are added in 16 virtual lanes, the rows ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F13")]
    [Equation("SM-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<float> h, in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F13", "z", "N×K", z.Lengths, 2);
        Contract.Dense("LS-F13", "z", z);
        Contract.Shape("LS-F13", "h", "N×K", h, z.Lengths);
        Contract.Shape("LS-F13", "L", "one element", L, [1]);
        using var lease = on.Enter();
        int N = (int)z.Lengths[0];
        fixed (float* pz = z, ph = h)
            L[0] = Loss.Mean(Loss.OfRows(on, N, new ForwardRow((int)z.Lengths[1], pz, ph)), N);
    }

    /// <summary>Kullback-Leibler divergence, backward data (LS-B14).</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="h">Target weights, N×K, positive; t = h divided by its row's sum.</param>
    /// <param name="dz">Derivative by z, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B14")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> h, in TensorSpan<float> dz, Execution on)
    {
        Lengths.ExpectRank("LS-B14", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-B14", "y", y);
        Contract.Shape("LS-B14", "h", "N×K", h, y.Lengths);
        Contract.Shape("LS-B14", "dz", "N×K", dz, y.Lengths);
        using var lease = on.Enter();
        fixed (float* py = y, ph = h, pdz = dz)
            RowPass.Run(on, (int)y.Lengths[0], new CrossEntropy.BackwardRow((int)y.Lengths[0], (int)y.Lengths[1], py, ph, pdz));
    }

    /// <summary>Kullback-Leibler divergence, backward targets (LS-B15).</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="h">Target weights, N×K, positive; t = h divided by its row's sum.</param>
    /// <param name="dh">Derivative by h, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B15")]
    public static void BackwardTargets(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> h, in TensorSpan<float> dh, Execution on)
    {
        Lengths.ExpectRank("LS-B15", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-B15", "y", y);
        Contract.Shape("LS-B15", "h", "N×K", h, y.Lengths);
        Contract.Shape("LS-B15", "dh", "N×K", dh, y.Lengths);
        using var lease = on.Enter();
        fixed (float* py = y, ph = h, pdh = dh)
            RowPass.Run(on, (int)y.Lengths[0], new TargetsRow((int)y.Lengths[0], (int)y.Lengths[1], py, ph, pdh));
    }

    // Two K-long rows of scratch: t and y.
    private readonly struct ForwardRow(int columns, float* z, float* h) : IRowLoss
    {
        public int Scratch => 2 * columns;

        public float Row(int n, VectorWidth width, float* t)
        {
            float* y = t + columns;
            CrossEntropy.TargetsAndLogSoftmax(width, columns, z + (nint)n * columns, h + (nint)n * columns, t, y);
            return Sums.Of(width, 0, columns, new Divergence(t, y));
        }
    }

    // Two K-long rows of scratch: t and dt.
    private readonly struct TargetsRow(int N, int columns, float* y, float* h, float* dh) : IRowPass
    {
        public int K => 2 * columns;

        public void Row(int n, VectorWidth width, float* t)
        {
            nint at = (nint)n * columns;
            float* dt = t + columns;
            float sum = CrossEntropy.Targets(width, columns, h + at, t);
            var residual = new ResidualEach(t, y + at, N, dt);
            Pointwise.Range(width, 0, columns, ref residual);
            var quotient = new QuotientEach(dt, Sums.Dot(width, dt, t, columns), sum, dh + at);
            Pointwise.Range(width, 0, columns, ref quotient);
        }
    }

    private readonly struct Divergence(float* t, float* y) : ITerm
    {
        public V Add<V, L>(V sum, nint k) where V : unmanaged where L : struct, ILanes<V>
        {
            V target = L.Load(t + k);
            return L.Fma(target, L.Subtract(Functions.Log<V, L>(target), L.Load(y + k)), sum);
        }
    }

    private readonly struct ResidualEach(float* t, float* y, float N, float* dt) : IPointwise
    {
        public void At<V, L>(nint k) where V : unmanaged where L : struct, ILanes<V>
        {
            V log = Functions.Log<V, L>(L.Load(t + k));
            L.Store(L.Divide(L.Subtract(L.Add(log, L.Create(1f)), L.Load(y + k)), L.Create(N)), dt + k);
        }
    }

    private readonly struct QuotientEach(float* dt, float dot, float sum, float* dh) : IPointwise
    {
        public void At<V, L>(nint k) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Divide(L.Subtract(L.Load(dt + k), L.Create(dot)), L.Create(sum)), dh + k);
    }
}
