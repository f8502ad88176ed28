using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using MathNet.Numerics.Differentiation;
using Third = CnnVerified.Reference.Numbers.DualReal<CnnVerified.Reference.Numbers.DualReal<CnnVerified.Reference.Numbers.DualReal<
    CnnVerified.Reference.Numbers.Bounded<CnnVerified.Reference.Numbers.Binary64>>>>;

namespace CnnVerified.Verification.Oracles;

/// <summary>Numerical derivatives: central differences of the forward pass through MathNet.Numerics.Differentiation against the backward
/// equation.</summary>
/// <remarks>
/// Where the forward equation is a sum of products or a choice, it is linear between the two points: on whole numbers with a
/// step of 1 the central difference of the engine's own forward pass is exact, and equality is demanded.
/// Elsewhere the forward pass is the reference's in binary64, and the tolerance is h²/6·M (truncation) + E/h (rounding, E bounds the error of
/// the two evaluations) + what the backward equation may lose in binary32. M bounds the third derivative between the two points: three
/// nested dual numbers over numbers that are known to within h. The same run tells elements with a kink between the two points: they are
/// not judged.
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
    public override bool Judges(Equation equation) => equation.GradientOf is not null || equation.SecondOrder is not null;

    /// <inheritdoc/>
    public override bool CanJudge(Engine engine, Equation equation) => engine.Offers(equation) && engine.Offers(Forward(equation));

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        if (Forward(equation).Nature is not (Nature.SumOfProducts or Nature.Choice) || equation.Nature is not (Nature.SumOfProducts or Nature.Choice))
            return Tolerance(equation, @case, seed);
        var arguments = Forward(equation).Nature == Nature.Choice
            ? Arguments.Distinct(equation, @case, seed) ?? Arguments.Integers(equation, @case, seed, freeForwardValues: false, headroom: 16)
            : Arguments.Integers(equation, @case, seed, freeForwardValues: false);
        return arguments is null ? null : engine => Expectation.Compare(Slopes.Expect(equation, arguments, (forward, by, at) =>
        {
            if (IsKink(forward, arguments, by, at, 1))
                return Slope.None((int)forward.Outputs[0].Shape(@case).Aggregate((nint)1, (product, length) => product * length));
            double[] slope = Differences(arguments[by], at, 1, point => Values(equation, arguments, [.. engine
                .Run(forward, arguments.With(by, Tensor.Create([.. point.Select(value => (float)value)], arguments[by].Lengths)))[0].Select(value => (double)value)]));
            return new(slope, new double[slope.Length]) { IsOfLoss = equation.GradientOf is not null };
        }), engine.Run(equation, arguments));
    }

    // What is differenced: the loss for a gradient, each output for second derivatives.
    private static double[] Values(Equation equation, Arguments arguments, double[] y) =>
        equation.GradientOf is null ? y : [y.Zip(Slopes.Residual(equation, arguments), (each, weight) => each * weight).Sum()];

    private static Equation Forward(Equation equation) => equation.GradientOf?.Forward ?? equation.SecondOrder!.Forward;

    private static Trial? Tolerance(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Reals(equation, @case, seed) is not { } arguments || arguments.Bounds(forwardErrors: true) is not { } allowed)
            return null;
        return Expectation.Trial(Expectation.Allowing(Slopes.Expect(equation, arguments, (forward, by, at) =>
        {
            int before = BoundedChoices.Undecided;
            double[] third = [.. Slopes.Forward(forward, arguments, by, (value, i) => i == at ? Seed(value) : Third.Constant(value))
                .Select(y => Math.Abs(y.Slope.Slope.Slope.Value) + y.Slope.Slope.Slope.Error)];
            if (BoundedChoices.Undecided != before)
                return Slope.None(third.Length);
            double[] rounding = new double[third.Length];
            double[] slope = Differences(arguments[by], at, SmoothStep, point =>
            {
                var y = Slopes.Forward(forward, arguments, by, (value, i) => new Bounded<Binary64>(i < 0 ? value : point[i]));
                int o = 0;
                foreach (var element in y)
                    rounding[o] = Math.Max(rounding[o++], element.Error);
                return Values(equation, arguments, [.. y.Select(element => element.Value)]);
            });
            double[] error = [.. third.Zip(rounding, (m, e) => SmoothStep * SmoothStep / 6 * m + e / SmoothStep)];
            if (equation.GradientOf is null)
                return new(slope, error);
            // The sum over the outputs rounds too, and the step divides that.
            double[] weights = [.. Slopes.Residual(equation, arguments).Select(Math.Abs)];
            double magnitude = Slopes.Forward(forward, arguments, by, (value, _) => new Bounded<Binary64>(value)).Zip(weights, (y, weight) => Math.Abs(y.Value) * weight).Sum();
            return new(slope, [error.Zip(weights, (e, weight) => e * weight).Sum() + magnitude * weights.Length * Binary64.U / SmoothStep]) { IsOfLoss = true };
        }), allowed), arguments);
    }

    // x known to within the step, with the first derivative 1 along itself at each of the three levels.
    private static Third Seed(double value)
    {
        var one = new Bounded<Binary64>(1);
        Bounded<Binary64> zero = default;
        return new(new(new(new(value, SmoothStep), one), new(one, zero)), new(new(one, zero), new(zero, zero)));
    }

    private static bool IsKink(Equation forward, Arguments arguments, string by, int at, double step)
    {
        if (forward.Nature != Nature.Choice)
            return false;
        int before = BoundedChoices.Undecided;
        _ = Slopes.Forward(forward, arguments, by, (value, i) => new Bounded<Binary64>(value, i == at ? step : 0));
        return BoundedChoices.Undecided != before;
    }

    // Binary32 points and power-of-two steps: x ± h is exact in binary64. MathNet takes StepSize as it is in absolute mode alone; BaseStepSize is for
    // its relative steps and would be ignored here.
    private static double[] Differences(Tensor<float> variable, int at, double step, Func<double[], double[]> outputs)
    {
        var derivative = new NumericalDerivative(points: 3, center: 1) { StepType = StepType.Absolute, StepSize = step };
        double[] point = [.. variable.Select(value => (double)value)];
        var seen = new Dictionary<double, double[]>();   // all outputs share their two points
        double Output(double[] where, int o)
        {
            if (!seen.TryGetValue(where[at], out double[]? y))
                seen[where[at]] = y = outputs(where);
            return y[o];
        }

        seen[point[at] + step] = outputs([.. point[..at], point[at] + step, .. point[(at + 1)..]]);
        int count = seen[point[at] + step].Length;
        return [.. Enumerable.Range(0, count).Select(o => derivative.EvaluatePartialDerivative(where => Output(where, o), point, at, 1))];
    }
}
