using System.Numerics.Tensors;
using CnnVerified.Reference.Equations;
using CnnVerified.Reference.Numbers;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Small cases worked out by hand, the conventions at ties and kinks, and the messages of wrong shapes.</summary>
public sealed class ReferenceTests
{
    private static readonly Tensor<long> Image = Tensor.Create([1L, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
    private static readonly Tensor<long> Kernel = Tensor.Create([1L, 10, 100, 1000], [1, 1, 2, 2]);
    private static readonly Tensor<long> Zero = Tensor.Create([0L]);

    [Fact]
    public void Convolution_is_a_correlation_the_kernel_is_not_rotated() =>
        Assert.Equal([5421L, 6532, 8754, 9865], Convolution.Forward(Image, Kernel, Zero, Window.Unit));

    [Fact]
    public void Backward_data_spreads_a_residual_over_its_window()
    {
        var dy = Tensor.Create([0L, 0, 0, 1], [1, 1, 2, 2]);
        Assert.Equal([0L, 0, 0, 0, 1, 10, 0, 100, 1000], Convolution.BackwardData(dy, Kernel, 3, 3, Window.Unit));
    }

    [Fact]
    public void Backward_weights_collects_the_pixels_that_a_weight_met()
    {
        var dy = Tensor.Create([1L, 0, 0, 100], [1, 1, 2, 2]);
        Assert.Equal([501L, 602, 804, 905], Convolution.BackwardWeights(dy, Image, 2, 2, Window.Unit));
    }

    [Fact]
    public void Rows_that_no_window_reaches_get_no_residual()
    {
        // H = 4, R = 2, stride 3: one window, rows 2 and 3 are outside.
        var dx = Convolution.BackwardData(Tensor.Create([7L], [1, 1, 1, 1]), Tensor.Create([1L, 2], [1, 1, 2, 1]), 4, 1, new Window { Sh = 3 });
        Assert.Equal([7L, 14, 0, 0], dx);
    }

    [Fact]
    public void The_first_of_equal_maxima_takes_the_whole_residual()
    {
        var x = Tensor.Create([3L, 3, 3, 1], [1, 1, 2, 2]);
        var y = MaxPooling.Forward(x, 2, 2, Window.Unit);
        Assert.Equal([3L], y);
        Assert.Equal([0], MaxPooling.Switch(x, y, 2, 2, Window.Unit));
        Assert.Equal([8L, 0, 0, 0], MaxPooling.BackwardData(Tensor.Create([8L], [1, 1, 1, 1]), x, y, 2, 2, Window.Unit));
    }

    [Fact]
    public void Padding_never_wins_a_maximum() =>
        Assert.Equal([-5L, -4, -5, -4], MaxPooling.Forward(Tensor.Create([-5L, -4], [1, 1, 1, 2]), 2, 2, new Window { Ph = 1, Pw = 1, Sw = 2 }));

    [Fact]
    public void Overlapping_windows_add_their_residuals()
    {
        var x = Tensor.Create([1L, 9, 2], [1, 1, 1, 3]);
        var y = MaxPooling.Forward(x, 1, 2, Window.Unit);
        Assert.Equal([0L, 7, 0], MaxPooling.BackwardData(Tensor.Create([3L, 4], [1, 1, 1, 2]), x, y, 1, 2, Window.Unit));
    }

    [Fact]
    public void Mean_pooling_counts_padding_and_clipped_mean_pooling_does_not()
    {
        var x = Tensor.Create([new Rational(6, 1)], [1, 1, 1, 1]);
        var window = new Window { Ph = 1, Pw = 1 };
        Assert.Equal([new Rational(2, 3)], MeanPooling.Forward(x, 3, 3, window));
        Assert.Equal([new Rational(6, 1)], ClippedMeanPooling.Forward(x, 3, 3, window));
    }

    [Fact]
    public void The_rectifier_and_its_derivative_are_zero_at_zero()
    {
        var x = Tensor.Create([-2L, 0, 3]);
        Assert.Equal([0L, 0, 3], Rectifier.Forward(x));
        Assert.Equal([0L, 0, 7], Rectifier.BackwardData(Tensor.Create([5L, 6, 7]), x));
    }

    [Fact]
    public void Softmax_of_large_scores_does_not_overflow()
    {
        var p = Softmax.Forward(Tensor.Create([1000.0, 1000, -1000], [1, 3]));
        Assert.Equal([0.5, 0.5, 0], p);
        Assert.Equal([-Math.Log(2), -Math.Log(2), -2000 - Math.Log(2)], LogSoftmax.Forward(Tensor.Create([1000.0, 1000, -1000], [1, 3])));
    }

    [Fact]
    public void Cross_entropy_averages_over_the_batch_and_normalises_its_targets()
    {
        var z = Tensor.Create([0.0, 0, 0, 0], [2, 2]);
        Assert.Equal(Math.Log(2), CrossEntropy.Forward(z, Tensor.Create([1.0, 0, 3, 1], [2, 2]))[0], 15);
    }

    [Fact]
    public void Pixels_scale_to_the_ends_that_the_papers_name()
    {
        var p = Tensor.Create([new Rational(0, 1), new Rational(255, 1)], [1, 1, 1, 2]);
        Assert.Equal([new Rational(0, 1), new Rational(1, 1)], Scaling.Unit(p));
        Assert.Equal([new Rational(-1, 10), new Rational(1175, 1000)], Scaling.LeNet5(p));
        Assert.Equal([new Rational(-8, 10), new Rational(79375, 100000)], Scaling.Symmetric(p));
    }

    [Fact]
    public void Momentum_keeps_a_share_of_the_last_step()
    {
        var (wnew, vnew) = GradientDescent.MomentumStep(Tensor.Create([10L]), Tensor.Create([3L]), Tensor.Create([5L]), 2, 4);
        Assert.Equal([24L], wnew);
        Assert.Equal([14L], vnew);
    }

    [Fact]
    public void The_message_of_a_wrong_channel_count_names_both_shapes_and_the_equation()
    {
        var x = Tensor.CreateFromShape<float>([1, 3, 8, 8]);
        var w = Tensor.CreateFromShape<float>([16, 4, 3, 3]);
        var wrong = Assert.Throws<ArgumentException>(() => Convolution.Forward(x, w, Tensor.CreateFromShape<float>([16]), Window.Unit));
        Assert.Equal("w expects C/G = 3 input channels but has 4 (w is K×C/G×R×S = 16×4×3×3, x is N×C×H×W = 1×3×8×8, G = 1); " +
            "CV-F1 sums both over the same c. (Parameter 'w')", wrong.Message);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, -1)]
    public void A_window_refuses_stride_zero_and_negative_padding(int stride, int padding) =>
        Assert.Throws<ArgumentException>(() => new Window { Sh = stride, Ph = padding });

    [Fact]
    public void A_kernel_larger_than_the_padded_image_is_refused() =>
        Assert.Contains("has only H = 2 plus padding 2·1 = 4", Assert.Throws<ArgumentException>(
            () => new Window { Ph = 1 }.OutputSize(2, 9, 5, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_window_wholly_in_the_padding_is_refused_where_it_must_hold_a_pixel() =>
        Assert.Throws<ArgumentException>(() => MaxPooling.Forward(Image, 2, 2, new Window { Ph = 2 }));

    [Fact]
    public void A_label_beyond_the_classes_is_refused() =>
        Assert.Equal("label[1] expects a class from 0 to K - 1 = 9, got 10; IN-5. (Parameter 'label')",
            Assert.Throws<ArgumentException>(() => OneHot.Forward<long>(Tensor.Create([3, 10]), 10)).Message);

    [Fact]
    public void Every_other_wrong_shape_is_refused_by_every_equation()
    {
        var four = Tensor.CreateFromShape<double>([2, 3, 4, 5]);
        var matrix = Tensor.CreateFromShape<double>([2, 3]);
        var row = Tensor.CreateFromShape<double>([7]);
        Action[] calls =
        [
            () => Convolution.Forward(matrix, four, row, Window.Unit),
            () => Convolution.Forward(four, four, row, new Window { G = 2 }),
            () => Convolution.Forward(Tensor.CreateFromShape<double>([2, 5, 9, 9]), Tensor.CreateFromShape<double>([2, 5, 3, 3]), row, Window.Unit),
            () => Convolution.BackwardData(four, four, 9, 9, Window.Unit),
            () => Convolution.BackwardWeights(four, four, 2, 2, Window.Unit),
            () => Convolution.BackwardBias(matrix),
            () => FullyConnected.Forward(matrix, matrix, row),
            () => FullyConnected.Forward(matrix, Tensor.CreateFromShape<double>([7, 4]), row),
            () => FullyConnected.BackwardData(matrix, matrix),
            () => FullyConnected.BackwardWeights(matrix, Tensor.CreateFromShape<double>([3, 3])),
            () => FullyConnected.BackwardBias(four),
            () => Rasterisation.Forward(matrix),
            () => Rasterisation.BackwardData(matrix, 2, 2, 2),
            () => Tanh.Forward(matrix),
            () => Tanh.BackwardData(row, Tensor.CreateFromShape<double>([8])),
            () => Sigmoid.BackwardData(row, Tensor.CreateFromShape<double>([8])),
            () => Rectifier.BackwardData(row, Tensor.CreateFromShape<double>([8])),
            () => MaxPooling.Forward(matrix, 2, 2, Window.Unit),
            () => MaxPooling.Forward(four, 2, 2, new Window { Eh = 2 }),
            () => MaxPooling.BackwardData(four, four, four, 2, 2, Window.Unit),
            () => MeanPooling.BackwardData(four, 9, 9, 2, 2, Window.Unit),
            () => ClippedMeanPooling.BackwardData(four, 9, 9, 2, 2, Window.Unit),
            () => Softmax.Forward(row),
            () => Softmax.BackwardData(matrix, four),
            () => LogSoftmax.Forward(row),
            () => CrossEntropy.Forward(matrix, row),
            () => HalfSquaredError.Forward(matrix, four),
            () => GradientDescent.Step(row, Tensor.CreateFromShape<double>([8]), 0.1),
            () => Scaling.Unit(matrix),
        ];
        Assert.All(calls, call => Assert.Throws<ArgumentException>(call));
    }
}
