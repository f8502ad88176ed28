namespace CnnVerified.Optimized;

/// <summary>How convolutions are summed.</summary>
public enum Algorithm
{
    /// <summary>Term by term in the stated order, the same bits everywhere.</summary>
    Ordered,

    /// <summary>By Winograd's minimal filtering (CV-I5, CV-I7 to CV-I9) wherever a layer has kernels of 3×3 with stride and dilation 1 and one group, and the derived worst case
    /// is within <see cref="Execution.WinogradLimit"/>: again the same bits everywhere, but other ones, and a larger error.</summary>
    Winograd,

    /// <summary>By Winograd's filtering only where it is also faster, as far as that was measured.</summary>
    Auto,
}
