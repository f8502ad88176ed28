using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The hard sigmoid: the line a·x + b, held between 0 and 1.</summary>
public static class HardSigmoid
{
    /// <summary>Hard sigmoid, forward (AC-F16).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="a">Slope of the line; 0.2 in ONNX, 1/6 elsewhere.</param>
    /// <param name="b">Its value at 0; 0.5 as a rule.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. ONNX HardSigmoid.</remarks>
    [Equation("AC-F16")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T a, T b)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>,
            IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-F16", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = Choosing.Max(T.AdditiveIdentity, Choosing.Min(T.MultiplicativeIdentity, a * x[i] + b));
        return y;
    }

    /// <summary>Hard sigmoid, backward data (AC-B16): the gradient of AC-F16 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="a">Slope of the line; 0.2 in ONNX, 1/6 elsewhere.</param>
    /// <param name="b">Its value at 0; 0.5 as a rule.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F16. At the two corners there is no derivative; the convention is 0.</remarks>
    [Equation("AC-B16")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, T a, T b)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>,
            IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B16", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B16", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = T.AdditiveIdentity < a * x[i] + b && a * x[i] + b < T.MultiplicativeIdentity ? a * dy[i] : T.AdditiveIdentity;
        return dx;
    }
}
