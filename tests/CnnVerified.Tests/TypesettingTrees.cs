using System.Numerics;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Tests;

/// <summary>Random small formulas over a, b and c and their exact values.</summary>
internal sealed class TypesettingTrees(int seed)
{
    private readonly Random _random = new(seed);
    private int _bound;

    /// <summary>What a, b and c are: chosen so that no two small formulas agree by chance.</summary>
    public static IReadOnlyDictionary<string, Rational> Values { get; } = new Dictionary<string, Rational>
    {
        ["a"] = new(7, 5),
        ["b"] = new(-11, 3),
        ["c"] = new(13, 1),
    };

    public Expression Next(int height) => height == 0 ? Leaf() : _random.Next(16) switch
    {
        0 => Leaf(),
        1 or 2 => new Operation(Operator.Add, Next(height - 1), Next(height - 1)),
        3 or 4 => new Operation(Operator.Subtract, Next(height - 1), Next(height - 1)),
        5 or 6 => new Operation(Operator.Multiply, Next(height - 1), Next(height - 1)),
        7 or 8 => new Operation(Operator.Divide, Next(height - 1), Next(height - 1)),
        9 => new Operation(Operator.Power, Next(height - 1), Exponent()),
        10 => new Negation(Next(height - 1)),
        11 => new Application(Function.Floor, [Next(height - 1)]),
        12 => new Application(Function.Abs, [Next(height - 1)]),
        13 => new Application(Function.Mod, [Next(height - 1), Next(height - 1)]),
        _ => Reduction(height),
    };

    public static Rational? Value(Expression tree) => Value(tree, Values);

    private static Rational? Value(Expression tree, IReadOnlyDictionary<string, Rational> values)
    {
        switch (tree)
        {
            case Number number:
                return number.Value;
            case Symbol symbol:
                return values[symbol.Name];
            case Negation negation:
                return -Value(negation.Operand, values);
            case Application { Function: Function.Mod } mod:
                return Modulus(Value(mod.Arguments[0], values), Value(mod.Arguments[1], values));
            case Application { Function: Function.Floor } floor:
                return Floor(Value(floor.Arguments[0], values));
            case Application abs:
                return Value(abs.Arguments[0], values) is { } inner ? inner < default(Rational) ? -inner : inner : null;
            case Operation { Operator: var kind } operation:
                return Operate(kind, Value(operation.Left, values), Value(operation.Right, values));
            case Reduction { Binders: [var index] } reduction:
                var terms = Enumerable.Range(0, 3).Select(i => Value(reduction.Body, new Dictionary<string, Rational>(values) { [index.Name] = new(i, 1) }));
                return terms.Aggregate((left, right) => Combine(reduction.Kind, left, right));
            default:
                throw new InvalidOperationException(tree.GetType().Name);
        }
    }

    public static Rational? Operate(Operator kind, Rational? left, Rational? right) => (left, right) is ({ } a, { } b)
        ? kind switch
        {
            Operator.Add => a + b,
            Operator.Subtract => a - b,
            Operator.Multiply => a * b,
            Operator.Divide => b == default ? null : a / b,
            _ => Power(a, b),
        }
        : null;

    public static Rational? Combine(ReductionKind kind, Rational? left, Rational? right) => (left, right) is ({ } a, { } b)
        ? kind == ReductionKind.Sum ? a + b : a < b ? b : a
        : null;

    public static Rational? Floor(Rational? value) => value is { } a ? new Rational(BigInteger.Divide(a.Numerator - (a.Numerator % a.Denominator + a.Denominator) % a.Denominator, a.Denominator), 1) : null;

    public static Rational? Modulus(Rational? left, Rational? right) => (left, right) is ({ } a, { } b) && b != default ? a - b * Floor(a / b)! : null;

    // Values may grow without bound; what is too large to read is as good as undefined, for tree and reader alike.
    private static Rational? Power(Rational a, Rational b)
    {
        if (b.Denominator != 1 || BigInteger.Abs(b.Numerator) > 4 || a == default || BigInteger.Abs(a.Numerator) + a.Denominator > BigInteger.Pow(10, 40))
            return null;
        int n = (int)b.Numerator;
        Rational positive = new(BigInteger.Pow(a.Numerator, Math.Abs(n)), BigInteger.Pow(a.Denominator, Math.Abs(n)));
        return n < 0 ? new Rational(1, 1) / positive : positive;
    }

    private Reduction Reduction(int height)
    {
        _bound++;
        Expression body = Next(height - 1);
        var index = new Binder("ijkl"[--_bound].ToString(), null, Number.Of(3));
        return new(_random.Next(2) == 0 ? ReductionKind.Sum : ReductionKind.Max, [index], null, body);
    }

    private Expression Exponent() => _random.Next(4) switch
    {
        0 => Number.Of(2),
        1 => Number.Of(3),
        2 => new Negation(Number.Of(1)),
        _ => new Operation(Operator.Subtract, Number.Of(3), Number.Of(_random.Next(1, 3))),
    };

    private Expression Leaf() => _random.Next(6 + _bound) switch
    {
        0 => Number.Of(_random.Next(4)),
        1 => new Number(new Rational(_random.Next(-3, 4), _random.Next(1, 4))),
        2 or 3 => new Symbol("a"),
        4 => new Symbol("b"),
        5 => new Symbol("c"),
        var index => new Symbol("ijkl"[index - 6].ToString()),
    };
}
