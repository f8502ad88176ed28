using System.Globalization;
using System.Text;
using CnnVerified.Verification;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx;

/// <summary>A tensor of a graph: an element type, lengths, and elements row-major. Reals of both widths are held as double, which is
/// exact; whole numbers and booleans as long.</summary>
public sealed class OnnxTensor
{
    /// <summary>The most elements that a tensor may have.</summary>
    public const int MostElements = 1 << 25;

    private readonly double[]? _reals;
    private readonly long[]? _wholes;

    private OnnxTensor(DataType type, int[] dims, double[]? reals, long[]? wholes)
    {
        (Type, Dims, _reals, _wholes) = (type, dims, reals, wholes);
        int count = Count(dims), came = reals?.Length ?? wholes!.Length;
        if (came != count)
            throw new ArgumentException($"{Text(dims)} expects {count} elements, got {came}.", nameof(dims));
    }

    /// <summary>The element type.</summary>
    public DataType Type { get; }

    /// <summary>The lengths; none for a scalar.</summary>
    public IReadOnlyList<int> Dims { get; }

    /// <summary>Whether the elements are float or double.</summary>
    public bool IsReal => _reals is not null;

    /// <summary>The elements where they are real.</summary>
    /// <exception cref="InputException">They are whole numbers.</exception>
    public double[] Reals => _reals ?? throw new InputException($"expected float or double elements, got {Name(Type)}.");

    /// <summary>The elements where they are whole numbers or booleans.</summary>
    /// <exception cref="InputException">They are real.</exception>
    public long[] Wholes => _wholes ?? throw new InputException($"expected whole numbers, got {Name(Type)}.");

    /// <summary>The number of elements.</summary>
    public int Length => _reals?.Length ?? _wholes!.Length;

    /// <summary>A tensor of reals, each rounded to the type.</summary>
    /// <param name="type">FLOAT or DOUBLE.</param>
    /// <param name="dims">The lengths.</param>
    /// <param name="values">The elements; the tensor keeps the array.</param>
    /// <returns>The tensor.</returns>
    public static OnnxTensor Real(DataType type, IReadOnlyList<int> dims, double[] values)
    {
        if (type == DataType.Float)
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)values[i];
        return new(type, [.. dims], values, null);
    }

    /// <summary>A tensor of whole numbers or booleans.</summary>
    /// <param name="type">INT64, BOOL, ….</param>
    /// <param name="dims">The lengths.</param>
    /// <param name="values">The elements; the tensor keeps the array.</param>
    /// <returns>The tensor.</returns>
    public static OnnxTensor Whole(DataType type, IReadOnlyList<int> dims, long[] values) => new(type, [.. dims], null, values);

    /// <summary>One real number as a tensor of one element.</summary>
    /// <param name="type">FLOAT or DOUBLE.</param>
    /// <param name="value">The number.</param>
    /// <returns>The tensor.</returns>
    public static OnnxTensor Scalar(DataType type, double value) => Real(type, [1], [value]);

    /// <summary>A tensor whose elements are all the same real number.</summary>
    /// <param name="type">FLOAT or DOUBLE.</param>
    /// <param name="dims">The lengths.</param>
    /// <param name="value">The number.</param>
    /// <returns>The tensor.</returns>
    public static OnnxTensor Filled(DataType type, IReadOnlyList<int> dims, double value)
    {
        double[] values = new double[Count(dims)];
        Array.Fill(values, value);
        return Real(type, dims, values);
    }

    /// <summary>The same elements under other lengths.</summary>
    /// <param name="dims">The lengths.</param>
    /// <returns>A tensor that shares the elements.</returns>
    /// <exception cref="InputException">The number of elements differs.</exception>
    public OnnxTensor Shaped(params IReadOnlyList<int> dims) => Count(dims) == Length ? new(Type, [.. dims], _reals, _wholes)
        : throw new InputException($"expected a shape of {Length} elements for a tensor of {Text(Dims)}, got {Text(dims)}.");

    /// <summary>The elements in another order, or others in their place.</summary>
    /// <param name="dims">The lengths of the result.</param>
    /// <param name="from">For each element of the result the element of this tensor, or −1 for the fill.</param>
    /// <param name="fill">What stands where there is none.</param>
    /// <returns>The new tensor.</returns>
    public OnnxTensor Picked(IReadOnlyList<int> dims, int[] from, double fill = 0) => IsReal
        ? Real(Type, dims, Array.ConvertAll(from, i => i < 0 ? fill : _reals![i]))
        : Whole(Type, dims, Array.ConvertAll(from, i => i < 0 ? (long)fill : _wholes![i]));

    /// <summary>The number of elements of a shape.</summary>
    /// <param name="dims">The lengths.</param>
    /// <returns>Their product.</returns>
    /// <exception cref="InputException">A length is negative, or there are more than <see cref="MostElements"/>.</exception>
    public static int Count(IEnumerable<int> dims)
    {
        long count = 1;
        bool isEmpty = false;
        foreach (int length in dims)
        {
            if (length < 0)
                throw new InputException($"expected lengths of at least 0, got {Text(dims)}.");
            isEmpty |= length == 0;
            count = isEmpty ? 0 : count * length;
            if (count > MostElements)
                throw new InputException($"expected at most {MostElements.ToString("N0", CultureInfo.InvariantCulture)} elements, got {Text(dims)}.");
        }
        return (int)count;
    }

    /// <summary>Lengths as text, such as 2×3×8.</summary>
    /// <param name="dims">The lengths.</param>
    /// <returns>The text; "a scalar" for none.</returns>
    public static string Text(IEnumerable<int> dims) => string.Join('×', dims) is { Length: > 0 } text ? text : "a scalar";

    /// <summary>A type as people write it: float, uint8, bfloat16.</summary>
    /// <param name="type">The type, one of the format or any number.</param>
    /// <returns>The word.</returns>
    public static string Name(DataType type) => Enum.IsDefined(type) ? type.ToString().ToLowerInvariant() : $"number {(int)type}";

    /// <inheritdoc/>
    public override string ToString() => new StringBuilder(Name(Type)).Append(' ').Append(Text(Dims)).ToString();
}
