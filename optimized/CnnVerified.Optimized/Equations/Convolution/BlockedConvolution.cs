using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The convolution of <see cref="Convolution"/> on maps that stay in blocks of 16 channels between layers: same sums, same order, same bits.</summary>
/// <remarks>
/// <para>Blocked maps are N×⌈C/16⌉×H×W×16: element (n, c, u, v) stands at [n, c/16, u, v, c mod 16]. Where 16 does not divide C, the last block has unused channels; in an operand
/// they may hold anything, in a result they are 0. Weights are K×(C/G)×R×S as always.</para>
/// <para>Each operand and result may come in blocks or as N×C×H×W: the first layer of a network reads an image and writes blocks. What no kernel for blocks takes
/// (<see cref="KernelTable.BlockedSums"/>, <see cref="KernelTable.BlockedWeights"/>) is brought into N×C×H×W and back inside the call. Outputs must not overlap inputs.</para>
/// <para>A call allocates nothing; a tensor of five dimensions itself takes some bytes for its lengths.</para>
/// </remarks>
public static unsafe class BlockedConvolution
{
    /// <summary>Channels of a block.</summary>
    public const int Channels = 16;

    /// <summary>Lengths of N×C×H×W maps in blocks.</summary>
    /// <param name="N">Images.</param>
    /// <param name="C">Channels.</param>
    /// <param name="H">Rows.</param>
    /// <param name="W">Columns.</param>
    /// <returns>N, ⌈C/16⌉, H, W, 16.</returns>
    public static nint[] Lengths(int N, int C, int H, int W) => [N, BlockCopying.Count(C), H, W, Channels];

    /// <summary>Brings maps into blocks.</summary>
    /// <param name="x">Maps, N×C×H×W.</param>
    /// <param name="xBlocked">The same in blocks; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or a tensor has gaps.</exception>
    public static void ToBlocks(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> xBlocked, Execution on)
    {
        (int N, int C, int pixels) = Sizes(x, xBlocked);
        using var lease = on.Enter();
        fixed (float* maps = x, blocks = xBlocked)
            BlockCopying.Run(on, N, C, pixels, maps, blocks, back: false);
    }

    /// <summary>Brings blocks into maps.</summary>
    /// <param name="xBlocked">Maps in blocks.</param>
    /// <param name="x">The same as N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other, or a tensor has gaps.</exception>
    public static void ToMaps(in ReadOnlyTensorSpan<float> xBlocked, in TensorSpan<float> x, Execution on)
    {
        (int N, int C, int pixels) = Sizes(x, xBlocked);
        using var lease = on.Enter();
        fixed (float* maps = x, blocks = xBlocked)
            BlockCopying.Run(on, N, C, pixels, maps, blocks, back: true);
    }

    /// <summary>Convolution, forward (CV-F1, CV-F12; with one channel for each group CV-F9).</summary>
    /// <param name="x">Input, N×C×H×W or in blocks.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <param name="y">Output, N×K×P×Q or in blocks; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or a tensor has gaps.</exception>
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b, Window window, in TensorSpan<float> y, Execution on) =>
        Forward(x, w, b, window, Activation.None, y, on);

    /// <summary>Convolution and activation in one pass: CV-F1, and AC-F4 or AC-F2 of each element.</summary>
    /// <param name="x">Input, N×C×H×W or in blocks.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <param name="activation">What is made of each sum.</param>
    /// <param name="y">Output, N×K×P×Q or in blocks; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or a tensor has gaps.</exception>
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b, Window window, Activation activation,
        in TensorSpan<float> y, Execution on)
    {
        ConvolutionShape shape = Shape("CV-F1", "x", x, w.Lengths, window);
        Expect("CV-F1", "y", "N×K×P×Q", y, [shape.N, shape.K, shape.P, shape.Q]);
        Contract.Shape("CV-F1", "b", "K", b, [shape.K]);
        Contract.Dense("CV-F1", "w", w);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
            BlockedPasses.Forward(on, new Geometry(shape, window), PlaceOf(x), px, pw, pb, PlaceOf(y), py, activation);
    }

    /// <summary>Convolution, backward data (CV-B1, CV-B28; with one channel for each group CV-B13).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q or in blocks.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <param name="dx">Derivative by x, N×C×H×W or in blocks; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or a tensor has gaps.</exception>
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, Window window, in TensorSpan<float> dx, Execution on)
    {
        ConvolutionShape shape = Shape("CV-B1", "dx", dx, w.Lengths, window);
        Expect("CV-B1", "dy", "N×K×P×Q", dy, [shape.N, shape.K, shape.P, shape.Q]);
        Contract.Dense("CV-B1", "w", w);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            BlockedPasses.BackwardData(on, new Geometry(shape, window), PlaceOf(dy), pdy, pw, PlaceOf(dx), pdx);
    }

    /// <summary>Convolution, backward weights (CV-B2, CV-B29; with one channel for each group CV-B14).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q or in blocks.</param>
    /// <param name="x">Input, N×C×H×W or in blocks.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <param name="dw">Derivative by w, K×(C/G)×R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or a tensor has gaps.</exception>
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, Window window, in TensorSpan<float> dw, Execution on)
    {
        ConvolutionShape shape = Shape("CV-B2", "x", x, dw.Lengths, window);
        Expect("CV-B2", "dy", "N×K×P×Q", dy, [shape.N, shape.K, shape.P, shape.Q]);
        Contract.Dense("CV-B2", "dw", dw);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            BlockedPasses.BackwardWeights(on, new Geometry(shape, window), PlaceOf(dy), pdy, PlaceOf(x), px, pdw);
    }

    /// <summary>Convolution, backward bias (CV-B3).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q or in blocks.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">db has not the channels of dy, or a tensor has gaps.</exception>
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on)
    {
        if (dy.Rank != 5)
        {
            BatchBias.Run("CV-B3", "dy", dy, "db", db, on);
            return;
        }
        CnnVerified.Lengths.ExpectRank("CV-B3", "db", "K", db.Lengths, 1);
        Expect("CV-B3", "dy", "N×K×P×Q", dy, [dy.Lengths[0], db.Lengths[0], dy.Lengths[2], dy.Lengths[3]]);
        Contract.Dense("CV-B3", "db", db);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdb = db)
            ChannelBias.Run(on, (int)dy.Lengths[0], (int)db.Lengths[0], checked((int)(dy.Lengths[2] * dy.Lengths[3])), pdy, pdb);
    }

    /// <summary>Channels beside each other in maps of four or five dimensions.</summary>
    internal static int PlaceOf(in ReadOnlyTensorSpan<float> x) => x.Rank == 5 ? Channels : 1;

    /// <summary>The sizes. What w says of the channels, blocks alone do not: how many of the last are used.</summary>
    internal static ConvolutionShape Shape(string id, string name, in ReadOnlyTensorSpan<float> x, ReadOnlySpan<nint> w, Window window)
    {
        CnnVerified.Lengths.ExpectRank(id, "w", "K×C/G×R×S", w, 4);
        nint C = x.Rank == 5 ? w[1] * window.G : x.Rank == 4 ? x.Lengths[1] : 0;
        if (C == 0 && x.Rank is not (4 or 5))
            throw new ArgumentException($"{name} expects N×C×H×W, or blocks N×⌈C/{Channels}⌉×H×W×{Channels}, but has rank {x.Rank}; {id}. (Parameter '{name}')");
        ReadOnlySpan<nint> lengths = x.Rank == 5 ? [x.Lengths[0], C, x.Lengths[2], x.Lengths[3]] : x.Lengths;
        var shape = ConvolutionShape.Of(id, lengths, w, window);
        Expect(id, name, "N×C×H×W", x, lengths);
        return shape;
    }

    /// <summary>Checks that x has the lengths of such maps, as they are or in blocks.</summary>
    internal static void Expect(string id, string name, string form, in ReadOnlyTensorSpan<float> x, ReadOnlySpan<nint> maps)
    {
        if (x.Rank == 5)
            CnnVerified.Lengths.Expect(id, name, $"{form} in blocks of {Channels} channels", x.Lengths, [maps[0], (maps[1] + Channels - 1) / Channels, maps[2], maps[3], Channels]);
        else
            CnnVerified.Lengths.Expect(id, name, form, x.Lengths, maps);
        Contract.Dense(id, name, x);
    }

    private static (int N, int C, int Pixels) Sizes(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> xBlocked)
    {
        const string Id = "blocks";
        CnnVerified.Lengths.ExpectRank(Id, "x", "N×C×H×W", x.Lengths, 4);
        CnnVerified.Lengths.ExpectRank(Id, "xBlocked", $"N×⌈C/{Channels}⌉×H×W×{Channels}", xBlocked.Lengths, 5);
        Expect(Id, "x", "N×C×H×W", x, x.Lengths);
        Expect(Id, "xBlocked", "N×C×H×W", xBlocked, x.Lengths);
        return ((int)x.Lengths[0], (int)x.Lengths[1], checked((int)(x.Lengths[2] * x.Lengths[3])));
    }
}
