using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Equations;
using CnnVerified.Reference.Numbers;
using static CnnVerified.Reference.Networks.Vectors;

namespace CnnVerified.Reference.Networks;

/// <summary>LeNet-5 as published, put together from the reference equations: C1 6@5×5, S2 trainable subsampling, C3 16@5×5 by a connection table, S4,
/// C5 120@5×5, F6 84, distances to fixed codes; scaled tanh; the discriminative loss; stochastic diagonal Levenberg-Marquardt.</summary>
/// <remarks>
/// LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition (1998), sections II.B and II.C and
/// appendices A and C. x is N×1×32×32; the parameters come in the order of <see cref="ParameterShapes"/>.
/// </remarks>
public static class LeNet5Of1998
{
    /// <summary>Shapes of C1.w, C1.b, S2.a, S2.b, C3.w, C3.b, S4.a, S4.b, C5.w, C5.b, F6.w, F6.b.</summary>
    public static IReadOnlyList<nint[]> ParameterShapes { get; } =
        [[6, 1, 5, 5], [6], [6], [6], [16, 6, 5, 5], [16], [16], [16], [120, 16, 5, 5], [120], [84, 120], [84]];

    // Table I: the maps of S2 that each map of C3 sees.
    private static readonly int[][] Sees =
    [
        [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
        [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5], [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5],
        [0, 1, 2, 3, 4, 5],
    ];

    /// <summary>Table I as a 16×6 tensor of 0 and 1.</summary>
    public static Tensor<int> Table { get; } = Tensor.Create([.. from map in Sees from c in Enumerable.Range(0, 6) select map.Contains(c) ? 1 : 0], [16, 6]);

    /// <summary>Distances of a batch to the codes.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="x">Scaled images, N×1×32×32.</param>
    /// <returns>Distances, N×10; the smallest one is that of the class.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static Tensor<T> Distances<T>(Tensor<T>[] p, Tensor<T> x)
        where T : IHyperbolicFunctions<T> => RbfOutput.Forward(Forward(p, x).F6, Codes<T>());

    /// <summary>Loss of a batch.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="x">Scaled images, N×1×32×32.</param>
    /// <param name="label">Right classes, N.</param>
    /// <param name="j">Penalty of the class for rubbish.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a label is not from 0 to 9.</exception>
    public static T Loss<T>(Tensor<T>[] p, Tensor<T> x, Tensor<int> label, T j)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T> => DiscriminativeLoss.Forward(Distances(p, x), label, j)[0];

    /// <summary>Loss and its gradient by every parameter on one batch.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="x">Scaled images, N×1×32×32.</param>
    /// <param name="label">Right classes, N.</param>
    /// <param name="j">Penalty of the class for rubbish.</param>
    /// <returns>The loss and the gradients in the order of the parameters.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a label is not from 0 to 9.</exception>
    public static (T Loss, Tensor<T>[] Gradients) Gradient<T>(Tensor<T>[] p, Tensor<T> x, Tensor<int> label, T j)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T>
    {
        var (amp, slope) = Squashing<T>();
        var (c1, v2, s2, c3, v4, s4, c5, row, f6) = Forward(p, x);
        var y = RbfOutput.Forward(f6, Codes<T>());
        T loss = DiscriminativeLoss.Forward(y, label, j)[0];

        var df6 = Unsquash(RbfOutput.BackwardData(DiscriminativeLoss.BackwardData(y, label, j), f6, Codes<T>()), f6);
        var drow = FullyConnected.BackwardData(df6, p[10]);
        var dc5 = Unsquash(Rasterisation.BackwardData(drow, 120, 1, 1), c5);
        var ds4 = Convolution.BackwardData(dc5, p[8], 5, 5, Window.Unit);
        var dc3 = Unsquash(TrainableSubsampling.BackwardData(ds4, p[6], s4, amp, slope, 10, 10, 2, 2), c3);
        var ds2 = ConnectionTable.BackwardData(dc3, p[4], Table);
        var dc1 = Unsquash(TrainableSubsampling.BackwardData(ds2, p[2], s2, amp, slope, 28, 28, 2, 2), c1);
        return (loss,
        [
            Convolution.BackwardWeights(dc1, x, 5, 5, Window.Unit), Convolution.BackwardBias(dc1),
            TrainableSubsampling.BackwardCoefficient(ds2, v2, s2, amp, slope), TrainableSubsampling.BackwardBias(ds2, s2, amp, slope),
            ConnectionTable.BackwardWeights(dc3, s2, Table), ConnectionTable.BackwardBias(dc3),
            TrainableSubsampling.BackwardCoefficient(ds4, v4, s4, amp, slope), TrainableSubsampling.BackwardBias(ds4, s4, amp, slope),
            Convolution.BackwardWeights(dc5, s4, 5, 5, Window.Unit), Convolution.BackwardBias(dc5),
            FullyConnected.BackwardWeights(df6, row), FullyConnected.BackwardBias(df6),
        ]);
    }

    /// <summary>Second derivatives of the loss by every parameter, diagonal, Gauss-Newton: the mean over the batch.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="x">Scaled images, N×1×32×32.</param>
    /// <param name="label">Right classes, N.</param>
    /// <param name="j">Penalty of the class for rubbish.</param>
    /// <returns>Second derivatives in the order of the parameters.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a label is not from 0 to 9.</exception>
    /// <remarks>The distances with their exact diagonal (OP-B11): while all are beyond j the loss is linear in them, and OP-B10 would see no
    /// curvature at all.</remarks>
    public static Tensor<T>[] SecondDerivatives<T>(Tensor<T>[] p, Tensor<T> x, Tensor<int> label, T j)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T>
    {
        var (amp, slope) = Squashing<T>();
        var (c1, v2, s2, c3, v4, s4, c5, row, f6) = Forward(p, x);
        var y = RbfOutput.Forward(f6, Codes<T>());
        var hy = DiscriminativeLoss.SecondOrder(y, j);
        var g = DiscriminativeLoss.BackwardData(y, label, j);
        for (int n = 0; n < g.Lengths[0]; n++)
            for (int k = 0; k < g.Lengths[1]; k++)
                g[n, k] -= hy[n, k] * y[n, k];

        var hf6 = Curve(RbfOutput.SecondOrder(hy, g, f6, Codes<T>(), y), f6);
        var hrow = FullyConnected.SecondOrderData(hf6, p[10]);
        var hc5 = Curve(Rasterisation.BackwardData(hrow, 120, 1, 1), c5);
        var hs4 = SecondOrderConvolution.BackwardData(hc5, p[8], 5, 5, Window.Unit);
        var (ht4, ha4, hb4) = TrainableSubsampling.SecondDerivatives(hs4, p[6], v4, s4, amp, slope, 10, 10, 2, 2);
        var hc3 = Curve(ht4, c3);
        var (hs2, hw3) = SecondOrderConvolution.BackwardTable(hc3, s2, p[4], Table);
        var (ht2, ha2, hb2) = TrainableSubsampling.SecondDerivatives(hs2, p[2], v2, s2, amp, slope, 28, 28, 2, 2);
        var hc1 = Curve(ht2, c1);
        return
        [
            SecondOrderConvolution.BackwardWeights(hc1, x, 5, 5, Window.Unit), SecondOrderConvolution.BackwardBias(hc1),
            ha2, hb2,
            hw3, SecondOrderConvolution.BackwardBias(hc3),
            ha4, hb4,
            SecondOrderConvolution.BackwardWeights(hc5, s4, 5, 5, Window.Unit), SecondOrderConvolution.BackwardBias(hc5),
            FullyConnected.SecondOrderWeights(hf6, row), FullyConnected.SecondOrderBias(hf6),
        ];
    }

    /// <summary>One training step on one batch: <see cref="Gradient{T}"/>, then OP-11 on every parameter.</summary>
    /// <param name="p">Parameters; replaced by the new ones.</param>
    /// <param name="h">Estimates of the second derivatives, of the same shapes.</param>
    /// <param name="x">Scaled images, N×1×32×32.</param>
    /// <param name="label">Right classes, N.</param>
    /// <param name="j">Penalty of the class for rubbish.</param>
    /// <param name="eta">Global learning rate.</param>
    /// <param name="mu">What keeps a step finite where the loss is flat.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a label is not from 0 to 9.</exception>
    public static T Step<T>(Tensor<T>[] p, Tensor<T>[] h, Tensor<T> x, Tensor<int> label, T j, T eta, T mu)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T>
    {
        var (loss, gradients) = Gradient(p, x, label, j);
        for (int l = 0; l < p.Length; l++)
            p[l] = As(LevenbergMarquardt.Step(Row(p[l]), Row(gradients[l]), Row(h[l]), eta, mu), p[l].Lengths);
        return loss;
    }

    private static (Tensor<T> C1, Tensor<T> V2, Tensor<T> S2, Tensor<T> C3, Tensor<T> V4, Tensor<T> S4, Tensor<T> C5, Tensor<T> Row, Tensor<T> F6) Forward<T>(
        Tensor<T>[] p, Tensor<T> x)
        where T : IHyperbolicFunctions<T>
    {
        var (amp, slope) = Squashing<T>();
        var c1 = Squash(Convolution.Forward(x, p[0], p[1], Window.Unit));
        var v2 = TrainableSubsampling.Sums(c1, 2, 2);
        var s2 = TrainableSubsampling.Forward(c1, p[2], p[3], amp, slope, 2, 2);
        var c3 = Squash(ConnectionTable.Forward(s2, p[4], p[5], Table));
        var v4 = TrainableSubsampling.Sums(c3, 2, 2);
        var s4 = TrainableSubsampling.Forward(c3, p[6], p[7], amp, slope, 2, 2);
        var c5 = Squash(Convolution.Forward(s4, p[8], p[9], Window.Unit));
        var row = Rasterisation.Forward(c5);
        var f6 = Squash(FullyConnected.Forward(row, p[10], p[11]));
        return (c1, v2, s2, c3, v4, s4, c5, row, f6);
    }

    // Amplitude 1.7159 and slope 2/3 of appendix A, as the nearest binary32 numbers: constants of the network, in every number type the same.
    private static (T Amp, T Slope) Squashing<T>() where T : INumberBase<T> => (T.CreateChecked(1.7159f), T.CreateChecked(2f / 3));

    private static Tensor<T> Squash<T>(Tensor<T> x) where T : IHyperbolicFunctions<T> =>
        Each(line => ScaledTanh.Forward(line, Squashing<T>().Amp, Squashing<T>().Slope), x);

    private static Tensor<T> Unsquash<T>(Tensor<T> dy, Tensor<T> y) where T : INumberBase<T> =>
        Each((residual, line) => ScaledTanh.BackwardData(residual, line, Squashing<T>().Amp, Squashing<T>().Slope), dy, y);

    private static Tensor<T> Curve<T>(Tensor<T> hy, Tensor<T> y) where T : INumberBase<T> =>
        Each((second, line) => SecondOrderActivation.ScaledTanh(second, line, Squashing<T>().Amp, Squashing<T>().Slope), hy, y);

    private static Tensor<T> Codes<T>() where T : INumberBase<T> =>
        Tensor.Create([.. DigitCodes.All.Select(code => T.CreateChecked(code))], [DigitCodes.Classes, DigitCodes.Length]);
}
