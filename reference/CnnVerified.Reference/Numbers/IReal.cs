using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace CnnVerified.Reference.Numbers;

/// <summary>A number type of ours that stands in for a real number in an equation with division, roots, powers, exp, log, tanh or erfc.</summary>
/// <remarks>.NET's function interfaces all include <see cref="INumberBase{TSelf}"/>, some sixty members of which equations use
/// few. This interface answers the rest once, from the real number that <see cref="ToDouble"/> returns, so that a number
/// type states its arithmetic and nothing else.</remarks>
/// <typeparam name="TSelf">The number type.</typeparam>
public interface IReal<TSelf>
    : IExponentialFunctions<TSelf>, ILogarithmicFunctions<TSelf>, IHyperbolicFunctions<TSelf>, ITrigonometricFunctions<TSelf>,
      IRootFunctions<TSelf>, IPowerFunctions<TSelf>, IErrorFunctions<TSelf>, IComparisonOperators<TSelf, TSelf, bool>
    where TSelf : struct, IReal<TSelf>
{
    /// <summary>A constant.</summary>
    /// <param name="value">Its value.</param>
    /// <returns>The number, exact.</returns>
    static abstract TSelf Constant(double value);

    /// <summary>The value as a double.</summary>
    /// <returns>The value.</returns>
    double ToDouble();

#pragma warning disable CS1591 // The members below are .NET's, answered from the real value.
    static TSelf INumberBase<TSelf>.One => TSelf.Constant(1);
    static TSelf INumberBase<TSelf>.Zero => TSelf.Constant(0);
    static int INumberBase<TSelf>.Radix => 2;
    static TSelf IAdditiveIdentity<TSelf, TSelf>.AdditiveIdentity => TSelf.Constant(0);
    static TSelf IMultiplicativeIdentity<TSelf, TSelf>.MultiplicativeIdentity => TSelf.Constant(1);
    static TSelf IFloatingPointConstants<TSelf>.E => TSelf.Constant(Math.E);
    static TSelf IFloatingPointConstants<TSelf>.Pi => TSelf.Constant(Math.PI);
    static TSelf IFloatingPointConstants<TSelf>.Tau => TSelf.Constant(Math.Tau);

    static TSelf IUnaryPlusOperators<TSelf, TSelf>.operator +(TSelf value) => value;
    static TSelf IIncrementOperators<TSelf>.operator ++(TSelf value) => value + TSelf.One;
    static TSelf IDecrementOperators<TSelf>.operator --(TSelf value) => value - TSelf.One;
    static TSelf INumberBase<TSelf>.Abs(TSelf value) => value < TSelf.Zero ? -value : value;
    static TSelf INumberBase<TSelf>.MaxMagnitude(TSelf x, TSelf y) => TSelf.Abs(x) < TSelf.Abs(y) ? y : x;
    static TSelf INumberBase<TSelf>.MaxMagnitudeNumber(TSelf x, TSelf y) => TSelf.Abs(x) < TSelf.Abs(y) ? y : x;
    static TSelf INumberBase<TSelf>.MinMagnitude(TSelf x, TSelf y) => TSelf.Abs(y) < TSelf.Abs(x) ? y : x;
    static TSelf INumberBase<TSelf>.MinMagnitudeNumber(TSelf x, TSelf y) => TSelf.Abs(y) < TSelf.Abs(x) ? y : x;

    static bool INumberBase<TSelf>.IsCanonical(TSelf value) => true;
    static bool INumberBase<TSelf>.IsComplexNumber(TSelf value) => false;
    static bool INumberBase<TSelf>.IsImaginaryNumber(TSelf value) => false;
    static bool INumberBase<TSelf>.IsRealNumber(TSelf value) => !double.IsNaN(value.ToDouble());
    static bool INumberBase<TSelf>.IsNaN(TSelf value) => double.IsNaN(value.ToDouble());
    static bool INumberBase<TSelf>.IsFinite(TSelf value) => double.IsFinite(value.ToDouble());
    static bool INumberBase<TSelf>.IsInfinity(TSelf value) => double.IsInfinity(value.ToDouble());
    static bool INumberBase<TSelf>.IsPositiveInfinity(TSelf value) => double.IsPositiveInfinity(value.ToDouble());
    static bool INumberBase<TSelf>.IsNegativeInfinity(TSelf value) => double.IsNegativeInfinity(value.ToDouble());
    static bool INumberBase<TSelf>.IsInteger(TSelf value) => double.IsInteger(value.ToDouble());
    static bool INumberBase<TSelf>.IsEvenInteger(TSelf value) => double.IsEvenInteger(value.ToDouble());
    static bool INumberBase<TSelf>.IsOddInteger(TSelf value) => double.IsOddInteger(value.ToDouble());
    static bool INumberBase<TSelf>.IsNegative(TSelf value) => double.IsNegative(value.ToDouble());
    static bool INumberBase<TSelf>.IsPositive(TSelf value) => double.IsPositive(value.ToDouble());
    static bool INumberBase<TSelf>.IsNormal(TSelf value) => double.IsNormal(value.ToDouble());
    static bool INumberBase<TSelf>.IsSubnormal(TSelf value) => double.IsSubnormal(value.ToDouble());
    static bool INumberBase<TSelf>.IsZero(TSelf value) => value.ToDouble() == 0;

    static TSelf IExponentialFunctions<TSelf>.Exp2(TSelf x) => TSelf.Exp(x * TSelf.Constant(Math.Log(2)));
    static TSelf IExponentialFunctions<TSelf>.Exp10(TSelf x) => TSelf.Exp(x * TSelf.Constant(Math.Log(10)));
    static TSelf ILogarithmicFunctions<TSelf>.Log(TSelf x, TSelf newBase) => TSelf.Log(x) / TSelf.Log(newBase);
    static TSelf ILogarithmicFunctions<TSelf>.Log2(TSelf x) => TSelf.Log(x) / TSelf.Constant(Math.Log(2));
    static TSelf ILogarithmicFunctions<TSelf>.Log10(TSelf x) => TSelf.Log(x) / TSelf.Constant(Math.Log(10));
    static TSelf IHyperbolicFunctions<TSelf>.Sinh(TSelf x) => (TSelf.Exp(x) - TSelf.Exp(-x)) / TSelf.Constant(2);
    static TSelf IHyperbolicFunctions<TSelf>.Cosh(TSelf x) => (TSelf.Exp(x) + TSelf.Exp(-x)) / TSelf.Constant(2);
    static TSelf IHyperbolicFunctions<TSelf>.Asinh(TSelf x) => TSelf.Log(x + TSelf.Exp(TSelf.Log(x * x + TSelf.One) / TSelf.Constant(2)));
    static TSelf IHyperbolicFunctions<TSelf>.Acosh(TSelf x) => TSelf.Log(x + TSelf.Exp(TSelf.Log(x * x - TSelf.One) / TSelf.Constant(2)));
    static TSelf IHyperbolicFunctions<TSelf>.Atanh(TSelf x) => TSelf.Log((TSelf.One + x) / (TSelf.One - x)) / TSelf.Constant(2);

    static TSelf IRootFunctions<TSelf>.Cbrt(TSelf x) => throw NotInAnyEquation();
    static TSelf IRootFunctions<TSelf>.RootN(TSelf x, int n) => throw NotInAnyEquation();
    static TSelf IRootFunctions<TSelf>.Hypot(TSelf x, TSelf y) => TSelf.Sqrt(x * x + y * y);
    static TSelf ITrigonometricFunctions<TSelf>.Tan(TSelf x) => TSelf.Sin(x) / TSelf.Cos(x);
    static (TSelf Sin, TSelf Cos) ITrigonometricFunctions<TSelf>.SinCos(TSelf x) => (TSelf.Sin(x), TSelf.Cos(x));
    static TSelf ITrigonometricFunctions<TSelf>.Acos(TSelf x) => throw NotInAnyEquation();
    static TSelf ITrigonometricFunctions<TSelf>.AcosPi(TSelf x) => throw NotInAnyEquation();
    static TSelf ITrigonometricFunctions<TSelf>.Asin(TSelf x) => throw NotInAnyEquation();
    static TSelf ITrigonometricFunctions<TSelf>.AsinPi(TSelf x) => throw NotInAnyEquation();
    static TSelf ITrigonometricFunctions<TSelf>.Atan(TSelf x) => throw NotInAnyEquation();
    static TSelf ITrigonometricFunctions<TSelf>.AtanPi(TSelf x) => throw NotInAnyEquation();
    static TSelf ITrigonometricFunctions<TSelf>.CosPi(TSelf x) => throw NotInAnyEquation();
    static TSelf ITrigonometricFunctions<TSelf>.SinPi(TSelf x) => throw NotInAnyEquation();
    static TSelf ITrigonometricFunctions<TSelf>.TanPi(TSelf x) => throw NotInAnyEquation();
    static (TSelf SinPi, TSelf CosPi) ITrigonometricFunctions<TSelf>.SinCosPi(TSelf x) => throw NotInAnyEquation();

    static TSelf INumberBase<TSelf>.Parse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider) =>
        TSelf.Constant(double.Parse(s, style, provider));
    static TSelf INumberBase<TSelf>.Parse(string s, NumberStyles style, IFormatProvider? provider) =>
        TSelf.Constant(double.Parse(s, style, provider));
    static TSelf ISpanParsable<TSelf>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => TSelf.Constant(double.Parse(s, provider));
    static TSelf IParsable<TSelf>.Parse(string s, IFormatProvider? provider) => TSelf.Constant(double.Parse(s, provider));
    static bool INumberBase<TSelf>.TryParse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out TSelf result) =>
        Parsed(double.TryParse(s, style, provider, out double value), value, out result);
    static bool INumberBase<TSelf>.TryParse([NotNullWhen(true)] string? s, NumberStyles style, IFormatProvider? provider, out TSelf result) =>
        Parsed(double.TryParse(s, style, provider, out double value), value, out result);
    static bool ISpanParsable<TSelf>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out TSelf result) =>
        Parsed(double.TryParse(s, provider, out double value), value, out result);
    static bool IParsable<TSelf>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TSelf result) =>
        Parsed(double.TryParse(s, provider, out double value), value, out result);

    static bool INumberBase<TSelf>.TryConvertFromChecked<TOther>(TOther value, out TSelf result) =>
        Parsed(true, double.CreateChecked(value), out result);
    static bool INumberBase<TSelf>.TryConvertFromSaturating<TOther>(TOther value, out TSelf result) =>
        Parsed(true, double.CreateSaturating(value), out result);
    static bool INumberBase<TSelf>.TryConvertFromTruncating<TOther>(TOther value, out TSelf result) =>
        Parsed(true, double.CreateTruncating(value), out result);
    static bool INumberBase<TSelf>.TryConvertToChecked<TOther>(TSelf value, out TOther result)
    {
        result = TOther.CreateChecked(value.ToDouble());
        return true;
    }
    static bool INumberBase<TSelf>.TryConvertToSaturating<TOther>(TSelf value, out TOther result)
    {
        result = TOther.CreateSaturating(value.ToDouble());
        return true;
    }
    static bool INumberBase<TSelf>.TryConvertToTruncating<TOther>(TSelf value, out TOther result)
    {
        result = TOther.CreateTruncating(value.ToDouble());
        return true;
    }

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        ToDouble().TryFormat(destination, out charsWritten, format, provider);
    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToDouble().ToString(format, formatProvider);
#pragma warning restore CS1591

    private static NotSupportedException NotInAnyEquation() => new($"{typeof(TSelf).Name} has the functions that equations use, and not this one.");

    private static bool Parsed(bool ok, double value, out TSelf result)
    {
        result = TSelf.Constant(value);
        return ok;
    }
}
