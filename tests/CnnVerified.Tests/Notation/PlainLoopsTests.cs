using CnnVerified.Reference.Notation;
using Xunit;
using Xunit.Abstractions;

namespace CnnVerified.Tests.Notation;

public sealed class PlainLoopsTests(ITestOutputHelper output)
{
    public static TheoryData<string> Gradients => [.. DocsLibrary.Gradients.Select(block => block.Head.Id)];

    public static TheoryData<string> Definitions => [.. DocsLibrary.Blocks.Where(block => block.Head is { Kind: BlockKind.Equation, Of: null }).Select(block => block.Head.Id)];

    [Theory]
    [MemberData(nameof(Gradients))]
    public void Every_gradient_of_the_documentation_agrees_with_differences(string id)
    {
        Model model = DocsLibrary.Library().Resolve(id, default);
        PlainFinding finding = new PlainJudge(model, model.Head.By!, 1).Judge(model, 12);
        output.WriteLine($"{finding.Points} points");
        Assert.Null(finding.Counterexample);
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Every_definition_of_the_documentation_evaluates(string id)
    {
        Model model = DocsLibrary.Library().Resolve(id, default);
        var random = new Random(2);
        int points = 0;
        for (int draw = 0; draw < 5000 && points < 5; draw++)
            if (PlainPoint.Draw(model, random, 2000) is { } point)
            {
                points++;
                var run = new PlainLoops(model, point).Compute(model.Values.Count);
                Assert.All(model.Values, value => Assert.All(run[value.Name].Elements, element => Assert.False(element.IsUndefined)));
            }
        Assert.Equal(5, points);
    }

    [Theory]
    [InlineData("CV-B1", "sum(q:K/G,r:R,s:S) dy[n,floor(c/(C/G))*(K/G)+q,(u+ph-r*eh)/sh,(v+pw-s*ew)/sw]*w[floor(c/(C/G))*(K/G)+q,mod(c,C/G),R-1-r,S-1-s]")]
    [InlineData("CV-B1", "sum(q:K/G,r:R,s:S) dy[n,floor(c/(C/G))*(K/G)+q,u+ph-r*eh,v+pw-s*ew]*w[floor(c/(C/G))*(K/G)+q,mod(c,C/G),r,s]")]
    [InlineData("CV-B2", "sum(n:N,i:P,j:Q) dy[n,k,i,j]*x[n,floor(k/(K/G))*(C/G)+c,i+r*eh-ph,j+s*ew-pw]")]
    [InlineData("CV-B3", "sum(n:N,i:P,j:Q) dy[n,k,i,j]/N")]
    [InlineData("SM-B1", "dp[n,k]*p[n,k]*(1-p[n,k])")]
    [InlineData("LS-B1", "exp(y[n,k])-t[n,k]")]
    [InlineData("AC-B1", "dy[i]*x[i]*(1-x[i])")]
    [InlineData("AC-B4", "[y[i]>=0]*dy[i]")]
    [InlineData("PL-B2", "dy[n,c,floor((u+ph)/sh),floor((v+pw)/sw)]/(R*S)")]
    public void A_known_slip_differs(string id, string side)
    {
        Library library = DocsLibrary.Library();
        Block block = library.Find(id)!;
        EquationLine claim = block.Lines.OfType<EquationLine>().Last();
        Block slip = block with { Lines = [.. block.Lines.SkipLast(1), claim with { Sides = [Parser.Expression(side)] }] };
        PlainFinding finding = new PlainJudge(library.Resolve(id, default), block.Head.By!, 1).Judge(library.Resolve(slip), 12);
        output.WriteLine(finding.Counterexample ?? "agrees");
        Assert.True(finding.Differs);
    }

    [Theory]
    [InlineData("x[0]", 3)]
    [InlineData("x[-1] + x[2]", 0)]                                        // rule 1: outside
    [InlineData("x[1/2]", 0)]                                              // rule 1: not whole
    [InlineData("x[mod(-1,2)]", 5)]                                        // rule 2: floored
    [InlineData("mod(-7/2,2)", 0.5)]
    [InlineData("floor(-7/2) + ceil(-7/2)", -7)]
    [InlineData("sum(i:0) x[i] + prod(i:0) x[i]", 1)]                      // rule 2: empty
    [InlineData("max(i:0) x[i]", double.NaN)]
    [InlineData("[1=2]*max(i:0) x[i]", 0)]                                 // rule 4
    [InlineData("3*((max(i:0) x[i])*[1=2])/x[0]", 0)]
    [InlineData("0*max(i:0) x[i]", double.NaN)]
    [InlineData("x[0]/[1=2]", double.NaN)]
    [InlineData("1/0", double.NaN)]
    [InlineData("0^0 + x[7]^0", 2)]
    [InlineData("-x[0]^2", -9)]
    [InlineData("2^-1", 0.5)]
    [InlineData("2^3^2", 512)]
    [InlineData("sum(k:2) x[k]*x[k]/2 + 1", 18)]                           // rule 3
    [InlineData("sum(a:2,b:a..1) x[b]", 13)]
    [InlineData("sum(k:2 | x[k]>4 or k=0 and 1=2) x[k]", 5)]
    [InlineData("max(x[0],4,x[1]) + min(k:2) x[k]", 8)]
    [InlineData("[0<1<=1 and 2!=3]*[1>=2 or 3>2]", 1)]
    [InlineData("abs(-2) + sign(-3) + sign(0)", 1)]
    [InlineData("exp(log(2)) + sqrt(4) + tanh(0) + erf(0) + cos(pi) + sin(0) + log1p(0) + erfc(0)", 4)]
    [InlineData("1.25 - .25", 1)]
    public void The_rules_of_the_notation_by_example(string expression, double value)
    {
        Model model = Resolve($"given x[2]\ny = {expression} + 0*x[0]");
        Quantity got = new PlainLoops(model, Point(("x", [3, 5]))).Compute(1)["y"].Elements[0];
        Assert.True(double.IsNaN(value) ? got.IsUndefined : Math.Abs(got.Value - value) <= 2 * got.Error, $"{expression} is {got}, expected {value}");
    }

    [Fact]
    public void D_is_the_total_derivative_and_what_is_held_does_not_move()
    {
        Model model = Resolve("given x[2]\nm = sum(i:2) x[i]/2\nv = sum(i:2) (x[i]-m)^2\ny = v*m\ntotal[i:2] = D(y,x[i])\npartly[i:2] = D(y,x[i] | m)");
        var run = new PlainLoops(model, Point(("x", [3, 5]))).Compute(model.Values.Count);
        // m = 4, v = 2: dy = dv·m + v·dm with dv = 2(x − m), dm = 1/2.
        Assert.Equal([-8 + 1, 8 + 1], run["total"].Elements.Select(element => Math.Round(element.Value, 6)));
        Assert.Equal([-8, 8], run["partly"].Elements.Select(element => Math.Round(element.Value, 6)));
    }

    [Fact]
    public void A_kink_within_the_step_is_seen()
    {
        static PlainSlope Slope(Func<double, double> f) => PlainSlope.Between(Quantity.Real(f(-PlainSlope.Step)), Quantity.Real(f(-PlainSlope.Step / 2)), Quantity.Real(f(0)), Quantity.Real(f(PlainSlope.Step / 2)), Quantity.Real(f(PlainSlope.Step)));
        Assert.True(Slope(Math.Exp).IsSmooth);
        Assert.True(Slope(x => 7 * x).IsSmooth);
        Assert.False(Slope(Math.Abs).IsSmooth);
        Assert.False(Slope(x => Math.Max(0, x - PlainSlope.Step / 4)).IsSmooth);
        Assert.False(Slope(x => Math.Max(0, x - PlainSlope.Step * 0.75)).IsSmooth);
        Assert.False(Slope(x => x > 0 ? 1 : 0).IsSmooth);
    }

    private static PlainPoint Point(params (string Name, double[] Elements)[] data)
    {
        var point = new PlainPoint();
        foreach (var (name, elements) in data)
        {
            var table = new Table([0], [elements.Length - 1]);
            for (int e = 0; e < elements.Length; e++)
                table.Elements[e] = Quantity.Real(elements[e]);
            point.Data[name] = table;
        }
        return point;
    }

    private static Model Resolve(string lines) => new Library().Resolve(new Block(new Head(BlockKind.Equation, "T"), Parser.Lines(lines, new Place(1, 1))));
}
