using System.Numerics;

namespace CnnVerified.Reference.Numbers;

/// <summary>Whole numbers in any number type, as sums of ones: the counts that a mean divides by.</summary>
public static class Whole
{
    /// <summary>n as a <typeparamref name="T"/>.</summary>
    /// <param name="n">A whole number, n ≥ 0.</param>
    /// <typeparam name="T">The number type.</typeparam>
    /// <returns>n, by doubling and adding 1; exact where T holds every whole number up to n.</returns>
    public static T Of<T>(int n) where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        if (n == 0)
            return T.AdditiveIdentity;
        T half = Of<T>(n / 2);
        return n % 2 == 0 ? half + half : half + half + T.MultiplicativeIdentity;
    }
}
