namespace CnnVerified.Verification.Files;

/// <summary>An array as NPY files hold it: lengths, and elements of one of six types in row-major order.</summary>
public sealed class NpyArray
{
    private const long LastWholeOfBinary64 = 1L << 53;

    private NpyArray(Array elements, IReadOnlyList<int> shape)
    {
        if (elements.Length != shape.Aggregate(1L, (product, length) => product * length))
            throw new ArgumentException($"elements expect the product of the shape {Text(shape)}, got {elements.Length}.", nameof(elements));
        (Elements, Shape) = (elements, shape);
    }

    /// <summary>The lengths; none for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>float[], double[], int[], long[], byte[] or bool[].</summary>
    public Array Elements { get; }

    /// <summary>Number of elements.</summary>
    public int Count => Elements.Length;

    /// <summary>The type of the elements in NumPy's words, such as float32.</summary>
    public string TypeName => NpyType.Of(Elements).Name;

    /// <summary>The shape as text, such as 2×3; () for a single number.</summary>
    public string ShapeText => Text(Shape);

    /// <summary>An array of given elements.</summary>
    /// <typeparam name="T">float, double, int, long, byte or bool.</typeparam>
    /// <param name="elements">The elements, row-major; they are not copied.</param>
    /// <param name="shape">The lengths.</param>
    /// <returns>The array.</returns>
    /// <exception cref="ArgumentException">The shape has another number of elements, or T is another type.</exception>
    public static NpyArray Of<T>(T[] elements, params IReadOnlyList<int> shape) where T : struct => Of((Array)elements, shape);

    /// <summary>The elements in binary64.</summary>
    /// <returns>A copy; false is 0 and true is 1.</returns>
    /// <exception cref="InputException">A whole number of more than 53 bits: binary64 does not hold it.</exception>
    public double[] ToDoubles() => Elements switch
    {
        float[] floats => [.. floats.Select(value => (double)value)],
        double[] doubles => [.. doubles],
        int[] ints => [.. ints.Select(value => (double)value)],
        long[] longs => [.. longs.Select(value => value is >= -LastWholeOfBinary64 and <= LastWholeOfBinary64
            ? (double)value : throw new InputException($"expected whole numbers of at most 53 bits, got {value}."))],
        byte[] bytes => [.. bytes.Select(value => (double)value)],
        _ => [.. ((bool[])Elements).Select(value => value ? 1.0 : 0.0)],
    };

    /// <summary>A shape as text, such as 2×3; () for a single number.</summary>
    /// <param name="shape">The lengths.</param>
    /// <returns>The text.</returns>
    internal static string Text(IReadOnlyList<int> shape) => shape.Count == 0 ? "()" : string.Join('×', shape);

    internal static NpyArray Of(Array elements, IReadOnlyList<int> shape)
    {
        _ = NpyType.Of(elements);   // throws for other types
        return new(elements, shape);
    }
}

/// <summary>A type of elements.</summary>
/// <param name="Name">NumPy's name.</param>
/// <param name="Code">Letter and size in a file's header: f4.</param>
/// <param name="Size">Bytes of an element.</param>
/// <param name="New">Makes an array.</param>
internal sealed record NpyType(string Name, string Code, int Size, Func<int, Array> New)
{
    public static IReadOnlyList<NpyType> All { get; } =
    [
        new("float32", "f4", 4, count => new float[count]), new("float64", "f8", 8, count => new double[count]),
        new("int32", "i4", 4, count => new int[count]), new("int64", "i8", 8, count => new long[count]),
        new("uint8", "u1", 1, count => new byte[count]), new("bool", "b1", 1, count => new bool[count]),
    ];

    public static NpyType Of(Array elements) => All[elements switch
    {
        float[] => 0,
        double[] => 1,
        int[] => 2,
        long[] => 3,
        byte[] => 4,
        bool[] => 5,
        _ => throw new ArgumentException($"elements expect float, double, int, long, byte or bool, got {elements.GetType()}."),
    }];
}
