using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The battery itself: every oracle on every equation, on its text, on the reference and on every vector width of this machine: the
/// three forms are held together, ties and kinks included (exact cases are small whole numbers, full of ties).</summary>
public sealed class BatteryTests(BatteryEngines engines) : IClassFixture<BatteryEngines>
{
    // CNNVERIFIED_CASES=200 judges more.
    private static readonly int Cases = int.TryParse(Environment.GetEnvironmentVariable("CNNVERIFIED_CASES"), out int cases) ? cases : 5;

    // Another instruction set changes the engine alone, and what judges its numbers is enough: CNNVERIFIED_ENGINE_ONLY=1.
    private static readonly bool IsEngineOnly = Environment.GetEnvironmentVariable("CNNVERIFIED_ENGINE_ONLY") == "1";

    // A row with a single 1, a window of which most pixels are no maximum: zeros by definition.
    private static readonly string[] MostlyZero = ["IN-5", "SM-F3", "GC-4", "PL-B17", "PL-B18", "PL-B21"];

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (Equation equation in EquationTable.All.Where(equation => !IsEngineOnly || equation.NeedsTwin))
                foreach (Oracle oracle in Oracle.All.Where(oracle => oracle.Judges(equation) && (!IsEngineOnly || oracle is ExactOracle or BoundOracle or OrderOracle or SameBitsOracle)))
                    all.Add(equation.Id, oracle.Name);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Holds(string id, string oracleName)
    {
        Equation equation = EquationTable.Find(id);
        Oracle oracle = Oracle.All.First(each => each.Name == oracleName);
        Engine[] able = [.. engines.All.Where(engine => oracle.CanJudge(engine, equation) && (!IsEngineOnly || engine.Name is not ("text" or "reference")))];
        if (able.Length == 0)
        {
            // Bits and an order need a twin, and the twin may promise no order; PL-F2 is fused into PL-B1's.
            Assert.True(oracleName == "bits" && !equation.NeedsTwin || oracleName == "order" && !EngineList.SumsInOrder.Contains(id) || id == "PL-F2", "no engine was judged");
            return;
        }

        var judgements = Battery.Judge(equation, oracle, able, new(Cases, Seed: 7), null, default);
        // A handful of cases may all be weak by accident; among many there is one that proves something.
        if (judgements.Any(ProvesLittle))
            judgements = Battery.Judge(equation, oracle, able, new(Math.Max(Cases, 40), Seed: 7), null, default);

        Assert.NotEmpty(judgements);
        Assert.All(judgements, judgement =>
        {
            Assert.True(judgement.Failure is null, $"{judgement.Failure?.What} {judgement.Failure?.Repeat}");
            Assert.True(judgement.Checks >= Cases / 4 || judgement.Engine == "text", $"only {judgement.Checks} of {Cases} cases were within the oracle's reach");
            // The text judges small cases alone: a handful may be weak.
            Assert.True(judgement.Elements > 0 || judgement.Engine == "text", "nothing was compared");
            Assert.False(ProvesLittle(judgement), $"{judgement.Weak} of {judgement.Checks} cases proved little");
        });

        bool ProvesLittle(Judgement judgement) =>
            judgement.Failure is null && judgement.Weak == judgement.Checks && judgement.Engine != "text" && !IsEngineOnly && !MostlyZero.Contains(id);
    }

    [Fact]
    public void Every_equation_is_judged_by_two_oracles_at_least_and_every_gradient_by_a_derivative()
    {
        Assert.All(EquationTable.All.Where(equation => equation.Kind is not (Kind.ShapeRule or Kind.Definition)),
            equation => Assert.True(Oracle.All.Count(oracle => oracle.Judges(equation)) >= 2, equation.Id));
        Assert.All(EquationTable.All.Where(equation => equation.GradientOf is not null), equation =>
            Assert.Equal(2, Oracle.All.Count(oracle => oracle is DualOracle or NumericalOracle && oracle.Judges(equation))));
    }

    [Fact]
    public void The_same_seed_finds_the_same()
    {
        string Run() => string.Join('\n', Battery.Run([EquationTable.Find("CV-F1"), EquationTable.Find("SM-B1")],
            [engines.List.Optimized(VectorWidth.Scalar, 1)], new(10, 3), _ => { }, default).SelectMany(judgements => judgements));
        Assert.Equal(Run(), Run());
    }

    // One window covers nine pixels and the other three. The first residual happens to be divisible by both counts, its reverse is not.
    [Fact]
    public void Linearity_asks_for_equality_only_where_every_pass_has_whole_quotients() => Assert.All(
        Battery.Judge(EquationTable.Find("PL-B16"), new LinearityOracle(), [engines.All.Single(engine => engine.Name == "reference")], new(1, 2015),
            CnnVerified.Verification.Cases.Case.Parse(EquationTable.Find("PL-B16").Family, "n1c1h5w3-r3s3-sh4sw2"), default),
        judgement => Assert.True(judgement is { Checks: > 0, Failure: null }, judgement.ToString()));

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
        // A block of a large run has thousands of cases, which take seconds to draw.
        Assert.Throws<OperationCanceledException>(() => Battery.Drawn(EquationTable.Find("FC-F1"), new ExactOracle(), 1, 0, 10_000, stop.Token));
    }
}

/// <summary>The engines that are judged: made once, since each has worker threads of its own.</summary>
public sealed class BatteryEngines : IDisposable
{
    public BatteryEngines() => All = [EngineList.Text(), EngineList.Reference(), .. EngineList.Widths.Select(width => List.Optimized(width))];

    internal EngineList List { get; } = new();

    internal IReadOnlyList<Engine> All { get; }

    public void Dispose() => List.Dispose();
}
