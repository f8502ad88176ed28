using System.Diagnostics;
using CnnVerified.Fuzz;
using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Shapes that no layer has, and pages that no kernel may touch.</summary>
public sealed class RobustnessTests
{
    [Fact]
    public void Reference_and_engine_compute_the_same_on_a_sample_of_extreme_shapes_or_both_refuse()
    {
        using var list = new EngineList();
        var shapes = new Shapes([.. EngineList.Widths.Select(width => list.Optimized(width, threads: 2))]);
        var outcomes = new int[Enum.GetValues<Ending>().Length];
        for (int i = 0; i < 3000; i++)
        {
            var (outcome, fault) = shapes.Try(i);
            Assert.Null(fault);
            outcomes[(int)outcome]++;
        }
        Assert.All(outcomes[..3], count => Assert.True(count > 100, $"one kind hardly occurs: {string.Join(' ', outcomes)}"));
    }

    [Fact]
    public void An_engine_that_computes_where_the_reference_refuses_is_a_fault()
    {
        var careless = new Engine("careless");
        foreach (Equation equation in Shapes.Equations)
            careless.Offer(equation.Id, _ => { });
        Assert.Contains(Enumerable.Range(0, 200).Select(new Shapes([careless]).Try), tried => tried.Fault?.Contains("the engine computed, the reference refused", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Over_a_few_cases_every_tensor_and_the_scratch_are_guarded_at_both_ends()
    {
        var seen = new HashSet<(string Id, string Name, Edge Edge)>();
        var watcher = new Engine("watcher");
        foreach (Equation equation in Shapes.Equations)
            watcher.Offer(equation.Id, call =>
            {
                seen.Add((equation.Id, "scratch", call.Edge));
                foreach (Operand operand in equation.Inputs.Concat(equation.Outputs))
                    seen.Add((equation.Id, operand.Name, call.EdgeOf(operand.Name)));
            });
        foreach (Equation equation in Shapes.Equations.Where(equation => equation.Inputs.Count > 0))
        {
            // As many calls as the main job makes by oracles that every equation has.
            var random = new Random(3);
            for (int i = 0; i < 12; i++)
                if (Arguments.Reals(equation, equation.Family.Draw(random, Reach.Small), (ulong)i) is { } arguments)
                    watcher.Run(equation, arguments);
            foreach (string name in equation.Inputs.Concat(equation.Outputs).Select(operand => operand.Name).Append("scratch"))
                Assert.True(seen.Contains((equation.Id, name, Edge.Begin)) && seen.Contains((equation.Id, name, Edge.End)), $"{equation.Id} {name}");
        }
    }

    // The process that touches the page dies: it is another one.
    [Theory]
    [InlineData("tensor", "before")]
    [InlineData("tensor", "behind")]
    [InlineData("scratch", "before")]
    [InlineData("scratch", "behind")]
    public void Whoever_touches_the_page_before_or_behind_a_buffer_dies(string buffer, string where)
    {
        if (!GuardedPages.Exist)
            return;
        using Process toucher = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "CnnVerified.Fuzz.dll"), "touch", buffer, where])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        string told = toucher.StandardOutput.ReadToEnd(), error = toucher.StandardError.ReadToEnd();
        toucher.WaitForExit();
        Assert.Contains("within", told, StringComparison.Ordinal);
        Assert.DoesNotContain("beyond", told, StringComparison.Ordinal);
        Assert.Contains("AccessViolation", error, StringComparison.Ordinal);
    }
}
