using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Derivation;

/// <summary>Derivative of an expression by one element of a tensor; every other tensor is held fixed.</summary>
/// <remarks>A reference x[f] gives the brackets [f=e]. Brackets, floor, ceil and sign are constant; max, min and abs choose by
/// brackets, which is right where nothing is equal (generic points).</remarks>
/// <param name="tensor">The name of the tensor or scalar.</param>
/// <param name="at">The element: one index for each dimension.</param>
/// <param name="names">Names that are taken.</param>
internal sealed class Differentiation(string tensor, IReadOnlyList<Expression> at, ISet<string> names)
{
    private static readonly Rational One = new(1, 1);
    private static readonly Rational Two = new(2, 1);

    private Expression? _whole;
    private Expression? _self;

    /// <summary>The derivative.</summary>
    /// <param name="expression">What is derived. Its bound indices have other names than the indices of the element.</param>
    /// <param name="self">What the whole expression is called (y[i]), or null; a maximum refers to it.</param>
    /// <returns>The summands.</returns>
    public IReadOnlyList<Term> Of(Expression expression, Expression? self)
    {
        (_whole, _self) = (expression, self);
        return Algebra.Gather(Derive(expression));
    }

    /// <summary>True where the expression refers to the tensor.</summary>
    public bool IsIn(Expression expression) => Mentions(expression, tensor, at.Count);

    /// <summary>True where the expression refers to the tensor or scalar of this name.</summary>
    public static bool Mentions(Expression expression, string tensor, int rank) => Walk.All(expression).Any(each =>
        rank > 0 ? each is Element element && element.Tensor == tensor : each is Symbol symbol && symbol.Name == tensor);

    private IEnumerable<Term> Derive(Expression expression)
    {
        if (!IsIn(expression))
            return [];
        switch (expression)
        {
            case Symbol:
                return [Term.Of(One)];
            case Element element:
                return [Term.Of([.. element.Indices.Zip(at, (index, target) => new Comparison(index, Relation.Equal, target))])];
            case Negation negation:
                return Derive(negation.Operand).Select(term => term.Times(-One));
            case Operation operation:
                return Derive(operation);
            case Application application:
                return Derive(application);
            case Reduction reduction:
                return Derive(reduction);
            case Bracket:
                return [];
            default:
                throw new NotationException($"expected a formula that can be differentiated, got {expression}.", expression.Place);
        }
    }

    private IEnumerable<Term> Derive(Operation operation)
    {
        Expression left = operation.Left, right = operation.Right;
        switch (operation.Operator)
        {
            case Operator.Add:
                return Derive(left).Concat(Derive(right));
            case Operator.Subtract:
                return Derive(left).Concat(Derive(right).Select(term => term.Times(-One)));
            case Operator.Multiply:
                Term before = Algebra.Monomial(left), after = Algebra.Monomial(right);
                return Derive(left).Select(term => term.Times(after)).Concat(Derive(right).Select(term => before.Times(term)));
            case Operator.Divide:
                Term over = Algebra.Monomial(left), inverse = Inverse(right, One);
                return Derive(left).Select(term => term.Times(inverse))
                    .Concat(IsIn(right) ? Derive(right).Select(term => over.Times(Inverse(right, Two)).Times(term).Times(-One)) : []);
            default:
                return DerivePower(operation);
        }
    }

    private IEnumerable<Term> DerivePower(Operation power)
    {
        Expression left = power.Left, right = power.Right;
        Term exponent = Algebra.Monomial(right);
        Term lower = right is Number number
            ? Raised(left, number.Value - One)
            : Term.Of(new Operation(Operator.Power, left, Algebra.Simplify(new Operation(Operator.Subtract, right, Number.Of(1)))));
        IEnumerable<Term> byBase = Derive(left).Select(term => exponent.Times(lower).Times(term));
        Term logarithm = Term.Of(power).Times(Term.Of(Apply(Function.Log, left)));
        return byBase.Concat(Derive(right).Select(term => logarithm.Times(term)));
    }

    private IEnumerable<Term> Derive(Application application)
    {
        Expression inner = application.Arguments[0];
        if (application.Function is Function.Max or Function.Min)
            return DeriveChoice(application);
        if (application is { Function: Function.Mod, Arguments: [var dividend, var divisor] })
        {
            Expression whole = Apply(Function.Floor, new Operation(Operator.Divide, dividend, divisor));
            return Derive(new Operation(Operator.Subtract, dividend, new Operation(Operator.Multiply, divisor, whole)));
        }
        Term? outer = application.Function switch
        {
            Function.Exp => Term.Of(application),
            Function.Log => Inverse(inner, One),
            Function.Sqrt => Inverse(application, One).Times(new Rational(1, 2)),
            Function.Abs => Term.Of(Apply(Function.Sign, inner)),
            Function.Tanh => Term.Of(new Operation(Operator.Subtract, Number.Of(1), new Operation(Operator.Power, application, Number.Of(2)))),
            Function.Log1p => Inverse(Algebra.Simplify(new Operation(Operator.Add, Number.Of(1), inner)), One),
            Function.Sin => Term.Of(Apply(Function.Cos, inner)),
            Function.Cos => Term.Of(Apply(Function.Sin, inner)).Times(-One),
            Function.Erf => Gauss(inner),
            Function.Erfc => Gauss(inner).Times(-One),
            _ => null,   // floor, ceil, sign: constant between their jumps
        };
        return outer is null ? [] : Derive(inner).Select(term => outer.Times(term));
    }

    private IEnumerable<Term> DeriveChoice(Application choice)
    {
        Relation relation = choice.Function == Function.Max ? Relation.Greater : Relation.Less;
        return choice.Arguments.SelectMany((argument, chosen) =>
        {
            Term isChosen = Term.Of([.. choice.Arguments.Where((_, other) => other != chosen).Select(other => new Comparison(argument, relation, other))]);
            return Derive(argument).Select(term => isChosen.Times(term));
        });
    }

    private IEnumerable<Term> Derive(Reduction reduction)
    {
        Term within = Term.Of(One);
        var where = new List<Comparison>();
        if (reduction.Where is { Any: [var all] })
            where.AddRange(all);
        else if (reduction.Where is { } any)
            within = Term.Of(new Bracket(any));
        switch (reduction.Kind)
        {
            case ReductionKind.Max or ReductionKind.Min:
                Expression value = ReferenceEquals(reduction, _whole) && _self is not null ? _self : reduction;
                where.Add(new Comparison(reduction.Body, Relation.Equal, value));
                break;
            case ReductionKind.Prod:
                within = within.Times(Term.Of(Others(reduction)));
                break;
        }
        return Derive(reduction.Body).Select(term => within.Times(term).Within(reduction.Binders, where));
    }

    // The product without the factor at the indices of the reduction: each alternative of the condition, and one of the indices another.
    private Reduction Others(Reduction product)
    {
        var renamed = product.Binders.ToDictionary(binder => binder.Name, binder => (Expression)new Symbol(Walk.Fresh(binder.Name, names)));
        Expression In(Expression each) => Walk.Substitute(each, renamed);
        var where = product.Where is null ? new Condition([[]]) : Walk.Map(product.Where, In);
        return product with
        {
            Binders = [.. product.Binders.Select(binder => Walk.Map(binder, In) with { Name = ((Symbol)renamed[binder.Name]).Name })],
            Where = new([.. where.Any.SelectMany(all => renamed.Select(pair =>
                (IReadOnlyList<Comparison>)[.. all, new Comparison(pair.Value, Relation.NotEqual, new Symbol(pair.Key))]))]),
            Body = In(product.Body),
        };
    }

    // 2/sqrt(pi)·exp(-u²)
    private static Term Gauss(Expression inner)
    {
        Term square = Raised(inner, Two).Times(-One);
        return Term.Of(Two).Times(Term.Of(Apply(Function.Exp, Algebra.Sum([square])))).Times(Inverse(Apply(Function.Sqrt, new Pi()), One));
    }

    private static Application Apply(Function function, Expression argument) => new(function, [argument]);

    private static Term Inverse(Expression expression, Rational exponent) => Raised(expression, -exponent);

    private static Term Raised(Expression expression, Rational exponent) =>
        Algebra.Monomial(expression).ToPower(exponent) ?? Term.Of(One).Times(new Factor(expression, exponent));
}
