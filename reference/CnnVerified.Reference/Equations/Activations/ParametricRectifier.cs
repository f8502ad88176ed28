using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The parametric rectifier: a leaky rectifier with a learned slope for each channel.</summary>
public static class ParametricRectifier
{
    /// <summary>Parametric rectifier, forward (AC-F13).</summary>
    /// <param name="x">Input, N×C×M.</param>
    /// <param name="a">Slopes for negative inputs, C.</param>
    /// <returns>Output y, N×C×M.</returns>
    /// <exception cref="ArgumentException">x has not three dimensions, or a's length is not C.</exception>
    /// <remarks>docs/equations/activations.md. He, Zhang, Ren and Sun (2015).</remarks>
    [Equation("AC-F13")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> a)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        var (N, C, M) = Sizes("AC-F13", "x", x);
        Lengths.Expect("AC-F13", "a", "C", a.Lengths, [C]);
        var y = Tensor.CreateFromShape<T>([N, C, M]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < M; i++)
                    y[n, c, i] = Choosing.Max(T.AdditiveIdentity, x[n, c, i]) + a[c] * Choosing.Min(T.AdditiveIdentity, x[n, c, i]);
        return y;
    }

    /// <summary>Parametric rectifier, backward data (AC-B13): the gradient of AC-F13 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×M.</param>
    /// <param name="x">Input, N×C×M.</param>
    /// <param name="a">Slopes for negative inputs, C.</param>
    /// <returns>Derivative dx, N×C×M.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a's length is not C.</exception>
    /// <remarks>docs/equations/activations.md. He, Zhang, Ren and Sun (2015). At exactly 0 the convention is a[c].</remarks>
    [Equation("AC-B13")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> a)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>,
            IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        var (N, C, M) = Sizes("AC-B13", "dy", dy);
        Lengths.Expect("AC-B13", "x", "N×C×M", x.Lengths, [N, C, M]);
        Lengths.Expect("AC-B13", "a", "C", a.Lengths, [C]);
        var dx = Tensor.CreateFromShape<T>([N, C, M]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < M; i++)
                    dx[n, c, i] = (Choosing.One<T>(x[n, c, i] > T.AdditiveIdentity) + a[c] * Choosing.One<T>(x[n, c, i] <= T.AdditiveIdentity))
                        * dy[n, c, i];
        return dx;
    }

    /// <summary>Parametric rectifier, backward slope (AC-B14): the gradient of AC-F13 by a.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×M.</param>
    /// <param name="x">Input, N×C×M.</param>
    /// <returns>Derivative da, C.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/activations.md. He, Zhang, Ren and Sun (2015).</remarks>
    [Equation("AC-B14")]
    public static Tensor<T> BackwardSlope<T>(Tensor<T> dy, Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        var (N, C, M) = Sizes("AC-B14", "dy", dy);
        Lengths.Expect("AC-B14", "x", "N×C×M", x.Lengths, [N, C, M]);
        var da = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < M; i++)
                    sum += Choosing.Min(T.AdditiveIdentity, x[n, c, i]) * dy[n, c, i];
            da[c] = sum;
        }
        return da;
    }

    private static (int, int, int) Sizes<T>(string id, string name, Tensor<T> x)
    {
        Lengths.ExpectRank(id, name, "N×C×M", x.Lengths, 3);
        return ((int)x.Lengths[0], (int)x.Lengths[1], (int)x.Lengths[2]);
    }
}
