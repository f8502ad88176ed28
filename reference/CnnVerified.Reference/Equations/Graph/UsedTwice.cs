using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>A value that reaches the loss by two paths: directly, and as a factor.</summary>
public static class UsedTwice
{
    /// <summary>A value used twice, forward (GR-F3).</summary>
    /// <param name="x">The value, N×D.</param>
    /// <param name="z">Its factor on the second path, N×D.</param>
    /// <returns>Output y, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/graph.md. Definition.</remarks>
    [Equation("GR-F3")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> z)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>
    {
        Lengths.ExpectRank("GR-F3", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.Expect("GR-F3", "z", "N×D", z.Lengths, [N, D]);
        var y = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
                y[n, d] = x[n, d] + x[n, d] * z[n, d];
        return y;
    }

    /// <summary>A value used twice, backward data (GR-B1): the gradient of GR-F3 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="z">The factor, N×D.</param>
    /// <returns>Derivative dx, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/graph.md. The chain rule: one residual for each path.</remarks>
    [Equation("GR-B1")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> z)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>
    {
        Lengths.ExpectRank("GR-B1", "dy", "N×D", dy.Lengths, 2);
        var (N, D) = dy.Sizes2();
        Lengths.Expect("GR-B1", "z", "N×D", z.Lengths, [N, D]);
        var dx = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
                dx[n, d] = dy[n, d] + dy[n, d] * z[n, d];
        return dx;
    }

    /// <summary>A value used twice, backward to the factor (GR-B6): the gradient of GR-F3 by z.</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="x">The value, N×D.</param>
    /// <returns>Derivative dz, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/graph.md. The chain rule.</remarks>
    [Equation("GR-B6")]
    public static Tensor<T> BackwardFactor<T>(Tensor<T> dy, Tensor<T> x)
        where T : IMultiplyOperators<T, T, T>
    {
        Lengths.ExpectRank("GR-B6", "dy", "N×D", dy.Lengths, 2);
        var (N, D) = dy.Sizes2();
        Lengths.Expect("GR-B6", "x", "N×D", x.Lengths, [N, D]);
        var dz = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
                dz[n, d] = dy[n, d] * x[n, d];
        return dz;
    }
}
