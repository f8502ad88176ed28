using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CnnVerified.Verification;

namespace CnnVerified.Cli;

/// <summary>Options that several commands share.</summary>
internal static class Options
{
    public static Option<string?> Of() => new("--of") { Description = "The equation of the book that it is about, such as CV-F1." };

    public static Option<string?> By() => new("--by") { Description = "The variable of the gradient." };

    public static Option<string?> Given() => new("--given") { Description = "Tensors and scalars of a forward equation of your own, such as 'x[H,W], w[R,S], sigma > 0'." };

    public static Option<string[]> Forward() => new("--forward") { Description = "A forward equation of your own, such as 'y[i:H-R+1] = sum(r) x[i+r]*w[r]'; may be repeated, the last one is the result.", Arity = ArgumentArity.ZeroOrMore };

    public static Option<string[]> Where() => new("--where") { Description = "A condition that restricts the domain, such as 'R <= H'; may be repeated.", Arity = ArgumentArity.ZeroOrMore };

    public static Option<string?> Weights(string description) => new("--weights") { Description = description };

    public static Option<int?> Threads() => new("--threads") { Description = "Threads of the optimised engine. Default: one a core." };

    /// <summary>Reads a seed, decimal or 0x….</summary>
    public static ulong Seed(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (ulong.TryParse(hex ? text[2..] : text, hex ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
            return seed;
        result.AddError($"--seed expected a whole number from 0 to {ulong.MaxValue}, decimal or 0x…, got '{text}'.");
        return 0;
    }

    /// <summary>Reads a shard, such as 1/8.</summary>
    public static Shard? Shard(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (text.Split('/') is [var number, var of] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int i)
            && int.TryParse(of, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && i >= 1 && i <= n)
            return new(i, n);
        result.AddError($"--shard expected I/N, the I-th of N parts from 1/N to N/N, got '{text}'.");
        return null;
    }
}
