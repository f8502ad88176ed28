using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Local response normalisation: divided by a power of what the neighbouring channels hold.</summary>
public static class LocalResponse
{
    /// <summary>Local response normalisation, forward (NM-F4).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="kk">What is added to the mean square, above 0.</param>
    /// <param name="alpha">Factor of the mean square, not negative.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="Z">Channels of the window, Z ≥ 1; the window of an even Z reaches one further up than down.</param>
    /// <returns>Output y, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or Z is below 1.</exception>
    /// <remarks>docs/equations/normalisation.md. Krizhevsky, Sutskever and Hinton, ImageNet Classification with Deep Convolutional Neural
    /// Networks (2012), section 3.3; their alpha is alpha/Z here.</remarks>
    [Equation("NM-F4")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T kk, T alpha, T beta, int Z)
        where T : IPowerFunctions<T>
    {
        Lengths.ExpectRank("NM-F4", "x", "N×C×H×W", x.Lengths, 4);
        ExpectWindow("NM-F4", Z);
        var (N, C, H, W) = x.Sizes4();
        Tensor<T> q = Tensor.CreateFromShape<T>([N, C, H, W]), y = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int m = Math.Max(0, c - (Z - 1) / 2); m <= Math.Min(C - 1, c + Z / 2); m++)   // Z / 2 is ceil((Z-1)/2)
                            sum += x[n, m, i, j] * x[n, m, i, j];
                        q[n, c, i, j] = kk + alpha / Whole.Of<T>(Z) * sum;
                        y[n, c, i, j] = x[n, c, i, j] * T.Pow(q[n, c, i, j], -beta);
                    }
        return y;
    }

    /// <summary>Local response normalisation, backward data (NM-B7): the gradient of NM-F4 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="q">What NM-F4 raises to the power −beta, N×C×H×W.</param>
    /// <param name="y">Output of NM-F4, N×C×H×W.</param>
    /// <param name="alpha">Factor of the mean square, not negative.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="Z">Channels of the window, Z ≥ 1.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or Z is below 1.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F4.</remarks>
    [Equation("NM-B7")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> q, Tensor<T> y, T alpha, T beta, int Z)
        where T : IPowerFunctions<T>
    {
        Lengths.ExpectRank("NM-B7", "dy", "N×C×H×W", dy.Lengths, 4);
        ExpectWindow("NM-B7", Z);
        var (N, C, H, W) = dy.Sizes4();
        Lengths.Expect("NM-B7", "x", "N×C×H×W", x.Lengths, dy.Lengths);
        Lengths.Expect("NM-B7", "q", "N×C×H×W", q.Lengths, dy.Lengths);
        Lengths.Expect("NM-B7", "y", "N×C×H×W", y.Lengths, dy.Lengths);
        T two = Whole.Of<T>(2);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int m = Math.Max(0, c - Z / 2); m <= Math.Min(C - 1, c + (Z - 1) / 2); m++)   // Z / 2 is ceil((Z-1)/2)
                            sum += dy[n, m, i, j] * y[n, m, i, j] / q[n, m, i, j];
                        dx[n, c, i, j] = dy[n, c, i, j] * T.Pow(q[n, c, i, j], -beta) - two * alpha / Whole.Of<T>(Z) * beta * x[n, c, i, j] * sum;
                    }
        return dx;
    }

    private static void ExpectWindow(string id, int Z)
    {
        if (Z < 1)
            throw new ArgumentException($"Z expects a window of at least one channel but is {Z}; {id}.", nameof(Z));
    }
}
