using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;

namespace CnnVerified.Verification;

/// <summary>Verifies kernels from a test of any framework: what does not hold throws.</summary>
/// <example><code>
/// [Fact]
/// public void My_rectifier_computes_AC_F3() => Verify.Equation("AC-F3", MyKernels.Rectifier);
/// </code></example>
public static class Verify
{
    /// <summary>How many cases are drawn for each equation and oracle where nothing else is asked for.</summary>
    public const int Cases = 100;

    /// <summary>The seed of cases and data where nothing else is asked for.</summary>
    public const ulong Seed = 2015;

    /// <summary>Verifies that a method or a lambda computes an equation, by every oracle that judges it.</summary>
    /// <param name="id">The equation's id, such as CV-F1.</param>
    /// <param name="kernel">The kernel; its parameters have the names of the equation's text (<see cref="Engines.Engine.Offer(string, Delegate)"/> tells their types).</param>
    /// <param name="cases">Cases drawn for each oracle.</param>
    /// <param name="seed">The seed of cases and data.</param>
    /// <param name="onlyCase">A case to judge instead of drawn ones, such as n1c3h30w30-k8r3s3-ph1pw1, or null.</param>
    /// <returns>What each oracle found; all hold.</returns>
    /// <exception cref="VerificationException">It does not hold, or no oracle could judge it on this case.</exception>
    /// <exception cref="InputException">There is no such equation, a parameter has no name or type of it, or the case does not fit it.</exception>
    public static IReadOnlyList<Judgement> Equation(string id, Delegate kernel, int cases = Cases, ulong seed = Seed, string? onlyCase = null) =>
        Equation(id, new Engine("kernel").Offer(id, kernel), cases, seed, onlyCase);

    /// <summary>The same for a function that fetches its tensors from the call.</summary>
    /// <param name="id">The equation's id, such as CV-F1.</param>
    /// <param name="operation">Reads the call's inputs and writes every element of its outputs.</param>
    /// <param name="cases">Cases drawn for each oracle.</param>
    /// <param name="seed">The seed of cases and data.</param>
    /// <param name="onlyCase">A case to judge instead of drawn ones, or null.</param>
    /// <returns>What each oracle found; all hold.</returns>
    /// <exception cref="VerificationException">It does not hold, or no oracle could judge it on this case.</exception>
    /// <exception cref="InputException">There is no such equation, or the case does not fit it.</exception>
    public static IReadOnlyList<Judgement> Equation(string id, Action<EngineCall> operation, int cases = Cases, ulong seed = Seed, string? onlyCase = null) =>
        Equation(id, new Engine("kernel").Offer(id, operation), cases, seed, onlyCase);

    /// <summary>Verifies one equation on an engine; oracles that compare it with another equation, such as a gradient with its forward
    /// pass, judge it where the engine offers both.</summary>
    /// <param name="id">The equation's id, such as CV-B1.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cases">Cases drawn for each oracle.</param>
    /// <param name="seed">The seed of cases and data.</param>
    /// <param name="onlyCase">A case to judge instead of drawn ones, or null.</param>
    /// <returns>What each oracle found; all hold.</returns>
    /// <exception cref="VerificationException">It does not hold, the engine does not offer it, or no oracle could judge it on this case.</exception>
    /// <exception cref="InputException">There is no such equation, or the case does not fit it.</exception>
    public static IReadOnlyList<Judgement> Equation(string id, Engine engine, int cases = Cases, ulong seed = Seed, string? onlyCase = null) =>
        All([EquationTable.Find(id)], engine, new(cases, seed, onlyCase));

    /// <summary>Verifies every equation that an engine offers.</summary>
    /// <param name="engine">The engine, such as <c>new Engine("mine").Offer(typeof(MyKernels))</c>.</param>
    /// <param name="cases">Cases drawn for each equation and oracle.</param>
    /// <param name="seed">The seed of cases and data.</param>
    /// <returns>What each oracle found; all hold.</returns>
    /// <exception cref="VerificationException">An equation does not hold, or the engine offers none.</exception>
    public static IReadOnlyList<Judgement> Engine(Engine engine, int cases = Cases, ulong seed = Seed) =>
        All([.. EquationTable.All.Where(engine.Offers)], engine, new(cases, seed));

    private static List<Judgement> All(IReadOnlyList<Equation> equations, Engine engine, BatterySettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Cases, 1);
        if (equations.Count == 0 || equations.FirstOrDefault(equation => !engine.Offers(equation)) is not null)
            throw new VerificationException($"'{engine.Name}' does not offer {(equations.Count == 0 ? "any equation" : equations[0].Id)}: nothing was judged.");
        var all = new List<Judgement>();
        foreach (Equation equation in equations)
            foreach (Judgement judgement in Battery.Run([equation], [engine], settings, _ => { }, default).Select(judgements => judgements[0]))
            {
                all.Add(judgement);
                if (judgement.Failure is not null)
                    break;   // the strongest oracle that says no; weaker ones would only repeat it
            }
        Judgement[] failed = [.. all.Where(judgement => judgement.Failure is not null)];
        if (failed.Length > 0)
            throw new VerificationException(string.Join("\n\n", failed.Select(judgement => Told(judgement, settings)))) { Failed = failed };
        return equations.FirstOrDefault(equation => all.Where(judgement => judgement.Equation == equation.Id).Sum(judgement => judgement.Checks) == 0) is { } open
            ? throw new VerificationException($"{open.Id} on '{engine.Name}': nothing was judged; {(settings.OnlyCase is { } only ? $"the case {only} is" : "all cases were")} beyond its oracles.")
            : all;
    }

    private static string Told(Judgement judgement, BatterySettings settings) => $"""
        {judgement.Equation} does not hold on '{judgement.Engine}'.
        smallest case found: {judgement.Failure!.Case}
        {judgement.Failure.What}
        oracle {judgement.Oracle}: {Oracle.All.First(oracle => oracle.Name == judgement.Oracle).Proves}
        Repeat: Verify.Equation("{judgement.Equation}", {judgement.Engine}, seed: {settings.Seed}, onlyCase: "{judgement.Failure.Case}")
        """.ReplaceLineEndings("\n");
}
