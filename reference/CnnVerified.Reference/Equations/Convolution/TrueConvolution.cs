using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The convolution of mathematics, whose kernel runs backwards: one map, one kernel, whole windows only.</summary>
public static class TrueConvolution
{
    /// <summary>True convolution, valid, forward (CV-F2).</summary>
    /// <param name="x">Input, H×W.</param>
    /// <param name="w">Weights, R×S.</param>
    /// <returns>Output y, (H−R+1)×(W−S+1).</returns>
    /// <exception cref="ArgumentException">A rank is not 2, or no window fits.</exception>
    /// <remarks>docs/equations/true-convolution.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 9.1; MATLAB's conv2,
    /// valid.</remarks>
    [Equation("CV-F2")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-F2", "x", "H×W", x.Lengths, 2);
        Lengths.ExpectRank("CV-F2", "w", "R×S", w.Lengths, 2);
        var ((H, W), (R, S)) = (x.Sizes2(), w.Sizes2());
        var (P, Q) = Window.Unit.OutputSize(H, W, R, S);
        var y = Tensor.CreateFromShape<T>([P, Q]);
        for (int i = 0; i < P; i++)
            for (int j = 0; j < Q; j++)
            {
                T sum = T.AdditiveIdentity;
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                        sum += w[r, s] * x[i + R - 1 - r, j + S - 1 - s];
                y[i, j] = sum;
            }
        return y;
    }

    /// <summary>True convolution, valid, backward data (CV-B4): the gradient of CV-F2 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, P×Q.</param>
    /// <param name="w">Weights, R×S.</param>
    /// <returns>Derivative dx, (P+R−1)×(Q+S−1).</returns>
    /// <exception cref="ArgumentException">A rank is not 2.</exception>
    /// <remarks>docs/equations/true-convolution.md. Derived from CV-F2.</remarks>
    [Equation("CV-B4")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B4", "dy", "P×Q", dy.Lengths, 2);
        Lengths.ExpectRank("CV-B4", "w", "R×S", w.Lengths, 2);
        var ((P, Q), (R, S)) = (dy.Sizes2(), w.Sizes2());
        var (H, W) = (P + R - 1, Q + S - 1);
        _ = Window.Unit.OutputSize(H, W, R, S);   // refuses a dy without rows or columns
        var dx = Tensor.CreateFromShape<T>([H, W]);
        for (int u = 0; u < H; u++)
            for (int v = 0; v < W; v++)
            {
                T sum = T.AdditiveIdentity;
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                        sum += dy.OrZero(u - (R - 1) + r, v - (S - 1) + s) * w[r, s];
                dx[u, v] = sum;
            }
        return dx;
    }

    /// <summary>True convolution, valid, backward weights (CV-B5): the gradient of CV-F2 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, P×Q.</param>
    /// <param name="x">Input, H×W.</param>
    /// <returns>Derivative dw, (H−P+1)×(W−Q+1).</returns>
    /// <exception cref="ArgumentException">A rank is not 2, or dy is larger than x.</exception>
    /// <remarks>docs/equations/true-convolution.md. Derived from CV-F2.</remarks>
    [Equation("CV-B5")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B5", "dy", "P×Q", dy.Lengths, 2);
        Lengths.ExpectRank("CV-B5", "x", "H×W", x.Lengths, 2);
        var ((P, Q), (H, W)) = (dy.Sizes2(), x.Sizes2());
        var (R, S) = Window.Unit.OutputSize(H, W, P, Q);
        var dw = Tensor.CreateFromShape<T>([R, S]);
        for (int r = 0; r < R; r++)
            for (int s = 0; s < S; s++)
            {
                T sum = T.AdditiveIdentity;
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        sum += dy[i, j] * x[i + R - 1 - r, j + S - 1 - s];
                dw[r, s] = sum;
            }
        return dw;
    }
}
