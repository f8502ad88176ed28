using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CnnVerified.Tests;

public sealed class CaseTests
{
    public static TheoryData<string> Ids => [.. EquationTable.All.Select(equation => equation.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_text_of_a_case_reads_back_and_its_shrinks_are_smaller_and_valid(string id)
    {
        Family family = EquationTable.Find(id).Family;
        foreach (Case drawn in Drawn(family, 200))
        {
            Assert.Null(family.WhyInvalid(drawn));
            Assert.Equal(drawn.ToString(), Case.Parse(family, drawn.ToString()).ToString());
            Assert.All(family.Shrink(drawn), smaller =>
            {
                Assert.Null(family.WhyInvalid(smaller));
                Assert.NotEqual(drawn.ToString(), smaller.ToString());
            });
        }
    }

    [Fact]
    public void The_examples_of_the_help_are_cases() =>
        Assert.All(EquationTable.All, equation => Assert.Equal(equation.Family.Example, Case.Parse(equation.Family, equation.Family.Example).ToString()));

    [Theory]
    [InlineData("n1c3h30w30-k8r3s3-zz3", "expected the letters")]
    [InlineData("n1c3h3w3-k8r5s5", "P = floor((H + 2*ph - eh*(R - 1) - 1)/sh) + 1 at least 1")]
    [InlineData("n1c3h30w30-k8r3s3-g2", "mod(C,G) = 0 and mod(K,G) = 0")]
    [InlineData("n0c3", "n must be at least 1")]
    [InlineData("n1n2", "each letter once")]
    [InlineData("hello", "expected letters and sizes like")]
    [InlineData("n99999999999", "at most")]
    public void A_malformed_case_says_what_was_expected(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<InputException>(() => Case.Parse(EquationTable.Find("CV-F1").Family, text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_layer_larger_than_the_notation_evaluates_is_a_case_all_the_same() =>
        Assert.Equal([64, 64, 56, 56], EquationTable.Find("CV-F1").Outputs[0].Shape(Case.Parse(EquationTable.Find("CV-F1").Family, "n64c64h56w56-k64r3s3-ph1pw1")));

    [Fact]
    public void Letters_that_are_left_out_have_their_smallest_size() =>
        Assert.Equal("n1c3h30w30-k8r1s1", Case.Parse(EquationTable.Find("CV-F1").Family, "c3h30w30k8").ToString());

    [Fact]
    public void A_hundred_drawn_convolutions_cover_the_geometry_that_hides_faults()
    {
        Case[] cases = Drawn(EquationTable.Find("CV-F1").Family, 100);
        void Some(string what, Func<Case, bool> has) => Assert.True(cases.Any(has), $"no case with {what}");
        Some("stride other than dilation", c => c["sh"] > 1 && c["eh"] > 1 && c["sh"] != c["eh"]);
        Some("a 1×1 kernel", c => c["r"] * c["s"] == 1);
        Some("an asymmetric kernel", c => c["r"] != c["s"]);
        Some("a non-square image", c => c["h"] != c["w"]);
        Some("no padding", c => c["ph"] + c["pw"] == 0);
        Some("padding on rows alone", c => c["ph"] > 0 && c["pw"] == 0);
        Some("a remainder of the stride", c => (c["h"] + 2 * c["ph"] - c["eh"] * (c["r"] - 1) - 1) % c["sh"] != 0);
        Some("groups", c => c["g"] > 1 && c["c"] > c["g"]);
        Some("depthwise groups", c => c["g"] > 1 && c["c"] == c["g"]);
        Some("a row of more than four vectors", c => c["w"] > 64);
        Some("a stride beyond the kernel", c => c["sh"] > c["r"]);
        Some("overlapping windows", c => c["r"] > c["sh"]);
        Some("more filters than two tiles", c => c["k"] > 12);
        Some("a batch", c => c["n"] > 1);
    }

    [Fact]
    public void An_unknown_id_names_the_nearest() =>
        Assert.StartsWith("expected the id of an equation, got 'CVF1'; the nearest are CV-F1", Assert.Throws<InputException>(() => EquationTable.Find("CVF1")).Message, StringComparison.Ordinal);

    private static Case[] Drawn(Family family, int count) => [.. family.Arbitrary(Reach.Full).Generator.Sample(50, new Rnd(7), count)];
}
