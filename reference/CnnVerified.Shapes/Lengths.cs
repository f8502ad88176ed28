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
        ExpectCountable(id, name, came);
    }

    /// <summary>Checks that a tensor has no more elements than one array of .NET: then every length, and every index into it, is an int.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">The tensor; it need not exist yet.</param>
    /// <param name="lengths">Its lengths.</param>
    /// <exception cref="ArgumentException">It has more than <see cref="Array.MaxLength"/> elements, or a length beyond that.</exception>
    public static void ExpectCountable(string id, string name, ReadOnlySpan<nint> lengths)
    {
        double elements = 1;   // no product of lengths overflows it
        bool isCountable = true;
        foreach (nint length in lengths)
        {
            elements *= length;
            isCountable &= length >= 0 && length <= Array.MaxLength;
        }
        if (!isCountable || elements > Array.MaxLength)
            throw new ArgumentException($"{name} expects at most {Array.MaxLength} elements but is {Text(lengths)}; {id}. (Parameter '{name}')");
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
        ExpectCountable(id, name, came);
    }

    /// <summary>Checks that groups divide channels and filters, and that w has the channels of one group.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x, C second.</param>
    /// <param name="xForm">Its shape in letters.</param>
    /// <param name="w">Lengths of w: filters, then channels of one group.</param>
    /// <param name="wForm">Its shape in letters.</param>
    /// <param name="G">Groups.</param>
    /// <exception cref="ArgumentException">G does not divide C and K, or w's channels are not C/G.</exception>
    internal static void ExpectGroups(string id, ReadOnlySpan<nint> x, string xForm, ReadOnlySpan<nint> w, string wForm, int G)
    {
        nint C = x[1], K = w[0];
        if (C % G != 0 || K % G != 0)
            throw new ArgumentException($"G = {G} groups must divide C = {C} channels and K = {K} filters " +
                $"(x is {xForm} = {Text(x)}, w is {wForm} = {Text(w)}); {id}. (Parameter 'window')");
        if (w[1] != C / G)
            throw new ArgumentException($"w expects C/G = {C / G} input channels but has {w[1]} (w is {wForm} = {Text(w)}, " +
                $"x is {xForm} = {Text(x)}, G = {G}); {id} sums both over the same c. (Parameter 'w')");
    }

    /// <summary>Checks the groups of a transposed convolution, whose w begins with the channels of x.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x, C second.</param>
    /// <param name="xForm">Its shape in letters.</param>
    /// <param name="w">Lengths of w: channels, then filters of one group.</param>
    /// <param name="wForm">Its shape in letters.</param>
    /// <param name="G">Groups.</param>
    /// <exception cref="ArgumentException">w's channels are not those of x, or G does not divide them.</exception>
    internal static void ExpectTransposedGroups(string id, ReadOnlySpan<nint> x, string xForm, ReadOnlySpan<nint> w, string wForm, int G)
    {
        if (w[0] != x[1])
            throw new ArgumentException($"w expects C = {x[1]} input channels but has {w[0]} (w is {wForm} = {Text(w)}, " +
                $"x is {xForm} = {Text(x)}, G = {G}); {id} sums both over the same c. (Parameter 'w')");
        if (x[1] % G != 0)
            throw new ArgumentException($"G = {G} groups must divide C = {x[1]} channels " +
                $"(x is {xForm} = {Text(x)}, w is {wForm} = {Text(w)}); {id}. (Parameter 'window')");
    }
}
