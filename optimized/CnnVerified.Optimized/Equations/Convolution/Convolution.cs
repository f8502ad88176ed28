using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Convolution: direct, or an ordered product over patches that are gathered panel by panel, never as a
/// whole.</summary>
/// <remarks>Order of the sums: forward (c, r, s), backward data (q, r, s), backward weights (n, i, j), ascending from +0, one fused
/// multiply-add per term; the bias is added last, with one rounding. Weight gradients of few channels have
/// lanes (<see cref="WeightLanes"/>). Outputs must not overlap inputs.</remarks>
public static unsafe class Convolution
{
    /// <summary>Convolution, forward (CV-F1; CV-F12 with padding of its own on each side).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <param name="y">Output, N×K×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or a tensor has gaps.</exception>
    [Equation("CV-F1")]
    [Equation("CV-F12")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = ConvolutionShape.Of("CV-F1", x.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-F1", "y", y.Lengths);
        Contract.Shape("CV-F1", "b", "K", b, [shape.K]);
        Contract.Dense("CV-F1", "x", x);
        Contract.Dense("CV-F1", "w", w);
        Contract.Dense("CV-F1", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
            ConvolutionPasses.Forward(on, new Geometry(shape, window), px, pw, pb, py);
    }

    /// <summary>Convolution, backward data (CV-B1; CV-B28 with padding of its own on each side).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or a tensor has gaps.</exception>
    [Equation("CV-B1")]
    [Equation("CV-B28")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, Window window,
        in TensorSpan<float> dx, Execution on)
    {
        var shape = ConvolutionShape.Of("CV-B1", dx.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-B1", "dy", dy.Lengths);
        Contract.Dense("CV-B1", "dy", dy);
        Contract.Dense("CV-B1", "w", w);
        Contract.Dense("CV-B1", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            ConvolutionPasses.BackwardData(on, new Geometry(shape, window), pdy, pw, pdx);
    }

    /// <summary>Convolution, backward weights (CV-B2; CV-B29 with padding of its own on each side).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <param name="dw">Derivative by w, K×(C/G)×R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or a tensor has gaps.</exception>
    [Equation("CV-B2")]
    [Equation("CV-B29")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, Window window,
        in TensorSpan<float> dw, Execution on)
    {
        var shape = ConvolutionShape.Of("CV-B2", x.Lengths, dw.Lengths, window);
        shape.ExpectOutput("CV-B2", "dy", dy.Lengths);
        Contract.Dense("CV-B2", "dy", dy);
        Contract.Dense("CV-B2", "x", x);
        Contract.Dense("CV-B2", "dw", dw);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            ConvolutionPasses.BackwardWeights(on, new Geometry(shape, window), pdy, px, pdw);
    }

    /// <summary>Convolution, backward bias (CV-B3; CV-B30 with padding of its own on each side).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Each map is summed in 16 virtual lanes (<see cref="Sums"/>), then the maps of one filter ascending in n.</remarks>
    /// <exception cref="ArgumentException">db is not K, or a tensor has gaps.</exception>
    [Equation("CV-B3")]
    [Equation("CV-B30")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on) =>
        BatchBias.Run("CV-B3", "dy", dy, "db", db, on);
}
