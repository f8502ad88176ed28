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

    // Each function, what it is in binary32 and in binary64, and where it is tried.
    private static readonly Dictionary<string, (OnBounds Bound, Func<float, float> Single, Func<double, double> Double, double From, double To)> Functions = new()
    {
        ["exp"] = (Bounded<Binary32>.Exp, MathF.Exp, Math.Exp, -20, 20),
        ["log"] = (Bounded<Binary32>.Log, MathF.Log, Math.Log, 1e-3, 1e3),
        ["log1p"] = (x => x.Log1p(), x => (float)RealFunctions.Log1p((double)x), RealFunctions.Log1p, -0.9, 1e3),
        ["sqrt"] = (Bounded<Binary32>.Sqrt, MathF.Sqrt, Math.Sqrt, 1e-3, 1e3),
        ["tanh"] = (Bounded<Binary32>.Tanh, MathF.Tanh, Math.Tanh, -5, 5),
        ["cos"] = (Bounded<Binary32>.Cos, MathF.Cos, Math.Cos, -5, 5),
        ["sin"] = (Bounded<Binary32>.Sin, MathF.Sin, Math.Sin, -5, 5),
        ["erfc"] = (x => x.Erfc(), x => (float)RealFunctions.Erfc((double)x), RealFunctions.Erfc, -3, 3),
        ["power"] = (x => Bounded<Binary32>.Pow(x, new(1.75)), x => MathF.Pow(x, 1.75f), x => Math.Pow(x, 1.75), 1e-2, 1e2),
        ["reciprocal"] = (x => new Bounded<Binary32>(1) / x, x => 1 / x, x => 1 / x, 1e-2, 1e2),
        ["square"] = (x => x * x, x => x * x, x => x * x, -1e2, 1e2),
        ["difference"] = (x => x - new Bounded<Binary32>(0.75), x => x - 0.75f, x => x - 0.75, -2, 2),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    public static TheoryData<string> Bounded => [.. EquationTable.All.Where(new BoundOracle().Judges).Select(equation => equation.Id)];

    /// <summary>The operand is off by as much as is stated of it, to either side, and the function is computed in binary32.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_bound_of_a_function_is_never_exceeded_and_within_three_times_what_its_operand_explains(string name)
    {
        var (bound, single, real, from, to) = Functions[name];
        var random = new Random(4);
        for (int t = 0; t < 2000; t++)
        {
            float x = (float)(from + (to - from) * random.NextDouble());
            double off = t % 3 == 0 ? 0 : Math.Min(Math.ScaleB(Math.Abs(x), -random.Next(8, 23)), (x - from) / 2);
            foreach (double at in new[] { x - off, x, x + off })
            {
                double error = bound(new(at, off + Math.ScaleB(Math.Abs(x), -24))).Error;
                double got = Math.Abs(single(x) - real(at));
                Assert.True(got <= error, $"{name}({x:R}) for {at:R}: off by {got:G4}, bound {error:G4}");
                // A slope by differences (1 for a sine, whose errors are stated as absolute ones), and the ten roundings that the stated errors are at most.
                double h = Math.ScaleB(Math.Abs(x) + 1, -20), slope = name is "sin" or "cos" ? 1 : Math.Abs(real(at + h) - real(at - h)) / (2 * h);
                double explained = slope * (off + Math.ScaleB(Math.Abs(x), -23)) + 10 * Math.ScaleB(Math.Abs(real(at)) + (name is "difference" or "sin" or "cos" ? 1 : 0), -24);
                Assert.True(error <= 3 * explained + 1e-30, $"{name}({x:R}): bound {error:G4}, explained {explained:G4}");
            }
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
