namespace CnnVerified.Reference.Notation.Typesetting;

/// <summary>How names are drawn.</summary>
internal static class Names
{
    // Distances and counts along rows (h) and columns (w).
    private static readonly HashSet<string> Directed = ["sh", "sw", "ph", "pw", "eh", "ew", "ah", "aw"];

    private static readonly Dictionary<string, string> Greek = new()
    {
        ["alpha"] = "α",
        ["beta"] = "β",
        ["gamma"] = "γ",
        ["delta"] = "δ",
        ["eps"] = "ε",
        ["epsilon"] = "ε",
        ["zeta"] = "ζ",
        ["eta"] = "η",
        ["theta"] = "θ",
        ["kappa"] = "κ",
        ["lam"] = "λ",
        ["lambda"] = "λ",
        ["mu"] = "μ",
        ["nu"] = "ν",
        ["xi"] = "ξ",
        ["rho"] = "ρ",
        ["sigma"] = "σ",
        ["tau"] = "τ",
        ["phi"] = "φ",
        ["chi"] = "χ",
        ["psi"] = "ψ",
        ["omega"] = "ω",
    };

    /// <summary>A letter in italics, a word upright, trailing digits and the h and w of directions as a subscript.</summary>
    public static Layout Of(string name)
    {
        if (Directed.Contains(name))
            return new Name(name, new Script(new Identifier(name[..1], false), new Identifier(name[1..], false), null));
        string stem = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), digits = name[stem.Length..];
        string letters = Greek.GetValueOrDefault(stem, stem);
        string core = letters.EndsWith("hat", StringComparison.Ordinal) ? letters[..^3] : "";
        core = Greek.GetValueOrDefault(core, core);
        Layout shown = core.Length == 1 ? new Hat(new Identifier(core, false)) : new Identifier(letters, letters.Length > 1);
        if (digits.Length > 0)
            shown = new Script(shown, new Numeral(digits), null);
        return shown is Identifier ? shown : new Name(letters + digits, shown);
    }

    /// <summary>Whether a name already has a subscript, so that indices cannot become one too.</summary>
    public static bool HasSubscript(Layout name) => name is Name { Shown: Script };
}
