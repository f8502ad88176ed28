using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's PaddedConvolution.</summary>
/// <remarks>The products of <see cref="Convolution"/>. Order of the sums: forward (c, r, s), backward data (q, r, s), backward weights (n, i, j),
/// ascending from +0, one fused multiply-add per term; the bias is added last, with one rounding. Outputs must not overlap inputs.</remarks>
public static unsafe class PaddedConvolution
{
    /// <summary>Convolution with padding of its own on each side, forward (CV-F12).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding on each side, dilation, groups.</param>
    /// <param name="y">Output, N×K×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F12, or a tensor has gaps.</exception>
    [Equation("CV-F12")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = ConvolutionShape.Of("CV-F12", x.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-F12", "y", y.Lengths);
        Contract.Shape("CV-F12", "b", "K", b, [shape.K]);
        Contract.Dense("CV-F12", "x", x);
        Contract.Dense("CV-F12", "w", w);
        Contract.Dense("CV-F12", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
            for (int g = 0; g < window.G; g++)
                OrderedProduct.Run(on, new ConvolutionForward(new Geometry(shape, window), g, px, pw, pb, py));
    }

    /// <summary>Convolution with padding of its own on each side, backward data (CV-B28).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="window">Stride, padding on each side, dilation, groups.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F12, or a tensor has gaps.</exception>
    [Equation("CV-B28")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, Window window, in TensorSpan<float> dx,
        Execution on)
    {
        var shape = ConvolutionShape.Of("CV-B28", dx.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-B28", "dy", dy.Lengths);
        Contract.Dense("CV-B28", "dy", dy);
        Contract.Dense("CV-B28", "w", w);
        Contract.Dense("CV-B28", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            for (int g = 0; g < window.G; g++)
                OrderedProduct.Run(on, new ConvolutionBackwardData(new Geometry(shape, window), g, pdy, pw, pdx));
    }

    /// <summary>Convolution with padding of its own on each side, backward weights (CV-B29).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="window">Stride, padding on each side, dilation, groups.</param>
    /// <param name="dw">Derivative by w, K×(C/G)×R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F12, or a tensor has gaps.</exception>
    [Equation("CV-B29")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, Window window,
        in TensorSpan<float> dw, Execution on)
    {
        var shape = ConvolutionShape.Of("CV-B29", x.Lengths, dw.Lengths, window);
        shape.ExpectOutput("CV-B29", "dy", dy.Lengths);
        Contract.Dense("CV-B29", "dy", dy);
        Contract.Dense("CV-B29", "x", x);
        Contract.Dense("CV-B29", "dw", dw);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            for (int g = 0; g < window.G; g++)
                OrderedProduct.Run(on, new ConvolutionBackwardWeights(new Geometry(shape, window), g, pdy, px, pdw));
    }

    /// <summary>Convolution with padding of its own on each side, backward bias (CV-B30).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Each map is summed in 16 virtual lanes (<see cref="Sums"/>), then the maps of one filter ascending in n.</remarks>
    /// <exception cref="ArgumentException">db is not K, or a tensor has gaps.</exception>
    [Equation("CV-B30")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on)
    {
        Lengths.ExpectRank("CV-B30", "dy", "N×K×P×Q", dy.Lengths, 4);
        Contract.Shape("CV-B30", "db", "K", db, [dy.Lengths[1]]);
        Contract.Dense("CV-B30", "dy", dy);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdb = db)
            BiasSums.Run(on, (int)dy.Lengths[0], (int)dy.Lengths[1], dy.Lengths[2] * dy.Lengths[3], pdy, pdb);
    }
}
