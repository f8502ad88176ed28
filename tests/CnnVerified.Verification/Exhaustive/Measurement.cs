namespace CnnVerified.Verification.Exhaustive;

/// <summary>What was measured of a function on many inputs.</summary>
/// <param name="Function">The function.</param>
public sealed record Measurement(ElementwiseFunction Function)
{
    /// <summary>Inputs that are not NaN.</summary>
    public long Numbers { get; internal set; }

    /// <summary>Inputs that are NaN.</summary>
    public long NaNs { get; internal set; }

    /// <summary>The largest error, in units of the last place of the exact result.</summary>
    public double Worst { get; internal set; }

    /// <summary>Where it is: the first such input.</summary>
    public float WorstAt { get; internal set; } = float.NaN;

    /// <summary>The largest error near zeros of the function, in units of 2⁻²⁴.</summary>
    public double WorstNearZero { get; internal set; }

    /// <summary>Where that is.</summary>
    public float WorstNearZeroAt { get; internal set; } = float.NaN;

    /// <summary>Results that are not the number nearest to the exact result.</summary>
    public long NotNearest { get; internal set; }

    /// <summary>Inputs for which only double-double told whether the result is the nearest one.</summary>
    public long Settled { get; internal set; }

    /// <summary>Steps against the function's course.</summary>
    public long StepsAgainst { get; internal set; }

    /// <summary>The first input after such a step.</summary>
    public float StepAt { get; internal set; } = float.NaN;

    /// <summary>Inputs whose result is NaN where it should be a number, or a number where it should be NaN.</summary>
    public long Wrong { get; internal set; }

    /// <summary>The first of them.</summary>
    public float WrongAt { get; internal set; } = float.NaN;

    /// <summary>Inputs that had other bits at another place, in another length, at another vector width.</summary>
    public long OtherBits { get; internal set; }

    /// <summary>The first of them.</summary>
    public float OtherBitsAt { get; internal set; } = float.NaN;

    /// <summary>What is wrong, in a line, or null where all holds that the function's description states.</summary>
    public string? Failure =>
        Wrong > 0 ? $"{Wrong} results of the wrong kind (NaN or number), first at {Number(WrongAt)}"
        : OtherBits > 0 ? $"{OtherBits} results depend on position, length or vector width, first at {Number(OtherBitsAt)}"
        : !(Worst <= Function.Limit) ? $"error {Units(Worst)} ULP at {Number(WorstAt)}, more than {Units(Function.Limit)}"
        : !(WorstNearZero <= Function.ZeroLimit)
            ? $"error {Units(WorstNearZero)}·2⁻²⁴ at {Number(WorstNearZeroAt)}, more than {Units(Function.ZeroLimit)}·2⁻²⁴"
        : StepsAgainst > 0 && Function.Steady ? $"{StepsAgainst} steps against the course, first at {Number(StepAt)}"
        : null;

    /// <summary>A binary32 number so that it can be read back.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its shortest decimal.</returns>
    public static string Number(float value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture).Replace('-', '−').Replace("Infinity", "∞", StringComparison.Ordinal);

    /// <summary>An error with the digits that matter, rounded up.</summary>
    /// <param name="error">The error.</param>
    /// <returns>Two decimals, or three digits of a large one.</returns>
    public static string Units(double error) =>
        error < 100 ? (Math.Ceiling(Math.Max(error * 100 - 1e-9, 0)) / 100).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)
        : error.ToString("G3", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Joins what another thread measured on other inputs of the same function; the result does not depend on the order.</summary>
    /// <param name="other">The other.</param>
    internal void Add(Measurement other)
    {
        Numbers += other.Numbers;
        NaNs += other.NaNs;
        NotNearest += other.NotNearest;
        Settled += other.Settled;
        if (other.Worst > Worst || (other.Worst == Worst && other.WorstAt < WorstAt))
            (Worst, WorstAt) = (other.Worst, other.WorstAt);
        if (other.WorstNearZero > WorstNearZero || (other.WorstNearZero == WorstNearZero && other.WorstNearZeroAt < WorstNearZeroAt))
            (WorstNearZero, WorstNearZeroAt) = (other.WorstNearZero, other.WorstNearZeroAt);
        (StepsAgainst, StepAt) = Join(StepsAgainst, StepAt, other.StepsAgainst, other.StepAt);
        (Wrong, WrongAt) = Join(Wrong, WrongAt, other.Wrong, other.WrongAt);
        (OtherBits, OtherBitsAt) = Join(OtherBits, OtherBitsAt, other.OtherBits, other.OtherBitsAt);
    }

    private static (long, float) Join(long count, float at, long otherCount, float otherAt) =>
        (count + otherCount, count == 0 || otherAt < at ? otherAt : at);
}
