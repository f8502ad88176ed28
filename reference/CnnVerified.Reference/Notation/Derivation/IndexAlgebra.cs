using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Derivation;

/// <summary>Arithmetic of sizes and indices: polynomials with whole coefficients, divisors allowed, over symbols, floor and mod.</summary>
/// <param name="model">Says which names are whole and which quotients are.</param>
internal sealed class IndexAlgebra(Model model)
{
    private static readonly Rational One = new(1, 1);

    // mod(C,G) = 0 makes C/G a whole number, to be read as one.
    private readonly HashSet<string> _quotients = [.. model.Assumptions.SelectMany(assumption => assumption.Condition.Any.Count == 1 ? assumption.Condition.Any[0] : [])
        .Where(each => each is { Left: Application { Function: Function.Mod }, Relation: Relation.Equal, Right: Number { Value.Numerator.IsZero: true } })
        .Select(each => ((Application)each.Left).Arguments)
        .Select(pair => new Operation(Operator.Divide, pair[0], pair[1]).ToString())];

    /// <summary>True where the value is a whole number whatever its indices.</summary>
    public bool IsWhole(Expression expression) => expression switch
    {
        Number number => number.Value.Denominator == 1,
        Symbol symbol => IsIndex(symbol.Name) || model.Parameters.Any(parameter => parameter.Name == symbol.Name && parameter.IsWhole) || IsWholeTensor(symbol.Name),
        Element element => IsWholeTensor(element.Tensor),
        Application { Function: Function.Floor or Function.Ceil or Function.Sign } => true,
        Application { Function: Function.Mod or Function.Max or Function.Min or Function.Abs } application => application.Arguments.All(IsWhole),
        Bracket => true,
        Reduction reduction => IsWhole(reduction.Body),
        Negation negation => IsWhole(negation.Operand),
        Operation { Operator: Operator.Divide } quotient => _quotients.Contains(quotient.ToString()),
        Operation { Operator: Operator.Power } => false,
        Operation operation => IsWhole(operation.Left) && IsWhole(operation.Right),
        _ => false,
    };

    /// <summary>True where the expression is about positions: whole-numbered data, sizes and indices alone.</summary>
    public bool IsExact(Expression expression) => Walk.All(expression).All(each => each switch
    {
        Pi or Derivative => false,
        Symbol symbol => IsIndex(symbol.Name) || model.Parameters.Any(parameter => parameter.Name == symbol.Name && parameter.IsWhole) || model.Find(symbol.Name)?.IsExact == true,
        Element element => model.Find(element.Tensor)?.IsExact == true,
        Application application => application.Function is Function.Floor or Function.Ceil or Function.Mod or Function.Max or Function.Min or Function.Abs or Function.Sign,
        _ => true,
    });

    /// <summary>True where the term is a number but 0 times sizes that are at least 1.</summary>
    public bool IsNonZero(Term term) => term.Coefficient != default && term.Factors.All(factor => IsAtLeastOne(factor.Base));

    /// <summary>The expression multiplied out.</summary>
    /// <param name="expression">Index arithmetic.</param>
    /// <param name="keepsQuotients">Whether C/G stays together where it is whole.</param>
    public IReadOnlyList<Term> Expand(Expression expression, bool keepsQuotients = true)
    {
        IEnumerable<Term> Take(Expression each) => each switch
        {
            Number number => [Term.Of(number.Value)],
            Negation negation => Take(negation.Operand).Select(term => term.Times(-One)),
            Operation { Operator: Operator.Add } sum => Take(sum.Left).Concat(Take(sum.Right)),
            Operation { Operator: Operator.Subtract } difference => Take(difference.Left).Concat(Take(difference.Right).Select(term => term.Times(-One))),
            Operation { Operator: Operator.Multiply } product => Products(Take(product.Left), Algebra.Gather(Take(product.Right))),
            Operation { Operator: Operator.Divide } quotient => keepsQuotients && _quotients.Contains(quotient.ToString())
                ? [Term.Of(quotient)]
                : Products(Take(quotient.Left), Inverse(quotient.Right)),
            Application { Function: Function.Floor, Arguments: [var whole] } when IsWhole(whole) => Take(whole),
            Application application => [Term.Of(Walk.Map(application, Tidy))],
            _ => [Term.Of(each)],
        };

        IReadOnlyList<Term> Inverse(Expression divisor) => Algebra.Gather(Take(divisor)) is [var single] && single.ToPower(-One) is { } inverse
            ? [inverse]
            : [Term.Of(One).Times(new Factor(divisor, -One))];

        return Algebra.Gather(Take(expression));
    }

    /// <summary>The expression or, where that is shorter, the same multiplied out.</summary>
    public Expression Tidy(Expression expression)
    {
        Expression normal = Write(Expand(expression));
        return normal.ToString().Length < expression.ToString().Length ? normal : expression;
    }

    /// <summary>Writes a polynomial: what is added first, what is subtracted next, numbers last; what is divided by the same together.</summary>
    public static Expression Write(IEnumerable<Term> terms)
    {
        var summands = new List<Term>();
        foreach (var group in terms.GroupBy(Divisor))
        {
            var above = group.Select(term => new Term(new Rational(term.Coefficient.Numerator, 1), [.. term.Factors.Where(IsAbove)], [], [])).ToList();
            if (group.Key.Length == 0 || above.Count == 1)
            {
                summands.AddRange(group);
                continue;
            }
            Term first = group.First();
            Expression sum = Algebra.Sum(InOrder(above));
            Term divisor = new(new Rational(1, first.Coefficient.Denominator), [.. first.Factors.Where(factor => !IsAbove(factor))], [], []);
            summands.Add(Term.Of(sum).Times(divisor));
        }
        return Algebra.Sum(InOrder(summands));
    }

    /// <summary>Whether a comparison of positions is always true, always false, or depends.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="ranges">The ranges of the indices in it.</param>
    public bool? Decide(Comparison comparison, IReadOnlyList<Binder> ranges)
    {
        if (!IsExact(comparison.Left) || !IsExact(comparison.Right))
            return comparison.Left.IsSameAs(comparison.Right) ? comparison.Relation is Relation.Equal or Relation.LessOrEqual or Relation.GreaterOrEqual : null;
        Rational? least = Least(new Operation(Operator.Subtract, comparison.Right, comparison.Left), ranges);
        Rational? most = -Least(new Operation(Operator.Subtract, comparison.Left, comparison.Right), ranges);
        return comparison.Relation switch
        {
            Relation.Less => least > default(Rational) ? true : most <= default(Rational) ? false : null,
            Relation.LessOrEqual => least >= default(Rational) ? true : most < default(Rational) ? false : null,
            Relation.Greater => most < default(Rational) ? true : least >= default(Rational) ? false : null,
            Relation.GreaterOrEqual => most <= default(Rational) ? true : least > default(Rational) ? false : null,
            _ => least is { } low && most == low && low == default ? comparison.Relation == Relation.Equal
                : least > default(Rational) || most < default(Rational) ? comparison.Relation == Relation.NotEqual : null,
        };
    }

    // A lower bound of a polynomial: each index at the end of its range where the polynomial is least, each size at 1.
    private Rational? Least(Expression expression, IReadOnlyList<Binder> ranges)
    {
        var terms = Expand(expression, false);
        foreach (Binder binder in ranges.Reverse())
        {
            var with = terms.Where(term => term.Factors.Any(factor => Term.Has(factor.Base, binder.Name))).ToList();
            if (with.Count == 0)
                continue;
            if (with.Count > 1 || Coefficient(with[0], binder.Name) is not { } coefficient || !IsNonZero(coefficient))
                return null;
            Expression end = coefficient.Coefficient > default(Rational) ? binder.From ?? Number.Of(0)
                : binder.From is null ? new Operation(Operator.Subtract, binder.Bound!, Number.Of(1)) : binder.Bound!;
            terms = Algebra.Gather(terms.Except(with).Concat(Products([coefficient], Expand(end, false))));
        }
        Rational least = default;
        foreach (Term term in terms)
        {
            if (term.Factors.Count > 0 && (!IsNonZero(term) || term.Coefficient < default(Rational)))
                return null;
            if (term.Factors.All(IsAbove))
                least += term.Coefficient;
        }
        return least;
    }

    /// <summary>The coefficient of an index in the one term that holds it, or null where it is not linear in it.</summary>
    public static Term? Coefficient(Term term, string index)
    {
        var others = term.Factors.Where(factor => factor.Base is not Symbol symbol || symbol.Name != index).ToList();
        return others.Count == term.Factors.Count - 1 && !others.Any(factor => Term.Has(factor.Base, index))
            && term.Factors.Except(others).Single().Exponent == One ? term with { Factors = others } : null;
    }

    /// <summary>Every term of the one by every term of the other.</summary>
    public static IEnumerable<Term> Products(IEnumerable<Term> left, IReadOnlyList<Term> right) => left.SelectMany(each => right.Select(each.Times));

    private bool IsIndex(string name) => !model.Parameters.Any(parameter => parameter.Name == name) && model.Find(name) is not { Shape.Count: 0 };

    private bool IsWholeTensor(string name) => model.Find(name) switch
    {
        Given given => given.IsExact && given.Domain is WholeRange or OneOf,
        Value value => value.IsExact && IsWhole(value.Body),
        _ => false,
    };

    private bool IsAtLeastOne(Expression expression) => expression switch
    {
        Symbol symbol => model.Parameters.Any(parameter => parameter.Name == symbol.Name && parameter.IsWhole && parameter.Least >= 1) || model.Sizes.Any(size => size.Name == symbol.Name),
        Operation { Operator: Operator.Divide } quotient => _quotients.Contains(quotient.ToString()),
        _ => false,
    };

    private static bool IsAbove(Factor factor) => factor.Exponent > default(Rational);

    private static string Divisor(Term term) => string.Join('*', term.Factors.Where(factor => !IsAbove(factor)).Select(factor => $"{factor.Base}^{factor.Exponent}")
        .Concat(term.Coefficient.Denominator == 1 ? [] : [term.Coefficient.Denominator.ToString()]).Order(StringComparer.Ordinal));

    private static IReadOnlyList<Term> InOrder(IEnumerable<Term> terms) =>
        [.. terms.OrderBy(term => (term.Factors.Count == 0 ? 2 : 0) + (term.Coefficient < default(Rational) ? 1 : 0))];
}
