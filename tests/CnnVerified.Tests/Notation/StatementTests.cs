using CnnVerified.Reference.Notation;
using CnnVerified.Verification.Checking;
using Xunit;

namespace CnnVerified.Tests.Notation;

/// <summary>What a block says of itself, derivations, settings, and questions put together from their parts.</summary>
public sealed class StatementTests
{
    private const string Forward = "```eq T-F1\ngiven x[N,K], b[K]\ny[n:N,k:K] = x[n,k] + b[k]\n```\n";
    private const string Claim = Forward + "```eq T-1 = gradient of T-F1 by b\ndb[k:K] = sum(n:N) dy[n,k]\n```\n";

    [Theory]
    [InlineData("refuted: a slip", "sum(n:N) dy[n,k]", Verdict.HoldsExactly, "the block says that it is refuted, and it holds")]
    [InlineData("refuted: a slip", "dy[0,k]", Verdict.HoldsOnlyIf, null)]
    [InlineData("refuted: a slip", "2*sum(n:N) dy[n,k]", Verdict.Refuted, null)]
    [InlineData("refuted: a slip", "0*dy[0,k] + [N>1000000]*dy[0,k]", Verdict.Refuted, null)]
    [InlineData("only if N = 1", "dy[0,k]", Verdict.HoldsOnlyIf, null)]
    [InlineData("only if N = 1", "sum(n:N) dy[n,k]", Verdict.HoldsExactly, "the block says that it holds only under a condition, and it holds without")]
    [InlineData("only if N = 1 and K = 1", "dy[0,k]", Verdict.HoldsOnlyIf, "the part K = 1 of the stated condition is not needed")]
    [InlineData("only if K = 1", "dy[0,k]", Verdict.Refuted, "it is false where the stated condition holds, at N = 2")]
    [InlineData("only if N = 2", "2*dy[0,k]", Verdict.Refuted, "it is false where the stated condition holds, at N = 2")]
    [InlineData("only if N = 1", "0*dy[0,k]", Verdict.Refuted, "it is false where the stated condition holds, at all sizes at their least")]
    public void A_block_is_held_to_what_its_head_says(string statement, string side, Verdict verdict, string? against)
    {
        CheckResult result = Check(Forward + $"```eq T-1 = gradient of T-F1 by b, {statement}\ndb[k:K] = {side}\n```");
        Assert.Equal((verdict, against), (result.Verdict, result.Against));
        Assert.Equal(against is null, result.IsAsStated);
    }

    [Fact]
    public void Rows_that_sum_to_one_can_be_stated() => Assert.True(Check("""
        ```eq T-F1
        given z[N,K], t[N,K]
        p[n:N,k:K] = exp(z[n,k])/sum(q:K) exp(z[n,q])
        L = -sum(n:N,k:K) t[n,k]*log(p[n,k])
        ```
        ```eq T-1 = gradient of T-F1 by z, only if sum(k:K) t[n,k] = 1
        dz[n:N,k:K] = p[n,k] - t[n,k]
        ```
        """).IsAsStated);

    [Fact]
    public void The_first_false_step_of_a_derivation_is_named_and_later_ones_are_not_judged()
    {
        CheckResult result = CheckDerivation("db[k:K] = sum(n:N,m:K) dy[n,m]*D(y[n,m],b[k])\n = sum(n:N,m:K) dy[n,m]\n = sum(n:N,m:K) 2*dy[n,m]\n = sum(n:N) dy[n,k]");
        Assert.Equal(Verdict.HoldsOnlyIf, result.Verdict);
        Assert.Equal([Verdict.HoldsExactly, Verdict.HoldsOnlyIf], result.Findings.Select(finding => finding.Verdict));
        Assert.Equal(10, result.Decisive!.Place.Line);
    }

    [Fact]
    public void Every_step_of_a_right_derivation_is_judged() => Assert.Equal([Verdict.HoldsExactly, Verdict.HoldsExactly, Verdict.HoldsExactly],
        CheckDerivation("db[k:K] = sum(n:N,m:K) dy[n,m]*D(y[n,m],b[k])\n = sum(n:N,m:K) dy[n,m]*[m=k]\n = sum(n:N) dy[n,k]").Findings.Select(finding => finding.Verdict));

    [Fact]
    public void The_last_side_of_a_derivation_is_the_right_side_of_its_equation() =>
        Assert.Equal(Verdict.Malformed, CheckDerivation("db[k:K] = sum(n:N,m:K) dy[n,m]*D(y[n,m],b[k])\n = sum(n:N) 1*dy[n,k]").Verdict);

    [Theory]
    [InlineData("v2[i:N] = x[i]^2\nclaim v2 = v\n", Verdict.HoldsExactly, null)]
    [InlineData("v2[i:N] = x[i]^3\nclaim v2 = v\n", Verdict.Refuted, "v2")]
    [InlineData("dv[i:N] = dy[i]*x[0]\n", Verdict.HoldsExactly, null)]
    [InlineData("dv[i:N] = dy[i]\n", Verdict.Refuted, "dv")]
    [InlineData("helper[i:N] = 7*x[i]\n", Verdict.HoldsExactly, null)]
    public void Lines_about_intermediate_values_are_claims_of_their_own(string line, Verdict verdict, string? claim)
    {
        CheckResult result = Check($"```eq T-F1\ngiven x[N]\nv[i:N] = x[i]^2\ny[i:N] = v[i]*x[0]\n```\n```eq T-1 = gradient of T-F1 by x\n{line}dx[i:N] = 2*x[i]*x[0]*dy[i] + [i=0]*sum(j:N) dy[j]*v[j]\n```");
        Assert.Equal(verdict, result.Verdict);
        Assert.True(claim is null || result.Decisive!.Claim.StartsWith(claim, StringComparison.Ordinal), result.Decisive!.Claim);
    }

    [Fact]
    public void Sizes_can_be_fixed()
    {
        var settings = new CheckSettings { At = new Dictionary<string, long> { ["N"] = 1 } };
        Assert.Equal(Verdict.HoldsExactly, Check(Claim.Replace("sum(n:N) dy[n,k]", "dy[0,k]", StringComparison.Ordinal), settings).Verdict);
        Finding refuted = Check(Claim.Replace("sum(n:N) dy[n,k]", "dy[0,k]", StringComparison.Ordinal), settings with { At = new Dictionary<string, long> { ["N"] = 3, ["K"] = 2 } }).Decisive!;
        Assert.Equal([("N", 3), ("K", 2)], refuted.Counterexample!.Sizes);
        Assert.Equal(1, refuted.Evidence!.Shapes);
        CheckResult unknown = Check(Claim, settings with { At = new Dictionary<string, long> { ["Z"] = 1 } });
        Assert.Equal((Verdict.Malformed, "expected a whole parameter to fix (N, K), got 'Z'."), (unknown.Verdict, unknown.Error!.Message));
        CheckResult small = Check(Claim, settings with { At = new Dictionary<string, long> { ["K"] = 0 } });
        Assert.Equal((Verdict.Malformed, "expected K of at least 1, got 0."), (small.Verdict, small.Error!.Message));
    }

    // Exact claims are surveyed in full well within the time that a survey has, so that the machine's speed does not show.
    [Fact]
    public void The_same_seed_gives_the_same_result()
    {
        string text = Claim.Replace("sum(n:N) dy[n,k]", "dy[0,k]", StringComparison.Ordinal);
        Finding first = Check(text, new CheckSettings { Seed = 7 }).Decisive!, again = Check(text, new CheckSettings { Seed = 7 }).Decisive!;
        Assert.Equal(first.Conditions, again.Conditions);
        Assert.Equal(first.Evidence!.NotJudged, again.Evidence!.NotJudged);
        Assert.Equal(first.Counterexample!.Values.SelectMany(values => values.Elements), again.Counterexample!.Values.SelectMany(values => values.Elements));
    }

    [Fact]
    public void Seeds_beyond_32_bits_and_0_are_seeds()
    {
        foreach (ulong seed in new ulong[] { 0, 1UL << 31, 1UL << 32, ulong.MaxValue, 0x8000000080000000 })
        {
            Assert.Equal(Verdict.HoldsExactly, Check(Claim, new CheckSettings { Seed = seed, Explain = false }).Verdict);
            Assert.Equal(Verdict.Defined, Checker.CheckText(Forward, new CheckSettings { Seed = seed }).Single().Verdict);
        }
    }

    [Fact]
    public void A_check_that_is_stopped_ends() => Assert.Throws<OperationCanceledException>(() => Check(
        "```eq T-F1\ngiven x[N]\ny[i:N] = x[i] + sum(a:1000,b:1000,c:1000) x[a]\n```\n```eq T-1 = gradient of T-F1 by x\ndx[i:N] = dy[i]\n```",
        new CheckSettings { Stop = new CancellationToken(true) }));

    [Fact]
    public void A_question_is_a_claim_put_together_from_its_parts()
    {
        var question = new Question { Given = "x[H], w[R]", Forward = ["y[i:H-R+1] = sum(r) x[i+r]*w[r]"], Claim = "dx[u:H] = sum(r) dy[u-r]*w[r]", Where = ["H > R"] };
        var (library, block) = question.Ask();
        Assert.Equal(Verdict.HoldsExactly, Checker.Check(library, block).Verdict);
        Assert.Equal("x", block.Head.By);
        (library, block) = new Question { Of = "FC-F1", By = "b", Claim = "s[k] = sum(n) dy[n,k]\ndb[k:K] = s[k]" }.Ask();
        Assert.Equal(Verdict.HoldsExactly, Checker.Check(library, block).Verdict);
    }

    [Theory]
    [InlineData(null, null, "", "dx[i:N] = 1", null, "expected the equation that the claim is about, by its id or as a forward equation, got none.")]
    [InlineData("FC-F1", null, "", "", null, "expected a claim, such as dx[u:H] = …, got none.")]
    [InlineData("FC-F1", null, "", "y[n] = 1", null, "expected a claim about a gradient, such as dx[…] = …, got one about y.")]
    [InlineData("FC-F1", null, "", "d = 1", null, "expected a claim about a gradient, such as dx[…] = …, got one about d.")]
    [InlineData("FC-F1", "w", "", "dx[n] = 1", null, "expected a claim about dw, got one about dx.")]
    [InlineData("FC-F1", null, "", "dx[n = 1", null, "expected")]
    [InlineData("FC-F1", null, "", "dx[n:N,d:D] = 1", "N >", "expected")]
    [InlineData(null, null, "y[i:N] = x[i", "dx[i:N] = 1", null, "expected")]
    public void A_malformed_question_says_what_is_wrong(string? of, string? by, string forward, string claim, string? where, string message)
    {
        var question = new Question { Of = of, By = by, Given = of is null ? "x[N]" : null, Forward = forward.Length > 0 ? [forward] : [], Claim = claim, Where = where is null ? [] : [where] };
        Assert.StartsWith(message, Assert.Throws<NotationException>(() => question.Ask()).Message, StringComparison.Ordinal);
    }

    private static CheckResult CheckDerivation(string lines) =>
        Checker.CheckText($"{Claim}```derivation T-1\n{lines}\n```").Single(each => each.Block?.Head.Kind == BlockKind.Derivation || each.Error is not null);

    private static CheckResult Check(string text, CheckSettings? settings = null) => Checker.CheckText(text, settings).Single(each => each.Id == "T-1");
}
