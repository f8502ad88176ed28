using System.Numerics.Tensors;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's TransposedConvolution: the passes of a convolution from y to x, in other roles.</summary>
/// <remarks>Order of the sums: forward (c, r, s), backward data (k, r, s), backward weights (n, i, j), ascending from +0, one fused
/// multiply-add per term; the bias is added last, with one rounding; its gradient as in CV-B3. Weight gradients of few channels have lanes
/// (<see cref="Kernels.WeightLanes"/>). Outputs must not overlap inputs.</remarks>
public static class TransposedConvolution
{
    /// <summary>Transposed convolution, forward (CV-F7).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, C×K×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation and extra output; one group.</param>
    /// <param name="y">Output, N×K×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F7, or a tensor has gaps.</exception>
    [Equation("CV-F7")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        Window window, in TensorSpan<float> y, Execution on)
    {
        TransposedShape.ExpectOneGroup("CV-F7", window);
        TransposedPasses.Forward("CV-F7", x, w, b, window, y, on);
    }

    /// <summary>Transposed convolution, backward data (CV-B10).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, C×K×R×S.</param>
    /// <param name="window">Stride, padding, dilation and extra output; one group.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F7, or a tensor has gaps.</exception>
    [Equation("CV-B10")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, Window window,
        in TensorSpan<float> dx, Execution on)
    {
        TransposedShape.ExpectOneGroup("CV-B10", window);
        TransposedPasses.BackwardData("CV-B10", dy, w, window, dx, on);
    }

    /// <summary>Transposed convolution, backward weights (CV-B11).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="window">Stride, padding, dilation and extra output; one group.</param>
    /// <param name="dw">Derivative by w, C×K×R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F7, or a tensor has gaps.</exception>
    [Equation("CV-B11")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, Window window,
        in TensorSpan<float> dw, Execution on)
    {
        TransposedShape.ExpectOneGroup("CV-B11", window);
        TransposedPasses.BackwardWeights("CV-B11", dy, x, window, dw, on);
    }

    /// <summary>Transposed convolution, backward bias (CV-B23).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">db is not K, or a tensor has gaps.</exception>
    [Equation("CV-B23")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on) =>
        BatchBias.Run("CV-B23", "dy", dy, "db", db, on);
}
