using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Networks.Layers;

/// <summary>tanh (AC-F2), in place.</summary>
internal sealed class TanhLayer(Maps maps) : Layer(maps, maps)
{
    public override void Forward(int N, Pass pass, Execution on) => Tanh.Forward(X.Line(N), X.Line(N), on);

    public override void Backward(int N, Execution on) => Tanh.BackwardData(X.ResidualLine(N), X.Line(N), X.ResidualLine(N), on);
}

/// <summary>The scaled tanh (AC-F3), in place.</summary>
internal sealed class ScaledTanhLayer(Maps maps, float amp, float slope) : Layer(maps, maps)
{
    public override void Forward(int N, Pass pass, Execution on) => ScaledTanh.Forward(X.Line(N), amp, slope, X.Line(N), on);

    public override void Backward(int N, Execution on) =>
        ScaledTanh.BackwardData(X.ResidualLine(N), X.Line(N), amp, slope, X.ResidualLine(N), on);

    public override void SecondOrder(int N, Execution on) =>
        SecondOrderActivation.ScaledTanh(X.ResidualLine(N), X.Line(N), amp, slope, X.ResidualLine(N), on);
}

/// <summary>The rectifier (AC-F4), in place: its output is above 0 exactly where its input is, which is all that AC-B4 asks of it.</summary>
internal sealed class RectifierLayer(Maps maps) : Layer(maps, maps)
{
    public override void Forward(int N, Pass pass, Execution on) => Rectifier.Forward(X.Line(N), X.Line(N), on);

    public override void Backward(int N, Execution on) => Rectifier.BackwardData(X.ResidualLine(N), X.Line(N), X.ResidualLine(N), on);
}
