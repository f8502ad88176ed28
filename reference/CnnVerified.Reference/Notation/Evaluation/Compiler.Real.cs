namespace CnnVerified.Reference.Notation.Evaluation;

/// <content>Real numbers of the chosen type.</content>
internal sealed partial class Compiler<T>
{
    public Func<Frame<T>, T> Real(Expression expression, Dictionary<string, int> scope)
    {
        if (expression is Number number)
        {
            T constant = real.Constant(number.Value);
            return _ => constant;
        }
        if (IsExact(expression, scope))
        {
            if (IsWhole(expression, scope))
            {
                var whole = Whole(expression, scope);
                return frame => real.Constant(new Fraction(whole(frame)));
            }
            var exact = Exact(expression, scope);
            return frame => real.Constant(exact(frame));
        }
        switch (expression)
        {
            case Pi:
                NeedsFunctions = true;
                return _ => real.Pi;
            case Symbol or Element:
                return ReadReal(expression, scope);
            case Application application:
                return RealApplication(application, scope);
            case Reduction reduction:
                return RealReduction(reduction, scope);
            case Derivative derivative:
                return RealDerivative(derivative, scope);
            case Negation negation:
                var operand = Real(negation.Operand, scope);
                return frame => real.Negate(operand(frame));
            case Operation { Operator: Operator.Multiply or Operator.Divide }:
                return RealTerm(expression, scope);
            case Operation { Operator: Operator.Power } power:
                var powerBase = Real(power.Left, scope);
                if (IsWhole(power.Right, scope))
                {
                    var exponent = Whole(power.Right, scope);
                    return frame => real.Power(powerBase(frame), exponent(frame));
                }
                NeedsFunctions = true;
                var realExponent = Real(power.Right, scope);
                return frame => real.Power(powerBase(frame), realExponent(frame));
            case Operation operation:
                var left = Real(operation.Left, scope);
                var right = Real(operation.Right, scope);
                return operation.Operator == Operator.Add ? frame => real.Add(left(frame), right(frame)) : frame => real.Subtract(left(frame), right(frame));
            default:
                throw new InvalidOperationException($"unknown expression {expression.GetType().Name}.");
        }
    }

    // Rule 4: a bracket that is 0 makes the term 0 before any other factor is looked at.
    private Func<Frame<T>, T> RealTerm(Expression expression, Dictionary<string, int> scope)
    {
        var factors = Factors(expression);
        var conditions = factors.Where(factor => factor is { Expression: Bracket, Divides: false }).Select(factor => Condition(((Bracket)factor.Expression).Condition, scope)).ToArray();
        var others = factors.Where(factor => factor is not { Expression: Bracket, Divides: false }).Select(factor => (Value: Real(factor.Expression, scope), factor.Divides)).ToArray();
        if (conditions.Length == 0 && others is [var (a, _), (var b, false)])
            return frame => real.Multiply(a(frame), b(frame));
        return frame =>
        {
            foreach (var condition in conditions)
                if (!condition(frame))
                    return real.Zero;
            T product = others.Length > 0 && !others[0].Divides ? others[0].Value(frame) : real.One;
            for (int i = others.Length > 0 && !others[0].Divides ? 1 : 0; i < others.Length; i++)
                product = others[i].Divides ? real.Divide(product, others[i].Value(frame)) : real.Multiply(product, others[i].Value(frame));
            return product;
        };
    }

    private static List<(Expression Expression, bool Divides)> Factors(Expression expression)
    {
        var factors = new List<(Expression, bool)>();
        void Add(Expression each)
        {
            if (each is Operation { Operator: Operator.Multiply } product)
            {
                Add(product.Left);
                Add(product.Right);
            }
            else if (each is Operation { Operator: Operator.Divide } quotient)
            {
                Add(quotient.Left);
                factors.Add((quotient.Right, true));
            }
            else if (each is Negation { Operand: Operation { Operator: Operator.Multiply or Operator.Divide } or Bracket } negation)
            {
                factors.Add((Number.Of(-1), false));
                Add(negation.Operand);
            }
            else
            {
                factors.Add((each, false));
            }
        }

        Add(expression);
        return factors;
    }

    private Func<Frame<T>, T> ReadReal(Expression reference, Dictionary<string, int> scope)
    {
        var (tensor, position) = Position(reference, scope);
        return frame =>
        {
            int at = position(frame);
            if (at < 0)
                return real.Zero;
            if (frame.Holes[tensor] is { } holes && holes[at])
                frame.Undefined = true;
            return frame.Reals[tensor][at];
        };
    }

    private Func<Frame<T>, T> RealApplication(Application application, Dictionary<string, int> scope)
    {
        Function function = application.Function;
        var arguments = application.Arguments.Select(argument => Real(argument, scope)).ToArray();
        var first = arguments[0];
        switch (function)
        {
            case Function.Max or Function.Min:
                int wanted = function == Function.Max ? 1 : -1;
                var choices = application.Arguments.Skip(1).Select((argument, i) => NewChoice($"{argument} is the {(wanted > 0 ? "largest" : "smallest")} of {application}")).ToArray();
                return frame =>
                {
                    T best = first(frame);
                    int chosen = 0;
                    bool tie = false;
                    for (int i = 1; i < arguments.Length; i++)
                    {
                        T next = arguments[i](frame);
                        int sign = real.Compare(next, best) * wanted;
                        if (sign == 0)
                            tie |= !real.AreInterchangeable(next, best);
                        if (sign > 0)
                            (best, chosen, tie) = (next, i, false);
                    }
                    for (int i = 0; i < choices.Length; i++)
                        Count(choices[i], chosen == i + 1);
                    real.Kink |= tie;
                    return best;
                };
            case Function.Abs:
                var negative = NewChoice($"{application.Arguments[0]} < 0");
                return frame => first(frame) is var x && Sign(x, negative) < 0 ? real.Negate(x) : x;
            case Function.Sign:
                var below = NewChoice($"{application.Arguments[0]} < 0");
                return frame => Sign(first(frame), below) switch { < 0 => real.Negate(real.One), 0 => real.Zero, _ => real.One };
            case Function.Floor:
                NeedsOrder = true;
                return frame => real.Floor(first(frame));
            case Function.Ceil:
                NeedsOrder = true;
                return frame => real.Negate(real.Floor(real.Negate(first(frame))));
            case Function.Mod:
                NeedsOrder = true;
                return frame =>
                {
                    T a = first(frame), b = arguments[1](frame);
                    return real.Subtract(a, real.Multiply(b, real.Floor(real.Divide(a, b))));
                };
            default:
                NeedsFunctions = true;
                return frame => real.Apply(function, first(frame));
        }
    }

    private int Sign(T x, Choice negative)
    {
        int sign = real.Compare(x, real.Zero);
        real.Kink |= sign == 0 && !real.AreInterchangeable(x, real.Zero);
        Count(negative, sign < 0);
        return sign;
    }

    private Func<Frame<T>, T> RealReduction(Reduction reduction, Dictionary<string, int> scope)
    {
        var inner = new Dictionary<string, int>(scope);
        var loops = Loops(reduction.Binders, inner);
        var where = reduction.Where is null ? null : Condition(reduction.Where, inner);
        var body = Real(reduction.Body, inner);
        if (reduction.Kind is ReductionKind.Max or ReductionKind.Min)
            return Extreme(reduction.Kind == ReductionKind.Max ? 1 : -1, loops, where, body);
        bool sum = reduction.Kind == ReductionKind.Sum;
        return frame =>
        {
            T result = sum ? real.Zero : real.One;
            Accumulate(frame, loops, 0, where, body, sum, ref result);
            return result;
        };
    }

    private void Accumulate(Frame<T> frame, (int Slot, Func<Frame<T>, long> From, Func<Frame<T>, long> To)[] loops, int depth,
        Func<Frame<T>, bool>? where, Func<Frame<T>, T> body, bool sum, ref T result)
    {
        var (slot, from, to) = loops[depth];
        long last = to(frame);
        for (long i = from(frame); i <= last; i++)
        {
            frame.Slots[slot] = i;
            frame.Step();
            if (depth + 1 < loops.Length)
                Accumulate(frame, loops, depth + 1, where, body, sum, ref result);
            else if (where is null || where(frame))
                result = sum ? real.Add(result, body(frame)) : real.Multiply(result, body(frame));
        }
    }

    private Func<Frame<T>, T> Extreme(int wanted, (int, Func<Frame<T>, long>, Func<Frame<T>, long>)[] loops, Func<Frame<T>, bool>? where, Func<Frame<T>, T> body)
    {
        NeedsOrder = true;
        return frame =>
    {
        T best = real.Zero;
        bool none = true, tie = false;
        Loop(frame, loops, 0, () =>
        {
            if (where?.Invoke(frame) == false)
                return;
            T next = body(frame);
            int sign = none ? 1 : real.Compare(next, best) * wanted;
            if (sign == 0)
                tie |= !real.AreInterchangeable(next, best);
            if (sign > 0)
                (best, none, tie) = (next, false, false);
        });
        real.Kink |= tie;
        frame.Undefined |= none;
        return best;
    };
    }

    private Func<Frame<T>, T> RealDerivative(Derivative derivative, Dictionary<string, int> scope)
    {
        var (_, of) = Position(derivative.Of, scope);
        var (byTensor, by) = Position(derivative.By, scope);
        return frame =>
        {
            int row = of(frame), column = by(frame);
            if (row < 0 || column < 0)
                return real.Zero;
            var (entries, holes) = program.Jacobian(frame, derivative);
            int columns = 1;
            foreach (long length in frame.Lengths[byTensor])
                columns *= (int)length;
            frame.Undefined |= holes[row * columns + column];
            return entries[row * columns + column];
        };
    }
}
