using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LinearUnit.</summary>
public static unsafe class LinearUnit
{
    /// <summary>Linear unit, least squares, forward (PC-F2).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="w">Weights, D.</param>
    /// <param name="b">Bias.</param>
    /// <param name="t">Targets, N.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Both sums, over d and over n, go in 16 virtual lanes; the bias is added after the sum over d.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("PC-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, float b, in ReadOnlyTensorSpan<float> t,
        in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("PC-F2", "x", "N×D", x.Lengths, 2);
        var (N, D) = ((int)x.Lengths[0], (int)x.Lengths[1]);
        Contract.Dense("PC-F2", "x", x);
        Contract.Shape("PC-F2", "w", "D", w, [D]);
        Contract.Shape("PC-F2", "t", "N", t, [N]);
        Contract.Shape("PC-F2", "L", "one element", L, [1]);
        using var lease = on.Enter();
        float* z = on.Shared(N);
        fixed (float* px = x, pw = w, pt = t)
        {
            RowPass.Run(on, N, new OutputRow(D, px, pw, b, z));
            L[0] = Sums.Of(on.Width, 0, N, new HalfSquare(z, pt));
        }
    }

    /// <summary>Delta rule, weights (PC-B1).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="z">Outputs z of PC-F2, N.</param>
    /// <param name="t">Targets, N.</param>
    /// <param name="dw">Derivative by w, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Ascending in n from +0, one fused multiply-add per term; a difference rounds once.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("PC-B1")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<float> t,
        in TensorSpan<float> dw, Execution on)
    {
        Lengths.ExpectRank("PC-B1", "x", "N×D", x.Lengths, 2);
        var (N, D) = ((int)x.Lengths[0], (int)x.Lengths[1]);
        Contract.Dense("PC-B1", "x", x);
        Contract.Shape("PC-B1", "z", "N", z, [N]);
        Contract.Shape("PC-B1", "t", "N", t, [N]);
        Contract.Shape("PC-B1", "dw", "D", dw, [D]);
        using var lease = on.Enter();
        float* difference = on.Shared(N);
        fixed (float* px = x, pz = z, pt = t, pdw = dw)
        {
            Pointwise.Run(on, N, new DifferenceEach(pz, pt, difference));
            Pointwise.Run(on, D, new WeightsEach(N, D, difference, px, pdw));
        }
    }

    /// <summary>Delta rule, bias (PC-B2).</summary>
    /// <param name="z">Outputs z of PC-F2, N.</param>
    /// <param name="t">Targets, N.</param>
    /// <param name="db">Derivative by b, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>The differences are added in 16 virtual lanes.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("PC-B2")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> db, Execution on)
    {
        Lengths.ExpectRank("PC-B2", "z", "N", z.Lengths, 1);
        Contract.Dense("PC-B2", "z", z);
        Contract.Shape("PC-B2", "t", "N", t, z.Lengths);
        Contract.Shape("PC-B2", "db", "one element", db, [1]);
        using var lease = on.Enter();
        int N = (int)z.Lengths[0];
        float* difference = on.Shared(N);
        fixed (float* pz = z, pt = t)
            Pointwise.Run(on, N, new DifferenceEach(pz, pt, difference));
        db[0] = Sums.Sum(on.Width, difference, N);
    }

    private readonly struct OutputRow(int D, float* x, float* w, float b, float* z) : IRowPass
    {
        public int K => D;

        public void Row(int n, VectorWidth width, float* scratch) => z[n] = b + Sums.Dot(width, w, x + (nint)n * D, D);
    }

    private readonly struct DifferenceEach(float* z, float* t, float* difference) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Subtract(L.Load(z + i), L.Load(t + i)), difference + i);
    }

    private readonly struct WeightsEach(int N, int D, float* difference, float* x, float* dw) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V sum = L.Create(0f);
            for (int n = 0; n < N; n++)
                sum = L.Fma(L.Create(difference[n]), L.Load(x + (nint)n * D + i), sum);
            L.Store(sum, dw + i);
        }
    }

    private readonly struct HalfSquare(float* z, float* t) : ITerm
    {
        public V Add<V, L>(V sum, nint n) where V : unmanaged where L : struct, ILanes<V>
        {
            V difference = L.Subtract(L.Load(z + n), L.Load(t + n));
            return L.Fma(L.Multiply(difference, L.Create(0.5f)), difference, sum);
        }
    }
}
