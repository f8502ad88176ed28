using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LogSoftmax; sums run in 16 virtual lanes. Outputs may be the inputs' own memory.</summary>
public static unsafe class LogSoftmax
{
    /// <summary>Log-softmax, forward (SM-F2).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="y">Log-probabilities, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("SM-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("SM-F2", "z", "N×K", z.Lengths, 2);
        Contract.Dense("SM-F2", "z", z);
        Contract.Shape("SM-F2", "y", "N×K", y, z.Lengths);
        using var lease = on.Enter();
        fixed (float* pz = z, py = y)
            RowPass.Run(on, (int)z.Lengths[0], new ForwardRow((int)z.Lengths[1], pz, py));
    }

    /// <summary>Log-softmax, backward data (SM-B2).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="y">Output of SM-F2, N×K.</param>
    /// <param name="dz">Derivative by z, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("SM-B2")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> y, in TensorSpan<float> dz, Execution on)
    {
        Lengths.ExpectRank("SM-B2", "dy", "N×K", dy.Lengths, 2);
        Contract.Dense("SM-B2", "dy", dy);
        Contract.Shape("SM-B2", "y", "N×K", y, dy.Lengths);
        Contract.Shape("SM-B2", "dz", "N×K", dz, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, py = y, pdz = dz)
            RowPass.Run(on, (int)dy.Lengths[0], new BackwardRow((int)dy.Lengths[1], pdy, py, pdz));
    }

    internal readonly struct ForwardRow(int columns, float* z, float* y) : IRowPass
    {
        public int K => columns;

        public void Row(int n, VectorWidth width, float* e)
        {
            float* row = z + (nint)n * K;
            float m = RowKernels.Maximum(row, K);
            float log = RowKernels.Log(RowKernels.Exponentials(width, row, m, e, K));
            var op = new ShiftEach(row, m, log, y + (nint)n * K);
            Pointwise.Range(width, 0, K, ref op);
        }
    }

    private readonly struct BackwardRow(int columns, float* dy, float* y, float* dz) : IRowPass
    {
        public int K => columns;

        public void Row(int n, VectorWidth width, float* scratch)
        {
            nint at = (nint)n * K;
            var op = new ResidualEach(dy + at, y + at, Sums.Sum(width, dy + at, K), dz + at);
            Pointwise.Range(width, 0, K, ref op);
        }
    }

    private readonly struct ShiftEach(float* z, float m, float log, float* y) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Subtract(L.Subtract(L.Load(z + i), L.Create(m)), L.Create(log)), y + i);
    }

    private readonly struct ResidualEach(float* dy, float* y, float sum, float* dz) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Fma(L.Negate(Functions.Exp<V, L>(L.Load(y + i))), L.Create(sum), L.Load(dy + i)), dz + i);
    }
}
