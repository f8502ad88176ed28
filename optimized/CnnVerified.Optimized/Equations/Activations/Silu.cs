using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Silu. Outputs may be the inputs' own memory.</summary>
public static class Silu
{
    private const float Lowest = -512f;   // results are 0 below about −110, and −∞·0 would be NaN

    /// <summary>SiLU, forward (AC-F9).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F9")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F9", x, y, on, new ForwardEach());

    /// <summary>SiLU, backward data (AC-B9).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B9")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B9", dy, "x", x, dx, on, new BackwardEach());

    private readonly struct ForwardEach : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            Scaled.Sigmoid<V, L>(L.Max(x, L.Create(Lowest)), x);
    }

    private readonly struct BackwardEach : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V>
        {
            x = L.Min(L.Max(x, L.Create(Lowest)), L.Create(-Lowest));
            return Scaled.GateSlope<V, L>(dy, x, x);
        }
    }
}
