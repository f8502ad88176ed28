using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Networks.Layers;

// Tensors of five dimensions take memory for their lengths, so these layers hand addresses and sizes to the kernels.

/// <summary>Max pooling 2×2 (PL-F1) of blocks.</summary>
internal sealed unsafe class BlockedMaxPoolingLayer(Maps x, Maps y) : Layer(x, y)
{
    private static readonly Window Halving = new() { Sh = 2, Sw = 2 };

    public override void Forward(int N, Pass pass, Execution on)
    {
        using var lease = on.Enter();
        fixed (float* px = X.Span(N), py = Y.Span(N))
            ChannelMaximum.Forward(on, Sizes(N), px, py);
    }

    public override void Backward(int N, Execution on)
    {
        using var lease = on.Enter();
        fixed (float* pdy = Y.ResidualSpan(N), px = X.Span(N), py = Y.Span(N), pdx = X.ResidualSpan(N))
            ChannelMaximum.Backward(on, Sizes(N), pdy, px, py, pdx);
    }

    private PoolingGeometry Sizes(int N) => new(new PoolingShape(N, X.C / Tiles.Place, X.H, X.W, 2, 2, Y.H, Y.W), Halving);
}

/// <summary>The way out of blocks, before maps become rows (FL-F1).</summary>
internal sealed unsafe class ToMapsLayer(Maps x, Maps y) : Layer(x, y)
{
    public override void Forward(int N, Pass pass, Execution on)
    {
        using var lease = on.Enter();
        fixed (float* blocks = X.Span(N), maps = Y.Span(N))
            BlockCopying.Run(on, N, X.C, X.H * X.W, maps, blocks, back: true);
    }

    public override void Backward(int N, Execution on)
    {
        using var lease = on.Enter();
        fixed (float* blocks = X.ResidualSpan(N), maps = Y.ResidualSpan(N))
            BlockCopying.Run(on, N, X.C, X.H * X.W, maps, blocks, back: false);
    }
}
