using System.CommandLine;
using System.Globalization;
using CnnVerified.Verification;
using CnnVerified.Verification.Files;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify compare: how far the arrays of two files are apart.</summary>
internal static class CompareJob
{
    public static Command Command()
    {
        var a = new Argument<string>("A") { Description = "An NPY or NPZ file." };
        var b = new Argument<string>("B") { Description = "What A is held to, a file of the same kind." };
        var ulp = new Option<double?>("--ulp") { Description = "Allow so many floating-point numbers from one to the other: of float32 where both are, else of float64." };
        var rtol = new Option<double?>("--rtol") { Description = "Allow |a - b| <= atol + rtol*|b|, as numpy.allclose does." };
        var atol = new Option<double?>("--atol") { Description = "See --rtol." };
        var command = new Command("compare", """
            Compare two NPY files, or two NPZ files name by name: the largest absolute and relative difference and that in units of the last place.

            With --ulp, or --rtol and --atol, exit code 1 says that an element is beyond them; without, it only tells. An element may keep
            either where both are given. NaN equals NaN.

            Examples:
              cnnverify compare y.npy numpy-y.npy
              cnnverify compare y.npy numpy-y.npy --ulp 4
              cnnverify compare ours.npz theirs.npz --rtol 1e-5 --atol 1e-7
            """) { a, b, ulp, rtol, atol };
        command.SetAction(call => Run(call.GetRequiredValue(a), call.GetRequiredValue(b), call.GetValue(ulp), call.GetValue(rtol), call.GetValue(atol)));
        return command;
    }

    public static int Run(string a, string b, double? ulp, double? rtol, double? atol)
    {
        foreach (var (name, limit) in new[] { ("--ulp", ulp), ("--rtol", rtol), ("--atol", atol) })
            if (limit is { } number && !(number >= 0))
                throw new InputException($"{name} expected a number of at least 0, got {Number(number)}.");
        bool isLimited = ulp is not null || rtol is not null || atol is not null, relative = rtol is not null || atol is not null;
        bool Within(double error, double size, double steps) => !isLimited || steps <= ulp || relative && error <= (atol ?? 0) + (rtol ?? 0) * size;

        int outside = 0;
        foreach (var (name, left, right) in Pairs(a, b))
        {
            Difference difference;
            try
            {
                difference = Difference.Of(left, right, Within);
            }
            catch (InputException wrong)
            {
                throw new InputException($"{name}: {wrong.Message}", wrong);
            }
            string unit = $" ULP of {(left.Elements is float[] && right.Elements is float[]? "float32" : "float64")}";
            string At((double Value, int At) largest, string unit = "") => $"{Number(largest.Value)}{unit} at {Difference.Index(left.Shape, largest.At)}";
            AnsiConsole.WriteLine(difference.Same == difference.Elements ? $"{name} {left.ShapeText}: all {difference.Elements} elements are equal"
                : $"{name} {left.ShapeText}: {difference.Same} of {difference.Elements} elements are equal; largest difference {At(difference.Absolute)}, relative {At(difference.Relative)}, " +
                $"{At(difference.Ulps, unit)}");
            if (difference.Outside is { Count: > 0 } beyond)
                AnsiConsole.WriteLine($"  {beyond.Count} beyond the limits, the first at {Difference.Index(left.Shape, beyond.First)}: " +
                    $"{Number(left.ToDoubles()[beyond.First])}, expected {Number(right.ToDoubles()[beyond.First])}");
            outside += difference.Outside.Count;
        }
        return outside == 0 ? 0 : 1;
    }

    private static IEnumerable<(string Name, NpyArray A, NpyArray B)> Pairs(string a, string b)
    {
        if (IsArchive(a) != IsArchive(b))
            throw new InputException($"expected two NPY files or two NPZ files, got {a} and {b}.");
        if (!IsArchive(a))
            return [(Path.GetFileNameWithoutExtension(a), Npy.Read(a), Npy.Read(b))];
        var (left, right) = (Npz.Read(a), Npz.Read(b).ToDictionary(each => each.Name, each => each.Array));
        string Names(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));
        return left.Count == right.Count && left.All(each => right.ContainsKey(each.Name))
            ? left.Select(each => (each.Name, each.Array, right[each.Name]))
            : throw new InputException($"{b}: expected the arrays {Names(left.Select(each => each.Name))} as in {a}, got {Names(right.Keys)}.");
    }

    private static bool IsArchive(string file) => file.EndsWith(".npz", StringComparison.OrdinalIgnoreCase);

    private static string Number(double value) => value.ToString("G9", CultureInfo.InvariantCulture);
}
