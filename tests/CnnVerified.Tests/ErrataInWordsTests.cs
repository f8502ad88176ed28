using System.Numerics.Tensors;
using CnnVerified.Reference.Equations;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The slips of docs/errata.md that have no formula: slicing, ties, program order.</summary>
public sealed class ErrataInWordsTests
{
    [Fact]
    public void A_slice_from_pad_to_minus_pad_is_empty_without_padding()
    {
        const int H = 5;
        foreach (int pad in new[] { 0, 1, 2 })
        {
            long[] padded = [.. Enumerable.Range(0, H + 2 * pad).Select(u => (long)(u - pad))];
            Assert.Equal([0L, 1, 2, 3, 4], PythonSlice(padded, pad, pad + H));
            Assert.Equal(pad == 0 ? 0 : H, PythonSlice(padded, pad, -pad).Length);
        }
    }

    [Fact]
    public void A_mask_of_all_maxima_sends_the_residual_back_as_often_as_they_tie()
    {
        var x = Tensor.Create([3L, 3, 3, 1], [1, 1, 2, 2]);
        var dy = Tensor.Create([8L], [1, 1, 1, 1]);
        var y = MaxPooling.Forward(x, 2, 2, Window.Unit);

        long right = MaxPooling.BackwardData(dy, x, y, 2, 2, Window.Unit).Sum();
        long slipped = x.Sum(element => element == y.Single() ? dy.Single() : 0);

        Assert.Equal(8, right);
        Assert.Equal(3 * 8, slipped);
    }

    [Fact]
    public void A_layer_that_never_learns_does_not_keep_the_loss_from_falling()
    {
        double Train(bool firstLearns, out bool firstMoved)
        {
            var random = new Random(7);
            Tensor<double> Draw(params nint[] shape) => Tensor.Create([.. Enumerable.Range(0, (int)shape.Aggregate((nint)1, (a, b) => a * b)).Select(_ => random.NextDouble() - 0.5)], shape);
            var (x, t) = (Draw(6, 4), Draw(6, 2));
            var (w1, b1, w2, b2) = (Draw(3, 4), Draw(3), Draw(2, 3), Draw(2));
            Tensor<double> start = w1;
            double first = 0, last = 0;
            for (int step = 0; step < 200; step++)
            {
                var h = FullyConnected.Forward(x, w1, b1);
                var y = FullyConnected.Forward(h, w2, b2);
                last = HalfSquaredError.Forward(y, t).Single();
                first = step == 0 ? last : first;
                var dy = HalfSquaredError.BackwardData(y, t);
                var dh = FullyConnected.BackwardData(dy, w2);
                w2 = Step(w2, FullyConnected.BackwardWeights(dy, h));
                if (firstLearns)
                    w1 = Step(w1, FullyConnected.BackwardWeights(dh, x));
            }
            firstMoved = !w1.SequenceEqual(start);
            return last / first;
        }

        Assert.True(Train(firstLearns: true, out bool moved) < 0.7);
        Assert.True(moved);
        Assert.True(Train(firstLearns: false, out moved) < 0.9);
        Assert.False(moved);
    }

    private static Tensor<double> Step(Tensor<double> w, Tensor<double> dw)
    {
        nint D = w.FlattenedLength;
        return Tensor.Create([.. GradientDescent.Step(Tensor.Create([.. w], [D]), Tensor.Create([.. dw], [D]), 0.05)], w.Lengths);
    }

    // a[start:stop] as Python reads it: a negative stop counts from the end, and -0 is 0.
    private static long[] PythonSlice(long[] a, int start, int stop) => [.. a.Take(stop < 0 ? a.Length + stop : stop).Skip(start)];
}
