using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's TrueConvolution.</summary>
/// <remarks>Order of the sums: forward and backward data (r, s), backward weights (i, j), ascending from +0, one fused multiply-add per
/// term. Outputs must not overlap inputs.</remarks>
public static unsafe class TrueConvolution
{
    /// <summary>True convolution, valid, forward (CV-F2).</summary>
    /// <param name="x">Input, H×W.</param>
    /// <param name="w">Weights, R×S.</param>
    /// <param name="y">Output, (H−R+1)×(W−S+1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F2, or a tensor has gaps.</exception>
    [Equation("CV-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in TensorSpan<float> y, Execution on)
    {
        SingleMap.ExpectValid("CV-F2", "x", x, "w", w, "y", "(H−R+1)×(W−S+1)", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, py = y)
            SingleMap.Valid(on, x.Lengths, px, w.Lengths, pw, turned: true, py);
    }

    /// <summary>True convolution, valid, backward data (CV-B4).</summary>
    /// <param name="dy">Derivative of the loss by y, P×Q.</param>
    /// <param name="w">Weights, R×S.</param>
    /// <param name="dx">Derivative by x, (P+R−1)×(Q+S−1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F2, or a tensor has gaps.</exception>
    [Equation("CV-B4")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, in TensorSpan<float> dx, Execution on)
    {
        SingleMap.ExpectFull("CV-B4", "dy", dy, "w", w, "dx", "(P+R−1)×(Q+S−1)", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            SingleMap.Full(on, dy.Lengths, pdy, w.Lengths, pw, turned: false, pdx);
    }

    /// <summary>True convolution, valid, backward weights (CV-B5).</summary>
    /// <param name="dy">Derivative of the loss by y, P×Q.</param>
    /// <param name="x">Input, H×W.</param>
    /// <param name="dw">Derivative by w, (H−P+1)×(W−Q+1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F2, or a tensor has gaps.</exception>
    [Equation("CV-B5")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dw, Execution on)
    {
        SingleMap.ExpectValid("CV-B5", "x", x, "dy", dy, "dw", "(H−P+1)×(W−Q+1)", dw);
        var shape = SingleMap.Shape(x.Lengths, dw.Lengths, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            OrderedProduct.Run(on, new TurnedWeights(new ConvolutionBackwardWeights(new Geometry(shape, Window.Unit), 0, pdy, px, pdw),
                shape.R * shape.S, pdw));
    }
}
