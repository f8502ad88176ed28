namespace CnnVerified;

/// <summary>Checks of tensor shapes, with messages that say what was wanted and what came.</summary>
public static class Lengths
{
    /// <summary>The lengths as text, such as 2×3×8×8.</summary>
    /// <param name="lengths">The lengths.</param>
    /// <returns>The text.</returns>
    public static string Text(ReadOnlySpan<nint> lengths) => string.Join('×', lengths.ToArray());

    /// <summary>Checks a rank.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="form">The shape in letters.</param>
    /// <param name="came">Its lengths.</param>
    /// <param name="rank">The rank wanted.</param>
    /// <exception cref="ArgumentException">The rank differs.</exception>
    public static void ExpectRank(string id, string name, string form, ReadOnlySpan<nint> came, int rank)
    {
        if (came.Length != rank)
            throw new ArgumentException($"{name} expects {form}, {rank} dimensions, but has {came.Length} ({Text(came)}); {id}. " +
                $"(Parameter '{name}')");
    }

    /// <summary>Checks a whole shape.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="form">The shape in letters.</param>
    /// <param name="came">Its lengths.</param>
    /// <param name="wanted">The lengths wanted.</param>
    /// <exception cref="ArgumentException">They differ.</exception>
    public static void Expect(string id, string name, string form, ReadOnlySpan<nint> came, ReadOnlySpan<nint> wanted)
    {
        if (!came.SequenceEqual(wanted))
            throw new ArgumentException($"{name} expects {form} = {Text(wanted)} but is {Text(came)}; {id}. (Parameter '{name}')");
    }
}
