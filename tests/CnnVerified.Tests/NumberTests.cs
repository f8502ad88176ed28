using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Equations;
using CnnVerified.Reference.Numbers;
using FsCheck.Xunit;
using Xunit;

namespace CnnVerified.Tests;

public sealed class NumberTests
{
    [Fact]
    public void The_default_rational_is_zero()
    {
        Assert.Equal(default, new Rational(0, 5));
        Assert.Equal(BigInteger.One, default(Rational).Denominator);
        Assert.Equal("0", default(Rational).ToString());
    }

    [Property]
    public bool Rationals_obey_the_laws_of_a_field(int a, int b, int c)
    {
        Rational x = new(a, 7), y = new(b, 12), z = new(c, 5);
        return x + y == y + x && (x + y) + z == x + (y + z) && x * (y + z) == x * y + x * z && x - x == default && (b == 0 || x / y * y == x);
    }

    [Property]
    public bool Rationals_order_as_their_doubles(int a, int b, short c, short d)
    {
        int p = Math.Abs((int)c) + 1, q = Math.Abs((int)d) + 1;
        return new Rational(a, p) < new Rational(b, q) == ((decimal)a * q < (decimal)b * p);
    }

    [Property]
    public bool A_quotient_of_whole_numbers_rounds_as_the_processor_rounds_it(int a, int b) =>
        b == 0 || new Rational(a, b).ToDouble().Equals((double)a / b) || a == 0;

    [Property]
    public bool Every_finite_double_is_a_rational_and_comes_back(double value) =>
        !double.IsFinite(value) || Rational.Of(value).ToDouble() == value;

    [Theory]
    [InlineData(1, 0)]   // halfway between two doubles: the even one, below
    [InlineData(3, 4)]   // and above
    [InlineData(-1, 0)]
    [InlineData(-3, -4)]
    public void A_rational_halfway_between_two_doubles_rounds_to_the_even_one(long above, long rounded) =>
        Assert.Equal(Math.ScaleB(Math.Sign(above), 53) + rounded, new Rational((BigInteger.One << 53) * Math.Sign(above) + above, 1).ToDouble());

    /// <summary>A little more than halfway, by a part that no quotient of 64 bits shows.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(-1, -2)]
    public void A_rational_just_beyond_the_middle_of_two_doubles_rounds_away_from_the_even_one(long sign, long rounded) =>
        Assert.Equal(Math.ScaleB(sign, 53) + rounded, new Rational(sign * ((((BigInteger.One << 53) + 1) << 200) + 1), BigInteger.One << 200).ToDouble());

    [Theory]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(-1.5e-310)]
    public void The_ends_of_the_range_come_back(double value) => Assert.Equal(value, Rational.Of(value).ToDouble());

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_no_number_is_refused(double value) => Assert.Throws<ArgumentException>(() => Rational.Of(value));

    [Fact]
    public void A_zero_denominator_is_refused() => Assert.Throws<DivideByZeroException>(() => new Rational(3, 0));

    [Property]
    public bool The_slope_of_a_dual_product_is_the_product_rule(int a, int da, int b, int db)
    {
        var product = new Dual<BigInteger>(a, da) * new Dual<BigInteger>(b, db);
        return product == new Dual<BigInteger>((BigInteger)a * b, (BigInteger)a * db + (BigInteger)da * b);
    }

    [Fact]
    public void The_slopes_of_exp_log_tanh_and_a_quotient_are_their_derivatives()
    {
        var x = new DualReal<double>(0.75, 1);
        Assert.Equal(Math.Exp(0.75), DualReal<double>.Exp(x).Slope, 14);
        Assert.Equal(1 / 0.75, DualReal<double>.Log(x).Slope, 14);
        Assert.Equal(1 - Math.Pow(Math.Tanh(0.75), 2), DualReal<double>.Tanh(x).Slope, 14);
        Assert.Equal(-3 / (0.75 * 0.75), (DualReal<double>.Constant(3) / x).Slope, 13);
    }

    public static TheoryData<string> SlopeNames => [.. Slopes.Keys];

    // Each operation of dual numbers with one that moves, and with the same that stands.
    private static readonly Dictionary<string, (Func<DualReal<double>, DualReal<double>> Dual, Func<double, double> Plain)> Slopes = new()
    {
        ["exp"] = (DualReal<double>.Exp, Math.Exp),
        ["log"] = (DualReal<double>.Log, Math.Log),
        ["log1p"] = (x => x.Log1p(), RealFunctions.Log1p),
        ["sqrt"] = (DualReal<double>.Sqrt, Math.Sqrt),
        ["tanh"] = (DualReal<double>.Tanh, Math.Tanh),
        ["cos"] = (DualReal<double>.Cos, Math.Cos),
        ["sin"] = (DualReal<double>.Sin, Math.Sin),
        ["erfc"] = (x => x.Erfc(), RealFunctions.Erfc),
        ["power of a base"] = (x => DualReal<double>.Pow(x, DualReal<double>.Constant(2.5)), x => Math.Pow(x, 2.5)),
        ["power of an exponent"] = (x => DualReal<double>.Pow(DualReal<double>.Constant(2.5), x), x => Math.Pow(2.5, x)),
        ["power of both"] = (x => DualReal<double>.Pow(x, x), x => Math.Pow(x, x)),
        ["sum"] = (x => x + x * x, x => x + x * x),
        ["difference"] = (x => x - x * x, x => x - x * x),
        ["minus"] = (x => -x, x => -x),
        ["quotient"] = (x => (x + DualReal<double>.Constant(1)) / (x * x), x => (x + 1) / (x * x)),
    };

    /// <summary>Against a quotient of differences over 2⁻²⁰, off by its square and by the rounding over the step: below 2⁻³⁰ of what moves.</summary>
    [Theory]
    [MemberData(nameof(SlopeNames))]
    public void The_slope_of_every_operation_is_a_quotient_of_differences(string name)
    {
        var (dual, plain) = Slopes[name];
        for (double x = 0.3; x < 2; x += 0.4)
        {
            double h = Math.ScaleB(1, -20), slope = (plain(x + h) - plain(x - h)) / (2 * h);
            DualReal<double> moved = dual(new(x, 1)), twice = dual(new(x, 2)), still = dual(new(x, 0));
            Assert.Equal(plain(x), moved.Value, 13);
            Assert.Equal(slope, moved.Slope, Math.ScaleB(Math.Abs(slope) + 1, -28));
            Assert.Equal(2 * slope, twice.Slope, Math.ScaleB(Math.Abs(slope) + 1, -27));
            Assert.Equal(0, still.Slope);
        }
    }

    // The same expression in binary32 and on Bounded: the bound holds for each operand, and is not vacuous.
    [Property(MaxTest = 2000)]
    public bool A_bound_is_never_exceeded_and_within_a_thousand_roundings(float a, float b, float c)
    {
        if (!(Math.Abs(a) is > 1e-3f and < 1e3f && Math.Abs(b) is > 1e-3f and < 1e3f && Math.Abs(c) is > 1e-3f and < 20f))
            return true;
        float computed = (a * b + c) / (MathF.Exp(c) + 1) - MathF.Tanh(a) * b + MathF.Log(Math.Abs(b) + 1);
        Bounded<Binary32> x = new(a), y = new(b), z = new(c), one = new(1);
        var bounded = (x * y + z) / (Bounded<Binary32>.Exp(z) + one) - Bounded<Binary32>.Tanh(x) * y + Bounded<Binary32>.Log(new Bounded<Binary32>(Math.Abs(b)) + one);
        double error = Math.Abs(computed - bounded.Value);
        return error <= bounded.Error && bounded.Error <= 1000 * Math.ScaleB(1, -24) * bounded.Magnitude + 1e-6;
    }

    [Fact]
    public void The_bound_of_a_sum_of_products_is_gamma_m_times_the_sum_on_absolute_values()
    {
        const int m = 50;
        var random = new Random(1);
        Bounded<Binary32> sum = default;
        double magnitude = 0;
        for (int t = 0; t < m; t++)
        {
            double a = random.NextDouble() - 0.5, b = random.NextDouble() - 0.5;
            sum += new Bounded<Binary32>(a) * new Bounded<Binary32>(b);
            magnitude += Math.Abs(a * b);
        }
        double u = Binary32.U, gamma = m * u / (1 - m * u);
        Assert.InRange(sum.Error, gamma * magnitude, gamma * magnitude * (1 + 1e-9) + m * 2 * Binary32.Underflow);
    }

    // As many roundings as make γ six percent: both factors at the far end of what is known of them.
    [Fact]
    public void The_bound_of_a_product_holds_where_both_factors_are_as_far_off_as_they_may_be()
    {
        Bounded<Binary32> off = new(1, 0.5), rounded = new(1, 1, 1e6, 0);
        foreach (var product in new[] { off * rounded, rounded * off })
            Assert.InRange(product.Error, (1 + off.Error) * (1 + rounded.Error) - 1, 0.7);
    }

    [Fact]
    public void A_divisor_that_may_be_zero_leaves_nothing_known()
    {
        var nearlyZero = new Bounded<Binary32>(1) * new Bounded<Binary32>(1.5) - new Bounded<Binary32>(1.5);
        Assert.Equal(double.PositiveInfinity, (new Bounded<Binary32>(1) / nearlyZero).Error);
    }

    [Fact]
    public void Whole_numbers_count_in_every_number_type()
    {
        Assert.Equal(1000, Whole.Of<int>(1000));
        Assert.Equal(255f, Whole.Of<float>(255));
        Assert.Equal(new Rational(12345, 1), Whole.Of<Rational>(12345));
        Assert.Equal(0, Whole.Of<long>(0));
    }

    [Fact]
    public void A_convolution_is_the_same_over_every_number_type()
    {
        var window = new Window { Sh = 2, Pw = 1, Ew = 2 };
        int[] numbers = [.. Enumerable.Range(0, 200).Select(i => i * 37 % 11 - 5)];
        long[] Run<T>(Func<int, T> convert, Func<T, long> back)
            where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
        {
            Tensor<T> Of(int start, params nint[] lengths) =>
                Tensor.Create([.. numbers[start..(start + (int)lengths.Aggregate((a, b) => a * b))].Select(convert)], lengths);
            return [.. Convolution.Forward(Of(0, 1, 2, 5, 7), Of(70, 3, 2, 3, 2), Of(150, 3), window).Select(back)];
        }

        long[] expected = Run(i => (long)i, value => value);
        Assert.Equal(expected, Run(i => (float)i, value => (long)value));
        Assert.Equal(expected, Run(i => (double)i, value => (long)value));
        Assert.Equal(expected, Run(i => (BigInteger)i, value => (long)value));
        Assert.Equal(expected, Run(i => new Rational(i, 1), value => (long)value.Numerator));
        Assert.Equal(expected, Run(i => new Dual<long>(i, 1), value => value.Value));
        Assert.Equal(expected, Run(i => new DualReal<double>(i, 1), value => (long)value.Value));
        Assert.Equal(expected, Run(i => new Bounded<Binary32>(i), value => (long)value.Value));
    }
}
