using CnnVerified.Verification.Checking;
using Xunit;

namespace CnnVerified.Tests.Notation;

/// <summary>Each verdict reached on purpose, and what it says in evidence.</summary>
public sealed class CheckerTests
{
    private const string Line = "```eq T-F1\ngiven x[H], w[R]\ny[i:H-R+1] = sum(r) x[i+r]*w[r]\n```\n";

    [Fact]
    public void An_identity_of_rational_functions_holds_exactly()
    {
        Finding finding = Check("```eq T-1 = gradient of CV-F1 by w\ndw[k,c,r,s] = sum(n,i,j) dy[n,k,i,j]*x[n,floor(k/(K/G))*(C/G)+c,i*sh+r*eh-ph,j*sw+s*ew-pw]\n```", Verdict.HoldsExactly);
        Evidence evidence = finding.Evidence!;
        Assert.True(evidence.Shapes > 1000, $"{evidence}");
        Assert.InRange(evidence.FalseWithProbability!.Value, double.Epsilon, 1e-15);
        Assert.Equal(evidence.Shapes + evidence.LargerShapes, evidence.Points);
        Assert.Contains("H + W + ", evidence.Reach, StringComparison.Ordinal);
        Assert.Empty(evidence.Branches);
    }

    [Fact]
    public void With_choices_it_holds_at_points_and_the_branches_are_counted()
    {
        Finding finding = Check(Text("given x[N]\ny[i:N] = max(0,x[i])", "x", "dx[i:N] = [x[i]>0]*dy[i]"), Verdict.HoldsAtPoints);
        Branch guard = Assert.Single(finding.Evidence!.Branches, branch => branch.GuardsTerms);
        Assert.Equal("x[i] > 0", guard.Comparison);
        Assert.True(guard.Held > 50 && guard.Failed > 50, $"{guard}");
        Assert.Null(finding.Evidence.FalseWithProbability);
    }

    [Theory]
    [InlineData("where a <= H", Verdict.HoldsAtPoints)]
    [InlineData("where x[0] != a", Verdict.HoldsAtPoints)]
    [InlineData("where exp(a) > 1", Verdict.HoldsNumerically)]
    [InlineData("where exp(a) > 1\nwhere a <= H", Verdict.HoldsNumerically)]
    public void Numbers_are_such_that_an_assumption_can_be_asked(string assumption, Verdict verdict) =>
        Check(Text($"given x[H]\n{assumption}\ny[i:H] = a*x[i]^2", "x", "dx[i:H] = 2*a*x[i]*dy[i]"), verdict);

    // Of y[-1], which is 0 whatever x is, and of dy[-1].
    [Fact]
    public void The_derivative_of_what_lies_outside_is_zero() =>
        Check(Text("given x[H]\ny[i:H] = x[i]^2", "x", "dx[u:H] = sum(i:H+1) dy[i-1]*D(y[i-1],x[u]) + D(y[u-H],x[u])"), Verdict.HoldsExactly);

    [Fact]
    public void With_transcendental_functions_it_holds_within_error_bounds()
    {
        Evidence evidence = Check(Text("given x[N]\ny[i:N] = tanh(x[i])", "x", "dx[i:N] = dy[i]*(1-y[i]^2)"), Verdict.HoldsNumerically).Evidence!;
        Assert.InRange(evidence.LargestErrorOverBound!.Value, double.Epsilon, 1);
        Assert.InRange(evidence.LargestRelativeError!.Value, double.Epsilon, 1e-3);
    }

    [Theory]
    [InlineData("given x[N]\ny[i:N] = x[i] + exp(x[i])", Verdict.Defined)]
    [InlineData("given x[N]\ny[i:N] = log(0*x[i])", Verdict.Undecided)]
    [InlineData("given x[N]\nwhere N > N\ny[i:N] = x[i]", Verdict.Undecided)]
    public void A_definition_is_defined_if_it_evaluates_somewhere(string lines, Verdict verdict)
    {
        CheckResult result = Checker.CheckText($"```eq T-1\n{lines}\n```").Single();
        Assert.Equal(verdict, result.Verdict);
        Assert.Equal(verdict == Verdict.Defined, result.IsAsStated);
    }

    [Theory]
    [InlineData("given x[N]\ny[i:N] = 0*x[i]", "dx[i:N] = 0*dy[i]", "both sides were zero everywhere")]
    [InlineData("given x[N]\ny[i:N] = x[i] + [x[i]>1000000]*x[i]", "dx[i:N] = dy[i] + [x[i]>1000000]*dy[i]", "the condition x[i] > 1000000 never held")]
    [InlineData("given x[N]\ny[i:N] = x[i]^2", "dx[i:N] = 2*x[i]*dy[i] + sum(j:N | x[j]>1000000) dy[j]", "the condition x[j] > 1000000 never held")]
    public void What_tests_nothing_is_vacuous(string forward, string claim, string reason) =>
        Assert.Equal(reason, Check(Text(forward, "x", claim), Verdict.Vacuous).Reason);

    // The kernel not flipped: dx[u] takes dy[u-1+r]·w[r] for R = 2. With one row in the kernel there is nothing to flip, so the smallest is
    // H = R = 2 and P = 1; and w = (0, 1), dy = (1) show it with least: dx[0] gets dy[0]·w[1] = 1 and should get dy[0]·w[0] = 0.
    [Fact]
    public void A_false_claim_is_refuted_with_the_smallest_counterexample()
    {
        Finding finding = Check(Line + "```eq T-1 = gradient of T-F1 by x\ndx[u:H] = sum(r:R) dy[u-(R-1)+r]*w[r]\n```", Verdict.HoldsOnlyIf);
        Counterexample example = finding.Counterexample!;
        Assert.Equal([("H", 2), ("R", 2)], example.Sizes);
        Assert.Equal(["x = 0 0", "w = 0 1", "dy = 1"], example.Values.Select(values => $"{values.Name} = {string.Join(' ', values.Elements)}"));
        Assert.Equal(("dx[0]", "1", "0", true), (example.Element, example.Claimed, example.True, example.IsSmallest));
        Assert.Equal([new TermValue("dy[0]*w[1]", "1*1", "1")], example.ClaimedTerms);
        Assert.Empty(example.TrueTerms);
        Assert.Equal("w is symmetric under rotation by 180°", Assert.Single(finding.Conditions).Condition);
        Assert.Equal("w is not rotated by 180°", finding.Diagnosis);
    }

    // y[0] = x[0]²: the slope is 2·x[0], the claim x[0]; the smallest data are x = 1, dy = 1.
    [Fact]
    public void A_counterexample_writes_both_sums_and_where_a_term_comes_from()
    {
        Counterexample example = Check(Text("given x[N]\ny[i:N] = x[i]^2", "x", "dx[i:N] = x[i]*dy[i]"), Verdict.Refuted).Counterexample!;
        Assert.Equal([("N", 1)], example.Sizes);
        Assert.Equal(["1", "1"], example.Values.SelectMany(values => values.Elements));
        Assert.Equal(("dx[0]", "1", "2"), (example.Element, example.Claimed, example.True));
        Assert.Equal(new TermValue("x[0]*dy[0]", "1*1", "1"), Assert.Single(example.ClaimedTerms));
        Assert.Equal(new TermValue("2*dy[0]*x[0]", "2*1*1", "2"), Assert.Single(example.TrueTerms));
        Assert.Equal(new TermValue("dy[0]*D(y[0],x[0])", "1*2", "2") { Origin = "y[0] has the term x[0]^2" }, Assert.Single(example.Paths));
    }

    [Fact]
    public void A_wrong_shape_is_refuted_with_both_shapes()
    {
        Counterexample example = Check(Line + "```eq T-1 = gradient of T-F1 by x\ndx[u:H+1] = sum(r:R) dy[u-r]*w[r]\n```", Verdict.Refuted).Counterexample!;
        Assert.Equal(("dx", "2", "1"), (example.Element, example.Claimed, example.True));
        Assert.Equal([("H", 1), ("R", 1)], example.Sizes);
        Assert.Empty(example.Values);
    }

    [Theory]
    [InlineData("given x[N,K]\nL = sum(n:N,k:K) x[n,k]^2/N", "x", "dx[n:N,k:K] = 2*x[n,k]", "N = 1")]
    [InlineData("given x[H], w[R]\nsize P = floor((H + 2*ph - R)/sh) + 1\ny[i:P] = sum(r) x[i*sh+r-ph]*w[r]", "w", "dw[r:R] = sum(i:P) dy[i]*x[i+r]", "ph = 0 and sh = 1")]
    [InlineData("given x[H,W]\ny[i:floor(H/sh),j:W] = x[i*sh,j]", "x", "dx[u:H,v:W] = [mod(u,sh)=0 and mod(H,sh)=0]*dy[floor(u/sh),v]", "mod(H,sh) = 0")]
    [InlineData("given x[N,N]\ny[i:N,j:N] = x[i,j]^2", "x", "dx[i:N,j:N] = 2*x[j,i]*dy[i,j]", "x is symmetric under transposition")]
    [InlineData("given z[N,K], t[N,K]\np[n:N,k:K] = exp(z[n,k])/sum(q:K) exp(z[n,q])\nL = -sum(n:N,k:K) t[n,k]*log(p[n,k])", "z", "dz[n:N,k:K] = p[n,k] - t[n,k]", "the rows of t sum to 1")]
    [InlineData("given x[N]\ny[i:N] = (-1)^R*x[i]", "x", "dx[i:N] = dy[i]", "R is even")]
    public void A_claim_that_holds_under_conditions_says_which(string forward, string by, string claim, string conditions)
    {
        Finding finding = Check(Text(forward, by, claim), Verdict.HoldsOnlyIf);
        Assert.Equal(conditions, string.Join(" and ", finding.Conditions.Select(need => need.Condition).Order(StringComparer.Ordinal)));
        Assert.All(finding.Conditions, need => Assert.NotEqual("", need.Without));
    }

    [Theory]
    [InlineData("given x[N]\nwhere N > N\ny[i:N] = x[i]", "dx[i:N] = dy[i]", "no point of the domain was found")]
    // Ends between which there is no number, for all three kinds of numbers.
    [InlineData("given x[N], p[N] in (1,1]\ny[i:N] = x[i]*p[i]", "dx[i:N] = dy[i]*p[i]", "no point of the domain was found")]
    [InlineData("given x[N], p[N] in (2,1)\ny[i:N] = max(x[i], p[i])", "dx[i:N] = dy[i]*[x[i] > p[i]]", "no point of the domain was found")]
    [InlineData("given x[N], p[N] in (2,1)\ny[i:N] = exp(x[i])*p[i]", "dx[i:N] = dy[i]*y[i]", "no point of the domain was found")]
    [InlineData("given x[N]\ny[i:N] = x[i*9223372036854775807]", "dx[i:N] = [i=0]*dy[0]", "index arithmetic went beyond 64 bits")]
    public void What_cannot_be_tried_is_undecided(string forward, string claim, string reason) =>
        Assert.Equal(reason, Check(Text(forward, "x", claim), Verdict.Undecided).Reason);

    [Fact]
    public void A_claim_that_takes_too_long_is_undecided() =>
        Assert.Equal("the time limit of 0.01 s ran out", Check(Text("given x[N]\ny[i:N] = x[i] + sum(a:1000,b:1000,c:1000) x[a]", "x", "dx[i:N] = dy[i]"),
            Verdict.Undecided, new CheckSettings { Timeout = TimeSpan.FromSeconds(0.01) }).Reason);

    [Theory]
    [InlineData("```eq T-1 = gradient of T-F9 by x\ndx[u:H] = 1\n```", "expected the id of an equation, got 'T-F9'")]
    [InlineData("```eq T-1\ny[i:N = x[i]\n```", "expected")]
    [InlineData("```eq T-1\ny = 1\n```\n```eq T-1\ny = 2\n```", "expected an id that is not taken, got 'T-1' a second time")]
    public void What_is_no_formula_is_malformed(string text, string message)
    {
        CheckResult result = Checker.CheckText(text).First();
        Assert.Equal((Verdict.Malformed, false, false), (result.Verdict, result.Holds, result.IsAsStated));
        Assert.StartsWith(message, result.Error!.Message, StringComparison.Ordinal);
    }

    // Ties by accident: with [z - z_label + 1 > 0] or >= 0 the claim is right away from the kink, and small fractions meet the kink often.
    [Theory]
    [InlineData(">")]
    [InlineData(">=")]
    public void A_tie_by_accident_is_not_judged(string relation)
    {
        string forward = "given z[N,K], label[N] in 0..K-1\nwhere K > 1\nL = sum(n:N,k:K | k!=label[n]) max(0,z[n,k]-z[n,label[n]]+1)";
        string margin(string index) => $"z[n,{index}]-z[n,label[n]]+1{relation}0";
        string claim = $"dz[n:N,k:K] = [k!=label[n] and {margin("k")}] - [k=label[n]]*sum(q:K | q!=label[n] and {margin("q")}) 1";
        for (ulong seed = 1; seed <= 10; seed++)
            Check(Text(forward, "z", claim), Verdict.HoldsAtPoints, new CheckSettings { Seed = seed, Explain = false });
    }

    // The claim alone compares, and is false only where what it compares is equal by accident.
    [Fact]
    public void A_tie_in_the_claim_alone_is_not_judged()
    {
        for (ulong seed = 1; seed <= 5; seed++)
            Check(Text("given x[N]\ny[i:N] = x[i]^2", "x", "dx[i:N] = 2*x[i]*([x[i]>1]+[x[i]<1])*dy[i]"), Verdict.HoldsAtPoints, new CheckSettings { Seed = seed, Explain = false });
    }

    // Where a window's largest element is looked for, its equality with the maximum is no accident, and two windows that share it both count.
    [Fact]
    public void A_tie_that_the_formula_makes_is_judged() => Check(
        Text("given x[H]\nsize P = floor((H - R)/sh) + 1\ny[i:P] = max(r:R) x[i*sh+r]", "x", "dx[u:H] = sum(i:P,r:R | i*sh+r=u and x[u]=y[i]) dy[i]"), Verdict.HoldsAtPoints);

    private static string Text(string forward, string by, string claim) => $"```eq T-F1\n{forward}\n```\n```eq T-1 = gradient of T-F1 by {by}\n{claim}\n```";

    private static Finding Check(string text, Verdict verdict, CheckSettings? settings = null)
    {
        CheckResult result = Checker.CheckText(text, settings).Single(each => each.Id == "T-1");
        Assert.True(result.Verdict == verdict, $"{result.Verdict}: {result.Error?.Message}{result.Decisive}");
        Assert.Equal(verdict <= Verdict.Defined, result.Holds);
        return result.Decisive!;
    }
}
