using System.Numerics;

namespace CnnVerified.Verification.Oracles;

/// <summary>A binary32 number, or the product of two that is not rounded yet: added to a number, it takes one fused multiply-add.</summary>
/// <param name="Value">The number, or one factor.</param>
/// <param name="Factor">The other factor; 1 for a number.</param>
internal readonly record struct Fused(float Value, float Factor = 1)
    : IAdditionOperators<Fused, Fused, Fused>, IMultiplyOperators<Fused, Fused, Fused>, IAdditiveIdentity<Fused, Fused>
{
    public static Fused AdditiveIdentity => default;

    /// <summary>The number, rounded once.</summary>
    public float Rounded => Factor == 1 ? Value : Value * Factor;

    public static Fused operator +(Fused a, Fused b) => new(MathF.FusedMultiplyAdd(b.Value, b.Factor, a.Rounded));

    public static Fused operator *(Fused a, Fused b) => new(a.Rounded, b.Rounded);
}
