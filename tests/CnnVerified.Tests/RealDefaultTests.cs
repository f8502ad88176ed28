using System.Globalization;
using System.Numerics;
using CnnVerified.Reference.Numbers;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>What <see cref="IReal{TSelf}"/> answers for every number type of ours is what double answers.</summary>
public sealed class RealDefaultTests
{
    private static readonly double[] Values =
        [0, -0.0, 1, -1, 2, 3, -4, 0.25, -0.75, 7.5, 1e-310, -1e-310, 1e300, -2.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    [Fact]
    public void Dual_numbers_answer_as_doubles() => Judge<DualReal<double>>();

    [Fact]
    public void Bounded_numbers_answer_as_doubles() => Judge<Bounded<Binary64>>();

    private static void Judge<T>() where T : struct, IReal<T>
    {
        foreach (double a in Values)
            Predicates(a, T.Constant(a));
        foreach (double a in Values.Where(double.IsFinite))
        {
            T x = T.Constant(a);
            Near(+a, +x);
            Near(a + 1, Increased(x));
            Near(a - 1, Decreased(x));
            Near(Math.Abs(a), T.Abs(x));
            Text(a, x);
            Converted(a, x);
            foreach (double b in Values.Where(double.IsFinite))
            {
                T y = T.Constant(b);
                Assert.Equal([a < b, a <= b, a > b, a >= b], [x < y, x <= y, x > y, x >= y]);
                Assert.Equal(Math.Abs(double.MaxMagnitude(a, b)), Math.Abs(T.MaxMagnitude(x, y).ToDouble()));
                Assert.Equal(Math.Abs(double.MaxMagnitude(a, b)), Math.Abs(T.MaxMagnitudeNumber(x, y).ToDouble()));
                Assert.Equal(Math.Abs(double.MinMagnitude(a, b)), Math.Abs(T.MinMagnitude(x, y).ToDouble()));
                Assert.Equal(Math.Abs(double.MinMagnitude(a, b)), Math.Abs(T.MinMagnitudeNumber(x, y).ToDouble()));
            }
        }
        Constants<T>();
        foreach (double a in Values.Where(value => Math.Abs(value) is > 0 and < 10))
            Functions(a, T.Constant(a));
    }

    private static void Constants<T>() where T : struct, IReal<T>
    {
        Assert.Equal(2, T.Radix);
        Assert.Equal([0, 1, 0, 1, Math.E, Math.PI, Math.Tau],
            new[] { T.Zero, T.One, T.AdditiveIdentity, T.MultiplicativeIdentity, T.E, T.Pi, T.Tau }.Select(constant => constant.ToDouble()));
    }

    private static void Predicates<T>(double a, T x) where T : struct, IReal<T> => Assert.Equal(
        [true, false, false, double.IsRealNumber(a), double.IsNaN(a), double.IsFinite(a), double.IsInfinity(a), double.IsPositiveInfinity(a), double.IsNegativeInfinity(a),
            double.IsInteger(a), double.IsEvenInteger(a), double.IsOddInteger(a), double.IsNegative(a), double.IsPositive(a), double.IsNormal(a), double.IsSubnormal(a), a == 0],
        [T.IsCanonical(x), T.IsComplexNumber(x), T.IsImaginaryNumber(x), T.IsRealNumber(x), T.IsNaN(x), T.IsFinite(x), T.IsInfinity(x), T.IsPositiveInfinity(x), T.IsNegativeInfinity(x),
            T.IsInteger(x), T.IsEvenInteger(x), T.IsOddInteger(x), T.IsNegative(x), T.IsPositive(x), T.IsNormal(x), T.IsSubnormal(x), T.IsZero(x)]);

    private static void Functions<T>(double a, T x) where T : struct, IReal<T>
    {
        Near(double.Exp2(a), T.Exp2(x));
        Near(double.Exp10(a), T.Exp10(x));
        Near(Math.Sinh(a), T.Sinh(x));
        Near(Math.Cosh(a), T.Cosh(x));
        Near(double.Hypot(a, 1.5), T.Hypot(x, T.Constant(1.5)));
        Near(double.Hypot(1.5, a), T.Hypot(T.Constant(1.5), x));
        Near(Math.Tan(a), T.Tan(x));
        Near(Math.Sin(a), T.SinCos(x).Sin);
        Near(Math.Cos(a), T.SinCos(x).Cos);
        Near(Math.Asinh(a), T.Asinh(x));
        if (Math.Abs(a) < 1)
            Near(Math.Atanh(a), T.Atanh(x));
        if (a > 1)
            Near(Math.Acosh(a), T.Acosh(x));
        if (a <= 0)
            return;
        Near(Math.Log(a, 3), T.Log(x, T.Constant(3)));
        Near(Math.Log2(a), T.Log2(x));
        Near(Math.Log10(a), T.Log10(x));
    }

    private static void Text<T>(double a, T x) where T : struct, IReal<T>
    {
        var culture = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = "." };
        string text = a.ToString("R", culture);
        Assert.Equal(a.ToString("F3", culture), x.ToString("F3", culture));
        Span<char> room = new char[400];
        Assert.True(x.TryFormat(room, out int written, "F3", culture));
        Assert.Equal(a.ToString("F3", culture), room[..written].ToString());
        Assert.False(x.TryFormat(room[..1], out _, "F3", culture));
        T[] read = [T.Parse(text, culture), T.Parse(text.AsSpan(), culture), T.Parse(text, NumberStyles.Float, culture), T.Parse(text.AsSpan(), NumberStyles.Float, culture)];
        Assert.All(read, each => Assert.Equal(a, each.ToDouble()));
        Assert.True(T.TryParse(text, culture, out read[0]) && T.TryParse(text.AsSpan(), culture, out read[1])
            && T.TryParse(text, NumberStyles.Float, culture, out read[2]) && T.TryParse(text.AsSpan(), NumberStyles.Float, culture, out read[3]));
        Assert.All(read, each => Assert.Equal(a, each.ToDouble()));
        Assert.False(T.TryParse("1,2,3", culture, out _) || T.TryParse("1,2,3".AsSpan(), culture, out _)
            || T.TryParse("1,2", NumberStyles.Integer, culture, out _) || T.TryParse("1,2".AsSpan(), NumberStyles.Integer, culture, out _));
        Assert.Throws<FormatException>(() => T.Parse("1,2", NumberStyles.Integer, culture));
    }

    private static void Converted<T>(double a, T x) where T : struct, IReal<T>
    {
        Assert.Equal([a, a, a], new[] { T.CreateChecked(a), T.CreateSaturating(a), T.CreateTruncating(a) }.Select(each => each.ToDouble()));
        Assert.Equal([a, a, a], new[] { double.CreateChecked(x), double.CreateSaturating(x), double.CreateTruncating(x) });
        Assert.Equal(byte.CreateSaturating(a), byte.CreateSaturating(x));
        Assert.Equal(byte.CreateTruncating(a), byte.CreateTruncating(x));
        if (a is < -1 or > 255)
            Assert.Throws<OverflowException>(() => byte.CreateChecked(x));
    }

    private static T Increased<T>(T x) where T : IIncrementOperators<T> => ++x;

    private static T Decreased<T>(T x) where T : IDecrementOperators<T> => --x;

    // Composed of a few functions, each of a few roundings; beside 0 the difference of exponentials leaves an absolute error.
    private static void Near<T>(double expected, T got) where T : struct, IReal<T> =>
        Assert.True(Math.Abs(got.ToDouble() - expected) <= 64 * Math.ScaleB(1, -52) * Math.Max(1, Math.Abs(expected)), $"expected {expected:R}, got {got.ToDouble():R}");
}
