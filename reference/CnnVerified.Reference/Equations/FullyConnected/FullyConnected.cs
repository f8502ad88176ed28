using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>A fully connected layer: a matrix product and a bias.</summary>
public static class FullyConnected
{
    /// <summary>Fully connected, forward (FC-F1).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="w">Weights, K×D.</param>
    /// <param name="b">Bias, K.</param>
    /// <returns>Output y, N×K.</returns>
    /// <exception cref="ArgumentException">w is not K×D or b not K.</exception>
    /// <remarks>docs/equations/fully-connected.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.1.</remarks>
    [Equation("FC-F1")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("FC-F1", "x", "N×D", x.Lengths, 2);
        Lengths.ExpectRank("FC-F1", "w", "K×D", w.Lengths, 2);
        var (N, D) = x.Sizes2();
        int K = (int)w.Lengths[0];
        Lengths.Expect("FC-F1", "w", "K×D", w.Lengths, [K, D]);
        Lengths.Expect("FC-F1", "b", "K", b.Lengths, [K]);
        var y = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T sum = T.AdditiveIdentity;
                for (int d = 0; d < D; d++)
                    sum += x[n, d] * w[k, d];
                y[n, k] = b[k] + sum;
            }
        return y;
    }

    /// <summary>Fully connected, backward data (FC-B1): the gradient of FC-F1 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="w">Weights before the update, K×D.</param>
    /// <returns>Derivative dx, N×D.</returns>
    /// <exception cref="ArgumentException">w is not K×D.</exception>
    /// <remarks>docs/equations/fully-connected.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("FC-B1")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("FC-B1", "dy", "N×K", dy.Lengths, 2);
        Lengths.ExpectRank("FC-B1", "w", "K×D", w.Lengths, 2);
        var (N, K) = dy.Sizes2();
        int D = (int)w.Lengths[1];
        Lengths.Expect("FC-B1", "w", "K×D", w.Lengths, [K, D]);
        var dx = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
            {
                T sum = T.AdditiveIdentity;
                for (int k = 0; k < K; k++)
                    sum += dy[n, k] * w[k, d];
                dx[n, d] = sum;
            }
        return dx;
    }

    /// <summary>Fully connected, backward weights (FC-B2): the gradient of FC-F1 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="x">Input, N×D.</param>
    /// <returns>Derivative dw, K×D.</returns>
    /// <exception cref="ArgumentException">x and dy differ in N.</exception>
    /// <remarks>docs/equations/fully-connected.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("FC-B2")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("FC-B2", "dy", "N×K", dy.Lengths, 2);
        Lengths.ExpectRank("FC-B2", "x", "N×D", x.Lengths, 2);
        var (N, K) = dy.Sizes2();
        int D = (int)x.Lengths[1];
        Lengths.Expect("FC-B2", "x", "N×D", x.Lengths, [N, D]);
        var dw = Tensor.CreateFromShape<T>([K, D]);
        for (int k = 0; k < K; k++)
            for (int d = 0; d < D; d++)
            {
                T sum = T.AdditiveIdentity;
                for (int n = 0; n < N; n++)
                    sum += dy[n, k] * x[n, d];
                dw[k, d] = sum;
            }
        return dw;
    }

    /// <summary>Fully connected, backward bias (FC-B3): the gradient of FC-F1 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not two dimensions.</exception>
    /// <remarks>docs/equations/fully-connected.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("FC-B3")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("FC-B3", "dy", "N×K", dy.Lengths, 2);
        var (N, K) = dy.Sizes2();
        var db = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                sum += dy[n, k];
            db[k] = sum;
        }
        return db;
    }

    /// <summary>Second derivative through a fully connected layer, weights (OP-B1): FC-B2 with squared inputs.</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K.</param>
    /// <param name="x">Input, N×D.</param>
    /// <returns>Second derivative hw, K×D.</returns>
    /// <exception cref="ArgumentException">x and hy differ in N.</exception>
    /// <remarks>docs/equations/second-order.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document
    /// Recognition (1998), appendix C.</remarks>
    [Equation("OP-B1")]
    public static Tensor<T> SecondOrderWeights<T>(Tensor<T> hy, Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("OP-B1", "hy", "N×K", hy.Lengths, 2);
        Lengths.ExpectRank("OP-B1", "x", "N×D", x.Lengths, 2);
        var (N, K) = hy.Sizes2();
        int D = (int)x.Lengths[1];
        Lengths.Expect("OP-B1", "x", "N×D", x.Lengths, [N, D]);
        var hw = Tensor.CreateFromShape<T>([K, D]);
        for (int k = 0; k < K; k++)
            for (int d = 0; d < D; d++)
            {
                T sum = T.AdditiveIdentity;
                for (int n = 0; n < N; n++)
                    sum += hy[n, k] * (x[n, d] * x[n, d]);
                hw[k, d] = sum;
            }
        return hw;
    }

    /// <summary>Second derivative through a fully connected layer, data (OP-B2): FC-B1 with squared weights.</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K.</param>
    /// <param name="w">Weights before the update, K×D.</param>
    /// <returns>Second derivative hx, N×D.</returns>
    /// <exception cref="ArgumentException">w is not K×D.</exception>
    /// <remarks>docs/equations/second-order.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document
    /// Recognition (1998), appendix C.</remarks>
    [Equation("OP-B2")]
    public static Tensor<T> SecondOrderData<T>(Tensor<T> hy, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("OP-B2", "hy", "N×K", hy.Lengths, 2);
        Lengths.ExpectRank("OP-B2", "w", "K×D", w.Lengths, 2);
        var (N, K) = hy.Sizes2();
        int D = (int)w.Lengths[1];
        Lengths.Expect("OP-B2", "w", "K×D", w.Lengths, [K, D]);
        var hx = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
            {
                T sum = T.AdditiveIdentity;
                for (int k = 0; k < K; k++)
                    sum += hy[n, k] * (w[k, d] * w[k, d]);
                hx[n, d] = sum;
            }
        return hx;
    }

    /// <summary>Second derivative through a fully connected layer, bias (OP-B4): a sum over the batch, as FC-B3.</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K.</param>
    /// <returns>Second derivative hb, K.</returns>
    /// <exception cref="ArgumentException">hy has not two dimensions.</exception>
    /// <remarks>docs/equations/second-order.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document
    /// Recognition (1998), appendix C.</remarks>
    [Equation("OP-B4")]
    public static Tensor<T> SecondOrderBias<T>(Tensor<T> hy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("OP-B4", "hy", "N×K", hy.Lengths, 2);
        var (N, K) = hy.Sizes2();
        var hb = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                sum += hy[n, k];
            hb[k] = sum;
        }
        return hb;
    }
}
