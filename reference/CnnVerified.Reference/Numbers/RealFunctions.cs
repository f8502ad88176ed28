using System.Numerics;

namespace CnnVerified.Reference.Numbers;

/// <summary>Functions of the equations that .NET's number types do not have, or have without their digits.</summary>
public static class RealFunctions
{
    /// <summary>erfc x, over any real number type: by the type's own <see cref="IErrorFunctions{TSelf}"/>, else in binary64 and rounded.</summary>
    /// <param name="x">Any number.</param>
    /// <typeparam name="T"><c>float</c>, <c>double</c> or an <see cref="IReal{TSelf}"/>.</typeparam>
    /// <returns>A number from 0 to 2.</returns>
    public static T Erfc<T>(T x) where T : INumberBase<T> => x is IErrorFunctions<T> own ? own.Erfc() : T.CreateChecked(Erfc(double.CreateChecked(x)));

    /// <summary>log(1 + x), over any real number type, with its digits for small x.</summary>
    /// <param name="x">A number above −1.</param>
    /// <typeparam name="T"><c>float</c>, <c>double</c> or an <see cref="IReal{TSelf}"/>.</typeparam>
    /// <returns>The logarithm.</returns>
    public static T Log1p<T>(T x) where T : INumberBase<T> => x is IErrorFunctions<T> own ? own.Log1p() : T.CreateChecked(Log1p(double.CreateChecked(x)));

    /// <summary>erfc x in binary64; relative error below (32 + 2x²)·2⁻⁵³ where the result is a normal number.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>A number from 0 to 2.</returns>
    /// <remarks>
    /// For |x| &lt; 1/2 one minus the Taylor series of erf; the rest after 20 terms is below 2⁻⁶⁰. Else the trapezoidal rule for
    /// (x/π)·∫ e^(−t²)/(t² + x²) dt = e^(x²)·erfc x with step 1/2, less the residue of its pole, 2/(e^(4πx) − 1): what is left is of
    /// order e^(−4π²), below 2⁻⁵⁶ (Matta and Reichel 1971).
    /// </remarks>
    public static double Erfc(double x)
    {
        if (double.IsNaN(x))
            return x;
        double size = Math.Abs(x);
        if (size < 0.5)
        {
            double power = x, sum = x;   // power = (−1)ⁿ·x²ⁿ⁺¹/n!
            for (int n = 1; n <= 20; n++)
            {
                power *= -x * x / n;
                sum += power / (2 * n + 1);
            }
            return 1 - 2 / Math.Sqrt(Math.PI) * sum;
        }
        if (size > 28)
            return x > 0 ? 0 : 2;
        const double Step = 0.5;
        double trapezoid = 0.5 / (size * size);
        for (int n = 1; n <= 14; n++)
            trapezoid += Math.Exp(-n * n * Step * Step) / (n * n * Step * Step + size * size);
        double right = Math.Exp(-size * size) * (2 * Step * size / Math.PI * trapezoid) - 2 / (Math.Exp(2 * Math.PI * size / Step) - 1);
        return x > 0 ? right : 2 - right;
    }

    /// <summary>log(1 + x) in binary64: the rounding of 1 + x is divided out again (Kahan).</summary>
    /// <param name="x">A number above −1.</param>
    /// <returns>The logarithm.</returns>
    public static double Log1p(double x)
    {
        double sum = 1 + x;
        return sum == 1 || double.IsPositiveInfinity(sum) ? x : Math.Log(sum) * (x / (sum - 1));
    }
}
