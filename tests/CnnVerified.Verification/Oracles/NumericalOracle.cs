using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using MathNet.Numerics.Differentiation;

namespace CnnVerified.Verification.Oracles;

/// <summary>Numerical gradients: central differences of ⟨dy, y⟩ through MathNet.Numerics.Differentiation against the backward
/// equation.</summary>
/// <remarks>
/// Where the forward equation is a sum of products or a choice, it is linear between the two points: on whole numbers with a
/// power-of-two step the central difference of the engine's own forward pass is exact, and equality is demanded (half the
/// squared error is quadratic, for which central differences are exact too). So it is for means over a power of two pixels.
/// Elsewhere the forward pass is the reference's in binary64, and the tolerance is h²/6·M (truncation, M bounds the third
/// derivative, 0 for other means) + E/h (rounding, E bounds the error of the two evaluations) + what the backward equation
/// may lose in binary32.
/// </remarks>
public sealed class NumericalOracle : Oracle
{
    private const double SmoothStep = 1.0 / 65536;

    /// <inheritdoc/>
    public override string Name => "numeric";

    /// <inheritdoc/>
    public override string Proves =>
        "the result is the central difference of the forward pass: the engine's own and exactly where that is piecewise linear, else within truncation and rounding";

    /// <inheritdoc/>
    public override Reach Reach => Reach.Small;

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.GradientOf is not null;

    /// <inheritdoc/>
    public override bool CanJudge(Engine engine, Equation equation) => engine.Offers(equation) && engine.Offers(equation.GradientOf!.Value.Forward);

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        Nature nature = equation.GradientOf!.Value.Forward.Nature;
        if (nature == Nature.Smooth || !BitOperations.IsPow2(equation.Grain(@case)))
            return Tolerance(equation, Arguments.Reals(equation, @case, seed), nature == Nature.Smooth ? SmoothStep : 1);
        var arguments = nature == Nature.Choice
            ? Arguments.Distinct(equation, @case, seed)
            : Arguments.Integers(equation, @case, seed, freeForwardValues: false);
        return arguments is null ? null : engine => PiecewiseLinear(equation, arguments, engine);
    }

    private static Finding PiecewiseLinear(Equation equation, Arguments arguments, Engine engine)
    {
        var (forward, by) = equation.GradientOf!.Value;
        double[] residual = Residual(equation, arguments);
        double step = equation.Grain(arguments.Case);
        double[] gradient = CentralDifferences(arguments[by], step, point =>
        {
            var moved = arguments.With(by, Tensor.Create([.. point.Select(value => (float)value)], arguments[by].Lengths));
            return engine.Run(forward, moved)[0].Select((y, o) => y * residual[o]).Sum();
        });
        return Expectation.Compare([new("d" + by, equation.Outputs[0].Shape(arguments.Case), gradient, new double[gradient.Length])],
            engine.Run(equation, arguments));
    }

    private static Trial Tolerance(Equation equation, Arguments arguments, double step)
    {
        var (forward, by) = equation.GradientOf!.Value;
        double[] residual = Residual(equation, arguments);
        double rounding = 0;
        double[] gradient = CentralDifferences(arguments[by], step, point =>
        {
            var y = ReferenceMethods.Run(forward, arguments.Case, name => name == by
                ? Tensor.Create([.. point.Select(value => new Bounded<Binary64>(value))], arguments[by].Lengths)
                : arguments.As(value => new Bounded<Binary64>(value))(name))[0];
            Bounded<Binary64> sum = default;
            int o = 0;
            foreach (var element in y)
                sum += element * new Bounded<Binary64>(residual[o++]);
            rounding = Math.Max(rounding, sum.Error);
            return sum.Value;
        });
        double third = forward.ThirdDerivative?.Invoke(arguments.Case, residual.Max(Math.Abs), residual.Sum(Math.Abs)) ?? 0;
        double truncation = step * step / 6 * third;
        double[] backward = DualOracle.AllowedBy(equation, arguments);
        return Expectation.Trial([new("d" + by, equation.Outputs[0].Shape(arguments.Case), gradient,
            [.. backward.Select(allowed => truncation + rounding / step + allowed)])], arguments);
    }

    private static double[] Residual(Equation equation, Arguments arguments) =>
        equation.Residual is { } name ? [.. arguments[name].Select(value => (double)value)] : [1];

    // Binary32 points and power-of-two steps: x ± h is exact in binary64. MathNet takes StepSize as it is in absolute mode alone; BaseStepSize is for
    // its relative steps and would be ignored here.
    private static double[] CentralDifferences(Tensor<float> variable, double step, Func<double[], double> loss)
    {
        var derivative = new NumericalDerivative(points: 3, center: 1) { StepType = StepType.Absolute, StepSize = step };
        double[] point = [.. variable.Select(value => (double)value)];
        return DualOracle.Each(variable, at => derivative.EvaluatePartialDerivative(loss, point, at, 1));
    }
}
