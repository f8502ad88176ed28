using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's CrossEntropy: the mean over the batch, the sum over the classes.</summary>
public static unsafe class CrossEntropy
{
    /// <summary>Cross-entropy of softmax, forward (LS-F1), through SM-F2.</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="h">Target weights, N×K, not negative; t = h divided by its row's sum.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A row's terms are added in 16 virtual lanes, the rows ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F1")]
    [Equation("SM-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<float> h, in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F1", "z", "N×K", z.Lengths, 2);
        Contract.Dense("LS-F1", "z", z);
        Contract.Shape("LS-F1", "h", "N×K", h, z.Lengths);
        Contract.Shape("LS-F1", "L", "one element", L, [1]);
        using var lease = on.Enter();
        int N = (int)z.Lengths[0];
        fixed (float* pz = z, ph = h)
            L[0] = -Loss.OfRows(on, N, new ForwardRow((int)z.Lengths[1], pz, ph)) / N;
    }

    /// <summary>Cross-entropy of softmax, backward data (LS-B1).</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="h">Target weights, N×K, as in LS-F1.</param>
    /// <param name="dz">Derivative by z, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B1")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> h, in TensorSpan<float> dz, Execution on)
    {
        Lengths.ExpectRank("LS-B1", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-B1", "y", y);
        Contract.Shape("LS-B1", "h", "N×K", h, y.Lengths);
        Contract.Shape("LS-B1", "dz", "N×K", dz, y.Lengths);
        using var lease = on.Enter();
        fixed (float* py = y, ph = h, pdz = dz)
            RowPass.Run(on, (int)y.Lengths[0], new BackwardRow((int)y.Lengths[0], (int)y.Lengths[1], py, ph, pdz));
    }

    private readonly struct ForwardRow(int columns, float* z, float* h) : IRowLoss
    {
        public int Scratch => 2 * columns;

        public float Row(int n, VectorWidth width, float* t)
        {
            float* y = t + columns;
            TargetsAndLogSoftmax(width, columns, z + (nint)n * columns, h + (nint)n * columns, t, y);
            return Sums.Dot(width, t, y, columns);
        }
    }

    internal readonly struct BackwardRow(int N, int columns, float* y, float* h, float* dz) : IRowPass
    {
        public int K => 0;

        public void Row(int n, VectorWidth width, float* scratch)
        {
            nint at = (nint)n * columns;
            var op = new ResidualEach(y + at, h + at, Sums.Sum(width, h + at, columns), N, dz + at);
            Pointwise.Range(width, 0, columns, ref op);
        }
    }

    /// <summary>One row of t and of y, of LS-F1 and LS-F13.</summary>
    internal static void TargetsAndLogSoftmax(VectorWidth width, int K, float* z, float* h, float* t, float* y)
    {
        new LogSoftmax.ForwardRow(K, z, y).Row(0, width, y);
        Targets(width, K, h, t);
    }

    /// <summary>One row of t; returns the sum that h is divided by.</summary>
    internal static float Targets(VectorWidth width, int K, float* h, float* t)
    {
        float sum = Sums.Sum(width, h, K);
        var op = new TargetEach(h, sum, t);
        Pointwise.Range(width, 0, K, ref op);
        return sum;
    }

    private readonly struct TargetEach(float* h, float sum, float* t) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Divide(L.Load(h + i), L.Create(sum)), t + i);
    }

    private readonly struct ResidualEach(float* y, float* h, float sum, float N, float* dz) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V target = L.Divide(L.Load(h + i), L.Create(sum));
            L.Store(L.Divide(L.Subtract(Functions.Exp<V, L>(L.Load(y + i)), target), L.Create(N)), dz + i);
        }
    }
}
