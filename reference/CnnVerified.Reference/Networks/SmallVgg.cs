using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Equations;
using static CnnVerified.Reference.Networks.Vectors;

namespace CnnVerified.Reference.Networks;

/// <summary>A small network in the manner of VGG, put together from the reference equations: twice 16@3×3, max 2×2, twice 32@3×3, max 2×2, 128, 10;
/// rectifiers; softmax with cross-entropy; gradient descent with momentum.</summary>
/// <remarks>x is N×1×28×28; the parameters come in the order of <see cref="ParameterShapes"/>. Simonyan and Zisserman, Very Deep Convolutional
/// Networks for Large-Scale Image Recognition (2015), have more and wider blocks; the parts are theirs.</remarks>
public static class SmallVgg
{
    private static readonly Window Padded = new() { Ph = 1, Pw = 1 }, Halving = new() { Sh = 2, Sw = 2 };

    /// <summary>Shapes of C1.w, C1.b, C2.w, C2.b, C4.w, C4.b, C5.w, C5.b, F7.w, F7.b, output.w, output.b.</summary>
    public static IReadOnlyList<nint[]> ParameterShapes { get; } =
    [
        [16, 1, 3, 3], [16], [16, 16, 3, 3], [16], [32, 16, 3, 3], [32], [32, 32, 3, 3], [32], [128, 32 * 7 * 7], [128], [10, 128], [10],
    ];

    /// <summary>Loss and its gradient by every parameter on one batch.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="x">Scaled images, N×1×28×28.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <returns>The loss and the gradients in the order of the parameters.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static (T Loss, Tensor<T>[] Gradients) Gradient<T>(Tensor<T>[] p, Tensor<T> x, Tensor<T> h)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var first = Block(x, p[0], p[1], p[2], p[3]);
        var second = Block(first.P, p[4], p[5], p[6], p[7]);
        var head = Head(second.P, p[8], p[9], p[10], p[11]);
        var (loss, dp6, dw7, db7, dw, db) = HeadBackward(head, second.P, p[8], p[10], h);
        var (dp3, dw4, db4, dw5, db5) = BlockBackward(dp6, second, first.P, p[4], p[6]);
        var (_, dw1, db1, dw2, db2) = BlockBackward(dp3, first, x, p[0], p[2]);
        return (loss, [dw1, db1, dw2, db2, dw4, db4, dw5, db5, dw7, db7, dw, db]);
    }

    /// <summary>Scores of a batch.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="x">Scaled images, N×1×28×28.</param>
    /// <returns>Scores z, N×10.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static Tensor<T> Scores<T>(Tensor<T>[] p, Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>, IComparisonOperators<T, T, bool>
    {
        var p3 = Block(x, p[0], p[1], p[2], p[3]).P;
        var p6 = Block(p3, p[4], p[5], p[6], p[7]).P;
        return Head(p6, p[8], p[9], p[10], p[11]).Z;
    }

    /// <summary>Loss of a batch.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="x">Scaled images, N×1×28×28.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static T Loss<T>(Tensor<T>[] p, Tensor<T> x, Tensor<T> h)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool> => CrossEntropy.Forward(Scores(p, x), h)[0];

    /// <summary>What a block computes: convolution, rectifier, convolution, rectifier, max pooling.</summary>
    /// <param name="C1">The first convolution: what its rectifier chooses by.</param>
    /// <param name="A1">Behind that rectifier.</param>
    /// <param name="C2">The second convolution: what its rectifier chooses by.</param>
    /// <param name="A2">Behind that rectifier: what max pooling chooses by.</param>
    /// <param name="P">The result.</param>
    /// <typeparam name="T">The number type.</typeparam>
    public sealed record BlockValues<T>(Tensor<T> C1, Tensor<T> A1, Tensor<T> C2, Tensor<T> A2, Tensor<T> P);

    /// <summary>A block: CV-F1, AC-F4, CV-F1, AC-F4, PL-F1.</summary>
    /// <param name="x">Input, N×C×H×W, H and W even.</param>
    /// <param name="w1">Weights of the first convolution, K×C×3×3.</param>
    /// <param name="b1">Its bias, K.</param>
    /// <param name="w2">Weights of the second convolution, K×K×3×3.</param>
    /// <param name="b2">Its bias, K.</param>
    /// <returns>What it computes.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static BlockValues<T> Block<T>(Tensor<T> x, Tensor<T> w1, Tensor<T> b1, Tensor<T> w2, Tensor<T> b2)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>, IComparisonOperators<T, T, bool>
    {
        var c1 = Convolution.Forward(x, w1, b1, Padded);
        var a1 = Each(Rectifier.Forward, c1);
        var c2 = Convolution.Forward(a1, w2, b2, Padded);
        var a2 = Each(Rectifier.Forward, c2);
        return new(c1, a1, c2, a2, MaxPooling.Forward(a2, 2, 2, Halving));
    }

    /// <summary>Back through a block: PL-B1, then twice AC-B4, CV-B1, CV-B2, CV-B3.</summary>
    /// <param name="dp">Derivative of the loss by the block's result.</param>
    /// <param name="values">What the block computed.</param>
    /// <param name="x">Its input.</param>
    /// <param name="w1">Weights of its first convolution.</param>
    /// <param name="w2">Weights of its second convolution.</param>
    /// <returns>Derivatives by input, and by weights and bias of each convolution.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static (Tensor<T> Dx, Tensor<T> Dw1, Tensor<T> Db1, Tensor<T> Dw2, Tensor<T> Db2) BlockBackward<T>(Tensor<T> dp, BlockValues<T> values,
        Tensor<T> x, Tensor<T> w1, Tensor<T> w2)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>, IComparisonOperators<T, T, bool>
    {
        int H = (int)x.Lengths[2], W = (int)x.Lengths[3];
        var dc2 = Each(Rectifier.BackwardData, MaxPooling.BackwardData(dp, values.A2, values.P, 2, 2, Halving), values.C2);
        var dc1 = Each(Rectifier.BackwardData, Convolution.BackwardData(dc2, w2, H, W, Padded), values.C1);
        return (Convolution.BackwardData(dc1, w1, H, W, Padded),
            Convolution.BackwardWeights(dc1, x, 3, 3, Padded), Convolution.BackwardBias(dc1),
            Convolution.BackwardWeights(dc2, values.A1, 3, 3, Padded), Convolution.BackwardBias(dc2));
    }

    /// <summary>What the last layers compute.</summary>
    /// <param name="Row">The maps as rows.</param>
    /// <param name="F7">The hidden layer: what its rectifier chooses by.</param>
    /// <param name="A7">Behind that rectifier.</param>
    /// <param name="Z">The scores.</param>
    /// <typeparam name="T">The number type.</typeparam>
    public sealed record HeadValues<T>(Tensor<T> Row, Tensor<T> F7, Tensor<T> A7, Tensor<T> Z);

    /// <summary>The last layers: FL-F1, FC-F1, AC-F4, FC-F1.</summary>
    /// <param name="p">Result of the second block, N×32×7×7.</param>
    /// <param name="w7">Weights of the hidden layer, 128×1568.</param>
    /// <param name="b7">Its bias, 128.</param>
    /// <param name="w">Weights of the output, 10×128.</param>
    /// <param name="b">Its bias, 10.</param>
    /// <returns>What they compute.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static HeadValues<T> Head<T>(Tensor<T> p, Tensor<T> w7, Tensor<T> b7, Tensor<T> w, Tensor<T> b)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>, IComparisonOperators<T, T, bool>
    {
        var row = Rasterisation.Forward(p);
        var f7 = FullyConnected.Forward(row, w7, b7);
        var a7 = Each(Rectifier.Forward, f7);
        return new(row, f7, a7, FullyConnected.Forward(a7, w, b));
    }

    /// <summary>The loss, and back through the last layers: LS-F1, LS-B1, then twice FC-B1, FC-B2, FC-B3, between them AC-B4; FL-B1.</summary>
    /// <param name="values">What the layers computed.</param>
    /// <param name="p">Their input, N×32×7×7.</param>
    /// <param name="w7">Weights of the hidden layer.</param>
    /// <param name="w">Weights of the output.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <returns>The loss and its derivatives by p, and by weights and bias of each layer.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static (T Loss, Tensor<T> Dp, Tensor<T> Dw7, Tensor<T> Db7, Tensor<T> Dw, Tensor<T> Db) HeadBackward<T>(HeadValues<T> values, Tensor<T> p,
        Tensor<T> w7, Tensor<T> w, Tensor<T> h)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var dz = CrossEntropy.BackwardData(LogSoftmax.Forward(values.Z), h);
        var df7 = Each(Rectifier.BackwardData, FullyConnected.BackwardData(dz, w), values.F7);
        var drow = FullyConnected.BackwardData(df7, w7);
        return (CrossEntropy.Forward(values.Z, h)[0], Rasterisation.BackwardData(drow, (int)p.Lengths[1], (int)p.Lengths[2], (int)p.Lengths[3]),
            FullyConnected.BackwardWeights(df7, values.Row), FullyConnected.BackwardBias(df7),
            FullyConnected.BackwardWeights(dz, values.A7), FullyConnected.BackwardBias(dz));
    }

    /// <summary>One training step on one batch: <see cref="Gradient{T}"/>, then OP-2 on every parameter.</summary>
    /// <param name="p">Parameters; replaced by the new ones.</param>
    /// <param name="v">Velocities of the same shapes; replaced by the new ones.</param>
    /// <param name="x">Scaled images, N×1×28×28.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="eta">Learning rate.</param>
    /// <param name="mu">Momentum.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static T Step<T>(Tensor<T>[] p, Tensor<T>[] v, Tensor<T> x, Tensor<T> h, T eta, T mu)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var (loss, gradients) = Gradient(p, x, h);
        for (int l = 0; l < p.Length; l++)
        {
            var (wnew, vnew) = GradientDescent.MomentumStep(Row(p[l]), Row(gradients[l]), Row(v[l]), eta, mu);
            (p[l], v[l]) = (As(wnew, p[l].Lengths), As(vnew, v[l].Lengths));
        }
        return loss;
    }
}
