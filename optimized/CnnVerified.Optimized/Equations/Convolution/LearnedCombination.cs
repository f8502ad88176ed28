using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LearnedCombination: every map meets its kernel once, whatever the number of outputs.</summary>
/// <remarks>
/// Order of the sums, ascending from +0, one fused multiply-add per term unless said otherwise. Forward: (r, s) for each map, then the maps
/// with their shares; the bias is added last. Backward data: the residuals are mixed first, over k, then (r, s). Backward weights: over k, then (i, j).
/// Backward scores: (r, s) for each map, then its products with the residual, then those of shares, both in 16 virtual lanes
/// (<see cref="Sums"/>). Sums of exponentials and of residuals are in 16 virtual lanes too. Mixing first takes fewer roundings than
/// the triple sums of the text. Outputs must not overlap inputs.
/// </remarks>
public static unsafe class LearnedCombination
{
    /// <summary>Learned combination of maps, forward (CV-F6).</summary>
    /// <param name="x">Input, C×H×W.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="a">Scores, K×C; their softmax is the shares.</param>
    /// <param name="y">Output, K×(H−R+1)×(W−S+1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F6, or a tensor has gaps.</exception>
    [Equation("CV-F6")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        in ReadOnlyTensorSpan<float> a, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("CV-F6", "b", "K", b.Lengths, 1);
        var s = Shape("CV-F6", x.Lengths, w.Lengths, b.Lengths[0]);
        Contract.Dense("CV-F6", "x", x);
        Contract.Dense("CV-F6", "w", w);
        Contract.Dense("CV-F6", "b", b);
        Contract.Shape("CV-F6", "a", "K×C", a, [s.K, s.C]);
        Contract.Shape("CV-F6", "y", "K×P×Q", y, [s.K, s.P, s.Q]);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, pa = a, py = y)
        {
            nint map = (nint)s.P * s.Q;
            float* correlated = on.Shared(s.C * map + (nint)s.K * s.C), alpha = correlated + s.C * map;
            RowPass.Run(on, s.K, new Shares(s.C, pa, alpha));
            Correlate(on, s, px, pw, correlated);
            Mixture.Run(on, new Mixture(s.K, s.C, map, alpha, s.C, 1, correlated, pb, py, on.Width));
        }
    }

    /// <summary>Learned combination of maps, backward data (CV-B20).</summary>
    /// <param name="dy">Derivative of the loss by y, K×P×Q.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="alpha">Shares of CV-F6, K×C: the softmax of the rows of a.</param>
    /// <param name="dx">Derivative by x, C×(P+R−1)×(Q+S−1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F6, or a tensor has gaps.</exception>
    [Equation("CV-B20")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> alpha,
        in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("CV-B20", "dy", "K×P×Q", dy.Lengths, 3);
        var s = Shape("CV-B20", dx.Lengths, w.Lengths, dy.Lengths[0]);
        Contract.Shape("CV-B20", "dy", "K×P×Q", dy, [s.K, s.P, s.Q]);
        Contract.Dense("CV-B20", "w", w);
        Contract.Shape("CV-B20", "alpha", "K×C", alpha, [s.K, s.C]);
        Contract.Dense("CV-B20", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, palpha = alpha, pdx = dx)
        {
            nint map = (nint)s.P * s.Q, framed = FramedMaps.Size(s.P, s.Q, s.R, s.S);
            float* mixed = on.Shared(s.C * (map + framed)), frames = mixed + s.C * map;
            Mixture.Run(on, new Mixture(s.C, s.K, map, palpha, 1, s.C, pdy, null, mixed, on.Width));
            FramedMaps.Run(on, s.C, new FramedMaps(s.P, s.Q, s.R, s.S, mixed, frames));
            MapSums.Run(on, new MapSums
            {
                Images = 1,
                Outputs = s.C,
                Terms = 1,
                Rows = s.H,
                Columns = s.W,
                Stride = s.W,
                R = s.R,
                S = s.S,
                Turned = true,
                Maps = frames,
                MapsOfOutput = framed,
                Kernels = pw,
                KernelsOfOutput = s.R * s.S,
                To = pdx,
            });
        }
    }

    /// <summary>Learned combination of maps, backward weights (CV-B21).</summary>
    /// <param name="dy">Derivative of the loss by y, K×P×Q.</param>
    /// <param name="x">Input, C×H×W.</param>
    /// <param name="alpha">Shares of CV-F6, K×C: the softmax of the rows of a.</param>
    /// <param name="dw">Derivative by w, C×(H−P+1)×(W−Q+1); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F6, or a tensor has gaps.</exception>
    [Equation("CV-B21")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> alpha,
        in TensorSpan<float> dw, Execution on)
    {
        Lengths.ExpectRank("CV-B21", "dy", "K×P×Q", dy.Lengths, 3);
        var s = Shape("CV-B21", x.Lengths, dw.Lengths, dy.Lengths[0]);
        Contract.Shape("CV-B21", "dy", "K×P×Q", dy, [s.K, s.P, s.Q]);
        Contract.Dense("CV-B21", "x", x);
        Contract.Shape("CV-B21", "alpha", "K×C", alpha, [s.K, s.C]);
        Contract.Dense("CV-B21", "dw", dw);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, palpha = alpha, pdw = dw)
        {
            nint map = (nint)s.P * s.Q;
            float* mixed = on.Prepared(s.C * map);
            Mixture.Run(on, new Mixture(s.C, s.K, map, palpha, 1, s.C, pdy, null, mixed, on.Width));
            var one = new Geometry(new ConvolutionShape(1, 1, s.H, s.W, 1, s.R, s.S, s.P, s.Q), Window.Unit);
            for (int c = 0; c < s.C; c++)
                OrderedProduct.Run(on, new ConvolutionBackwardWeights(one, 0, mixed + c * map, px + (nint)c * s.H * s.W, pdw + (nint)c * s.R * s.S));
        }
    }

    /// <summary>Learned combination of maps, backward bias (CV-B22).</summary>
    /// <param name="dy">Derivative of the loss by y, K×P×Q.</param>
    /// <param name="db">Derivative by b, K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">db is not K, or a tensor has gaps.</exception>
    [Equation("CV-B22")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on)
    {
        Lengths.ExpectRank("CV-B22", "dy", "K×P×Q", dy.Lengths, 3);
        Contract.Shape("CV-B22", "db", "K", db, [dy.Lengths[0]]);
        Contract.Dense("CV-B22", "dy", dy);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdb = db)
            BiasSums.Run(on, 1, (int)dy.Lengths[0], dy.Lengths[1] * dy.Lengths[2], pdy, pdb);
    }

    /// <summary>Learned combination of maps, backward scores (CV-B9).</summary>
    /// <param name="dy">Derivative of the loss by y, K×P×Q.</param>
    /// <param name="x">Input, C×H×W.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="alpha">Shares of CV-F6, K×C: the softmax of the rows of a.</param>
    /// <param name="da">Derivative by a, K×C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F6, or a tensor has gaps.</exception>
    [Equation("CV-B9")]
    public static void BackwardScores(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w,
        in ReadOnlyTensorSpan<float> alpha, in TensorSpan<float> da, Execution on)
    {
        Lengths.ExpectRank("CV-B9", "dy", "K×P×Q", dy.Lengths, 3);
        var s = Shape("CV-B9", x.Lengths, w.Lengths, dy.Lengths[0]);
        Contract.Shape("CV-B9", "dy", "K×P×Q", dy, [s.K, s.P, s.Q]);
        Contract.Dense("CV-B9", "x", x);
        Contract.Dense("CV-B9", "w", w);
        Contract.Shape("CV-B9", "alpha", "K×C", alpha, [s.K, s.C]);
        Contract.Shape("CV-B9", "da", "K×C", da, [s.K, s.C]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pw = w, palpha = alpha, pda = da)
        {
            nint map = (nint)s.P * s.Q;
            float* correlated = on.Shared(s.C * map);
            Correlate(on, s, px, pw, correlated);
            RowPass.Run(on, s.K, new ScoresRow(s.C, map, pdy, correlated, palpha, pda));
        }
    }

    private static ConvolutionShape Shape(string id, ReadOnlySpan<nint> x, ReadOnlySpan<nint> w, nint K)
    {
        Lengths.ExpectRank(id, "x", "C×H×W", x, 3);
        Lengths.ExpectRank(id, "w", "C×R×S", w, 3);
        Lengths.Expect(id, "w", "C×R×S", w, [x[0], w[1], w[2]]);
        return ConvolutionShape.Of(id, [1, x[0], x[1], x[2]], [K, x[0], w[1], w[2]], Window.Unit);
    }

    // to[c] = the correlation of map c with kernel c.
    private static void Correlate(Execution on, in ConvolutionShape s, float* x, float* w, float* to) => MapSums.Run(on, new MapSums
    {
        Images = 1,
        Outputs = s.C,
        Terms = 1,
        Rows = s.P,
        Columns = s.Q,
        Stride = s.W,
        R = s.R,
        S = s.S,
        Maps = x,
        MapsOfOutput = (nint)s.H * s.W,
        Kernels = w,
        KernelsOfOutput = s.R * s.S,
        To = to,
    });

    private readonly struct Shares(int C, float* a, float* alpha) : IRowPass
    {
        public int K => C;

        public void Row(int k, VectorWidth width, float* scratch)
        {
            // The text does not shift the scores: 0 is subtracted, exactly.
            float sum = RowKernels.Exponentials(width, a + (nint)k * C, 0, scratch, C);
            var each = new Quotients(scratch, sum, alpha + (nint)k * C);
            Pointwise.Range(width, 0, C, ref each);
        }

        private readonly struct Quotients(float* e, float sum, float* alpha) : IPointwise
        {
            public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
                L.Store(L.Divide(L.Load(e + i), L.Create(sum)), alpha + i);
        }
    }

    private readonly struct ScoresRow(int C, nint map, float* dy, float* correlated, float* alpha, float* da) : IRowPass
    {
        public int K => C;

        public void Row(int k, VectorWidth width, float* dalpha)
        {
            nint at = (nint)k * C;
            for (int c = 0; c < C; c++)
                dalpha[c] = Sums.Dot(width, dy + k * map, correlated + c * map, map);
            var each = new Scores(alpha + at, dalpha, Sums.Dot(width, alpha + at, dalpha, C), da + at);
            Pointwise.Range(width, 0, C, ref each);
        }

        private readonly struct Scores(float* alpha, float* dalpha, float dot, float* da) : IPointwise
        {
            public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
                L.Store(L.Multiply(L.Load(alpha + i), L.Subtract(L.Load(dalpha + i), L.Create(dot))), da + i);
        }
    }
}
