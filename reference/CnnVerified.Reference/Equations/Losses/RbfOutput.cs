using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Squared distances from a centre for each class: the output layer of LeNet-5.</summary>
public static class RbfOutput
{
    /// <summary>RBF output, forward (LS-F7).</summary>
    /// <param name="x">Features, N×D.</param>
    /// <param name="w">Centres, K×D.</param>
    /// <returns>Squared distances y, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/lenet5-output.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to
    /// Document Recognition (1998), section II.B.</remarks>
    [Equation("LS-F7")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F7", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.ExpectRank("LS-F7", "w", "K×D", w.Lengths, 2);
        int K = (int)w.Lengths[0];
        Lengths.Expect("LS-F7", "w", "K×D", w.Lengths, [K, D]);
        var y = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T sum = T.AdditiveIdentity;
                for (int d = 0; d < D; d++)
                    sum += (x[n, d] - w[k, d]) * (x[n, d] - w[k, d]);
                y[n, k] = sum;
            }
        return y;
    }

    /// <summary>RBF output, backward data (LS-B7): the gradient of LS-F7 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="x">Features, N×D.</param>
    /// <param name="w">Centres, K×D.</param>
    /// <returns>Derivative dx, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/lenet5-output.md. Derived from LS-F7.</remarks>
    [Equation("LS-B7")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>,
                  IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-B7", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.ExpectRank("LS-B7", "w", "K×D", w.Lengths, 2);
        int K = (int)w.Lengths[0];
        Lengths.Expect("LS-B7", "w", "K×D", w.Lengths, [K, D]);
        Lengths.Expect("LS-B7", "dy", "N×K", dy.Lengths, [N, K]);
        var dx = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
            {
                T sum = T.AdditiveIdentity;
                for (int k = 0; k < K; k++)
                    sum += Whole.Of<T>(2) * dy[n, k] * (x[n, d] - w[k, d]);
                dx[n, d] = sum;
            }
        return dx;
    }

    /// <summary>RBF output, backward centres (LS-B8): the gradient of LS-F7 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="x">Features, N×D.</param>
    /// <param name="w">Centres, K×D.</param>
    /// <returns>Derivative dw, K×D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/lenet5-output.md. Derived from LS-F7.</remarks>
    [Equation("LS-B8")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IUnaryNegationOperators<T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-B8", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.ExpectRank("LS-B8", "w", "K×D", w.Lengths, 2);
        int K = (int)w.Lengths[0];
        Lengths.Expect("LS-B8", "w", "K×D", w.Lengths, [K, D]);
        Lengths.Expect("LS-B8", "dy", "N×K", dy.Lengths, [N, K]);
        var dw = Tensor.CreateFromShape<T>([K, D]);
        for (int k = 0; k < K; k++)
            for (int d = 0; d < D; d++)
            {
                T sum = T.AdditiveIdentity;
                for (int n = 0; n < N; n++)
                    sum += Whole.Of<T>(2) * dy[n, k] * (x[n, d] - w[k, d]);
                dw[k, d] = -sum;
            }
        return dw;
    }

    /// <summary>Second derivative through the RBF output, Gauss-Newton (OP-B10).</summary>
    /// <param name="hy">Second derivative of the loss by y, diagonal, N×K.</param>
    /// <param name="x">Features, N×D.</param>
    /// <param name="w">Centres, K×D.</param>
    /// <returns>Second derivative hx by x, diagonal, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/lenet5-output.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to
    /// Document Recognition (1998), appendix C.</remarks>
    [Equation("OP-B10")]
    public static Tensor<T> SecondOrderGaussNewton<T>(Tensor<T> hy, Tensor<T> x, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>,
                  IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("OP-B10", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.ExpectRank("OP-B10", "w", "K×D", w.Lengths, 2);
        int K = (int)w.Lengths[0];
        Lengths.Expect("OP-B10", "w", "K×D", w.Lengths, [K, D]);
        Lengths.Expect("OP-B10", "hy", "N×K", hy.Lengths, [N, K]);
        var hx = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
            {
                T sum = T.AdditiveIdentity;
                for (int k = 0; k < K; k++)
                    sum += Whole.Of<T>(4) * hy[n, k] * ((x[n, d] - w[k, d]) * (x[n, d] - w[k, d]));
                hx[n, d] = sum;
            }
        return hx;
    }

    /// <summary>Second derivative through the RBF output, exact diagonal (OP-B11).</summary>
    /// <param name="hy">Second derivative of the loss by y, diagonal, N×K.</param>
    /// <param name="g">The rest of the gradient by y, N×K: the gradient is g + hy·y.</param>
    /// <param name="x">Features, N×D.</param>
    /// <param name="w">Centres, K×D.</param>
    /// <param name="y">Output of LS-F7, N×K.</param>
    /// <returns>Second derivative hx by x, diagonal, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/lenet5-output.md. Derived from LS-F7.</remarks>
    [Equation("OP-B11")]
    public static Tensor<T> SecondOrder<T>(Tensor<T> hy, Tensor<T> g, Tensor<T> x, Tensor<T> w, Tensor<T> y)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>,
                  IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("OP-B11", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.ExpectRank("OP-B11", "w", "K×D", w.Lengths, 2);
        int K = (int)w.Lengths[0];
        Lengths.Expect("OP-B11", "w", "K×D", w.Lengths, [K, D]);
        Lengths.Expect("OP-B11", "hy", "N×K", hy.Lengths, [N, K]);
        Lengths.Expect("OP-B11", "g", "N×K", g.Lengths, [N, K]);
        Lengths.Expect("OP-B11", "y", "N×K", y.Lengths, [N, K]);
        var hx = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
            {
                T sum = T.AdditiveIdentity;
                for (int k = 0; k < K; k++)
                    sum += Whole.Of<T>(4) * hy[n, k] * ((x[n, d] - w[k, d]) * (x[n, d] - w[k, d])) + Whole.Of<T>(2) * (g[n, k] + hy[n, k] * y[n, k]);
                hx[n, d] = sum;
            }
        return hx;
    }
}
