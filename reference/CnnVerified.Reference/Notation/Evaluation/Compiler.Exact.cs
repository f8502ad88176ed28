namespace CnnVerified.Reference.Notation.Evaluation;

/// <content>Whole numbers and exact fractions: everything that stands in an index.</content>
internal sealed partial class Compiler<T>
{
    public Func<Frame<T>, long> Whole(Expression expression, Dictionary<string, int> scope)
    {
        if (!IsWhole(expression, scope))
        {
            var exact = Exact(expression, scope);
            return frame =>
            {
                Fraction value = exact(frame);
                frame.Undefined |= !value.IsWhole;
                return value.Numerator;
            };
        }
        switch (expression)
        {
            case Number number:
                if (System.Numerics.BigInteger.Abs(number.Value.Numerator) > long.MaxValue)
                    throw new NotationException($"expected whole numbers of at most 63 bits in sizes and indices, got {number}.", number.Place);
                long constant = (long)number.Value.Numerator;
                return _ => constant;
            case Symbol symbol when scope.TryGetValue(symbol.Name, out int slot) || globals.TryGetValue(symbol.Name, out slot):
                return frame => frame.Slots[slot];
            case Symbol or Element:
                var read = ReadExact(expression, scope);
                return frame => read(frame).Numerator;
            case Negation negation:
                var operand = Whole(negation.Operand, scope);
                return frame => checked(-operand(frame));
            case Application application:
                return WholeApplication(application, scope);
            case Bracket bracket:
                var condition = Condition(bracket.Condition, scope);
                return frame => condition(frame) ? 1 : 0;
            case Operation { Operator: Operator.Power }:
                var power = Exact(expression, scope);
                return frame => power(frame).Numerator;
            case Operation { Operator: Operator.Multiply } when Factors(expression).Any(factor => factor.Expression is Bracket):
                var term = Exact(expression, scope);
                return frame => term(frame).Numerator;
            case Operation operation:
                var left = Whole(operation.Left, scope);
                var right = Whole(operation.Right, scope);
                return operation.Operator switch
                {
                    Operator.Add => frame => checked(left(frame) + right(frame)),
                    Operator.Subtract => frame => checked(left(frame) - right(frame)),
                    _ => frame => checked(left(frame) * right(frame)),
                };
            default:
                var other = Exact(expression, scope);
                return frame => other(frame).Numerator;
        }
    }

    private Func<Frame<T>, long> WholeApplication(Application application, Dictionary<string, int> scope)
    {
        Expression argument = application.Arguments[0];
        switch (application.Function)
        {
            // floor(a/b) of whole numbers, by far the most frequent, without a fraction.
            case Function.Floor when argument is Operation { Operator: Operator.Divide } quotient && IsWhole(quotient.Left, scope) && IsWhole(quotient.Right, scope):
                var a = Whole(quotient.Left, scope);
                var b = Whole(quotient.Right, scope);
                return frame =>
                {
                    long dividend = a(frame), divisor = b(frame);
                    if (divisor != 0)
                        return Fraction.FloorOf(dividend, divisor);
                    frame.Undefined = true;
                    return 0;
                };
            case Function.Mod when application.Arguments.All(each => IsWhole(each, scope)):
                var of = Whole(argument, scope);
                var by = Whole(application.Arguments[1], scope);
                return frame =>
                {
                    long dividend = of(frame), divisor = by(frame);
                    if (divisor != 0)
                        return checked(dividend - divisor * Fraction.FloorOf(dividend, divisor));
                    frame.Undefined = true;
                    return 0;
                };
            default:
                var exact = ExactApplication(application, scope);
                return frame => exact(frame).Numerator;
        }
    }

    public Func<Frame<T>, Fraction> Exact(Expression expression, Dictionary<string, int> scope)
    {
        switch (expression)
        {
            case Number number:
                if (number.Value.Numerator.GetBitLength() > 62 || number.Value.Denominator.GetBitLength() > 62)
                    throw new NotationException($"expected fractions of at most 62 bits in sizes and indices, got {number}.", number.Place);
                var constant = new Fraction((long)number.Value.Numerator, (long)number.Value.Denominator);
                return _ => constant;
            case Symbol symbol when scope.TryGetValue(symbol.Name, out int slot) || globals.TryGetValue(symbol.Name, out slot):
                return frame => new Fraction(frame.Slots[slot]);
            case Symbol or Element:
                return ReadExact(expression, scope);
            case Negation negation:
                var operand = Exact(negation.Operand, scope);
                return frame => -operand(frame);
            case Application application:
                return ExactApplication(application, scope);
            case Bracket bracket:
                var condition = Condition(bracket.Condition, scope);
                return frame => new Fraction(condition(frame) ? 1 : 0);
            case Reduction reduction:
                return ExactReduction(reduction, scope);
            case Operation { Operator: Operator.Multiply or Operator.Divide }:
                return ExactTerm(expression, scope);
            case Operation { Operator: Operator.Power } power:
                return ExactPower(power, scope);
            case Operation operation:
                var left = Exact(operation.Left, scope);
                var right = Exact(operation.Right, scope);
                return operation.Operator == Operator.Add ? frame => left(frame) + right(frame) : frame => left(frame) - right(frame);
            default:
                throw new InvalidOperationException($"{expression} is not exact.");
        }
    }

    private Func<Frame<T>, Fraction> ExactPower(Operation power, Dictionary<string, int> scope)
    {
        var powerBase = Exact(power.Left, scope);
        var exponent = Whole(power.Right, scope);
        return frame =>
        {
            Fraction b = powerBase(frame), result = new(1);
            long e = exponent(frame);
            if (e < 0 && b.Numerator == 0)
            {
                frame.Undefined = true;
                return default;
            }
            if (e < 0)
                (b, e) = (new Fraction(1) / b, checked(-e));
            if (b.IsWhole && Math.Abs(b.Numerator) <= 1)
                e = e == 0 ? 0 : 2 - e % 2;   // otherwise overflow ends the loop
            for (; e > 0; e--)
                result *= b;
            return result;
        };
    }

    private Func<Frame<T>, Fraction> ExactTerm(Expression expression, Dictionary<string, int> scope)
    {
        var factors = Factors(expression);
        var conditions = factors.Where(factor => factor is { Expression: Bracket, Divides: false }).Select(factor => Condition(((Bracket)factor.Expression).Condition, scope)).ToArray();
        var others = factors.Where(factor => factor is not { Expression: Bracket, Divides: false }).Select(factor => (Value: Exact(factor.Expression, scope), factor.Divides)).ToArray();
        return frame =>
        {
            foreach (var condition in conditions)
                if (!condition(frame))
                    return default;
            var product = new Fraction(1);
            foreach (var (value, divides) in others)
            {
                Fraction factor = value(frame);
                if (divides && factor.Numerator == 0)
                {
                    frame.Undefined = true;
                    return default;
                }
                product = divides ? product / factor : product * factor;
            }
            return product;
        };
    }

    private Func<Frame<T>, Fraction> ExactApplication(Application application, Dictionary<string, int> scope)
    {
        var arguments = application.Arguments.Select(argument => Exact(argument, scope)).ToArray();
        var first = arguments[0];
        switch (application.Function)
        {
            case Function.Floor:
                return frame => new Fraction(first(frame).Floor);
            case Function.Ceil:
                return frame => new Fraction(checked(-(-first(frame)).Floor));
            case Function.Abs:
                return frame => first(frame) is var value && value.Numerator < 0 ? -value : value;
            case Function.Sign:
                return frame => new Fraction(Math.Sign(first(frame).Numerator));
            case Function.Mod:
                return frame =>
                {
                    Fraction a = first(frame), b = arguments[1](frame);
                    if (b.Numerator == 0)
                    {
                        frame.Undefined = true;
                        return default;
                    }
                    return a - b * new Fraction((a / b).Floor);
                };
            default:
                int sign = application.Function == Function.Max ? 1 : -1;
                return frame =>
                {
                    Fraction best = first(frame);
                    for (int i = 1; i < arguments.Length; i++)
                        if (arguments[i](frame) is var next && next.CompareTo(best) * sign > 0)
                            best = next;
                    return best;
                };
        }
    }

    private Func<Frame<T>, Fraction> ExactReduction(Reduction reduction, Dictionary<string, int> scope)
    {
        var inner = new Dictionary<string, int>(scope);
        var loops = Loops(reduction.Binders, inner);
        var where = reduction.Where is null ? null : Condition(reduction.Where, inner);
        var body = Exact(reduction.Body, inner);
        ReductionKind kind = reduction.Kind;
        return frame =>
        {
            Fraction result = new(kind == ReductionKind.Prod ? 1 : 0);
            bool none = true;
            Loop(frame, loops, 0, () =>
            {
                if (where?.Invoke(frame) == false)
                    return;
                Fraction next = body(frame);
                result = kind switch
                {
                    ReductionKind.Sum => result + next,
                    ReductionKind.Prod => result * next,
                    ReductionKind.Max => none || next.CompareTo(result) > 0 ? next : result,
                    _ => none || next.CompareTo(result) < 0 ? next : result,
                };
                none = false;
            });
            frame.Undefined |= none && kind >= ReductionKind.Max;
            return result;
        };
    }

    private Func<Frame<T>, Fraction> ReadExact(Expression reference, Dictionary<string, int> scope)
    {
        var (tensor, position) = Position(reference, scope);
        return frame =>
        {
            int at = position(frame);
            if (at < 0)
                return default;
            frame.Undefined |= frame.Holes[tensor]?[at] == true;
            return frame.Exacts[tensor][at];
        };
    }
}
