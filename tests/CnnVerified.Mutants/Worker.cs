using System.Reflection;
using CnnVerified.Optimized;
using CnnVerified.Reference.Notation;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Checking;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using FsCheck;
using FsCheck.Fluent;

namespace CnnVerified.Mutants;

/// <summary>The process in which a mutant lives: judges what its plan names, and tells a line for each judge.</summary>
internal sealed class Worker : IDisposable
{
    private readonly Plan _plan;
    private readonly EngineList _list = new();
    private readonly Lazy<List<Engine>> _engines;
    private readonly Lazy<(Library Library, Dictionary<string, Block> Blocks)> _blocks = new(ReadBlocks);
    private readonly byte[]? _passed;

    private Worker(Plan plan)
    {
        _plan = plan;
        _engines = new(() => [.. plan.Engines.SelectMany(EnginesOf)]);
        _passed = (byte[]?)typeof(Window).Assembly.GetType("CnnVerified.Probe")?.GetField("Passed")!.GetValue(null);
    }

    /// <summary>Runs a plan and writes what is said to standard output.</summary>
    public static void Run(Plan plan)
    {
        using var worker = new Worker(plan);
        bool refused = false;
        foreach (string item in plan.Items.TakeWhile(_ => !(plan.UntilNo && refused)))
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            if (worker._passed is not null)
                Array.Clear(worker._passed);
            void Say(Said said)
            {
                refused |= said.No is not null;
                Console.WriteLine(said.ToLine());
            }
            try
            {
                foreach (Said said in worker.Judge(item))
                    Say(said);
            }
            catch (Exception thrown)
            {
                Say(new(item, "error", One(thrown)));
            }
            int[]? passed = plan.Notes ? [.. worker._passed!.Index().Where(each => each.Item != 0).Select(each => each.Index)] : null;
            Say(new(item, Said.End, Seconds: (Environment.CpuUsage.TotalTime - before).TotalSeconds, Passed: passed));
        }
        Console.WriteLine(new Said(Said.Done, "").ToLine());
    }

    /// <summary>What mutants may be judged on: all equations, classes of tests, and some of the blocks of docs/equations, which take the longest.</summary>
    public static IEnumerable<string> AllItems(ulong seed) =>
    [
        .. EquationTable.All.Select(equation => "eq:" + equation.Id),
        .. TestClasses.Judges.Select(name => "tests:" + name),
        .. ReadBlocks().Blocks.Keys.OrderBy(id => Trials.Rank(seed, id)).Take(Trials.Blocks).Select(id => "block:" + id),
    ];

    public void Dispose() => _list.Dispose();

    private IEnumerable<Said> Judge(string item) => item.Split(':', 2) switch
    {
        ["eq", var id] => Battery(item, EquationTable.Find(id)),
        ["block", var id] => [Check(item, id)],
        ["tests", var name] => [new Said(item, "tests", TestClasses.FirstFailure(name))],
        _ => throw new InputException($"expected an item eq:ID, block:ID or tests:CLASS, got '{item}'."),
    };

    // Not shrunk: that an oracle says no is all that is asked here.
    private IEnumerable<Said> Battery(string item, Equation equation)
    {
        foreach (Oracle oracle in Oracle.All.Where(oracle => oracle.Judges(equation)))
        {
            Engine[] able = [.. _engines.Value.Where(engine => oracle.CanJudge(engine, equation))];
            if (able.Length == 0 || _plan.Notes && oracle is SameBitsOracle)   // which passes what the others pass, many times
                continue;
            Said said;
            try
            {
                said = new(item, oracle.Name, Cases(oracle, equation).Select(@case => Verification.Battery.Judge(equation, oracle, able, new(1, _plan.Seed), @case, default)
                    .FirstOrDefault(judgement => judgement.Failure is not null) is { } no ? $"{no.Engine} {no.Failure!.Case}: {no.Failure.What}" : null)
                    .FirstOrDefault(no => no is not null));
            }
            catch (Exception thrown)
            {
                said = new(item, "error", $"{oracle.Name}: {One(thrown)}");   // what the oracle computes with is itself mutated
            }
            yield return said;
        }
    }

    private Case[] Cases(Oracle oracle, Equation equation) =>
        [.. equation.Family.Arbitrary(oracle.Reach, drawn => equation.Work(drawn) <= oracle.DrawnWork).Generator.Sample(50, new Rnd(_plan.Seed), _plan.Cases).Select(oracle.Near)];

    private Said Check(string item, string id)
    {
        CheckResult result = Checker.Check(_blocks.Value.Library, _blocks.Value.Blocks[id], new() { Explain = false, Timeout = TimeSpan.FromSeconds(60) });
        return new(item, "check", result.IsAsStated ? null : result.Verdict.ToString());
    }

    private static (Library Library, Dictionary<string, Block> Blocks) ReadBlocks()
    {
        var blocks = new List<Block>();
        foreach (string file in Directory.GetFiles(Repository.At("docs", "equations"), "*.md").Order(StringComparer.Ordinal))
            blocks.AddRange(Markdown.Blocks(File.ReadAllText(file), Path.GetFileName(file), wrong => throw wrong));
        Library library = Book.With([.. blocks], (_, taken) => throw taken);
        return (library, blocks.DistinctBy(block => block.Head.Id).ToDictionary(block => block.Head.Id));
    }

    private IEnumerable<Engine> EnginesOf(string name) => name switch
    {
        "text" => [EngineList.Text()],
        "reference" => [EngineList.Reference()],
        "scalar" => [_list.Optimized(VectorWidth.Scalar, 1)],
        "widths" => EngineList.Widths.Select(width => _list.Optimized(width, width == Execution.Widest ? 2 : 1)),
        _ => throw new InputException($"expected an engine text, reference, scalar or widths, got '{name}'."),
    };

    private static string One(Exception thrown) =>
        (thrown is TargetInvocationException or TypeInitializationException && thrown.InnerException is { } inner ? inner : thrown) is var cause ? $"{cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}" : "";
}
