namespace CnnVerified.Verification.Cases;

/// <summary>Sizes from numbers that FsCheck drew, taken one after the other: each letter by what it means.</summary>
internal sealed class Draws(int[] numbers)
{
    /// <summary>How many numbers one case may take.</summary>
    public const int Count = 64;

    /// <summary>The letters of each spatial dimension.</summary>
    public static readonly (string Size, string Taps, string Stride, string Before, string Behind, string Dilation, string Extra)[] Axes =
        [("h", "r", "sh", "ph", "qh", "eh", "ah"), ("w", "s", "sw", "pw", "qw", "ew", "aw"), ("d", "t", "sd", "pd", "", "ed", "ad")];

    private int _next;

    /// <summary>Sizes for all letters. They need not fit together: the conditions of the text decide.</summary>
    public Dictionary<string, int> Sizes(IReadOnlyList<string> letters, Reach reach)
    {
        var z = new Dictionary<string, int>();
        bool small = reach == Reach.Small;
        if (letters is [var only])
            z[only] = only is "n" or "d" ? Length(small) : From(1, 6);
        else if (letters.Contains("w") || letters.Contains("h"))
            Maps(letters, z, small);
        foreach (string letter in letters)
            if (!z.ContainsKey(letter))
                z[letter] = letter switch
                {
                    "n" => letters.Contains("d") && letters.Contains("k") ? From(1, small ? 4 : 20) : From(1, 5),
                    "d" => From(1, small ? 9 : 80),
                    "k" => letters.Contains("d") ? From(1, small ? 9 : 40) : From(1, small ? 12 : 70),
                    "c" => From(1, small ? 4 : 20),
                    "m" => From(1, small ? 8 : 40),
                    _ when Family.Least(letter) == 0 => From(0, 2),
                    _ => From(1, small ? 5 : 6),
                };
        return z;
    }

    private int From(int least, int most) => least + numbers[_next++ % numbers.Length] % (most - least + 1);

    // Short arrays of every length up to four of the widest vectors and one more; now and then one that crosses blocks.
    private int Length(bool small) => !small && From(0, 9) == 0 ? From(4090, 13000) : From(1, small ? 40 : 66);

    private void Maps(IReadOnlyList<string> letters, Dictionary<string, int> z, bool small)
    {
        bool hasTaps = letters.Contains("s") || letters.Contains("r"), hasFilters = letters.Contains("k"), isVolume = letters.Contains("d") && letters.Contains("h");
        int kind = From(0, 6), g = letters.Contains("g") && From(0, 2) == 0 ? From(2, 3) : 1;
        int cg = From(1, small || isVolume ? 2 : 4), kg = From(1, small || isVolume ? 3 : 8);
        bool onePoint = false, wide = false;
        switch (kind)
        {
            case 0 when !small: (wide, cg) = (true, From(1, 2)); break;                                              // long rows
            case 1 when letters.Contains("g"): (g, cg, kg) = (From(1, 6), 1, From(1, 2)); break;                     // depthwise
            case 2 when hasFilters: (onePoint, cg, kg) = (true, From(1, small ? 5 : 20), From(1, small ? 5 : 20)); break;   // 1×1
            case 3 when !small && hasFilters && !isVolume: (cg, kg) = (From(8, 20), From(13, 40)); break;             // many filters
        }
        (z["n"], z["g"], z["c"], z["k"]) = (From(1, small ? 2 : 3), g, g * cg, g * kg);
        bool many = cg > 7;
        foreach (var (size, taps, stride, before, behind, dilation, extra) in Axes.Where(axis => letters.Contains(axis.Size)))
        {
            z[taps] = onePoint ? 1 : From(1, small || isVolume ? 3 : 4);
            // Half of the cases leave padding out, half have stride 1; the dimensions differ.
            z[stride] = From(0, 1) == 0 ? 1 : From(1, 4);
            z[before] = From(0, 1) == 0 ? 0 : From(0, 3);
            z[behind] = From(0, 1) == 0 ? 0 : From(0, 3);
            z[dilation] = From(0, 1) == 0 ? 1 : From(1, 3);
            z[extra] = From(0, 1) == 0 ? 0 : From(0, 2);
            int longest = many ? 5 : small ? size == "w" ? 7 : 6 : isVolume ? 6 : size == "w" ? 12 : 10;
            int length = !wide ? From(1, longest) : size == "w" ? From(0, 2) == 0 ? From(64, 66) : 16 * From(1, 4) + From(-1, 2) : From(1, 3);
            int reach = hasTaps && letters.Contains(taps) && !letters.Contains(extra)
                ? (letters.Contains(dilation) ? z[dilation] : 1) * (z[taps] - 1) + 1 - (letters.Contains(before) ? z[before] + (letters.Contains(behind) ? z[behind] : z[before]) : 0)
                : 1;
            z[size] = Math.Max(length, reach);
        }
        if (letters.Contains("sh") && From(0, 3) == 0 && !hasFilters)
            (z["sh"], z["sw"]) = (z["r"], z["s"]);   // windows side by side
        foreach (string surplus in z.Keys.Except(letters).ToArray())
            z.Remove(surplus);
    }
}
