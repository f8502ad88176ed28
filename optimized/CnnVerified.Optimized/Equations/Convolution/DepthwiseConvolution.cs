using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's DepthwiseConvolution: a convolution of C groups of one channel.</summary>
/// <remarks>Order of the sums: forward and backward data (r, s), ascending from +0, one fused multiply-add per term, the bias added last with one
/// rounding; backward weights (n, i, j) in lanes (<see cref="WeightLanes"/>). Backward bias as in CV-B3. Outputs must not overlap inputs.</remarks>
public static unsafe class DepthwiseConvolution
{
    /// <summary>Depthwise convolution, forward (CV-F9).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="b">Bias, C.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F9, or a tensor has gaps.</exception>
    [Equation("CV-F9")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = DepthwiseShape.Of("CV-F9", x.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-F9", "y", y.Lengths);
        Contract.Dense("CV-F9", "x", x);
        Contract.Dense("CV-F9", "w", w);
        Contract.Shape("CV-F9", "b", "C", b, [shape.C]);
        Contract.Dense("CV-F9", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
            ConvolutionPasses.Forward(on, Geometry(shape, window), px, pw, pb, py);
    }

    /// <summary>Depthwise convolution, backward data (CV-B13).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F9, or a tensor has gaps.</exception>
    [Equation("CV-B13")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, Window window,
        in TensorSpan<float> dx, Execution on)
    {
        var shape = DepthwiseShape.Of("CV-B13", dx.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-B13", "dy", dy.Lengths);
        Contract.Dense("CV-B13", "dy", dy);
        Contract.Dense("CV-B13", "w", w);
        Contract.Dense("CV-B13", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            ConvolutionPasses.BackwardData(on, Geometry(shape, window), pdy, pw, pdx);
    }

    /// <summary>Depthwise convolution, backward weights (CV-B14).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dw">Derivative by w, C×R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F9, or a tensor has gaps.</exception>
    [Equation("CV-B14")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, Window window,
        in TensorSpan<float> dw, Execution on)
    {
        var shape = DepthwiseShape.Of("CV-B14", x.Lengths, dw.Lengths, window);
        shape.ExpectOutput("CV-B14", "dy", dy.Lengths);
        Contract.Dense("CV-B14", "dy", dy);
        Contract.Dense("CV-B14", "x", x);
        Contract.Dense("CV-B14", "dw", dw);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            ConvolutionPasses.BackwardWeights(on, Geometry(shape, window), pdy, px, pdw);
    }

    /// <summary>Depthwise convolution, backward bias (CV-B27).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="db">Derivative by b, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">db is not C, or a tensor has gaps.</exception>
    [Equation("CV-B27")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on) =>
        BatchBias.Run("CV-B27", "dy", dy, "db", db, on);

    private static Geometry Geometry(in DepthwiseShape s, Window window) =>
        new(new ConvolutionShape(s.N, s.C, s.H, s.W, s.C, s.R, s.S, s.P, s.Q), window with { G = Math.Max(1, s.C) });
}
