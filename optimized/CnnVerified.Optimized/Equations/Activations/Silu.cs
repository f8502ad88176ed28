using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Silu. Outputs may be the inputs' own memory.</summary>
public static class Silu
{
    private const double Far = 512;   // results are 0 below about −110, and −∞·0 would be NaN

    /// <summary>SiLU, forward (AC-F9).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F9")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F9", x, y, on, new InBinary64<ForwardEach>(new()));

    /// <summary>SiLU, backward data (AC-B9).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B9")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B9", dy, "x", x, dx, on, new InBinary64<BackwardEach>(new()));

    private readonly struct ForwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W x, W _, W __) where W : unmanaged where D : struct, IWideLanes<W> =>
            D.Multiply(D.AtLeast(x, D.Create(-Far)), Wide.Sigmoid<W, D>(x));
    }

    private readonly struct BackwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W dy, W x, W _) where W : unmanaged where D : struct, IWideLanes<W>
        {
            x = D.AtMost(D.AtLeast(x, D.Create(-Far)), D.Create(Far));
            W p = Wide.Sigmoid<W, D>(x), one = D.Create(1);
            return D.Multiply(dy, D.Multiply(p, D.Fma(x, D.Subtract(one, p), one)));
        }
    }
}
