using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Tanh; the backward 1 − y² is fused, one rounding less. Outputs may be the inputs' own memory.</summary>
public static unsafe class Tanh
{
    /// <summary>Hyperbolic tangent, forward (AC-F2).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("AC-F2", "x", "N", x.Lengths, 1);
        Contract.Dense("AC-F2", "x", x);
        Contract.Shape("AC-F2", "y", "N", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            Pointwise.Run(on, x.FlattenedLength, new ForwardEach(px, py));
    }

    /// <summary>Hyperbolic tangent, backward data (AC-B2).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="y">Output of AC-F2, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B2")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> y, in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("AC-B2", "dy", "N", dy.Lengths, 1);
        Contract.Dense("AC-B2", "dy", dy);
        Contract.Shape("AC-B2", "y", "N", y, dy.Lengths);
        Contract.Shape("AC-B2", "dx", "N", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, py = y, pdx = dx)
            Pointwise.Run(on, dy.FlattenedLength, new BackwardEach(pdy, py, pdx));
    }

    private readonly struct ForwardEach(float* x, float* y) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(Functions.Tanh<V, L>(L.Load(x + i)), y + i);
    }

    private readonly struct BackwardEach(float* dy, float* y, float* dx) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V each = L.Load(y + i);
            L.Store(L.Multiply(L.Load(dy + i), L.Fma(L.Negate(each), each, L.Create(1f))), dx + i);
        }
    }
}
