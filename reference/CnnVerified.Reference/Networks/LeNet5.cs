using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Equations;
using static CnnVerified.Reference.Networks.Vectors;

namespace CnnVerified.Reference.Networks;

/// <summary>LeNet-5 put together from the reference equations: 6@5×5, mean 2×2, 16@5×5, mean 2×2, 120@5×5, 84, 10; tanh; softmax with
/// cross-entropy; gradient descent with momentum.</summary>
/// <remarks>
/// x is N×1×32×32. Unlike the network of 1998 every C3 filter sees all six maps, pooling has no weights, and the output is
/// a softmax. The ten parameters come in the order w1, b1, …, w5, b5, with the shapes of <see cref="ParameterShapes"/>.
/// </remarks>
public static class LeNet5
{
    private static readonly Window Halving = new() { Sh = 2, Sw = 2 };

    /// <summary>Shapes of w1, b1, …, w5, b5.</summary>
    public static IReadOnlyList<nint[]> ParameterShapes { get; } =
        [[6, 1, 5, 5], [6], [16, 6, 5, 5], [16], [120, 16, 5, 5], [120], [84, 120], [84], [10, 84], [10]];

    /// <summary>Loss and its gradient by every parameter on one batch.</summary>
    /// <param name="p">Parameters w1, b1, …, w5, b5.</param>
    /// <param name="x">Scaled images, N×1×32×32.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <returns>The loss and dw1, db1, …, dw5, db5.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static (T Loss, Tensor<T>[] Gradients) Gradient<T>(Tensor<T>[] p, Tensor<T> x, Tensor<T> h)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var (c1, s2, c3, s4, c5, row, f6, z) = Forward(p, x);
        T loss = CrossEntropy.Forward(z, h)[0];

        var dz = CrossEntropy.BackwardData(LogSoftmax.Forward(z), h);
        var df6 = Each(Tanh.BackwardData, FullyConnected.BackwardData(dz, p[8]), f6);
        var drow = FullyConnected.BackwardData(df6, p[6]);
        var dc5 = Each(Tanh.BackwardData, Rasterisation.BackwardData(drow, 120, 1, 1), c5);
        var ds4 = Convolution.BackwardData(dc5, p[4], 5, 5, Window.Unit);
        var dc3 = Each(Tanh.BackwardData, MeanPooling.BackwardData(ds4, 10, 10, 2, 2, Halving), c3);
        var ds2 = Convolution.BackwardData(dc3, p[2], 14, 14, Window.Unit);
        var dc1 = Each(Tanh.BackwardData, MeanPooling.BackwardData(ds2, 28, 28, 2, 2, Halving), c1);
        return (loss,
        [
            Convolution.BackwardWeights(dc1, x, 5, 5, Window.Unit), Convolution.BackwardBias(dc1),
            Convolution.BackwardWeights(dc3, s2, 5, 5, Window.Unit), Convolution.BackwardBias(dc3),
            Convolution.BackwardWeights(dc5, s4, 5, 5, Window.Unit), Convolution.BackwardBias(dc5),
            FullyConnected.BackwardWeights(df6, row), FullyConnected.BackwardBias(df6),
            FullyConnected.BackwardWeights(dz, f6), FullyConnected.BackwardBias(dz),
        ]);
    }

    /// <summary>Scores of a batch.</summary>
    /// <param name="p">Parameters w1, b1, …, w5, b5.</param>
    /// <param name="x">Scaled images, N×1×32×32.</param>
    /// <returns>Scores z, N×10.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static Tensor<T> Scores<T>(Tensor<T>[] p, Tensor<T> x)
        where T : IHyperbolicFunctions<T> => Forward(p, x).Z;

    /// <summary>Loss of a batch.</summary>
    /// <param name="p">Parameters w1, b1, …, w5, b5.</param>
    /// <param name="x">Scaled images, N×1×32×32.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static T Loss<T>(Tensor<T>[] p, Tensor<T> x, Tensor<T> h)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T>, IComparisonOperators<T, T, bool> =>
        CrossEntropy.Forward(Scores(p, x), h)[0];

    /// <summary>One training step on one batch: <see cref="Gradient{T}"/>, then OP-2 on every parameter.</summary>
    /// <param name="p">Parameters; replaced by the new ones.</param>
    /// <param name="v">Velocities of the same shapes; replaced by the new ones.</param>
    /// <param name="x">Scaled images, N×1×32×32.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="eta">Learning rate.</param>
    /// <param name="mu">Momentum.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static T Step<T>(Tensor<T>[] p, Tensor<T>[] v, Tensor<T> x, Tensor<T> h, T eta, T mu)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var (loss, gradients) = Gradient(p, x, h);
        for (int l = 0; l < p.Length; l++)
        {
            var (wnew, vnew) = GradientDescent.MomentumStep(Row(p[l]), Row(gradients[l]), Row(v[l]), eta, mu);
            (p[l], v[l]) = (As(wnew, p[l].Lengths), As(vnew, v[l].Lengths));
        }
        return loss;
    }

    private static (Tensor<T> C1, Tensor<T> S2, Tensor<T> C3, Tensor<T> S4, Tensor<T> C5, Tensor<T> Row, Tensor<T> F6, Tensor<T> Z) Forward<T>(
        Tensor<T>[] p, Tensor<T> x)
        where T : IHyperbolicFunctions<T>
    {
        var c1 = Each(Tanh.Forward, Convolution.Forward(x, p[0], p[1], Window.Unit));
        var s2 = MeanPooling.Forward(c1, 2, 2, Halving);
        var c3 = Each(Tanh.Forward, Convolution.Forward(s2, p[2], p[3], Window.Unit));
        var s4 = MeanPooling.Forward(c3, 2, 2, Halving);
        var c5 = Each(Tanh.Forward, Convolution.Forward(s4, p[4], p[5], Window.Unit));
        var row = Rasterisation.Forward(c5);
        var f6 = Each(Tanh.Forward, FullyConnected.Forward(row, p[6], p[7]));
        var z = FullyConnected.Forward(f6, p[8], p[9]);
        return (c1, s2, c3, s4, c5, row, f6, z);
    }
}
