namespace CnnVerified.Verification.Engines;

/// <summary>What a library implements to offer engines of its own making: several of them, or ones that hold handles and settings.
/// A library whose kernels are static methods with an <see cref="EquationAttribute"/> needs none.</summary>
/// <remarks>cnnverify verify --engine finds the public classes that implement it and creates each with its parameterless constructor.</remarks>
public interface IEngineSource
{
    /// <summary>The engines.</summary>
    IEnumerable<Engine> Engines { get; }
}
