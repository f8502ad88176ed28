namespace CnnVerified.Verification.Exhaustive;

/// <summary>The unevaluated sum of two binary64 numbers, about 104 bits: what settles cases that binary64 leaves in doubt.</summary>
/// <remarks>Relative errors: sums, products and quotients below 2⁻¹⁰², functions below 2⁻⁸⁰ where neither part is subnormal; a test holds
/// the functions to a series in 400 bits. Finite numbers only.</remarks>
/// <param name="High">The sum, rounded.</param>
/// <param name="Low">What the rounding lost.</param>
public readonly record struct DoubleDouble(double High, double Low) : IOracleNumber<DoubleDouble>
{
    private const int Halvings = 8;

    private static readonly DoubleDouble Ln2 = new(0.6931471805599453, 2.3190468138462996e-17);
    private static readonly DoubleDouble[] Bell = [.. Enumerable.Range(0, 28).Select(n => Exp(-(DoubleDouble)(n * n) / 9))];

    /// <inheritdoc/>
    public static DoubleDouble Pi { get; } = new(3.141592653589793, 1.2246467991473532e-16);

    /// <inheritdoc/>
    public static implicit operator DoubleDouble(double value) => new(value, 0);

    /// <inheritdoc/>
    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        var (high, highRest) = Sum(a.High, b.High);
        var (low, lowRest) = Sum(a.Low, b.Low);
        DoubleDouble first = Ordered(high, highRest + low);
        return Ordered(first.High, first.Low + lowRest);
    }

    /// <inheritdoc/>
    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    /// <inheritdoc/>
    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        double high = a.High * b.High;
        return Ordered(high, Math.FusedMultiplyAdd(a.High, b.High, -high) + (a.High * b.Low + a.Low * b.High));
    }

    /// <inheritdoc/>
    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        double first = a.High / b.High;
        DoubleDouble rest = a - b * first;
        double second = rest.High / b.High;
        rest -= b * second;
        return Ordered(first, second) + rest.High / b.High;
    }

    /// <inheritdoc/>
    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);

    /// <inheritdoc/>
    public static bool operator <(DoubleDouble a, DoubleDouble b) => a.High < b.High || (a.High == b.High && a.Low < b.Low);

    /// <inheritdoc/>
    public static bool operator >(DoubleDouble a, DoubleDouble b) => b < a;

    /// <inheritdoc/>
    public static bool operator <=(DoubleDouble a, DoubleDouble b) => !(b < a);

    /// <inheritdoc/>
    public static bool operator >=(DoubleDouble a, DoubleDouble b) => !(a < b);

    /// <inheritdoc/>
    public static DoubleDouble Exp(DoubleDouble x)
    {
        var (power, scale) = Reduced(x);
        return Scaled(power + 1, scale);
    }

    /// <inheritdoc/>
    public static DoubleDouble ExpM1(DoubleDouble x)
    {
        var (power, scale) = Reduced(x);
        return scale == 0 ? power : Scaled(power + 1, scale) - 1;
    }

    /// <inheritdoc/>
    public static DoubleDouble Log(DoubleDouble x)
    {
        // Newton on exp: the rest is squared.
        double first = Math.Log(x.High);
        return x * Exp(-first) - 1 + first;
    }

    /// <inheritdoc/>
    public static DoubleDouble Log1p(DoubleDouble x)
    {
        double first = Binary64.Log1p(x.High).Value;
        DoubleDouble power = ExpM1(first);
        return (x - power) / (power + 1) + first;
    }

    /// <inheritdoc/>
    public static DoubleDouble Tanh(DoubleDouble x)
    {
        if (Math.Abs(x.High) > 300)
            return Math.Sign(x.High);
        DoubleDouble power = ExpM1(x * 2);
        return power / (power + 2);
    }

    /// <inheritdoc/>
    public static DoubleDouble Erfc(DoubleDouble x)
    {
        DoubleDouble size = x.High < 0 ? -x : x, square = x * x;
        if (size.High < 0.5)
        {
            DoubleDouble term = x, sum = x;
            for (int n = 1; n < 30; n++)
            {
                term *= -square / n;
                sum += term / (2 * n + 1);
            }
            return 1 - sum * 2 / Sqrt(Pi);
        }
        if (size.High > 26)
            return x.High > 0 ? 0 : 2;
        // As in binary64, with step 1/3: off by e^(−9π²), 2⁻¹²⁸.
        DoubleDouble trapezoid = (DoubleDouble)0.5 / square;
        for (int n = 1; n < Bell.Length; n++)
            trapezoid += Bell[n] / ((DoubleDouble)(n * n) / 9 + square);
        DoubleDouble right = Exp(-square) * (size * 2 / 3 / Pi * trapezoid) - (DoubleDouble)2 / ExpM1(Pi * size * 6);
        return x.High > 0 ? right : 2 - right;
    }

    /// <inheritdoc/>
    public static DoubleDouble Pow(DoubleDouble x, DoubleDouble y) => Exp(y * Log(x));

    /// <inheritdoc/>
    public static DoubleDouble Sqrt(DoubleDouble x)
    {
        if (x.High == 0)
            return 0;
        double first = Math.Sqrt(x.High);
        return (x - (DoubleDouble)first * first) / (2 * first) + first;
    }

    // e^r − 1 for x = n·ln 2 + r.
    private static (DoubleDouble Power, int Scale) Reduced(DoubleDouble x)
    {
        int n = (int)Math.Round(x.High / Ln2.High);
        DoubleDouble r = Scaled(x - Ln2 * n, -Halvings), term = r, sum = r;
        for (int k = 2; k < 14; k++)
        {
            term *= r / k;
            sum += term;
        }
        for (int i = 0; i < Halvings; i++)
            sum = sum * 2 + sum * sum;   // e^(2r) − 1 from e^r − 1
        return (sum, n);
    }

    private static DoubleDouble Scaled(DoubleDouble x, int n) => new(Math.ScaleB(x.High, n), Math.ScaleB(x.Low, n));

    private static (double Sum, double Rest) Sum(double a, double b)
    {
        double sum = a + b, second = sum - a;
        return (sum, a - (sum - second) + (b - second));
    }

    private static DoubleDouble Ordered(double larger, double smaller)
    {
        double sum = larger + smaller;
        return new(sum, smaller - (sum - larger));
    }
}
