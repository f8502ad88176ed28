using System.Text.Json;
using CnnVerified.Tests.Notation;
using CnnVerified.Verification;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The list of named slips that are planted into the sources by tests/CnnVerified.Mutants: it must not go stale.</summary>
public sealed class SeededFaultTests
{
    private static readonly Slip[] Slips = JsonSerializer.Deserialize<Slip[]>(
        File.ReadAllText(Path.Combine(DocsLibrary.Root, "tests", "CnnVerified.Mutants", "slips.json")), JsonSerializerOptions.Web)!;

    private static readonly string[] Mutated =
        ["reference/CnnVerified.Reference/Equations/", "reference/CnnVerified.Reference/Notation/Evaluation/", "reference/CnnVerified.Reference/Numbers/", "reference/CnnVerified.Shapes/", "optimized/CnnVerified.Optimized/"];

    [Fact]
    public void There_are_sixty_named_slips_at_least_and_no_name_twice()
    {
        Assert.InRange(Slips.Length, 60, 1000);
        Assert.Equal(Slips.Length, Slips.Select(slip => slip.Name).Distinct().Count());
    }

    [Fact]
    public void What_a_slip_changes_still_stands_in_its_file_once_and_is_changed() => Assert.All(Slips, slip =>
    {
        Assert.Contains(Mutated, folder => slip.File.StartsWith(folder, StringComparison.Ordinal));
        string text = File.ReadAllText(Path.Combine([DocsLibrary.Root, .. slip.File.Split('/')]));
        Assert.True(text.Split(slip.Old).Length == 2, $"'{slip.Name}': expected '{slip.Old}' once in {slip.File}, got it {text.Split(slip.Old).Length - 1} times.");
        Assert.NotEqual(slip.Old, slip.New);
    });

    [Fact]
    public void What_a_slip_is_judged_on_exists() => Assert.All(Slips.SelectMany(slip => slip.Equations), item =>
    {
        string[] parts = item.Split(':');
        if (parts.Length == 1)
            Assert.Equal(item, EquationTable.Find(item).Id);
        else if (parts[0] == "block")
            Assert.Contains(DocsLibrary.Blocks, block => block.Head.Id == parts[1]);
        else
            Assert.NotNull(typeof(SeededFaultTests).Assembly.GetType($"CnnVerified.Tests.{parts[1]}"));
    });

    private sealed record Slip(string Name, string File, string Old, string New, string[] Equations);
}
