using System.Numerics;

namespace CnnVerified.Reference.Numbers;

/// <summary>a + b·ε with ε² = 0: a value and one directional derivative, for equations that are sums of products.</summary>
/// <param name="Value">The value a.</param>
/// <param name="Slope">The derivative b along the direction that the inputs were seeded with.</param>
/// <typeparam name="T">A ring; over <c>long</c> a gradient test has no step size and no tolerance.</typeparam>
public readonly record struct Dual<T>(T Value, T Slope)
    : IAdditionOperators<Dual<T>, Dual<T>, Dual<T>>, ISubtractionOperators<Dual<T>, Dual<T>, Dual<T>>,
      IMultiplyOperators<Dual<T>, Dual<T>, Dual<T>>, IAdditiveIdentity<Dual<T>, Dual<T>>
    where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
{
    /// <summary>0 + 0·ε.</summary>
    public static Dual<T> AdditiveIdentity => new(T.AdditiveIdentity, T.AdditiveIdentity);

    /// <inheritdoc/>
    public static Dual<T> operator +(Dual<T> left, Dual<T> right) => new(left.Value + right.Value, left.Slope + right.Slope);

    /// <inheritdoc/>
    public static Dual<T> operator -(Dual<T> left, Dual<T> right) => new(left.Value - right.Value, left.Slope - right.Slope);

    /// <inheritdoc/>
    public static Dual<T> operator *(Dual<T> left, Dual<T> right) =>
        new(left.Value * right.Value, left.Value * right.Slope + left.Slope * right.Value);
}
