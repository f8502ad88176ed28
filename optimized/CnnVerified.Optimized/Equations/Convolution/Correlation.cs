using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Correlation. Its gradients CV-I1 and CV-I2 are <see cref="FullConvolution"/> and
/// Correlation themselves.</summary>
/// <remarks>Order of the sum: (r, s), ascending from +0, one fused multiply-add per term. Outputs must not overlap inputs.</remarks>
public static unsafe class Correlation
{
    /// <summary>Correlation, valid, forward (CV-F10).</summary>
    /// <param name="x">Input, H×W.</param>
    /// <param name="w">Weights, R×S.</param>
    /// <param name="y">Output, (H−R+1)×(W−S+1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F10, or a tensor has gaps.</exception>
    [Equation("CV-F10")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in TensorSpan<float> y, Execution on)
    {
        SingleMap.ExpectValid("CV-F10", "x", x, "w", w, "y", "(H−R+1)×(W−S+1)", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, py = y)
            SingleMap.Valid(on, x.Lengths, px, w.Lengths, pw, turned: false, py);
    }
}
