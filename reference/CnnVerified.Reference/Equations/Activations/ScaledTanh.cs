using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The scaled tanh amp·tanh(slope·x).</summary>
public static class ScaledTanh
{
    /// <summary>Scaled tanh, forward (AC-F3).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="amp">Height of the steps, not 0; 1.7159 in the paper.</param>
    /// <param name="slope">Factor of the input; 2/3 in the paper.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition (1998), appendix A.</remarks>
    [Equation("AC-F3")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T amp, T slope)
        where T : IHyperbolicFunctions<T>
    {
        Lengths.ExpectRank("AC-F3", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = amp * T.Tanh(slope * x[i]);
        return y;
    }

    /// <summary>Scaled tanh, backward data (AC-B3): the gradient of AC-F3 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="y">Output of AC-F3, N.</param>
    /// <param name="amp">Height of the steps, not 0; 1.7159 in the paper.</param>
    /// <param name="slope">Factor of the input; 2/3 in the paper.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F3.</remarks>
    [Equation("AC-B3")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> y, T amp, T slope)
        where T : ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>
    {
        Lengths.ExpectRank("AC-B3", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B3", "y", "N", y.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = dy[i] * slope * (amp - y[i] * y[i] / amp);
        return dx;
    }
}
