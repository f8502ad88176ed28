using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;
using CnnVerified.Verification.Training;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The gradient of each whole network, on a small sample, and the judge shown wrong ones.</summary>
public sealed class NetworkGradientTests
{
    private static readonly ImageSet Images = ImageSet.Embedded().Train;

    [Theory]
    [InlineData("lenet5", 0)]
    [InlineData("lenet5-1998", 0)]
    [InlineData("lenet5-1998", 2)]
    [InlineData("modern", 2)]
    [InlineData("vgg", 2)]
    public void The_gradient_is_that_of_the_reference_and_of_dual_numbers(string name, int steps)
    {
        using var on = new Execution(threads: 2);
        GradientFinding finding = NetworkGradient.Check(NetworkKind.Find(name), Images, 1, 1, 1, steps, on, default);
        Assert.True(finding.Holds, string.Join('\n', finding.Tensors));
        Assert.All(finding.Tensors.Where(tensor => tensor.Sampled > 0), tensor => Assert.NotNull(tensor.ReferenceDual));
        Assert.Contains(finding.Tensors, tensor => tensor is { Vacuous: 0, Bound: > 0 });
    }

    [Theory]
    [InlineData("lenet5", "C5.b")]
    [InlineData("lenet5-1998", "S4.a")]
    [InlineData("modern", "N3.beta")]
    [InlineData("vgg", "C4.b")]
    public void A_gradient_that_is_left_out_is_seen(string name, string tensor)
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        ParameterTensor missing = NetworkKind.Find(name).Tensors.Single(each => each.Name == tensor);
        GradientFinding finding = NetworkGradient.Check(NetworkKind.Find(name), Images, 1, 0, 1, 0, on, default,
            gradient => gradient.AsSpan(missing.At, missing.Count).Clear());
        Assert.Equal([tensor], finding.Tensors.Where(each => !each.Holds).Select(each => each.Name));
    }

    [Fact]
    public void A_connection_that_goes_to_the_wrong_map_is_seen()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        ParameterTensor c3 = new LeNet5Of1998(1, on).Tensors.Single(each => each.Name == "C3.w");
        GradientFinding finding = NetworkGradient.Check(NetworkKind.Find("lenet5-1998"), Images, 1, 0, 1, 0, on, default, gradient =>
        {
            // Filter 0 sees maps 0 to 2: map 2's kernel put in the place of map 3's.
            Span<float> kernels = gradient.AsSpan(c3.At, c3.Count);
            kernels.Slice(2 * 25, 25).CopyTo(kernels.Slice(3 * 25, 25));
            kernels.Slice(2 * 25, 25).Clear();
        });
        Assert.Equal(["C3.w"], finding.Tensors.Where(each => !each.Holds).Select(each => each.Name));
    }
}
