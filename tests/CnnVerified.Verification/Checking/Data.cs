using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Verification.Checking;

/// <summary>How real numbers of a type are drawn and made.</summary>
/// <param name="Arithmetic">The arithmetic.</param>
/// <param name="Draw">For limits, what draws a number inside them.</param>
/// <param name="DrawDirection">How far an element moves: from so many numbers that two moves agree by accident about never.</param>
/// <param name="DrawWhole">A whole number, where the arithmetic is faster on those.</param>
internal sealed record NumberKind<T>(Arithmetic<T> Arithmetic, Func<Limits, Func<Random, T>> Draw, Func<Random, T> DrawDirection, Func<Random, T>? DrawWhole = null)
{
    public T Of(Rational value) => Arithmetic.Constant(value);
}

/// <summary>Between which numbers an element lies; null for no end.</summary>
internal readonly record struct Limits(Rational? Low, bool LowIsIn, Rational? High, bool HighIsIn, IReadOnlyList<Rational>? OneOf = null, Rational? Not = null)
{
    /// <summary>True where no number lies between the ends.</summary>
    public bool IsEmpty => OneOf is null && Low is { } low && High is { } high && (LowIsIn && HighIsIn ? high < low : high <= low);

    public bool Contains(Rational value) => OneOf is not null ? OneOf.Contains(value)
        : value != Not
            && (Low is not { } low || (LowIsIn ? low <= value : low < value))
            && (High is not { } high || (HighIsIn ? value <= high : value < high));
}

/// <summary>The three kinds of numbers that claims are judged with.</summary>
internal static class Kinds
{
    public static NumberKind<ulong> Residues(ulong prime)
    {
        var field = new PrimeField(prime);
        return new(field, limits => limits.OneOf is { } values ? random => field.Constant(values[random.Next(values.Count)]) : field.DrawElement, field.DrawElement);
    }

    public static NumberKind<Rational> Rationals() => new(new Rationals(), RationalsIn, random => new Rational(random.Next(1, int.MaxValue), 1), random => new Rational(random.Next(-500, 501), 1));

    public static NumberKind<Estimate> Estimates() => new(new Estimates(), EstimatesIn, random => random.NextDouble() + 0.5);

    // Fractions spread evenly inside the limits: generic enough that ties are rare, short enough to stay fast.
    private static Func<Random, Rational> RationalsIn(Limits limits)
    {
        if (limits.OneOf is { } values)
            return random => values[random.Next(values.Count)];
        var (low, width) = Ends(limits);
        Rational step = width / new Rational(256, 1);
        return random =>
        {
            while (true)
            {
                Rational value = low + step * new Rational(DrawStep(random, limits, 256), 1);
                if (value != limits.Not)
                    return value;
            }
        };
    }

    private static Func<Random, Estimate> EstimatesIn(Limits limits)
    {
        const int Steps = 1 << 22;
        if (limits.OneOf is { } values)
            return random => values[random.Next(values.Count)].ToDouble();
        var (low, width) = Ends(limits);
        double from = low.ToDouble(), by = width.ToDouble();
        double? not = limits.Not?.ToDouble();
        return random =>
        {
            while (true)
            {
                double value = from + by * DrawStep(random, limits, Steps) / Steps;
                if (value != not)
                    return value;
            }
        };
    }

    private static (Rational Low, Rational Width) Ends(Limits limits)
    {
        Rational low = limits.Low ?? (limits.High is { } high ? high - new Rational(2, 1) : new Rational(-2, 1));
        return (low, (limits.High ?? (limits.Low is null ? new Rational(2, 1) : low + new Rational(2, 1))) - low);
    }

    // How many of so many steps from the low end to the high one; of an end that is not in, at least one away.
    private static int DrawStep(Random random, Limits limits, int steps)
    {
        while (true)
        {
            int step = random.Next(0, steps + 1);
            if ((step > 0 || limits.Low is null || limits.LowIsIn) && (step < steps || limits.High is null || limits.HighIsIn))
                return step;
        }
    }
}

/// <summary>Fills frames with data: random ones, or chosen ones.</summary>
internal sealed class Filler<T>
{
    private readonly Program<T> _program;
    private readonly NumberKind<T> _kind;
    private readonly Dictionary<string, Func<Frame<T>, Limits>> _limits = [];
    private readonly Dictionary<string, (Func<Frame<T>, Fraction> First, Func<Frame<T>, Fraction> Last)> _ranges = [];

    public Filler(Program<T> program, NumberKind<T> kind)
    {
        (_program, _kind) = (program, kind);
        foreach (Given given in program.Model.Givens)
        {
            switch (given.Domain)
            {
                case WholeRange range:
                    _ranges[given.Name] = (program.CompileExact(range.First), program.CompileExact(range.Last));
                    break;
                case Interval interval:
                    var low = program.CompileExact(interval.Low);
                    var high = program.CompileExact(interval.High);
                    _limits[given.Name] = frame => new(Of(low(frame)), interval.LowIsIn, Of(high(frame)), interval.HighIsIn);
                    break;
                case OneOf one:
                    _limits[given.Name] = _ => new(null, false, null, false, one.Values);
                    break;
                case Compared { Relation: Relation.Greater or Relation.GreaterOrEqual } above:
                    _limits[given.Name] = _ => new(above.Bound, above.Relation == Relation.GreaterOrEqual, null, false);
                    break;
                case Compared { Relation: Relation.Less or Relation.LessOrEqual } below:
                    _limits[given.Name] = _ => new(null, false, below.Bound, below.Relation == Relation.LessOrEqual);
                    break;
                case Compared { Relation: Relation.Equal } equal:
                    _limits[given.Name] = _ => new(null, false, null, false, [equal.Bound]);
                    break;
                case Compared unequal:
                    _limits[given.Name] = _ => new(null, false, null, false, null, unequal.Bound);
                    break;
            }
        }
        Names = [.. program.Model.Parameters.Where(parameter => !parameter.IsWhole).Select(parameter => parameter.Name), .. program.Model.Givens.Select(given => given.Name)];
    }

    /// <summary>Real parameters and givens, in the model's order.</summary>
    public IReadOnlyList<string> Names { get; }

    public bool IsExact(string name) => _program.Model.Givens.Any(given => given.Name == name && given.IsExact);

    /// <summary>The least and greatest whole number of an exact given, or the numbers it is one of.</summary>
    public IReadOnlyList<long> Choices(Frame<T> frame, string name)
    {
        if (!_ranges.TryGetValue(name, out var range))
            return [.. _limits[name](frame).OneOf!.Select(value => (long)value.Numerator)];
        long first = -(-range.First(frame)).Floor, last = range.Last(frame).Floor;
        return last < first ? [] : [.. Enumerable.Range(0, (int)Math.Min(last - first + 1, 1 << 16)).Select(i => first + i)];
    }

    public Limits Of(Frame<T> frame, string name) => _limits.TryGetValue(name, out var limits) ? limits(frame) : default;

    /// <summary>Random data; false where an exact given has no number to be.</summary>
    public bool Draw(Frame<T> frame, Random random, Symmetry? symmetry = null)
    {
        // Some of the points are whole numbers, on which exact arithmetic is fast; now and then numbers are ten times as large, so that a
        // threshold far out is crossed too.
        int style = random.Next(8);
        foreach (string name in Names)
        {
            if (IsExact(name))
            {
                Fraction[] elements = _program.Exacts(frame, name);
                var choices = Choices(frame, name);
                if (choices.Count == 0 && elements.Length > 0)
                    return false;
                for (int i = 0; i < elements.Length; i++)
                    elements[i] = new(choices[random.Next(choices.Count)]);
            }
            else
            {
                T[] elements = _program.Reals(frame, name);
                Limits limits = Of(frame, name);
                if (elements.Length > 0 && limits.IsEmpty)
                    return false;
                if (style == 0 && limits == default)
                    limits = new(new Rational(-20, 1), true, new Rational(20, 1), true);
                Func<Random, T> draw = style > 4 && limits == default && _kind.DrawWhole is { } whole ? whole : _kind.Draw(limits);
                for (int i = 0; i < elements.Length; i++)
                    elements[i] = draw(random);
                if (symmetry?.Tensor == name && !symmetry.Impose(elements, _program.Lengths(frame, name), _kind.Arithmetic))
                    return false;
            }
        }
        return true;
    }

    private static Rational Of(Fraction value) => new(value.Numerator, value.Denominator);
}

/// <summary>What a tensor may be so that a claim holds.</summary>
internal enum SymmetryKind
{
    Rotation,
    Transposition,
    RowsSumToOne,
    Constant,
}

/// <summary>A tensor with a symmetry.</summary>
internal sealed record Symmetry(string Tensor, SymmetryKind Kind)
{
    public override string ToString() => Kind switch
    {
        SymmetryKind.Rotation => $"{Tensor} is symmetric under rotation by 180°",
        SymmetryKind.Transposition => $"{Tensor} is symmetric under transposition",
        SymmetryKind.RowsSumToOne => $"the rows of {Tensor} sum to 1",
        _ => $"{Tensor} is constant",
    };

    /// <summary>The symmetry that a condition on all elements of a tensor states, or null.</summary>
    /// <param name="assumption">Such as w[r,s] = w[R-1-r,S-1-s], w[r,s] = w[s,r], w[r,s] = w[0,0] or sum(k:K) t[n,k] = 1.</param>
    public static Symmetry? Of(Assumption assumption)
    {
        if (assumption.Condition.Any is not [[{ Relation: Relation.Equal } only]])
            return null;
        if (only is { Left: Reduction { Kind: ReductionKind.Sum, Where: null, Binders: [var binder], Body: Element row }, Right: Number { Value: var one } }
            && one == new Rational(1, 1) && row.Indices[^1] is Symbol last && last.Name == binder.Name)
            return new(row.Tensor, SymmetryKind.RowsSumToOne);
        if (only is not { Left: Element a, Right: Element b } || a.Tensor != b.Tensor || a.Indices.Count != b.Indices.Count)
            return null;
        string[] from = [.. a.Indices.Select(index => index.ToString())], to = [.. b.Indices.Select(index => index.ToString())];
        if (to.All(index => index == "0"))
            return new(a.Tensor, SymmetryKind.Constant);
        if (from.Length >= 2 && to.SkipLast(2).SequenceEqual(from.SkipLast(2)) && to[^1] == from[^2] && to[^2] == from[^1])
            return new(a.Tensor, SymmetryKind.Transposition);
        return to.Zip(from).TakeLast(2).All(pair => pair.First.EndsWith($"- 1 - {pair.Second}", StringComparison.Ordinal)) && to.SkipLast(2).SequenceEqual(from.SkipLast(2))
            ? new(a.Tensor, SymmetryKind.Rotation)
            : null;
    }

    /// <summary>Makes random elements symmetric; false where the shape does not allow it.</summary>
    public bool Impose<T>(T[] elements, IReadOnlyList<long> lengths, Arithmetic<T> arithmetic)
    {
        int columns = lengths.Count > 0 ? (int)lengths[^1] : 1, rows = lengths.Count > 1 ? (int)lengths[^2] : 1, map = rows * columns;
        switch (Kind)
        {
            case SymmetryKind.Rotation:
                for (int start = 0; start < elements.Length; start += map)
                    for (int i = 0; i < map / 2; i++)
                        elements[start + map - 1 - i] = elements[start + i];
                return true;
            case SymmetryKind.Transposition:
                if (lengths.Count < 2 || rows != columns)
                    return false;
                for (int start = 0; start < elements.Length; start += map)
                    for (int r = 0; r < rows; r++)
                        for (int s = 0; s < r; s++)
                            elements[start + r * columns + s] = elements[start + s * columns + r];
                return true;
            case SymmetryKind.RowsSumToOne:
                for (int start = 0; start < elements.Length; start += columns)
                {
                    T sum = arithmetic.Zero;
                    for (int i = 0; i < columns; i++)
                        sum = arithmetic.Add(sum, elements[start + i]);
                    for (int i = 0; i < columns; i++)
                        elements[start + i] = arithmetic.Divide(elements[start + i], sum);
                }
                bool defined = !arithmetic.Undefined;
                arithmetic.Undefined = false;
                return defined;
            default:
                Array.Fill(elements, elements.Length > 0 ? elements[0] : arithmetic.One);
                return true;
        }
    }
}
