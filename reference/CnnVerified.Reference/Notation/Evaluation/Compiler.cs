namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>A comparison of real numbers in a formula, and how often it went which way.</summary>
/// <param name="Text">The comparison.</param>
/// <param name="GuardsTerms">True for an inequality in a bracket or behind a bar: where it never holds, what it guards was never
/// looked at.</param>
public sealed record Choice(string Text, bool GuardsTerms)
{
    /// <summary>How often it held.</summary>
    public long Held { get; internal set; }

    /// <summary>How often it did not hold.</summary>
    public long Failed { get; internal set; }
}

/// <summary>Builds delegates from expressions.</summary>
/// <remarks>Three kinds: whole numbers (indices, counts), exact fractions, and real numbers of the chosen type. What is known to be
/// whole is computed in 64-bit integers, which is nearly everything that stands in an index.</remarks>
internal sealed class Compiler<T>(Program<T> program, Arithmetic<T> real, Dictionary<string, int> tensors, Dictionary<string, int> globals)
{
    private static readonly Dictionary<string, int> Nothing = [];

    private readonly List<Choice> _choices = [];
    private int _slots = -1;

    /// <summary>How many slots a frame needs.</summary>
    public int Slots => Math.Max(_slots, globals.Count);

    public IReadOnlyList<Choice> Choices => _choices;

    public bool NeedsOrder { get; private set; }

    public bool NeedsFunctions { get; private set; }

    public int NewSlot(string name)
    {
        _slots = Math.Max(_slots, globals.Count);
        return _slots++;
    }

    public Func<Frame<T>, long> Whole(Expression expression) => Whole(expression, Nothing);

    /// <summary>A condition that must hold for all values of its free indices.</summary>
    public Func<Frame<T>, bool> ForAll(Assumption assumption)
    {
        var scope = new Dictionary<string, int>();
        var loops = Loops(assumption.ForAll, scope);
        var holds = Condition(assumption.Condition, scope);
        _choices.Clear();   // it restricts the domain; no formula chooses by it
        NeedsOrder = NeedsFunctions = false;
        return frame =>
        {
            bool all = true;
            Loop(frame, loops, 0, () => all = all && holds(frame));
            return all;
        };
    }

    // ---- what kind of number an expression is

    private bool IsExact(Expression expression, Dictionary<string, int> scope) => expression switch
    {
        Number or Bracket => true,
        Pi or Derivative or Matrix => false,
        Symbol symbol => scope.ContainsKey(symbol.Name) || globals.ContainsKey(symbol.Name) || IsExactTensor(symbol.Name),
        Element element => IsExactTensor(element.Tensor),
        Application { Function: Function.Floor or Function.Ceil or Function.Mod or Function.Abs or Function.Sign or Function.Max or Function.Min } application =>
            application.Arguments.All(argument => IsExact(argument, scope)),
        Application => false,
        Reduction reduction => IsExact(reduction.Body, With(scope, reduction)),
        Negation negation => IsExact(negation.Operand, scope),
        Operation { Operator: Operator.Power } power => IsExact(power.Left, scope) && IsWhole(power.Right, scope),
        Operation operation => IsExact(operation.Left, scope) && IsExact(operation.Right, scope),
        _ => throw new InvalidOperationException($"unknown expression {expression.GetType().Name}."),
    };

    private bool IsWhole(Expression expression, Dictionary<string, int> scope) => IsExact(expression, scope) && IsWholeExact(expression);

    private bool IsWholeExact(Expression expression) => expression switch
    {
        Number number => number.Value.Denominator == 1,
        Bracket => true,
        Application { Function: Function.Floor or Function.Ceil or Function.Sign } => true,
        Element element => program.Model.Find(element.Tensor) is Given || program.Model.Find(element.Tensor) is Value value && IsWholeExact(value.Body),
        Symbol symbol => program.Model.Find(symbol.Name) is not Value value || IsWholeExact(value.Body),
        Operation { Operator: Operator.Divide } => false,
        Operation { Operator: Operator.Power } power => IsWholeExact(power.Left) && power.Right is Number { Value: var exponent } && exponent >= default(Numbers.Rational) && exponent.Denominator == 1,
        Reduction reduction => IsWholeExact(reduction.Body),
        _ => Walk.Children(expression).All(IsWholeExact),
    };

    private bool IsExactTensor(string name) => program.Model.Find(name) is { IsExact: true };

    private static Dictionary<string, int> With(Dictionary<string, int> scope, Reduction reduction)
    {
        var inner = new Dictionary<string, int>(scope);
        foreach (Binder binder in reduction.Binders)
            inner[binder.Name] = -1;
        return inner;
    }

    // ---- whole numbers

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

    // ---- exact fractions

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

    // ---- real numbers

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

    // ---- indices, loops, conditions

    // The position of an element, or -1 where rule 1 makes it 0.
    private (int Tensor, Func<Frame<T>, int> Position) Position(Expression reference, Dictionary<string, int> scope)
    {
        string name = reference is Element named ? named.Tensor : ((Symbol)reference).Name;
        int tensor = tensors[name];
        if (reference is not Element element)
            return (tensor, _ => 0);
        var indices = element.Indices.Select(index => Index(index, scope)).ToArray();
        return (tensor, frame =>
        {
            long[] from = frame.From[tensor], lengths = frame.Lengths[tensor];
            long at = 0;
            for (int d = 0; d < indices.Length; d++)
            {
                long i = indices[d](frame);
                if (i == long.MinValue || (ulong)(i - from[d]) >= (ulong)lengths[d])
                    return -1;
                at = at * lengths[d] + (i - from[d]);
            }
            return (int)at;
        }
        );
    }

    // An index, or long.MinValue where it is not whole.
    private Func<Frame<T>, long> Index(Expression index, Dictionary<string, int> scope)
    {
        if (IsWhole(index, scope))
            return Whole(index, scope);
        if (index is Operation { Operator: Operator.Divide } quotient && IsWhole(quotient.Left, scope) && IsWhole(quotient.Right, scope))
        {
            var a = Whole(quotient.Left, scope);
            var b = Whole(quotient.Right, scope);
            return frame =>
            {
                long dividend = a(frame), divisor = b(frame);
                if (divisor == 0)
                {
                    frame.Undefined = true;
                    return long.MinValue;
                }
                return dividend % divisor == 0 ? dividend / divisor : long.MinValue;
            };
        }
        var exact = Exact(index, scope);
        return frame => exact(frame) is { IsWhole: true } whole ? whole.Numerator : long.MinValue;
    }

    private (int Slot, Func<Frame<T>, long> From, Func<Frame<T>, long> To)[] Loops(IReadOnlyList<Binder> binders, Dictionary<string, int> scope)
    {
        var loops = new List<(int, Func<Frame<T>, long>, Func<Frame<T>, long>)>();
        foreach (Binder binder in binders)
        {
            var bound = Whole(binder.Bound!, scope);
            var loop = binder.From is null
                ? (NewSlot(binder.Name), (Func<Frame<T>, long>)(_ => 0), (Func<Frame<T>, long>)(frame => bound(frame) - 1))
                : (NewSlot(binder.Name), Whole(binder.From, scope), bound);
            loops.Add(loop);
            scope[binder.Name] = loop.Item1;
        }
        return [.. loops];
    }

    private static void Loop(Frame<T> frame, (int Slot, Func<Frame<T>, long> From, Func<Frame<T>, long> To)[] loops, int depth, Action body)
    {
        if (depth == loops.Length)
        {
            body();
            return;
        }
        var (slot, from, to) = loops[depth];
        long last = to(frame);
        for (long i = from(frame); i <= last; i++)
        {
            frame.Slots[slot] = i;
            frame.Step();
            Loop(frame, loops, depth + 1, body);
        }
    }

    public Func<Frame<T>, bool> Condition(Condition condition, Dictionary<string, int> scope)
    {
        var any = condition.Any.Select(all => all.Select(comparison => Comparison(comparison, scope)).ToArray()).ToArray();
        if (any is [[var only]])
            return only;
        return frame =>
        {
            foreach (var all in any)
                if (Array.TrueForAll(all, holds => holds(frame)))
                    return true;
            return false;
        };
    }

    private Func<Frame<T>, bool> Comparison(Comparison comparison, Dictionary<string, int> scope)
    {
        Relation relation = comparison.Relation;
        if (IsWhole(comparison.Left, scope) && IsWhole(comparison.Right, scope))
        {
            var a = Whole(comparison.Left, scope);
            var b = Whole(comparison.Right, scope);
            return relation == Relation.Equal ? frame => a(frame) == b(frame) : frame => Holds(relation, a(frame).CompareTo(b(frame)));
        }
        if (IsExact(comparison.Left, scope) && IsExact(comparison.Right, scope))
        {
            var a = Exact(comparison.Left, scope);
            var b = Exact(comparison.Right, scope);
            return frame => Holds(relation, a(frame).CompareTo(b(frame)));
        }
        var left = Real(comparison.Left, scope);
        var right = Real(comparison.Right, scope);
        var choice = NewChoice(comparison.ToString(), relation is not (Relation.Equal or Relation.NotEqual));
        return frame =>
        {
            T a = left(frame), b = right(frame);
            int sign = real.Compare(a, b);
            real.Kink |= sign == 0 && !real.AreInterchangeable(a, b);
            bool holds = Holds(relation, sign);
            Count(choice, holds);
            return holds;
        };
    }

    private static bool Holds(Relation relation, int sign) => relation switch
    {
        Relation.Equal => sign == 0,
        Relation.NotEqual => sign != 0,
        Relation.Less => sign < 0,
        Relation.LessOrEqual => sign <= 0,
        Relation.Greater => sign > 0,
        _ => sign >= 0,
    };

    private Choice NewChoice(string text, bool guardsTerms = false)
    {
        NeedsOrder = true;
        if (_choices.FirstOrDefault(choice => choice.Text == text) is { } known)
            return known;
        var choice = new Choice(text, guardsTerms);
        _choices.Add(choice);
        return choice;
    }

    private static void Count(Choice choice, bool held)
    {
        if (held)
            choice.Held++;
        else
            choice.Failed++;
    }
}
