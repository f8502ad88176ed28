using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Networks.Layers;

/// <summary>CV-F1 with its gradients and second derivatives.</summary>
internal sealed class ConvolutionLayer(Maps x, Parameter w, Parameter b, Window window, Maps y) : Layer(x, y)
{
    public override void Forward(int N, Pass pass, Execution on) => Convolution.Forward(X.Value(N), w.Value, b.Value, window, Y.Value(N), on);

    public override void Backward(int N, Execution on)
    {
        Convolution.BackwardWeights(Y.Residual(N), X.Value(N), window, w.Gradient, on);
        Convolution.BackwardBias(Y.Residual(N), b.Gradient, on);
        if (X.HasResidual)
            Convolution.BackwardData(Y.Residual(N), w.Value, window, X.Residual(N), on);
    }

    public override void SecondOrder(int N, Execution on)
    {
        SecondOrderConvolution.BackwardWeights(Y.Residual(N), X.Value(N), window, w.SecondDerivative, on);
        SecondOrderConvolution.BackwardBias(Y.Residual(N), b.SecondDerivative, on);
        if (X.HasResidual)
            SecondOrderConvolution.BackwardData(Y.Residual(N), w.Value, window, X.Residual(N), on);
    }
}

/// <summary>CV-F1 and an activation, AC-F4 or AC-F2, in one pass, with their gradients, between maps of which some may stay in blocks (Blocks.cs says why it hands addresses to the kernels).</summary>
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

/// <summary>CV-F1 without a bias, which the batch normalisation behind it would take away again.</summary>
internal sealed class UnbiasedConvolutionLayer(Maps x, Parameter w, Window window, Maps y) : Layer(x, y)
{
    private readonly float[] _zero = new float[y.C];

    public override void Forward(int N, Pass pass, Execution on) => Convolution.Forward(X.Value(N), w.Value, _zero, window, Y.Value(N), on);

    public override void Backward(int N, Execution on)
    {
        Convolution.BackwardWeights(Y.Residual(N), X.Value(N), window, w.Gradient, on);
        if (X.HasResidual)
            Convolution.BackwardData(Y.Residual(N), w.Value, window, X.Residual(N), on);
    }
}

/// <summary>CV-F4 with its gradients and second derivatives: not every map sees every map.</summary>
internal sealed class ConnectionTableLayer(Maps x, Parameter w, Parameter b, int[] table, Maps y) : Layer(x, y)
{
    private System.Numerics.Tensors.ReadOnlyTensorSpan<int> M => new(table, [Y.C, X.C]);

    public override void Forward(int N, Pass pass, Execution on) => ConnectionTable.Forward(X.Value(N), w.Value, b.Value, M, Y.Value(N), on);

    public override void Backward(int N, Execution on)
    {
        ConnectionTable.BackwardWeights(Y.Residual(N), X.Value(N), M, w.Gradient, on);
        ConnectionTable.BackwardBias(Y.Residual(N), b.Gradient, on);
        ConnectionTable.BackwardData(Y.Residual(N), w.Value, M, X.Residual(N), on);
    }

    public override void SecondOrder(int N, Execution on)
    {
        SecondOrderConvolution.BackwardBias(Y.Residual(N), b.SecondDerivative, on);
        SecondOrderConvolution.BackwardTable(Y.Residual(N), X.Value(N), w.Value, M, X.Residual(N), w.SecondDerivative, on);
    }
}

/// <summary>FC-F1 with its gradients and second derivatives; maps are read as rows.</summary>
internal sealed class FullyConnectedLayer(Maps x, Parameter w, Parameter b, Maps y) : Layer(x, y)
{
    public override void Forward(int N, Pass pass, Execution on) => FullyConnected.Forward(X.Rows(N), w.Value, b.Value, Y.Rows(N), on);

    public override void Backward(int N, Execution on)
    {
        FullyConnected.BackwardWeights(Y.ResidualRows(N), X.Rows(N), w.Gradient, on);
        FullyConnected.BackwardBias(Y.ResidualRows(N), b.Gradient, on);
        FullyConnected.BackwardData(Y.ResidualRows(N), w.Value, X.ResidualRows(N), on);
    }

    public override void SecondOrder(int N, Execution on)
    {
        FullyConnected.SecondOrderWeights(Y.ResidualRows(N), X.Rows(N), w.SecondDerivative, on);
        FullyConnected.SecondOrderBias(Y.ResidualRows(N), b.SecondDerivative, on);
        FullyConnected.SecondOrderData(Y.ResidualRows(N), w.Value, X.ResidualRows(N), on);
    }
}
