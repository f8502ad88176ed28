using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Derivation;

/// <summary>What makes a derivative readable: the value itself where its formula returns, and common factors taken out.</summary>
internal static class Gathering
{
    private static readonly Rational One = new(1, 1);

    /// <summary>Writes y[i] where the derivative of y[i] repeats the whole right side of y: exp, tanh, the logistic function, quotients.</summary>
    /// <param name="term">A term of the derivative.</param>
    /// <param name="body">The right side.</param>
    /// <param name="self">What it is called.</param>
    public static Term Reuse(Term term, Expression body, Expression self)
    {
        if (body is not (Application { Function: not (Function.Max or Function.Min or Function.Abs or Function.Sign) } or Operation { Operator: Operator.Divide or Operator.Power }))
            return term;
        Term whole = Algebra.Monomial(body);
        if (whole is { Where.Count: 0, Coefficient: var coefficient } && coefficient == One && whole.Factors.Any(factor => factor.Base is not (Symbol or Element)))
        {
            // e/(1+e)^2 is y·(1-y) for y = 1/(1+e).
            if (whole.Factors is [{ Base: Operation { Operator: Operator.Add, Left: Number { Value: var first }, Right: Application { Function: Function.Exp } e } under, Exponent: var minus }]
                && first == One && minus == -One && Exponent(term, e) == One && Exponent(term, under) == new Rational(-2, 1))
            {
                var rest = term with { Factors = [.. term.Factors.Where(factor => !factor.Base.IsSameAs(e) && !factor.Base.IsSameAs(under))] };
                return rest.Times(Term.Of(self)).Times(Term.Of(new Operation(Operator.Subtract, Number.Of(1), self)));
            }
            if (whole.Factors.All(factor => Covers(Exponent(term, factor.Base), factor.Exponent)) && whole.ToPower(-One) is { } inverse)
            {
                Term divided = term.Times(inverse);
                // y stands where the first of its factors stood.
                int at = term.Factors.TakeWhile(factor => !whole.Factors.Any(each => each.Base.IsSameAs(factor.Base))).Count();
                at = Math.Min(at, divided.Factors.Count);
                return divided with { Factors = [.. divided.Factors.Take(at), new Factor(self, One), .. divided.Factors.Skip(at)] };
            }
        }
        string text = body.ToString();
        Expression In(Expression each) => each.ToString() == text ? self : Walk.Map(each, In);
        return term.Factors.Aggregate(term with { Factors = [] }, (all, factor) => all.Times(factor with { Base = In(factor.Base) }));
    }

    /// <summary>Takes out a sum that is divided by itself: sum(q:K) e[q]/sum(r:K) e[r] is 1.</summary>
    /// <param name="term">A term of the derivative.</param>
    public static Term Cancelled(Term term)
    {
        foreach (Binder binder in term.Binders)
        {
            var with = term.Factors.Where(factor => Term.Has(factor.Base, binder.Name)).ToList();
            if (with is not [{ Exponent: var exponent } only] || exponent != One || term.Where.Any(each => Term.Has(each, binder.Name))
                || term.Binders.SelectMany(Walk.Children).Any(end => Term.Has(end, binder.Name)))
                continue;
            string sum = Walk.Canonical(new Reduction(ReductionKind.Sum, [binder], null, only.Base));
            if (term.Factors.FirstOrDefault(factor => factor.Exponent == -One && factor.Base is Reduction && Walk.Canonical(factor.Base) == sum) is { } divisor)
                return Cancelled(term with { Binders = [.. term.Binders.Where(each => each != binder)], Factors = [.. term.Factors.Where(factor => factor != only && factor != divisor)] });
        }
        return term;
    }

    /// <summary>Writes p[n,k] for the right side of p where all its factors stand in the term.</summary>
    /// <param name="term">A term of the derivative.</param>
    /// <param name="model">The forward equation.</param>
    /// <param name="free">The free indices.</param>
    public static Term Recognised(Term term, Model model, IReadOnlyList<Binder> free)
    {
        foreach (Value value in model.Values.Where(value => value.Body is Operation { Operator: Operator.Divide }))
        {
            Term whole = Algebra.Monomial(value.Body);
            if (whole.Where.Count > 0 || whole.Coefficient != One || whole.Factors.FirstOrDefault(factor => factor.Base is Application) is not { } first)
                continue;
            foreach (Factor factor in term.Factors.Where(factor => factor.Exponent == first.Exponent))
            {
                var found = new Dictionary<string, Expression>();
                if (!Matches(first.Base, factor.Base, value.Indices, found) || found.Count < value.Indices.Count)
                    continue;
                var wanted = whole.Factors.Select(each => each with { Base = Walk.Substitute(each.Base, found) }).ToList();
                var there = wanted.Select(want => term.Factors.FirstOrDefault(each => each.Exponent == want.Exponent && Walk.Canonical(each.Base) == Walk.Canonical(want.Base))).ToList();
                // Outside its shape p would be 0.
                bool isInside = value.Indices.Zip(value.Shape, Letters.AsBinder).All(own => free.Concat(term.Binders)
                    .Any(binder => binder.Name == ((Symbol)found[own.Name]).Name && binder.From is null && binder.Bound!.IsSameAs(own.Bound!)));
                if (there.Contains(null) || !isInside)
                    continue;
                var self = new Factor(new Element(value.Name, [.. value.Indices.Select(index => found[index])]), One);
                int at = term.Factors.TakeWhile(each => each != there[0]).Count();
                IEnumerable<Factor> rest = [.. term.Factors.Take(at), self, .. term.Factors.Skip(at)];
                return Recognised(rest.Where(each => !there.Contains(each)).Aggregate(term with { Factors = [] }, (all, each) => all.Times(each)), model, free);
            }
        }
        return term;
    }

    // Whether the expression is the pattern with indices put for its variables.
    private static bool Matches(Expression pattern, Expression expression, IReadOnlyList<string> variables, Dictionary<string, Expression> found)
    {
        if (pattern is Symbol symbol && variables.Contains(symbol.Name))
            return expression is Symbol && (found.TryAdd(symbol.Name, expression) || found[symbol.Name].IsSameAs(expression));
        bool isAlike = (pattern, expression) switch
        {
            (Element a, Element b) => a.Tensor == b.Tensor,
            (Application a, Application b) => a.Function == b.Function,
            (Operation a, Operation b) => a.Operator == b.Operator,
            (Negation, Negation) => true,
            _ => pattern.IsSameAs(expression),
        };
        Expression[] parts = [.. Walk.Children(pattern)], others = [.. Walk.Children(expression)];
        return isAlike && parts.Length == others.Length && pattern is not (Reduction or Bracket)
            && parts.Zip(others).All(pair => Matches(pair.First, pair.Second, variables, found));
    }

    /// <summary>A sum with the factors that all its terms share written once.</summary>
    public static Expression Common(IEnumerable<Term> summands)
    {
        var terms = Algebra.Gather(summands);
        Expression plain = Algebra.Sum(terms);
        if (terms.Count < 2)
            return plain;
        var shared = terms[0].Factors.Where(factor => terms.All(term => term.Factors.Any(each => each.Exponent == factor.Exponent && each.Base.IsSameAs(factor.Base)))).ToList();
        var where = terms[0].Where.Where(each => terms.All(term => term.Where.Any(other => other.ToString() == each.ToString()))).ToList();
        if (!shared.Any(factor => factor.Exponent > default(Rational)))
            return plain;
        Expression rest = Algebra.Sum([.. terms.Select(term => term with
        {
            Factors = [.. term.Factors.Where(factor => !shared.Any(each => each.Base.IsSameAs(factor.Base)))],
            Where = [.. term.Where.Where(each => !where.Any(other => other.ToString() == each.ToString()))],
        })]);
        Expression gathered = Algebra.Sum([new Term(One, shared, [], where).Times(Term.Of(rest))]);
        return gathered.ToString().Length < plain.ToString().Length ? gathered : plain;
    }

    private static Rational Exponent(Term term, Expression @base) =>
        term.Factors.Where(factor => factor.Base.IsSameAs(@base)).Select(factor => factor.Exponent).FirstOrDefault();

    private static bool Covers(Rational have, Rational want) => want > default(Rational) ? have >= want : have <= want;
}
