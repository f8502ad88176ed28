using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using CnnVerified.Optimized;

namespace CnnVerified.Verification.Exhaustive;

/// <summary>Measures a function on runs of ascending inputs; one for each thread.</summary>
internal sealed class Meter : IDisposable
{
    public const int Longest = (1 << 14) + 1;   // all stays in the second-level cache

    private const int Group = 16;
    private const double Unit = 1.0 / (1 << 24);
    private const double BeyondAll = 3.4028236692093846e38;   // 2¹²⁸

    private readonly ElementwiseFunction _function;
    private readonly Execution[] _executions =
        [.. Enum.GetValues<VectorWidth>().Where(Execution.IsSupported).Reverse().Select(width => new Execution(width, 1))];
    private readonly double[] _values = new double[Longest];
    private readonly float[] _y = new float[Longest];
    private readonly float[] _shifted = new float[Longest + 16];
    private readonly float[] _again = new float[Longest + 16];
    private readonly Func<Binary64, Binary64> _exact;
    private readonly bool _plain;
    private readonly double _tolerance;
    private readonly long _doubt;
    private long _runs;

    public Meter(ElementwiseFunction function)
    {
        _function = function;
        _exact = function.Exact;
        _plain = function.Zeros.Count == 0 && float.IsInfinity(function.Largest);
        _tolerance = function.ExactError * Math.ScaleB(1, -28);
        _doubt = (long)(2 * function.ExactError) + 2;
        Result = new(function);
    }

    public Measurement Result { get; }

    public void Dispose() => Array.ForEach(_executions, execution => execution.Dispose());

    /// <summary>Measures on a run; where it follows another one, its first input is that one's last and counts for the step alone.</summary>
    public void Add(ReadOnlySpan<float> x, bool follows)
    {
        Span<float> y = _y.AsSpan(0, x.Length);
        Compute(x, y, _executions[0]);
        Repeat(x, y);
        int first = follows ? 1 : 0;
        Span<double> exact = _values.AsSpan(0, x.Length);
        for (int i = first; i < x.Length; i++)
            exact[i] = _exact(x[i]).Value;
        int next = first;
        for (; next <= x.Length - Group; next += Group)
            for (uint doubtful = Doubtful(y[next..], exact[next..]); doubtful != 0; doubtful &= doubtful - 1)
            {
                int i = next + BitOperations.TrailingZeroCount(doubtful);
                Judge(x[i], y[i], exact[i]);
            }
        for (; next < x.Length; next++)
            Judge(x[next], y[next], exact[next]);
        if (_function.Course != Course.Mixed)
            FindSteps(x[Math.Max(first - 1, 0)..], y[Math.Max(first - 1, 0)..]);
    }

    // A bit for each of the first sixteen that needs a closer look. Most results are the exact number, or the nearest one beyond doubt and no
    // farther off than another one was.
    private uint Doubtful(ReadOnlySpan<float> y, ReadOnlySpan<double> exact)
    {
        Vector512<double> lower = Vector512.Create(exact), upper = Vector512.Create(exact[8..]);
        Vector512<float> got = Vector512.Create(y);
        var (gotLower, gotUpper) = Vector512.Widen(got);
        var (nearLower, nearUpper) = Vector512.Widen(Vector512.Narrow(lower, upper));
        Vector512<double> goodLower = Vector512.Equals(gotLower, lower), goodUpper = Vector512.Equals(gotUpper, upper);
        if (_plain && Result.Worst >= 0.5)
        {
            goodLower |= Vector512.Equals(gotLower, nearLower) & BeyondDoubt(lower);
            goodUpper |= Vector512.Equals(gotUpper, nearUpper) & BeyondDoubt(upper);
        }
        uint good = (uint)(goodLower.ExtractMostSignificantBits() | goodUpper.ExtractMostSignificantBits() << 8);
        Result.Numbers += BitOperations.PopCount(good);
        return ~good & (1u << Group) - 1;
    }

    // Not within the oracle's error of the middle between two binary32 numbers.
    private Vector512<double> BeyondDoubt(Vector512<double> exact) =>
        Vector512.GreaterThan(
            Vector512.Abs((exact.AsInt64() & Vector512.Create(0x1FFFFFFFL)) - Vector512.Create(0x10000000L)), Vector512.Create(_doubt)).AsDouble();

    private void FindSteps(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        int sign = _function.Course == Course.Rising ? 1 : -1, i = 1;
        for (; i <= y.Length - Group; i += Group)
        {
            Vector512<float> earlier = Vector512.Create(y[(i - 1)..]), later = Vector512.Create(y[i..]);
            if (sign > 0 ? Vector512.LessThanAny(later, earlier) : Vector512.GreaterThanAny(later, earlier))
                Count(x, y, i, i + Group);
        }
        Count(x, y, i, y.Length);

        void Count(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int from, int to)
        {
            for (int k = from; k < to; k++)
                if (sign > 0 ? y[k] < y[k - 1] : y[k] > y[k - 1])
                {
                    if (Result.StepsAgainst++ == 0)
                        Result.StepAt = x[k];
                }
        }
    }

    // The same inputs at other places, in two pieces, at one of the other widths (or the only one).
    private void Repeat(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        // One float at a time takes as long as all the rest, and comes in the tails of the others anyway.
        Execution on = _executions.Length == 1 || _runs % 16 == 0 ? _executions[^1] : _executions[(int)(_runs % (_executions.Length - 1))];
        int shift = (int)(1 + _runs * 7 % 15), cut = (int)(_runs * 31 % x.Length);
        _runs++;
        Span<float> moved = _shifted.AsSpan(shift, x.Length), again = _again.AsSpan(shift, x.Length);
        x.CopyTo(moved);
        Compute(moved[..cut], again[..cut], on);
        Compute(moved[cut..], again[cut..], on);
        if (MemoryMarshal.AsBytes(y).SequenceEqual(MemoryMarshal.AsBytes((ReadOnlySpan<float>)again)))
            return;
        for (int i = 0; i < x.Length; i++)
            if (BitConverter.SingleToInt32Bits(again[i]) != BitConverter.SingleToInt32Bits(y[i]) && !(float.IsNaN(again[i]) && float.IsNaN(y[i])))
            {
                if (Result.OtherBits++ == 0)
                    Result.OtherBitsAt = x[i];
            }
    }

    private void Compute(ReadOnlySpan<float> x, Span<float> y, Execution on)
    {
        if (x.Length > 0)
            _function.Compute(new ReadOnlyTensorSpan<float>(x), new TensorSpan<float>(y), on);
    }

    private void Judge(float x, float y, double exact)
    {
        if (float.IsNaN(x))
        {
            Result.NaNs++;
            if (!float.IsNaN(y))
                Wrong(x);
            return;
        }
        Result.Numbers++;
        if (Math.Abs(x) > _function.Largest)
            return;
        if (float.IsInfinity(x) && double.IsNaN(exact))
            exact = _function.Exact(Math.CopySign(1e100, x)).Value;   // the limit, where ∞·0 has none: far out, but where cubes are still numbers
        if (double.IsNaN(exact) || float.IsNaN(y))
        {
            if (!double.IsNaN(exact) || !float.IsNaN(y))
                Wrong(x);
            return;
        }
        double unit = LastPlace(exact);
        double error = Math.Abs(Bounded(y) - Bounded(exact)) / unit;
        if (_function.Zeros.Count > 0 && _function.IsNearZero(x))
        {
            error *= unit / Unit;
            if (error > Result.WorstNearZero)
                (Result.WorstNearZero, Result.WorstNearZeroAt) = (error > 0.25 ? Precisely(x, y, Unit) ?? error : error, x);
            return;
        }
        bool nearest = error <= 0.5;
        if (Math.Abs(error - 0.5) < _tolerance && unit > float.Epsilon)   // among the subnormals ties are common, and count as nearest
        {
            Result.Settled++;
            error = Precisely(x, y, unit) ?? error;
            nearest = error <= 0.5;
        }
        if (!nearest)
            Result.NotNearest++;
        if (error > Result.Worst)
        {
            if (error > 0.5)   // a smaller one is no news, but may grow from input to input
                error = Precisely(x, y, unit) ?? error;
            if (error > Result.Worst)
                (Result.Worst, Result.WorstAt) = (error, x);
        }
    }

    private double? Precisely(float x, float y, double unit)
    {
        if (!float.IsFinite(x) || !float.IsFinite(y))
            return null;
        DoubleDouble rest = _function.Precise(x) - y;
        double error = Math.Abs(rest.High + rest.Low) / unit;
        return double.IsFinite(error) ? error : null;
    }

    private void Wrong(float x)
    {
        if (Result.Wrong++ == 0)
            Result.WrongAt = x;
    }

    // An overflow counts as if the exponents went on.
    private static double Bounded(double value) => Math.Min(Math.Max(value, -BeyondAll), BeyondAll);

    // The distance of binary32 numbers in the binade of a value.
    private static double LastPlace(double value)
    {
        int exponent = (int)(BitConverter.DoubleToInt64Bits(value) >> 52 & 0x7FF) - 1023;
        exponent = Math.Min(Math.Max(exponent, -126), 127) - 23;
        return BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
    }
}
