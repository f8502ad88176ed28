using System.Numerics.Tensors;
using CnnVerified.Optimized;

namespace CnnVerified.Verification.Exhaustive;

/// <summary>Computes a function of one number for each of many.</summary>
/// <param name="x">The inputs.</param>
/// <param name="y">The results, of the same length.</param>
/// <param name="on">Where to compute.</param>
public delegate void ElementwiseCall(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on);

/// <summary>How results go as inputs grow.</summary>
public enum Course
{
    /// <summary>Neither way throughout.</summary>
    Mixed,

    /// <summary>Never down.</summary>
    Rising,

    /// <summary>Never up.</summary>
    Falling,
}

/// <summary>A function of one binary32 number as the engine computes it, and what it should be.</summary>
/// <param name="Id">The equation, such as AC-F2, or the name of a kernel, such as exp.</param>
/// <param name="What">The function in plain words or symbols.</param>
/// <param name="Compute">The engine's.</param>
/// <param name="Exact">The function in binary64.</param>
/// <param name="Precise">The function in double-double, for what binary64 leaves in doubt; finite inputs.</param>
/// <param name="Limit">The largest error that passes, in units of the last place of the exact result.</param>
public sealed record ElementwiseFunction(
    string Id, string What, ElementwiseCall Compute, Func<Binary64, Binary64> Exact, Func<DoubleDouble, DoubleDouble> Precise, double Limit)
{
    /// <summary>The error of <see cref="Exact"/>, in units of the last place of binary64.</summary>
    public double ExactError { get; init; } = 16;

    /// <summary>Which way it goes.</summary>
    public Course Course { get; init; } = Course.Mixed;

    /// <summary>True where the results keep to the course in every step; false where roundings on the way may send one back, which is then
    /// counted and no failure.</summary>
    public bool Steady { get; init; } = true;

    /// <summary>Inputs beyond this size are tried, but their results are not judged: none can come up.</summary>
    public float Largest { get; init; } = float.PositiveInfinity;

    /// <summary>Inputs next to which samples lie densely: corners, thresholds, ends of ranges.</summary>
    public IReadOnlyList<float> Corners { get; init; } = [];

    /// <summary>Inputs other than 0 where the function crosses 0.</summary>
    public IReadOnlyList<double> Zeros { get; init; } = [];

    /// <summary>How far around each of <see cref="Zeros"/> an error counts in absolute units, 2⁻²⁴, and not in those of a last place
    /// that shrinks to nothing.</summary>
    public double Reach { get; init; } = 0.5;

    /// <summary>The largest absolute error that passes there, in units of 2⁻²⁴.</summary>
    public double ZeroLimit { get; init; }

    /// <summary>True where an input is close to a zero of the function.</summary>
    /// <param name="x">The input.</param>
    /// <returns>Whether the error there counts in absolute units.</returns>
    public bool IsNearZero(float x)
    {
        for (int i = 0; i < Zeros.Count; i++)
            if (Math.Abs(x - Zeros[i]) < Reach)
                return true;
        return false;
    }
}
