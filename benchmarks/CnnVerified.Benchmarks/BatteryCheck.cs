using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;

namespace CnnVerified.Benchmarks;

/// <summary>The battery's bound oracle on the engine as it is timed: the widest vectors, the same number of threads.</summary>
public static class BatteryCheck
{
    /// <summary>Throws where the engine misses the bound of an equation on one case, which the naive reference evaluates.</summary>
    public static void RefuseIfWrong(Case @case, int threads, params string[] ids)
    {
        using var engines = new EngineList();
        Engine engine = engines.Optimized(Execution.Widest, threads);
        foreach (string id in ids)
        {
            Judgement judgement = Battery.Judge(EquationTable.Find(id), new BoundOracle(), [engine], new BatterySettings(1, Seed: 1, Threads: threads),
                @case, CancellationToken.None)[0];
            if (judgement.Failure is { } failure)
                throw new InvalidOperationException($"{id} on {@case} is wrong and will not be timed: {failure.What}\nRepeat: {failure.Repeat}");
        }
    }
}
