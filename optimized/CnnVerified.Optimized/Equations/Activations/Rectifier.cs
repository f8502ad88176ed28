using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Rectifier. Outputs may be the inputs' own memory.</summary>
public static unsafe class Rectifier
{
    /// <summary>Rectifier, forward (AC-F4).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F4")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("AC-F4", "x", "N", x.Lengths, 1);
        Contract.Dense("AC-F4", "x", x);
        Contract.Shape("AC-F4", "y", "N", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            Pointwise.Run(on, x.FlattenedLength, new ForwardEach(px, py));
    }

    /// <summary>Rectifier, backward data (AC-B4).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N; at exactly 0 the derivative is 0.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B4")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("AC-B4", "dy", "N", dy.Lengths, 1);
        Contract.Dense("AC-B4", "dy", dy);
        Contract.Shape("AC-B4", "x", "N", x, dy.Lengths);
        Contract.Shape("AC-B4", "dx", "N", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdx = dx)
            Pointwise.Run(on, dy.FlattenedLength, new BackwardEach(pdy, px, pdx));
    }

    private readonly struct ForwardEach(float* x, float* y) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.IfGreater(L.Load(x + i), L.Create(0f), L.Load(x + i), L.Create(0f)), y + i);
    }

    private readonly struct BackwardEach(float* dy, float* x, float* dx) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V each = L.Load(x + i);
            L.Store(L.IfGreater(each, L.Create(0f), L.Load(dy + i), L.Create(0f)), dx + i);
        }
    }
}
