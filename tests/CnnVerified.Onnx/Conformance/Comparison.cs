using System.Globalization;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx.Conformance;

/// <summary>Holds outputs to what a case expects: the tolerance is that of the ONNX backend tests, and the largest error is told beside it.</summary>
public sealed class Comparison
{
    /// <summary>What an element may be off by, relative to the expected one.</summary>
    public const double RelativeTolerance = 1e-3;

    /// <summary>What an element may be off by on top of that.</summary>
    public const double AbsoluteTolerance = 1e-7;

    /// <summary>Elements compared.</summary>
    public long Elements { get; private set; }

    /// <summary>Elements outside the tolerance.</summary>
    public long Outside { get; private set; }

    /// <summary>The largest error in units in the last place of the expected element.</summary>
    public double Ulps { get; private set; }

    /// <summary>The largest error.</summary>
    public double Error { get; private set; }

    /// <summary>The first output that differs in type or shape, or the element that is furthest outside; null where all holds.</summary>
    public string? Failure { get; private set; }

    private double _worst;

    /// <summary>Compares one output.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expected">What the case expects.</param>
    /// <param name="got">What was computed.</param>
    public void Add(string name, OnnxTensor expected, OnnxTensor got)
    {
        if (got.Type != expected.Type || !got.Dims.SequenceEqual(expected.Dims))
        {
            Failure ??= $"{name} is {got}, expected {expected}";
            Outside += expected.Length;
            return;
        }
        for (int i = 0; i < expected.Length; i++)
        {
            double wanted = expected.IsReal ? expected.Reals[i] : expected.Wholes[i], came = got.IsReal ? got.Reals[i] : got.Wholes[i];
            Elements++;
            if (expected.IsReal ? wanted.Equals(came) || wanted == came : expected.Wholes[i] == got.Wholes[i])   // NaN equals NaN, and an infinity itself
                continue;
            double error = Math.Abs(came - wanted), allowed = expected.IsReal ? AbsoluteTolerance + RelativeTolerance * Math.Abs(wanted) : 0;
            error = double.IsNaN(error) ? double.PositiveInfinity : error;
            Error = Math.Max(Error, error);
            if (expected.IsReal)
                Ulps = Math.Max(Ulps, error / Ulp(expected.Type, wanted));
            if (error <= allowed && double.IsFinite(wanted))
                continue;
            Outside++;
            double beyond = double.IsFinite(wanted) ? error - allowed : double.PositiveInfinity;
            if (Failure is not null && beyond <= _worst)
                continue;
            _worst = beyond;
            Failure = string.Create(CultureInfo.InvariantCulture, $"{name}[{Place(i, expected.Dims)}] = {Digits(got, i)}, expected {Digits(expected, i)}");
        }
    }

    private static double Ulp(DataType type, double value) => Math.Abs(value) is var size && !double.IsFinite(size) ? 1
        : type == DataType.Float ? (double)MathF.BitIncrement((float)size) - (float)size : Math.BitIncrement(size) - size;

    private static string Digits(OnnxTensor tensor, int i) => !tensor.IsReal ? tensor.Wholes[i].ToString(CultureInfo.InvariantCulture)
        : tensor.Type == DataType.Float ? ((float)tensor.Reals[i]).ToString(CultureInfo.InvariantCulture)
            : tensor.Reals[i].ToString(CultureInfo.InvariantCulture);

    private static string Place(int i, IReadOnlyList<int> dims)
    {
        var place = new List<int>();
        foreach (int length in dims.Reverse())
        {
            place.Insert(0, i % length);
            i /= length;
        }
        return string.Join(',', place);
    }
}
