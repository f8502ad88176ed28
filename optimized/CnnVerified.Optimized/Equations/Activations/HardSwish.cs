using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's HardSwish. Outputs may be the inputs' own memory.</summary>
public static class HardSwish
{
    /// <summary>Hard swish, forward (AC-F19).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Between −3 and 3 as x·(x + 3)/6: one division, the last operation.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F19")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F19", x, y, on, new ForwardEach());

    /// <summary>Hard swish, backward data (AC-B19).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N; the derivative is 0 at exactly −3 and 1 at exactly 3.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Between −3 and 3 as dy·(2x + 3)/6: one division, the last operation.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B19")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B19", dy, "x", x, dx, on, new BackwardEach());

    private readonly struct ForwardEach : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
        {
            V low = L.Create(-3f), high = L.Create(3f);
            V between = L.Divide(L.Multiply(x, L.Add(x, high)), L.Create(6f));
            return L.IfGreater(high, x, L.IfGreater(x, low, between, L.Create(0f)), x);
        }
    }

    private readonly struct BackwardEach : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V>
        {
            V low = L.Create(-3f), high = L.Create(3f);
            V between = L.Divide(L.Multiply(dy, L.Fma(L.Create(2f), x, high)), L.Create(6f));
            return L.IfGreater(high, x, L.IfGreater(x, low, between, L.Create(0f)), dy);
        }
    }
}
