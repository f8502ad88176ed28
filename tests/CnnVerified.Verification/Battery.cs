using System.Runtime.ExceptionServices;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace CnnVerified.Verification;

/// <summary>How one engine fared with one oracle on one equation.</summary>
/// <param name="Equation">The equation's id.</param>
/// <param name="Oracle">The oracle's name.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Checks">Cases that were judged.</param>
/// <param name="Elements">Elements that were compared in them.</param>
/// <param name="Weak">Cases whose expected output was zero by more than nine tenths: they prove little.</param>
/// <param name="Beyond">Cases that were beyond the oracle (too large, or sums too long to be exact) or that the engine does not take, and not judged.</param>
/// <param name="Worst">The largest error over its bound; 0 where equality was demanded and met.</param>
/// <param name="Failure">The smallest failing case found, or null.</param>
public sealed record Judgement(string Equation, string Oracle, string Engine, int Checks, long Elements, int Weak, int Beyond, double Worst, Failure? Failure);

/// <summary>A failing case, shrunk.</summary>
/// <param name="Case">The case as text.</param>
/// <param name="What">The worst element, expected and got.</param>
/// <param name="Repeat">A command that repeats it from a clone.</param>
public sealed record Failure(string Case, string What, string Repeat);

/// <summary>What to run.</summary>
/// <param name="Cases">Generated cases for each equation and oracle.</param>
/// <param name="Seed">The seed of cases and data.</param>
/// <param name="OnlyCase">A case text to judge instead of generated ones, or null.</param>
/// <param name="Threads">Threads of the engine, as given on the command line, or null; only for the command that repeats a failure.</param>
public sealed record BatterySettings(int Cases, ulong Seed, string? OnlyCase = null, int? Threads = null);

/// <summary>Runs oracles over equations and engines.</summary>
public static class Battery
{
    /// <summary>Judges engines on equations; one batch of judgements for each equation and oracle that applies.</summary>
    /// <param name="equations">What to judge.</param>
    /// <param name="engines">Whom.</param>
    /// <param name="settings">How many cases, from which seed.</param>
    /// <param name="progress">Told what is being judged.</param>
    /// <param name="cancel">Stops between cases.</param>
    /// <returns>Judgements as they come; an engine that does not offer an equation has none.</returns>
    /// <exception cref="InputException">The case text does not fit an equation.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IEnumerable<IReadOnlyList<Judgement>> Run(IEnumerable<Equation> equations, IReadOnlyList<Engine> engines,
        BatterySettings settings, Action<string> progress, CancellationToken cancel)
    {
        foreach (Equation equation in equations)
        {
            Case? only = settings.OnlyCase is { } text ? Case.Parse(equation.Family, text) : null;
            foreach (Oracle oracle in Oracle.All.Where(oracle => oracle.Judges(equation)))
            {
                Engine[] able = [.. engines.Where(engine => oracle.CanJudge(engine, equation))];
                if (able.Length == 0)
                    continue;
                progress($"{equation.Id} {oracle.Name}");
                yield return Judge(equation, oracle, able, settings, only, cancel);
            }
        }
    }

    /// <summary>Judges engines on one equation by one oracle.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="oracle">An oracle that judges it.</param>
    /// <param name="engines">Engines that it can judge.</param>
    /// <param name="settings">How many cases, from which seed.</param>
    /// <param name="only">One case to judge instead of generated ones, or null.</param>
    /// <param name="cancel">Stops between cases.</param>
    /// <returns>One judgement for each engine.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<Judgement> Judge(Equation equation, Oracle oracle, IReadOnlyList<Engine> engines,
        BatterySettings settings, Case? only, CancellationToken cancel)
    {
        Tally[] tallies = [.. engines.Select(engine => new Tally(engine))];

        // Expected values are worked out once for all engines.
        bool Holds(Case @case, Tally[] judged)
        {
            cancel.ThrowIfCancellationRequested();
            double work = equation.Work(@case);
            Trial? trial = work <= oracle.MostWork ? oracle.Prepare(equation, @case, settings.Seed) : null;
            bool holds = true;
            foreach (Tally tally in judged)
            {
                if (LastCase.IsKept)
                    LastCase.Note(new(equation.Id, @case.ToString(), tally.Engine.Name, oracle.Name, Repeat(equation, tally.Engine, @case, settings)));
                holds &= tally.Judge(work <= tally.Engine.MostWork && tally.Engine.Takes(equation, @case) ? trial : null, @case);
            }
            return holds;
        }

        if (only is not null)
            Holds(only, tallies);
        else
        {
            // All cases for all engines; whoever failed is out after its first failure, and is then shrunk alone.
            Check(equation, oracle, settings, @case =>
            {
                Holds(@case, [.. tallies.Where(tally => tally.FailedOn is null)]);
                return true;
            });
            cancel.ThrowIfCancellationRequested();
            foreach (Tally failed in tallies.Where(tally => tally.FailedOn is not null))
            {
                failed.StopCounting();
                Check(equation, oracle, settings, @case => Holds(@case, [failed]));
            }
        }
        cancel.ThrowIfCancellationRequested();
        return [.. tallies.Select(tally => tally.Result(equation, oracle, settings))];
    }

    // A path may have spaces; what a shell could read otherwise stands in quotes.
    private static string Repeat(Equation equation, Engine engine, Case @case, BatterySettings settings)
    {
        string name = engine.Argument.All(character => char.IsLetterOrDigit(character) || "._-/\\:".Contains(character, StringComparison.Ordinal)) ? engine.Argument
            : $"'{engine.Argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        return $"dotnet run -c Release --project tests/CnnVerified.Cli -- verify {equation.Id} --engine {name} --case {@case} --seed {settings.Seed}" +
            (settings.Threads is { } threads ? $" --threads {threads}" : "");
    }

    private static void Check(Equation equation, Oracle oracle, BatterySettings settings, Func<Case, bool> holds)
    {
        // An exception of an oracle is no finding: it ends the run.
        ExceptionDispatchInfo? thrown = null;
        bool Property(Case @case)
        {
            try
            {
                return thrown is not null || holds(@case);
            }
            catch (Exception exception)
            {
                thrown = ExceptionDispatchInfo.Capture(exception);
                return true;
            }
        }

        var config = Config.Quick.WithMaxTest(settings.Cases).WithQuietOnSuccess(true).WithRunner(new SilentRunner())
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(settings.Seed), FSharpOption<int>.None)));
        FsCheck.Check.One(config, Prop.ForAll(equation.Family.Arbitrary(oracle.Reach, @case => equation.Work(@case) <= oracle.DrawnWork), (Func<Case, bool>)Property));
        thrown?.Throw();
    }

    /// <summary>Counts for one engine.</summary>
    private sealed class Tally(Engine engine)
    {
        private int _checks, _weak, _beyond;
        private long _elements;
        private double _worst;
        private string? _what;
        private bool _shrinking;

        public Engine Engine => engine;

        public Case? FailedOn { get; private set; }

        public bool Judge(Trial? trial, Case @case)
        {
            if (trial is null)
            {
                _beyond += _shrinking ? 0 : 1;
                return true;
            }
            Finding finding = Guarded(trial);
            if (!_shrinking)
            {
                _checks++;
                _elements += finding.Elements;
                _weak += finding.IsWeak ? 1 : 0;
                _worst = Math.Max(_worst, finding.Worst);
            }
            if (finding.Failure is null)
                return true;
            (FailedOn, _what) = (@case, finding.Failure);
            return false;
        }

        // An engine that throws has failed; the message says so.
        private Finding Guarded(Trial trial)
        {
            try
            {
                return trial(engine);
            }
            catch (Exception thrown) when (thrown is not OperationCanceledException)
            {
                return new Finding(0, double.PositiveInfinity, $"{thrown.GetType().Name}: {thrown.Message}", false);
            }
        }

        // From here on FsCheck walks from failing case to smaller failing case: the last one it saw is the smallest.
        public void StopCounting() => _shrinking = true;

        public Judgement Result(Equation equation, Oracle oracle, BatterySettings settings) => new(equation.Id, oracle.Name, engine.Name,
            _checks, _elements, _weak, _beyond, _worst, FailedOn is null ? null : new Failure(FailedOn.ToString(), _what!, Repeat(equation, engine, FailedOn, settings)));
    }

    // FsCheck reports to the console by default; the tallies hold what is wanted.
    private sealed class SilentRunner : IRunner
    {
        public void OnStartFixture(Type t) { }

        public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every) { }

        public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink) { }

        public void OnFinished(string name, TestResult testResult) { }
    }
}
