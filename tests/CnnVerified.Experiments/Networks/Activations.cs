using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Experiments.Networks;

/// <summary>tanh (AC-F2), in place.</summary>
internal sealed class TanhLayer(Maps maps) : Layer(maps, maps)
{
    public override void Forward(int N, Execution on) => Tanh.Forward(X.Line(N), X.Line(N), on);

    public override void BackwardData(int N, Execution on) => Tanh.BackwardData(X.ResidualLine(N), X.Line(N), X.ResidualLine(N), on);
}

/// <summary>The logistic sigmoid (AC-F1), in place.</summary>
internal sealed class SigmoidLayer(Maps maps) : Layer(maps, maps)
{
    public override void Forward(int N, Execution on) => Sigmoid.Forward(X.Line(N), X.Line(N), on);

    public override void BackwardData(int N, Execution on) => Sigmoid.BackwardData(X.ResidualLine(N), X.Line(N), X.ResidualLine(N), on);
}

/// <summary>The rectifier (AC-F4), in place: its output is above 0 exactly where its input is, which is all that AC-B4 asks of it.</summary>
internal sealed class RectifierLayer(Maps maps) : Layer(maps, maps)
{
    public override void Forward(int N, Execution on) => Rectifier.Forward(X.Line(N), X.Line(N), on);

    public override void BackwardData(int N, Execution on) => Rectifier.BackwardData(X.ResidualLine(N), X.Line(N), X.ResidualLine(N), on);
}
