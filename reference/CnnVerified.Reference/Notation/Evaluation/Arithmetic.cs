using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>The operations of a number type that equations are evaluated over.</summary>
/// <remarks>An object rather than static members, because some need to know something: integers modulo a prime know the prime.
/// What cannot be computed raises <see cref="Undefined"/> and returns any number; who reads the number looks at the flag.
/// Not safe for use by several threads at once.</remarks>
/// <typeparam name="T">The number type.</typeparam>
public abstract class Arithmetic<T>
{
    /// <summary>Raised where a result is undefined: a division by 0, the maximum of nothing, the logarithm of a negative number.</summary>
    public bool Undefined { get; set; }

    /// <summary>Raised where a choice was too close to be made: a kink or a tie, where nothing is differentiable.</summary>
    public bool Kink { get; set; }

    /// <summary>0.</summary>
    public abstract T Zero { get; }

    /// <summary>1.</summary>
    public abstract T One { get; }

    /// <summary>An exact constant.</summary>
    /// <param name="value">The constant.</param>
    public abstract T Constant(Rational value);

    /// <summary>An exact constant of 64-bit parts.</summary>
    /// <param name="value">The constant.</param>
    public virtual T Constant(Fraction value) => Constant(new Rational(value.Numerator, value.Denominator));

    /// <summary>a + b.</summary>
    public abstract T Add(T a, T b);

    /// <summary>a − b.</summary>
    public abstract T Subtract(T a, T b);

    /// <summary>a·b.</summary>
    public abstract T Multiply(T a, T b);

    /// <summary>a/b.</summary>
    public abstract T Divide(T a, T b);

    /// <summary>−a.</summary>
    public abstract T Negate(T a);

    /// <summary>The circle constant.</summary>
    public abstract T Pi { get; }

    /// <summary>exp, log, sqrt, tanh and the other functions of one real argument that are not choices.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">Its argument.</param>
    public abstract T Apply(Function function, T x);

    /// <summary>a to a real power.</summary>
    public abstract T Power(T a, T exponent);

    /// <summary>The sign of a − b; a choice.</summary>
    public abstract int Compare(T a, T b);

    /// <summary>The largest whole number that is not above; a choice.</summary>
    public abstract T Floor(T a);

    /// <summary>True where two numbers that compare as equal are so along every direction, so that choosing between them does not
    /// matter.</summary>
    public virtual bool AreInterchangeable(T a, T b) => true;

    /// <summary>Equality, as far as numbers of this type can tell.</summary>
    public virtual bool AreEqual(T a, T b) => EqualityComparer<T>.Default.Equals(a, b);

    /// <summary>a to a whole power; 0⁰ = 1.</summary>
    /// <param name="a">The base.</param>
    /// <param name="exponent">The exponent; below 0 the base must not be 0.</param>
    public T Power(T a, long exponent)
    {
        if (exponent < 0)
            return Divide(One, Power(a, checked(-exponent)));
        T power = One;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
                power = Multiply(power, a);
            if (exponent > 1)
                a = Multiply(a, a);
        }
        return power;
    }

    /// <summary>0 and the flag <see cref="Undefined"/>.</summary>
    protected internal T NotDefined()
    {
        Undefined = true;
        return Zero;
    }
}
