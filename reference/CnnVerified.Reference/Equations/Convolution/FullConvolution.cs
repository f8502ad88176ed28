using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The convolution of mathematics over every window that holds at least one pixel.</summary>
public static class FullConvolution
{
    /// <summary>True convolution, full, forward (CV-F3).</summary>
    /// <param name="x">Input, H×W.</param>
    /// <param name="w">Weights, R×S.</param>
    /// <returns>Output y, (H+R−1)×(W+S−1).</returns>
    /// <exception cref="ArgumentException">A rank is not 2.</exception>
    /// <remarks>docs/equations/true-convolution.md. MATLAB's conv2, full.</remarks>
    [Equation("CV-F3")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-F3", "x", "H×W", x.Lengths, 2);
        Lengths.ExpectRank("CV-F3", "w", "R×S", w.Lengths, 2);
        var ((H, W), (R, S)) = (x.Sizes2(), w.Sizes2());
        _ = Window.Unit.OutputSize(H + R - 1, W + S - 1, R, S);   // refuses an x without rows or columns
        var y = Tensor.CreateFromShape<T>([H + R - 1, W + S - 1]);
        for (int i = 0; i < H + R - 1; i++)
            for (int j = 0; j < W + S - 1; j++)
            {
                T sum = T.AdditiveIdentity;
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                        sum += w[r, s] * x.OrZero(i - r, j - s);
                y[i, j] = sum;
            }
        return y;
    }

    /// <summary>True convolution, full, backward data (CV-B15): the gradient of CV-F3 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, (H+R−1)×(W+S−1).</param>
    /// <param name="w">Weights, R×S.</param>
    /// <returns>Derivative dx, H×W.</returns>
    /// <exception cref="ArgumentException">A rank is not 2, or w is larger than dy.</exception>
    /// <remarks>docs/equations/true-convolution.md. Derived from CV-F3.</remarks>
    [Equation("CV-B15")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B15", "dy", "(H+R−1)×(W+S−1)", dy.Lengths, 2);
        Lengths.ExpectRank("CV-B15", "w", "R×S", w.Lengths, 2);
        var ((P, Q), (R, S)) = (dy.Sizes2(), w.Sizes2());
        var (H, W) = Window.Unit.OutputSize(P, Q, R, S);
        var dx = Tensor.CreateFromShape<T>([H, W]);
        for (int u = 0; u < H; u++)
            for (int v = 0; v < W; v++)
            {
                T sum = T.AdditiveIdentity;
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                        sum += dy[u + r, v + s] * w[r, s];
                dx[u, v] = sum;
            }
        return dx;
    }

    /// <summary>True convolution, full, backward weights (CV-B16): the gradient of CV-F3 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, (H+R−1)×(W+S−1).</param>
    /// <param name="x">Input, H×W.</param>
    /// <returns>Derivative dw, R×S.</returns>
    /// <exception cref="ArgumentException">A rank is not 2, or x is larger than dy.</exception>
    /// <remarks>docs/equations/true-convolution.md. Derived from CV-F3.</remarks>
    [Equation("CV-B16")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B16", "dy", "(H+R−1)×(W+S−1)", dy.Lengths, 2);
        Lengths.ExpectRank("CV-B16", "x", "H×W", x.Lengths, 2);
        var ((P, Q), (H, W)) = (dy.Sizes2(), x.Sizes2());
        var (R, S) = Window.Unit.OutputSize(P, Q, H, W);
        var dw = Tensor.CreateFromShape<T>([R, S]);
        for (int r = 0; r < R; r++)
            for (int s = 0; s < S; s++)
            {
                T sum = T.AdditiveIdentity;
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                        sum += dy[u + r, v + s] * x[u, v];
                dw[r, s] = sum;
            }
        return dw;
    }
}
