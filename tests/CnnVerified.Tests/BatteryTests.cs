using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The battery itself: every oracle on every equation, on its text, on the reference and on every vector width of this machine: the
/// three forms are held together, ties and kinks included (exact cases are small whole numbers, full of ties).</summary>
public sealed class BatteryTests : IDisposable
{
    // Without hardware FMA every fused operation is a call: fewer cases, the same bits.
    private static readonly int Cases = System.Runtime.Intrinsics.X86.Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported ? 60 : 12;

    // A row with a single 1, windows of which most pixels are no maximum: zeros by definition.
    private static readonly string[] MostlyZero = ["IN-5"];

    private readonly EngineList _list = new();

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (Equation equation in EquationTable.All)
                foreach (Oracle oracle in Oracle.All.Where(oracle => oracle.Judges(equation)))
                    all.Add(equation.Id, oracle.Name);
            return all;
        }
    }

    public void Dispose() => _list.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void Holds(string id, string oracleName)
    {
        Equation equation = EquationTable.Find(id);
        Oracle oracle = Oracle.All.First(each => each.Name == oracleName);
        Engine[] engines = [.. new[] { EngineList.Text(), EngineList.Reference() }.Concat(EngineList.Widths.Select(width => _list.Optimized(width)))
            .Where(engine => oracle.CanJudge(engine, equation))];

        if (engines.Length == 0)
        {
            Assert.True(oracleName == "bits" && !EquationTable.Find(id).NeedsTwin || id == "PL-F2", "no engine was judged");   // bits need a twin; PL-F2 is fused into PL-B1's
            return;
        }

        var judgements = Battery.Judge(equation, oracle, engines, new(Cases, Seed: 7), null, default);

        Assert.NotEmpty(judgements);
        Assert.All(judgements, judgement =>
        {
            Assert.True(judgement.Failure is null, $"{judgement.Failure?.What} {judgement.Failure?.Repeat}");
            Assert.True(judgement.Checks >= Cases / 2, $"only {judgement.Checks} of {Cases} cases were within the oracle's reach");
            Assert.True(judgement.Elements > 0 && (judgement.Weak <= Cases * 3 / 4 || MostlyZero.Contains(id)), $"{judgement.Weak} of {judgement.Checks} cases proved little");
        });
    }

    [Fact]
    public void Every_equation_is_judged_by_two_oracles_at_least_and_every_gradient_by_a_derivative()
    {
        Assert.All(EquationTable.All.Where(equation => equation.Nature != Nature.ShapeRule && equation.Id != "PL-F2"),
            equation => Assert.True(Oracle.All.Count(oracle => oracle.Judges(equation)) >= 2, equation.Id));
        Assert.All(EquationTable.All.Where(equation => equation.Id.Contains("-B", StringComparison.Ordinal)), equation =>
            Assert.Equal(2, Oracle.All.Count(oracle => oracle is DualOracle or NumericalOracle && oracle.Judges(equation))));
    }

    [Fact]
    public void The_same_seed_finds_the_same()
    {
        string Run() => string.Join('\n', Battery.Run([EquationTable.Find("CV-F1"), EquationTable.Find("SM-B1")],
            [_list.Optimized(VectorWidth.Scalar, 1)], new(10, 3), _ => { }, default).SelectMany(judgements => judgements));
        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void An_engine_that_offers_nothing_has_no_judgement() =>
        Assert.Empty(Battery.Run(EquationTable.All, [new Engine("empty")], new(1, 1), _ => { }, default));

    [Fact]
    public void A_cancelled_battery_stops()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            Battery.Run(EquationTable.All, [EngineList.Reference()], new(5, 1), _ => { }, stop.Token).Count());
    }
}
