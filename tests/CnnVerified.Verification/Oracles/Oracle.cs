using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Verification.Oracles;

/// <summary>What an oracle found on one case.</summary>
/// <param name="Elements">Elements compared.</param>
/// <param name="Worst">The largest error over its bound; 0 where equality was demanded and met.</param>
/// <param name="Failure">Null where everything holds; else the worst element, its value, what was expected and the bound.</param>
/// <param name="IsWeak">True where more than nine tenths of the expected output are zero, so that little was proved.</param>
public readonly record struct Finding(long Elements, double Worst, string? Failure, bool IsWeak);

/// <summary>A case made ready: what an oracle expects does not depend on the engine, and is worked out once for all of them.</summary>
/// <param name="engine">The engine under judgement.</param>
/// <returns>What was found.</returns>
public delegate Finding Trial(Engine engine);

/// <summary>A judge of engines. Each says what it proves; none uses the arithmetic of what it judges.</summary>
public abstract class Oracle
{
    /// <summary>One word for reports.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence: what it shows when it holds.</summary>
    public abstract string Proves { get; }

    /// <summary>How large its cases may be.</summary>
    public virtual Reach Reach => Reach.Full;

    /// <summary>The work of the reference up to which it judges a case: it evaluates it once, or, where its reach is small, dozens of
    /// times.</summary>
    public double MostWork => Reach == Reach.Full ? 2_000_000_000 : 3_000_000;

    /// <summary>The work of the reference up to which cases are drawn: many small cases show more than a large one.</summary>
    public double DrawnWork => Reach == Reach.Full ? 500_000 : 20_000;

    /// <summary>True where it has something to say about an equation.</summary>
    /// <param name="equation">The equation.</param>
    /// <returns>Whether it judges it.</returns>
    public abstract bool Judges(Equation equation);

    /// <summary>True where it can judge an engine on an equation; some oracles ask the engine for the forward equation too.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="equation">The equation.</param>
    /// <returns>Whether the engine offers what is needed.</returns>
    public virtual bool CanJudge(Engine engine, Equation equation) => engine.Offers(equation);

    /// <summary>The case that it judges in the place of a drawn one: the same, where any will do.</summary>
    /// <param name="drawn">The drawn case.</param>
    /// <returns>A valid case.</returns>
    public virtual Case Near(Case drawn) => drawn;

    /// <summary>Works out what is expected on a case.</summary>
    /// <param name="equation">An equation that it judges.</param>
    /// <param name="case">The case.</param>
    /// <param name="seed">The run's seed.</param>
    /// <returns>The trial, or null where this case is beyond the oracle (sums too long to be exact).</returns>
    public abstract Trial? Prepare(Equation equation, Case @case, ulong seed);

    /// <summary>All oracles, strongest first.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new ExactOracle(), new CountOracle(), new DualOracle(), new NumericalOracle(), new ClaimOracle(), new KinkOracle(), new AdjointOracle(),
        new LinearityOracle(), new BoundOracle(), new MatrixOracle(), new FourierOracle(), new ShiftOracle(), new SliceOracle(), new OrderOracle(),
        new WinogradOracle(), new SameBitsOracle(),
    ];
}
