using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LogSigmoid. Outputs may be the inputs' own memory.</summary>
public static class LogSigmoid
{
    /// <summary>Log-sigmoid, forward (AC-F23).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F23")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F23", x, y, on, new InBinary64<ForwardEach>(new()));

    /// <summary>Log-sigmoid, backward data (AC-B23).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B23")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B23", dy, "x", x, dx, on, new InBinary64<BackwardEach>(new()));

    private readonly struct ForwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W x, W _, W __) where W : unmanaged where D : struct, IWideLanes<W> =>
            D.Subtract(D.IfGreater(D.Create(0), x, x, D.Create(0)), Wide.LogOfOnePlusExp<W, D>(x));
    }

    private readonly struct BackwardEach : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W dy, W x, W _) where W : unmanaged where D : struct, IWideLanes<W> =>
            D.Multiply(dy, Wide.Sigmoid<W, D>(D.Negate(x)));
    }
}
