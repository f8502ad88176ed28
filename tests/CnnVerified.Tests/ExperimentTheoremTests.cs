using System.Numerics.Tensors;
using CnnVerified.Experiments;
using CnnVerified.Experiments.Networks;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Where the answer of an experiment is a theorem, it holds on any data: here on few.</summary>
public sealed class ExperimentTheoremTests : IDisposable
{
    private static readonly ImageSet Images = ImageSet.Embedded().Train;

    private readonly Conditions _conditions = new(7, Extent.Small, new Execution(threads: 1), _ => { }, default);

    public void Dispose() => _conditions.On.Dispose();

    [Fact]
    public void The_error_of_a_residual_through_updated_weights_is_of_the_first_order_in_the_rate()
    {
        double[] rates = [1e-3, 1e-4];
        double[][] errors = UpdateOrder.Errors(rates, 1, _conditions);

        for (int layer = 0; layer < errors[0].Length; layer++)
            Assert.Equal(1, Digits.Slope([.. rates.Zip(errors, (rate, row) => (Math.Log10(rate), Math.Log10(row[layer])))]), 0.005);
        // The layer below the output is reached through one update, so its error is η times a constant (OP-I1).
        Assert.Equal(10, errors[0][0] / errors[1][0], 1e-7);
    }

    [Fact]
    public void Without_an_update_it_is_the_gradient_of_the_reference()
    {
        var random = new Random(3);
        Tensor<double> Draw(nint[] shape) => Tensor.Create([.. Enumerable.Range(0, (int)TensorPrimitives.Product<nint>(shape)).Select(_ => random.NextDouble() / 5 - 0.1)], shape);
        Tensor<double>[] p = [.. Reference.Networks.LeNet5.ParameterShapes.Select(Draw)];
        Tensor<double> x = Draw([1, 1, 32, 32]), h = Tensor.Create([0.0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [1, 10]);

        var (right, same, other) = (Reference.Networks.LeNet5.Gradient(p, x, h).Gradients, UpdateOrder.Gradient(p, x, h, 0), UpdateOrder.Gradient(p, x, h, 0.1));

        Assert.All(right.Zip(same), pair => Assert.Equal(pair.First, pair.Second));
        Assert.NotEqual(right[0], other[0]);
    }

    [Theory]
    [InlineData(2, 2, 1f, 2, 0)]
    [InlineData(3, 5, 0.7f, 1, 1)]
    [InlineData(4, 3, 2f, 3, 2)]
    public void Gaussian_pooling_is_the_depthwise_convolution_with_its_weights(int R, int S, float sigma, int stride, int padding)
    {
        float[] pixels = [.. Images.First(3).Pixels.Select(pixel => pixel / 255f)];
        var window = new Window { Sh = stride, Sw = stride, Ph = padding, Pw = padding };

        Assert.Equal(0, GaussianAsConvolution.EngineDifferences(pixels, R, S, sigma, window, _conditions.On).Different);
        Assert.Equal(0, GaussianAsConvolution.ReferenceDifferences(pixels, R, S, sigma, window).Different);
    }

    [Fact]
    public void Weights_that_sum_to_1_inside_the_image_change_its_border_alone()
    {
        var x = Tensor.Create([.. Images.First(3).Pixels.Select(pixel => pixel / 255.0)], [1, 3, 28, 28]);
        var (inside, edge, largestInside, largestEdge) = GaussianAsConvolution.Borders(x, 1.5, 5, new() { Sh = 2, Sw = 2, Ph = 2, Pw = 2 });

        Assert.True(inside > edge && edge > 0, $"{inside} inside, {edge} at the border");
        // Pixels are at most 1 and 25 weights are divided by a sum that rounds to 1 ± 25 u: γ₅₀ is the bound.
        Assert.InRange(largestInside, 0, 50 * Math.ScaleB(1, -53) / (1 - 50 * Math.ScaleB(1, -53)));
        Assert.True(largestEdge > 0.01, $"{largestEdge}");
    }

    [Fact]
    public void A_linear_layer_reaches_the_least_squares_solution_at_the_rate_of_its_condition()
    {
        ImageSet images = Images.First(40);
        foreach (var (name, X) in LeastSquares.Preparations(images, 2).Skip(2))
        {
            var descent = LeastSquares.Descend(X, LeastSquares.Targets(images, 5, 7, 9), 4000, default);
            Assert.True(descent.Distances[^1] <= 1e-9, $"{name.English}: expected a distance of at most 1e-9, got {descent.Distances[^1]}");
            Assert.InRange(descent.Excess, -1e-12, 1e-12);
            if (name.English == "whitened")
                Assert.Equal(2, descent.Distances.Count);   // κ = 1: one step
            else
                Assert.Equal(descent.Predicted, descent.Measured!.Value, 1e-3);
        }
    }

    [Fact]
    public void The_rate_2_over_the_largest_eigenvalue_is_the_limit()
    {
        ImageSet images = Images.First(40);
        Matrix<double> X = LeastSquares.Preparations(images, 2)[0].X;
        double[] targets = LeastSquares.Targets(images, 5, 7, 9);

        Assert.True(LeastSquares.Growth(X, targets, 0.98, 200) < 1);
        Assert.True(LeastSquares.Growth(X, targets, 1.02, 200) > 10);
    }

    [Fact]
    public void The_gradient_of_two_layers_is_the_slope_of_their_loss()
    {
        var random = new Random(5);
        var layers = new TwoLayers(Matrix<double>.Build.Dense(6, 3, (_, _) => random.NextDouble() - 0.5), [0, 1, 0, 1, 1, 0], hidden: 2, decay: 0.1);
        Vector<double> p = Vector<double>.Build.Dense(11, _ => random.NextDouble() - 0.5), gradient = layers.Gradient(p).Gradient;
        const double step = 1e-6;
        for (int i = 0; i < p.Count; i++)
        {
            Vector<double> up = p.Clone(), down = p.Clone();
            (up[i], down[i]) = (p[i] + step, p[i] - step);
            Assert.Equal((layers.Gradient(up).Loss - layers.Gradient(down).Loss) / (2 * step), gradient[i], 1e-8);
        }
    }

    [Fact]
    public void A_layer_of_sigmoids_passes_at_most_a_quarter_of_a_residual_times_the_weights_above_it()   // IT-I3
    {
        var samples = new Samples(Images.First(32), 28, PixelScale.LeNet5(_conditions.On));
        double[] sigmoid = Vanishing.Sizes(maps => new SigmoidLayer(maps), Network.Glorot, 6, 2, samples, _conditions);
        double[] tanh = Vanishing.Sizes(maps => new TanhLayer(maps), Network.Glorot, 6, 2, samples, _conditions);

        // √(64 · variance of the weights) is 1 with IT-2, so a quarter of it is left on average, and tanh' is at most 1 but near it.
        Assert.InRange(Vanishing.Factor(sigmoid), 0.1, 0.35);
        Assert.InRange(Vanishing.Factor(tanh), 0.7, 1.3);
    }
}
