using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's TransposedConvolution3D.</summary>
/// <remarks>The products of <see cref="Convolution"/> with the sides exchanged: forward is the data gradient of a convolution plus bias, backward
/// data its forward, and its weight gradient is the same. Order of the sums: forward (c, t, r, s), backward data (q, t, r, s), backward weights
/// (n, o, i, j), ascending from +0, one fused multiply-add per term; the bias is added last, with one rounding. Weight gradients of few channels have
/// lanes (<see cref="WeightLanes"/>). Outputs must not overlap inputs.</remarks>
public static unsafe class TransposedConvolution3D
{
    /// <summary>Transposed convolution in three dimensions, forward (CV-F16).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="w">Weights, C×(K/G)×T×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation, extra output, groups.</param>
    /// <param name="y">Output, N×K×O×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F16, or a tensor has gaps.</exception>
    [Equation("CV-F16")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = TransposedShape3.Of("CV-F16", x.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-F16", "y", y.Lengths);
        Contract.Shape("CV-F16", "b", "K", b, [shape.K]);
        Contract.Dense("CV-F16", "x", x);
        Contract.Dense("CV-F16", "w", w);
        Contract.Dense("CV-F16", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
            ConvolutionPasses.BackwardData(on, new Geometry(shape, window), px, pw, py, pb);
    }

    /// <summary>Transposed convolution in three dimensions, backward data (CV-B40).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×O×P×Q.</param>
    /// <param name="w">Weights, C×(K/G)×T×R×S.</param>
    /// <param name="window">Stride, padding, dilation, extra output, groups.</param>
    /// <param name="dx">Derivative by x, N×C×D×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F16, or a tensor has gaps.</exception>
    [Equation("CV-B40")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, Window window, in TensorSpan<float> dx,
        Execution on)
    {
        var shape = TransposedShape3.Of("CV-B40", dx.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-B40", "dy", dy.Lengths);
        Contract.Dense("CV-B40", "dy", dy);
        Contract.Dense("CV-B40", "w", w);
        Contract.Dense("CV-B40", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            ConvolutionPasses.Forward(on, new Geometry(shape, window), pdy, pw, null, pdx);
    }

    /// <summary>Transposed convolution in three dimensions, backward weights (CV-B41).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×O×P×Q.</param>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="window">Stride, padding, dilation, extra output, groups.</param>
    /// <param name="dw">Derivative by w, C×(K/G)×T×R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F16, or a tensor has gaps.</exception>
    [Equation("CV-B41")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, Window window,
        in TensorSpan<float> dw, Execution on)
    {
        var shape = TransposedShape3.Of("CV-B41", x.Lengths, dw.Lengths, window);
        shape.ExpectOutput("CV-B41", "dy", dy.Lengths);
        Contract.Dense("CV-B41", "dy", dy);
        Contract.Dense("CV-B41", "x", x);
        Contract.Dense("CV-B41", "dw", dw);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            ConvolutionPasses.BackwardWeights(on, new Geometry(shape, window), px, pdy, pdw);
    }

    /// <summary>Transposed convolution in three dimensions, backward bias (CV-B42).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×O×P×Q.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Each map is summed in 16 virtual lanes (<see cref="Sums"/>), then the maps of one filter ascending in n.</remarks>
    /// <exception cref="ArgumentException">db is not K, or a tensor has gaps.</exception>
    [Equation("CV-B42")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on)
    {
        Lengths.ExpectRank("CV-B42", "dy", "N×K×O×P×Q", dy.Lengths, 5);
        Contract.Shape("CV-B42", "db", "K", db, [dy.Lengths[1]]);
        Contract.Dense("CV-B42", "dy", dy);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdb = db)
            BiasSums.Run(on, (int)dy.Lengths[0], (int)dy.Lengths[1], dy.Lengths[2] * dy.Lengths[3] * dy.Lengths[4], pdy, pdb);
    }
}
