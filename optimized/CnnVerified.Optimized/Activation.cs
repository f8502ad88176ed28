namespace CnnVerified.Optimized;

/// <summary>What a convolution makes of each sum before it is written: the bits are those of the activation as a layer of its own.</summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The rectifier (AC-F4).</summary>
    Rectifier,

    /// <summary>The hyperbolic tangent (AC-F2).</summary>
    Tanh,
}
