using System.Diagnostics;
using CnnVerified.Fuzz;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>What fuzzing found in the readers, and what it begins with: each input is read or refused with one line, and soon.</summary>
public sealed class RegressionTests
{
    public static TheoryData<string, string> Inputs
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string folder in new[] { Path.Combine(Root, "tests", "regressions"), Path.Combine(Root, "tests", "CnnVerified.Fuzz", "corpus") })
                foreach (string reader in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
                    foreach (string file in Directory.EnumerateFiles(reader).Order(StringComparer.Ordinal))
                        all.Add(Path.GetFileName(reader), Path.GetRelativePath(Root, file));
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Is_read_or_refused_soon(string reader, string file)
    {
        byte[] input = File.ReadAllBytes(Path.Combine(Root, file));
        var time = Stopwatch.StartNew();
        Readers.Find(reader).Try(input);   // throws what breaks the contract
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(20), $"{file} took {time.Elapsed}");
    }

    [Fact]
    public void Every_reader_has_something_to_begin_with() =>
        Assert.All(Readers.All, reader => Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(Root, "tests", "CnnVerified.Fuzz", "corpus", reader.Name))));

    [Fact]
    public void Whatever_else_a_reader_throws_is_a_fault()
    {
        Assert.Throws<IndexOutOfRangeException>(() => new Reader("broken", "", [], input => input[input.Length]++).Try([1]));
        Assert.Equal("no", new Reader("strict", "", [], _ => throw new Verification.InputException("no")).Try([1]));
        Assert.DoesNotContain(new Reader("strict", "", [], _ => throw new Verification.InputException("a\u001b[2J\nb")).Try([1])!, char.IsControl);
    }

    private static string Root => Notation.DocsLibrary.Root;
}
