using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Softmax; sums run in 16 virtual lanes. Outputs may be the inputs' own memory.</summary>
public static unsafe class Softmax
{
    /// <summary>Softmax, forward (SM-F1).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="p">Probabilities, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("SM-F1")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in TensorSpan<float> p, Execution on)
    {
        Lengths.ExpectRank("SM-F1", "z", "N×K", z.Lengths, 2);
        Contract.Dense("SM-F1", "z", z);
        Contract.Shape("SM-F1", "p", "N×K", p, z.Lengths);
        using var lease = on.Enter();
        fixed (float* pz = z, pp = p)
            RowPass.Run(on, (int)z.Lengths[0], new ForwardRow((int)z.Lengths[1], pz, pp));
    }

    /// <summary>Softmax, backward data (SM-B1).</summary>
    /// <param name="dp">Derivative of the loss by p, N×K.</param>
    /// <param name="p">Output of SM-F1, N×K.</param>
    /// <param name="dz">Derivative by z, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("SM-B1")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dp, in ReadOnlyTensorSpan<float> p, in TensorSpan<float> dz, Execution on)
    {
        Lengths.ExpectRank("SM-B1", "dp", "N×K", dp.Lengths, 2);
        Contract.Dense("SM-B1", "dp", dp);
        Contract.Shape("SM-B1", "p", "N×K", p, dp.Lengths);
        Contract.Shape("SM-B1", "dz", "N×K", dz, dp.Lengths);
        using var lease = on.Enter();
        fixed (float* pdp = dp, pp = p, pdz = dz)
            RowPass.Run(on, (int)dp.Lengths[0], new BackwardRow((int)dp.Lengths[1], pdp, pp, pdz));
    }

    internal readonly struct ForwardRow(int columns, float* z, float* p) : IRowPass
    {
        public int K => columns;

        public void Row(int n, VectorWidth width, float* e)
        {
            float* row = z + (nint)n * K;
            float sum = RowKernels.Exponentials(width, row, RowKernels.Maximum(row, K), e, K);
            var op = new DivideEach(e, sum, p + (nint)n * K);
            Pointwise.Range(width, 0, K, ref op);
        }
    }

    private readonly struct BackwardRow(int columns, float* dp, float* p, float* dz) : IRowPass
    {
        public int K => columns;

        public void Row(int n, VectorWidth width, float* scratch)
        {
            nint at = (nint)n * K;
            var op = new JacobianEach(dp + at, p + at, Sums.Dot(width, dp + at, p + at, K), dz + at);
            Pointwise.Range(width, 0, K, ref op);
        }
    }

    private readonly struct DivideEach(float* e, float sum, float* p) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Divide(L.Load(e + i), L.Create(sum)), p + i);
    }

    private readonly struct JacobianEach(float* dp, float* p, float dot, float* dz) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Multiply(L.Load(p + i), L.Subtract(L.Load(dp + i), L.Create(dot))), dz + i);
    }
}
