using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The sigmoid linear unit x/(1 + e⁻ˣ), SiLU, also called swish.</summary>
public static class Silu
{
    /// <summary>SiLU, forward (AC-F9).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Elfwing, Uchibe and Doya (2018); Ramachandran, Zoph and Le (2017).</remarks>
    [Equation("AC-F9")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("AC-F9", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = x[i] / (T.One + T.Exp(-x[i]));
        return y;
    }

    /// <summary>SiLU, backward data (AC-B9): the gradient of AC-F9 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F9.</remarks>
    [Equation("AC-B9")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("AC-B9", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B9", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = dy[i] / (T.One + T.Exp(-x[i])) * (T.One + x[i] * (T.One - T.One / (T.One + T.Exp(-x[i]))));
        return dx;
    }
}
