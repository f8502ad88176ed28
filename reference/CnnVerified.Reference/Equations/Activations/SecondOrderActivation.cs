using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Second derivatives through an activation, Gauss-Newton: times the square of its slope.</summary>
public static class SecondOrderActivation
{
    /// <summary>Second derivative through the scaled tanh (OP-B8).</summary>
    /// <param name="hy">Second derivative of the loss by y, N.</param>
    /// <param name="y">Output of AC-F3, N.</param>
    /// <param name="amp">Amplitude, not 0.</param>
    /// <param name="slope">Slope of the argument.</param>
    /// <returns>Second derivative hx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/second-order.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document
    /// Recognition (1998), appendix C.</remarks>
    [Equation("OP-B8")]
    public static Tensor<T> ScaledTanh<T>(Tensor<T> hy, Tensor<T> y, T amp, T slope)
        where T : ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>
    {
        Lengths.ExpectRank("OP-B8", "hy", "N", hy.Lengths, 1);
        int N = (int)hy.Lengths[0];
        Lengths.Expect("OP-B8", "y", "N", y.Lengths, [N]);
        var hx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
        {
            T first = slope * (amp - y[i] * y[i] / amp);
            hx[i] = hy[i] * (first * first);
        }
        return hx;
    }
}
