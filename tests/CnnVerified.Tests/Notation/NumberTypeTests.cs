using System.Numerics;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;
using FsCheck.Xunit;
using MathNet.Numerics;
using Xunit;
using Function = CnnVerified.Reference.Notation.Function;

namespace CnnVerified.Tests.Notation;

/// <summary>The numbers that equations are evaluated over, each against something that is right for another reason.</summary>
public sealed class NumberTypeTests
{
    public static TheoryData<Function> Functions => [.. HighPrecision.Functions];

    [Theory]
    [MemberData(nameof(Functions))]
    public void An_error_bound_is_never_exceeded_and_what_is_stated_of_the_function(Function function)
    {
        var estimates = new Estimates();
        var random = new Random(1);
        for (int point = 0; point < 300; point++)
        {
            double x = HighPrecision.Draw(function, random);
            Estimate value = estimates.Apply(function, x);
            Assert.False(estimates.Undefined);
            double error = HighPrecision.Apply(function, x).Distance(value.Value);
            Assert.True(error <= value.Error, $"{function}({x:R}) = {value} is off by {error}");
            Assert.True(value.Error <= Stated(function, x, value.Value), $"{function}({x:R}) = {value} says too little");
            if (function is not (Function.Erf or Function.Erfc))   // of which the derived error depends on where x is
                Assert.True(value.Error >= (1 - 1e-8) * Stated(function, x, value.Value), $"{function}({x:R}) = {value} says more than is stated");
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void The_bound_at_an_argument_that_is_off_is_not_exceeded_and_no_wider_than_the_steepest_slope(Function function)
    {
        var estimates = new Estimates();
        var random = new Random(2);
        for (int point = 0; point < 100; point++)
        {
            double x = HighPrecision.Draw(function, random), size = Math.Abs(function is Function.Log1p ? 1 + x : x);
            double error = Math.ScaleB(size, -random.Next(function is Function.Log or Function.Log1p or Function.Sqrt ? 1 : -1, 50));
            Estimate value = estimates.Apply(function, new(x, error));
            Assert.False(estimates.Undefined);
            double steepest = function is Function.Sin or Function.Cos ? 1
                : function is Function.Tanh or Function.Erf or Function.Erfc && error >= Math.Abs(x) ? HighPrecision.Slope(function, 0).Distance(0) : 0;
            foreach (double side in new[] { -1, 1 })
            {
                HighPrecision end = (HighPrecision)x + (HighPrecision)error * side;
                double off = HighPrecision.Apply(function, end).Distance(value.Value);
                Assert.True(off <= value.Error, $"{function}({x:R} ± {error}) = {value} is off by {off}");
                steepest = Math.Max(steepest, HighPrecision.Slope(function, end).Distance(0));
            }
            // 2/√π is rounded up by less than two thousandths, and a constant's 16 of the least steps are behind what underflows.
            double limit = 1.002 * steepest * error + Stated(function, x, value.Value) + 16 * double.Epsilon;
            Assert.True(value.Error <= limit, $"{function}({x:R} ± {error}) = {value} says too little: {limit}");
        }
    }

    /// <summary>Beside the division of whole numbers of any size: also the smallest 64-bit number, whose size is beyond the largest.</summary>
    [Fact]
    public void A_fraction_is_reduced_as_whole_numbers_of_any_size_are()
    {
        var random = new Random(3);
        long[] edges = [long.MinValue, long.MinValue + 1, long.MinValue / 2, -6, -1, 0, 1, 2, 15, 1L << 62, long.MaxValue - 1, long.MaxValue];
        var pairs = edges.SelectMany(_ => edges, (a, b) => (a, b)).Concat(Enumerable.Range(0, 1000).Select(_ => (random.NextInt64(-720, 720), random.NextInt64(-720, 720))));
        foreach (var (a, b) in pairs.Where(pair => pair.Item2 != 0))
        {
            BigInteger common = BigInteger.GreatestCommonDivisor(a, b) * Math.Sign(b), top = a / common, bottom = b / common;
            // A whole number stays what it is; else each part has to be a number of 64 bits, and so has what they are divided by.
            if (b != 1 && (BigInteger.Abs(common) > long.MaxValue || top > long.MaxValue || bottom > long.MaxValue))
            {
                Assert.Throws<OverflowException>(() => new Fraction(a, b));
                continue;
            }
            var fraction = new Fraction(a, b);
            Assert.Equal((top, bottom), (fraction.Numerator, fraction.Denominator));
        }
    }

    /// <summary>Also where two divisors wait in the same place, and where one comes back.</summary>
    [Fact]
    public void A_quotient_modulo_a_prime_times_its_divisor_is_the_dividend()
    {
        var random = new Random(4);
        var field = new PrimeField(PrimeField.Draw(random));
        ulong[] divisors = [.. Enumerable.Range(0, 20).Select(_ => field.DrawElement(random))], all = [.. divisors, .. divisors.Select(divisor => divisor ^ (1UL << 40)), .. divisors];
        foreach (ulong divisor in all)
        {
            ulong dividend = field.DrawElement(random);
            Assert.Equal(dividend, field.Multiply(field.Divide(dividend, divisor), divisor));
        }
        Assert.False(field.Undefined);
        Assert.Equal(0UL, field.Divide(field.One, 0));
        Assert.True(field.Undefined);
    }

    /// <summary>A constant is the quotient of its parts, which are sums of ones.</summary>
    [Fact]
    public void A_constant_modulo_a_prime_is_the_quotient_of_its_parts()
    {
        var field = new PrimeField(PrimeField.Draw(new Random(5)));
        foreach (var (a, b) in new[] { (0L, 1L), (1, 1), (7, 3), (-7, 3), (-1, 12), (12, 7) })
        {
            ulong Sum(long count) => Enumerable.Range(0, (int)Math.Abs(count)).Aggregate(0UL, (sum, _) => field.Add(sum, count < 0 ? field.Negate(field.One) : field.One));
            Assert.Equal(Sum(a), field.Multiply(field.Constant(new Fraction(a, b)), Sum(b)));
            Assert.Equal(field.Constant(new Fraction(a, b)), field.Constant(new Rational(a, b)));
        }
        Assert.Equal(0UL, field.Add(field.Constant(new Fraction(long.MinValue)), field.Constant(new Rational(BigInteger.One << 63, 1))));
    }

    // In units of 2⁻⁵²: 8 of the value, and 1 beside the zeros of sine and cosine; 64 of erf, and 2 where erfc is 1 or 2 less that.
    private static double Stated(Function function, double x, double value) => Math.ScaleB(1 + 1e-9, -52) * (function switch
    {
        Function.Erf => 64 * Math.Abs(value),
        Function.Erfc => x > 1 ? (16 + x * x) * value : 64 + 2,
        Function.Sin or Function.Cos => 1 + 8 * Math.Abs(value),
        _ => 8 * Math.Abs(value),
    });

    /// <summary>An argument that may lie where there is no value leaves none; one that is exactly at the edge has one.</summary>
    [Fact]
    public void What_may_not_be_defined_is_told()
    {
        foreach (var (isDefined, compute) in new (bool, Func<Estimates, Estimate>)[]
        {
            (true, on => on.Apply(Function.Log, new(1, 0.99))), (false, on => on.Apply(Function.Log, new(1, 1))), (false, on => on.Apply(Function.Log, new(1, 2))), (false, on => on.Apply(Function.Log, 0)),
            (true, on => on.Apply(Function.Log1p, new(0, 0.99))), (false, on => on.Apply(Function.Log1p, new(0, 1))), (false, on => on.Apply(Function.Log1p, new(0, 2))), (false, on => on.Apply(Function.Log1p, -1)),
            (true, on => on.Apply(Function.Sqrt, new(1, 1))), (false, on => on.Apply(Function.Sqrt, new(1, 1.01))), (true, on => on.Apply(Function.Sqrt, 0)), (false, on => on.Apply(Function.Sqrt, new(0, 0.1))),
            (false, on => on.Apply(Function.Sqrt, -1)),
            (true, on => on.Divide(1, new(1, 0.99))), (false, on => on.Divide(1, new(1, 1))), (false, on => on.Divide(1, new(-1, 2))), (false, on => on.Divide(1, 0)),
            (true, on => on.Power(0, (Estimate)2.5)), (true, on => on.Power(0, new Estimate(2.5, 2.4))), (false, on => on.Power(0, new Estimate(2.5, 2.5))), (true, on => on.Power(0, (Estimate)0)),
            (false, on => on.Power(0, new Estimate(0, 0.1))), (false, on => on.Power(0, (Estimate)(-1.5))), (true, on => on.Power(new(1, 0.99), (Estimate)2.5)), (false, on => on.Power(new(1, 1), (Estimate)2.5)),
            (false, on => on.Power(-1, (Estimate)2.5)), (true, on => on.Power(-2, (Estimate)3)), (true, on => on.Power(-2, (Estimate)64)), (false, on => on.Power(-2, (Estimate)65)),
            (false, on => on.Multiply(1e200, 1e200)), (false, on => on.Apply(Function.Exp, 800)),
        })
        {
            var estimates = new Estimates();
            Estimate value = compute(estimates);
            Assert.Equal(!isDefined, estimates.Undefined);
            Assert.True(!isDefined || double.IsFinite(value.Error));
        }
        Assert.Equal([0, 1, 0, -8], new[] { new Estimates().Power(0, (Estimate)2.5), new Estimates().Power(0, (Estimate)0), new Estimates().Apply(Function.Sqrt, 0), new Estimates().Power(-2, (Estimate)3) }.Select(each => each.Value));
        Assert.Equal(0, new Estimates().Apply(Function.Sqrt, 0).Error);
    }

    /// <summary>0 and 1 are exact and stay so: a sum or product with them is no rounding.</summary>
    [Fact]
    public void Sums_with_0_and_products_with_0_and_1_are_exact()
    {
        var on = new Estimates();
        foreach (Estimate x in new Estimate[] { 3, new(0.1, 1e-3), new(-7, 2), new(1e-310, 1e-312), new(0, 0.5) })
        {
            Assert.Equal([x, x, x, x, x], [on.Add(x, 0), on.Add(0, x), on.Subtract(x, 0), on.Multiply(x, 1), on.Multiply(1, x)]);
            Assert.Equal([0, 0], [on.Multiply(x, 0), on.Multiply(0, x)]);
        }
        // What is 0 or 1 within an error is not.
        Assert.True(on.Multiply(new(0, 1e-3), 5).Error >= 5e-3 && on.Multiply(5, new(0, 1e-3)).Error >= 5e-3);
        Assert.True(on.Multiply(new(1, 1e-3), 5).Error >= 5e-3 && on.Multiply(5, new(1, 1e-3)).Error >= 5e-3);
        Assert.True(on.Add(new(0, 1e-3), 5).Error >= 1e-3 && on.Add(5, new(0, 1e-3)).Error >= 1e-3);
        // The error of what is tiny is kept beside that of underflow.
        Assert.InRange(on.Multiply(new(1e-200, 1e-201), 1e-110).Error, 1e-311, 1.1e-311);
        Assert.InRange(on.Multiply(1e-200, 1e-110).Error, 16 * double.Epsilon, 17 * double.Epsilon);
    }

    /// <summary>A choice is a kink where the errors of two different numbers overlap: then the other could be the larger.</summary>
    [Fact]
    public void Choices_within_an_error_are_kinks()
    {
        foreach (var (a, b, order, kink) in new (Estimate, Estimate, int, bool)[]
        {
            (1, 2, -1, false), (2, 1, 1, false), (2, 2, 0, false), (new(2, 0.1), new(2, 0.1), 0, false), (new(2, 0.1), 2, 0, true), (2, new(2, 0.1), 0, true), (new(1, 0.4), new(2, 0.4), -1, false),
            (new(1, 0.4), new(2, 0.7), -1, true), (new(2, 0.7), new(1, 0.4), 1, true), (new(1, 0.5), new(2, 0.5), -1, true), (new(1, 1), 2, -1, true), (2, new(1, 1), 1, true),
        })
        {
            var on = new Estimates();
            Assert.Equal(order, Math.Sign(on.Compare(a, b)));
            Assert.Equal(kink, on.Kink);
        }
        foreach (var (value, error, kink) in new[] { (2.5, 0.4, false), (2.5, 0.5, true), (2.1, 0.2, true), (2.0, 0.0, false), (2.0, 0.5, true), (-0.5, 0.4, false), (-0.5, 0.6, true), (0.5, 0.4, false), (-1.5, 0.5, true) })
        {
            var on = new Estimates();
            Assert.Equal(Math.Floor(value), on.Floor(new(value, error)).Value);
            Assert.Equal(kink, on.Kink);
        }
        Assert.True(new Estimates().AreEqual(new(1, 0.5), new(2, 0.5)) && !new Estimates().AreEqual(new(1, 0.4), new(2, 0.5)) && !new Estimates().AreEqual(1, 2));
    }

    [Fact]
    public void Powers_are_within_their_bounds()
    {
        var estimates = new Estimates();
        var random = new Random(4);
        for (int point = 0; point < 200; point++)
        {
            double a = Math.Exp(6 * random.NextDouble() - 3), b = 10 * random.NextDouble() - 5, drift = a / 1024;
            Estimate exact = estimates.Power(a, (Estimate)b), wide = estimates.Power(new(a, drift), (Estimate)b);
            Assert.True((HighPrecision.Log(a) * b).Exp().Distance(exact.Value) <= exact.Error);
            Assert.True((HighPrecision.Log((HighPrecision)a + drift) * b).Exp().Distance(wide.Value) <= wide.Error);
            Assert.True((HighPrecision.Log((HighPrecision)a - drift) * b).Exp().Distance(wide.Value) <= wide.Error);
        }
    }

    [Property]
    public void Rounded_operations_are_within_their_bounds(int a, int b, int c)
    {
        var estimates = new Estimates();
        Rational x = new(a, 3), y = new(b, 7), z = new(2 * (long)c + 1, 11);
        Rational exact = (x + y) * (x - y) / z * x + y / z;
        Estimate p = estimates.Constant(x), q = estimates.Constant(y), r = estimates.Constant(z);
        Estimate value = estimates.Add(estimates.Multiply(estimates.Divide(estimates.Multiply(estimates.Add(p, q), estimates.Subtract(p, q)), r), p), estimates.Divide(q, r));
        Rational error = Rational.Of(value.Value) - exact;
        Assert.True((error < default(Rational) ? -error : error) <= Rational.Of(value.Error));
    }

    [Fact]
    public void What_is_too_small_for_a_double_is_not_taken_for_an_exact_0()
    {
        var estimates = new Estimates();
        foreach (Estimate tiny in new[]
        {
            estimates.Multiply(1e-200, 1e-200), estimates.Divide(1e-300, 1e300), estimates.Apply(Function.Exp, -1000), estimates.Apply(Function.Exp, -744.5),
            estimates.Apply(Function.Erfc, 28), estimates.Apply(Function.Erfc, 27), estimates.Power(1e-100, (Estimate)4.5), estimates.Power(1e-100, 4),
        })
            Assert.True(tiny.Error > 0, $"{tiny}");
    }

    [Fact]
    public void Erf_and_erfc_agree_with_MathNet()
    {
        var doubles = new Doubles();
        for (int i = -400; i <= 400; i++)
        {
            Assert.Equal(SpecialFunctions.Erf(i / 64.0), doubles.Apply(Function.Erf, i / 64.0), 1e-13);
            double erfc = SpecialFunctions.Erfc(i / 64.0);
            Assert.Equal(erfc, doubles.Apply(Function.Erfc, i / 64.0), 1e-12 * erfc);
        }
    }

    [Fact]
    public void The_functions_that_dotnet_lacks_keep_their_digits()
    {
        var random = new Random(8);
        double[] beside = [0, 1, -0.5, 0.5, -0.4999999, 0.4999999, 1e-20, -1e-20, 1e-9, -1e-9, 6, -6, 0.25];
        foreach (double x in beside.Concat(Enumerable.Range(0, 300).Select(_ => HighPrecision.Draw(Function.Log1p, random))).Where(x => x > -1))
            Assert.True(HighPrecision.Apply(Function.Log1p, x).Distance(RealFunctions.Log1p(x)) <= Math.ScaleB(4, -53) * Math.Abs(RealFunctions.Log1p(x)), $"log1p {x:R}");
        foreach (double x in beside.Concat(Enumerable.Range(0, 300).Select(_ => HighPrecision.Draw(Function.Erfc, random))))
            Assert.True(HighPrecision.Apply(Function.Erfc, x).Distance(RealFunctions.Erfc(x)) <= Math.ScaleB(32 + 2 * x * x, -53) * RealFunctions.Erfc(x), $"erfc {x:R}");
        Assert.Equal(double.PositiveInfinity, RealFunctions.Log1p(double.PositiveInfinity));
        Assert.Equal(double.NegativeInfinity, RealFunctions.Log1p(-1.0));
        Assert.True(double.IsNaN(RealFunctions.Log1p(-1.5)) && double.IsNaN(RealFunctions.Log1p(double.NaN)) && double.IsNaN(RealFunctions.Erfc(double.NaN)));
        Assert.Equal([0, 2, 0, 2], new[] { 28.5, -28.5, double.PositiveInfinity, double.NegativeInfinity }.Select(RealFunctions.Erfc));
        // On a type of ours both are its own; on float they are the double's, rounded.
        Assert.Equal((float)RealFunctions.Log1p(0.3f), RealFunctions.Log1p<float>(0.3f));
        Assert.Equal((float)RealFunctions.Erfc(0.3f), RealFunctions.Erfc<float>(0.3f));
        Assert.True(RealFunctions.Erfc(new Bounded<Binary32>(0.3, 0.01)).Error > 0.01 && RealFunctions.Log1p(new Bounded<Binary32>(0.3, 0.01)).Error > 0.007);
    }

    [Property]
    public void Fractions_are_rationals(int a, int b, int c, int d)
    {
        (Fraction x, Rational p) = Pair(a, b);
        (Fraction y, Rational q) = Pair(c, d);
        AssertSame(p + q, x + y);
        AssertSame(p - q, x - y);
        AssertSame(p * q, x * y);
        AssertSame(-p, -x);
        if (c != 0)
            AssertSame(p / q, x / y);
        Assert.Equal(p < q ? -1 : p > q ? 1 : 0, Math.Sign(x.CompareTo(y)));
        Assert.Equal(p == q, x == y);
        Assert.Equal((p.Numerator - BigInteger.Remainder(BigInteger.Remainder(p.Numerator, p.Denominator) + p.Denominator, p.Denominator)) / p.Denominator, x.Floor);
        Assert.Equal(p.ToString(), x.ToString());
    }

    [Property]
    public void A_fraction_beyond_64_bits_is_told_and_never_wrong(long a, long b, long c, long d)
    {
        foreach (var (top, bottom) in new[] { (a, b), (long.MinValue, b), (a, long.MinValue), (long.MaxValue, b), (long.MinValue, -1), (a << 20, b << 21) })
            if (bottom != 0 && d != 0)
            {
                Rational p = new(top, bottom), q = new(c, d);
                AssertSameOrTold(p, () => new Fraction(top, bottom));
                AssertSameOrTold(p + q, () => new Fraction(top, bottom) + new Fraction(c, d));
                AssertSameOrTold(p - q, () => new Fraction(top, bottom) - new Fraction(c, d));
                AssertSameOrTold(p * q, () => new Fraction(top, bottom) * new Fraction(c, d));
                if (c != 0)
                    AssertSameOrTold(p / q, () => new Fraction(top, bottom) / new Fraction(c, d));
            }
    }

    [Property]
    public void A_prime_field_is_arithmetic_modulo_its_prime(int seed, long a, long b)
    {
        var field = new PrimeField(PrimeField.Draw(new Random(seed)));
        BigInteger p = field.Prime;
        BigInteger Residue(BigInteger value) => (value % p + p) % p;
        // A product with the bare 1 takes the factor 2⁶⁴ away that numbers are kept with.
        BigInteger Bare(ulong kept) => field.Multiply(kept, 1);
        ulong x = field.Constant(new Rational(a, 1)), y = field.Constant(new Rational(b, 1));
        Assert.Equal(Residue(a), Bare(x));
        Assert.Equal(Residue((BigInteger)a + b), Bare(field.Add(x, y)));
        Assert.Equal(Residue((BigInteger)a - b), Bare(field.Subtract(x, y)));
        Assert.Equal(Residue((BigInteger)a * b), Bare(field.Multiply(x, y)));
        Assert.Equal(Residue(-(BigInteger)a), Bare(field.Negate(x)));
        Assert.Equal(BigInteger.ModPow(Residue(a), 5, p), Bare(field.Power(x, 5)));
        Assert.Equal((0UL, 0UL, 0UL), (field.Add(x, field.Negate(x)), field.Subtract(x, x), field.Negate(0)));   // 0 has one form: numbers are compared as they are kept
        if (b == 0)
            return;
        Assert.Equal(Residue(a), Residue(Bare(field.Divide(x, y)) * b));
        Assert.Equal(field.Divide(x, y), field.Constant(new Rational(a, b)));
        Assert.Equal(field.Constant(new Rational(a, b)), field.Constant(new Rational(a, 1)) is var top ? field.Multiply(top, field.Power(y, -1)) : 0);
    }

    [Fact]
    public void A_drawn_prime_is_one_between_2_to_the_60_and_2_to_the_61()
    {
        var random = new Random(5);
        for (int draw = 0; draw < 40; draw++)
        {
            ulong prime = PrimeField.Draw(random);
            Assert.InRange(prime, 1UL << 60, 1UL << 61);
            // Euler's criterion splits the residues of a prime in halves that no composite of this size keeps to over fifty bases.
            for (int witness = 2; witness < 52; witness++)
                Assert.True(BigInteger.ModPow(witness, (prime - 1) / 2, prime) is var half && (half.IsOne || half == prime - 1));
        }
    }

    [Fact]
    public void In_a_prime_field_a_division_by_0_and_a_function_are_undefined()
    {
        var field = new PrimeField(PrimeField.Draw(new Random(6)));
        field.Divide(field.One, 0);
        Assert.True(field.Undefined);
        field.Undefined = false;
        field.Apply(Function.Exp, field.One);
        Assert.True(field.Undefined);
        Assert.Throws<InvalidOperationException>(() => field.Compare(0, 0));
    }

    private static (Fraction, Rational) Pair(int a, int b)
    {
        int divisor = Math.Abs(b % 1000) + 1;
        return (new(a % 100_000, divisor), new(a % 100_000, divisor));
    }

    private static void AssertSame(Rational expected, Fraction got) => Assert.Equal((expected.Numerator, expected.Denominator), (got.Numerator, got.Denominator));

    private static void AssertSameOrTold(Rational expected, Func<Fraction> compute)
    {
        try
        {
            AssertSame(expected, compute());
        }
        catch (OverflowException)
        {
        }
    }
}
