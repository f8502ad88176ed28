using System.Diagnostics;
using System.Text;
using CnnVerified.Reference.Notation;
using Xunit;
using Xunit.Abstractions;

namespace CnnVerified.Tests.Notation;

/// <summary>Whatever the text, the answer is blocks or a NotationException, and it comes soon.</summary>
public sealed class ParserFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Pieces = ["eq", "given", "where", "size", "use", "with", "claim", "result", "derivation", "gradient", "of", "by", "in", "and", "or",
        "sum(", "prod(", "max(", "min(", "D(", "exp(", "floor(", "mod(", "pi", "x", "y", "dy", "dx", "K", "N", "sh", "i", "n:N", "i:0..K", "1", "0", "2.5", "1e5", "..", ".", ",", ":", "|",
        "[", "]", "(", ")", "{", "}", "[[", "]]", "+", "-", "*", "/", "^", "=", "!=", "<", "<=", ">", ">=", "--", "#", "\n", "\r\n", "\t", " ", "```", "```eq A-1\n", "\n```\n", "·", "−", "σ", "é", "\0", "\ud800", "💥", "99999999999999999999"];

    [Fact]
    public void Ten_thousand_random_and_mutated_texts_give_blocks_or_a_NotationException()
    {
        string[] blocks = [.. DocsLibrary.Files.SelectMany(file => Fenced(file.Text))];
        var random = new Random(5);
        var total = Stopwatch.StartNew();
        int read = 0, refused = 0, resolved = 0;
        TimeSpan longest = default;
        for (int i = 0; i < 10_000; i++)
        {
            string text = (i % 5) switch
            {
                0 => Noise(random),
                1 => "```eq A-1\n" + string.Join(random.Next(2) == 0 ? " " : "", Enumerable.Range(0, random.Next(60)).Select(_ => Pieces[random.Next(Pieces.Length)])) + "\n```\n",
                _ => Mutated(blocks, random),
            };
            var watch = Stopwatch.StartNew();
            try
            {
                var (good, bad) = ReadAll(text);
                resolved += good;
                refused += bad;
                read++;
            }
            catch (Exception wrong)
            {
                Assert.Fail($"text {i}: {wrong}\n{text}");
            }
            longest = watch.Elapsed > longest ? watch.Elapsed : longest;
        }
        output.WriteLine($"{read} texts, {resolved} blocks resolved, {refused} refused, {total.Elapsed.TotalSeconds:F1} s, longest {longest.TotalMilliseconds:F0} ms");
        Assert.True(resolved > 1000 && refused > 1000, $"{resolved} resolved and {refused} refused: one side is hardly tested");
        Assert.True(total.Elapsed < TimeSpan.FromSeconds(20), $"took {total.Elapsed}");
    }

    [Theory]
    [InlineData("max of nothing", "y = max(")]
    [InlineData("min of nothing in a bracket", "y = [min(")]
    [InlineData("a lone matrix", "y = [[")]
    [InlineData("no name", "given")]
    [InlineData("closing alone", "y = 1\n)))]]]\nz = 2")]
    public void A_text_that_ends_early_is_refused(string what, string text)
    {
        var (good, bad) = ReadAll($"```eq A-1\n{text}\n```\n");
        Assert.True((good, bad) == (0, 1), what);
    }

    [Fact]
    public void A_long_chain_of_definitions_does_not_overflow_the_stack()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 20_000; i++)
            text.Append(null, $"```eq A-{i}\nuse A-{i + 1}\ny{i} = 1\n```\n");
        Library library = LibraryOf(text.ToString());
        Assert.Contains("lead to each other", Assert.Throws<NotationException>(() => library.Resolve("A-0", default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tower_of_powers_is_no_number()
    {
        foreach (string tower in new[] { "((9^500)^500)^500", "((1/9^500)^500)^-500", string.Concat(Enumerable.Repeat("(9^400)*", 400)) + "1" })
            Assert.Contains("expected a number", Assert.Throws<NotationException>(() => Parser.Declarations($"x in {{{tower}}}")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("many indices", "y = sum({0}) 1", "i#,", 12_000)]
    [InlineData("many indices without a range over a long body", "y = sum({0}) (x[i1]+x[i30]{1})", "i#,", 32)]
    [InlineData("many sums over a long body", "y = {0} (x[i1]{1})", "sum(i#) x[i#]*", 60)]
    [InlineData("many free indices", "y[{0}] = 1", "i#:2,", 8_000)]
    [InlineData("long ids", "use {0}\ny = 1", "a", 30_000)]
    public void What_would_take_long_is_refused_or_done_soon(string what, string form, string piece, int times)
    {
        string many = string.Concat(Enumerable.Range(0, times).Select(i => piece.Replace("#", i.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)));
        string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, many.TrimEnd(','), string.Concat(Enumerable.Repeat("+x[1]", 900)));
        text = "```eq " + new string('b', 30_000) + "\ny = 1\n```\n```eq A-1\ngiven x[2]\n" + text + "\n```\n";
        var watch = Stopwatch.StartNew();
        ReadAll(text[..Math.Min(text.Length, 200_000)]);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{what}: {watch.Elapsed}");
    }

    [Fact]
    public void Many_lines_are_resolved_soon()
    {
        string lines = string.Concat(Enumerable.Range(0, 4000).Select(i => $"y{i} = {(i == 0 ? "1" : $"y{i - 1}")}\n"));
        var watch = Stopwatch.StartNew();
        Assert.Equal((1, 0), ReadAll($"```eq A-1\n{lines}```\n"));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData("a*b+c[i,2]-", "1")]
    [InlineData("sum(i:N) x[i]*max(0,y)/2 + ", "1")]
    [InlineData("[a=b and c<d<e or f>=g]*", "1")]
    public void Reading_allocates_in_proportion_to_the_length(string piece, string end)
    {
        long Allocated(int times)
        {
            string text = string.Concat(Enumerable.Repeat($"y = {string.Concat(Enumerable.Repeat(piece, 10))}{end}\n", times));
            Parser.Lines(text, new Place(1, 1));
            long before = GC.GetAllocatedBytesForCurrentThread();
            Parser.Lines(text, new Place(1, 1));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // Lists double their capacity, so the ratio is not 2 to the byte; a quadratic reader would come to 4.
        long once = Allocated(40), twice = Allocated(80), fourfold = Allocated(160);
        output.WriteLine($"{once} {twice} {fourfold}");
        Assert.InRange((double)twice / once, 1.5, 2.7);
        Assert.InRange((double)fourfold / twice, 1.5, 2.7);
    }

    private static (int Resolved, int Refused) ReadAll(string text)
    {
        int resolved = 0, refused = 0;
        var blocks = Markdown.Blocks(text, "f.md", wrong =>
        {
            refused++;
            wrong.Report(text, "f.md");
        });
        Library library = DocsLibrary.Library();
        foreach (Block block in blocks)
            try
            {
                if (library.Find(block.Head.Id) is null)
                    library.Add(block);
                Model model = library.Resolve(block);
                foreach (Value value in model.Values)
                    Walk.Canonical(value.Body);
                resolved++;
            }
            catch (NotationException wrong)
            {
                refused++;
                Assert.NotEmpty(wrong.Report(text, "f.md"));
            }
        return (resolved, refused);
    }

    private static Library LibraryOf(string text)
    {
        var library = new Library();
        foreach (Block block in Markdown.Blocks(text, null, wrong => throw wrong))
            library.Add(block);
        return library;
    }

    private static IEnumerable<string> Fenced(string text)
    {
        string[] parts = text.Split("```eq ");
        return parts.Skip(1).Select(part => "```eq " + part[..(part.IndexOf("```", StringComparison.Ordinal) + 4)]);
    }

    private static string Noise(Random random)
    {
        var text = new StringBuilder(random.Next(2) == 0 ? "```eq A-1\n" : "");
        for (int n = random.Next(200); n > 0; n--)
            text.Append((char)(random.Next(4) == 0 ? random.Next(0x10000) : random.Next(0x80)));
        return text.Append(random.Next(2) == 0 ? "\n```" : "").ToString();
    }

    // One to four changes of a block: by characters or by pieces, deleted, doubled, exchanged, put in, cut off.
    private static string Mutated(string[] blocks, Random random)
    {
        string text = blocks[random.Next(blocks.Length)];
        for (int changes = random.Next(1, 5); changes > 0 && text.Length > 20; changes--)
        {
            int at = random.Next(text.Length - 1), to = Math.Min(text.Length, at + 1 + random.Next(random.Next(2) == 0 ? 1 : 12));
            string piece = text[at..to];
            string other = blocks[random.Next(blocks.Length)];
            int from = random.Next(other.Length - 1);
            text = random.Next(9) switch
            {
                0 => text[..at] + text[to..],
                1 => text[..to] + piece + text[to..],
                2 => text[..at] + text[at + 1] + text[at] + text[(at + 2)..],
                3 => text[..at] + Pieces[random.Next(Pieces.Length)] + text[at..],
                4 => text[..at] + Pieces[random.Next(Pieces.Length)] + text[to..],
                5 => text[..at] + other[from..Math.Min(other.Length, from + random.Next(1, 20))] + text[at..],
                6 => text.Replace(piece, Pieces[random.Next(Pieces.Length)], StringComparison.Ordinal),
                7 => random.Next(4) == 0 ? text[..at] : text + other,
                _ => text[..at] + (char)random.Next(32, 127) + text[(at + 1)..],
            };
        }
        return text.Length > 100_000 ? text[..100_000] : text;
    }
}
