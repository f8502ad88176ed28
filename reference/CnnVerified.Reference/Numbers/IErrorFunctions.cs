namespace CnnVerified.Reference.Numbers;

/// <summary>Functions for which .NET has no interface, of a number type that has them of its own.</summary>
/// <typeparam name="TSelf">The number type.</typeparam>
/// <remarks>Of a value, not of the type: so <see cref="RealFunctions"/> can ask any number for them without reflection.</remarks>
public interface IErrorFunctions<TSelf>
{
    /// <summary>erfc of this number x: 2/√π·∫ e^(−t²) dt from x to ∞.</summary>
    /// <returns>A number from 0 to 2.</returns>
    TSelf Erfc();

    /// <summary>log(1 + x) of this number x above −1, with its digits for small x.</summary>
    /// <returns>The logarithm.</returns>
    TSelf Log1p();
}
