using System.Numerics;
using CnnVerified.Reference.Notation;

namespace CnnVerified.Tests.Notation;

/// <summary>A number to 400 binary places behind the point, and exp, log, erf and the like by their series: what the error bounds of
/// doubles are held to. It shares nothing with what it judges.</summary>
internal readonly struct HighPrecision
{
    private const int Bits = 400;

    private readonly BigInteger _scaled;

    private HighPrecision(BigInteger scaled) => _scaled = scaled;

    /// <summary>Functions of one argument that are not choices.</summary>
    public static IReadOnlyList<Function> Functions { get; } = [Function.Exp, Function.Log, Function.Log1p, Function.Sqrt, Function.Tanh, Function.Erf, Function.Erfc, Function.Cos, Function.Sin];

    public static HighPrecision Pi { get; } = (Arctangent(5) * 4 - Arctangent(239)) * 4;   // Machin

    public static implicit operator HighPrecision(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52 & 0x7FF);
        BigInteger mantissa = (bits & (1L << 52) - 1) | (exponent > 0 ? 1L << 52 : 0);
        int shift = Bits + Math.Max(exponent, 1) - 1075;
        BigInteger scaled = shift >= 0 ? mantissa << shift : mantissa >> -shift;
        return new(value < 0 ? -scaled : scaled);
    }

    public static HighPrecision operator +(HighPrecision a, HighPrecision b) => new(a._scaled + b._scaled);

    public static HighPrecision operator -(HighPrecision a, HighPrecision b) => new(a._scaled - b._scaled);

    public static HighPrecision operator *(HighPrecision a, HighPrecision b) => new((a._scaled * b._scaled) >> Bits);

    public static HighPrecision operator /(HighPrecision a, HighPrecision b) => new((a._scaled << Bits) / b._scaled);

    /// <summary>An argument at which the function is defined and its value neither huge nor tiny.</summary>
    public static double Draw(Function function, Random random) => function switch
    {
        Function.Log or Function.Sqrt => Math.Exp(20 * random.NextDouble() - 10),
        Function.Log1p => random.Next(2) == 0 ? Math.Exp(20 * random.NextDouble() - 10) : -1 + Math.Exp(-10 * random.NextDouble()),
        Function.Erf or Function.Erfc => (10 * random.NextDouble() - 5) * (random.Next(3) == 0 ? 0.2 : 1),
        _ => 20 * random.NextDouble() - 10,
    };

    public static HighPrecision Apply(Function function, HighPrecision x) => function switch
    {
        Function.Exp => x.Exp(),
        Function.Log => Log(x),
        Function.Log1p => Log(x + 1),
        Function.Sqrt => new(Root(x._scaled << Bits)),
        Function.Tanh => ((x * 2).Exp() - 1) / ((x * 2).Exp() + 1),
        Function.Erf => Erf(x),
        Function.Erfc => 1 - Erf(x),
        Function.Cos => Circle(1, 1, x),
        Function.Sin => Circle(x, 2, x),
        _ => throw new InvalidOperationException($"{function} is a choice."),
    };

    /// <summary>The derivative, from a difference over 2⁻¹⁰⁰: off by the third derivative times 2⁻²⁰², and 2⁻²⁹⁰ of rounding.</summary>
    public static HighPrecision Slope(Function function, HighPrecision x)
    {
        HighPrecision step = new(BigInteger.One << Bits - 100);
        return (Apply(function, x + step) - Apply(function, x - step)) / (step * 2);
    }

    public static HighPrecision Log(HighPrecision x)
    {
        // Newton on exp doubles the correct bits each time, from the fifty that a double has.
        HighPrecision log = Math.Log((double)x._scaled / Math.ScaleB(1, Bits));
        for (int i = 0; i < 4; i++)
            log += x / log.Exp() - 1;
        return log;
    }

    public HighPrecision Exp()
    {
        // exp x = (exp x/2³²)^2³² needs 32 bits more: there are 300 to spare.
        HighPrecision small = new(_scaled >> 32), term = 1, sum = 1;
        for (int n = 1; !term._scaled.IsZero && n < 400; n++)
            sum += term = term * small / n;
        for (int i = 0; i < 32; i++)
            sum *= sum;
        return sum;
    }

    public double Distance(double from)
    {
        BigInteger difference = BigInteger.Abs((this - from)._scaled);
        // Rounded up by less than the 200 bits that double precision leaves over.
        return Math.ScaleB((double)(difference >> 60), 60 - Bits);
    }

    public override string ToString() => $"{(double)(_scaled >> 200) * Math.ScaleB(1, 200 - Bits):R}";

    private static HighPrecision Erf(HighPrecision x)
    {
        HighPrecision term = x, sum = x;
        for (int n = 1; !term._scaled.IsZero && n < 2000; n++)
        {
            term = term * x * x * -1 / n;
            sum += term / (2 * n + 1);
        }
        return sum * 2 / Apply(Function.Sqrt, Pi);
    }

    // cos from 1, sin from x: every second term of the exponential series.
    private static HighPrecision Circle(HighPrecision first, int n, HighPrecision x)
    {
        HighPrecision term = first, sum = first;
        for (; !term._scaled.IsZero && n < 4000; n += 2)
            sum += term = term * x * x * -1 / (n * (n + 1.0));
        return sum;
    }

    private static HighPrecision Arctangent(int inverse)
    {
        HighPrecision power = new((BigInteger.One << Bits) / inverse), sum = power;
        for (int n = 3; !power._scaled.IsZero; n += 2)
        {
            power = new(power._scaled / -(inverse * inverse));
            sum += new HighPrecision(power._scaled / n);
        }
        return sum;
    }

    private static BigInteger Root(BigInteger square)
    {
        BigInteger root = BigInteger.One << (int)(square.GetBitLength() / 2 + 1);
        while (true)
        {
            BigInteger next = (root + square / root) >> 1;
            if (next >= root)
                return root;
            root = next;
        }
    }
}
