using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Celu. Outputs may be the inputs' own memory.</summary>
public static class Celu
{
    /// <summary>CELU, forward (AC-F21).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="a">Minus the limit for large negative inputs, above 0.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F21")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float a, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F21", x, y, on, new InBinary64<ForwardEach>(new(a)));

    /// <summary>CELU, backward data (AC-B21).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="a">Minus the limit for large negative inputs, above 0.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B21")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, float a, in TensorSpan<float> dx,
        Execution on) =>
        Elementwise.Backward("AC-B21", dy, "x", x, dx, on, new InBinary64<BackwardEach>(new(a)));

    private readonly struct ForwardEach(float a) : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W x, W _, W __) where W : unmanaged where D : struct, IWideLanes<W>
        {
            W zero = D.Create(0), scale = D.Create(a);
            W below = D.Multiply(scale, Wide.ExpM1<W, D>(D.Divide(D.IfGreater(x, zero, zero, x), scale)));
            return D.IfGreater(x, zero, x, below);
        }
    }

    private readonly struct BackwardEach(float a) : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W dy, W x, W _) where W : unmanaged where D : struct, IWideLanes<W>
        {
            W zero = D.Create(0);
            return D.Multiply(dy, Wide.Exp<W, D>(D.Divide(D.IfGreater(x, zero, zero, x), D.Create(a))));
        }
    }
}
