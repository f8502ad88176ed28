using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Dropout of single elements, inverted: what is kept is divided by the probability of keeping it.</summary>
public static class Dropout
{
    /// <summary>Dropout, forward (NM-F5).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="u">Drawn uniformly from [0, 1), N×D.</param>
    /// <param name="keep">Probability of keeping an element, in (0, 1].</param>
    /// <returns>Output y, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/normalisation.md. Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout (2014); there scaled at
    /// test time.</remarks>
    [Equation("NM-F5")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> u, T keep)
        where T : IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IComparisonOperators<T, T, bool>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("NM-F5", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.Expect("NM-F5", "u", "N×D", u.Lengths, [N, D]);
        var y = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
                y[n, d] = Choosing.One<T>(u[n, d] < keep) * x[n, d] / keep;
        return y;
    }

    /// <summary>Dropout, backward data (NM-B8): the gradient of NM-F5 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="u">The same u as in NM-F5, N×D.</param>
    /// <param name="keep">Probability of keeping an element, in (0, 1].</param>
    /// <returns>Derivative dx, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F5.</remarks>
    [Equation("NM-B8")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> u, T keep)
        where T : IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IComparisonOperators<T, T, bool>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B8", "dy", "N×D", dy.Lengths, 2);
        var (N, D) = dy.Sizes2();
        Lengths.Expect("NM-B8", "u", "N×D", u.Lengths, [N, D]);
        var dx = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
                dx[n, d] = Choosing.One<T>(u[n, d] < keep) * dy[n, d] / keep;
        return dx;
    }
}
