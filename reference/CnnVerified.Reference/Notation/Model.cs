namespace CnnVerified.Reference.Notation;

/// <summary>A name that a block uses without declaring it.</summary>
/// <param name="Name">The name.</param>
/// <param name="IsWhole">True for a whole number, false for a real one.</param>
/// <param name="Least">The least value of a whole number: 1 for capitals, strides, dilations and divisors, else 0.</param>
public sealed record Parameter(string Name, bool IsWhole, int Least);

/// <summary>The range of one dimension; both ends included.</summary>
/// <param name="From">The first index.</param>
/// <param name="To">The last index.</param>
public sealed record Range(Expression From, Expression To)
{
    /// <summary>0 to count − 1.</summary>
    /// <param name="count">The number of indices.</param>
    public static Range Count(Expression count) => new(Number.Of(0), count is Number number
        ? new Number(number.Value - new Numbers.Rational(1, 1))
        : new Operation(Operator.Subtract, count, Number.Of(1)))
    { Length = count };

    /// <summary>The number of indices where the range was written as a count.</summary>
    public Expression? Length { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Length?.ToString() ?? $"{From}..{To}";
}

/// <summary>A tensor or scalar of a model: given from outside or computed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">One range for each dimension; none for a scalar.</param>
/// <param name="IsExact">True where the elements are exact numbers that may stand in indices: whole-numbered data, counts,
/// positions. They have no derivative.</param>
public abstract record Tensor(string Name, IReadOnlyList<Range> Shape, bool IsExact);

/// <summary>A tensor or scalar that is given.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">One range for each dimension.</param>
/// <param name="Domain">Where its elements lie, or null.</param>
/// <param name="IsExact">True for whole-numbered data.</param>
public sealed record Given(string Name, IReadOnlyList<Range> Shape, Domain? Domain, bool IsExact) : Tensor(Name, Shape, IsExact);

/// <summary>A tensor or scalar that an equation computes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Indices">The free indices, in the order of the shape.</param>
/// <param name="Shape">One range for each dimension.</param>
/// <param name="Body">The right side; every binder has its range.</param>
/// <param name="IsExact">True where the body holds no real number.</param>
public sealed record Value(string Name, IReadOnlyList<string> Indices, IReadOnlyList<Range> Shape, Expression Body, bool IsExact)
    : Tensor(Name, Shape, IsExact)
{
    /// <summary>Where the equation stands.</summary>
    public Place Place { get; init; }
}

/// <summary>Something that a block asserts.</summary>
/// <param name="Name">What it is about, as a person would say it.</param>
/// <param name="Claimed">The value that is claimed to be right.</param>
public abstract record Claim(string Name, string Claimed)
{
    /// <summary>Where it stands.</summary>
    public Place Place { get; init; }
}

/// <summary>A value is the derivative of the loss by a variable.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Claimed">The claimed gradient.</param>
/// <param name="By">A given, a parameter or a value.</param>
public sealed record GradientClaim(string Name, string Claimed, string By) : Claim(Name, Claimed);

/// <summary>Two values are equal.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Claimed">The claimed value.</param>
/// <param name="Truth">The value that it is held to.</param>
public sealed record EqualityClaim(string Name, string Claimed, string Truth) : Claim(Name, Claimed);

/// <summary>A restriction of the domain: a condition that must hold, for all values of its free indices where it has any.</summary>
/// <param name="ForAll">Indices over which the condition is asked; empty for a condition on sizes and parameters.</param>
/// <param name="Condition">The condition.</param>
public sealed record Assumption(IReadOnlyList<Binder> ForAll, Condition Condition)
{
    /// <inheritdoc/>
    public override string ToString() => Condition.ToString();
}

/// <summary>A block with everything it inherits: names resolved, ranges inferred, values in the order of their definition.</summary>
public sealed class Model
{
    /// <summary>The head of the block.</summary>
    public required Head Head { get; init; }

    /// <summary>Undeclared names, in the order of their first use.</summary>
    public required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>Declared tensors and scalars.</summary>
    public required IReadOnlyList<Given> Givens { get; init; }

    /// <summary>Sizes, each from parameters and the sizes before it.</summary>
    public required IReadOnlyList<SizeLine> Sizes { get; init; }

    /// <summary>What restricts the domain.</summary>
    public required IReadOnlyList<Assumption> Assumptions { get; init; }

    /// <summary>Computed values; each uses only those before it.</summary>
    public required IReadOnlyList<Value> Values { get; init; }

    /// <summary>How many of <see cref="Values"/> belong to the forward equation of a gradient; all of them elsewhere.</summary>
    public required int ForwardCount { get; init; }

    /// <summary>The results of the block, the last equation's value by default.</summary>
    public required IReadOnlyList<string> Results { get; init; }

    /// <summary>For a gradient: what stands for the derivative of the loss by each result of the forward equation (dy for y).
    /// A result that is itself the loss L has dL = 1.</summary>
    public required IReadOnlyDictionary<string, string> Residuals { get; init; }

    /// <summary>What the block asserts; empty for a definition.</summary>
    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>The conditions that the head states behind "only if", each on its own.</summary>
    public required IReadOnlyList<Assumption> OnlyIf { get; init; }

    /// <summary>The model with other values or assumptions.</summary>
    /// <param name="values">The values, or null for its own.</param>
    /// <param name="assumptions">The assumptions, or null for its own.</param>
    public Model With(IReadOnlyList<Value>? values = null, IReadOnlyList<Assumption>? assumptions = null) => new()
    {
        Head = Head,
        Parameters = Parameters,
        Givens = Givens,
        Sizes = Sizes,
        Assumptions = assumptions ?? Assumptions,
        Values = values ?? Values,
        ForwardCount = ForwardCount,
        Results = Results,
        Residuals = Residuals,
        Claims = Claims,
        OnlyIf = OnlyIf,
    };

    /// <summary>A tensor by name, or null.</summary>
    /// <param name="name">The name of a given or a value.</param>
    public Tensor? Find(string name) => (Tensor?)Givens.FirstOrDefault(given => given.Name == name) ?? Values.FirstOrDefault(value => value.Name == name);
}
