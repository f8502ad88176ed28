using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using Range = CnnVerified.Reference.Notation.Range;

namespace CnnVerified.Verification.Checking;

/// <summary>Whole parameters of a model, in its order.</summary>
/// <param name="Whole">The parameters.</param>
/// <param name="Product">The product of the ranges of the claim's indices.</param>
internal sealed record Shape(long[] Whole, double Product) : IComparable<Shape>
{
    public long Sum { get; } = Whole.Sum();

    /// <summary>The order in which a counterexample is smaller: product of ranges, sum of parameters, parameters one by one.</summary>
    /// <param name="other">The other shape.</param>
    public int CompareTo(Shape? other)
    {
        if (other is null)
            return 1;
        int order = Product.CompareTo(other.Product);
        order = order == 0 ? Sum.CompareTo(other.Sum) : order;
        return order == 0 ? Whole.AsSpan().SequenceCompareTo(other.Whole) : order;
    }
}

/// <summary>The shapes at which a claim is tried: all small ones in order, and larger ones drawn at random.</summary>
internal sealed class Shapes
{
    private const int MostTerms = 4_000, MostExcess = 16;

    private readonly Program<double> _program;
    private readonly Parameter[] _whole;
    private readonly long?[] _fixed;
    private readonly List<Func<Frame<double>, Fraction>> _ranges = [];

    public Shapes(Model model, Claim? claim, IReadOnlyDictionary<string, long> at, CancellationToken stop)
    {
        _program = new Program<double>(model, new Doubles(), []) { Meter = new Meter(stop) };
        _whole = [.. model.Parameters.Where(parameter => parameter.IsWhole)];
        _fixed = [.. _whole.Select(parameter => at.TryGetValue(parameter.Name, out long value) ? value : (long?)null)];
        foreach (Value value in claim is null ? model.Values : model.Values.Where(value => value.Name == claim.Claimed))
        {
            // Ranges that depend on other indices or on data have no product of their own.
            var known = _whole.Select(parameter => parameter.Name).Concat(model.Sizes.Select(size => size.Name)).ToHashSet();
            bool IsSize(Expression bound) => Walk.All(bound).All(each => each is not Element && (each is not Symbol symbol || known.Contains(symbol.Name)));
            var binders = Walk.All(value.Body).OfType<Reduction>().SelectMany(reduction => reduction.Binders);
            foreach (Expression length in value.Shape.Select(Length).Concat(binders.Where(binder => Walk.Children(binder).All(IsSize)).Select(Length)))
                _ranges.Add(_program.CompileExact(length));
        }
        Names = [.. _whole.Select(parameter => parameter.Name)];
    }

    /// <summary>The names of the whole parameters.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>How far the whole parameters of the small shapes exceed their least values, all together.</summary>
    public int Excess { get; private set; }

    /// <summary>Why shapes were passed over: a tensor of theirs would be too large. Null where none were.</summary>
    public NotationException? TooLarge { get; private set; }

    /// <summary>The sum of the least values.</summary>
    public long Least => _whole.Zip(_fixed).Sum(pair => pair.Second ?? pair.First.Least);

    /// <summary>Every shape whose whole parameters exceed their least values by no more than some number all together, in the order
    /// in which a counterexample is smaller: product of ranges, sum of parameters, parameters in their order.</summary>
    /// <param name="most">How many combinations of parameters to go through at most.</param>
    public List<Shape> Small(int most)
    {
        int free = _fixed.Count(value => value is null);
        Excess = 0;
        while (free > 0 && Excess < MostExcess && Combinations(free + Excess + 1, free) <= most)
            Excess++;
        var shapes = new List<Shape>();
        long[] whole = [.. _whole.Zip(_fixed).Select(pair => pair.Second ?? pair.First.Least)];
        void Fill(int parameter, int left)
        {
            if (parameter == whole.Length)
            {
                if (Of(whole) is { } shape)
                    shapes.Add(shape);
                return;
            }
            if (_fixed[parameter] is not null)
            {
                Fill(parameter + 1, left);
                return;
            }
            for (int more = 0; more <= left; more++)
            {
                whole[parameter] = _whole[parameter].Least + more;
                Fill(parameter + 1, left - more);
            }
            whole[parameter] = _whole[parameter].Least;
        }

        Fill(0, Excess);
        if (shapes.Count == 0 && TooLarge is not null)
            throw TooLarge;
        shapes.Sort();
        return shapes;
    }

    /// <summary>Shapes drawn at random, larger than the small ones.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="random">The source.</param>
    public IEnumerable<Shape> Larger(int count, Random random)
    {
        if (!_fixed.Contains(null))
            yield break;
        for (int tries = 0, found = 0; found < count && tries < 40 * count; tries++)
        {
            // A few parameters large, most small: sizes that are large all at once are slow and show little more.
            int largest = random.Next(2, Excess + 8);
            long[] whole = [.. _whole.Zip(_fixed).Select(pair => pair.Second ?? pair.First.Least + random.Next(random.Next(1, largest + 1)))];
            if (whole.Sum() > Least + Excess && Of(whole) is { Product: <= MostTerms } shape)
            {
                found++;
                yield return shape;
            }
        }
    }

    /// <summary>The sizes of a shape: whole parameters and what the size lines compute.</summary>
    /// <param name="shape">The shape.</param>
    public IReadOnlyList<(string Name, long Value)> Sizes(Shape shape)
    {
        Frame<double> frame = _program.NewFrame(shape.Whole)!;
        return [.. Names.Concat(_program.Model.Sizes.Select(size => size.Name)).Select(name => (name, _program.Size(frame, name)))];
    }

    /// <summary>A frame of a shape, to evaluate conditions on sizes in.</summary>
    public Frame<double> Frame(Shape shape) => _program.NewFrame(shape.Whole)!;

    /// <summary>Compiles an expression of sizes and whole parameters for <see cref="Frame"/>.</summary>
    public Func<Frame<double>, Fraction> Compile(Expression expression) => _program.CompileExact(expression);

    /// <summary>True once after an undefined operation in a compiled expression.</summary>
    public bool Failed(Frame<double> frame) => _program.Failed(frame);

    private Shape? Of(long[] whole)
    {
        Frame<double>? frame;
        try
        {
            frame = _program.NewFrame(whole);
        }
        catch (NotationException large)
        {
            TooLarge = large;
            return null;
        }
        if (frame is null)
            return null;
        double product = 1;
        foreach (var range in _ranges)
            product *= Math.Max(0, range(frame).Floor);
        return _program.Failed(frame) ? null : new([.. whole], product);
    }

    private static Expression Length(Range range) => range.Length ?? Between(range.From, range.To);

    private static Expression Length(Binder binder) => binder.From is null ? binder.Bound! : Between(binder.From, binder.Bound!);

    private static Operation Between(Expression from, Expression to) =>
        new(Operator.Add, new Operation(Operator.Subtract, to, from), Number.Of(1));

    private static double Combinations(int n, int k)
    {
        double result = 1;
        for (int i = 1; i <= k; i++)
            result = result * (n - k + i) / i;
        return result;
    }
}
