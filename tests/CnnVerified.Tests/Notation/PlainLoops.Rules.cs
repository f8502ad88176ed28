using CnnVerified.Reference.Notation;

namespace CnnVerified.Tests.Notation;

/// <content>Expressions and conditions, rule by rule.</content>
internal sealed partial class PlainLoops
{
    /// <summary>The value of an expression for the bound indices of the moment.</summary>
    public Quantity Evaluate(Expression expression) => expression switch
    {
        Number number => Quantity.Ratio((Int128)number.Value.Numerator, (Int128)number.Value.Denominator),
        Pi => Quantity.Real(Math.PI, 1.3e-16),
        Symbol symbol => Named(symbol.Name),
        Element element => At(element),
        Application application => Apply(application),
        Reduction reduction => Reduce(reduction),
        Bracket bracket => Holds(bracket.Condition) switch { true => Quantity.One, false => Quantity.Zero, null => Quantity.Undefined },
        Derivative derivative => Slope(derivative),
        Negation negation => HasZeroBracket(negation) ? Quantity.Zero : -Evaluate(negation.Operand),
        Operation operation => HasZeroBracket(operation) ? Quantity.Zero : Operate(operation.Operator, Evaluate(operation.Left), Evaluate(operation.Right)),
        _ => throw new InvalidOperationException($"no value of {expression}."),
    };

    /// <summary>Whether a condition holds; null where that is undefined and matters.</summary>
    public bool? Holds(Condition condition)
    {
        bool? any = false;
        foreach (var conjunction in condition.Any)
        {
            bool? all = true;
            foreach (Comparison comparison in conjunction)
                if (all != false)
                    all = And(all, Holds(comparison));
            any = any == true || all == true ? true : any is null || all is null ? null : false;
        }
        return any;
    }

    private static bool? And(bool? a, bool? b) => a == false || b == false ? false : a is null || b is null ? null : true;

    private bool? Holds(Comparison comparison) => Quantity.Compare(Evaluate(comparison.Left), Evaluate(comparison.Right)) is not { } sign ? null : comparison.Relation switch
    {
        Relation.Equal => sign == 0,
        Relation.NotEqual => sign != 0,
        Relation.Less => sign < 0,
        Relation.LessOrEqual => sign <= 0,
        Relation.Greater => sign > 0,
        _ => sign >= 0,
    };

    private Quantity Named(string name)
    {
        for (int i = _bound.Count - 1; i >= 0; i--)
            if (_bound[i].Name == name)
                return Quantity.Of(_bound[i].Value);
        return _tables.TryGetValue(name, out Table? scalar) ? scalar.Elements[0] : _scalars[name];
    }

    // Rule 1: outside the shape, or between whole numbers: 0.
    private Quantity At(Element element) =>
        Position(element) is not { } position ? Quantity.Undefined : position < 0 ? Quantity.Zero : _tables[element.Tensor].Elements[position];

    private long? Position(Element element)
    {
        Span<long> index = stackalloc long[element.Indices.Count];
        bool isWhole = true;
        for (int d = 0; d < index.Length; d++)
        {
            Quantity at = Evaluate(element.Indices[d]);
            if (at.IsUndefined)
                return null;
            if (at.Whole is { } whole)
                index[d] = whole;
            else if (at.IsExact)
                isWhole = false;
            else
                throw new InvalidOperationException($"{element} has the real index {at}.");
        }
        return isWhole ? _tables[element.Tensor].Position(index) : -1;
    }

    // Rule 4: a zero bracket as a multiplied factor makes the whole term 0.
    private bool HasZeroBracket(Expression term) => term switch
    {
        Bracket bracket => Holds(bracket.Condition) == false,
        Negation negation => HasZeroBracket(negation.Operand),
        Operation { Operator: Operator.Multiply } product => HasZeroBracket(product.Left) || HasZeroBracket(product.Right),
        Operation { Operator: Operator.Divide } quotient => HasZeroBracket(quotient.Left),
        _ => false,
    };

    private static Quantity Operate(Operator kind, Quantity left, Quantity right) => kind switch
    {
        Operator.Add => left + right,
        Operator.Subtract => left - right,
        Operator.Multiply => left * right,
        Operator.Divide => left / right,
        _ => Quantity.Power(left, right),
    };

    // Rules 2 and 3.
    private Quantity Reduce(Reduction reduction)
    {
        Quantity? result = reduction.Kind switch { ReductionKind.Sum => Quantity.Zero, ReductionKind.Prod => Quantity.One, _ => null };
        ForAll(reduction.Binders, 0, () =>
        {
            bool? counts = reduction.Where is null ? true : Holds(reduction.Where);
            if (counts == false)
                return;
            Quantity term = counts is null ? Quantity.Undefined : Evaluate(reduction.Body);
            result = result is not { } sofar ? term : reduction.Kind switch
            {
                ReductionKind.Sum => sofar + term,
                ReductionKind.Prod => sofar * term,
                ReductionKind.Max => Extreme(sofar, term, 1),
                _ => Extreme(sofar, term, -1),
            };
        });
        return result ?? Quantity.Undefined;
    }

    private static Quantity Extreme(Quantity a, Quantity b, int sign) => Quantity.Compare(a, b) is not { } order ? Quantity.Undefined : order == sign ? a : b;

    private Quantity Apply(Application application)
    {
        Quantity[] arguments = [.. application.Arguments.Select(Evaluate)];
        Quantity a = arguments[0];
        double x = a.Value;
        return application.Function switch
        {
            Function.Exp => Quantity.Smooth(a, Math.Exp(x), Math.Exp(x)),
            Function.Log => x > 0 ? Quantity.Smooth(a, Math.Log(x), 1 / x) : Quantity.Undefined,
            Function.Sqrt => x == 0 ? a : Quantity.Smooth(a, Math.Sqrt(x), 0.5 / Math.Sqrt(x)),
            Function.Tanh => Quantity.Smooth(a, Math.Tanh(x), 1 - Math.Tanh(x) * Math.Tanh(x)),
            Function.Cos => Quantity.Smooth(a, Math.Cos(x), Math.Abs(Math.Sin(x))),
            Function.Sin => Quantity.Smooth(a, Math.Sin(x), Math.Abs(Math.Cos(x))),
            Function.Log1p => x > -1 ? Quantity.Smooth(a, LogOnePlus(x), 1 / (1 + x)) : Quantity.Undefined,
            Function.Erf => Quantity.Smooth(a, ErrorFunction(x), 1.13 * Math.Exp(-x * x)),
            Function.Erfc => Quantity.Smooth(a, 1 - ErrorFunction(x), 1.13 * Math.Exp(-x * x)),
            Function.Abs => Quantity.Abs(a),
            Function.Sign => Quantity.Sign(a),
            Function.Floor => Quantity.Floor(a),
            Function.Ceil => -Quantity.Floor(-a),
            Function.Mod => Quantity.Mod(a, arguments[1]),
            Function.Max => arguments.Aggregate((left, right) => Extreme(left, right, 1)),
            _ => arguments.Aggregate((left, right) => Extreme(left, right, -1)),
        };
    }

    // log(1 + x) of the rounded sum, corrected by what the rounding lost.
    private static double LogOnePlus(double x) => 1 + x == 1 ? x : Math.Log(1 + x) * x / (1 + x - 1);

    // erf x = 2/√π · e^(−x²) · Σ 2^n x^(2n+1) / (2n+1)!!: all terms of one sign, so nothing cancels.
    private static double ErrorFunction(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
