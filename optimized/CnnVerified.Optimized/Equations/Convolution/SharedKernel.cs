using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's SharedKernel.</summary>
/// <remarks>Order of the sums: forward (c, r, s), backward data (k, r, s), ascending from +0, one fused multiply-add per term; the bias is
/// added last, with one rounding. Backward weights: over (n, i, j) for each map, ascending from +0, fused; then the connected maps
/// ascending. Backward bias as in CV-B3. Outputs must not overlap inputs.</remarks>
public static unsafe class SharedKernel
{
    /// <summary>Shared-kernel map combination, forward (CV-F5).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <param name="y">Output, N×K×(H−R+1)×(W−S+1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F5, M holds another number, or a tensor has gaps.</exception>
    [Equation("CV-F5")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        in ReadOnlyTensorSpan<int> M, in TensorSpan<float> y, Execution on)
    {
        var s = Shape("CV-F5", x.Lengths, w.Lengths, M.Lengths);
        s.ExpectOutput("CV-F5", "y", y.Lengths);
        Contract.Shape("CV-F5", "b", "K", b, [s.K]);
        Contract.Dense("CV-F5", "x", x);
        Contract.Dense("CV-F5", "w", w);
        Contract.Dense("CV-F5", "y", y);
        Table.Expect("CV-F5", M, s.K, s.C);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
        fixed (int* pM = M)
            MapSums.Run(on, new MapSums
            {
                Images = s.N,
                Outputs = s.K,
                Terms = s.C,
                Rows = s.P,
                Columns = s.Q,
                Stride = s.W,
                R = s.R,
                S = s.S,
                Turned = true,
                Maps = px,
                MapsOfImage = (nint)s.C * s.H * s.W,
                MapsOfTerm = (nint)s.H * s.W,
                Kernels = pw,
                KernelsOfOutput = s.R * s.S,
                Table = pM,
                TableOfOutput = s.C,
                TableOfTerm = 1,
                Bias = pb,
                To = py,
            });
    }

    /// <summary>Shared-kernel map combination, backward data (CV-B18).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, K×R×S.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <param name="dx">Derivative by x, N×C×(P+R−1)×(Q+S−1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F5, M holds another number, or a tensor has gaps.</exception>
    [Equation("CV-B18")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<int> M,
        in TensorSpan<float> dx, Execution on)
    {
        var s = Shape("CV-B18", dx.Lengths, w.Lengths, M.Lengths);
        s.ExpectOutput("CV-B18", "dy", dy.Lengths);
        Contract.Dense("CV-B18", "dy", dy);
        Contract.Dense("CV-B18", "w", w);
        Contract.Dense("CV-B18", "dx", dx);
        Table.Expect("CV-B18", M, s.K, s.C);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
        fixed (int* pM = M)
        {
            nint framed = FramedMaps.Size(s.P, s.Q, s.R, s.S);
            float* maps = on.Shared(s.N * s.K * framed);
            FramedMaps.Run(on, s.N * s.K, new FramedMaps(s.P, s.Q, s.R, s.S, pdy, maps));
            MapSums.Run(on, new MapSums
            {
                Images = s.N,
                Outputs = s.C,
                Terms = s.K,
                Rows = s.H,
                Columns = s.W,
                Stride = s.W,
                R = s.R,
                S = s.S,
                Maps = maps,
                MapsOfImage = s.K * framed,
                MapsOfTerm = framed,
                Kernels = pw,
                KernelsOfTerm = s.R * s.S,
                Table = pM,
                TableOfOutput = 1,
                TableOfTerm = s.C,
                To = pdx,
            });
        }
    }

    /// <summary>Shared-kernel map combination, backward weights (CV-B8).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <param name="dw">Derivative by w, K×(H−P+1)×(W−Q+1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F5, M holds another number, or a tensor has gaps.</exception>
    [Equation("CV-B8")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<int> M,
        in TensorSpan<float> dw, Execution on)
    {
        var s = Shape("CV-B8", x.Lengths, dw.Lengths, M.Lengths);
        s.ExpectOutput("CV-B8", "dy", dy.Lengths);
        Contract.Dense("CV-B8", "dy", dy);
        Contract.Dense("CV-B8", "x", x);
        Contract.Dense("CV-B8", "dw", dw);
        Table.Expect("CV-B8", M, s.K, s.C);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
        fixed (int* pM = M)
        {
            // One product makes the gradient of a kernel for each pair of maps; a shared kernel is the sum over its connected pairs.
            float* pairs = on.Prepared((nint)s.K * s.C * s.R * s.S);
            OrderedProduct.Run(on, new TurnedWeights(new ConvolutionBackwardWeights(new Geometry(s, Window.Unit), 0, pdy, px, pairs), s.R * s.S, pairs));
            on.Run(s.K, new SumsOfPairs(s.C, s.R * s.S, pM, pairs, pdw, on.Width));
        }
    }

    /// <summary>Shared-kernel map combination, backward bias (CV-B19).</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">db is not K, or a tensor has gaps.</exception>
    [Equation("CV-B19")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on) =>
        BatchBias.Run("CV-B19", "dy", dy, "db", db, on);

    private static ConvolutionShape Shape(string id, ReadOnlySpan<nint> x, ReadOnlySpan<nint> w, ReadOnlySpan<nint> M)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        Lengths.ExpectRank(id, "w", "K×R×S", w, 3);
        Lengths.Expect(id, "M", "K×C", M, [w[0], x[1]]);
        return ConvolutionShape.Of(id, x, [w[0], x[1], w[1], w[2]], Window.Unit);
    }

    private readonly struct SumsOfPairs(int C, int taps, int* table, float* pairs, float* dw, VectorWidth width) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int k = from; k < to; k++)
            {
                var each = new Each(C, taps, table + (nint)k * C, pairs + (nint)k * C * taps, dw + (nint)k * taps);
                Pointwise.Range(width, 0, taps, ref each);
            }
        }

        private readonly struct Each(int C, int taps, int* connected, float* pairs, float* dw) : IPointwise
        {
            public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
            {
                V sum = L.Create(0f);
                for (int c = 0; c < C; c++)
                    if (connected[c] == 1)
                        sum = L.Add(sum, L.Load(pairs + (nint)c * taps + i));
                L.Store(sum, dw + i);
            }
        }
    }
}
