using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Channels of two tensors side by side.</summary>
public static class Concatenation
{
    /// <summary>Concatenation, forward (GR-F2).</summary>
    /// <param name="x">First part, N×C.</param>
    /// <param name="z">Second part, N×E.</param>
    /// <returns>Both parts y, N×(C+E).</returns>
    /// <exception cref="ArgumentException">x and z differ in N.</exception>
    /// <remarks>docs/equations/graph.md. Definition.</remarks>
    [Equation("GR-F2")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> z)
    {
        Lengths.ExpectRank("GR-F2", "x", "N×C", x.Lengths, 2);
        Lengths.ExpectRank("GR-F2", "z", "N×E", z.Lengths, 2);
        var (N, C) = x.Sizes2();
        int E = (int)z.Lengths[1];
        Lengths.Expect("GR-F2", "z", "N×E", z.Lengths, [N, E]);
        var y = Tensor.CreateFromShape<T>([N, C + E]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < C + E; k++)
                y[n, k] = k < C ? x[n, k] : z[n, k - C];
        return y;
    }

    /// <summary>Concatenation, backward to the first part (GR-B5): the gradient of GR-F2 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×(C+E).</param>
    /// <param name="C">Channels of x.</param>
    /// <param name="E">Channels of z.</param>
    /// <returns>Derivative dx, N×C.</returns>
    /// <exception cref="ArgumentException">dy is not N×(C+E).</exception>
    /// <remarks>docs/equations/graph.md. Derived from GR-F2.</remarks>
    [Equation("GR-B5")]
    public static Tensor<T> BackwardFirst<T>(Tensor<T> dy, int C, int E)
    {
        Lengths.ExpectRank("GR-B5", "dy", "N×(C+E)", dy.Lengths, 2);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("GR-B5", "dy", "N×(C+E)", dy.Lengths, [N, C + E]);
        var dx = Tensor.CreateFromShape<T>([N, C]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < C; k++)
                dx[n, k] = dy[n, k];
        return dx;
    }

    /// <summary>Concatenation, backward to the second part (GR-B2): the gradient of GR-F2 by z.</summary>
    /// <param name="dy">Derivative of the loss by y, N×(C+E).</param>
    /// <param name="C">Channels of x.</param>
    /// <param name="E">Channels of z.</param>
    /// <returns>Derivative dz, N×E.</returns>
    /// <exception cref="ArgumentException">dy is not N×(C+E).</exception>
    /// <remarks>docs/equations/graph.md. Derived from GR-F2.</remarks>
    [Equation("GR-B2")]
    public static Tensor<T> BackwardSecond<T>(Tensor<T> dy, int C, int E)
    {
        Lengths.ExpectRank("GR-B2", "dy", "N×(C+E)", dy.Lengths, 2);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("GR-B2", "dy", "N×(C+E)", dy.Lengths, [N, C + E]);
        var dz = Tensor.CreateFromShape<T>([N, E]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < E; k++)
                dz[n, k] = dy[n, k + C];
        return dz;
    }
}
