using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Verification.Engines;

/// <summary>The engines of this project.</summary>
public sealed class EngineList : IDisposable
{
    private static readonly int[] OtherThreads = [1, 2, 3, 5];

    private readonly List<Execution> _executions = [];

    /// <summary>The reference, run over binary32.</summary>
    /// <returns>The engine "reference".</returns>
    public static Engine Reference()
    {
        var engine = new Engine("reference");
        foreach (Equation equation in EquationTable.All.Where(equation => ReferenceMethods.Admits<float>(equation.Id)))
            engine.Offer(equation.Id, call =>
            {
                var results = ReferenceMethods.Run(equation, call.Case, name =>
                {
                    var values = new float[call.Input(name).FlattenedLength];
                    call.Input(name).FlattenTo(values);
                    return Tensor.Create(values, call.Input(name).Lengths);
                });
                for (int i = 0; i < results.Length; i++)
                    results[i].FlattenTo(call.OutputValues(equation.Outputs[i].Name));
            });
        return engine;
    }

    /// <summary>The text of docs/equations, evaluated.</summary>
    /// <returns>The engine "text".</returns>
    public static Engine Text() => TextEngine.New();

    /// <summary>The optimised engine at one vector width. Its <see cref="Engine.SameBits"/> are the same width on other numbers of
    /// threads and the other widths of this machine.</summary>
    /// <param name="width">The width.</param>
    /// <param name="threads">Threads, or null for one a core.</param>
    /// <returns>The engine, named after the width.</returns>
    public Engine Optimized(VectorWidth width, int? threads = null)
    {
        int own = threads ?? Environment.ProcessorCount;
        return Optimized(NameOf(width), width, own, [
            .. OtherThreads.Where(other => other != own).Select(other => Optimized($"{NameOf(width)} on {other} threads", width, other, [])),
            .. Widths.Where(other => other != width).Select(other => Optimized(NameOf(other), other, 1, []))]);
    }

    /// <summary>The widths that this machine has, narrowest first; scalar always.</summary>
    public static IReadOnlyList<VectorWidth> Widths { get; } = [.. Enum.GetValues<VectorWidth>().Where(Execution.IsSupported)];

    /// <summary>What the command line calls a width: scalar, v128, v256, v512.</summary>
    /// <param name="width">The width.</param>
    /// <returns>The name.</returns>
    public static string NameOf(VectorWidth width) => width == VectorWidth.Scalar ? "scalar" : $"v{(int)width * 32}";

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Execution execution in _executions)
            execution.Dispose();
        _executions.Clear();
    }

    private Engine Optimized(string name, VectorWidth width, int threads, IReadOnlyList<Engine> sameBits)
    {
        var on = new Execution(width, threads) { PoisonScratch = true };
        _executions.Add(on);
        return new Engine(name) { SameBits = sameBits }
            .Offer("IN-1", call => Scaling.Unit(call.Input("p"), call.Output("x"), on))
            .Offer("IN-2", call => Scaling.LeNet5(call.Input("p"), call.Output("x"), on))
            .Offer("IN-3", call => Scaling.Symmetric(call.Input("p"), call.Output("x"), on))
            .Offer("IN-5", call =>
            {
                int[] label = new int[call.Case["n"]];
                for (int n = 0; n < label.Length; n++)
                    label[n] = (int)call.Input("label")[n];
                OneHot.Forward(label, call.Output("t"));
            })
            .Offer("CV-S1", call => (call.Output("P")[0], call.Output("Q")[0]) = call.Case.Output)
            .Offer("CV-F1", call => Convolution.Forward(call.Input("x"), call.Input("w"), call.Input("b"), call.Window, call.Output("y"), on))
            .Offer("CV-B1", call => Convolution.BackwardData(call.Input("dy"), call.Input("w"), call.Window, call.Output("dx"), on))
            .Offer("CV-B2", call => Convolution.BackwardWeights(call.Input("dy"), call.Input("x"), call.Window, call.Output("dw"), on))
            .Offer("CV-B3", call => Convolution.BackwardBias(call.Input("dy"), call.Output("db"), on))
            .Offer("FC-F1", call => FullyConnected.Forward(call.Input("x"), call.Input("w"), call.Input("b"), call.Output("y"), on))
            .Offer("FC-B1", call => FullyConnected.BackwardData(call.Input("dy"), call.Input("w"), call.Output("dx"), on))
            .Offer("FC-B2", call => FullyConnected.BackwardWeights(call.Input("dy"), call.Input("x"), call.Output("dw"), on))
            .Offer("FC-B3", call => FullyConnected.BackwardBias(call.Input("dy"), call.Output("db"), on))
            .Offer("FL-F1", call => Rasterisation.Forward(call.Input("x"), call.Output("y")))
            .Offer("FL-B1", call => Rasterisation.BackwardData(call.Input("dy"), call.Output("dx")))
            .Offer("AC-F1", call => Sigmoid.Forward(call.Input("x"), call.Output("y"), on))
            .Offer("AC-B1", call => Sigmoid.BackwardData(call.Input("dy"), call.Input("y"), call.Output("dx"), on))
            .Offer("AC-F2", call => Tanh.Forward(call.Input("x"), call.Output("y"), on))
            .Offer("AC-B2", call => Tanh.BackwardData(call.Input("dy"), call.Input("y"), call.Output("dx"), on))
            .Offer("AC-F4", call => Rectifier.Forward(call.Input("x"), call.Output("y"), on))
            .Offer("AC-B4", call => Rectifier.BackwardData(call.Input("dy"), call.Input("x"), call.Output("dx"), on))
            .Offer("PL-S1", call => (call.Output("P")[0], call.Output("Q")[0]) = call.Case.Output)
            .Offer("PL-F1", call => MaxPooling.Forward(call.Input("x"), call.Case["r"], call.Case["s"], call.Window, call.Output("y"), on))
            .Offer("PL-B1", call => MaxPooling.BackwardData(call.Input("dy"), call.Input("x"), call.Input("y"), call.Case["r"], call.Case["s"],
                call.Window, call.Output("dx"), on))
            .Offer("PL-F3", call => MeanPooling.Forward(call.Input("x"), call.Case["r"], call.Case["s"], call.Window, call.Output("y"), on))
            .Offer("PL-B2", call => MeanPooling.BackwardData(call.Input("dy"), call.Case["r"], call.Case["s"], call.Window, call.Output("dx"), on))
            .Offer("PL-F4", call => ClippedMeanPooling.Forward(call.Input("x"), call.Case["r"], call.Case["s"], call.Window, call.Output("y"), on))
            .Offer("PL-B3", call => ClippedMeanPooling.BackwardData(call.Input("dy"), call.Case["r"], call.Case["s"], call.Window, call.Output("dx"), on))
            .Offer("SM-F1", call => Softmax.Forward(call.Input("z"), call.Output("p"), on))
            .Offer("SM-B1", call => Softmax.BackwardData(call.Input("dp"), call.Input("p"), call.Output("dz"), on))
            .Offer("SM-F2", call => LogSoftmax.Forward(call.Input("z"), call.Output("y"), on))
            .Offer("SM-B2", call => LogSoftmax.BackwardData(call.Input("dy"), call.Input("y"), call.Output("dz"), on))
            .Offer("LS-F1", call => CrossEntropy.Forward(call.Input("z"), call.Input("h"), call.Output("L"), on))
            .Offer("LS-B1", call => CrossEntropy.BackwardData(call.Input("y"), call.Input("h"), call.Output("dz"), on))
            .Offer("LS-F2", call => HalfSquaredError.Forward(call.Input("y"), call.Input("t"), call.Output("L"), on))
            .Offer("LS-B2", call => HalfSquaredError.BackwardData(call.Input("y"), call.Input("t"), call.Output("dy"), on))
            .Offer("OP-1", call => GradientDescent.Step(call.Input("w"), call.Input("dw"), call.Scalar("eta"), call.Output("wnew"), on))
            .Offer("OP-2", call => GradientDescent.MomentumStep(call.Input("w"), call.Input("dw"), call.Input("v"), call.Scalar("eta"),
                call.Scalar("mu"), call.Output("wnew"), call.Output("vnew"), on));
    }
}
