using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Windows side by side are summed; each channel has one coefficient and one bias; a scaled tanh follows.</summary>
public static class TrainableSubsampling
{
    /// <summary>Trainable subsampling, forward (PL-F6).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="a">Coefficients, C.</param>
    /// <param name="b">Biases, C.</param>
    /// <param name="amp">Amplitude of the tanh, not 0.</param>
    /// <param name="slope">Factor of the tanh's argument.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <returns>Output y, N×C×P×Q, P = floor(H/R), Q = floor(W/S).</returns>
    /// <exception cref="ArgumentException">No window fits, or a or b has not C elements.</exception>
    /// <remarks>docs/equations/pooling-variants.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document
    /// Recognition (1998), section II.B.</remarks>
    [Equation("PL-F6")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> a, Tensor<T> b, T amp, T slope, int R, int S)
        where T : IHyperbolicFunctions<T>
    {
        var (N, C, _, _, _, _, P, Q) = PoolingShape.SideBySide("PL-F6", x.Lengths, R, S);
        Lengths.Expect("PL-F6", "a", "C", a.Lengths, [C]);
        Lengths.Expect("PL-F6", "b", "C", b.Lengths, [C]);
        var v = Sums(x, R, S);
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        y[n, c, i, j] = amp * T.Tanh(slope * (a[c] * v[n, c, i, j] + b[c]));
        return y;
    }

    /// <summary>The sums v of PL-F6, which its gradient by a needs.</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <returns>Sums v, N×C×P×Q.</returns>
    /// <exception cref="ArgumentException">No window fits.</exception>
    public static Tensor<T> Sums<T>(Tensor<T> x, int R, int S)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (N, C, _, _, _, _, P, Q) = PoolingShape.SideBySide("PL-F6", x.Lengths, R, S);
        var v = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += x[n, c, i * R + r, j * S + s];
                        v[n, c, i, j] = sum;
                    }
        return v;
    }

    /// <summary>Trainable subsampling, backward data (PL-B5): the gradient of PL-F6 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="a">Coefficients, C.</param>
    /// <param name="y">Output of PL-F6, N×C×P×Q.</param>
    /// <param name="amp">Amplitude of the tanh, not 0.</param>
    /// <param name="slope">Factor of the tanh's argument.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F6.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("PL-B5")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> a, Tensor<T> y, T amp, T slope, int H, int W, int R, int S)
        where T : IAdditiveIdentity<T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>
    {
        Lengths.ExpectRank("PL-B5", "dy", "N×C×P×Q", dy.Lengths, 4);
        var shape = PoolingShape.SideBySide("PL-B5", [dy.Lengths[0], dy.Lengths[1], H, W], R, S);
        shape.ExpectOutput("PL-B5", "dy", dy.Lengths);
        var (N, C, _, _, _, _, _, _) = shape;
        Lengths.Expect("PL-B5", "a", "C", a.Lengths, [C]);
        var dz = Residual("PL-B5", dy, y, amp, slope);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int t = 0; t < W; t++)
                        dx[n, c, u, t] = a[c] * dz.OrZero(n, c, u / R, t / S);
        return dx;
    }

    /// <summary>Trainable subsampling, backward coefficient (PL-B6): the gradient of PL-F6 by a.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="v">Sums of the windows of PL-F6, N×C×P×Q.</param>
    /// <param name="y">Output of PL-F6, N×C×P×Q.</param>
    /// <param name="amp">Amplitude of the tanh, not 0.</param>
    /// <param name="slope">Factor of the tanh's argument.</param>
    /// <returns>Derivative da, C.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("PL-B6")]
    public static Tensor<T> BackwardCoefficient<T>(Tensor<T> dy, Tensor<T> v, Tensor<T> y, T amp, T slope)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>,
            IDivisionOperators<T, T, T>
    {
        var dz = Residual("PL-B6", dy, y, amp, slope);
        Lengths.Expect("PL-B6", "v", "N×C×P×Q", v.Lengths, dy.Lengths);
        var (N, C, P, Q) = dy.Sizes4();
        var da = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        sum += dz[n, c, i, j] * v[n, c, i, j];
            da[c] = sum;
        }
        return da;
    }

    /// <summary>Trainable subsampling, backward bias (PL-B7): the gradient of PL-F6 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="y">Output of PL-F6, N×C×P×Q.</param>
    /// <param name="amp">Amplitude of the tanh, not 0.</param>
    /// <param name="slope">Factor of the tanh's argument.</param>
    /// <returns>Derivative db, C.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("PL-B7")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy, Tensor<T> y, T amp, T slope)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>,
            IDivisionOperators<T, T, T>
    {
        var dz = Residual("PL-B7", dy, y, amp, slope);
        var (N, C, P, Q) = dy.Sizes4();
        var db = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        sum += dz[n, c, i, j];
            db[c] = sum;
        }
        return db;
    }

    /// <summary>Second derivatives through trainable subsampling, Gauss-Newton, diagonal (OP-B9).</summary>
    /// <param name="hy">Second derivatives of the loss by y, N×C×P×Q, not negative.</param>
    /// <param name="a">Coefficients, C.</param>
    /// <param name="v">Sums of the windows of PL-F6, N×C×P×Q.</param>
    /// <param name="y">Output of PL-F6, N×C×P×Q.</param>
    /// <param name="amp">Amplitude of the tanh, not 0.</param>
    /// <param name="slope">Factor of the tanh's argument.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <returns>Second derivatives by x, hx, N×C×H×W; by a, ha, C; by b, hb, C.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F6.</exception>
    /// <remarks>docs/equations/second-order-pooling.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document
    /// Recognition (1998), Appendix C.</remarks>
    [Equation("OP-B9")]
    public static (Tensor<T> hx, Tensor<T> ha, Tensor<T> hb) SecondDerivatives<T>(Tensor<T> hy, Tensor<T> a, Tensor<T> v, Tensor<T> y, T amp, T slope,
        int H, int W, int R, int S)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>,
            IDivisionOperators<T, T, T>
    {
        Lengths.ExpectRank("OP-B9", "hy", "N×C×P×Q", hy.Lengths, 4);
        var shape = PoolingShape.SideBySide("OP-B9", [hy.Lengths[0], hy.Lengths[1], H, W], R, S);
        shape.ExpectOutput("OP-B9", "hy", hy.Lengths);
        shape.ExpectOutput("OP-B9", "v", v.Lengths);
        shape.ExpectOutput("OP-B9", "y", y.Lengths);
        var (N, C, _, _, _, _, P, Q) = shape;
        Lengths.Expect("OP-B9", "a", "C", a.Lengths, [C]);
        var hz = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T derivative = slope * (amp - y[n, c, i, j] * y[n, c, i, j] / amp);
                        hz[n, c, i, j] = hy[n, c, i, j] * (derivative * derivative);
                    }
        var hx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int t = 0; t < W; t++)
                        hx[n, c, u, t] = a[c] * a[c] * hz.OrZero(n, c, u / R, t / S);
        var ha = Tensor.CreateFromShape<T>([C]);
        var hb = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            (T sumA, T sumB) = (T.AdditiveIdentity, T.AdditiveIdentity);
            for (int n = 0; n < N; n++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        sumA += hz[n, c, i, j] * (v[n, c, i, j] * v[n, c, i, j]);
                        sumB += hz[n, c, i, j];
                    }
            (ha[c], hb[c]) = (sumA, sumB);
        }
        return (hx, ha, hb);
    }

    // dz[n,c,i,j] of PL-B5 to PL-B7.
    private static Tensor<T> Residual<T>(string id, Tensor<T> dy, Tensor<T> y, T amp, T slope)
        where T : ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>
    {
        Lengths.ExpectRank(id, "dy", "N×C×P×Q", dy.Lengths, 4);
        Lengths.Expect(id, "y", "N×C×P×Q", y.Lengths, dy.Lengths);
        var (N, C, P, Q) = dy.Sizes4();
        var dz = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        dz[n, c, i, j] = dy[n, c, i, j] * slope * (amp - y[n, c, i, j] * y[n, c, i, j] / amp);
        return dz;
    }
}
