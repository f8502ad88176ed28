using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>Automatic differentiation: the forward equation on dual numbers, one input element seeded at a time, against the
/// backward equation.</summary>
public sealed class DualOracle : Oracle
{
    /// <summary>Elements of the variable that are seeded in one case, spread evenly; the rest is not judged in that case.</summary>
    internal const int Seeded = 40;

    /// <inheritdoc/>
    public override string Name => "dual";

    /// <inheritdoc/>
    public override string Proves =>
        "the result is the derivative of the forward equation, by dual numbers: exactly for sums of products on whole numbers, else within a derived bound";

    /// <inheritdoc/>
    public override Reach Reach => Reach.Small;

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.GradientOf is not null;

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        var (forward, _) = equation.GradientOf!.Value;
        return forward.Nature == Nature.SumOfProducts ? Exact(equation, @case, seed) : Bound(equation, @case, seed);
    }

    private static Trial? Exact(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Integers(equation, @case, seed, freeForwardValues: false) is not { } arguments)
            return null;
        var (forward, by) = equation.GradientOf!.Value;
        long[] residual = [.. arguments[equation.Residual!].Select(value => (long)value)];
        double[] gradient = Each(arguments[by], at =>
        {
            var y = ReferenceMethods.Run(forward, @case, name =>
            {
                int i = 0;
                return ReferenceMethods.Convert(arguments[name], value => new Dual<long>((long)value, name == by && i++ == at ? 1 : 0));
            })[0];
            long sum = 0;
            int o = 0;
            foreach (Dual<long> element in y)
                sum += element.Slope * residual[o++];
            return sum;
        });
        return Expectation.Trial([new("d" + by, equation.Outputs[0].Shape(@case), gradient, new double[gradient.Length])], arguments);
    }

    private static Trial Bound(Equation equation, Case @case, ulong seed)
    {
        var (forward, by) = equation.GradientOf!.Value;
        // Ties and kinks included: at a choice the slope is that of the branch that the equation's convention takes.
        var arguments = forward.Nature == Nature.Smooth
            ? Arguments.Reals(equation, @case, seed)
            : Arguments.Integers(equation, @case, seed, freeForwardValues: false) ?? Arguments.Distinct(equation, @case, seed);
        double[] residual = equation.Residual is { } name ? [.. arguments[name].Select(value => (double)value)] : [1];
        var slopes = new Bounded<Binary64>[arguments[by].FlattenedLength];
        double[] gradient = Each(arguments[by], at =>
        {
            var y = ReferenceMethods.Run(forward, @case, operand =>
            {
                int i = 0;
                return ReferenceMethods.Convert(arguments[operand],
                    value => new DualReal<Bounded<Binary64>>(new(value), new(operand == by && i++ == at ? 1 : 0)));
            })[0];
            Bounded<Binary64> sum = default;
            int o = 0;
            foreach (var element in y)
                sum += element.Slope * new Bounded<Binary64>(residual[o++]);
            slopes[at] = sum;
            return sum.Value;
        });
        var allowed = AllowedBy(equation, arguments);
        return Expectation.Trial([new("d" + by, equation.Outputs[0].Shape(@case), gradient,
            [.. slopes.Select((slope, i) => slope.Error + allowed[i])])], arguments);
    }

    /// <summary>What the backward equation may lose in binary32, its forward values included.</summary>
    internal static double[] AllowedBy(Equation equation, Arguments arguments) =>
        [.. ReferenceMethods.Run(equation, arguments.Case, arguments.AsBounded<Binary32>())[0].Select(bounded => bounded.Error)];

    /// <summary>A value for at most <see cref="Seeded"/> elements, spread evenly; NaN for the others.</summary>
    internal static double[] Each(Tensor<float> variable, Func<int, double> gradient)
    {
        int count = (int)variable.FlattenedLength, step = (count + Seeded - 1) / Seeded;
        return [.. Enumerable.Range(0, count).Select(at => at % Math.Max(1, step) == 0 ? gradient(at) : double.NaN)];
    }
}
