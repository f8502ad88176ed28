using System.Globalization;

namespace CnnVerified.Peers;

/// <summary>In which order a sum is taken, seen from outside.</summary>
/// <remarks>All terms are 1 but two, which are M and −M with an M so large that any 1 added to it is lost. The result is the number of ones
/// that were added neither to M nor to −M before the two met: all that are outside of the smallest part of the summation tree that has both.
/// From all pairs follows the whole tree, whatever it is, provided that it does not depend on the values.</remarks>
internal static class SumOrder
{
    private const float Large = 1L << 60;
    private const int MostText = 400;
    private static readonly int[] Lanes = [2, 4, 8, 16, 32, 64];

    /// <summary>Finds the order.</summary>
    /// <param name="terms">How many there are.</param>
    /// <param name="sum">The sum of given terms.</param>
    /// <returns>What was found, in words.</returns>
    public static string Of(int terms, Func<float[], double> sum)
    {
        float[] ones = new float[terms];
        Array.Fill(ones, 1);
        if (sum(ones) != terms)
            return "unknown: ones do not add up to their number";
        int[,] size = new int[terms, terms];
        for (int i = 0; i < terms; i++)
            for (int j = i + 1; j < terms; j++)
            {
                float[] values = [.. ones];
                (values[i], values[j]) = (Large, -Large);
                double left = sum(values);
                if (left != Math.Floor(left) || left < 0 || left > terms - 2)
                    return string.Create(CultureInfo.InvariantCulture, $"unknown: with M at {i} and −M at {j} the result is {left}");
                size[i, j] = size[j, i] = terms - (int)left;
            }
        for (int i = 0; i < terms; i++)
            for (int j = 0; j < terms; j++)
                for (int k = 0; k < terms; k++)
                    if (i != j && j != k && i != k && size[i, k] > Math.Max(size[i, j], size[j, k]))
                        return $"unknown: the pairs do not fit together to one tree, such as those of {i}, {j} and {k}";
        return Named(terms, size) ?? $"none of the orders that have a name here; the tree is `{Tree([.. Enumerable.Range(0, terms)], size)}`, where [0,8…56] is a run that is added one after the other";
    }

    // Sizes of the smallest part that has both i and j, for the orders that are common.
    private static string? Named(int terms, int[,] size)
    {
        bool Is(Func<int, int, int> expected)
        {
            for (int i = 0; i < terms; i++)
                for (int j = i + 1; j < terms; j++)
                    if (size[i, j] != expected(i, j))
                        return false;
            return true;
        }

        if (Is((_, j) => j + 1))
            return "one after the other, ascending";
        if (Is((i, _) => terms - i))
            return "one after the other, descending";
        if (Is((_, _) => 2))
            return "exact: no order shows";
        if (Is((_, _) => terms))
            return "all at once: no order shows";
        foreach (int lanes in Lanes.Where(lanes => lanes < terms))
        {
            if (Is((i, j) => i / lanes == j / lanes ? j % lanes + 1 : (j / lanes + 1) * lanes))
                return $"blocks of {lanes}, ascending in each, then the blocks one after the other";
            int InLane(int lane) => (terms - lane + lanes - 1) / lanes;
            int Within(int j) => j / lanes + 1;
            if (Is((i, j) => i % lanes == j % lanes ? Within(j) : Enumerable.Range(0, Math.Max(i % lanes, j % lanes) + 1).Sum(InLane)))
                return $"{lanes} lanes, then the lanes one after the other";
            if (Is((i, j) => i % lanes == j % lanes ? Within(j) : Together(lanes, i % lanes, j % lanes, halves: true, InLane)))
                return $"{lanes} lanes, then halves of the lanes onto each other";
            if (Is((i, j) => i % lanes == j % lanes ? Within(j) : Together(lanes, i % lanes, j % lanes, halves: false, InLane)))
                return $"{lanes} lanes, then neighbours by pairs";
        }
        return null;
    }

    // Terms in all lanes that are in one sum when the sums of two lanes meet.
    private static int Together(int lanes, int a, int b, bool halves, Func<int, int> count)
    {
        for (int step = 1; step < lanes; step *= 2)
        {
            int Group(int lane) => halves ? lane % (lanes / (2 * step)) : lane / (2 * step);
            if (Group(a) == Group(b))
                return Enumerable.Range(0, lanes).Where(lane => Group(lane) == Group(a)).Sum(count);
        }
        return Enumerable.Range(0, lanes).Sum(count);
    }

    // Parts whose pairs all meet below the whole; long runs are cut short.
    private static string Tree(int[] terms, int[,] size)
    {
        if (terms.Length == 1)
            return terms[0].ToString(CultureInfo.InvariantCulture);
        int whole = terms.Max(other => other == terms[0] ? 0 : size[terms[0], other]);
        foreach (int i in terms)
            foreach (int j in terms)
                whole = i == j ? whole : Math.Max(whole, size[i, j]);
        var parts = new List<int[]>();
        foreach (int term in terms)
            if (parts.FindIndex(part => size[part[0], term] < whole) is >= 0 and var at)
                parts[at] = [.. parts[at], term];
            else
                parts.Add([term]);
        if (IsRun(terms, size))
            return terms.Length == 2 ? $"({terms[0]}+{terms[1]})" : $"[{terms[0]},{terms[1]}…{terms[^1]}]";
        string text = $"({string.Join('+', parts.Select(part => Tree(part, size)))})";
        return text.Length <= MostText ? text : text[..MostText] + "…";
    }

    // Terms at equal distances, added one after the other: what a lane or a block is.
    private static bool IsRun(int[] terms, int[,] size)
    {
        for (int i = 0; i < terms.Length; i++)
            for (int j = i + 1; j < terms.Length; j++)
                if (size[terms[i], terms[j]] != j + 1 || terms[j] - terms[j - 1] != terms[1] - terms[0])
                    return false;
        return true;
    }
}
