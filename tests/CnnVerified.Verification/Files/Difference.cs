using System.Globalization;

namespace CnnVerified.Verification.Files;

/// <summary>How far two arrays of one shape are apart.</summary>
/// <param name="Elements">Elements compared.</param>
/// <param name="Same">How many are equal; NaN equals NaN, and −0 equals 0.</param>
/// <param name="Absolute">The largest |a − b| and where; NaN where only one of both is no number.</param>
/// <param name="Relative">The largest |a − b|/|b| and where; infinite where b alone is 0.</param>
/// <param name="Ulps">The most floating-point numbers from a to b, in binary32 where both arrays are float32 and in binary64 elsewhere, and where.</param>
/// <param name="Outside">Elements beyond the limits, and the first of them.</param>
public sealed record Difference(int Elements, int Same, (double Value, int At) Absolute, (double Value, int At) Relative, (double Value, int At) Ulps, (int Count, int First) Outside)
{
    /// <summary>Compares.</summary>
    /// <param name="a">The array in question.</param>
    /// <param name="b">What it is held to.</param>
    /// <param name="within">True where an element is within the limits: |a − b|, |b|, and the distance in ULP.</param>
    /// <returns>The difference.</returns>
    /// <exception cref="InputException">The shapes differ.</exception>
    public static Difference Of(NpyArray a, NpyArray b, Func<double, double, double, bool> within)
    {
        if (!a.Shape.SequenceEqual(b.Shape))
            throw new InputException($"expected two arrays of one shape, got {a.ShapeText} and {b.ShapeText}.");
        bool areFloats = a.Elements is float[] && b.Elements is float[];
        double[] left = a.ToDoubles(), right = b.ToDoubles();
        var none = (Value: 0.0, At: -1);
        var (absolute, relative, ulps) = (none, none, none);
        int same = 0, outside = 0, first = -1;
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] == right[i] || double.IsNaN(left[i]) && double.IsNaN(right[i]))
            {
                same++;
                continue;
            }
            double error = Math.Abs(left[i] - right[i]), size = Math.Abs(right[i]);
            double steps = areFloats ? Steps((float)left[i], (float)right[i]) : Steps(left[i], right[i]);
            Take(ref absolute, error, i);
            Take(ref relative, error / size, i);
            Take(ref ulps, steps, i);
            if (within(error, size, steps))
                continue;
            if (outside++ == 0)
                first = i;
        }
        return new(left.Length, same, absolute, relative, ulps, (outside, first));
    }

    /// <summary>The indices of an element, such as [0,2,1].</summary>
    /// <param name="shape">The lengths.</param>
    /// <param name="at">Its place, row-major.</param>
    /// <returns>The text.</returns>
    public static string Index(IReadOnlyList<int> shape, int at)
    {
        var index = new string[shape.Count];
        for (int d = shape.Count - 1; d >= 0; at /= shape[d], d--)
            index[d] = (at % shape[d]).ToString(CultureInfo.InvariantCulture);
        return $"[{string.Join(',', index)}]";
    }

    // What is no number is beyond every number; among equals the first stands.
    private static void Take(ref (double Value, int At) largest, double value, int at)
    {
        if (largest.At < 0 || value > largest.Value || double.IsNaN(value) && !double.IsNaN(largest.Value))
            largest = (value, at);
    }

    // Floating-point numbers in their order are whole numbers in order, the negative ones mirrored.
    private static double Steps(float a, float b) => float.IsNaN(a) || float.IsNaN(b) ? double.NaN
        : Math.Abs((double)Mirrored(BitConverter.SingleToInt32Bits(a), int.MinValue) - Mirrored(BitConverter.SingleToInt32Bits(b), int.MinValue));

    private static double Steps(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.NaN
        : (double)Int128.Abs((Int128)Mirrored(BitConverter.DoubleToInt64Bits(a), long.MinValue) - Mirrored(BitConverter.DoubleToInt64Bits(b), long.MinValue));

    private static long Mirrored(long bits, long sign) => bits < 0 ? sign - bits : bits;
}
