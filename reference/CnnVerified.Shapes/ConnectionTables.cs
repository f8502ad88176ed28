namespace CnnVerified;

/// <summary>Which maps a filter sees: a table M of K rows and C columns, 1 where filter k is connected to map c, else 0.</summary>
public static class ConnectionTables
{
    /// <summary>M of layer C3 of LeNet-5, 16×6, row by row: six filters see three neighbouring maps (in a ring), six see four, three see
    /// two pairs, and the last one sees all. It has 60 ones.</summary>
    /// <remarks>LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition (1998), Table I, which prints
    /// it the other way round: a column for each filter.</remarks>
    public static ReadOnlySpan<int> LeNet5C3 =>
    [
        1, 1, 1, 0, 0, 0,
        0, 1, 1, 1, 0, 0,
        0, 0, 1, 1, 1, 0,
        0, 0, 0, 1, 1, 1,
        1, 0, 0, 0, 1, 1,
        1, 1, 0, 0, 0, 1,
        1, 1, 1, 1, 0, 0,
        0, 1, 1, 1, 1, 0,
        0, 0, 1, 1, 1, 1,
        1, 0, 0, 1, 1, 1,
        1, 1, 0, 0, 1, 1,
        1, 1, 1, 0, 0, 1,
        1, 1, 0, 1, 1, 0,
        0, 1, 1, 0, 1, 1,
        1, 0, 1, 1, 0, 1,
        1, 1, 1, 1, 1, 1,
    ];

    /// <summary>Checks that a table is K×C and holds nothing but 0 and 1.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="lengths">Its lengths.</param>
    /// <param name="M">Its elements, row by row.</param>
    /// <param name="K">Filters.</param>
    /// <param name="C">Input maps.</param>
    /// <exception cref="ArgumentException">It has another shape or another element.</exception>
    public static void Expect(string id, ReadOnlySpan<nint> lengths, ReadOnlySpan<int> M, int K, int C)
    {
        Lengths.Expect(id, "M", "K×C", lengths, [K, C]);
        for (int i = 0; i < M.Length; i++)
            if (M[i] is not (0 or 1))
                throw new ArgumentException($"M expects 0 or 1 but has {M[i]} at M[{i / C},{i % C}]; {id}. (Parameter 'M')");
    }
}
