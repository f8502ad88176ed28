using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Derivation;

/// <summary>base^exponent in a product.</summary>
/// <param name="Base">Anything that is not itself a product.</param>
/// <param name="Exponent">Its power; a divisor has a negative one.</param>
internal sealed record Factor(Expression Base, Rational Exponent);

/// <summary>One summand: a number times factors, summed over bound indices where some comparisons hold. Brackets that multiply are
/// kept as comparisons, because a bracket in a sum and a condition of the sum are the same thing.</summary>
/// <param name="Coefficient">The number.</param>
/// <param name="Factors">The factors, in the order in which they are to be read.</param>
/// <param name="Binders">The summed indices, the outermost first.</param>
/// <param name="Where">What must hold for the term to count.</param>
internal sealed record Term(Rational Coefficient, IReadOnlyList<Factor> Factors, IReadOnlyList<Binder> Binders, IReadOnlyList<Comparison> Where)
{
    private static readonly Rational One = new(1, 1);

    /// <summary>A number.</summary>
    public static Term Of(Rational number) => new(number, [], [], []);

    /// <summary>One factor.</summary>
    public static Term Of(Expression factor) => Of(One).Times(new Factor(factor, One));

    /// <summary>A product of brackets.</summary>
    public static Term Of(IReadOnlyList<Comparison> where) => new(One, [], [], where);

    public Term Times(Rational number) => this with { Coefficient = Coefficient * number };

    /// <summary>Multiplies; equal bases add their exponents. The bound indices of both must have different names.</summary>
    public Term Times(Term other)
    {
        Term product = this with
        {
            Coefficient = Coefficient * other.Coefficient,
            Binders = [.. Binders, .. other.Binders],
            Where = [.. Where, .. other.Where],
        };
        return other.Factors.Aggregate(product, (all, factor) => all.Times(factor)).WithoutRepeats();
    }

    /// <summary>The term to a power, or null where that is no term: a sum, or a bracket as a divisor.</summary>
    public Term? ToPower(Rational exponent)
    {
        bool isWhole = exponent.Denominator == 1;
        if (Binders.Count > 0 || (Where.Count > 0 && exponent <= default(Rational)))
            return null;
        // (x^2)^(1/2) is not x, so only a bare factor takes a fractional power.
        bool isBare = Coefficient == One && Factors.Count == 1 && Factors[0].Exponent == One;
        if (!isWhole && !isBare)
            return null;
        if (isWhole && (Coefficient == default && exponent < default(Rational) || BigAbs(exponent) > 64))
            return null;
        Term power = Of(One) with { Where = Where };
        power = Factors.Aggregate(power, (all, factor) => all.Times(factor with { Exponent = factor.Exponent * exponent }));
        return power.Times(isWhole ? Power(Coefficient, (int)exponent.Numerator) : One);
    }

    public Term Times(Factor factor)
    {
        if (factor.Exponent == default)
            return this;
        if (factor is { Base: Number number, Exponent.Denominator.IsOne: true } && number.Value != default)
            return Times(Power(number.Value, (int)factor.Exponent.Numerator));
        string key = factor.Base.ToString();
        int at = 0;
        while (at < Factors.Count && Factors[at].Base.ToString() != key)
            at++;
        Rational exponent = factor.Exponent + (at < Factors.Count ? Factors[at].Exponent : default);
        // sqrt(a)^2 = a wherever sqrt(a) is defined.
        if (factor.Base is Application { Function: Function.Sqrt, Arguments: [var under] } && exponent.Denominator == 1 && BigAbs(exponent) >= 2)
        {
            int twice = (int)(exponent.Numerator / 2);
            Term rest = this with { Factors = [.. Factors.Where((_, d) => d != at)] };
            Rational left = exponent - new Rational(2 * twice, 1);
            if (left != default)
                rest = rest with { Factors = [.. rest.Factors, factor with { Exponent = left }] };
            return rest.Times(Algebra.Monomial(under).ToPower(new Rational(twice, 1)) ?? Of(One).Times(new Factor(under, new Rational(twice, 1))));
        }
        if (at == Factors.Count)
            return this with { Factors = [.. Factors, factor] };
        return exponent == default
            ? this with { Factors = [.. Factors.Where((_, d) => d != at)] }
            : this with { Factors = [.. Factors.Select((each, d) => d == at ? each with { Exponent = exponent } : each)] };
    }

    /// <summary>Sums the term over more indices, outside of those that it has.</summary>
    public Term Within(IReadOnlyList<Binder> binders, IReadOnlyList<Comparison> where) =>
        (this with { Binders = [.. binders, .. Binders], Where = [.. where, .. Where] }).WithoutRepeats();

    /// <summary>True where the name stands free in the expression.</summary>
    public static bool Has(Expression expression, string name) => expression switch
    {
        Symbol symbol => symbol.Name == name,
        Reduction reduction => HasInRanges(reduction.Binders, name, out bool isCaught)
            || !isCaught && Walk.Children(reduction.Where).Append(reduction.Body).Any(child => Has(child, name)),
        _ => Walk.Children(expression).Any(child => Has(child, name)),
    };

    public static bool Has(Comparison comparison, string name) => Has(comparison.Left, name) || Has(comparison.Right, name);

    private static bool HasInRanges(IReadOnlyList<Binder> binders, string name, out bool isCaught)
    {
        isCaught = false;
        foreach (Binder binder in binders)
        {
            if (Walk.Children(binder).Any(end => Has(end, name)))
                return true;
            if (isCaught = binder.Name == name)
                return false;
        }
        return false;
    }

    // a < b says all that a <= b says.
    private Term WithoutRepeats()
    {
        if (Where.Count < 2)
            return this;
        var said = Where.Select(each => each.ToString()).ToHashSet();
        return this with
        {
            Where = [.. Where.DistinctBy(each => each.ToString()).Where(each =>
                !(each.Relation == Relation.LessOrEqual && said.Contains((each with { Relation = Relation.Less }).ToString())
                || each.Relation == Relation.GreaterOrEqual && said.Contains((each with { Relation = Relation.Greater }).ToString())))],
        };
    }

    private static System.Numerics.BigInteger BigAbs(Rational exponent) => System.Numerics.BigInteger.Abs(exponent.Numerator) / exponent.Denominator;

    private static Rational Power(Rational number, int exponent)
    {
        Rational power = One;
        for (int e = 0; e < Math.Abs(exponent); e++)
            power *= number;
        return exponent < 0 ? One / power : power;
    }
}
