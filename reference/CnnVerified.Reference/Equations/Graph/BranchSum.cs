using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Two branches of the same shape, added.</summary>
public static class BranchSum
{
    /// <summary>Sum of branches, forward (GR-F1).</summary>
    /// <param name="x">First branch, N×D.</param>
    /// <param name="z">Second branch, N×D.</param>
    /// <returns>Sum y, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/graph.md. He, Zhang, Ren and Sun, Deep Residual Learning for Image Recognition (2016).</remarks>
    [Equation("GR-F1")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> z)
        where T : IAdditionOperators<T, T, T>
    {
        Lengths.ExpectRank("GR-F1", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.Expect("GR-F1", "z", "N×D", z.Lengths, [N, D]);
        var y = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
                y[n, d] = x[n, d] + z[n, d];
        return y;
    }

    /// <summary>Sum of branches, backward to the first branch (GR-B3): the gradient of GR-F1 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <returns>Derivative dx, N×D.</returns>
    /// <exception cref="ArgumentException">dy has not two dimensions.</exception>
    /// <remarks>docs/equations/graph.md. Derived from GR-F1.</remarks>
    [Equation("GR-B3")]
    public static Tensor<T> BackwardFirst<T>(Tensor<T> dy)
    {
        Lengths.ExpectRank("GR-B3", "dy", "N×D", dy.Lengths, 2);
        var (N, D) = dy.Sizes2();
        var dx = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
                dx[n, d] = dy[n, d];
        return dx;
    }

    /// <summary>Sum of branches, backward to the second branch (GR-B4): the gradient of GR-F1 by z.</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <returns>Derivative dz, N×D.</returns>
    /// <exception cref="ArgumentException">dy has not two dimensions.</exception>
    /// <remarks>docs/equations/graph.md. Derived from GR-F1.</remarks>
    [Equation("GR-B4")]
    public static Tensor<T> BackwardSecond<T>(Tensor<T> dy)
    {
        Lengths.ExpectRank("GR-B4", "dy", "N×D", dy.Lengths, 2);
        var (N, D) = dy.Sizes2();
        var dz = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
                dz[n, d] = dy[n, d];
        return dz;
    }
}
