using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;
using FsCheck.Xunit;
using Xunit;

namespace CnnVerified.Tests.Notation;

/// <summary>The degree that the Schwartz–Zippel bound is computed from is never too small.</summary>
public sealed class DegreeTests
{
    [Theory]
    [InlineData("x[0]*x[1]/(x[2]+1)^2", 2, 2)]
    [InlineData("x[0] + x[1]^3", 3, 0)]
    [InlineData("x[0]/x[1] + x[1]/x[2]", 2, 2)]
    [InlineData("(x[0]+1)/(x[1]-2)/x[2]", 1, 2)]
    [InlineData("7*x[0]^-2", 0, 2)]
    [InlineData("sum(i:3) x[i]*x[2-i]", 2, 0)]
    [InlineData("prod(i:3) x[i]/(x[0]+5)", 3, 3)]
    [InlineData("x[5]*x[0]^9", -1, 0)]
    [InlineData("-7/3", 0, 0)]
    public void The_degree_of_a_formula(string formula, int top, int bottom)
    {
        var (program, frame) = SmallBlock.Fill(new Degrees(), $"given x[3]\ny = {formula} + 0*x[7]", "x=1,1,1");
        Array.Fill(program.Reals(frame, "x"), Degree.Variable);
        Assert.True(program.Run(frame));
        Degree degree = program.Reals(frame, "y")[0];
        Assert.Equal((top, bottom), (degree.Top, degree.Bottom));
    }

    [Fact]
    public void A_factor_1_and_a_term_0_change_no_degree_and_no_bits()
    {
        var degrees = new Degrees();
        Degree degree = new(3, 2, 7, 5);
        Assert.Equal(degree, degrees.Multiply(degree, degrees.One));
        Assert.Equal(degree, degrees.Divide(degree, degrees.One));
        Assert.Equal(degree, degrees.Add(degree, degrees.Zero));
        Assert.Equal(degree, degrees.Subtract(degree, degrees.Zero));
    }

    // With a line put through the variables a formula is a rational function of one number t. That its degrees are at most (m, n) means
    // that polynomials a and b of those degrees have a(t) = b(t)·f(t) at any number of places: more equations than unknowns, yet solvable.
    [Property(MaxTest = 300)]
    public void A_formula_is_a_fraction_of_its_degrees(int seed)
    {
        var field = new PrimeField(PrimeField.Draw(new Random(seed)));
        Degree degree = new Formula<Degree>(new Degrees(), new Random(seed)).Value(_ => Degree.Variable, 4);
        if (degree.Top < 0 || degree.Top + degree.Bottom > 60)
            return;
        var line = new Random(seed + 1);
        (ulong A, ulong B)[] lines = [.. Enumerable.Range(0, 3).Select(_ => (field.DrawElement(line), field.DrawElement(line)))];
        int unknowns = degree.Top + degree.Bottom + 2;
        var rows = new List<ulong[]>();
        while (rows.Count < unknowns + 5)
        {
            ulong t = field.DrawElement(line);
            ulong f = new Formula<ulong>(field, new Random(seed)).Value(variable => field.Add(lines[variable].A, field.Multiply(lines[variable].B, t)), 4);
            if (field.Undefined)
            {
                field.Undefined = false;
                return;   // a divisor that is 0 everywhere
            }
            rows.Add([.. Enumerable.Range(0, degree.Top + 1).Select(power => field.Power(t, power)),
                .. Enumerable.Range(0, degree.Bottom + 1).Select(power => field.Negate(field.Multiply(f, field.Power(t, power))))]);
        }
        Assert.True(Rank(field, rows) < unknowns, $"degrees {degree.Top} and {degree.Bottom} are too small");
    }

    [Fact]
    public void A_formula_is_no_fraction_of_lower_degrees()
    {
        var field = new PrimeField(PrimeField.Draw(new Random(1)));
        ulong F(ulong t) => field.Divide(field.Multiply(t, field.Add(t, field.One)), field.Add(field.Multiply(t, t), field.Constant(new Rational(7, 1))));
        int Missing(int top, int bottom)
        {
            var random = new Random(2);
            ulong[] at = [.. Enumerable.Range(0, 12).Select(_ => field.DrawElement(random))];
            return top + bottom + 2 - Rank(field, [.. at.Select(t => (ulong[])[.. Enumerable.Range(0, top + 1).Select(power => field.Power(t, power)),
                .. Enumerable.Range(0, bottom + 1).Select(power => field.Negate(field.Multiply(F(t), field.Power(t, power))))])]);
        }

        Assert.Equal(1, Missing(2, 2));
        Assert.Equal(0, Missing(1, 2));
        Assert.Equal(0, Missing(2, 1));
    }

    private static int Rank(PrimeField field, List<ulong[]> rows)
    {
        int rank = 0;
        for (int column = 0; column < rows[0].Length; column++)
        {
            int pivot = rows.FindIndex(rank, row => row[column] != 0);
            if (pivot < 0)
                continue;
            (rows[rank], rows[pivot]) = (rows[pivot], rows[rank]);
            foreach (ulong[] row in rows.Skip(rank + 1).Where(row => row[column] != 0))
            {
                ulong factor = field.Divide(row[column], rows[rank][column]);
                for (int c = column; c < row.Length; c++)
                    row[c] = field.Subtract(row[c], field.Multiply(factor, rows[rank][c]));
            }
            rank++;
        }
        return rank;
    }

    /// <summary>A formula in three variables, drawn anew from the same seed for each arithmetic.</summary>
    private sealed class Formula<T>(Arithmetic<T> arithmetic, Random random)
    {
        public T Value(Func<int, T> variable, int depth)
        {
            int kind = depth == 0 ? random.Next(2) : random.Next(2, 8);
            if (kind == 0)
                return arithmetic.Constant(new Rational(random.Next(-3, 4), random.Next(1, 4)));
            if (kind == 1)
                return variable(random.Next(3));
            T left = Value(variable, random.Next(depth));
            if (kind == 2)
                return arithmetic.Power(left, random.Next(-2, 4));
            T right = Value(variable, random.Next(depth));
            return kind switch
            {
                3 or 4 => arithmetic.Add(left, right),
                5 => arithmetic.Subtract(left, right),
                6 => arithmetic.Multiply(left, right),
                _ => arithmetic.Divide(left, right),
            };
        }
    }
}
