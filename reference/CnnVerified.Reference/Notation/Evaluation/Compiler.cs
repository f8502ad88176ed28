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
internal sealed partial class Compiler<T>(Program<T> program, Arithmetic<T> real, Dictionary<string, int> tensors, Dictionary<string, int> globals)
{
    private static readonly Dictionary<string, int> Nothing = [];

    private readonly List<Choice> _choices = [];
    private int _slots = -1;

    /// <summary>How many slots a frame needs.</summary>
    public int Slots => Math.Max(_slots, globals.Count);

    public IReadOnlyList<Choice> Choices => _choices;

    public bool NeedsOrder { get; private set; }

    public bool NeedsFunctions { get; private set; }

    public bool DomainNeedsOrder { get; private set; }

    public bool DomainNeedsFunctions { get; private set; }

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
        // It restricts the domain and no formula chooses by it; but the numbers must be such that it can be asked.
        DomainNeedsOrder |= NeedsOrder;
        DomainNeedsFunctions |= NeedsFunctions;
        _choices.Clear();
        NeedsOrder = NeedsFunctions = false;
        return frame =>
        {
            bool all = true;
            Loop(frame, loops, 0, () => all = all && holds(frame));
            return all;
        };
    }

    private bool IsExact(Expression expression, Dictionary<string, int> scope) => Exactness(scope).IsExact(expression);

    private bool IsWhole(Expression expression, Dictionary<string, int> scope) => Exactness(scope).IsWhole(expression);

    private Exactness Exactness(Dictionary<string, int> scope) => new(program.Model.Find, name => scope.ContainsKey(name) || globals.ContainsKey(name));

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
