using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's ConnectionTable: pairs of maps that are not connected are left out, not multiplied by
/// 0.</summary>
/// <remarks>Order of the sums: forward (c, r, s), backward data (k, r, s), backward weights (n, i, j), ascending from +0, one fused
/// multiply-add per term; the bias is added last, with one rounding; its gradient as in CV-B3. Outputs must not overlap inputs.</remarks>
public static unsafe class ConnectionTable
{
    /// <summary>Convolution with a connection table, forward (CV-F4).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×C×R×S; those of unconnected pairs are not read.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <param name="y">Output, N×K×(H−R+1)×(W−S+1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F4, M holds another number, or a tensor has gaps.</exception>
    [Equation("CV-F4")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        in ReadOnlyTensorSpan<int> M, in TensorSpan<float> y, Execution on)
    {
        var s = ConvolutionShape.Of("CV-F4", x.Lengths, w.Lengths, Window.Unit);
        s.ExpectOutput("CV-F4", "y", y.Lengths);
        Contract.Shape("CV-F4", "b", "K", b, [s.K]);
        Contract.Dense("CV-F4", "x", x);
        Contract.Dense("CV-F4", "w", w);
        Contract.Dense("CV-F4", "y", y);
        Table.Expect("CV-F4", M, s.K, s.C);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
        fixed (int* pM = M)
            MapSums.Run(on, new MapSums
            {
                Images = s.N,
                Outputs = s.K,
                Terms = s.C,
                Rows = s.P,
                Columns = s.Q,
                Stride = s.W,
                R = s.R,
                S = s.S,
                Maps = px,
                MapsOfImage = (nint)s.C * s.H * s.W,
                MapsOfTerm = (nint)s.H * s.W,
                Kernels = pw,
                KernelsOfOutput = (nint)s.C * s.R * s.S,
                KernelsOfTerm = s.R * s.S,
                Table = pM,
                TableOfOutput = s.C,
                TableOfTerm = 1,
                Bias = pb,
                To = py,
            });
    }

    /// <summary>Convolution with a connection table, backward data (CV-B6).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, K×C×R×S; those of unconnected pairs are not read.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <param name="dx">Derivative by x, N×C×(P+R−1)×(Q+S−1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F4, M holds another number, or a tensor has gaps.</exception>
    [Equation("CV-B6")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<int> M,
        in TensorSpan<float> dx, Execution on)
    {
        var s = ConvolutionShape.Of("CV-B6", dx.Lengths, w.Lengths, Window.Unit);
        s.ExpectOutput("CV-B6", "dy", dy.Lengths);
        Contract.Dense("CV-B6", "dy", dy);
        Contract.Dense("CV-B6", "w", w);
        Contract.Dense("CV-B6", "dx", dx);
        Table.Expect("CV-B6", M, s.K, s.C);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
        fixed (int* pM = M)
            Scatter(on, s, pdy, pw, pM, pdx);
    }

    /// <summary>Convolution with a connection table, backward weights (CV-B7).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <param name="dw">Derivative by w, K×C×(H−P+1)×(W−Q+1); every element is written, 0 for unconnected pairs.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F4, M holds another number, or a tensor has gaps.</exception>
    [Equation("CV-B7")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<int> M,
        in TensorSpan<float> dw, Execution on)
    {
        var s = ConvolutionShape.Of("CV-B7", x.Lengths, dw.Lengths, Window.Unit);
        s.ExpectOutput("CV-B7", "dy", dy.Lengths);
        Contract.Dense("CV-B7", "dy", dy);
        Contract.Dense("CV-B7", "x", x);
        Contract.Dense("CV-B7", "dw", dw);
        Table.Expect("CV-B7", M, s.K, s.C);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
        fixed (int* pM = M)
            Gather(on, s, pdy, px, pM, pdw);
    }

    /// <summary>Convolution with a connection table, backward bias (CV-B17).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">db is not K, or a tensor has gaps.</exception>
    [Equation("CV-B17")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on) =>
        BatchBias.Run("CV-B17", "dy", dy, "db", db, on);

    /// <summary>The data gradient for a residual and weights of any meaning (CV-B6, OP-B7).</summary>
    internal static void Scatter(Execution on, in ConvolutionShape s, float* dy, float* w, int* M, float* dx)
    {
        nint framed = FramedMaps.Size(s.P, s.Q, s.R, s.S);
        float* maps = on.Shared(s.N * s.K * framed);
        FramedMaps.Run(on, s.N * s.K, new FramedMaps(s.P, s.Q, s.R, s.S, dy, maps));
        MapSums.Run(on, new MapSums
        {
            Images = s.N,
            Outputs = s.C,
            Terms = s.K,
            Rows = s.H,
            Columns = s.W,
            Stride = s.W,
            R = s.R,
            S = s.S,
            Turned = true,
            Maps = maps,
            MapsOfImage = s.K * framed,
            MapsOfTerm = framed,
            Kernels = w,
            KernelsOfOutput = s.R * s.S,
            KernelsOfTerm = (nint)s.C * s.R * s.S,
            Table = M,
            TableOfOutput = 1,
            TableOfTerm = s.C,
            To = dx,
        });
    }

    /// <summary>The weight gradient for a residual and inputs of any meaning (CV-B7, OP-B7).</summary>
    internal static void Gather(Execution on, in ConvolutionShape s, float* dy, float* x, int* M, float* dw) =>
        OrderedProduct.Run(on, new ConnectedWeights(new ConvolutionBackwardWeights(new Geometry(s, Window.Unit), 0, dy, x, dw), s.C, s.R * s.S, M, dw));
}
