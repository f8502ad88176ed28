namespace CnnVerified.Verification.Exhaustive;

/// <summary>The exact functions, each over any <see cref="IOracleNumber{T}"/>; where a formula of the texts would cancel, in an equal
/// form that does not.</summary>
internal static class Formulas
{
    public static T Sigmoid<T>(T x) where T : struct, IOracleNumber<T>
    {
        if (x > 0)
            return 1 / (1 + T.Exp(-x));
        T e = T.Exp(x);
        return e / (1 + e);
    }

    public static T SigmoidSlope<T>(T y) where T : struct, IOracleNumber<T> => y * (1 - y);

    public static T TanhSlope<T>(T y) where T : struct, IOracleNumber<T> => 1 - y * y;

    public static T ScaledTanh<T>(T x) where T : struct, IOracleNumber<T> => (T)Parameters.Amp * T.Tanh(x * Parameters.Slope);

    public static T ScaledTanhSlope<T>(T y) where T : struct, IOracleNumber<T> => ((T)Parameters.Amp - y * y / Parameters.Amp) * Parameters.Slope;

    public static T Rectifier<T>(T x) where T : struct, IOracleNumber<T> => x > 0 ? x : 0;

    public static T Step<T>(T x) where T : struct, IOracleNumber<T> => x > 0 ? 1 : 0;

    public static T Leaky<T>(T x) where T : struct, IOracleNumber<T> => x > 0 ? x : x * Parameters.Leak;

    public static T LeakySlope<T>(T x) where T : struct, IOracleNumber<T> => x > 0 ? 1 : Parameters.Leak;

    public static T Elu<T>(T x) where T : struct, IOracleNumber<T> => x > 0 ? x : T.ExpM1(x) * Parameters.Elu;

    public static T EluSlope<T>(T y) where T : struct, IOracleNumber<T> => y > 0 ? 1 : y + Parameters.Elu;

    public static T Selu<T>(T x) where T : struct, IOracleNumber<T> => (x > 0 ? x : T.ExpM1(x) * Parameters.SeluA) * Parameters.SeluLam;

    public static T SeluSlope<T>(T y) where T : struct, IOracleNumber<T> => y > 0 ? Parameters.SeluLam : y + (T)Parameters.SeluLam * Parameters.SeluA;

    public static T Celu<T>(T x) where T : struct, IOracleNumber<T> => x > 0 ? x : T.ExpM1(x / Parameters.Celu) * Parameters.Celu;

    public static T CeluSlope<T>(T x) where T : struct, IOracleNumber<T> => x > 0 ? 1 : T.Exp(x / Parameters.Celu);

    public static T Softplus<T>(T x) where T : struct, IOracleNumber<T> => x > 0 ? x + T.Log1p(T.Exp(-x)) : T.Log1p(T.Exp(x));

    public static T LogSigmoid<T>(T x) where T : struct, IOracleNumber<T> => -Softplus(-x);

    public static T LogSigmoidSlope<T>(T x) where T : struct, IOracleNumber<T> => Sigmoid(-x);

    public static T Gelu<T>(T x) where T : struct, IOracleNumber<T> => x * T.Erfc(-x / T.Sqrt(2)) / 2;

    public static T GeluSlope<T>(T x) where T : struct, IOracleNumber<T> =>
        T.Erfc(-x / T.Sqrt(2)) / 2 + (Large(x) ? 0 : x * T.Exp(-(x * x) / 2) / T.Sqrt(2 * T.Pi));

    public static T GeluByTanh<T>(T x) where T : struct, IOracleNumber<T> => x * Sigmoid(GeluByTanhArgument(x));

    public static T GeluByTanhSlope<T>(T x) where T : struct, IOracleNumber<T>
    {
        T z = GeluByTanhArgument(x), inner = 2 * T.Sqrt((T)2 / T.Pi) * (1 + x * x * 3 * Cubic<T>());
        return Large(x) ? (x > 0 ? 1 : 0) : Sigmoid(z) * (1 + x * inner * Sigmoid(-z));
    }

    public static T Silu<T>(T x) where T : struct, IOracleNumber<T> => x * Sigmoid(x);

    public static T SiluSlope<T>(T x) where T : struct, IOracleNumber<T> => Sigmoid(x) * (1 + x * Sigmoid(-x));

    public static T Mish<T>(T x) where T : struct, IOracleNumber<T> => x * T.Tanh(Softplus(x));

    public static T MishSlope<T>(T x) where T : struct, IOracleNumber<T>
    {
        T t = T.Tanh(Softplus(x));
        return t + x * (1 - t * t) * Sigmoid(x);
    }

    public static T Absolute<T>(T x) where T : struct, IOracleNumber<T> => x < 0 ? -x : x;

    public static T Sign<T>(T x) where T : struct, IOracleNumber<T> => x > 0 ? 1 : x < 0 ? -1 : 0;

    public static T HardTanh<T>(T x) where T : struct, IOracleNumber<T> => x > 1 ? 1 : x < -1 ? -1 : x;

    public static T HardTanhSlope<T>(T x) where T : struct, IOracleNumber<T> => x > -1 && x < 1 ? 1 : 0;

    public static T Softsign<T>(T x) where T : struct, IOracleNumber<T> => x / (1 + Absolute(x));

    public static T SoftsignSlope<T>(T x) where T : struct, IOracleNumber<T> => 1 / ((1 + Absolute(x)) * (1 + Absolute(x)));

    public static T HardSigmoid<T>(T x) where T : struct, IOracleNumber<T>
    {
        T line = x * Parameters.HardSigmoidA + Parameters.HardSigmoidB;
        return line > 1 ? 1 : line < 0 ? 0 : line;
    }

    public static T HardSigmoidSlope<T>(T x) where T : struct, IOracleNumber<T>
    {
        T line = x * Parameters.HardSigmoidA + Parameters.HardSigmoidB;
        return line > 0 && line < 1 ? Parameters.HardSigmoidA : 0;
    }

    public static T HardSwish<T>(T x) where T : struct, IOracleNumber<T> => x < -3 ? 0 : x > 3 ? x : x * (x + 3) / 6;

    public static T HardSwishSlope<T>(T x) where T : struct, IOracleNumber<T> => x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6;

    public static T Clipped<T>(T x) where T : struct, IOracleNumber<T> => x > Parameters.Bound ? Parameters.Bound : x > 0 ? x : 0;

    public static T ClippedSlope<T>(T x) where T : struct, IOracleNumber<T> => x > 0 && x < Parameters.Bound ? 1 : 0;

    public static T Thresholded<T>(T x) where T : struct, IOracleNumber<T> => x > Parameters.Theta ? x : 0;

    public static T ThresholdedSlope<T>(T x) where T : struct, IOracleNumber<T> => x > Parameters.Theta ? 1 : 0;

    private static T GeluByTanhArgument<T>(T x) where T : struct, IOracleNumber<T> => 2 * T.Sqrt((T)2 / T.Pi) * (x + Cubic<T>() * x * x * x);

    private static T Cubic<T>() where T : struct, IOracleNumber<T> => (T)44715 / 1000000;

    // Where the bell is 0, and its factor may be ∞.
    private static bool Large<T>(T x) where T : struct, IOracleNumber<T> => x > 100 || x < -100;
}

/// <summary>The parameters at which the activations that have some are measured.</summary>
internal static class Parameters
{
    public const float Amp = 1.7159f;
    public const float Slope = 2f / 3;
    public const float Leak = 0.01f;
    public const float Elu = 1;
    public const float SeluLam = 1.05070098f;
    public const float SeluA = 1.67326324f;
    public const float Celu = 1.5f;
    public const float HardSigmoidA = 0.2f;
    public const float HardSigmoidB = 0.5f;
    public const float Bound = 6;
    public const float Theta = 1;
}
