using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Derivation;

/// <summary>Splits a summed index d:A*M that brackets take apart with floor(d/M) and mod(d,M) into its two digits, d = a*M+b.</summary>
/// <param name="indices">Index arithmetic.</param>
/// <param name="letters">Gives the digits names.</param>
/// <param name="free">The free indices.</param>
internal sealed class Digits(IndexAlgebra indices, Letters letters, IReadOnlyList<Binder> free)
{
    private static readonly Rational One = new(1, 1);

    /// <summary>The term with its indices split as far as they go.</summary>
    /// <param name="term">The term.</param>
    /// <param name="notes">Is told what was done.</param>
    public Term Split(Term term, ICollection<string> notes)
    {
        for (Term? next = term; next is not null; next = Next(term, notes))
            term = next;
        return term;
    }

    private Term? Next(Term term, ICollection<string> notes)
    {
        foreach (Binder binder in term.Binders.Where(binder => binder.From is null))
        {
            var bases = term.Where.SelectMany(each => Walk.All(each.Left).Concat(Walk.All(each.Right))).Select(each => Base(each, binder.Name)).OfType<Expression>()
                .OrderBy(each => Algebra.Monomial(each).Factors.Count);
            foreach (Expression lower in bases)
                if (Quotient(binder.Bound!, lower) is { } upper)
                    return Split(term, binder, upper, lower, notes);
        }
        return null;
    }

    private Term Split(Term term, Binder binder, Expression upper, Expression lower, ICollection<string> notes)
    {
        List<string> scope = [.. free.Concat(term.Binders).Select(each => each.Name)];
        string low = letters.Digit(binder.Name, lower, scope);
        string high = letters.Digit(binder.Name, upper, [.. scope, low]);
        var whole = new Operation(Operator.Add, new Operation(Operator.Multiply, new Symbol(high), lower), new Symbol(low));

        Expression In(Expression each)
        {
            if (each is Reduction reduction && reduction.Binders.Any(inner => inner.Name == binder.Name))
                return each;
            if (each is Symbol symbol)
                return symbol.Name == binder.Name ? whole : symbol;
            if (Base(each, binder.Name) is { } divisor && Quotient(divisor, lower) is { } rest)
                return each is Application { Function: Function.Floor }
                    ? rest is Number { Value.Numerator.IsOne: true } ? new Symbol(high) : new Application(Function.Floor, [new Operation(Operator.Divide, new Symbol(high), rest)])
                    : rest is Number { Value.Numerator.IsOne: true } ? new Symbol(low)
                    : indices.Tidy(new Operation(Operator.Add, new Operation(Operator.Multiply, new Application(Function.Mod, [new Symbol(high), rest]), lower), new Symbol(low)));
            Expression inside = Walk.Map(each, In);
            return inside is Element element ? element with { Indices = [.. element.Indices.Select(indices.Tidy)] } : inside;
        }

        notes.Add($"{binder.Name} = {whole}");
        Binder[] digits = [new Binder(high, null, upper), new Binder(low, null, lower)];
        Term split = new(term.Coefficient, [], [.. term.Binders.SelectMany(each => each == binder ? digits : [Walk.Map(each, In)])],
            [.. term.Where.Select(each => each with { Left = In(each.Left), Right = In(each.Right) })]);
        return term.Factors.Aggregate(split, (all, factor) => all.Times(factor with { Base = In(factor.Base) }));
    }

    // floor(d/M) and mod(d,M): M.
    private static Expression? Base(Expression expression, string index) => expression switch
    {
        Application { Function: Function.Floor, Arguments: [Operation { Operator: Operator.Divide, Left: Symbol symbol, Right: var divisor }] } when symbol.Name == index => divisor,
        Application { Function: Function.Mod, Arguments: [Symbol symbol, var divisor] } when symbol.Name == index => divisor,
        _ => null,
    };

    // A where total = A·part and A is a product of sizes; else null.
    private Expression? Quotient(Expression total, Expression part)
    {
        if (indices.Expand(total, false) is not [var above] || indices.Expand(part, false) is not [var below] || below.ToPower(-One) is not { } inverse)
            return null;
        Term quotient = above.Times(inverse);
        return quotient.Coefficient.Denominator == 1 && quotient.Factors.All(factor => factor.Exponent > default(Rational)) && indices.IsNonZero(quotient)
            ? IndexAlgebra.Write([quotient]) : null;
    }
}
