using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
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
/// <param name="Shard">The part of the run to do, or null for all of it.</param>
public sealed record BatterySettings(int Cases, ulong Seed, string? OnlyCase = null, int? Threads = null, Shard? Shard = null)
{
    private const int LeastCases = 50, MostBlocks = 100;

    /// <summary>Cases of a block. It does not depend on the number of shards.</summary>
    public int BlockSize => OnlyCase is not null ? 1 : Math.Max(LeastCases, (int)(((long)Cases + MostBlocks - 1) / MostBlocks));

    /// <summary>The blocks of each equation and oracle.</summary>
    /// <returns>The first case of each and how many it has.</returns>
    public IEnumerable<(int First, int Count)> Blocks()
    {
        long cases = OnlyCase is not null ? 1 : Cases;
        for (long first = 0; first < cases; first += BlockSize)
            yield return ((int)first, (int)Math.Min(BlockSize, cases - first));
    }
}

/// <summary>Runs oracles over equations and engines.</summary>
public static class Battery
{
    private const int LargestSize = 100;   // of FsCheck's generators

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
        BatterySettings settings, Action<string> progress, CancellationToken cancel) =>
        Claims(equations, engines, settings, progress, cancel).Select(claim => claim.Judgements());

    /// <summary>The same, block by block.</summary>
    /// <param name="equations">What to judge.</param>
    /// <param name="engines">Whom.</param>
    /// <param name="settings">How many cases, from which seed, and which shard of them.</param>
    /// <param name="progress">Told what is being judged.</param>
    /// <param name="cancel">Stops between cases.</param>
    /// <returns>A claim for each equation and oracle that applies, as they come; of a shard too, even if it has no block of it.</returns>
    /// <exception cref="InputException">The case text does not fit an equation.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IEnumerable<BatteryClaim> Claims(IEnumerable<Equation> equations, IReadOnlyList<Engine> engines,
        BatterySettings settings, Action<string> progress, CancellationToken cancel)
    {
        var dealt = settings.Shard is { } shard ? Dealt(Pairs(equations, engines), settings, shard) : null;
        foreach (var (equation, oracle, able) in Pairs(equations, engines))
        {
            Case? only = settings.OnlyCase is { } text ? Case.Parse(equation.Family, text) : null;
            yield return Judge(equation, oracle, able, settings, settings.Blocks().Where(block => dealt?.Contains((equation, oracle, block.First)) != false)
                .Select(block => (block.First, only is not null ? [only] : Drawn(equation, oracle, settings.Seed, block.First, block.Count, cancel))), progress, cancel);
        }
    }

    /// <summary>Every equation and oracle that apply to each other, with the engines that can be judged.</summary>
    /// <param name="equations">What to judge.</param>
    /// <param name="engines">Whom.</param>
    /// <returns>Those for which there is an engine, in the order of the equations and of <see cref="Oracle.All"/>.</returns>
    public static IEnumerable<(Equation Equation, Oracle Oracle, IReadOnlyList<Engine> Engines)> Pairs(IEnumerable<Equation> equations, IReadOnlyList<Engine> engines)
    {
        foreach (Equation equation in equations)
            foreach (Oracle oracle in Oracle.All.Where(oracle => oracle.Judges(equation)))
                if (engines.Where(engine => oracle.CanJudge(engine, equation)).ToArray() is { Length: > 0 } able)
                    yield return (equation, oracle, able);
    }

    /// <summary>Draws consecutive cases. Each follows from seed, equation, oracle and its number alone, not from those before it, so a run
    /// can be split anywhere.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="oracle">The oracle that will judge it.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="first">The number of the first case, from 0 on.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancel">Stops between cases.</param>
    /// <returns>The cases.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<Case> Drawn(Equation equation, Oracle oracle, ulong seed, int first, int count, CancellationToken cancel = default)
    {
        var generator = equation.Family.Arbitrary(oracle.Reach, @case => equation.Work(@case) <= oracle.DrawnWork).Generator;
        return [.. Enumerable.Range(first, count).Select(number =>
        {
            cancel.ThrowIfCancellationRequested();
            return oracle.Near(generator.Sample(Math.Min(number, LargestSize - 1) + 1, new Rnd(Hash($"{seed} {equation.Id} {oracle.Name} {number}")), 1).First());
        })];
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
        BatterySettings own = settings with { OnlyCase = only?.ToString() };
        return Judge(equation, oracle, engines, own, own.Blocks().Select(block =>
            (block.First, only is not null ? [only] : Drawn(equation, oracle, own.Seed, block.First, block.Count, cancel))), _ => { }, cancel).Judgements();
    }

    /// <summary>Judges engines on given cases of one equation by one oracle.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="oracle">An oracle that judges it.</param>
    /// <param name="engines">Engines that it can judge.</param>
    /// <param name="settings">The run that the cases belong to.</param>
    /// <param name="blocks">The cases, and the number of the first of each block.</param>
    /// <param name="progress">Told what is being judged.</param>
    /// <param name="cancel">Stops between cases.</param>
    /// <returns>What each engine did on each block up to the one in which it failed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static BatteryClaim Judge(Equation equation, Oracle oracle, IReadOnlyList<Engine> engines, BatterySettings settings,
        IEnumerable<(int First, IReadOnlyList<Case> Cases)> blocks, Action<string> progress, CancellationToken cancel)
    {
        var judged = new List<CaseBlock>();
        foreach (var (first, cases) in blocks)
        {
            var failed = judged.SelectMany(block => block.Outcomes).Where(outcome => outcome.Failure is not null).Select(outcome => outcome.Engine).ToHashSet();
            Tally[] tallies = [.. engines.Where(engine => !failed.Contains(engine.Name)).Select(engine => new Tally(engine))];
            if (tallies.Length == 0)
                break;
            for (int i = 0; i < cases.Count; i++)
            {
                // Whoever failed is out after its first failure, and is then shrunk alone.
                Tally[] open = [.. tallies.Where(tally => tally.FailedOn is null)];
                if (open.Length == 0)
                    break;
                progress(settings.OnlyCase is null ? $"{equation.Id} {oracle.Name}: case {first + i + 1} of {settings.Cases}" : $"{equation.Id} {oracle.Name}");
                Holds(cases[i], open);
            }
            foreach (Tally tally in tallies.Where(tally => tally.FailedOn is not null && settings.OnlyCase is null))
            {
                tally.StopCounting();
                Shrink(equation, tally.FailedOn!, @case => Holds(@case, [tally]));
                cancel.ThrowIfCancellationRequested();
            }
            string[] texts = [.. cases.Select(@case => @case.ToString())];
            judged.Add(new(first, texts.Length, CaseBlock.HashOf(texts), texts, [.. tallies.Select(tally => tally.Result(equation, settings))]));
        }
        cancel.ThrowIfCancellationRequested();
        return BatteryClaim.Of(equation.Id, oracle.Name, engines.Select(engine => engine.Name), judged);

        // Expected values are worked out once for all engines.
        bool Holds(Case @case, Tally[] judging)
        {
            cancel.ThrowIfCancellationRequested();
            double work = equation.Work(@case);
            Trial? trial = work <= oracle.MostWork ? oracle.Prepare(equation, @case, settings.Seed) : null;
            bool holds = true;
            foreach (Tally tally in judging)
            {
                if (LastCase.IsKept)
                    LastCase.Note(new(equation.Id, @case.ToString(), tally.Engine.Name, oracle.Name, Repeat(equation, tally.Engine, @case, settings)));
                holds &= tally.Judge(work <= tally.Engine.MostWork && tally.Engine.Takes(equation, @case) ? trial : null, @case);
            }
            return holds;
        }
    }

    // By a hash in between, so that the slow oracles of all equations do not meet in one shard.
    private static HashSet<(Equation, Oracle, int First)> Dealt(
        IEnumerable<(Equation Equation, Oracle Oracle, IReadOnlyList<Engine>)> pairs, BatterySettings settings, Shard shard) =>
        [.. pairs.SelectMany(pair => settings.Blocks().Select(block => (pair.Equation, pair.Oracle, block.First)))
            .OrderBy(unit => Hash($"{unit.Equation.Id} {unit.Oracle.Name} {unit.First}"))
            .Where((_, position) => position % shard.Of == shard.Number - 1)];

    private static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // A path may have spaces; what a shell could read otherwise stands in quotes.
    private static string Repeat(Equation equation, Engine engine, Case @case, BatterySettings settings)
    {
        string name = engine.Argument.All(character => char.IsLetterOrDigit(character) || "._-/\\:".Contains(character, StringComparison.Ordinal)) ? engine.Argument
            : $"'{engine.Argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        return $"dotnet run -c Release --project tests/CnnVerified.Cli -- verify {equation.Id} --engine {name} --case {@case} --seed {settings.Seed}" +
            (settings.Threads is { } threads ? $" --threads {threads}" : "");
    }

    // FsCheck walks from the failing case to smaller failing cases.
    private static void Shrink(Equation equation, Case failed, Func<Case, bool> holds)
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

        var config = Config.Quick.WithMaxTest(1).WithQuietOnSuccess(true).WithRunner(new SilentRunner());
        FsCheck.Check.One(config, Prop.ForAll(Arb.From(Gen.Constant(failed), equation.Family.Shrink), (Func<Case, bool>)Property));
        thrown?.Throw();
    }

    /// <summary>Counts for one engine.</summary>
    private sealed class Tally(Engine engine)
    {
        private readonly IncrementalHash _bits = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
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
            engine.Digest = _shrinking ? null : _bits;
            Finding finding = Guarded(trial);
            engine.Digest = null;
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

        // From here on the last failing case that was seen is the smallest.
        public void StopCounting() => _shrinking = true;

        public Outcome Result(Equation equation, BatterySettings settings)
        {
            Failure? failure = FailedOn is null ? null : new(FailedOn.ToString(), _what!, Repeat(equation, engine, FailedOn, settings));
            string bits = Convert.ToHexStringLower(_bits.GetHashAndReset());
            _bits.Dispose();
            return new(engine.Name, Outcome.VerdictOf(_checks, failure), _checks, _elements, _weak, _beyond, _worst, bits, failure);
        }
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
