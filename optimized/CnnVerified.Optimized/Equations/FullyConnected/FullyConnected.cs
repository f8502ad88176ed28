using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's FullyConnected.</summary>
/// <remarks>Order of the sums: forward over d, backward data over k, backward weights and bias over n, ascending from +0, one fused
/// multiply-add per term; the bias is added last, with one rounding. Outputs must not overlap inputs.</remarks>
public static unsafe class FullyConnected
{
    /// <summary>Fully connected, forward (FC-F1).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="w">Weights, K×D.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="y">Output, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("FC-F1")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("FC-F1", "x", "N×D", x.Lengths, 2);
        Lengths.ExpectRank("FC-F1", "w", "K×D", w.Lengths, 2);
        var (N, D, K) = ((int)x.Lengths[0], (int)x.Lengths[1], (int)w.Lengths[0]);
        Contract.Dense("FC-F1", "x", x);
        Contract.Shape("FC-F1", "w", "K×D", w, [K, D]);
        Contract.Shape("FC-F1", "b", "K", b, [K]);
        Contract.Shape("FC-F1", "y", "N×K", y, [N, K]);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
            if (MatrixProduct.Pays(N, D, K, standsInRows: false))
                MatrixProduct.Run(on, N, D, K, new(px, D, 1), new(pw, 1, D), pb, 1, py);
            else
                OrderedProduct.Run(on, new ForwardProduct(N, D, K, px, pw, pb, py));
    }

    /// <summary>Fully connected, backward data (FC-B1).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="w">Weights before the update, K×D.</param>
    /// <param name="dx">Derivative by x, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("FC-B1")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("FC-B1", "dy", "N×K", dy.Lengths, 2);
        Lengths.ExpectRank("FC-B1", "w", "K×D", w.Lengths, 2);
        var (N, K, D) = ((int)dy.Lengths[0], (int)dy.Lengths[1], (int)w.Lengths[1]);
        Contract.Dense("FC-B1", "dy", dy);
        Contract.Shape("FC-B1", "w", "K×D", w, [K, D]);
        Contract.Shape("FC-B1", "dx", "N×D", dx, [N, D]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            if (MatrixProduct.Pays(N, K, D, standsInRows: true))
                MatrixProduct.Run(on, N, K, D, new(pdy, K, 1), new(pw, D, 1), null, 1, pdx);
            else
                OrderedProduct.Run(on, new BackwardDataProduct<Plain>(N, D, K, pdy, pw, pdx));
    }

    /// <summary>Fully connected, backward weights (FC-B2).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="x">Input, N×D.</param>
    /// <param name="dw">Derivative by w, K×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("FC-B2")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dw, Execution on)
    {
        Lengths.ExpectRank("FC-B2", "dy", "N×K", dy.Lengths, 2);
        Lengths.ExpectRank("FC-B2", "x", "N×D", x.Lengths, 2);
        var (N, K, D) = ((int)dy.Lengths[0], (int)dy.Lengths[1], (int)x.Lengths[1]);
        Contract.Dense("FC-B2", "dy", dy);
        Contract.Shape("FC-B2", "x", "N×D", x, [N, D]);
        Contract.Shape("FC-B2", "dw", "K×D", dw, [K, D]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            if (MatrixProduct.Pays(K, N, D, standsInRows: true))
                MatrixProduct.Run(on, K, N, D, new(pdy, 1, K), new(px, D, 1), null, 1, pdw);
            else
                OrderedProduct.Run(on, new BackwardWeightsProduct<Plain>(N, D, K, pdy, px, pdw));
    }

    /// <summary>Fully connected, backward bias (FC-B3).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("FC-B3")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on)
    {
        Lengths.ExpectRank("FC-B3", "dy", "N×K", dy.Lengths, 2);
        Contract.Dense("FC-B3", "dy", dy);
        Contract.Shape("FC-B3", "db", "K", db, [dy.Lengths[1]]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdb = db)
            Pointwise.Run(on, dy.Lengths[1], new ColumnSums((int)dy.Lengths[0], (int)dy.Lengths[1], pdy, pdb));
    }

    /// <summary>Second derivative through a fully connected layer, weights (OP-B1).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K.</param>
    /// <param name="x">Input, N×D.</param>
    /// <param name="hw">Second derivative by w, K×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Summed as FC-B2; a squared input rounds once.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("OP-B1")]
    public static void SecondOrderWeights(in ReadOnlyTensorSpan<float> hy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> hw, Execution on)
    {
        Lengths.ExpectRank("OP-B1", "hy", "N×K", hy.Lengths, 2);
        Lengths.ExpectRank("OP-B1", "x", "N×D", x.Lengths, 2);
        var (N, K, D) = ((int)hy.Lengths[0], (int)hy.Lengths[1], (int)x.Lengths[1]);
        Contract.Dense("OP-B1", "hy", hy);
        Contract.Shape("OP-B1", "x", "N×D", x, [N, D]);
        Contract.Shape("OP-B1", "hw", "K×D", hw, [K, D]);
        using var lease = on.Enter();
        fixed (float* phy = hy, px = x, phw = hw)
            OrderedProduct.Run(on, new BackwardWeightsProduct<Squared>(N, D, K, phy, px, phw));
    }

    /// <summary>Second derivative through a fully connected layer, data (OP-B2).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K.</param>
    /// <param name="w">Weights before the update, K×D.</param>
    /// <param name="hx">Second derivative by x, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Summed as FC-B1; a squared weight rounds once.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("OP-B2")]
    public static void SecondOrderData(in ReadOnlyTensorSpan<float> hy, in ReadOnlyTensorSpan<float> w, in TensorSpan<float> hx, Execution on)
    {
        Lengths.ExpectRank("OP-B2", "hy", "N×K", hy.Lengths, 2);
        Lengths.ExpectRank("OP-B2", "w", "K×D", w.Lengths, 2);
        var (N, K, D) = ((int)hy.Lengths[0], (int)hy.Lengths[1], (int)w.Lengths[1]);
        Contract.Dense("OP-B2", "hy", hy);
        Contract.Shape("OP-B2", "w", "K×D", w, [K, D]);
        Contract.Shape("OP-B2", "hx", "N×D", hx, [N, D]);
        using var lease = on.Enter();
        fixed (float* phy = hy, pw = w, phx = hx)
            OrderedProduct.Run(on, new BackwardDataProduct<Squared>(N, D, K, phy, pw, phx));
    }

    /// <summary>Second derivative through a fully connected layer, bias (OP-B4).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K.</param>
    /// <param name="hb">Second derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("OP-B4")]
    public static void SecondOrderBias(in ReadOnlyTensorSpan<float> hy, in TensorSpan<float> hb, Execution on)
    {
        Lengths.ExpectRank("OP-B4", "hy", "N×K", hy.Lengths, 2);
        Contract.Dense("OP-B4", "hy", hy);
        Contract.Shape("OP-B4", "hb", "K", hb, [hy.Lengths[1]]);
        using var lease = on.Enter();
        fixed (float* phy = hy, phb = hb)
            Pointwise.Run(on, hy.Lengths[1], new ColumnSums((int)hy.Lengths[0], (int)hy.Lengths[1], phy, phb));
    }

    private readonly struct ForwardProduct(int N, int D, int K, float* x, float* w, float* b, float* y) : IOrderedProduct
    {
        public int M => N;
        public int T => D;
        public int J => K;

        public void PackRows(int m0, int rows, float* panel) => Transposition.Copy(x + (nint)m0 * D, D, rows, D, panel, rows);

        public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel) =>
            Transposition.Copy(w + (nint)j0 * D + t0, D, columns, t1 - t0, panel, width);

        public void Store(int m0, int rows, int j0, int columns, int width, float* tile)
        {
            for (int row = 0; row < rows; row++)
                TensorPrimitives.Add(new ReadOnlySpan<float>(tile + row * width, columns), new ReadOnlySpan<float>(b + j0, columns),
                    new Span<float>(y + (nint)(m0 + row) * K + j0, columns));
        }
    }

    private readonly struct BackwardDataProduct<TFactor>(int N, int D, int K, float* dy, float* w, float* dx) : IOrderedProduct
        where TFactor : struct, IFactor
    {
        public static bool StandsInRows => true;
        public int M => N;
        public int T => K;
        public int J => D;

        public void PackRows(int m0, int rows, float* panel) => Transposition.Copy(dy + (nint)m0 * K, K, rows, K, panel, rows);

        public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel) => PackPanels<TFactor>(w + (nint)t0 * D + j0, D, columns, width, t1 - t0, panel);

        public void Store(int m0, int rows, int j0, int columns, int width, float* tile)
        {
            for (int row = 0; row < rows; row++)
                new ReadOnlySpan<float>(tile + row * width, columns).CopyTo(new Span<float>(dx + (nint)(m0 + row) * D + j0, columns));
        }
    }

    private readonly struct BackwardWeightsProduct<TFactor>(int N, int D, int K, float* dy, float* x, float* dw) : IOrderedProduct
        where TFactor : struct, IFactor
    {
        public static bool StandsInRows => true;
        public int M => K;
        public int T => N;
        public int J => D;

        public void PackRows(int m0, int rows, float* panel)
        {
            for (int t = 0; t < N; t++)
                Runs.Move(dy + (nint)t * K + m0, rows, panel + (nint)t * rows);
        }

        public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel) => PackPanels<TFactor>(x + (nint)t0 * D + j0, D, columns, width, t1 - t0, panel);

        public void Store(int m0, int rows, int j0, int columns, int width, float* tile)
        {
            for (int row = 0; row < rows; row++)
                new ReadOnlySpan<float>(tile + row * width, columns).CopyTo(new Span<float>(dw + (nint)(m0 + row) * D + j0, columns));
        }
    }

    // Of a matrix whose rows stand in memory, term by term: panels of so many columns, one behind the other.
    private static void PackPanels<TFactor>(float* rows, nint row, int columns, int width, int terms, float* panels) where TFactor : struct, IFactor
    {
        for (int t = 0; t < terms; t++)
            for (int column = 0; column < columns; column += width)
                TFactor.Copy(rows + t * row + column, Math.Min(width, columns - column), panels + (nint)column * terms + t * width);
    }

    // What a product takes of its second factor: the first derivatives the factor itself, the second derivatives its square.
    private interface IFactor
    {
        static abstract void Copy(float* from, int count, float* to);
    }

    private readonly struct Plain : IFactor
    {
        public static void Copy(float* from, int count, float* to) => Runs.Move(from, count, to);
    }

    private readonly struct Squared : IFactor
    {
        public static void Copy(float* from, int count, float* to) => TensorPrimitives.Multiply(new(from, count), new ReadOnlySpan<float>(from, count), new(to, count));
    }
}
