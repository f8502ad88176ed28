using System.Globalization;
using System.Text;
using CnnVerified.Optimized;

namespace CnnVerified.Verification.Exhaustive;

/// <summary>The measurements as a page of Markdown.</summary>
public static class ElementwiseTable
{
    /// <summary>The page.</summary>
    /// <param name="all">The measurements.</param>
    /// <param name="machine">Where they were made, in a few words.</param>
    /// <returns>Markdown.</returns>
    public static string Text(IReadOnlyList<Measurement> all, string machine)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # The elementwise functions on every input

            A float32 function of one number has 2³² = 4,294,967,296 inputs, few enough to try them all. This page holds what was measured on all of
            them; `cnnverify verify --exhaustive --out docs/elementwise.md` measures again and writes it. Machine: {machine}.

            The functions are the engine's elementwise activations and their derivatives, called as a user calls them, and the elementary
            functions that its kernels rest on (exp, expm1, log, log1p, erfc, and the power for some exponents). A derivative is what
            `BackwardData` makes of dy = 1; where it takes the output y, it is measured as a function of y over all numbers (and x = y where it
            takes x too); the derivative of Mish takes its s from the engine's softplus.

            - **Error**: how far the result is from the exact one, at most, in units in the last place (ULP): the distance of neighbouring
              float32 numbers where the exact result lies. The nearest float32 number is off by at most 0.50. Values are rounded up. The exact
              results are those of binary64, by formulas that share nothing with the engine, good to 2⁻¹⁸ ULP or better; the largest error, where it
              is above 0.50, is worked out once more in double-double arithmetic (about 100 bits).
            - **Near a zero**: close to a place other than 0 where the function crosses 0 its last place shrinks to nothing; there, within 0.5,
              the error is given in absolute units, 2⁻²⁴ (the rounding unit of numbers next to 1).
            - **Nearest**: for how many of the inputs the result is the float32 number nearest to the exact one. Where binary64 cannot tell,
              double-double decides.
            - **Course**: rising (falling) says that from each input to the next larger one the result never goes down (up), steps against says how
              often it does, where roundings on the way show; a dash says that the function goes both ways.
            - On every input also: NaN gives NaN and nothing else does, except where the function has no value; ±∞ gives the limit; a second
              computation, at another place of an array of another length and mostly at another vector width, gives the same bits. Subnormal inputs and
              results are kept; among the subnormals a tie counts as nearest.

            | Function | | Error, ULP | at | near a zero, 2⁻²⁴ | Nearest | Course |
            |---|---|---:|---:|---:|---:|---|

            """);
        foreach (Measurement each in all)
        {
            ElementwiseFunction function = each.Function;
            string course = function.Course == Course.Mixed ? "–" : each.StepsAgainst > 0 ? $"{each.StepsAgainst:N0} steps against"
                : function.Course == Course.Rising ? "rising" : "falling";
            string near = function.Zeros.Count == 0 ? "" : Measurement.Units(each.WorstNearZero);
            string at = each.Worst > 0 ? Measurement.Number(each.WorstAt) : "";
            text.Append(CultureInfo.InvariantCulture,
                $"| {function.Id} | {function.What} | {Measurement.Units(each.Worst)} | {at} | {near} | {Nearest(each)} | {course} |\n");
        }
        text.Append('\n').Append(Ends(all.Select(each => each.Function)));
        return text.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>The results at both infinities, both zeros, the smallest subnormal numbers and NaN.</summary>
    /// <param name="functions">The functions.</param>
    /// <returns>A table in Markdown.</returns>
    public static string Ends(IEnumerable<ElementwiseFunction> functions)
    {
        float[] ends = [float.NegativeInfinity, -float.Epsilon, -0f, 0f, float.Epsilon, float.PositiveInfinity, float.NaN], results = new float[ends.Length];
        using var on = new Execution(threads: 1);
        var text = new StringBuilder($"| Function of | {string.Join(" | ", ends.Select(Measurement.Number))} |\n|---|{string.Concat(Enumerable.Repeat("---:|", ends.Length))}\n");
        foreach (ElementwiseFunction function in functions)
        {
            function.Compute(ends, results, on);
            text.Append(CultureInfo.InvariantCulture, $"| {function.Id} | {string.Join(" | ", results.Select(Measurement.Number))} |\n");
        }
        return text.ToString();
    }

    /// <summary>The share of results that are nearest, never rounded to all.</summary>
    /// <param name="each">The measurement.</param>
    /// <returns>A percentage.</returns>
    public static string Nearest(Measurement each) => each.NotNearest == 0
        ? "all"
        : (Math.Floor(1000 * (1 - (double)each.NotNearest / each.Numbers)) / 10).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
