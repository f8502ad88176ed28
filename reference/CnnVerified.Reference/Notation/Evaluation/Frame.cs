namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>The numbers of one evaluation: whole parameters and sizes, bound indices, and the elements of every tensor.</summary>
/// <typeparam name="T">The number type.</typeparam>
public sealed class Frame<T>
{
    private readonly Meter _meter;

    internal Frame(int slots, int tensors, Meter meter)
    {
        _meter = meter;
        Slots = new long[slots];
        Reals = new T[tensors][];
        Exacts = new Fraction[tensors][];
        Holes = new bool[tensors][];
        From = new long[tensors][];
        Lengths = new long[tensors][];
    }

    /// <summary>Whole parameters, sizes and bound indices.</summary>
    internal long[] Slots { get; private set; }

    /// <summary>Elements of real tensors, row-major.</summary>
    internal T[][] Reals { get; }

    /// <summary>Elements of exact tensors, row-major.</summary>
    internal Fraction[][] Exacts { get; }

    /// <summary>Where an element of a tensor is undefined; null where all are defined.</summary>
    internal bool[]?[] Holes { get; }

    /// <summary>The first index of each dimension.</summary>
    internal long[][] From { get; }

    /// <summary>The lengths of each dimension.</summary>
    internal long[][] Lengths { get; }

    /// <summary>Raised where an undefined element was read or an operation of index arithmetic is undefined.</summary>
    internal bool Undefined { get; set; }

    /// <summary>Derivatives of one tensor by another, as D needs them; row-major over both.</summary>
    internal Dictionary<Derivative, (T[] Entries, bool[] Holes)> Jacobians { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Makes room for indices of an expression that was compiled later.</summary>
    internal void Reserve(int slots)
    {
        if (slots > Slots.Length)
        {
            long[] more = new long[slots];
            Slots.CopyTo(more, 0);
            Slots = more;
        }
    }

    /// <summary>Counts a term.</summary>
    internal void Step() => _meter.Step();
}
