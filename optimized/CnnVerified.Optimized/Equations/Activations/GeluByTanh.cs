using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's GeluByTanh. Outputs may be the inputs' own memory.</summary>
public static class GeluByTanh
{
    private const float Lowest = -32f;   // below about −14 results are 0, and −∞·0 would be NaN
    private const float Linear = 1.59576917f;   // 2·√(2/π)
    private const float Cubic = 0.0713548139f;   // that times 0.044715

    /// <summary>GELU by tanh, forward (AC-F18).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>1 + tanh(z/2) is 2/(1 + e⁻ᶻ): the sigmoid keeps the digits of negative inputs, where the sum cancels.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F18")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F18", x, y, on, new ForwardEach());

    /// <summary>GELU by tanh, backward data (AC-B18).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>1 + tanh(z/2) is 2/(1 + e⁻ᶻ), as in the forward equation.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B18")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B18", dy, "x", x, dx, on, new BackwardEach());

    private readonly struct ForwardEach : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
        {
            x = L.Max(x, L.Create(Lowest));
            return Scaled.Sigmoid<V, L>(x, L.Multiply(x, L.Fma(L.Multiply(x, x), L.Create(Cubic), L.Create(Linear))));
        }
    }

    private readonly struct BackwardEach : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V>
        {
            x = L.Min(L.Max(x, L.Create(Lowest)), L.Create(-Lowest));
            V square = L.Multiply(x, x);
            V z = L.Multiply(x, L.Fma(square, L.Create(Cubic), L.Create(Linear)));
            V slope = L.Fma(square, L.Create(3 * Cubic), L.Create(Linear));
            return Scaled.GateSlope<V, L>(dy, z, L.Multiply(x, slope));
        }
    }
}
