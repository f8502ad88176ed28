using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's FullConvolution.</summary>
/// <remarks>Order of the sums: forward and backward data (r, s), backward weights (u, v), ascending from +0, one fused multiply-add per
/// term. Outputs must not overlap inputs.</remarks>
public static unsafe class FullConvolution
{
    /// <summary>True convolution, full, forward (CV-F3).</summary>
    /// <param name="x">Input, H×W.</param>
    /// <param name="w">Weights, R×S.</param>
    /// <param name="y">Output, (H+R−1)×(W+S−1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F3, or a tensor has gaps.</exception>
    [Equation("CV-F3")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in TensorSpan<float> y, Execution on)
    {
        SingleMap.ExpectFull("CV-F3", "x", x, "w", w, "y", "(H+R−1)×(W+S−1)", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, py = y)
            SingleMap.Full(on, x.Lengths, px, w.Lengths, pw, turned: true, py);
    }

    /// <summary>True convolution, full, backward data (CV-B15).</summary>
    /// <param name="dy">Derivative of the loss by y, (H+R−1)×(W+S−1).</param>
    /// <param name="w">Weights, R×S.</param>
    /// <param name="dx">Derivative by x, H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F3, or a tensor has gaps.</exception>
    [Equation("CV-B15")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, in TensorSpan<float> dx, Execution on)
    {
        SingleMap.ExpectValid("CV-B15", "dy", dy, "w", w, "dx", "H×W", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            SingleMap.Valid(on, dy.Lengths, pdy, w.Lengths, pw, turned: false, pdx);
    }

    /// <summary>True convolution, full, backward weights (CV-B16).</summary>
    /// <param name="dy">Derivative of the loss by y, (H+R−1)×(W+S−1).</param>
    /// <param name="x">Input, H×W.</param>
    /// <param name="dw">Derivative by w, R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F3, or a tensor has gaps.</exception>
    [Equation("CV-B16")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dw, Execution on)
    {
        SingleMap.ExpectValid("CV-B16", "dy", dy, "x", x, "dw", "R×S", dw);
        // The weight gradient of a correlation of dy, whose residual is x: the terms are x's pixels (u, v).
        var shape = SingleMap.Shape(dy.Lengths, dw.Lengths, x.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            OrderedProduct.Run(on, new ConvolutionBackwardWeights(new Geometry(shape, Window.Unit), 0, px, pdy, pdw));
    }
}
