using System.Numerics.Tensors;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification;

/// <summary>What kind of arithmetic an equation needs; it decides which oracles can judge it, and how sharply.</summary>
public enum Nature
{
    /// <summary>Sums of products: exact on integers.</summary>
    SumOfProducts,

    /// <summary>With a mean or a quotient: exact on rationals.</summary>
    Quotient,

    /// <summary>With a choice between values: exact on ordered numbers.</summary>
    Choice,

    /// <summary>With exp, log or tanh.</summary>
    Smooth,

    /// <summary>Sizes from sizes.</summary>
    ShapeRule,
}

/// <summary>What values an input is drawn from.</summary>
public enum Values
{
    /// <summary>Any real number.</summary>
    Real,

    /// <summary>Whole numbers 0 to 255.</summary>
    Pixel,

    /// <summary>Positive: the weights of a soft label.</summary>
    Positive,

    /// <summary>Whole numbers 0 to K − 1.</summary>
    Label,
}

/// <summary>A tensor that goes into an equation or comes out of it.</summary>
/// <param name="Name">The letter of the catalogue: x, w, dy, …</param>
/// <param name="Shape">Its lengths for a case; a scalar has one element.</param>
/// <param name="Values">What it is drawn from.</param>
public sealed record Operand(string Name, Func<Case, nint[]> Shape, Values Values = Values.Real);

/// <summary>An equation as the battery sees it: operands, shapes and what is known of it.</summary>
/// <param name="Id">The id, such as CV-B1.</param>
/// <param name="Family">The cases it is judged on.</param>
/// <param name="Nature">What arithmetic it needs.</param>
/// <param name="Inputs">Tensors and scalars that go in.</param>
/// <param name="Outputs">Tensors that come out.</param>
public sealed record Equation(string Id, Family Family, Nature Nature, IReadOnlyList<Operand> Inputs, IReadOnlyList<Operand> Outputs)
{
    /// <summary>For a gradient: the forward equation and the input it is the gradient by.</summary>
    public (Equation Forward, string By)? GradientOf { get; init; }

    /// <summary>Inputs that are values of the forward pass: the name and the equation that computes it.</summary>
    public IReadOnlyDictionary<string, Equation> ForwardValues { get; init; } = new Dictionary<string, Equation>();

    /// <summary>Integer data come in multiples of this, so that quotients are whole.</summary>
    public Func<Case, int> Grain { get; init; } = _ => 1;

    /// <summary>For a gradient: true where the forward equation is linear in the input, apart from terms without it.</summary>
    public bool IsLinear { get; init; }

    /// <summary>For a smooth forward equation y = f(x): a bound on |d³⟨dy, y⟩/dx³| along any one input element, from the largest |dy|
    /// and the sum of |dy|.</summary>
    public Func<Case, double, double, double>? ThirdDerivative { get; init; }

    private const double MostElements = 1 << 25;   // of one tensor: over number types that carry bounds that is a gigabyte

    /// <summary>Terms that the reference walks over on a case; infinite where a tensor would not fit in memory.</summary>
    /// <param name="case">A case of the family.</param>
    /// <returns>The count; a double, because sizes that are beyond any machine must compare too.</returns>
    public double Work(Case @case)
    {
        bool fits = Inputs.Concat(Outputs).All(operand =>
            operand.Shape(@case).Aggregate(1.0, (product, length) => product * length) is > 0 and <= MostElements);
        // Formulas that are taken word for word: PL-B1 and PL-B3 look at every window for every pixel, a softmax sums its row for
        // every element of it.
        double again = Id is "PL-B1" or "PL-B3" ? (double)@case["h"] * @case["w"] : Family == Family.Rows ? @case["k"] : 1;
        return fits ? Family.Terms(@case) * again : double.PositiveInfinity;
    }

    /// <summary>The residual's name where the equation takes one: dy for an output y.</summary>
    public string? Residual => GradientOf is var (forward, _) && Inputs.Any(input => input.Name == "d" + forward.Outputs[0].Name)
        ? "d" + forward.Outputs[0].Name
        : null;

    /// <inheritdoc/>
    public override string ToString() => Id;
}
