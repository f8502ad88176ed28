using System.Globalization;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Verification.Oracles;

/// <summary>Expected values of one output and how far each may be missed; 0 demands equality.</summary>
/// <param name="Name">The output's letter.</param>
/// <param name="Shape">Its lengths.</param>
/// <param name="Values">Expected values; NaN where an element was not worked out.</param>
/// <param name="Allowed">The bound of each element.</param>
public sealed record Expectation(string Name, nint[] Shape, double[] Values, double[] Allowed)
{
    /// <summary>Compares an engine's outputs with what is expected.</summary>
    /// <param name="expected">One for each output.</param>
    /// <param name="got">The engine's outputs in the same order.</param>
    /// <returns>The worst of all elements.</returns>
    public static Finding Compare(IReadOnlyList<Expectation> expected, float[][] got)
    {
        long elements = 0, outside = 0, zeros = 0;
        double worst = 0;
        (Expectation Of, int At, float Got)? culprit = null;
        for (int output = 0; output < expected.Count; output++)
        {
            Expectation e = expected[output];
            for (int i = 0; i < e.Values.Length; i++)
            {
                // Not worked out, or a bound that says nothing: not judged, and not counted.
                if (double.IsNaN(e.Values[i]) || !double.IsFinite(e.Allowed[i]))
                    continue;
                elements++;
                zeros += e.Values[i] == 0 ? 1 : 0;
                double error = Math.Abs(got[output][i] - e.Values[i]);
                double ratio = error == 0 ? 0 : double.IsNaN(error) ? double.PositiveInfinity : error / e.Allowed[i];
                if (ratio > 1)
                    outside++;
                if (ratio > worst || culprit is null)
                    (worst, culprit) = (Math.Max(worst, ratio), (e, i, got[output][i]));
            }
        }
        bool weak = zeros > elements * 9 / 10;
        return outside == 0
            ? new(elements, worst, null, weak)
            : new(elements, worst, culprit!.Value.Of.Tell(culprit.Value.At, culprit.Value.Got, outside, elements), weak);
    }

    /// <summary>Runs an engine on the arguments and compares.</summary>
    /// <param name="expected">One for each output.</param>
    /// <param name="arguments">The data.</param>
    /// <returns>The trial.</returns>
    public static Trial Trial(IReadOnlyList<Expectation> expected, Cases.Arguments arguments) =>
        engine => Compare(expected, engine.Run(arguments.Equation, arguments));

    /// <summary>Exact values that must be met.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="case">The case.</param>
    /// <param name="exact">The values of each output.</param>
    /// <returns>One for each output.</returns>
    public static Expectation[] Equal(Equation equation, Cases.Case @case, double[][] exact) =>
        [.. equation.Outputs.Select((output, i) => new Expectation(output.Name, output.Shape(@case), exact[i], new double[exact[i].Length]))];

    /// <summary>Expected values, missed by as much as the equation may lose in binary32 on top.</summary>
    /// <param name="expected">One for each output.</param>
    /// <param name="allowed">The equation with its bounds.</param>
    /// <returns>One for each output.</returns>
    public static Expectation[] Allowing(IReadOnlyList<Expectation> expected, System.Numerics.Tensors.Tensor<Reference.Numbers.Bounded<Reference.Numbers.Binary32>>[] allowed) =>
        [.. expected.Select((each, o) => each with { Allowed = [.. each.Allowed.Zip(allowed[o], (error, bound) => error + bound.Error)] })];

    private string Tell(int at, float got, long outside, long elements)
    {
        string Text(double value) => value.ToString("G9", CultureInfo.InvariantCulture);
        double error = Math.Abs(got - Values[at]);
        string bound = Allowed[at] == 0 ? "equality is demanded" : $"error {error.ToString("G3", CultureInfo.InvariantCulture)} is " +
            $"{(error / Allowed[at]).ToString("G3", CultureInfo.InvariantCulture)} × the bound";
        return $"{Name}[{Index(at)}] = {Text(got)}, expected {Text(Values[at])}, {bound}; {outside} of {elements} elements outside.";
    }

    private string Index(int at)
    {
        var index = new string[Shape.Length];
        for (int d = Shape.Length - 1; d >= 0; d--)
        {
            index[d] = (at % (int)Shape[d]).ToString(CultureInfo.InvariantCulture);
            at /= (int)Shape[d];
        }
        return string.Join(',', index);
    }
}
