using CnnVerified.Reference.Numbers;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Bounds judged: never exceeded, and not so wide that anything would pass.</summary>
public sealed class BoundTests
{
    private static readonly Engine Right = EngineList.Reference();

    private delegate Bounded<Binary32> OnBounds(Bounded<Binary32> x);

    // Each function, what it is in binary32 and in binary64, its slope, its stated error in units of u, and where it is tried.
    private static readonly Dictionary<string, (OnBounds Bound, Func<float, float> Single, Func<double, double> Double, Func<double, double> Slope, double Stated, double From, double To)> Functions = new()
    {
        ["exp"] = (Bounded<Binary32>.Exp, MathF.Exp, Math.Exp, Math.Exp, 2, -20, 20),
        ["log"] = (Bounded<Binary32>.Log, MathF.Log, Math.Log, x => 1 / x, 2, 1e-3, 1e3),
        ["log1p"] = (x => x.Log1p(), x => (float)RealFunctions.Log1p((double)x), RealFunctions.Log1p, x => 1 / (1 + x), 2, -0.9, 1e3),
        ["sqrt"] = (Bounded<Binary32>.Sqrt, MathF.Sqrt, Math.Sqrt, x => 0.5 / Math.Sqrt(x), 1, 1e-3, 1e3),
        ["tanh"] = (Bounded<Binary32>.Tanh, MathF.Tanh, Math.Tanh, x => Math.Pow(Math.Cosh(x), -2), 4, -5, 5),
        ["cos"] = (Bounded<Binary32>.Cos, MathF.Cos, Math.Cos, _ => 1, 2, -5, 5),   // bounded as if it rose everywhere
        ["sin"] = (Bounded<Binary32>.Sin, MathF.Sin, Math.Sin, _ => 1, 2, -5, 5),
        ["erfc"] = (x => x.Erfc(), x => (float)RealFunctions.Erfc((double)x), RealFunctions.Erfc, x => 1.13 * Math.Exp(-x * x), 8, -3, 3),   // 2/√π rounded up
        ["power"] = (x => Bounded<Binary32>.Pow(x, new(1.75)), x => MathF.Pow(x, 1.75f), x => Math.Pow(x, 1.75), x => 1.75 * Math.Pow(x, 0.75), 4, 1e-2, 1e2),
        ["reciprocal"] = (x => new Bounded<Binary32>(1) / x, x => 1 / x, x => 1 / x, x => 1 / (x * x), 1, 1e-2, 1e2),
        ["square"] = (x => x * x, x => x * x, x => x * x, x => 2 * Math.Abs(x), 1, -1e2, 1e2),
        ["triple"] = (x => x * new Bounded<Binary32>(3), x => x * 3, x => x * 3, _ => 3, 1, -1e2, 1e2),
        ["three times"] = (x => new Bounded<Binary32>(3) * x, x => 3 * x, x => 3 * x, _ => 3, 1, -1e2, 1e2),
        ["third"] = (x => x / new Bounded<Binary32>(3), x => x / 3, x => x / 3, _ => 1 / 3.0, 1, -1e2, 1e2),
        ["difference"] = (x => x - new Bounded<Binary32>(0.75), x => x - 0.75f, x => x - 0.75, _ => 1, 1, -2, 2),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    public static TheoryData<string> Bounded => [.. EquationTable.All.Where(new BoundOracle().Judges).Select(equation => equation.Id)];

    [Fact]
    public void A_product_with_zero_is_exact_whatever_the_other_factor_lost()
    {
        var inexact = new Bounded<Binary32>(3, 0.1) * new Bounded<Binary32>(5);
        Assert.Equal(default, inexact * new Bounded<Binary32>(0));
        Assert.Equal(default, new Bounded<Binary32>(0) * inexact);
    }

    /// <summary>The operand is off by as much as is stated of it, to either side, and the function is computed in binary32. The bound is that error
    /// times the steepest slope within it, and the stated error of the function, and nothing more.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_bound_of_a_function_is_never_exceeded_and_no_wider_than_the_steepest_slope(string name)
    {
        var (bound, single, real, slope, stated, from, to) = Functions[name];
        var random = new Random(4);
        for (int t = 0; t < 2000; t++)
        {
            float x = (float)(from + (to - from) * random.NextDouble());
            double off = t % 3 == 0 ? 0 : Math.Min(Math.ScaleB(Math.Abs(x), -random.Next(0, 40)), (x - from) / 4);
            double off24 = off + Math.ScaleB(Math.Abs(x), -24);
            foreach (double at in new[] { x - off, x, x + off })
            {
                double error = bound(new(at, off24)).Error;
                double got = Math.Abs(single(x) - real(at));
                Assert.True(got <= error, $"{name}({x:R}) for {at:R}: off by {got:G4}, bound {error:G4}");
                // The worst that an operand and a function can do that keep to what is stated of them.
                foreach (double end in new[] { at - off24, at + off24 })
                {
                    double worst = Math.Abs(real(end) - real(at)) + Math.ScaleB(stated * (name is "sin" or "cos" ? 1 : Math.Abs(real(end))), -24);
                    Assert.True(worst <= error * (1 + Math.ScaleB(1, -40)), $"{name}({at:R} ± {off24:R}): off by up to {worst:G17}, bound {error:G17}");
                }
                double[] within = [at - off24, at + off24, .. off24 > Math.Abs(at) ? [0.0] : Array.Empty<double>()];
                double size = name switch { "difference" => Math.Abs(at) + 0.75, "sin" or "cos" => 1, _ => Math.Abs(real(at)) };
                // A power is bounded through its logarithm. Where the base is off by a share s ≤ 1/4, and with r = s/(1−s), that is r·(1 + 1.75·r) over
                // s·(1+s)^0.75 of the steepest slope, and at most 1 + 4·s.
                double limit = within.Max(slope) * off24 * (name == "power" ? 1 + 4 * off24 / at : 1) + stated * Binary32.U * size;
                Assert.True(error <= limit * (1 + 10 * Binary32.U) + 2 * Binary32.Underflow, $"{name}({at:R} ± {off24:R}): bound {error:G6}, explained {limit:G6}");
            }
        }
    }

    /// <summary>Beside 0 a rounding is off by half the least subnormal number, whatever the size of the product.</summary>
    [Fact]
    public void The_bound_of_a_product_covers_underflow()
    {
        var random = new Random(6);
        double largest = 0;
        for (int t = 0; t < 5000; t++)
        {
            float a = (float)Math.ScaleB(1 + random.NextDouble(), -80), b = (float)Math.ScaleB(1 + random.NextDouble(), -random.Next(60, 72));
            double off = Math.Abs(a * b - (double)a * b), error = (new Bounded<Binary32>(a) * new Bounded<Binary32>(b)).Error;
            Assert.True(off <= error && error <= Math.ScaleB(1.01, -150) + Math.ScaleB((double)a * b, -23), $"{a:R} · {b:R} is off by {off:G4}, bound {error:G4}");
            largest = Math.Max(largest, off / error);
            Assert.True(Math.Abs(a / 1e13f - (double)a / 1e13f) <= (new Bounded<Binary32>(a) / new Bounded<Binary32>(1e13f)).Error);
        }
        Assert.True(largest > 0.9, $"the largest was {largest} of its bound: too small to show anything");
    }

    /// <summary>In units of u: what the glibc manual lists for x86-64, an ULP being two units, or what is derived of our own.</summary>
    [Fact]
    public void Functions_of_exact_arguments_have_their_stated_errors()
    {
        Pin<Binary32>(Math.ScaleB(1 + Math.ScaleB(1, -28), -24), Math.ScaleB(1, -150), 2, 2, 4, 8, 4, 2);
        Pin<Binary64>(Math.ScaleB(1, -52), double.Epsilon, 2, 4, 4, 1600, 2, 2);

        static void Pin<TFormat>(double u, double underflow, double exp, double log, double tanh, double erfc, double power, double cosine) where TFormat : struct, IFormat
        {
            Bounded<TFormat> x = new(0.7);
            void Is(double stated, Bounded<TFormat> y, double size) =>
                Assert.InRange(y.Error, stated * u * size, stated * u * size * (1 + 2 * stated * u) + underflow + Math.ScaleB(stated * u * size, -50));
            Is(exp, Bounded<TFormat>.Exp(x), Math.Exp(0.7));
            Is(log, Bounded<TFormat>.Log(x), -Math.Log(0.7));
            Is(log, x.Log1p(), RealFunctions.Log1p(0.7));
            Is(tanh, Bounded<TFormat>.Tanh(x), Math.Tanh(0.7));
            Is(erfc, x.Erfc(), RealFunctions.Erfc(0.7));
            Is(power, Bounded<TFormat>.Pow(x, new(1.5)), Math.Pow(0.7, 1.5));
            Is(cosine, Bounded<TFormat>.Cos(x), 1);
            Is(cosine, Bounded<TFormat>.Sin(x), 1);
            Is(1, Bounded<TFormat>.Sqrt(x), Math.Sqrt(0.7));
            Is(1, x * x, 0.7 * 0.7);
            Is(1, x / new Bounded<TFormat>(3), 0.7 / 3);
            Is(1, x + x, 1.4);
            Assert.Equal(underflow, (new Bounded<TFormat>(1e-300) * new Bounded<TFormat>(1e-300)).Error);
        }
    }

    /// <summary>A choice is open where the errors of two numbers overlap; a number beside itself, and two that are known, are none.</summary>
    [Fact]
    public void Choices_within_a_bound_are_counted()
    {
        foreach (var (a, b, isOpen) in new (Bounded<Binary32>, Bounded<Binary32>, bool)[]
        {
            (new(1), new(2), false), (new(2), new(2), false), (new(2, 0.1), new(2, 0.1), false), (new(2, 0.1), new(2), true), (new(2), new(2, 0.1), true), (new(1, 0.4), new(2, 0.4), false),
            (new(1, 0.4), new(2, 0.7), true), (new(2, 0.7), new(1, 0.4), true), (new(1, 0.5), new(2, 0.5), true), (new(1, 1), new(2), true), (new(2), new(1, 1), true), (new(3, 0.9), new(2), false),
        })
            foreach (Func<bool> compare in new Func<bool>[] { () => a < b, () => a > b, () => a <= b, () => a >= b })
            {
                int before = BoundedChoices.Undecided;
                compare();
                Assert.Equal(before + (isOpen ? 1 : 0), BoundedChoices.Undecided);
            }
    }

    /// <summary>However close the argument may come to the pole, up to where nothing is known.</summary>
    [Fact]
    public void The_bound_of_a_logarithm_holds_up_to_its_pole()
    {
        for (int percent = 1; percent <= 120; percent++)
        {
            double error = Bounded<Binary32>.Log(new(2, 0.02 * percent)).Error, least = percent < 100 ? -Math.Log(1 - 0.01 * percent) : double.PositiveInfinity;
            Assert.True(error >= least, $"log(2 ± {percent} %): {error}, can be off by {least}");
            Assert.True(new Bounded<Binary32>(1, 0.02 * percent).Log1p().Error >= least);
        }
        Assert.InRange(Bounded<Binary32>.Log(new(2, 0.9)).Error, 0.5, 1);   // and is of use for half of it
        Assert.InRange(new Bounded<Binary32>(1, 0.9).Log1p().Error, 0.5, 1);
    }

    /// <summary>Nothing but 0 to the largest possible power is known of a power whose base may be 0; an exponent that is off moves it by its logarithm.</summary>
    [Fact]
    public void The_bound_of_a_power_covers_a_base_that_may_be_0_and_an_exponent_that_is_off()
    {
        var random = new Random(5);
        for (int t = 0; t < 1000; t++)
        {
            double x = Math.Exp(6 * random.NextDouble() - 3), y = 3 * random.NextDouble() + 0.5, left = x * (1 + random.NextDouble()), right = y * random.NextDouble() / 2;
            double error = Bounded<Binary32>.Pow(new(x, left), new(y, right)).Error;
            double most = new[] { y - right, y + right }.Max(each => Math.Pow(x + left, each));
            Assert.InRange(error, Math.Max(most - Math.Pow(x, y), Math.Pow(x, y)), most * (1 + 10 * Binary32.U) + 4 * Binary32.U * Math.Pow(x, y));
            Assert.Equal(double.PositiveInfinity, Bounded<Binary32>.Pow(new(x, left), new(right, y)).Error);   // perhaps a negative power of 0

            double slight = Math.ScaleB(right, -random.Next(4, 20)), near = Math.ScaleB(x, -random.Next(4, 20));
            error = Bounded<Binary32>.Pow(new(x, near), new(y, slight)).Error;
            double steepest = 0, furthest = 0;
            foreach (double a in new[] { x - near, x + near })
                foreach (double b in new[] { y - slight, y + slight })
                {
                    steepest = Math.Max(steepest, Math.Pow(a, b) * (b / a * near + Math.Abs(Math.Log(a)) * slight));
                    furthest = Math.Max(furthest, Math.Abs(Math.Pow(a, b) - Math.Pow(x, y)));
                }
            double drift = steepest / Math.Pow(x, y);
            Assert.InRange(error, furthest, steepest * (1 + 3 * drift + 3 * near / x) + 4.001 * Binary32.U * Math.Pow(x, y));
        }
    }

    /// <summary>An engine with half the digits of binary32 must be refused: a bound that lets it pass proves nothing. The large tiles of
    /// Winograd amplify roundings by their constants, as their text says: there it is a third.</summary>
    [Theory]
    [MemberData(nameof(Bounded))]
    public void The_bound_of_an_equation_refuses_results_with_half_the_digits(string id)
    {
        Equation equation = EquationTable.Find(id);
        bool changes = false;
        int lost = id is "CV-I7" or "CV-I9" ? 16 : 12;
        var coarse = new Engine("coarse").Offer(id, call =>
        {
            Right.Compute(equation, call);
            foreach (Operand output in equation.Outputs)
                foreach (ref float value in call.OutputValues(output.Name))
                {
                    float rounded = BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(value) + (1 << (lost - 1))) & -(1 << lost));
                    changes |= float.IsFinite(value) && rounded != value;
                    value = float.IsFinite(value) ? rounded : value;
                }
        });
        var judge = new BoundOracle();
        bool isRefused = equation.Family.Arbitrary(judge.Reach, drawn => equation.Work(drawn) <= judge.DrawnWork).Generator.Sample(50, new Rnd(3), 20)
            .Any(drawn => Battery.Judge(equation, judge, [coarse], new(1, 3), drawn, default)[0].Failure is not null);
        Assert.True(isRefused || !changes, "results with half the digits passed");   // whole numbers and choices have no more to lose
    }
}
