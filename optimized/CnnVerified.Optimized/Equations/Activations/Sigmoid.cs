using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Sigmoid. Outputs may be the inputs' own memory.</summary>
public static unsafe class Sigmoid
{
    /// <summary>Logistic sigmoid, forward (AC-F1).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F1")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("AC-F1", "x", "N", x.Lengths, 1);
        Contract.Dense("AC-F1", "x", x);
        Contract.Shape("AC-F1", "y", "N", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            Pointwise.Run(on, x.FlattenedLength, new ForwardEach(px, py));
    }

    /// <summary>Logistic sigmoid, backward data (AC-B1).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="y">Output of AC-F1, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B1")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> y, in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("AC-B1", "dy", "N", dy.Lengths, 1);
        Contract.Dense("AC-B1", "dy", dy);
        Contract.Shape("AC-B1", "y", "N", y, dy.Lengths);
        Contract.Shape("AC-B1", "dx", "N", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, py = y, pdx = dx)
            Pointwise.Run(on, dy.FlattenedLength, new BackwardEach(pdy, py, pdx));
    }

    private readonly struct ForwardEach(float* x, float* y) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(Functions.Sigmoid<V, L>(L.Load(x + i)), y + i);
    }

    private readonly struct BackwardEach(float* dy, float* y, float* dx) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V each = L.Load(y + i);
            L.Store(L.Multiply(L.Multiply(L.Load(dy + i), each), L.Subtract(L.Create(1f), each)), dx + i);
        }
    }
}
