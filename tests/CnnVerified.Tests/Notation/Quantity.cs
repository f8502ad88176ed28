namespace CnnVerified.Tests.Notation;

/// <summary>A number of the plain interpreter: an exact fraction of 64-bit whole numbers until something real touches it, then a double
/// with a bound on the rounding errors that went into it. NaN is what the notation calls undefined.</summary>
/// <remarks>Running error analysis, to first order (Higham 2002, 3.3): each operation passes on the errors of its operands and adds
/// one rounding of its own. Nothing here is shared with the numbers of the reference: those are what is judged.</remarks>
internal readonly struct Quantity
{
    private const double U = 1.1102230246251565e-16;   // 2^-53, the unit roundoff
    private readonly long _top, _bottom;               // _bottom = 0 where the number is real
    private readonly double _real;

    private Quantity(long top, long bottom) => (_top, _bottom) = (top, bottom);

    private Quantity(double real, double error)
    {
        bool isDefined = double.IsFinite(real) && double.IsFinite(error);
        (_real, Error) = isDefined ? (real, error) : (double.NaN, double.NaN);
    }

    public static Quantity Undefined => new(double.NaN, double.NaN);

    public static Quantity Zero => new(0L, 1L);

    public static Quantity One => new(1L, 1L);

    public bool IsExact => _bottom != 0;

    public bool IsUndefined => !IsExact && double.IsNaN(_real);

    public double Value => IsExact ? (double)_top / _bottom : _real;

    /// <summary>A bound on the rounding errors.</summary>
    public double Error { get; }

    /// <summary>The whole number that this is, or null.</summary>
    public long? Whole => _bottom == 1 ? _top : null;

    public static Quantity Of(long whole) => new(whole, 1L);

    public static Quantity Real(double value, double error = 0) => new(value, error);

    /// <summary>The fraction in lowest terms; a double where it does not fit.</summary>
    public static Quantity Ratio(Int128 top, Int128 bottom)
    {
        if (bottom == 0)
            return Undefined;
        (Int128 a, Int128 b) = (Int128.Abs(top), Int128.Abs(bottom));
        while (b != 0)
            (a, b) = (b, a % b);
        (top, bottom) = bottom < 0 ? (-top / a, -bottom / a) : (top / a, bottom / a);
        if (top > long.MinValue && top <= long.MaxValue && bottom <= long.MaxValue)
            return new((long)top, (long)bottom);
        double value = (double)top / (double)bottom;
        return new(value, 3 * U * Math.Abs(value));
    }

    public static Quantity operator +(Quantity a, Quantity b) =>
        a.IsExact && b.IsExact ? Ratio((Int128)a._top * b._bottom + (Int128)b._top * a._bottom, (Int128)a._bottom * b._bottom)
        : Rounded(a.Value + b.Value, a.Slack + b.Slack);

    public static Quantity operator -(Quantity a) => a.IsExact ? new(-a._top, a._bottom) : new(-a._real, a.Error);

    public static Quantity operator -(Quantity a, Quantity b) => a + -b;

    public static Quantity operator *(Quantity a, Quantity b) =>
        a.IsExact && b.IsExact ? Ratio((Int128)a._top * b._top, (Int128)a._bottom * b._bottom)
        : Rounded(a.Value * b.Value, Math.Abs(a.Value) * b.Slack + Math.Abs(b.Value) * a.Slack);

    public static Quantity operator /(Quantity a, Quantity b)
    {
        if (a.IsExact && b.IsExact)
            return Ratio((Int128)a._top * b._bottom, (Int128)a._bottom * b._top);
        double quotient = a.Value / b.Value;
        return b.Value == 0 ? Undefined : Rounded(quotient, (a.Slack + Math.Abs(quotient) * b.Slack) / Math.Abs(b.Value));
    }

    /// <summary>−1, 0 or 1; null where either is undefined.</summary>
    public static int? Compare(Quantity a, Quantity b) =>
        a.IsUndefined || b.IsUndefined ? null
        : a.IsExact && b.IsExact ? ((Int128)a._top * b._bottom).CompareTo((Int128)b._top * a._bottom)
        : a.Value.CompareTo(b.Value);

    /// <summary>a to the power b, 0⁰ = 1.</summary>
    public static Quantity Power(Quantity a, Quantity b)
    {
        if (b.Whole is { } n && Math.Abs(n) <= 64)
        {
            Quantity product = One;
            for (long i = 0; i < Math.Abs(n); i++)
                product *= a;
            return n < 0 ? One / product : product;
        }
        double power = Math.Pow(a.Value, b.Value);
        return Rounded(power, Math.Abs(power) * (Math.Abs(b.Value / a.Value) * a.Slack + Math.Abs(Math.Log(Math.Abs(a.Value))) * b.Slack), 4);
    }

    public static Quantity Floor(Quantity a) =>
        !a.IsExact ? Real(Math.Floor(a.Value)) : new(a._top >= 0 || a._top % a._bottom == 0 ? a._top / a._bottom : a._top / a._bottom - 1, 1L);

    public static Quantity Mod(Quantity a, Quantity b) => a - b * Floor(a / b);

    public static Quantity Abs(Quantity a) => a.Value < 0 ? -a : a;

    public static Quantity Sign(Quantity a) => a.IsUndefined ? a : Of(Math.Sign(a.Value));

    /// <summary>A function that is not rational: its value and the absolute value of its derivative there.</summary>
    public static Quantity Smooth(Quantity a, double value, double slope) => Rounded(value, slope * a.Slack, 4);

    public override string ToString() => IsExact ? _bottom == 1 ? $"{_top}" : $"{_top}/{_bottom}" : $"{_real:R}";

    // What a double made of this number is off by.
    private double Slack => IsExact ? _bottom == 1 ? 0 : U * Math.Abs(Value) : Error;

    private static Quantity Rounded(double value, double error, int roundings = 1) => new(value, error + roundings * U * Math.Abs(value));
}
