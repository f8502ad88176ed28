namespace CnnVerified.Reference.Notation;

/// <summary>Which expressions are exact numbers, and which of those are whole whatever the data: the kinds of number that may stand
/// in an index.</summary>
/// <param name="Find">The tensor or scalar of a name, or null.</param>
/// <param name="IsWholeName">Whether a name that is no tensor is a whole number: a bound index, a size, a whole parameter.</param>
internal sealed record Exactness(Func<string, Tensor?> Find, Func<string, bool> IsWholeName)
{
    /// <summary>True where no real number is in the expression; comparisons of real numbers may be.</summary>
    public bool IsExact(Expression expression) => expression switch
    {
        Number or Bracket => true,
        Pi or Derivative or Matrix => false,
        Symbol symbol => IsWholeName(symbol.Name) || Find(symbol.Name) is { IsExact: true },
        Element element => Find(element.Tensor) is { IsExact: true },
        Application { Function: Function.Floor or Function.Ceil or Function.Mod or Function.Abs or Function.Sign or Function.Max or Function.Min } application =>
            application.Arguments.All(IsExact),
        Application => false,
        Reduction reduction => Within(reduction).IsExact(reduction.Body),
        Negation negation => IsExact(negation.Operand),
        Operation { Operator: Operator.Power } power => IsExact(power.Left) && IsWhole(power.Right),
        Operation operation => IsExact(operation.Left) && IsExact(operation.Right),
        _ => throw new InvalidOperationException($"unknown expression {expression.GetType().Name}."),
    };

    /// <summary>True where the expression is exact, and whole whatever the data.</summary>
    public bool IsWhole(Expression expression) => IsExact(expression) && Stays(expression);

    /// <summary>The same with more names that are bound indices.</summary>
    /// <param name="names">The indices.</param>
    public Exactness With(IEnumerable<string> names)
    {
        HashSet<string> bound = [.. names];
        return this with { IsWholeName = name => bound.Contains(name) || IsWholeName(name) };
    }

    // Nothing in it can leave the whole numbers.
    private bool Stays(Expression expression) => expression switch
    {
        Number number => number.Value.Denominator == 1,
        Bracket or Application { Function: Function.Floor or Function.Ceil or Function.Sign } => true,
        Symbol symbol => IsWholeName(symbol.Name) || IsWholeTensor(symbol.Name),
        Element element => IsWholeTensor(element.Tensor),
        Operation { Operator: Operator.Divide } => false,
        Operation { Operator: Operator.Power } power => Stays(power.Left) && power.Right is Number { Value: var exponent } && exponent >= default(Numbers.Rational) && exponent.Denominator == 1,
        Reduction reduction => Within(reduction).Stays(reduction.Body),
        _ => Walk.Children(expression).All(Stays),
    };

    private bool IsWholeTensor(string name) => Find(name) switch
    {
        Given => true,
        Value value => With(value.Indices).Stays(value.Body),
        _ => false,
    };

    private Exactness Within(Reduction reduction) => With(reduction.Binders.Select(binder => binder.Name));
}
