using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Softsign. Outputs may be the inputs' own memory.</summary>
public static class Softsign
{
    private const double Far = 1L << 40;   // the result is ±1 long before, and ∞/∞ would be NaN

    /// <summary>Softsign, forward (AC-F12).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F12")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F12", x, y, on, new InBinary64<ForwardEach>(new()));

    /// <summary>Softsign, backward data (AC-B12).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B12")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B12", dy, "x", x, dx, on, new InBinary64<BackwardEach>(new()));

    private readonly struct ForwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W x, W _, W __) where W : unmanaged where D : struct, IWideLanes<W>
        {
            x = D.AtMost(D.AtLeast(x, D.Create(-Far)), D.Create(Far));
            return D.Divide(x, D.Add(D.Create(1), D.Abs(x)));
        }
    }

    private readonly struct BackwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W dy, W x, W _) where W : unmanaged where D : struct, IWideLanes<W>
        {
            W s = D.Add(D.Create(1), D.Abs(x));
            return D.Divide(dy, D.Multiply(s, s));
        }
    }
}
