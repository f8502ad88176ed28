using System.Numerics;

namespace CnnVerified.Reference.Equations;

/// <summary>max, min, |x|, sign and [condition] of the notation, over any ordered number type.</summary>
/// <remarks>Fractions have no more than an order and a sign change, so these ask for no more.</remarks>
internal static class Choosing
{
    /// <summary>The larger one; b in a tie.</summary>
    internal static T Max<T>(T a, T b) where T : IComparisonOperators<T, T, bool> => a > b ? a : b;

    /// <summary>The smaller one; b in a tie.</summary>
    internal static T Min<T>(T a, T b) where T : IComparisonOperators<T, T, bool> => a < b ? a : b;

    /// <summary>|x|.</summary>
    internal static T Abs<T>(T x) where T : IComparisonOperators<T, T, bool>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T> =>
        x < T.AdditiveIdentity ? -x : x;

    /// <summary>−1, 0 or 1.</summary>
    internal static T Sign<T>(T x)
        where T : IComparisonOperators<T, T, bool>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        x > T.AdditiveIdentity ? T.MultiplicativeIdentity : x < T.AdditiveIdentity ? -T.MultiplicativeIdentity : T.AdditiveIdentity;

    /// <summary>[condition]: 1 where it holds, else 0.</summary>
    internal static T One<T>(bool condition) where T : IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        condition ? T.MultiplicativeIdentity : T.AdditiveIdentity;
}
