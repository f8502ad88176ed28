using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CnnVerified.Optimized;

namespace CnnVerified.Verification.Exhaustive;

/// <summary>Measures a function on runs of ascending inputs; one for each thread.</summary>
internal sealed class Meter : IDisposable
{
    public const int Longest = (1 << 15) + 1;   // x, y and the second y stay in the second-level cache

    private const double Unit = 1.0 / (1 << 24);
    private const double BeyondAll = 3.4028236692093846e38;   // 2¹²⁸

    private readonly ElementwiseFunction _function;
    private readonly Execution[] _executions = [.. Enum.GetValues<VectorWidth>().Where(Execution.IsSupported).Reverse().Select(width => new Execution(width, 1))];
    private readonly float[] _y = new float[Longest];
    private readonly float[] _shifted = new float[Longest + 16];
    private readonly float[] _again = new float[Longest + 16];
    private readonly double _tolerance;
    private readonly long _doubt;
    private long _runs;

    public Meter(ElementwiseFunction function)
    {
        _function = function;
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
        float last = follows ? y[0] : float.NaN;
        for (int i = follows ? 1 : 0; i < x.Length; i++)
        {
            Judge(x[i], y[i]);
            if (_function.Course == Course.Rising ? y[i] < last : _function.Course == Course.Falling && y[i] > last)
            {
                if (Result.StepsAgainst++ == 0)
                    Result.StepAt = x[i];
            }
            last = y[i];
        }
    }

    // The same inputs at other places, in two pieces, at one of the other widths (or the only one).
    private void Repeat(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Execution on = _executions[(int)(_runs % _executions.Length)];
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

    private void Judge(float x, float y)
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
        double exact = _function.Exact(x).Value;
        if (float.IsInfinity(x) && double.IsNaN(exact))
            exact = _function.Exact(Math.CopySign(1e100, x)).Value;   // the limit, where ∞·0 has none: far out, but where cubes are still numbers
        if (double.IsNaN(exact) || float.IsNaN(y))
        {
            if (!double.IsNaN(exact) || !float.IsNaN(y))
                Wrong(x);
            return;
        }
        // Most results are the nearest number, beyond doubt, and no farther off than another one was.
        if (y == (float)exact && Result.Worst >= 0.5 && _function.Zeros.Count == 0
            && Math.Abs((BitConverter.DoubleToInt64Bits(exact) & 0x1FFFFFFF) - 0x10000000) > _doubt)
            return;
        double unit = LastPlace(exact);
        double error = Math.Abs(Bounded(y) - Bounded(exact)) / unit;
        if (_function.Zeros.Count > 0 && _function.IsNearZero(x))
        {
            error *= unit / Unit;
            if (error > Result.WorstNearZero)
                (Result.WorstNearZero, Result.WorstNearZeroAt) = (Precisely(x, y, Unit) ?? error, x);
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
