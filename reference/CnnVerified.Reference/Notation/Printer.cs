using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation;

/// <summary>Writes the notation back, with no more parentheses than it needs.</summary>
internal static class Printer
{
    // How tightly an expression binds; an operand that binds less than its place asks for gets parentheses.
    private const int Sum = 1, Term = 2, Factor = 3, Power = 4, Atom = 5;

    public static string Text(Expression expression) => expression switch
    {
        Number number => number.Value.Denominator == 1 ? number.Value.ToString() : $"{number.Value.Numerator}/{number.Value.Denominator}",
        Pi => "pi",
        Symbol symbol => symbol.Name,
        Element element => $"{element.Tensor}[{string.Join(',', element.Indices.Select(Text))}]",
        Application application => $"{Parser.NameOf(application.Function)}({string.Join(',', application.Arguments.Select(Text))})",
        Reduction reduction => $"{Parser.NameOf(reduction.Kind)}({string.Join(',', reduction.Binders.Select(Text))}" +
            $"{(reduction.Where is null ? "" : $" | {reduction.Where}")}) {Within(reduction.Body, Term)}",
        Bracket bracket => Bracketed(bracket.Condition),
        Derivative derivative => $"D({Text(derivative.Of)},{Text(derivative.By)}{(derivative.Held.Count == 0 ? "" : " | " + string.Join(',', derivative.Held))})",
        Negation negation => $"-{Negated(negation.Operand)}",
        Operation { Operator: Operator.Add } sum => $"{Within(sum.Left, Sum)} + {Within(sum.Right, Term)}",
        Operation { Operator: Operator.Subtract } difference => $"{Within(difference.Left, Sum)} - {Within(difference.Right, Term)}",
        Operation { Operator: Operator.Multiply } product => $"{WithinLeft(product.Left, Term)}*{Within(product.Right, Factor)}",
        Operation { Operator: Operator.Divide } quotient => $"{WithinLeft(quotient.Left, Term)}/{Within(quotient.Right, Factor)}",
        Operation power => $"{WithinLeft(power.Left, Atom)}^{Within(power.Right, Factor)}",
        Matrix matrix => $"[{string.Join(',', matrix.Rows.Select(row => $"[{string.Join(',', row.Select(Text))}]"))}]",
        _ => throw new InvalidOperationException($"no text for {expression.GetType().Name}."),
    };

    public static string Text(Binder binder) => binder.Bound is null ? binder.Name
        : binder.From is null ? $"{binder.Name}:{Text(binder.Bound)}"
        : $"{binder.Name}:{Text(binder.From)}..{Text(binder.Bound)}";

    public static string Text(LeftSide left) => left.Indices.Count == 0 ? left.Name : $"{left.Name}[{string.Join(',', left.Indices.Select(Text))}]";

    public static string Text(Comparison comparison) => $"{Text(comparison.Left)} {Sign(comparison.Relation)} {Text(comparison.Right)}";

    public static string Text(Condition condition) => string.Join(" or ", condition.Any.Select(all => string.Join(" and ", all.Select(Text))));

    public static string Sign(Relation relation) => relation switch
    {
        Relation.Equal => "=",
        Relation.NotEqual => "!=",
        Relation.Less => "<",
        Relation.LessOrEqual => "<=",
        Relation.Greater => ">",
        _ => ">=",
    };

    private static int Binding(Expression expression) => expression switch
    {
        Operation { Operator: Operator.Add or Operator.Subtract } => Sum,
        Operation { Operator: Operator.Multiply or Operator.Divide } => Term,
        Operation => Power,
        Number { Value: var value } => value.Denominator != 1 ? Term : value < default(Rational) ? Factor : Atom,
        Negation => Factor,
        Reduction => Factor,
        _ => Atom,
    };

    private static string Within(Expression expression, int least) => Binding(expression) < least ? $"({Text(expression)})" : Text(expression);

    // Two signs in a row begin a comment.
    private static string Negated(Expression operand) => Within(operand, Factor) is var text && text.StartsWith('-') ? $"({text})" : text;

    // Two brackets in a row begin a matrix.
    private static string Bracketed(Condition condition)
    {
        string text = Text(condition);
        return !text.StartsWith('[') ? $"[{text}]" : Text(condition.Any[0][0].Left) is var left ? $"[({left}){text[left.Length..]}]" : text;
    }

    // A reduction takes everything that follows, so on the left of * / ^ it must be closed off; on the left of + it need not be.
    private static string WithinLeft(Expression expression, int least) =>
        EndsInReduction(expression) ? $"({Text(expression)})" : Within(expression, least);

    private static bool EndsInReduction(Expression expression) => expression switch
    {
        Reduction => true,
        Negation negation => EndsInReduction(negation.Operand),
        Operation { Operator: Operator.Multiply or Operator.Divide or Operator.Power } operation => EndsInReduction(operation.Right),
        _ => false,
    };
}
