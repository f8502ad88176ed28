using System.Globalization;
using System.Text.RegularExpressions;

namespace CnnVerified.Verification.Files;

/// <summary>The header of an NPY file: the text of a Python dictionary with three keys, in any order.</summary>
internal static partial class NpyHeader
{
    private const int MaxRank = 64;   // NumPy 2's own limit

    /// <summary>Reads it.</summary>
    /// <exception cref="InputException">It is no such dictionary, or its type is not one of ours.</exception>
    public static (NpyType Type, bool IsBigEndian, bool IsFortran, long[] Shape) Parse(string text, string name)
    {
        Match match = Dictionary().Match(text);
        string[] keys = [.. match.Groups["key"].Captures.Select(key => key.Value)];
        if (!match.Success || !keys.Order().SequenceEqual(["descr", "fortran_order", "shape"]))
            throw new InputException($"{name}: expected a header with descr, fortran_order and shape, got {Shown(text)}.");
        string[] values = [.. match.Groups["value"].Captures.Select(value => value.Value)];
        string Of(string key) => values[Array.IndexOf(keys, key)];

        string descr = Of("descr");
        NpyType? type = descr.Length == 5 ? NpyType.All.FirstOrDefault(each => each.Code == descr[2..4]) : null;
        if (type is null || !(descr[1] is '<' or '>' || descr[1] is '|' or '=' && type.Size == 1))
            throw new InputException($"{name}: expected elements of {string.Join(", ", NpyType.All.Select(each => each.Name))}, got {Shown(descr)}.");
        if (Of("fortran_order") is not ("True" or "False") and var order)
            throw new InputException($"{name}: expected True or False for fortran_order, got {Shown(order)}.");
        Match tuple = Tuple().Match(Of("shape"));
        var shape = new List<long>();
        foreach (Capture length in tuple.Groups["length"].Captures)
            shape.Add(long.TryParse(length.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : long.MaxValue);
        return tuple.Success && shape.Count <= MaxRank
            ? (type, descr[1] == '>', Of("fortran_order") == "True", [.. shape])
            : throw new InputException($"{name}: expected a shape of at most {MaxRank} lengths such as (2, 3), got {Shown(Of("shape"))}.");
    }

    private static string Shown(string text) => $"'{new string([.. text.Trim().Take(80).Select(c => char.IsControl(c) ? '?' : c)])}'";

    // Strings, words, tuples and, to name them in the error, lists (which NumPy writes for structures). No nesting; commas stand between all that
    // repeats, so that the time is linear.
    private const string Entry = @"['""](?<key>[a-z_]{1,16})['""]\s*:\s*(?<value>'[^']*'|""[^""]*""|[A-Za-z]+|\([^()]*\)|\[[^\[\]]*\])";

    [GeneratedRegex(@"^\{\s*(" + Entry + @"\s*,\s*)*(" + Entry + @"\s*)?\}\s*$")]
    private static partial Regex Dictionary();

    [GeneratedRegex(@"^\((\s*|(\s*(?<length>[0-9]+)L?\s*,)+(\s*(?<length>[0-9]+)L?)?\s*)\)$")]   // (2,) is a tuple, (2) is not; L is Python 2's
    private static partial Regex Tuple();
}
