using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Gelu. Outputs may be the inputs' own memory.</summary>
public static class Gelu
{
    private const double Far = 32;   // below about −14.5 results are 0, and −∞·0 would be NaN
    private const double OverRootTwo = 0.7071067811865476;
    private const double OverRootTwoPi = 0.3989422804014327;

    /// <summary>GELU, forward (AC-F8).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>For x = −∞ the limit 0.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F8")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F8", x, y, on, new InBinary64<ForwardEach>(new()));

    /// <summary>GELU, backward data (AC-B8).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B8")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B8", dy, "x", x, dx, on, new InBinary64<BackwardEach>(new()));

    private readonly struct ForwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W x, W _, W __) where W : unmanaged where D : struct, IWideLanes<W>
        {
            W below = Below<W, D>(x, out _);
            return D.Multiply(D.AtLeast(x, D.Create(-Far)), below);
        }
    }

    private readonly struct BackwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W dy, W x, W _) where W : unmanaged where D : struct, IWideLanes<W>
        {
            W below = Below<W, D>(x, out W power);
            x = D.AtMost(D.AtLeast(x, D.Create(-Far)), D.Create(Far));
            return D.Multiply(dy, D.Fma(D.Multiply(x, D.Create(OverRootTwoPi)), power, below));
        }
    }

    /// <summary>erfc(−x/√2)/2, the probability below x, and e^(−x²/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static W Below<W, D>(W x, out W power) where W : unmanaged where D : struct, IWideLanes<W>
    {
        power = Wide.Exp<W, D>(D.Multiply(D.Multiply(x, x), D.Create(-0.5)));
        return D.Multiply(Wide.Erfc<W, D>(D.Multiply(x, D.Create(-OverRootTwo)), power), D.Create(0.5));
    }
}
