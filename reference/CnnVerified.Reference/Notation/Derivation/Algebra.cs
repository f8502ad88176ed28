using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Derivation;

/// <summary>Between expressions and sums of terms: taking apart, gathering, writing down.</summary>
internal static class Algebra
{
    private static readonly Rational One = new(1, 1);

    /// <summary>An expression as one term. A sum inside stays one factor, as it was written.</summary>
    public static Term Monomial(Expression expression)
    {
        switch (expression)
        {
            case Number number:
                return Term.Of(number.Value);
            case Negation negation:
                return Monomial(negation.Operand).Times(-One);
            case Operation { Operator: Operator.Multiply } product:
                return Monomial(product.Left).Times(Monomial(product.Right));
            case Operation { Operator: Operator.Divide } quotient when Monomial(quotient.Right).ToPower(-One) is { } inverse:
                return Monomial(quotient.Left).Times(inverse);
            case Operation { Operator: Operator.Power, Right: Number exponent } power when Monomial(power.Left).ToPower(exponent.Value) is { } raised:
                return raised;
            case Bracket { Condition.Any: [var all] }:
                return Term.Of(all);
            case Operation { Operator: Operator.Add or Operator.Subtract } when Summands(expression) is [var single]:
                return single;
            default:
                return Term.Of(expression);
        }
    }

    /// <summary>An expression as a sum of terms, like terms gathered. Products of sums are not multiplied out.</summary>
    public static IReadOnlyList<Term> Summands(Expression expression)
    {
        IEnumerable<Term> Take(Expression each, Rational sign) => each switch
        {
            Operation { Operator: Operator.Add } sum => Take(sum.Left, sign).Concat(Take(sum.Right, sign)),
            Operation { Operator: Operator.Subtract } difference => Take(difference.Left, sign).Concat(Take(difference.Right, -sign)),
            Negation negation => Take(negation.Operand, -sign),
            _ => [Monomial(each).Times(sign)],
        };

        return Gather(Take(expression, One));
    }

    /// <summary>Adds like terms; drops what is 0.</summary>
    public static IReadOnlyList<Term> Gather(IEnumerable<Term> terms)
    {
        var kept = new List<Term>();
        var places = new Dictionary<string, int>();
        foreach (Term term in terms)
        {
            string key = Key(term);
            if (places.TryGetValue(key, out int at))
                kept[at] = kept[at] with { Coefficient = kept[at].Coefficient + term.Coefficient };
            else
                places[key] = kept.Count;
            if (places[key] == kept.Count)
                kept.Add(term);
        }
        return [.. kept.Where(term => term.Coefficient != default)];
    }

    /// <summary>The simplest form found without further knowledge: products and sums flattened, numbers folded, like terms gathered.</summary>
    public static Expression Simplify(Expression expression) => Sum(Summands(expression));

    /// <summary>Writes a sum down.</summary>
    public static Expression Sum(IReadOnlyList<Term> terms) => Sum(terms, Write);

    /// <summary>Writes a sum down with what does not depend on the summed indices before the sum signs.</summary>
    public static Expression SumPulled(IReadOnlyList<Term> terms) => Sum(terms, WritePulled);

    private static Expression Sum(IReadOnlyList<Term> terms, Func<Term, Expression> write)
    {
        Expression? sum = null;
        foreach (Term term in terms)
        {
            bool isNegative = term.Coefficient < default(Rational);
            Expression next = write(isNegative ? term.Times(-One) : term);
            sum = (sum, isNegative) switch
            {
                (null, false) => next,
                (null, true) => Negative(next),
                (_, false) => new Operation(Operator.Add, sum, next),
                _ => new Operation(Operator.Subtract, sum, next),
            };
        }
        return sum ?? Number.Of(0);
    }

    // -a*b rather than -(a*b).
    private static Expression Negative(Expression expression) => expression switch
    {
        Number number => new Number(-number.Value),
        Operation { Operator: Operator.Multiply or Operator.Divide } operation => operation with { Left = Negative(operation.Left) },
        _ => new Negation(expression),
    };

    private static Expression Write(Term term)
    {
        if (term.Binders.Count == 0)
            return Product(term.Coefficient, term.Factors, term.Where);
        Condition? where = term.Where.Count == 0 ? null : new Condition([term.Where]);
        return new Reduction(ReductionKind.Sum, term.Binders, where, Product(term.Coefficient, term.Factors, []));
    }

    private static Expression WritePulled(Term term) => Write(Pull(term));

    /// <summary>Moves what does not depend on the summed indices before the sum sign. Divisors that are sizes alone stay where they are.</summary>
    public static Term Pull(Term term)
    {
        if (term.Binders.Count == 0)
            return term;
        bool IsInner(Expression expression) => term.Binders.Any(binder => Term.Has(expression, binder.Name));
        var outerWhere = term.Where.Where(each => !IsInner(each.Left) && !IsInner(each.Right)).ToList();
        var innerWhere = term.Where.Except(outerWhere).ToList();
        var outer = term.Factors.Where(factor => !IsInner(factor.Base)).ToList();
        if (!outer.Any(factor => factor.Exponent > default(Rational)))
            outer.Clear();
        Rational whole = new(term.Coefficient.Numerator, 1);
        Rational part = term.Coefficient / whole;
        bool takesAll = outer.Count > 0 && part != One;
        Expression sum = Write(new Term(takesAll ? One : part, [.. term.Factors.Except(outer)], term.Binders, innerWhere));
        return new Term(takesAll ? term.Coefficient : whole, [.. outer, new Factor(sum, One)], [], outerWhere);
    }

    private static Expression Product(Rational coefficient, IReadOnlyList<Factor> factors, IReadOnlyList<Comparison> where)
    {
        var above = new List<Expression>();
        var below = new List<Expression>();
        if (where.Count > 0)
            above.Add(new Bracket(new Condition([where])));
        if (coefficient.Numerator != 1)
            above.Add(new Number(new Rational(coefficient.Numerator, 1)));
        if (coefficient.Denominator != 1)
            below.Add(new Number(new Rational(coefficient.Denominator, 1)));
        foreach (Factor factor in factors)
        {
            bool isAbove = factor.Exponent > default(Rational);
            Rational exponent = isAbove ? factor.Exponent : -factor.Exponent;
            Expression power = exponent == One ? factor.Base : new Operation(Operator.Power, factor.Base, new Number(exponent));
            (isAbove ? above : below).Add(power);
        }
        // A sum takes everything after it, so it is written last.
        var last = above.Where(each => each is Reduction).ToList();
        if (last.Count == above.Count && below.Count > 0)
            last.Clear();
        Expression? head = Chain(above.Except(last));
        if (below.Count > 0)
            head = new Operation(Operator.Divide, head ?? Number.Of(1), Chain(below)!);
        return Chain(head is null ? last : [head, .. last]) ?? Number.Of(1);
    }

    private static Expression? Chain(IEnumerable<Expression> factors)
    {
        Expression? product = null;
        foreach (Expression factor in factors)
            product = product is null ? factor : new Operation(Operator.Multiply, product, factor);
        return product;
    }

    private static string Key(Term term)
    {
        var sorted = term.Factors.OrderBy(factor => factor.Base.ToString(), StringComparer.Ordinal).ToList();
        var where = term.Where.OrderBy(each => each.ToString(), StringComparer.Ordinal).ToList();
        return Walk.Canonical(Write(new Term(One, sorted, term.Binders, where)));
    }
}
