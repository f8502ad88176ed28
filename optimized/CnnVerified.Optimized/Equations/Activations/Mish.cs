using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Mish. Outputs may be the inputs' own memory.</summary>
public static class Mish
{
    private const double Far = 512;   // x counts no more there, beside 0 or 1, and ∞·0 would be NaN

    /// <summary>Mish, forward (AC-F17).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F17")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F17", x, y, on, new InBinary64<ForwardEach>(new()));

    /// <summary>Mish, backward data (AC-B17).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="s">The softplus of x (AC-F7), N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B17")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> s,
        in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B17", dy, x, "s", s, dx, on, new InBinary64<BackwardEach>(new()));

    private readonly struct ForwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W x, W _, W __) where W : unmanaged where D : struct, IWideLanes<W>
        {
            // tanh of a softplus is a quotient of polynomials in e = eˣ: (e² + 2e)/(e² + 2e + 2).
            W e = Wide.Exp<W, D>(x), two = D.Create(2);
            W w = D.Multiply(e, D.Add(e, two));
            return D.Multiply(D.AtLeast(x, D.Create(-Far)), D.Divide(w, D.Add(w, two)));
        }
    }

    private readonly struct BackwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W dy, W x, W s) where W : unmanaged where D : struct, IWideLanes<W>
        {
            W t = Wide.Tanh<W, D>(s), one = D.Create(1);
            x = D.AtMost(D.AtLeast(x, D.Create(-Far)), D.Create(Far));
            W through = D.Multiply(D.Multiply(x, D.Subtract(one, D.Multiply(t, t))), Wide.Sigmoid<W, D>(x));
            return D.Multiply(dy, D.Add(t, through));
        }
    }
}
