using CnnVerified.Verification.Cases;

namespace CnnVerified.Timing;

/// <summary>A convolution of a real network: a row of the shape table.</summary>
/// <param name="Name">Network and layer.</param>
/// <param name="Case">The sizes.</param>
public sealed record LayerShape(string Name, Case Case) : IArithmetic
{
    /// <inheritdoc/>
    public double FloatOperations => 2.0 * Case["n"] * Case["k"] * (Case["c"] / Case["g"]) * Case["r"] * Case["s"] * Case.Output.P * Case.Output.Q;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
