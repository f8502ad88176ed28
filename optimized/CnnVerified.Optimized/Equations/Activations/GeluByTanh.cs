using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's GeluByTanh. Outputs may be the inputs' own memory.</summary>
public static class GeluByTanh
{
    private const float Lowest = -32f;   // below about −14 results are 0, and −∞·0 would be NaN
    private const float Linear = 1.59576917f;   // 2·√(2/π)
    private const float LinearRest = -4.53406805e-8f;   // 2·√(2/π) less the float above
    private const float Cubic = 0.0713548139f;   // 2·√(2/π)·0.044715
    private const float CubicRest = 2.39883247e-9f;

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
            x = L.AtLeast(x, L.Create(Lowest));
            V z = Argument<V, L>(x, out V correction);
            return Scaled.Sigmoid<V, L>(L.Multiply(x, correction), z);
        }
    }

    private readonly struct BackwardEach : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V>
        {
            x = L.AtMost(L.AtLeast(x, L.Create(Lowest)), L.Create(-Lowest));
            V z = Argument<V, L>(x, out V correction);
            V slope = L.Fma(L.Multiply(x, x), L.Create(3 * Cubic), L.Create(Linear));
            return Scaled.GateSlope<V, L>(L.Multiply(dy, correction), z, L.Multiply(x, slope));
        }
    }

    /// <summary>z = 2·√(2/π)·(x + 0.044715·x³), rounded, and the factor by which e^z is larger for z unrounded.</summary>
    /// <remarks>e^z has |z| times the relative error of z: 200 units at x = −10 without the correction. For z &gt; −1 it is less than one, and
    /// the result depends on e^z less.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Argument<V, L>(V x, out V correction) where V : unmanaged where L : struct, ILanes<V>
    {
        V linear = L.Create(Linear), cubic = L.Create(Cubic), one = L.Create(1f);
        V square = L.Multiply(x, x);
        V squareLow = L.Fma(x, x, L.Negate(square));
        V third = L.Multiply(square, cubic);
        V thirdLow = L.Fma(squareLow, cubic, L.Fma(square, L.Create(CubicRest), L.Fma(square, cubic, L.Negate(third))));
        V sum = L.Add(third, linear);
        V second = L.Subtract(sum, third);
        V sumLow = L.Add(L.Subtract(third, L.Subtract(sum, second)), L.Subtract(linear, second));
        sumLow = L.Add(sumLow, L.Add(thirdLow, L.Create(LinearRest)));
        V z = L.Multiply(x, sum);
        V low = L.Fma(x, sumLow, L.Fma(x, sum, L.Negate(z)));
        correction = L.IfGreater(L.Create(-1f), z, L.Add(one, low), one);
        return z;
    }
}
