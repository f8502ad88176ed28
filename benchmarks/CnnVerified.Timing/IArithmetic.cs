namespace CnnVerified.Timing;

/// <summary>Something that knows how much arithmetic one call does, for GFLOP/s.</summary>
public interface IArithmetic
{
    /// <summary>Floating-point operations of one call; a multiply-add is two.</summary>
    double FloatOperations { get; }
}
