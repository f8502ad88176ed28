using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Convolution1D.</summary>
/// <remarks>The products of <see cref="Convolution"/>. Order of the sums: forward (c, s), backward data (q, s), backward weights (n, j),
/// ascending from +0, one fused multiply-add per term; the bias is added last, with one rounding. Weight gradients of few channels have
/// lanes (<see cref="WeightLanes"/>). Outputs must not overlap inputs.</remarks>
public static unsafe class Convolution1D
{
    /// <summary>Convolution in one dimension, forward (CV-F13).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="w">Weights, K×(C/G)×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation of columns, and groups.</param>
    /// <param name="y">Output, N×K×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F13, or a tensor has gaps.</exception>
    [Equation("CV-F13")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = ConvolutionShape1.Of("CV-F13", x.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-F13", "y", y.Lengths);
        Contract.Shape("CV-F13", "b", "K", b, [shape.K]);
        Contract.Dense("CV-F13", "x", x);
        Contract.Dense("CV-F13", "w", w);
        Contract.Dense("CV-F13", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
            ConvolutionPasses.Forward(on, new Geometry(shape, window), px, pw, pb, py);
    }

    /// <summary>Convolution in one dimension, backward data (CV-B31).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <param name="w">Weights, K×(C/G)×S.</param>
    /// <param name="window">Stride, padding, dilation of columns, and groups.</param>
    /// <param name="dx">Derivative by x, N×C×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F13, or a tensor has gaps.</exception>
    [Equation("CV-B31")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, Window window, in TensorSpan<float> dx,
        Execution on)
    {
        var shape = ConvolutionShape1.Of("CV-B31", dx.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-B31", "dy", dy.Lengths);
        Contract.Dense("CV-B31", "dy", dy);
        Contract.Dense("CV-B31", "w", w);
        Contract.Dense("CV-B31", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            ConvolutionPasses.BackwardData(on, new Geometry(shape, window), pdy, pw, pdx);
    }

    /// <summary>Convolution in one dimension, backward weights (CV-B32).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="window">Stride, padding, dilation of columns, and groups.</param>
    /// <param name="dw">Derivative by w, K×(C/G)×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F13, or a tensor has gaps.</exception>
    [Equation("CV-B32")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, Window window,
        in TensorSpan<float> dw, Execution on)
    {
        var shape = ConvolutionShape1.Of("CV-B32", x.Lengths, dw.Lengths, window);
        shape.ExpectOutput("CV-B32", "dy", dy.Lengths);
        Contract.Dense("CV-B32", "dy", dy);
        Contract.Dense("CV-B32", "x", x);
        Contract.Dense("CV-B32", "dw", dw);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            ConvolutionPasses.BackwardWeights(on, new Geometry(shape, window), pdy, px, pdw);
    }

    /// <summary>Convolution in one dimension, backward bias (CV-B33).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Each map is summed in 16 virtual lanes (<see cref="Sums"/>), then the maps of one filter ascending in n.</remarks>
    /// <exception cref="ArgumentException">db is not K, or a tensor has gaps.</exception>
    [Equation("CV-B33")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on)
    {
        Lengths.ExpectRank("CV-B33", "dy", "N×K×Q", dy.Lengths, 3);
        Contract.Shape("CV-B33", "db", "K", db, [dy.Lengths[1]]);
        Contract.Dense("CV-B33", "dy", dy);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdb = db)
            BiasSums.Run(on, (int)dy.Lengths[0], (int)dy.Lengths[1], dy.Lengths[2], pdy, pdb);
    }
}
