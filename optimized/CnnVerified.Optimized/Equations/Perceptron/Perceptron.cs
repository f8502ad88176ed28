using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Perceptron.</summary>
public static unsafe class Perceptron
{
    /// <summary>Perceptron, forward (PC-F1).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="w">Weights, D.</param>
    /// <param name="b">Bias.</param>
    /// <param name="y">Output, N: 1 where bias and weighted sum reach 0, else 0; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>The sum over d goes in 16 virtual lanes; the bias is added last.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("PC-F1")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, float b, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("PC-F1", "x", "N×D", x.Lengths, 2);
        Contract.Dense("PC-F1", "x", x);
        Contract.Shape("PC-F1", "w", "D", w, [x.Lengths[1]]);
        Contract.Shape("PC-F1", "y", "N", y, [x.Lengths[0]]);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, py = y)
            RowPass.Run(on, (int)x.Lengths[0], new ForwardRow((int)x.Lengths[1], px, pw, b, py));
    }

    /// <summary>Perceptron rule (PC-U1).</summary>
    /// <param name="x">One input, D.</param>
    /// <param name="w">Weights, D.</param>
    /// <param name="b">Bias.</param>
    /// <param name="t">Target, 0 or 1.</param>
    /// <param name="y">Output of PC-F1, 0 or 1.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="wnew">New weights, D; every element is written. They may be w's own memory.</param>
    /// <param name="bnew">New bias, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>eta·(t − y) is computed once; it is exact, as t − y is −1, 0 or 1.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("PC-U1")]
    public static void Step(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, float b, float t, float y, float eta,
        in TensorSpan<float> wnew, in TensorSpan<float> bnew, Execution on)
    {
        Lengths.ExpectRank("PC-U1", "x", "D", x.Lengths, 1);
        Contract.Dense("PC-U1", "x", x);
        Contract.Shape("PC-U1", "w", "D", w, x.Lengths);
        Contract.Shape("PC-U1", "wnew", "D", wnew, x.Lengths);
        Contract.Shape("PC-U1", "bnew", "one element", bnew, [1]);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pwnew = wnew)
            Pointwise.Run(on, x.FlattenedLength, new StepEach(px, pw, eta * (t - y), pwnew));
        bnew[0] = b + eta * (t - y);
    }

    private readonly struct ForwardRow(int D, float* x, float* w, float b, float* y) : IRowPass
    {
        public int K => D;

        public void Row(int n, VectorWidth width, float* scratch) => y[n] = b + Sums.Dot(width, w, x + (nint)n * D, D) >= 0 ? 1 : 0;
    }

    private readonly struct StepEach(float* x, float* w, float rate, float* wnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Fma(L.Create(rate), L.Load(x + i), L.Load(w + i)), wnew + i);
    }
}
