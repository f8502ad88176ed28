using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's TransposedConvolution1D.</summary>
/// <remarks>The products of <see cref="Convolution"/> with the sides exchanged: forward is the data gradient of a convolution plus bias, backward
/// data its forward, and its weight gradient is the same. Order of the sums: forward (c, s), backward data (q, s), backward weights
/// (n, j), ascending from +0, one fused multiply-add per term; the bias is added last, with one rounding. Weight gradients of few channels have
/// lanes (<see cref="WeightLanes"/>). Outputs must not overlap inputs.</remarks>
public static unsafe class TransposedConvolution1D
{
    /// <summary>Transposed convolution in one dimension, forward (CV-F15).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="w">Weights, C×(K/G)×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation and extra output of columns, and groups.</param>
    /// <param name="y">Output, N×K×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F15, or a tensor has gaps.</exception>
    [Equation("CV-F15")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = TransposedShape1.Of("CV-F15", x.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-F15", "y", y.Lengths);
        Contract.Shape("CV-F15", "b", "K", b, [shape.K]);
        Contract.Dense("CV-F15", "x", x);
        Contract.Dense("CV-F15", "w", w);
        Contract.Dense("CV-F15", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
            ConvolutionPasses.BackwardData(on, new Geometry(shape, window), px, pw, py, pb);
    }

    /// <summary>Transposed convolution in one dimension, backward data (CV-B37).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <param name="w">Weights, C×(K/G)×S.</param>
    /// <param name="window">Stride, padding, dilation and extra output of columns, and groups.</param>
    /// <param name="dx">Derivative by x, N×C×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F15, or a tensor has gaps.</exception>
    [Equation("CV-B37")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, Window window, in TensorSpan<float> dx,
        Execution on)
    {
        var shape = TransposedShape1.Of("CV-B37", dx.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-B37", "dy", dy.Lengths);
        Contract.Dense("CV-B37", "dy", dy);
        Contract.Dense("CV-B37", "w", w);
        Contract.Dense("CV-B37", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            ConvolutionPasses.Forward(on, new Geometry(shape, window), pdy, pw, null, pdx);
    }

    /// <summary>Transposed convolution in one dimension, backward weights (CV-B38).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="window">Stride, padding, dilation and extra output of columns, and groups.</param>
    /// <param name="dw">Derivative by w, C×(K/G)×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F15, or a tensor has gaps.</exception>
    [Equation("CV-B38")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, Window window,
        in TensorSpan<float> dw, Execution on)
    {
        var shape = TransposedShape1.Of("CV-B38", x.Lengths, dw.Lengths, window);
        shape.ExpectOutput("CV-B38", "dy", dy.Lengths);
        Contract.Dense("CV-B38", "dy", dy);
        Contract.Dense("CV-B38", "x", x);
        Contract.Dense("CV-B38", "dw", dw);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            ConvolutionPasses.BackwardWeights(on, new Geometry(shape, window), px, pdy, pdw);
    }

    /// <summary>Transposed convolution in one dimension, backward bias (CV-B39).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Each map is summed in 16 virtual lanes (<see cref="Sums"/>), then the maps of one filter ascending in n.</remarks>
    /// <exception cref="ArgumentException">db is not K, or a tensor has gaps.</exception>
    [Equation("CV-B39")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on)
    {
        Lengths.ExpectRank("CV-B39", "dy", "N×K×Q", dy.Lengths, 3);
        Contract.Shape("CV-B39", "db", "K", db, [dy.Lengths[1]]);
        Contract.Dense("CV-B39", "dy", dy);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdb = db)
            BiasSums.Run(on, (int)dy.Lengths[0], (int)dy.Lengths[1], dy.Lengths[2], pdy, pdb);
    }
}
