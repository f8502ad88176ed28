using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Networks.Layers;

// Tensors of five dimensions take memory for their lengths, so these layers hand addresses and sizes to the kernels.

/// <summary>CV-F1 and an activation, AC-F4 or AC-F2, in one pass, with their gradients, between maps of which some may stay in blocks.</summary>
/// <remarks>AC-B2 asks for the output alone. That of the rectifier is above 0 exactly where its input is, which is all that AC-B4 asks of it.</remarks>
internal sealed unsafe class ActivatedConvolutionLayer(Maps x, Parameter w, Parameter b, Window window, Activation activation, Maps y) : Layer(x, y)
{
    public override void Forward(int N, Pass pass, Execution on)
    {
        using var lease = on.Enter();
        fixed (float* px = X.Span(N), pw = w.Values, pb = b.Values, py = Y.Span(N))
            BlockedPasses.Forward(on, Sizes(N), PlaceOf(X), px, pw, pb, PlaceOf(Y), py, activation);
    }

    public override void Backward(int N, Execution on)
    {
        if (activation == Activation.Tanh)
            Tanh.BackwardData(Y.ResidualLine(N), Y.Line(N), Y.ResidualLine(N), on);
        else
            Rectifier.BackwardData(Y.ResidualLine(N), Y.Line(N), Y.ResidualLine(N), on);
        using var lease = on.Enter();
        Geometry s = Sizes(N);
        fixed (float* px = X.Span(N), pw = w.Values, pdw = w.GradientValues, pdb = b.GradientValues, pdy = Y.ResidualSpan(N))
        {
            BlockedPasses.BackwardWeights(on, s, PlaceOf(Y), pdy, PlaceOf(X), px, pdw);
            BlockedPasses.BackwardBias(on, s, PlaceOf(Y), pdy, pdb);
            if (X.HasResidual)
                fixed (float* pdx = X.ResidualSpan(N))
                    BlockedPasses.BackwardData(on, s, PlaceOf(Y), pdy, pw, PlaceOf(X), pdx);
        }
    }

    private static int PlaceOf(Maps maps) => maps.AreBlocked ? Tiles.Place : 1;

    private Geometry Sizes(int N) => new(new ConvolutionShape(N, X.C, X.H, X.W, Y.C, w.Length(2), w.Length(3), Y.H, Y.W), window);
}

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
