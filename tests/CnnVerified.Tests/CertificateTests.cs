using System.Text;
using CnnVerified.Cli.Certificates;
using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using CnnVerified.Verification.Reports;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Certificates and shards: the union of the shards is the whole, a file that was changed is refused or told, and nothing that is
/// no certificate does more than end with one line.</summary>
public sealed class CertificateTests(CertifiedRuns runs) : IClassFixture<CertifiedRuns>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(40)]   // more than there are blocks: some have nothing to do
    public void The_union_of_the_shards_is_the_whole_byte_for_byte(int shards)
    {
        var parts = Enumerable.Range(1, shards).Select(number => ($"{number}.json", runs.Run(new(number, shards)))).Reverse().ToArray();
        Certificate union = Union.Of(parts);

        Assert.Equal(CertificateFile.Text(runs.Whole with { Runs = [] }), CertificateFile.Text(union with { Runs = [] }));
        Assert.Equal(Enumerable.Range(1, shards), union.Runs.Select(run => run.Shard!.Value));
        if (shards == 40)
            Assert.Contains(parts, part => part.Item2.Claims.All(claim => claim.Blocks.Count == 0));
        else
            Assert.All(parts, part => Assert.Contains(part.Item2.Claims, claim => claim.Blocks.Count > 0));
    }

    // Otherwise the test above would not show that an engine's blocks behind its first failure do not count.
    [Fact]
    public void An_engine_fails_in_the_middle_of_that_run_and_is_judged_in_a_shard_beyond_it()
    {
        BatteryClaim claim = runs.Whole.Claims.First(each => each is { Equation: "FC-F1", Oracle: "exact" });
        Assert.Equal(["holds", "failed"], claim.Outcomes.Select(outcome => outcome.Verdict));
        CaseBlock failing = claim.Blocks.Last(block => block.Outcomes.Count == 2);
        Assert.True(failing.First > 0 && failing.First < claim.Blocks[^1].First, $"it fails at case {failing.First}");
        Assert.Equal("n15d31k1", claim.Outcomes[1].Failure!.Case);
        Assert.Contains(Enumerable.Range(1, 7).SelectMany(number => runs.Run(new(number, 7)).Claims),
            each => each is { Equation: "FC-F1", Oracle: "exact" } && each.Blocks.Any(block => block.First > failing.First && block.Outcomes.Count == 2));
    }

    [Fact]
    public void A_case_does_not_depend_on_those_before_it()
    {
        Equation equation = EquationTable.Find("CV-F1");
        string[] Texts(Oracle oracle, ulong seed, int first, int count) => [.. Battery.Drawn(equation, oracle, seed, first, count).Select(each => each.ToString())];
        string[] all = Texts(new ExactOracle(), 5, 0, 40);

        Assert.Equal(all[23..31], Texts(new ExactOracle(), 5, 23, 8));
        Assert.True(all.Distinct().Count() > 30);
        Assert.NotEqual(all, Texts(new BoundOracle(), 5, 0, 40));
        Assert.NotEqual(all, Texts(new ExactOracle(), 6, 0, 40));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 2)]
    [InlineData(101, 3)]
    [InlineData(100_000, 100)]
    [InlineData(int.MaxValue, 100)]
    public void Blocks_cover_all_cases_once(int cases, int count)
    {
        var blocks = new BatterySettings(cases, 1).Blocks().ToArray();
        Assert.Equal(count, blocks.Length);
        Assert.Equal(cases, blocks.Sum(block => (long)block.Count));
        Assert.All(blocks.Zip(blocks.Skip(1)), pair => Assert.Equal(pair.First.First + pair.First.Count, pair.Second.First));
    }

    [Fact]
    public void Merge_refuses_what_are_not_the_shards_of_one_run_each_once()
    {
        Certificate one = runs.Run(new(1, 3)), two = runs.Run(new(2, 3)), three = runs.Run(new(3, 3));
        void Refused(string expected, params Certificate[] parts) => Assert.Contains(expected,
            Assert.Throws<InputException>(() => Union.Of([.. parts.Select((part, i) => ($"{i}.json", part))])).Message, StringComparison.Ordinal);

        Refused("expected all 3 shards, got 1; missing: 1, 3.", two);
        Refused("got shard 2 of 3 twice: 1.json and 2.json", one, two, two, three);
        Refused("2.json: expected the certificate of a shard (cnnverify verify --shard I/N), got that of a whole run", one, two, runs.Whole);
        Refused("2.json: expected a shard of the same run as 0.json, got another number of shards: 4, not 3", one, two, runs.Run(new(3, 4)));
        Refused("got another seed: 9, not 11", one, two with { Request = two.Request with { Seed = 9 } }, three);
        Refused("got another number of cases: 7, not 150", one, two with { Request = two.Request with { Cases = 7 } }, three);
        Refused("got another number of threads: 3, not 1; --threads", one, two with { Request = two.Request with { Threads = 3 } }, three);
        Refused("got another list of engines", one, two with { Request = two.Request with { Engines = [two.Request.Engines[0]] } }, three);
        Refused("got another assembly CnnVerified.Optimized", one, two with
        {
            Assemblies = [.. two.Assemblies.Select(each => each.Name == "CnnVerified.Optimized" ? each with { Sha256 = new('0', 64) } : each)],
        }, three);
        Refused("a gap: scalar was not judged on all cases", one, two with { Claims = [.. two.Claims.Select(claim => Sum(claim, claim.Blocks.Skip(1)))] }, three);
        Refused("expected each block in one shard", one,
            two with { Claims = [.. two.Claims.Zip(one.Claims, (claim, other) => Sum(claim, claim.Blocks.Concat(other.Blocks)))] }, three);
    }

    [Fact]
    public void A_certificate_reads_back_as_it_was_written()
    {
        string file = Written(runs.Whole);
        Assert.Equal(File.ReadAllText(file), CertificateFile.Text(CertificateFile.Read(file)));
    }

    [Theory]
    [InlineData("", "expected a certificate as cnnverify verify --certificate writes it")]
    [InlineData("[]", "does not begin with \"schema\"")]
    [InlineData("{\"schema\": 2, \"whatever\": true}", "a certificate of schema 1, got another one")]
    [InlineData("{\"schema\": 1e99}", "a certificate of schema 1, got another one")]
    [InlineData("{\"schema\": 1}", "missing required properties")]
    [InlineData("{\"schema\": 1, \"claims\": [null]}", "null in a list")]
    [InlineData("{\"schema\": 1, \"schema\": 1}", "schema")]
    public void What_is_no_certificate_is_told_in_one_line(string text, string expected)
    {
        string file = _folder.File("c.json");
        File.WriteAllText(file, text);
        string message = Assert.Throws<InputException>(() => CertificateFile.Read(file)).Message;
        Assert.StartsWith($"{file}: expected ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Deep_nesting_and_long_names_do_no_harm()
    {
        foreach (string text in new[] { "{\"schema\": 1, \"claims\": " + new string('[', 1_000_000), $"{{\"schema\": 1, \"{new string('x', 1_000_000)}\": 1}}" })
        {
            File.WriteAllText(_folder.File("c.json"), text);
            Assert.InRange(Assert.Throws<InputException>(() => CertificateFile.Read(_folder.File("c.json"))).Message.Length, 1, 500);
        }
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_and_a_byte_changed_anywhere_is_refused_or_harmless()
    {
        byte[] whole = Encoding.UTF8.GetBytes(CertificateFile.Text(runs.Whole));
        string file = _folder.File("c.json");
        var random = new Random(1);
        int refused = 0;
        const int Tries = 150;
        for (int i = 0; i < Tries; i++)
        {
            File.WriteAllBytes(file, whole[..random.Next(whole.Length - 2)]);   // the last two are the brace and the newline
            Assert.Throws<InputException>(() => CertificateFile.Read(file));

            byte[] changed = [.. whole];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(file, changed);
            try
            {
                CertificateFile.Read(file);
            }
            catch (InputException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, Tries / 4, Tries);   // spaces, machine and call may change unseen
    }

    [Theory]
    [InlineData("holds", "failed")]
    [InlineData("\"checks\": 50", "\"checks\": 49")]
    [InlineData("\"count\": 50", "\"count\": 51")]
    [InlineData("\"first\": 50", "\"first\": 0")]
    [InlineData("\"worst\": 0.", "\"worst\": -0.")]
    [InlineData("\"oracle\": \"bound\"", "\"oracle\": \"bits\"")]
    [InlineData("\"oracle\": \"bound\"", "\"oracle\": \"guess\"")]
    [InlineData("\"cases\": 150", "\"cases\": 2000000000")]
    [InlineData("\"threads\": 1", "\"threads\": 0")]
    public void What_contradicts_itself_is_refused(string text, string instead)
    {
        string file = Written(runs.Whole), was = File.ReadAllText(file);
        int at = was.LastIndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        File.WriteAllText(file, was[..at] + instead + was[(at + text.Length)..]);
        Assert.Contains("expected a certificate that adds up, got", Assert.Throws<InputException>(() => CertificateFile.Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_finds_the_same_and_tells_what_was_changed()
    {
        var right = runs.Run(null, wrongToo: false, cases: 60);
        Assert.Equal((0, "", true), Told(right));

        var (code, told, _) = Told(Changed(right, outcome => outcome with { Bits = new('0', 64) }));
        Assert.Equal((1, "differs: FC-F1 exact scalar, cases 0 to 49: other bits."), (code, told));
        (code, told, _) = Told(Changed(right, outcome => outcome with { Elements = 17, Worst = 0.25 }));
        Assert.Equal(1, code);
        Assert.Matches(@"^differs: FC-F1 exact scalar, cases 0 to 49: elements \d+, recorded 17; largest error over bound 0, recorded 0\.25\.$", told);

        // A case that the seed does not draw is judged and told; here it changes the bits too.
        CaseBlock block = right.Claims[0].Blocks[0];
        string[] others = ["n1d1k1", .. block.Cases!.Skip(1)];
        (code, told, _) = Told(Resummed(right, block with { Cases = others, CasesHash = CaseBlock.HashOf(others) }));
        Assert.Equal(1, code);
        Assert.Contains($"FC-F1 exact: case 0 is n1d1k1, but the seed draws {block.Cases![0]} here; the cases of the file were judged.", told, StringComparison.Ordinal);
        Assert.Contains("other bits", told, StringComparison.Ordinal);

        // Without the texts the cases are drawn again.
        Assert.Equal((0, "", true), Told(Resummed(right, block with { Cases = null })));

        (code, told, _) = Told(right with { Claims = [.. right.Claims.Skip(1)], Summary = CertifiedSummary.Of(right.Request, [.. right.Claims.Skip(1)]) });
        Assert.Equal((1, "differs: FC-F1 exact: judged here, not in the certificate."), (code, told));

        // An engine or a library that is not at hand.
        var engine = right.Request.Engines[0];
        string file = Written(right with { Request = right.Request with { Engines = [engine with { Library = "My.dll" }] } });
        Assert.Contains("expected --engine path/to/My.dll beside it", Assert.Throws<InputException>(() => Cli.ReplayJob.Run(file, [], default)).Message, StringComparison.Ordinal);
        Assert.Contains("--engine expected My.dll, got other/Your.dll", Assert.Throws<InputException>(() => Cli.ReplayJob.Run(file, ["other/Your.dll"], default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_stopped_leaves_what_was_there()
    {
        File.WriteAllText(_folder.File("old.json"), "old");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.5));
        Assert.Throws<OperationCanceledException>(() =>
            Cli.VerificationJob.Run(new(["FC-F1"], ["scalar"], null, 1_000_000, 1, 1, null, null, _folder.File("old.json")), stop.Token));
        Assert.Equal("old", File.ReadAllText(_folder.File("old.json")));
        Assert.Single(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public void Another_machine_and_other_assemblies_are_notes()
    {
        Certificate here = runs.Whole;
        CertifiedRun run = here.Runs[0];
        string[] notes = [.. Comparison.Notes(here with { Product = "9.9.9", Runs = [run with { Processor = run.Processor with { Model = "Abacus" } }], Assemblies = [.. here.Assemblies.Skip(1)] }, run, here.Assemblies)];
        Assert.Equal(3, notes.Length);
        Assert.Contains("recorded with 9.9.9", notes[0], StringComparison.Ordinal);
        Assert.Contains("recorded on Abacus", notes[1], StringComparison.Ordinal);
        Assert.Contains("assembly cnnverify: here", notes[2], StringComparison.Ordinal);
        Assert.Empty(Comparison.Notes(here, run, here.Assemblies));
    }

    private static BatteryClaim Sum(BatteryClaim claim, IEnumerable<CaseBlock> blocks) =>
        BatteryClaim.Of(claim.Equation, claim.Oracle, claim.Outcomes.Select(outcome => outcome.Engine), blocks);

    private static Certificate Changed(Certificate certificate, Func<Outcome, Outcome> change) =>
        Resummed(certificate, certificate.Claims[0].Blocks[0] with { Outcomes = [.. certificate.Claims[0].Blocks[0].Outcomes.Select(change)] });

    private static Certificate Resummed(Certificate certificate, CaseBlock first)
    {
        BatteryClaim[] claims = [Sum(certificate.Claims[0], [first, .. certificate.Claims[0].Blocks.Skip(1)]), .. certificate.Claims.Skip(1)];
        return certificate with { Claims = claims, Summary = CertifiedSummary.Of(certificate.Request, claims) };
    }

    private string Written(Certificate certificate)
    {
        CertificateFile.Write(_folder.File("certificate.json"), certificate);
        return _folder.File("certificate.json");
    }

    // What a replay says, but for the lines of the claims.
    private (int Code, string Differences, bool IsAsRecorded) Told(Certificate certificate)
    {
        var (code, output, error) = ShellCommand.Run(_folder.Path, $"cnnverify replay '{Written(certificate)}'");
        Assert.Equal("", error);
        string[] lines = output.TrimEnd().Split('\n');
        return (code, string.Join('\n', lines.Where(line => line.StartsWith("differs: ", StringComparison.Ordinal))), lines[^1].EndsWith("; every verdict, number and bit as recorded", StringComparison.Ordinal));
    }
}

/// <summary>Runs that the tests take apart: on two engines, one of them wrong on few cases.</summary>
public sealed class CertifiedRuns : IDisposable
{
    private const int Cases = 150;
    private const ulong Seed = 11;

    private static readonly Equation[] Equations = [EquationTable.Find("FC-F1"), EquationTable.Find("SM-F1")];

    private readonly EngineList _list = new();
    private readonly Dictionary<(Shard?, bool, int), Certificate> _done = [];

    internal Certificate Whole => Run(null);

    internal Certificate Run(Shard? shard, bool wrongToo = true, int cases = Cases)
    {
        if (_done.TryGetValue((shard, wrongToo, cases), out Certificate? done))
            return done;
        Engine scalar = _list.Optimized(VectorWidth.Scalar, 1), wrong = new("wrong");
        wrong.Offer("FC-F1", call =>
        {
            scalar.Compute(Equations[0], call);
            if (call.Size("n") == 15 && call.Size("d") > 30)
                call.OutputValues("y")[0] += 1000;
        });
        Engine[] engines = wrongToo ? [scalar, wrong] : [scalar];
        var claims = Battery.Claims(Equations, engines, new(cases, Seed, Threads: 1, Shard: shard), _ => { }, default).ToList();
        var request = new CertifiedRequest([.. Equations.Select(equation => equation.Id)], [.. engines.Select(engine => CertifiedEngine.Of(engine, Equations))], cases, null, Seed, 1);
        return _done[(shard, wrongToo, cases)] = Certificate.Of(request, [], shard, CertifiedRun.Here(shard, TimeSpan.FromSeconds(1)), claims);
    }

    public void Dispose() => _list.Dispose();
}
