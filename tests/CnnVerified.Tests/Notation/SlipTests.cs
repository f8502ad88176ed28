using CnnVerified.Verification.Checking;
using Xunit;

namespace CnnVerified.Tests.Notation;

/// <summary>A claim for each slip that the checker knows, and the name that it must find.</summary>
public sealed class SlipTests
{
    private const string Square = "given x[N]\ny[i:N] = x[i]^2";
    private const string Tanh = "given x[N]\ny[i:N] = tanh(x[i])";
    private const string Product = "given a[N], b[N]\ny[i:N] = a[i]*b[i]";
    private const string Line = "given x[H], w[R]\ny[i:H-R+1] = sum(r) x[i+r]*w[r]";
    private const string Plane = "given x[H,W], w[R,S]\ny[i:H-R+1,j:W-S+1] = sum(r,s) x[i+r,j+s]*w[r,s]";
    private const string Window = """
        given x[H,W], w[R,S]
        size P = floor((H + 2*ph - eh*(R-1) - 1)/sh) + 1
        size Q = floor((W + 2*pw - ew*(S-1) - 1)/sw) + 1
        y[i:P,j:Q] = sum(r,s) x[i*sh+r*eh-ph,j*sw+s*ew-pw]*w[r,s]
        """;

    private const string Maximum = "given x[H]\nsize P = floor((H - R)/sh) + 1\ny[i:P] = max(r:R) x[i*sh+r]";
    private const string Softmax = "given z[K], t[K]\np[k:K] = exp(z[k])/sum(q:K) exp(z[q])\nL = sum(k:K) (p[k]-t[k])^2/2";

    [Theory]
    [InlineData(Square, "x", "dx[i:N] = -2*x[i]*dy[i]", "the sign is wrong")]
    [InlineData(Tanh, "x", "dx[i:N] = dy[i]*(1-x[i]^2)", "evaluated at the pre-activation x, not the output y")]
    [InlineData(Square, "x", "dx[i:N] = 2*y[i]*dy[i]", "evaluated at the output y, not the pre-activation x")]
    [InlineData(Product, "a", "da[i:N] = a[i]*dy[i]", "a in the place of b")]
    [InlineData("given x[N], w[N], eta\ny[i:N] = eta*x[i]*w[i]/eta", "x", "wnew[i:N] = w[i] - eta*x[i]*dy[i]\ndx[i:N] = dy[i]*wnew[i]", "updated w used: wnew in the place of w")]
    [InlineData("given x[N]\ny[i:N] = x[i]^3", "x", "g[i:N] = x[i]^2\ndx[i:N] = 3*x[i]*dy[i]", "x used in the place of the later g")]
    [InlineData(Tanh, "x", "dx[i:N] = -dy[i]*y[i]^2", "the term dy[i] is missing")]
    [InlineData(Tanh, "x", "dx[i:N] = dy[i]*(2-y[i]^2)", "the term dy[i] is too much")]
    public void Signs_terms_and_values(string forward, string by, string claim, string slip) => Check(forward, by, claim, slip);

    [Theory]
    [InlineData(Plane, "w", "dw[r:R,s:S] = sum(i:H-R+1,j:W-S+1) dy[i,j]*x[i+R-1-r,j+S-1-s]", "the result is not rotated by 180°")]
    [InlineData(Plane, "x", "dx[u:H,v:W] = sum(r:R,s:S) dy[u-(R-1)+r,v-(S-1)+s]*w[r,s]", "w is not rotated by 180°")]
    [InlineData(Plane, "x", "dx[u:H,v:W] = sum(r:R,s:S) dy[u-r,v-s]*w[R-1-r,S-1-s]", "w is rotated by 180° and must not be")]
    [InlineData("given x[N,N]\ny[i:N,j:N] = x[i,j]^2", "x", "dx[i:N,j:N] = 2*x[j,i]*dy[i,j]", "x is not transposed")]
    [InlineData("given x[N,N,C]\ny[i:N,j:N,c:C] = x[i,j,c]^2", "x", "dx[i:N,j:N,c:C] = 2*x[j,i,c]*dy[i,j,c]", "indices 1 and 2 of x are exchanged")]
    [InlineData(Line, "x", "dx[u:H] = sum(r:R) dy[u+r]*w[r]", "the sign of r in the index of dy is wrong")]
    [InlineData("given x[N]\ny[i:N] = x[i+1]", "x", "dx[i:N] = dy[i]", "index 1 of dy is shifted by 1")]
    [InlineData("given x[N]\ny[i:N] = x[i-1]", "x", "dx[i:N] = dy[i]", "index 1 of dy is shifted by -1")]
    public void Rotations_transpositions_and_shifts(string forward, string by, string claim, string slip) => Check(forward, by, claim, slip);

    [Theory]
    [InlineData(Window, "w", "dw[r:R,s:S] = sum(i:P,j:Q) dy[i,j]*x[i*eh+r*sh-ph,j*ew+s*sw-pw]", "stride and dilation are swapped")]
    [InlineData(Window, "w", "dw[r:R,s:S] = sum(i:P,j:Q) dy[i,j]*x[i*sw+r*ew-pw,j*sh+s*eh-ph]", "rows and columns are swapped")]
    [InlineData("given x[N]\ny[i:N] = R*x[i] + S*x[i]^2", "x", "dx[i:N] = (S + 2*R*x[i])*dy[i]", "R and S are swapped")]
    [InlineData(Window, "w", "dw[r:R,s:S] = sum(i:P,j:Q) dy[i,j]*x[i+r*eh-ph,j+s*ew-pw]", "stride missing in the window position")]
    [InlineData(Window, "w", "dw[r:R,s:S] = sum(i:P,j:Q) dy[i,j]*x[i*sh+r-ph,j*sw+s-pw]", "dilation missing in the index of x")]
    [InlineData("given x[H], w[R]\nsize P = floor(H/R)\ny[i:P] = sum(r) x[i*R+r]*w[r]", "w", "dw[r:R] = sum(i:P) dy[i]*x[i+r]", "window size missing in the index of x")]
    [InlineData(Window, "x", "dx[u:H,v:W] = sum(r:R,s:S) dy[u+ph-r*eh,v+pw-s*ew]*w[r,s]", "dy is not spread by the stride")]
    [InlineData("given x[H]\nsize P = floor((H-1)/eh) + 1\ny[i:P] = x[i*eh]", "x", "dx[u:H] = dy[u]", "dilation missing as a divisor in the index of dy")]
    [InlineData("given x[H]\nsize P = floor((H-1)/R) + 1\ny[i:P] = x[i*R]", "x", "dx[u:H] = dy[u]", "window size missing as a divisor in the index of dy")]
    [InlineData(Window, "w", "dw[r:R,s:S] = sum(i:P,j:Q) dy[i,j]*x[i*sh+r*eh,j*sw+s*ew]", "padding missing in the index of x")]
    [InlineData(Window, "w", "dw[r:R,s:S] = sum(i:P,j:Q) dy[i,j]*x[i*sh+r*eh+ph,j*sw+s*ew+pw]", "padding of the wrong sign in the index of x")]
    [InlineData(Window, "x", "dx[u:H,v:W] = sum(r:R,s:S) dy[(u-r*eh)/sh,(v-s*ew)/sw]*w[r,s]", "padding missing in the index of dy")]
    public void Strides_dilations_and_padding(string forward, string by, string claim, string slip) => Check(forward, by, claim, slip);

    [Theory]
    [InlineData("given x[N], u[N] in [0,1), keep in (0,1]\ny[i:N] = [u[i]<keep]*x[i]/keep", "x", "dx[i:N] = dy[i]/keep", "mask missing")]
    [InlineData(Maximum, "x", "dx[u:H] = sum(i:P,r:R | i*sh+r=u) dy[i]", "mask missing: the residual goes to the whole window, not to the maximum alone")]
    [InlineData("given x[N,K], b[K]\ny[n:N,k:K] = x[n,k] + b[k]", "b", "db[k:K] = sum(n:N,m:K) dy[n,m]", "summed over m, which is k")]
    [InlineData("given x[N,K], b[K]\ny[n:N,k:K] = x[n,k] + b[k]", "b", "db[k:K] = dy[0,k]", "the sum over index 1 of dy is missing")]
    [InlineData("given x[H,W]\ny[i:H*R,j:W*S] = x[floor(i/R),floor(j/S)]", "x", "dx[u:H,v:W] = dy[u*R,v*S]", "the sum over the block is missing: only one element of dy in each is kept")]
    [InlineData("given x[N]\ny[i:N] = x[i]^2/2", "x", "dx[i:N] = 2*x[i]*dy[i]", "too large by the factor 2")]
    [InlineData("given x[N,K], b[K]\ny[n:N,k:K] = x[n,k] + b[k]", "b", "db[k:K] = sum(n:N) dy[n,k]/N", "too small by the factor N")]
    [InlineData("given x[N,K]\nL = sum(n:N,k:K) x[n,k]^2/(N*K)", "x", "dx[n:N,k:K] = 2*x[n,k]", "too large by the factor N*K")]
    [InlineData("given x[N,D], w[K,D]\ny[n:N,k:K] = sum(d:D) w[k,d]*x[n,d]", "x", "dx[n:N,d:D] = sum(k:K) w[k,d]", "the residual dy is missing")]
    [InlineData("given x[N]\ny[i:N] = x[i]^3", "x", "dx[i:N] = 3*x[i]^3*dy[i]", "the exponent of x[i]^3 is wrong")]
    [InlineData("given x[N]\ny[i:N] = exp(-x[i])", "x", "dx[i:N] = -dy[i]*exp(x[i])", "the sign in exp(x[i]) is wrong")]
    public void Masks_sums_factors_and_functions(string forward, string by, string claim, string slip) => Check(forward, by, claim, slip);

    [Theory]
    [InlineData(Line, "x", "dx[u:H-R+1] = sum(r:R) dy[u-r]*w[r]", "dx has another shape than x")]
    [InlineData("given x[N]\nm = sum(i:N) x[i]/N\ny[i:N] = x[i]*m", "x", "dx[i:N] = dy[i]*m", "m held fixed")]
    [InlineData(Softmax, "z", "dz[k:K] = (p[k]-t[k])*p[k]*(1-p[k])", "only the diagonal of the Jacobian")]
    [InlineData(Tanh, "x", "dx[i:N] = dy[i]*tanh(x[i])", "the function itself in the place of its derivative")]
    [InlineData(Maximum, "x", "later[u:H,i:P] = sum(m:P,q:R | m>i and m*sh+q=u and x[u]=y[m]) 1\ndx[u:H] = sum(i:P,r:R | i*sh+r=u and x[u]=y[i] and later[u,i]=0) dy[i]", "= where += is meant: the last contribution alone")]
    [InlineData(Maximum, "x", "before[u:H,i:P] = sum(m:P,q:R | m<i and m*sh+q=u and x[u]=y[m]) 1\ndx[u:H] = sum(i:P,r:R | i*sh+r=u and x[u]=y[i] and before[u,i]=0) dy[i]", "= where += is meant: the first contribution alone")]
    [InlineData(Tanh, "x", "dx[i:N] = (1-y[i]^2)*tanh(dy[i])", "not linear in dy")]
    [InlineData("given x[N]\ny[i:N] = x[i]^2", "x", "dx[i:N] = (5*x[i]+7)*dy[i]", null)]
    public void What_is_seen_without_mending(string forward, string by, string claim, string? slip) => Check(forward, by, claim, slip);

    [Fact]
    public void Groups() => Assert.Equal("groups are ignored", Find("""
        ```eq T-1 = gradient of CV-F1 by x
        dx[n:N,c:C,u:H,v:W] = sum(k:K,r:R,s:S) dy[n,k,(u+ph-r*eh)/sh,(v+pw-s*ew)/sw]*w[k,c,r,s]
        ```
        """).Diagnosis);

    [Fact]
    public void A_sum_of_logarithms_that_became_the_logarithm_of_a_sum() => Assert.Equal("logarithm of a sum in the place of a sum of logarithms", Find("""
        ```eq T-1 = T-F1
        L2 = -log(sum(k:K) t[k]*p[k])
        ```
        ```eq T-F1
        given t[K] in (0,1), p[K] in (0,1)
        L = -sum(k:K) t[k]*log(p[k])
        ```
        """).Diagnosis);

    [Fact]
    public void A_mended_claim_is_shown_and_holds()
    {
        Finding finding = Find($"```eq T-F1\n{Line}\n```\n```eq T-1 = gradient of T-F1 by w\ndw[r:R] = sum(i:H-R+1) -dy[i]*x[i+r]\n```");
        Assert.NotNull(finding.Mended);
        Assert.True(Checker.CheckText($"```eq T-F1\n{Line}\n```\n```eq T-1 = gradient of T-F1 by w\ndw[r:R] = {finding.Mended}\n```").Single(result => result.Id == "T-1").Holds);
    }

    private static void Check(string forward, string by, string claim, string? slip) =>
        Assert.Equal(slip, Find($"```eq T-F1\n{forward}\n```\n```eq T-1 = gradient of T-F1 by {by}\n{claim}\n```").Diagnosis);

    private static Finding Find(string text)
    {
        CheckResult result = Checker.CheckText(text, new CheckSettings { Timeout = TimeSpan.FromMinutes(2) }).Single(each => each.Id == "T-1");
        Assert.True(result.Error is null, result.Error?.Message);
        Assert.Contains(result.Verdict, new[] { Verdict.Refuted, Verdict.HoldsOnlyIf });
        return result.Decisive!;
    }
}
