using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's SoftmaxSquaredError: summed over batch and classes. Outputs may be the
/// inputs' own memory.</summary>
public static unsafe class SoftmaxSquaredError
{
    /// <summary>Half squared error of softmax, forward (LS-F3).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A row's terms are added in 16 virtual lanes, the rows ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F3")]
    [Equation("SM-F1")]
    [Equation("LS-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F3", "z", "N×K", z.Lengths, 2);
        Contract.Dense("LS-F3", "z", z);
        Contract.Shape("LS-F3", "t", "N×K", t, z.Lengths);
        Contract.Shape("LS-F3", "L", "one element", L, [1]);
        using var lease = on.Enter();
        fixed (float* pz = z, pt = t)
            L[0] = Loss.OfRows(on, (int)z.Lengths[0], new ForwardRow((int)z.Lengths[1], pz, pt));
    }

    /// <summary>Half squared error of softmax, backward data (LS-B3).</summary>
    /// <param name="p">Softmax of z (SM-F1), N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <param name="dz">Derivative by z, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B3")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> p, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> dz, Execution on)
    {
        Lengths.ExpectRank("LS-B3", "p", "N×K", p.Lengths, 2);
        Contract.Dense("LS-B3", "p", p);
        Contract.Shape("LS-B3", "t", "N×K", t, p.Lengths);
        Contract.Shape("LS-B3", "dz", "N×K", dz, p.Lengths);
        using var lease = on.Enter();
        fixed (float* pp = p, pt = t, pdz = dz)
            RowPass.Run(on, (int)p.Lengths[0], new BackwardRow((int)p.Lengths[1], pp, pt, pdz));
    }

    // Two K-long rows of scratch: e and p of the softmax.
    private readonly struct ForwardRow(int columns, float* z, float* t) : IRowLoss
    {
        public int Scratch => 2 * columns;

        public float Row(int n, VectorWidth width, float* e)
        {
            float* p = e + columns;
            new Softmax.ForwardRow(columns, z + (nint)n * columns, p).Row(0, width, e);
            return Sums.Of(width, 0, columns, new HalfSquare(p, t + (nint)n * columns));
        }
    }

    private readonly struct BackwardRow(int columns, float* p, float* t, float* dz) : IRowPass
    {
        public int K => 0;

        public void Row(int n, VectorWidth width, float* scratch)
        {
            nint at = (nint)n * columns;
            var op = new JacobianEach(p + at, t + at, Sums.Of(width, 0, columns, new DifferenceTimes(p + at, t + at)), dz + at);
            Pointwise.Range(width, 0, columns, ref op);
        }
    }

    private readonly struct HalfSquare(float* p, float* t) : ITerm
    {
        public V Add<V, L>(V sum, nint k) where V : unmanaged where L : struct, ILanes<V>
        {
            V difference = L.Subtract(L.Load(p + k), L.Load(t + k));
            return L.Fma(L.Multiply(difference, L.Create(0.5f)), difference, sum);
        }
    }

    private readonly struct DifferenceTimes(float* p, float* t) : ITerm
    {
        public V Add<V, L>(V sum, nint k) where V : unmanaged where L : struct, ILanes<V> =>
            L.Fma(L.Subtract(L.Load(p + k), L.Load(t + k)), L.Load(p + k), sum);
    }

    private readonly struct JacobianEach(float* p, float* t, float dot, float* dz) : IPointwise
    {
        public void At<V, L>(nint k) where V : unmanaged where L : struct, ILanes<V>
        {
            V each = L.Load(p + k);
            L.Store(L.Multiply(each, L.Subtract(L.Subtract(each, L.Load(t + k)), L.Create(dot))), dz + k);
        }
    }
}
