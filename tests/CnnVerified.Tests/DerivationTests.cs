using CnnVerified.Reference;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Derivation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Tests.Notation;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Derived gradients: resolved again from their text, held against central differences, every side against the first.</summary>
public class DerivationTests
{
    private const int Points = 4;

    private static readonly Library Forwards = DocsLibrary.Library();

    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (string id in Forwards.Ids.Where(id => id.Contains("-F", StringComparison.Ordinal)))
        {
            Model model = Forwards.Resolve(id, default);
            if (model.Results.Any(result => model.Find(result)!.IsExact))
                continue;
            var names = model.Givens.Where(given => !given.IsExact).Select(given => given.Name)
                .Concat(model.Parameters.Where(parameter => !parameter.IsWhole).Select(parameter => parameter.Name));
            // The weights of LS-F16 are left out: the small data drawn here may have no label of a class, and then there is no slope to compare.
            foreach (string name in names.Where(name => (id, name) is not ("LS-F16", "w") && model.Values.Any(value => Dependencies.Names(value.Body).Contains(name))))
                pairs.Add(id, name);
        }
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_derived_gradient_is_the_gradient_and_each_of_its_sides_is_true(string forward, string by) =>
        AssertTrue(Forwards, forward, by);

    // Small equations, each with something that a bracket could get wrong.
    [Theory]
    [InlineData("given x[N]\ny[i:N] = x[i]*x[0]")]
    [InlineData("given x[N]\ny[i:N] = x[N-1-i]^2")]
    [InlineData("given x[N]\ny[i:N] = x[2*i] + x[i/2]")]
    [InlineData("given x[N]\ny[i:N] = x[2*i-3]*x[i+1]")]
    [InlineData("given x[N]\ny[i:N] = sum(r:i..N-1) x[r]^2")]
    [InlineData("given x[N]\ny[i:N] = sum(r:0..i) x[i-r]*x[r]")]
    [InlineData("given x[N]\ny[i:N] = x[mod(i+1,N)]")]
    [InlineData("given x[N]\ny[i:3*N] = x[mod(i,N)]")]
    [InlineData("given x[N]\ny[i:N*R] = x[floor(i/R)]*x[mod(i,N)]")]
    [InlineData("given x[N]\ny[i:N] = x[floor(i/2)]")]
    [InlineData("given x[N]\ny[i:N+2] = x[i-1]*x[i-2]")]
    [InlineData("given x[N]\ny[i:-1..N] = x[i]*x[i+1]")]
    [InlineData("given x[N]\ny[i:N] = exp(x[i-1]) + cos(x[i+1])")]
    [InlineData("given x[N]\ny[i:N] = 1/(2+x[i-1]^2)")]
    [InlineData("given x[N] > 0\ny[i:N] = log(1+x[i-1])*sqrt(1+x[i+1])")]
    [InlineData("given x[N] > 0\ny[i:N] = x[i]^x[i]")]
    [InlineData("given x[N]\ny[i:N] = prod(j:N | j != i) x[j]")]
    [InlineData("given x[N]\ny[i:N] = prod(r:3) x[i+r-1]")]
    [InlineData("given x[N,M]\ny = prod(i:N,j:M | i<j or i=0) x[i,j]")]
    [InlineData("given x[N]\ny[i:N] = mod(x[i],2)*floor(x[i]) + ceil(x[i-1])*sign(x[i])*x[0]")]
    [InlineData("given x[N]\nm = max(i:N) x[i]\ne[i:N] = exp(x[i]-m)\ns = sum(i:N) e[i]\ny[i:N] = e[i]/s")]
    [InlineData("given x[N,M]\nm[i:N] = sum(j:M) x[i,j]\np[i:N,j:M] = exp(x[i,j]-m[i])/sum(q:M) exp(x[i,q]-m[i])\nr[i:N] = sum(j:M) p[i,j]^2*x[i,0]\ny[i:N] = r[i]*m[i]")]
    [InlineData("given x[N], w[N]\ny[i:N] = max(j:N | j <= i) x[j]*w[j]")]
    [InlineData("given x[N], w[N]\ny[i:N] = 2*x[i] - min(j:N) (x[j]+w[i])")]
    [InlineData("given x[N]\ny[i:N] = max(x[i],x[0]/2,x[i-1]) - abs(x[i]-1)")]
    [InlineData("given x[N,M]\ny[i:N,j:M] = x[i,j]*x[j,i]")]
    [InlineData("given x[N,N]\ny[i:N,k:N] = sum(j:N) x[i,j]*x[j,k]")]
    [InlineData("given x[N,N]\ny = sum(i:N,j:N) x[i,j]*x[j,i]")]
    [InlineData("given x[N]\nz[i:N] = x[i]*x[0]\ny[i:N] = z[i]*x[i] + z[N-1-i]")]
    [InlineData("given x[N]\nm = sum(i:N) x[i]\nv = m^2 + x[0]\ny[i:N] = x[i]*v/m")]
    [InlineData("given x[N]\nz[i:N] = tanh(x[i])\ny[i:N] = z[i+1]\nr[i:N] = z[i]^3\nresult y, r")]
    [InlineData("given x[N]\nz[i:N] = x[i]^2\nL = sum(i:N) z[i]*a + b*x[0]")]
    [InlineData("given x[N], h[2]\ny[i:N] = sum(r:2) x[(i+r)/2]*h[r]*[mod(i,2)=r or i=0]")]
    [InlineData("given x[N], t[M] in 0..N-1\ny[i:M] = x[t[i]]*x[i]")]
    [InlineData("given x[N], t[M] in 0..N\ny[i:M] = x[t[i]]/(3+x[t[i]-1])")]
    [InlineData("given x[N]\ny[i:N*N] = x[floor(i/N)]*x[mod(i,N)]")]
    [InlineData("given x[N]\ny[i:N] = sum(j:N) exp(x[j])*x[i]/sum(k:N) exp(x[k])")]
    [InlineData("given x[N]\ny[i:N] = erf(x[i])*erfc(x[i-1]) + sin(x[i])*log1p(x[i]^2)")]
    [InlineData("given x[N]\ny[i:N] = sum(r:R) x[i+r]/sum(s:R) [i+s<N]")]
    [InlineData("given x[N]\ny[i:N] = sum(r:R) x[i*r]")]
    [InlineData("given x[N]\ny[i:N,j:N] = x[i+j]*x[i-j]")]
    public void Small_equations_derive_rightly(string lines)
    {
        var library = new Library();
        library.Add(Markdown.Blocks($"```eq T-F1\n{lines}\n```", null, malformed => throw malformed).Single());
        Model model = library.Resolve("T-F1", default);
        foreach (string by in model.Givens.Where(given => !given.IsExact).Select(given => given.Name).Concat(model.Parameters.Where(parameter => !parameter.IsWhole).Select(parameter => parameter.Name)))
            AssertTrue(library, "T-F1", by);
    }

    private static void AssertTrue(Library library, string forward, string by)
    {
        DerivedGradient gradient = Deriver.Gradient(library.Resolve(forward, default), by, "X-1");
        Model model = ResolvedAgain(gradient, library.Find(forward)!);
        Assert.Equal(library.Resolve(forward, default).Parameters.Select(parameter => parameter.Name).Order(), model.Parameters.Select(parameter => parameter.Name).Order());

        var random = new Random(1);
        var program = new Program<double>(model, new Doubles());
        var loss = new Program<double>(model, new Doubles(), library.Resolve(forward, default).Results);
        int done = 0;
        bool isZero = true;
        for (int attempt = 0; done < Points && attempt < 20_000; attempt++)
        {
            long[] wholes = [.. model.Parameters.Where(parameter => parameter.IsWhole).Select(parameter => Whole(parameter, random))];
            if (program.NewFrame(wholes) is not { } frame || loss.NewFrame(wholes) is not { } shifted
                || program.Count(frame, by) * gradient.Equations.Count > 60 || model.Values.Any(value => program.Count(frame, value.Name) > 250))
                continue;
            Fill(program, frame, random);
            Copy(program, frame, loss, shifted);
            if (!program.Run(frame))
                continue;
            done++;
            foreach (EqualityClaim claim in model.Claims.OfType<EqualityClaim>())
                AssertSame($"{gradient.DerivationBlock()}\n{claim.Name}", program, frame, claim.Claimed, program.Elements(frame, claim.Truth));
            double[] slopes = [.. Enumerable.Range(0, program.Count(frame, by)).Select(element => Slope(loss, shifted, by, element))];
            AssertSame($"{gradient.DerivationBlock()}\nd{by}", program, frame, $"d{by}", slopes);
            isZero &= slopes.All(slope => slope == 0);
        }
        Assert.Equal(Points, done);
        Assert.True(!isZero || gradient.Equations[^1].Formula is Number, $"all slopes are 0, yet the formula is {gradient.Equations[^1].Formula}");
    }

    [Theory]
    [InlineData("CV-F1", "x")]
    [InlineData("CV-F1", "w")]
    [InlineData("CV-F1", "b")]
    [InlineData("FC-F1", "x")]
    [InlineData("FC-F1", "w")]
    [InlineData("PL-F3", "x")]
    [InlineData("CV-F2", "x")]
    [InlineData("CV-F2", "w")]
    [InlineData("CV-F3", "x")]
    [InlineData("CV-F3", "w")]
    [InlineData("CV-F7", "x")]
    [InlineData("CV-F7", "w")]
    [InlineData("CV-F9", "x")]
    [InlineData("CV-F9", "w")]
    [InlineData("CV-F10", "x")]
    [InlineData("CV-F10", "w")]
    [InlineData("CV-F11", "x")]
    [InlineData("CV-F11", "w")]
    public void Convolutions_and_means_are_solved_to_the_end(string forward, string by)
    {
        DerivedGradient gradient = Deriver.Gradient(Forwards.Resolve(forward, default), by, "X-1");

        Assert.True(gradient.IsSolved);
        Assert.DoesNotContain(Walk.All(Assert.Single(gradient.Equations).Formula), each => each is Bracket or Reduction { Where: not null } or Derivative);
    }

    [Theory]
    [InlineData("CV-F1", "x", "sum(q:K/G,r:R,s:S) dy[n,floor(c/(C/G))*(K/G)+q,(u+ph-r*eh)/sh,(v+pw-s*ew)/sw]*w[floor(c/(C/G))*(K/G)+q,mod(c,C/G),r,s]")]
    [InlineData("CV-F1", "w", "sum(n:N,i:P,j:Q) dy[n,k,i,j]*x[n,floor(k/(K/G))*(C/G)+c,i*sh+r*eh-ph,j*sw+s*ew-pw]")]
    [InlineData("CV-F1", "b", "sum(n:N,i:P,j:Q) dy[n,k,i,j]")]
    [InlineData("CV-F8", "x", "sum(i:P,j:Q,r:R,s:S | i*sh+r*eh-ph=u and j*sw+s*ew-pw=v) dA[(n*P+i)*Q+j,(c*R+r)*S+s]")]
    [InlineData("FL-F1", "x", "dy[n,(c*H+u)*W+v]")]
    [InlineData("SM-F1", "z", "p[n,k]*(dp[n,k] - sum(q:K) dp[n,q]*p[n,q])")]
    [InlineData("PL-F3", "x", "sum(r:R,s:S) dy[n,c,(u+ph-r)/sh,(v+pw-s)/sw]/(R*S)")]
    [InlineData("PL-F9", "x", "dy[n,c,floor(u/R),floor(v/S)]/(R*S)")]
    [InlineData("PL-F11", "x", "dy[n,c,floor(a[n,c,i,j]/W),mod(a[n,c,i,j],W)]")]
    [InlineData("GR-F2", "z", "dy[n,e+C]")]
    [InlineData("AC-F1", "x", "dy[i]*y[i]*(1-y[i])")]
    [InlineData("AC-F2", "x", "dy[i]*(1-y[i]^2)")]
    public void Known_gradients_come_out_as_the_catalogue_writes_them(string forward, string by, string formula)
    {
        DerivedGradient gradient = Deriver.Gradient(Forwards.Resolve(forward, default), by, "X-1");

        Assert.Equal(Walk.Canonical(Parser.Expression(formula)), Walk.Canonical(gradient.Equations[^1].Formula));
    }

    [Fact]
    public void Values_between_get_lines_of_their_own_the_last_first()
    {
        DerivedGradient gradient = Deriver.Gradient(Forwards.Resolve("NM-F1", default), "x", "X-1");

        Assert.Equal(["dxhat", "dv", "dmu", "dx"], gradient.Equations.Select(equation => equation.Left.Name));
    }

    [Fact]
    public void What_has_no_derivative_is_refused_with_a_reason()
    {
        Model model = Forwards.Resolve("LS-F5", default);

        Assert.Contains("label", Assert.Throws<NotationException>(() => Deriver.Gradient(model, "label", "X-1")).Message, StringComparison.Ordinal);
        Assert.Contains("nothing", Assert.Throws<NotationException>(() => Deriver.Gradient(model, "nothing", "X-1")).Message, StringComparison.Ordinal);
    }

    private static Model ResolvedAgain(DerivedGradient gradient, Block forward)
    {
        var library = new Library();
        library.Add(forward);
        var blocks = Markdown.Blocks(gradient.EquationBlock() + gradient.DerivationBlock(), null, malformed => throw malformed);
        Assert.Equal(2, blocks.Count);
        foreach (Block block in blocks)
            library.Add(block);
        library.Resolve(blocks[0]);
        return library.Resolve(blocks[1]);
    }

    private static long Whole(Parameter parameter, Random random) => parameter.Name switch
    {
        "H" or "W" => random.Next(2, 7),
        "R" or "S" => random.Next(1, 4),
        "N" => random.Next(1, 6),
        "G" or "sh" or "sw" or "eh" or "ew" => random.Next(1, 3),
        "C" or "K" => random.Next(1, 5),
        _ => random.Next(parameter.Least, parameter.Least + 3),
    };

    private static void Fill(Program<double> program, Frame<double> frame, Random random)
    {
        foreach (Parameter parameter in program.Model.Parameters.Where(parameter => !parameter.IsWhole))
            program.Reals(frame, parameter.Name)[0] = 0.3 + 1.2 * random.NextDouble();
        foreach (Given given in program.Model.Givens)
            for (int element = 0; element < program.Count(frame, given.Name); element++)
                if (given.IsExact)
                    program.Exacts(frame, given.Name)[element] = new Fraction(given.Domain is WholeRange range
                        ? random.NextInt64(program.CompileExact(range.First)(frame).Numerator, program.CompileExact(range.Last)(frame).Numerator + 1)
                        : random.Next(2));
                else
                    program.Reals(frame, given.Name)[element] = given.Domain switch
                    {
                        Compared bound => bound.Bound.ToDouble() + 0.3 + random.NextDouble(),
                        Interval => 0.05 + 0.9 * random.NextDouble(),
                        _ => (random.Next(2) * 2 - 1) * (0.05 + 1.5 * random.NextDouble()),
                    };
    }

    private static void Copy(Program<double> from, Frame<double> source, Program<double> to, Frame<double> target)
    {
        foreach (Parameter parameter in from.Model.Parameters.Where(parameter => !parameter.IsWhole))
            from.Reals(source, parameter.Name).CopyTo(to.Reals(target, parameter.Name), 0);
        foreach (Given given in from.Model.Givens)
            if (given.IsExact)
                from.Exacts(source, given.Name).CopyTo(to.Exacts(target, given.Name), 0);
            else
                from.Reals(source, given.Name).CopyTo(to.Reals(target, given.Name), 0);
    }

    // Four-point difference of sum(dy*y): error of order h^4.
    private static double Slope(Program<double> loss, Frame<double> frame, string by, int element)
    {
        const double h = 1e-4;
        double at = loss.Reals(frame, by)[element];
        double At(double shift)
        {
            loss.Reals(frame, by)[element] = at + shift;
            Assert.True(loss.Run(frame));
            return loss.Model.Residuals.Sum(pair => loss.Reals(frame, pair.Key).Zip(
                pair.Key == "L" ? [1] : loss.Reals(frame, pair.Value), (y, dy) => y * dy).Sum());
        }

        double slope = (8 * (At(h) - At(-h)) - (At(2 * h) - At(-2 * h))) / (12 * h);
        At(0);
        return slope;
    }

    private static void AssertSame(string what, Program<double> program, Frame<double> frame, string name, double[] truth)
    {
        double[] got = program.Elements(frame, name);
        double scale = truth.Concat(got).Select(Math.Abs).DefaultIfEmpty(0).Max() + 1e-3;
        for (int element = 0; element < truth.Length; element++)
        {
            Assert.False(program.IsUndefined(frame, name, element), $"{what}: element {element} of {name} is undefined");
            Assert.True(Math.Abs(got[element] - truth[element]) <= 1e-7 * scale, $"{what}: element {element} of {name} is {got[element]}, not {truth[element]}");
        }
    }
}
