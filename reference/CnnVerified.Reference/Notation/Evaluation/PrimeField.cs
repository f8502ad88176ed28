using System.Numerics;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>Whole numbers modulo a prime between 2⁶⁰ and 2⁶¹: an identity of rational functions that fails holds here by accident
/// only with a probability of about its degree over the prime.</summary>
/// <remarks>Numbers are kept as a·2⁶⁴ modulo p (Montgomery 1985), so that a product needs no division.</remarks>
public sealed class PrimeField : Arithmetic<ulong>
{
    private const int MostConstants = 4096, Places = 256;

    private readonly ulong _inverse;
    private readonly ulong _one;
    private readonly ulong _square;
    private readonly Dictionary<Fraction, ulong> _constants = [];

    // A formula divides by the same few numbers again and again, a mean by its count; each waits in the place of its last bits.
    private readonly (ulong Of, ulong Inverse)[] _inverses = new (ulong, ulong)[Places];

    /// <summary>The field of a prime.</summary>
    /// <param name="prime">An odd prime below 2⁶³.</param>
    public PrimeField(ulong prime)
    {
        Prime = prime;
        // Newton's iteration for 1/p modulo 2⁶⁴ doubles the correct bits each time; p itself has three.
        ulong inverse = prime;
        for (int i = 0; i < 5; i++)
            inverse *= 2 - prime * inverse;
        _inverse = inverse;
        _one = (ulong)((UInt128.One << 64) % prime);
        _square = (ulong)((UInt128)_one * _one % prime);
    }

    /// <summary>The prime.</summary>
    public ulong Prime { get; }

    /// <inheritdoc/>
    public override ulong Zero => 0;

    /// <inheritdoc/>
    public override ulong One => _one;

    /// <inheritdoc/>
    public override ulong Pi => NotDefined();

    /// <summary>A prime drawn between 2⁶⁰ and 2⁶¹.</summary>
    /// <param name="random">The source.</param>
    public static ulong Draw(Random random)
    {
        while (true)
        {
            ulong candidate = (ulong)random.NextInt64(1L << 60, 1L << 61) | 1;
            if (IsPrime(candidate))
                return candidate;
        }
    }

    /// <summary>A number drawn evenly from the field.</summary>
    /// <param name="random">The source.</param>
    public ulong DrawElement(Random random) => (ulong)random.NextInt64((long)Prime);

    /// <inheritdoc/>
    public override ulong Constant(Rational value)
    {
        ulong denominator = Of(value.Denominator);
        return denominator == 0 ? NotDefined() : Multiply(Of(value.Numerator), Invert(denominator));
    }

    /// <inheritdoc/>
    public override ulong Constant(Fraction value)
    {
        if (_constants.TryGetValue(value, out ulong known))
            return known;
        ulong denominator = Of(value.Denominator);
        known = denominator == 0 ? NotDefined() : Multiply(Of(value.Numerator), Invert(denominator));
        if (_constants.Count < MostConstants && !Undefined)
            _constants.Add(value, known);
        return known;
    }

    /// <inheritdoc/>
    public override ulong Add(ulong a, ulong b)
    {
        ulong sum = a + b;
        return sum >= Prime ? sum - Prime : sum;
    }

    /// <inheritdoc/>
    public override ulong Subtract(ulong a, ulong b) => a >= b ? a - b : a + Prime - b;

    /// <inheritdoc/>
    public override ulong Negate(ulong a) => a == 0 ? 0 : Prime - a;

    /// <inheritdoc/>
    public override ulong Multiply(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        ulong carry = Math.BigMul(low * _inverse, Prime, out _);
        return high >= carry ? high - carry : high + Prime - carry;
    }

    /// <inheritdoc/>
    public override ulong Divide(ulong a, ulong b) => b == 0 ? NotDefined() : Multiply(a, Invert(b));

    /// <inheritdoc/>
    public override ulong Apply(Function function, ulong x) => NotDefined();

    /// <inheritdoc/>
    public override ulong Power(ulong a, ulong exponent) => NotDefined();

    /// <inheritdoc/>
    public override int Compare(ulong a, ulong b) => throw new InvalidOperationException("whole numbers modulo a prime have no order.");

    /// <inheritdoc/>
    public override ulong Floor(ulong a) => throw new InvalidOperationException("whole numbers modulo a prime have no order.");

    private ulong Of(long value) => Multiply(value % (long)Prime is var rest && rest < 0 ? (ulong)(rest + (long)Prime) : (ulong)rest, _square);

    private ulong Of(BigInteger value) => Multiply((ulong)(((value % Prime) + Prime) % Prime), _square);

    private ulong Invert(ulong a)
    {
        ref var place = ref _inverses[a % Places];
        if (place.Of != a)
            place = (a, Power(a, (long)(Prime - 2)));   // Fermat
        return place.Inverse;
    }

    // Miller and Rabin with the first twelve primes decides every number below 2⁶⁴ (Sorenson and Webster 2015).
    private static bool IsPrime(ulong n)
    {
        ulong odd = n - 1;
        int twos = BitOperations.TrailingZeroCount(odd);
        odd >>= twos;
        foreach (ulong witness in new ulong[] { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 })
        {
            if (n % witness == 0)
                return n == witness;
            BigInteger x = BigInteger.ModPow(witness, odd, n);
            bool passes = x.IsOne || x == n - 1;
            for (int i = 1; i < twos && !passes; i++)
                passes = (x = x * x % n) == n - 1;
            if (!passes)
                return false;
        }
        return true;
    }
}
