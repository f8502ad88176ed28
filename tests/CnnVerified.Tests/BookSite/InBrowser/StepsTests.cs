using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using CnnVerified.Reference.Equations;
using CnnVerified.Reference.Numbers;
using CnnVerified.Tests.Notation;
using Xunit;

namespace CnnVerified.Tests.BookSite.InBrowser;

/// <summary>The pictures that can be stepped through compute what the reference does.</summary>
[Collection(nameof(OpenedSite))]
public sealed class StepsTests(OpenedSite site)
{
    private static readonly string Assets = Path.Combine(DocsLibrary.Root, "tests", "CnnVerified.Site", "Assets");

    private static readonly string Script = File.ReadAllText(Path.Combine(Assets, "steps.js"));

    [BrowserTheory]
    [InlineData("forward", 800)]
    [InlineData("data", 800)]
    [InlineData("weights", 800)]
    [InlineData("max", 400)]
    [InlineData("mean", 800)]
    public async Task Every_output_is_that_of_the_reference_in_every_size(string kind, int atLeast)
    {
        var (computed, wrong) = await Compare(Script, kind);
        Assert.Empty(wrong);
        Assert.True(computed >= atLeast, $"expected {atLeast} sizes that fit, got {computed}");
    }

    [BrowserTheory]
    [InlineData("forward", "i * o.s + r * o.e - o.p", "i * o.s + r * o.e")]
    [InlineData("forward", "i * o.s + r * o.e - o.p", "i * o.e + r * o.s - o.p")]
    [InlineData("forward", "+ 2 * o.p -", "+ o.p -")]
    [InlineData("data", "(u + o.p - r * o.e) / o.s", "Math.floor((u + o.p - r * o.e) / o.s)")]
    [InlineData("data", "(v + o.p - t * o.e) / o.s", "(v + o.p + t * o.e) / o.s")]
    [InlineData("data", "whole(at[1], o.P)", "whole(at[1], o.H)")]
    [InlineData("weights", "[i, j, from(o, i, r), from(o, j, t)]", "[i, j, from(o, j, r), from(o, i, t)]")]
    [InlineData("max", "whole(at[0], o.H) && whole(at[1], o.H)", "true")]
    [InlineData("max", "Math.max.apply(null, values)", "Math.max(0, Math.max.apply(null, values))")]
    [InlineData("max", "o.e > o.H", "false")]
    [InlineData("mean", "sum + v", "Math.max(sum, v)")]
    [InlineData("mean", "i >= 0 &&", "")]
    public async Task A_slip_in_the_script_is_seen(string kind, string old, string slip)
    {
        Assert.Contains(old, Script, StringComparison.Ordinal);
        Assert.NotEmpty((await Compare(Script.Replace(old, slip, StringComparison.Ordinal), kind)).Wrong);
    }

    [BrowserTheory]
    [InlineData("en", "conv-sliding", "forward", "next step")]
    [InlineData("zh", "residual-back", "data", "下一步")]
    [InlineData("zh", "weights-back", "weights", "下一步")]
    [InlineData("en", "pooling", "max", "next step")]
    [InlineData("zh", "pooling", "mean", "下一步")]
    public async Task What_is_shown_step_by_step_with_the_keyboard_is_that_of_the_reference(string language, string picture, string kind, string next)
    {
        await using Tab tab = await Page(language, picture);
        if (kind == "mean")
            await Choose(tab, 0, "mean");
        int first = kind is "max" or "mean" ? 1 : 0;
        foreach (var (H, R, s, p, e) in new[] { (0, 0, 0, 0, 0), (5, 3, 2, 1, 1), (7, 2, 3, 1, 2) })
        {
            if (H > 0)
                foreach (var (size, at) in new[] { H, R, s, p, e }.Select((size, at) => (size, at)))
                    await Choose(tab, first + at, size.ToString(CultureInfo.InvariantCulture));
            int[] chosen = [.. (await tab.Value($"[...document.querySelectorAll('.steps select')].slice({first}).map(select => +select.value)")).EnumerateArray().Select(each => each.GetInt32())];
            var sizes = new Sizes(chosen[0], chosen[1], chosen[2], chosen[3], chosen[4]);

            await tab.Value("document.querySelector('.steps input').focus()");
            await tab.Press("Home", "Home", 36);
            await Shown(tab, kind, sizes, done: 1);
            await tab.Value($"document.querySelector('.steps button[title=\"{next}\"]').focus()");
            await tab.Press(" ", "Space", 32);
            await Shown(tab, kind, sizes, done: 2);
            await tab.Value("document.querySelector('.steps input').focus()");
            await tab.Press("ArrowRight", "ArrowRight", 39);
            await Shown(tab, kind, sizes, done: 3);
            await tab.Press("End", "End", 35);
            await Shown(tab, kind, sizes, done: int.MaxValue);
        }
        Assert.Empty(tab.Faults);
    }

    [BrowserFact]
    public async Task Where_no_window_fits_that_is_said()
    {
        await using Tab tab = await Page("en", "conv-sliding");
        await Choose(tab, 0, "2");
        await Choose(tab, 1, "4");
        Assert.Equal("No such window fits the input.", (await tab.Value("document.querySelector('.steps p').textContent")).GetString());
        Assert.Equal(0, (await tab.Value("document.querySelectorAll('.steps table').length")).GetInt32());
        await Choose(tab, 3, "1");
        Assert.Equal(3, (await tab.Value("document.querySelectorAll('.steps table').length")).GetInt32());
    }

    private sealed record Sizes(int H, int R, int S, int P, int E)
    {
        public Window Window => new() { Sh = S, Sw = S, Ph = P, Pw = P, Eh = E, Ew = E };
    }

    /// <summary>All outputs of the reference, each as text; null where it refuses the sizes.</summary>
    private static string[]? Expected(string kind, Sizes sizes, Func<int, long[]> a, Func<int, long[]> b)
    {
        var (H, R, window) = (sizes.H, sizes.R, sizes.Window);
        try
        {
            int outputs = window.OutputSize(H, H, R, R).P;
            return kind switch
            {
                "forward" => Texts(Convolution.Forward(Map(H, a(H)), Map(R, b(R)), Tensor.Create([0L], [1]), window)),
                "data" => Texts(Convolution.BackwardData(Map(outputs, a(outputs)), Map(R, b(R)), H, H, window)),
                "weights" => Texts(Convolution.BackwardWeights(Map(outputs, a(outputs)), Map(H, b(H)), R, R, window)),
                "max" => Texts(DilatedMaxPooling.Forward(Map(H, a(H)), R, R, window)),
                _ => Texts(DilatedMeanPooling.Forward(Map(H, [.. a(H).Select(value => new Rational(value, 1))]), R, R, window)),
            };
        }
        catch (ArgumentException)
        {
            return null;
        }

        static Tensor<T> Map<T>(int side, T[] values) => Tensor.Create(values, [1, 1, side, side]);

        static string[] Texts<T>(Tensor<T> tensor) => [.. tensor.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value}"))];
    }

    // The script's own arithmetic on small integers, in each size from 1 to 6 and beyond what the page offers.
    private async Task<(int Computed, List<string> Wrong)> Compare(string script, string kind)
    {
        await using Tab tab = await site.Browser.Open(Scripts.On);
        await tab.Value($"{script}; 0");
        Sizes[] all = [.. from H in Enumerable.Range(1, 6) from R in Enumerable.Range(1, 4) from s in Enumerable.Range(1, 3) from p in Enumerable.Range(0, 4) from e in Enumerable.Range(1, 4) select new Sizes(H, R, s, p, e)];
        var random = new Random(7);
        long[] a = [.. Enumerable.Range(0, 400).Select(_ => random.NextInt64(-9, 10))], b = [.. Enumerable.Range(0, 400).Select(_ => random.NextInt64(-9, 10))];
        JsonElement came = await tab.Value($$"""
            {{JsonSerializer.Serialize(all)}}.map(size => {
              const steps = window.bookSteps('{{kind}}', { H: size.H, R: size.R, s: size.S, p: size.P, e: size.E }, {{JsonSerializer.Serialize(a)}}, {{JsonSerializer.Serialize(b)}});
              return steps && steps.map(step => step.value);
            })
            """);
        var wrong = new List<string>();
        int computed = 0;
        foreach (var (sizes, values) in all.Zip(came.EnumerateArray()))
        {
            string[]? expected = Expected(kind, sizes, side => a[..(side * side)], side => b[..(side * side)]);
            string[]? got = values.ValueKind == JsonValueKind.Null ? null : [.. values.EnumerateArray().Select(value => value.ValueKind != JsonValueKind.Number ? "none"
                : kind == "mean" ? $"{new Rational(value.GetInt64(), sizes.R * sizes.R)}" : value.GetInt64().ToString(CultureInfo.InvariantCulture))];
            computed += got is null ? 0 : 1;
            if (expected is null != got is null || expected is not null && !expected.SequenceEqual(got!))
                wrong.Add($"{kind}, {sizes}: expected {(expected is null ? "nothing" : string.Join(' ', expected))}, got {(got is null ? "nothing" : string.Join(' ', got))}");
        }
        return (computed, wrong);
    }

    private async Task<Tab> Page(string language, string picture)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("pictures"));
        foreach (string asset in new[] { "steps.js", "book.css", "stix-two-math.woff2" })
            File.Copy(Path.Combine(Assets, asset), folder.File(asset));
        File.Copy(Path.Combine(DocsLibrary.Root, "docs", "pictures", $"{picture}.svg"), folder.File($"pictures/{picture}.svg"));
        string page = folder.File("page.html");
        await File.WriteAllTextAsync(page, $"<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\" /><title>a page</title><link rel=\"stylesheet\" href=\"book.css\" /><script defer=\"defer\" src=\"steps.js\"></script></head><body><main><p><img alt=\"a\" src=\"pictures/{picture}.svg\" /></p></main></body></html>\n");
        Tab tab = await site.Browser.Open(Scripts.On);
        Assert.Empty((await PageReading.Read(tab, new Uri(page).AbsoluteUri)).Faults);
        return tab;
    }

    private static Task<JsonElement> Choose(Tab tab, int select, string value) =>
        tab.Value($"(() => {{ const select = document.querySelectorAll('.steps select')[{select}]; select.value = '{value}'; select.dispatchEvent(new Event('change')); return select.value; }})()");

    // Reads the boards and the sum below them, and computes both again from the numbers on the boards.
    private static async Task Shown(Tab tab, string kind, Sizes sizes, int done)
    {
        JsonElement[] boards = [.. (await tab.Value("""
            [...document.querySelectorAll('.steps table')].map(table => {
              const rows = [...table.rows].map(row => [...row.cells]);
              return { name: table.caption.textContent, cells: rows.map(row => row.map(cell => cell.textContent.replace('−', '-'))), marked: rows.flat().filter(cell => /seen|made/.test(cell.className)).length };
            })
            """)).EnumerateArray()];
        bool isPooling = kind is "max" or "mean";
        Assert.Equal(isPooling ? 2 : 3, boards.Length);
        string[] expected = Expected(kind, sizes, _ => Numbers(boards[0]), _ => Numbers(boards[1]))!, shown = [.. Cells(boards[^1], 0)];
        done = Math.Min(done, expected.Length);
        Assert.Equal([.. expected[..done], .. Enumerable.Repeat("", expected.Length - done)], shown);

        string text = (await tab.Value("document.querySelector('.steps p').textContent")).GetString()!.Replace('−', '-');
        int side = (int)Math.Sqrt(expected.Length), at = done - 1;
        string[] parts = text.Split(" = ");
        Assert.Equal($"{boards[^1].GetProperty("name").GetString()}[{at / side},{at % side}]", parts[0]);
        Assert.Equal(expected[at], parts[^1]);
        string[] terms = parts.Length == 2 ? [] : kind == "max" ? parts[1][4..^1].Split(", ") : kind == "mean" ? parts[1][1..parts[1].IndexOf(')', StringComparison.Ordinal)].Split(" + ") : parts[1].Split(" + ");
        long[] values = [.. terms.Select(term => term.Split('·').Aggregate(1L, (product, factor) => product * long.Parse(factor.Trim('(', ')'), CultureInfo.InvariantCulture)))];
        Assert.Equal(expected[at], kind == "max" ? $"{values.Max()}" : kind == "mean" ? $"{new Rational(values.Sum(), sizes.R * sizes.R)}" : $"{values.Sum()}");
        Assert.Equal(terms.Length, boards[0].GetProperty("marked").GetInt32());

        long[] Numbers(JsonElement board) => [.. Cells(board, board.GetProperty("name").GetString() == "x" ? sizes.P : 0).Select(cell => long.Parse(cell, CultureInfo.InvariantCulture))];

        static IEnumerable<string> Cells(JsonElement board, int frame)
        {
            JsonElement[][] rows = [.. board.GetProperty("cells").EnumerateArray().Select(row => row.EnumerateArray().ToArray())];
            return rows[frame..^frame].SelectMany(row => row[frame..^frame]).Select(cell => cell.GetString()!);
        }
    }
}
