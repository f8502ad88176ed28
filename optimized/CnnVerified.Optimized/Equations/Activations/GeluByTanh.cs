using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's GeluByTanh. Outputs may be the inputs' own memory.</summary>
public static class GeluByTanh
{
    private const double Far = 32;   // below about −14 results are 0, and −∞·0 would be NaN
    private const double Linear = 1.5957691216057308;   // 2·√(2/π)
    private const double Cubic = Linear * 0.044715;

    /// <summary>GELU by tanh, forward (AC-F18).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>1 + tanh(z/2) is 2/(1 + e⁻ᶻ): the sigmoid keeps the digits of negative inputs, where the sum cancels.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F18")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F18", x, y, on, new InBinary64<ForwardEach>(new()));

    /// <summary>GELU by tanh, backward data (AC-B18).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>1 + tanh(z/2) is 2/(1 + e⁻ᶻ), as in the forward equation.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B18")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B18", dy, "x", x, dx, on, new InBinary64<BackwardEach>(new()));

    private readonly struct ForwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W x, W _, W __) where W : unmanaged where D : struct, IWideLanes<W> =>
            D.Multiply(D.AtLeast(x, D.Create(-Far)), Wide.Sigmoid<W, D>(Argument<W, D>(x)));
    }

    private readonly struct BackwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W dy, W x, W _) where W : unmanaged where D : struct, IWideLanes<W>
        {
            x = D.AtMost(D.AtLeast(x, D.Create(-Far)), D.Create(Far));
            W p = Wide.Sigmoid<W, D>(Argument<W, D>(x)), one = D.Create(1);
            W slope = D.Fma(D.Multiply(x, x), D.Create(3 * Cubic), D.Create(Linear));
            return D.Multiply(dy, D.Multiply(p, D.Fma(D.Multiply(x, slope), D.Subtract(one, p), one)));
        }
    }

    /// <summary>2·√(2/π)·(x + 0.044715·x³).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static W Argument<W, D>(W x) where W : unmanaged where D : struct, IWideLanes<W> =>
        D.Multiply(x, D.Fma(D.Multiply(x, x), D.Create(Cubic), D.Create(Linear)));
}
