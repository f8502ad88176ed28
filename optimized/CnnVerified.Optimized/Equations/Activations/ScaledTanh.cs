using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's ScaledTanh. Outputs may be the inputs' own memory.</summary>
public static class ScaledTanh
{
    /// <summary>Scaled tanh, forward (AC-F3).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="amp">Height of the steps, not 0.</param>
    /// <param name="slope">Factor of the input.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F3")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float amp, float slope, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F3", x, y, on, new InBinary64<ForwardEach>(new(amp, slope)));

    /// <summary>Scaled tanh, backward data (AC-B3).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="y">Output of AC-F3, N.</param>
    /// <param name="amp">Height of the steps, not 0.</param>
    /// <param name="slope">Factor of the input.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B3")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> y, float amp, float slope,
        in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B3", dy, "y", y, dx, on, new InBinary64<BackwardEach>(new(amp, slope)));

    private readonly struct ForwardEach(float amp, float slope) : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W x, W _, W __) where W : unmanaged where D : struct, IWideLanes<W> =>
            D.Multiply(D.Create(amp), Wide.Tanh<W, D>(D.Multiply(D.Create(slope), x)));
    }

    private readonly struct BackwardEach(float amp, float slope) : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W dy, W y, W _) where W : unmanaged where D : struct, IWideLanes<W> =>
            D.Multiply(dy, D.Multiply(D.Create(slope), D.Subtract(D.Create(amp), D.Divide(D.Multiply(y, y), D.Create(amp)))));
    }
}
