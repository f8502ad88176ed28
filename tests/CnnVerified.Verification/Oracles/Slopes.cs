using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>The derivative of every output of a forward equation by one element of an input, and how far each is known.</summary>
/// <param name="Values">One for each output element, or one for the loss ⟨dy, y⟩; NaN where the element stands at a kink.</param>
/// <param name="Errors">The bound of each.</param>
internal readonly record struct Slope(double[] Values, double[] Errors)
{
    /// <summary>True for a single value that is the slope of ⟨dy, y⟩ already.</summary>
    public bool IsOfLoss { get; init; }

    /// <summary>No derivative: the element stands at a kink.</summary>
    public static Slope None(int count)
    {
        double[] nothing = new double[count];
        Array.Fill(nothing, double.NaN);
        return new(nothing, new double[count]);
    }
}

/// <summary>What the derivatives of a forward equation make of a gradient, or of a second derivative passed backward.</summary>
internal static class Slopes
{
    /// <summary>Elements of the variable that are seeded in one case, spread evenly; the rest is not judged in that case.</summary>
    public const int Seeded = 20;

    /// <summary>Expected results of a gradient or of second derivatives, from slopes.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="arguments">The data.</param>
    /// <param name="slope">The slope by one element of a variable.</param>
    /// <returns>One for each output; NaN where an element was not seeded.</returns>
    public static Expectation[] Expect(Equation equation, Arguments arguments, Func<Equation, string, int, Slope> slope)
    {
        if (equation.GradientOf is var (forward, by))
        {
            double[] residual = Residual(equation, arguments);
            return [Of(equation.Outputs[0], by, at => slope(forward, by, at) is var s && s.IsOfLoss ? (s.Values[0], s.Errors[0]) : Weighted(s, residual, squared: false))];
        }
        GaussNewton second = equation.SecondOrder!;
        double[] weights = [.. arguments[second.Residual].Select(value => (double)value)];
        return [.. equation.Outputs.Select(output =>
        {
            string variable = second.Results.First(result => result.Result == output.Name).By;
            return Of(output, variable, at => Weighted(slope(second.Forward, variable, at), weights, squared: true));
        })];

        Expectation Of(Operand output, string variable, Func<int, (double Value, double Error)> element)
        {
            int count = (int)arguments[variable].FlattenedLength, step = Math.Max(1, (count + Seeded - 1) / Seeded);
            var elements = Enumerable.Range(0, count).Select(at => at % step == 0 ? element(at) : (double.NaN, 0)).ToArray();
            return new(output.Name, output.Shape(arguments.Case), [.. elements.Select(each => each.Item1)], [.. elements.Select(each => each.Item2)]);
        }
    }

    /// <summary>The derivative of the loss by the forward equation's outputs: dy, or 1 where the output is the loss.</summary>
    public static double[] Residual(Equation equation, Arguments arguments) =>
        equation.Residual is { } name ? [.. arguments[name].Select(value => (double)value)] : [1];

    /// <summary>The reference's outputs with the variable's elements from a point.</summary>
    public static Tensor<T> Forward<T>(Equation forward, Arguments arguments, string by, Func<float, int, T> element)
        where T : System.Numerics.IAdditionOperators<T, T, T>, System.Numerics.IAdditiveIdentity<T, T> => arguments.Run(forward, name =>
        {
            int i = 0;
            return ReferenceMethods.Convert(arguments[name], value => element(value, name == by ? i++ : -1));
        })[0];

    // Σ w·s, or Σ w·s². Errors are those of the slopes; the sums themselves are in binary64 and lose less than u of binary32 by far: a
    // part in 2⁴⁰ of the magnitude covers them.
    private static (double, double) Weighted(Slope slope, double[] weights, bool squared)
    {
        double sum = 0, magnitude = 0, error = 0;
        for (int o = 0; o < weights.Length; o++)
        {
            double s = slope.Values[o], e = slope.Errors[o];
            sum += weights[o] * (squared ? s * s : s);
            magnitude += Math.Abs(weights[o]) * (squared ? s * s : Math.Abs(s));
            error += Math.Abs(weights[o]) * (squared ? 2 * Math.Abs(s) * e + e * e : e);
        }
        return (sum, error == 0 && sum == Math.Round(sum) && magnitude < Math.ScaleB(1, 52) ? 0 : error + magnitude * Math.ScaleB(1, -40));
    }
}
