using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;
using Xunit;

namespace CnnVerified.Tests.Notation;

/// <summary>The same equation over different numbers: fractions, a prime field, doubles, and the plain loops that share no arithmetic
/// with any of them.</summary>
public sealed class AgreementTests
{
    private const int Points = 6;

    private static readonly IReadOnlyList<Block> Errata = Markdown.Blocks(File.ReadAllText(Path.Combine(DocsLibrary.Root, "docs", "errata.md")), "docs/errata.md", wrong => throw wrong);

    public static TheoryData<string> Rational => [.. Ids(program => !program.NeedsFunctions)];

    public static TheoryData<string> Transcendental => [.. Ids(program => program.NeedsFunctions)];

    [Fact]
    public void Both_kinds_of_equations_are_looked_at() => Assert.True(Ids(program => !program.NeedsFunctions).Count() > 50 && Ids(program => program.NeedsFunctions).Count() > 20);

    [Theory]
    [MemberData(nameof(Rational))]
    public void Fractions_agree_with_a_prime_field_and_bound_the_doubles(string id)
    {
        Model model = Resolve(id);
        var field = new PrimeField(PrimeField.Draw(new Random(7)));
        var exact = new Program<Rational>(model, new Rationals());
        var residues = new Program<ulong>(model, field);
        var doubles = new Program<double>(model, new Doubles());
        var estimates = new Program<Estimate>(model, new Estimates());
        AtPoints(model, point =>
        {
            Frame<Rational> truth = Filled(exact, point);
            Frame<Estimate> bounded = Filled(estimates, point);
            Frame<double> plain = Filled(doubles, point);
            Assert.True(exact.Run(truth) && doubles.Run(plain) && estimates.Run(bounded));
            bool close = estimates.Arithmetic.Kink;
            estimates.Arithmetic.Kink = false;
            Frame<ulong>? residue = exact.NeedsOrder ? null : Filled(residues, point);
            Assert.True(residue is null || residues.Run(residue));
            foreach (Value value in model.Values)
                for (int i = 0; i < exact.Count(truth, value.Name); i++)
                {
                    Assert.Equal(exact.IsUndefined(truth, value.Name, i), doubles.IsUndefined(plain, value.Name, i));
                    if (residue is not null)
                        Assert.Equal(exact.IsUndefined(truth, value.Name, i), residues.IsUndefined(residue, value.Name, i));
                    if (exact.IsUndefined(truth, value.Name, i))
                        continue;
                    Rational right = exact.Elements(truth, value.Name)[i];
                    if (residue is not null)
                        Assert.Equal(field.Constant(right), residues.Elements(residue, value.Name)[i]);
                    if (close)
                        continue;   // a choice that rounding may have decided
                    Estimate estimate = estimates.Elements(bounded, value.Name)[i];
                    AssertWithin(right, estimate.Value, estimate.Error);
                    AssertWithin(right, doubles.Elements(plain, value.Name)[i], estimate.Error);
                }
        });
    }

    [Theory]
    [MemberData(nameof(Transcendental))]
    public void Doubles_with_bounds_agree_with_plain_loops(string id)
    {
        Model model = Resolve(id);
        var estimates = new Program<Estimate>(model, new Estimates());
        AtPoints(model, point =>
        {
            Frame<Estimate> frame = Filled(estimates, point);
            Assert.True(estimates.Run(frame));
            bool close = estimates.Arithmetic.Kink;
            estimates.Arithmetic.Kink = false;
            var plain = new PlainLoops(model, point).Compute(model.Values.Count);
            foreach (Value value in model.Values.Where(_ => !close))
                for (int i = 0; i < plain[value.Name].Elements.Length; i++)
                {
                    Quantity other = plain[value.Name].Elements[i];
                    Assert.Equal(other.IsUndefined, estimates.IsUndefined(frame, value.Name, i));
                    Estimate estimate = estimates.Elements(frame, value.Name)[i];
                    Assert.True(other.IsUndefined || Math.Abs(estimate.Value - other.Value) <= estimate.Error + other.Error + double.Epsilon, $"{value.Name} at {point}: {estimate} and {other} ± {other.Error}");
                }
        });
    }

    private static void AtPoints(Model model, Action<PlainPoint> look)
    {
        var random = new Random(8);
        int points = 0;
        for (int draw = 0; draw < 20_000 && points < Points; draw++)
            if (PlainPoint.Draw(model, random, 600) is { } point)
            {
                points++;
                look(point);
            }
        Assert.Equal(Points, points);
    }

    private static Frame<T> Filled<T>(Program<T> program, PlainPoint point)
    {
        T Number(Quantity quantity) => program.Arithmetic.Constant(Reference.Numbers.Rational.Of(quantity.Value));
        Frame<T> frame = program.NewFrame([.. point.Wholes.Select(name => point.Scalars[name].Whole!.Value)])!;
        foreach (Parameter parameter in program.Model.Parameters.Where(parameter => !parameter.IsWhole))
            program.Reals(frame, parameter.Name)[0] = Number(point.Scalars[parameter.Name]);
        foreach (Given given in program.Model.Givens)
            if (given.IsExact)
                point.Data[given.Name].Elements.Select(element => new Fraction(element.Whole!.Value)).ToArray().CopyTo(program.Exacts(frame, given.Name), 0);
            else
                point.Data[given.Name].Elements.Select(Number).ToArray().CopyTo(program.Reals(frame, given.Name), 0);
        return frame;
    }

    private static void AssertWithin(Rational right, double value, double error)
    {
        Rational difference = Reference.Numbers.Rational.Of(value) - right;
        Assert.True((difference < default(Rational) ? -difference : difference) <= Reference.Numbers.Rational.Of(error), $"{value:R} ± {error} is not {right}");
    }

    private static Model Resolve(string id)
    {
        Library library = DocsLibrary.Library();
        foreach (Block block in Errata)
            library.Add(block);
        return library.Resolve(id, default);
    }

    private static IEnumerable<string> Ids(Func<Program<double>, bool> which) => DocsLibrary.Blocks.Concat(Errata).Where(block => block.Head.Kind == BlockKind.Equation)
        .Select(block => block.Head.Id).Where(id => which(new Program<double>(Resolve(id), new Doubles())));
}
