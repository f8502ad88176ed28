using CnnVerified.Timing;
using CnnVerified.Verification;
using Xunit;

namespace CnnVerified.Tests;

public sealed class ShapeTableTests
{
    private const string C3 = "LeNet,C3,64,1,6,14,14,16,10,10,5,5,1,1,0,0,1,1";

    [Fact]
    public void The_table_of_the_repository_keeps_the_names_it_ever_had() =>
        Assert.Equal(["LeNet C1", "LeNet C3", "LeNet C5", "Fashion", "AlexNet c1", "AlexNet c2", "VGG 1_1", "VGG 3_2"], ShapeTable.Default.Select(shape => shape.Name).Take(8));

    [Fact]
    public void The_table_of_the_repository_has_twenty_shapes_with_names_of_their_own() => Assert.Equal(20, ShapeTable.Default.Select(shape => shape.Name).Distinct().Count());

    [Fact]
    public void A_row_becomes_a_case()
    {
        LayerShape shape = Parse(C3).Single();
        Assert.Equal("LeNet C3", shape.Name);
        Assert.Equal("n64c6h14w14-k16r5s5", $"{shape.Case}");
        Assert.Equal(2.0 * 64 * 16 * 6 * 25 * 100, shape.FloatOperations);
    }

    [Fact]
    public void Groups_and_dilation_count() =>
        Assert.Equal("n8c144h56w56-k144r3s3-ph1pw1-g144", $"{Parse("MobileNetV2,depthwise,8,144,144,56,56,144,56,56,3,3,1,1,1,1,1,1").Single().Case}");

    [Fact]
    public void A_network_without_a_layer_is_a_name() => Assert.Equal("Fashion", Parse("Fashion,,64,1,32,14,14,64,14,14,3,3,1,1,1,1,1,1").Single().Name);

    [Fact]
    public void Rows_of_one_name_are_told_apart_by_their_sizes_and_equal_rows_are_one() =>
        Assert.Equal(["LeNet C3 n64c6h14w14-k16r5s5", "LeNet C3 n1c6h14w14-k16r5s5"], Parse($"{C3}\n{C3.Replace(",64,", ",1,", StringComparison.Ordinal)}\n{C3}").Select(shape => shape.Name));

    [Theory]
    [InlineData("LeNet,C3,64,1,6,14,14,16,10,11,5,5,1,1,0,0,1,1", "shapes.csv:2: wanted P×Q = 10×10, which the sizes n64c6h14w14-k16r5s5 give, got 10×11.")]
    [InlineData("LeNet,C3,64,1,6,14,14,16,10,10,5,5,1,1,0,0,1", "shapes.csv:2: wanted 18 fields")]
    [InlineData("LeNet,C3,64,1,6,14,14,16,10,10,5,5,1,1,0,-1,1,1", "shapes.csv:2: wanted a whole number for pw, got '-1'.")]
    [InlineData("LeNet,C3,64,1,6,14,99999999999,16,10,10,5,5,1,1,0,0,1,1", "shapes.csv:2: wanted a whole number for W, got '99999999999'.")]
    [InlineData("LeNet,C3,64,4,6,14,14,16,10,10,5,5,1,1,0,0,1,1", "shapes.csv:2: ")]
    [InlineData("LeNet,C3,64,1,6,2,2,16,10,10,5,5,1,1,0,0,1,1", "shapes.csv:2: ")]
    [InlineData(",,64,1,6,14,14,16,10,10,5,5,1,1,0,0,1,1", "shapes.csv:2: wanted the name")]
    [InlineData("", "shapes.csv: wanted at least one shape")]
    public void A_bad_row_is_refused_in_one_line(string row, string begins)
    {
        string message = Assert.Throws<InputException>(() => Parse(row)).Message;
        Assert.StartsWith(begins, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Another_header_is_refused() =>
        Assert.StartsWith("t.csv:1: wanted the header net,name,N", Assert.Throws<InputException>(() => ShapeTable.Parse("t.csv", "N,C\n1,2")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_refused() => Assert.Throws<InputException>(() => ShapeTable.Read(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv")));

    private static IReadOnlyList<LayerShape> Parse(string rows) => ShapeTable.Parse("shapes.csv", $"{ShapeTable.Header}\n{rows}\n");
}
