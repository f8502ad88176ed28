using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's HalfSquaredError: summed over batch and elements.</summary>
public static unsafe class HalfSquaredError
{
    /// <summary>Half squared error, forward (LS-F2).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A row's terms are added in 16 virtual lanes, the rows ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F2", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-F2", "y", y);
        Contract.Shape("LS-F2", "t", "N×K", t, y.Lengths);
        Contract.Shape("LS-F2", "L", "one element", L, [1]);
        using var lease = on.Enter();
        int N = (int)y.Lengths[0];
        float* rows = on.Shared(N);
        fixed (float* py = y, pt = t)
            RowPass.Run(on, N, new ForwardRow((int)y.Lengths[1], py, pt, rows));
        float sum = 0;
        for (int n = 0; n < N; n++)
            sum += rows[n];
        L[0] = sum;
    }

    /// <summary>Half squared error, backward data (LS-B2).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <param name="dy">Derivative by y, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B2")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> dy, Execution on)
    {
        Lengths.ExpectRank("LS-B2", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-B2", "y", y);
        Contract.Shape("LS-B2", "t", "N×K", t, y.Lengths);
        Contract.Shape("LS-B2", "dy", "N×K", dy, y.Lengths);
        using var lease = on.Enter();
        fixed (float* py = y, pt = t, pdy = dy)
            Pointwise.Run(on, y.FlattenedLength, new DifferenceEach(py, pt, pdy));
    }

    private readonly struct ForwardRow(int columns, float* y, float* t, float* rows) : IRowPass
    {
        public int K => columns;

        public void Row(int n, VectorWidth width, float* scratch) =>
            rows[n] = Sums.HalfSquaredDistance(width, y + (nint)n * K, t + (nint)n * K, K);
    }

    private readonly struct DifferenceEach(float* y, float* t, float* dy) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Subtract(L.Load(y + i), L.Load(t + i)), dy + i);
    }
}
