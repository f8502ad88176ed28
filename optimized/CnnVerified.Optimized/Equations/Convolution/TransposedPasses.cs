using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The passes of a transposed convolution: those of the convolution that leads from y, N×K×P×Q, to x, N×C×H×W, with the same
/// weights.</summary>
/// <remarks>That convolution may have more window positions than x has pixels, where there are extra rows or columns: those positions
/// read as 0.</remarks>
internal static unsafe class TransposedPasses
{
    /// <summary>Its data pass, from x to y, plus a bias.</summary>
    public static void Forward(string id, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = TransposedShape.Of(id, x.Lengths, w.Lengths, window);
        shape.ExpectOutput(id, "y", y.Lengths);
        Contract.Shape(id, "b", "K", b, [shape.K]);
        Contract.Dense(id, "x", x);
        Contract.Dense(id, "w", w);
        Contract.Dense(id, "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
            ConvolutionPasses.BackwardData(on, Back(shape, window), px, pw, py, pb);
    }

    /// <summary>Its forward pass, from dy to dx, without a bias.</summary>
    public static void BackwardData(string id, in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, Window window,
        in TensorSpan<float> dx, Execution on)
    {
        var shape = TransposedShape.Of(id, dx.Lengths, w.Lengths, window);
        shape.ExpectOutput(id, "dy", dy.Lengths);
        Contract.Dense(id, "dy", dy);
        Contract.Dense(id, "w", w);
        Contract.Dense(id, "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            ConvolutionPasses.Forward(on, Back(shape, window), pdy, pw, null, pdx);
    }

    /// <summary>Its weights pass, with x for the residual and dy for the input.</summary>
    public static void BackwardWeights(string id, in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, Window window,
        in TensorSpan<float> dw, Execution on)
    {
        var shape = TransposedShape.Of(id, x.Lengths, dw.Lengths, window);
        shape.ExpectOutput(id, "dy", dy.Lengths);
        Contract.Dense(id, "dy", dy);
        Contract.Dense(id, "x", x);
        Contract.Dense(id, "dw", dw);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            ConvolutionPasses.BackwardWeights(on, Back(shape, window), px, pdy, pdw);
    }

    private static Geometry Back(in TransposedShape s, Window window) =>
        new(new ConvolutionShape(s.N, s.K, s.P, s.Q, s.C, s.R, s.S, s.H, s.W), window);
}
