using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The approximation of GELU by a tanh.</summary>
public static class GeluByTanh
{
    /// <summary>GELU by tanh, forward (AC-F18).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Hendrycks and Gimpel (2016).</remarks>
    [Equation("AC-F18")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IRootFunctions<T>, IHyperbolicFunctions<T>
    {
        Lengths.ExpectRank("AC-F18", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        T two = Whole.Of<T>(2), cubic = Whole.Of<T>(44715) / Whole.Of<T>(1_000_000);
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = x[i] * (T.One + T.Tanh(T.Sqrt(two / T.Pi) * (x[i] + cubic * x[i] * x[i] * x[i]))) / two;
        return y;
    }

    /// <summary>GELU by tanh, backward data (AC-B18): the gradient of AC-F18 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F18.</remarks>
    [Equation("AC-B18")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x)
        where T : IRootFunctions<T>, IHyperbolicFunctions<T>
    {
        Lengths.ExpectRank("AC-B18", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B18", "x", "N", x.Lengths, [N]);
        T two = Whole.Of<T>(2), three = Whole.Of<T>(3), cubic = Whole.Of<T>(44715) / Whole.Of<T>(1_000_000);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
        {
            T t = T.Tanh(T.Sqrt(two / T.Pi) * (x[i] + cubic * x[i] * x[i] * x[i]));
            dx[i] = dy[i] * (T.One + t + x[i] * (T.One - t * t) * T.Sqrt(two / T.Pi) * (T.One + three * cubic * x[i] * x[i])) / two;
        }
        return dx;
    }
}
