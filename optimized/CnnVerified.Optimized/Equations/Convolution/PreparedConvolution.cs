using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>A convolution whose weights are prepared once for many calls, as for inference: same sums, same order, same bits as <see cref="BlockedConvolution"/>.</summary>
/// <remarks>
/// <para>Holds a copy of the weights in the order in which the kernel whose lanes are filters takes them (<see cref="ConvolutionKernel.Filters"/>), and one as they are: where a layer has another
/// kernel, nothing is prepared, and nothing gained. Changes of w or b after it was made are not seen.</para>
/// <para>Several executions may use it at the same time.</para>
/// </remarks>
public sealed unsafe class PreparedConvolution : IDisposable
{
    private readonly nint[] _ofW;
    private readonly Window _window;
    private readonly VectorWidth _width;
    private readonly bool _toBlocks;
    private readonly float* _w, _bias;
    private float* _prepared;

    /// <summary>Prepares weights and bias.</summary>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <param name="toBlocks">Whether outputs will be in blocks (<see cref="BlockedConvolution"/>), or N×K×P×Q.</param>
    /// <param name="on">Where to prepare; whoever uses the weights needs its <see cref="Execution.Width"/>.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or a tensor has gaps.</exception>
    public PreparedConvolution(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b, Window window, bool toBlocks, Execution on)
    {
        Lengths.ExpectRank("CV-F1", "w", "K×C/G×R×S", w.Lengths, 4);
        (_ofW, _window, _width, _toBlocks) = (w.Lengths.ToArray(), window, on.Width, toBlocks);
        // Weights have the same order for any map, stride, padding and dilation.
        Window plain = Window.Unit with { G = window.G };
        var shape = ConvolutionShape.Of("CV-F1", [1, _ofW[1] * window.G, _ofW[2], _ofW[3]], _ofW, plain);
        Contract.Shape("CV-F1", "b", "K", b, [shape.K]);
        Contract.Dense("CV-F1", "w", w);
        var sum = MapSum.Forward(new Geometry(shape, plain), flattens: false, placeOfResult: toBlocks ? Tiles.Place : 1);
        nint packed = DirectConvolution.PreparedSize(on.Width, sum);
        using var lease = on.Enter();
        _prepared = (float*)NativeMemory.AlignedAlloc((nuint)(packed + w.FlattenedLength + shape.K) * sizeof(float), 64);
        _w = _prepared + packed;
        _bias = _w + w.FlattenedLength;
        w.FlattenTo(new Span<float>(_w, (int)w.FlattenedLength));
        b.FlattenTo(new Span<float>(_bias, shape.K));
        DirectConvolution.Prepare(on, sum, _w, _bias, _prepared);
    }

    /// <summary>Frees the weights.</summary>
    ~PreparedConvolution() => Free();

    /// <summary>Convolution, forward (CV-F1, CV-F12; with one channel for each group CV-F9), and an activation of each sum.</summary>
    /// <param name="x">Input, N×C×H×W or in blocks.</param>
    /// <param name="activation">What is made of each sum.</param>
    /// <param name="y">Output, in blocks or N×K×P×Q as the weights were prepared; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, a tensor has gaps, or the weights were prepared for other outputs or another width.</exception>
    /// <exception cref="ObjectDisposedException">The weights were freed.</exception>
    public void Forward(in ReadOnlyTensorSpan<float> x, Activation activation, in TensorSpan<float> y, Execution on)
    {
        ObjectDisposedException.ThrowIf(_prepared == null, this);
        if (on.Width != _width)
            throw new ArgumentException($"on expects the width that the weights were prepared for, {_width}, but has {on.Width}; CV-F1. (Parameter 'on')");
        if (y.Rank == 5 != _toBlocks)
            throw new ArgumentException($"y expects {(_toBlocks ? $"N×⌈K/{BlockedConvolution.Channels}⌉×P×Q×{BlockedConvolution.Channels}" : "N×K×P×Q")}, which the weights were prepared for, but has rank {y.Rank}; CV-F1. (Parameter 'y')");
        ConvolutionShape shape = BlockedConvolution.Shape("CV-F1", "x", x, _ofW, _window);
        BlockedConvolution.Expect("CV-F1", "y", "N×K×P×Q", y, [shape.N, shape.K, shape.P, shape.Q]);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            BlockedPasses.Forward(on, new Geometry(shape, _window), BlockedConvolution.PlaceOf(x), px, _w, _bias, BlockedConvolution.PlaceOf(y), py, activation, (nint)_prepared);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_prepared);
        _prepared = null;
    }
}
