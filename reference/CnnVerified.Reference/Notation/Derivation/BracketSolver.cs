using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Derivation;

/// <summary>Takes brackets out of a term by solving them for the summed indices.</summary>
/// <remarks>A solved index may leave its range or be no whole number where no index of the range solved the bracket. That is right where
/// the index stands alone as the index of a factor along a dimension of its range, because that factor is then 0 (rule 1) and nothing
/// else becomes undefined. Elsewhere the range is kept as a bracket, or the bracket stays.</remarks>
/// <param name="model">The forward equation.</param>
/// <param name="indices">Its index arithmetic.</param>
/// <param name="free">The free indices.</param>
internal sealed class BracketSolver(Model model, IndexAlgebra indices, IReadOnlyList<Binder> free)
{
    private static readonly Rational One = new(1, 1);

    /// <summary>Solves the brackets that name a summed index outright, such as [m=k].</summary>
    /// <param name="term">The term.</param>
    /// <param name="notes">Is told what was done.</param>
    /// <returns>The term with fewer summed indices; of coefficient 0 where a bracket is never true.</returns>
    public Term SolveNamed(Term term, ICollection<string> notes)
    {
        for (Term? next = WithoutKnown(term); next is not null; next = NextNamed(term, notes))
            term = next;
        return term;
    }

    /// <summary>Solves the brackets that are linear in a summed index.</summary>
    /// <param name="term">The term.</param>
    /// <param name="notes">Is told what was done.</param>
    /// <returns>The term with fewer summed indices; of coefficient 0 where a bracket is never true.</returns>
    public Term SolveLinear(Term term, ICollection<string> notes)
    {
        for (Term? next = WithoutKnown(term); next is not null; next = NextDigits(term, notes) ?? NextLinear(term, notes) ?? NextNamed(term, notes))
            term = next;
        return term.Where.Aggregate(term, Use);
    }

    /// <summary>Drops what always holds; a term with a bracket that never does becomes 0.</summary>
    public Term WithoutKnown(Term term)
    {
        IReadOnlyList<Binder> ranges = [.. free, .. term.Binders];
        var decided = term.Where.Select(each => (each, holds: indices.Decide(each, ranges))).ToList();
        return decided.Any(pair => pair.holds == false) ? term.Times(default(Rational)) : term with { Where = [.. decided.Where(pair => pair.holds is null).Select(pair => pair.each)] };
    }

    private Term? NextNamed(Term term, ICollection<string> notes)
    {
        foreach (Comparison bracket in term.Where.Where(IsIndexEquation))
            foreach (var (side, other) in new[] { (bracket.Left, bracket.Right), (bracket.Right, bracket.Left) })
                if (side is Symbol symbol && term.Binders.FirstOrDefault(binder => binder.Name == symbol.Name) is { } binder && !Term.Has(other, binder.Name)
                    && Put(term, bracket, binder, other, One) is { } solved)
                {
                    notes.Add($"{binder.Name} = {other}");
                    return solved;
                }
        return null;
    }

    private Term? NextLinear(Term term, ICollection<string> notes)
    {
        foreach (bool keepsRange in new[] { false, true })
            foreach (Comparison bracket in term.Where.Where(IsIndexEquation))
                foreach (Binder binder in term.Binders)
                    if (Solve(bracket, binder.Name) is var (solution, coefficient) && (keepsRange || StandsAlone(term, binder, bracket))
                        && Put(term, bracket, binder, solution, coefficient) is { } solved)
                    {
                        notes.Add($"{binder.Name} = {solution}");
                        return solved;
                    }
        return null;
    }

    // a·M + b = e with b in 0..M-1: a is floor(e/M) and b is mod(e, M).
    private Term? NextDigits(Term term, ICollection<string> notes)
    {
        foreach (Comparison bracket in term.Where.Where(IsIndexEquation))
            foreach (Binder high in term.Binders)
                foreach (Binder low in term.Binders.Where(binder => binder != high && binder.From is null))
                {
                    if (Solve(bracket, low.Name) is not var (rest, unit) || unit != One && unit != -One)
                        continue;
                    var terms = indices.Expand(rest);
                    var with = terms.Where(each => each.Factors.Any(factor => Term.Has(factor.Base, high.Name))).ToList();
                    if (with is not [var only] || IndexAlgebra.Coefficient(only, high.Name) is not { } weight
                        || IndexAlgebra.Write([weight.Times(-One)]).ToString() != IndexAlgebra.Write(indices.Expand(low.Bound!)).ToString())
                        continue;
                    Expression whole = IndexAlgebra.Write(terms.Except(with));
                    var end = new Operation(Operator.Multiply, high.Bound!, low.Bound!);
                    bool staysInside = StandsAlone(term, high, bracket) || high.From is null
                        && WithoutKnown(Term.Of([new(Number.Of(0), Relation.LessOrEqual, whole), new(whole, Relation.Less, end)]) with { Binders = term.Binders }) is { Where.Count: 0, Coefficient: var possible } && possible != default;
                    if (!staysInside || !indices.IsWhole(whole) || term.Binders.SelectMany(Walk.Children).Any(bound => Term.Has(bound, high.Name) || Term.Has(bound, low.Name)))
                        continue;
                    Expression upper = new Application(Function.Floor, [new Operation(Operator.Divide, whole, low.Bound!)]);
                    Expression lower = new Application(Function.Mod, [whole, low.Bound!]);
                    notes.Add($"{high.Name} = {upper}, {low.Name} = {lower}");
                    Term used = Use(term, bracket);
                    Term without = used with { Where = [.. used.Where.Where(each => each != bracket)] };
                    return WithoutKnown(Replace(Replace(without, low, lower), high, upper));
                }
        return null;
    }

    private (Expression Solution, Rational Coefficient)? Solve(Comparison bracket, string index)
    {
        if (Term.Has(bracket.Left, index) == Term.Has(bracket.Right, index))
            return null;
        var (side, other) = Term.Has(bracket.Left, index) ? (bracket.Left, bracket.Right) : (bracket.Right, bracket.Left);
        var terms = indices.Expand(side);
        var with = terms.Where(term => term.Factors.Any(factor => Term.Has(factor.Base, index))).ToList();
        if (with is not [var only] || IndexAlgebra.Coefficient(only, index) is not { } coefficient || !indices.IsNonZero(coefficient)
            || coefficient.ToPower(-One) is not { } inverse)
            return null;
        var rest = indices.Expand(other).Concat(terms.Except(with).Select(term => term.Times(-One)));
        return (IndexAlgebra.Write(Algebra.Gather(rest.Select(term => term.Times(inverse)))), coefficient.Factors.Count == 0 ? coefficient.Coefficient : default);
    }

    private Term? Put(Term term, Comparison bracket, Binder binder, Expression solution, Rational coefficient)
    {
        if (solution is not Symbol && term.Binders.Any(each => Walk.Children(each).Any(end => Term.Has(end, binder.Name))))
            return null;
        Term without = term with { Where = [.. term.Where.Where(each => each != bracket)] };
        bool staysInside = InRange(solution, binder, term) || StandsAlone(term, binder, bracket);
        if (!staysInside)
        {
            // A whole solution outside its range: the range stays as a bracket.
            if (coefficient != One && coefficient != -One || !indices.IsWhole(solution))
                return null;
            Comparison[] range = binder.From is null
                ? [new(Number.Of(0), Relation.LessOrEqual, solution), new(solution, Relation.Less, binder.Bound!)]
                : [new(binder.From, Relation.LessOrEqual, solution), new(solution, Relation.LessOrEqual, binder.Bound!)];
            without = without with { Where = [.. without.Where, .. range] };
        }
        return WithoutKnown(Replace(without, binder, solution));
    }

    private Term Replace(Term term, Binder binder, Expression solution)
    {
        var symbols = new Dictionary<string, Expression> { [binder.Name] = solution };
        Expression In(Expression expression) => Term.Has(expression, binder.Name)
            ? solution is Symbol ? Walk.Substitute(expression, symbols) : TidyIndices(Walk.Substitute(expression, symbols))
            : expression;
        Expression InPosition(Expression expression) => Term.Has(expression, binder.Name) && solution is not Symbol && indices.IsExact(expression)
            ? indices.Tidy(In(expression)) : In(expression);
        Term replaced = new(term.Coefficient, [], [.. term.Binders.Where(each => each.Name != binder.Name).Select(each => Walk.Map(each, In))],
            [.. term.Where.Select(each => each with { Left = InPosition(each.Left), Right = InPosition(each.Right) })]);
        return term.Factors.Aggregate(replaced, (all, factor) => all.Times(factor with { Base = In(factor.Base) }));
    }

    private Expression TidyIndices(Expression expression)
    {
        Expression tidied = Walk.Map(expression, TidyIndices);
        return tidied is Element element ? element with { Indices = [.. element.Indices.Select(indices.Tidy)] } : tidied;
    }

    // Where i*R+r = u holds, everything else may say u for i*R+r.
    private static Term Use(Term term, Comparison bracket)
    {
        if (bracket is not { Relation: Relation.Equal, Left: not (Symbol or Number or Element), Right: Symbol })
            return term;
        string text = bracket.Left.ToString();
        Expression In(Expression each) => each.ToString() == text ? bracket.Right
            : each is Reduction reduction && reduction.Binders.Any(binder => Term.Has(bracket.Left, binder.Name)) ? each : Walk.Map(each, In);
        Term used = term with { Factors = [], Where = [.. term.Where.Select(each => each == bracket ? each : each with { Left = In(each.Left), Right = In(each.Right) })] };
        return term.Factors.Aggregate(used, (all, factor) => all.Times(factor with { Base = In(factor.Base) }));
    }

    private bool IsIndexEquation(Comparison bracket) =>
        bracket.Relation == Relation.Equal && indices.IsExact(bracket.Left) && indices.IsExact(bracket.Right);

    private bool InRange(Expression solution, Binder binder, Term term) => solution switch
    {
        Symbol symbol => free.Concat(term.Binders).Any(each => each.Name == symbol.Name && Range(each) == Range(binder)),
        Element element => binder.From is null && model.Find(element.Tensor) is Given { Domain: WholeRange { First: Number { Value.Numerator.IsZero: true } } domain }
            && indices.Decide(new Comparison(domain.Last, Relation.Less, binder.Bound!), []) == true,
        _ => false,
    };

    private bool StandsAlone(Term term, Binder binder, Comparison solved)
    {
        var kills = term.Factors.Where(factor => factor is { Base: Element element, Exponent.Denominator.IsOne: true } && factor.Exponent > default(Rational)
            && ShapeOf(element.Tensor).Zip(element.Indices).Any(pair => pair.Second is Symbol symbol && symbol.Name == binder.Name && pair.First.ToString() == RangeOf(binder)));
        return kills.Any()
            && term.Factors.All(factor => !Term.Has(factor.Base, binder.Name)
                || factor.Exponent > default(Rational) && factor.Exponent.Denominator == 1 && IsHarmless(factor.Base, binder.Name))
            && term.Where.Where(each => each != solved).All(each => IsHarmless(each.Left, binder.Name) && IsHarmless(each.Right, binder.Name));
    }

    // Whether it stays defined where the index leaves its range.
    private static bool IsHarmless(Expression expression, string index)
    {
        if (!Term.Has(expression, index))
            return true;
        bool areHarmless = expression is Element || Walk.Children(expression).All(child => IsHarmless(child, index));
        return areHarmless && expression switch
        {
            Application { Function: Function.Mod } remainder => !Term.Has(remainder.Arguments[1], index),
            Application application => application.Function is not (Function.Log or Function.Log1p or Function.Sqrt),
            Operation { Operator: Operator.Divide } quotient => !Term.Has(quotient.Right, index),
            Operation { Operator: Operator.Power } power => power.Right is Number { Value: var exponent } && exponent.Denominator == 1 && exponent >= default(Rational),
            Reduction reduction => reduction.Kind is ReductionKind.Sum or ReductionKind.Prod && !reduction.Binders.Any(binder => Walk.Children(binder).Any(end => Term.Has(end, index)))
                || reduction.Where is null && !reduction.Binders.Any(binder => Walk.Children(binder).Any(end => Term.Has(end, index))),
            Derivative => false,
            _ => true,
        };
    }

    // dy has the shape of y.
    private IReadOnlyList<Range> ShapeOf(string tensor) => (model.Find(tensor) ?? (tensor[0] == 'd' ? model.Find(tensor[1..]) : null))?.Shape ?? [];

    private static string Range(Binder binder) => $"{binder.From}..{binder.Bound}";

    private static string RangeOf(Binder binder) => binder.From is null ? binder.Bound!.ToString() : $"{binder.From}..{binder.Bound}";
}
