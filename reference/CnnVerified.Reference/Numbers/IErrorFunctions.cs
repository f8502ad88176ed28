namespace CnnVerified.Reference.Numbers;

/// <summary>The complementary error function, for which .NET has no interface.</summary>
/// <typeparam name="TSelf">The number type.</typeparam>
public interface IErrorFunctions<TSelf> where TSelf : IErrorFunctions<TSelf>
{
    /// <summary>erfc x = 2/√π·∫ e^(−t²) dt from x to ∞.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>A number from 0 to 2.</returns>
    static abstract TSelf Erfc(TSelf x);

    /// <summary>log(1 + x) that keeps its digits for small x.</summary>
    /// <param name="x">A number above −1.</param>
    /// <returns>The logarithm.</returns>
    static abstract TSelf Log1p(TSelf x);
}
