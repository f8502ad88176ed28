using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's SecondOrderConvolution: the passes of CV-B1 to CV-B3 and CV-B6, CV-B7, with squares.</summary>
/// <remarks>Squares round once; the order of the sums is that of the passes. Outputs must not overlap inputs.</remarks>
public static unsafe class SecondOrderConvolution
{
    /// <summary>Second derivative through shared convolution weights (OP-B3).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input of CV-F1, N×C×H×W.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <param name="hw">Second derivative by w, K×(C/G)×R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or a tensor has gaps.</exception>
    [Equation("OP-B3")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> hy, in ReadOnlyTensorSpan<float> x, Window window,
        in TensorSpan<float> hw, Execution on)
    {
        var shape = ConvolutionShape.Of("OP-B3", x.Lengths, hw.Lengths, window);
        shape.ExpectOutput("OP-B3", "hy", hy.Lengths);
        Contract.Dense("OP-B3", "hy", hy);
        Contract.Dense("OP-B3", "x", x);
        Contract.Dense("OP-B3", "hw", hw);
        using var lease = on.Enter();
        fixed (float* phy = hy, px = x, phw = hw)
        {
            float* squares = Square(on, px, x.FlattenedLength);
            ConvolutionPasses.BackwardWeights(on, new Geometry(shape, window), phy, squares, phw);
        }
    }

    /// <summary>Second derivative through a convolution, data (OP-B5).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights of CV-F1, K×(C/G)×R×S.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <param name="hx">Second derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or a tensor has gaps.</exception>
    [Equation("OP-B5")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> hy, in ReadOnlyTensorSpan<float> w, Window window,
        in TensorSpan<float> hx, Execution on)
    {
        var shape = ConvolutionShape.Of("OP-B5", hx.Lengths, w.Lengths, window);
        shape.ExpectOutput("OP-B5", "hy", hy.Lengths);
        Contract.Dense("OP-B5", "hy", hy);
        Contract.Dense("OP-B5", "w", w);
        Contract.Dense("OP-B5", "hx", hx);
        using var lease = on.Enter();
        fixed (float* phy = hy, pw = w, phx = hx)
        {
            float* squares = Square(on, pw, w.FlattenedLength);
            ConvolutionPasses.BackwardData(on, new Geometry(shape, window), phy, squares, phx);
        }
    }

    /// <summary>Second derivative through a convolution, bias (OP-B6).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="hb">Second derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">hb is not K, or a tensor has gaps.</exception>
    [Equation("OP-B6")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> hy, in TensorSpan<float> hb, Execution on) =>
        BatchBias.Run("OP-B6", "hy", hy, "hb", hb, on);

    /// <summary>Second derivatives through a convolution with a connection table, data and weights (OP-B7).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input of CV-F4, N×C×H×W.</param>
    /// <param name="w">Weights of CV-F4, K×C×R×S; those of unconnected pairs do not matter.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <param name="hx">Second derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="hw">Second derivative by w, K×C×R×S; every element is written, 0 for unconnected pairs.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F4, M holds another number, or a tensor has gaps.</exception>
    [Equation("OP-B7")]
    public static void BackwardTable(in ReadOnlyTensorSpan<float> hy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w,
        in ReadOnlyTensorSpan<int> M, in TensorSpan<float> hx, in TensorSpan<float> hw, Execution on)
    {
        var shape = ConvolutionShape.Of("OP-B7", x.Lengths, w.Lengths, Window.Unit);
        shape.ExpectOutput("OP-B7", "hy", hy.Lengths);
        Contract.Dense("OP-B7", "hy", hy);
        Contract.Dense("OP-B7", "x", x);
        Contract.Dense("OP-B7", "w", w);
        Contract.Shape("OP-B7", "hx", "N×C×H×W", hx, x.Lengths);
        Contract.Shape("OP-B7", "hw", "K×C×R×S", hw, w.Lengths);
        Table.Expect("OP-B7", M, shape.K, shape.C);
        using var lease = on.Enter();
        fixed (float* phy = hy, px = x, pw = w, phx = hx, phw = hw)
        fixed (int* pM = M)
        {
            ConnectionTable.Scatter(on, shape, phy, Square(on, pw, w.FlattenedLength), pM, phx);
            ConnectionTable.Gather(on, shape, phy, Square(on, px, x.FlattenedLength), pM, phw);
        }
    }

    private static float* Square(Execution on, float* from, nint count)
    {
        float* squares = on.Prepared(count);
        Pointwise.Run(on, count, new Squares(from, squares));
        return squares;
    }
}
