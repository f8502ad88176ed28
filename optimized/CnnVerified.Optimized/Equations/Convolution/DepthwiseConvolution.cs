using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's DepthwiseConvolution: map by map on phased maps, as pooling; a product over single
/// channels would leave five of the six rows of its tiles empty.</summary>
/// <remarks>Order of the sums: forward (r, s), ascending from +0, one fused multiply-add per term, the bias added last with one rounding.
/// Backward data: a pixel takes its terms ascending in i, then in s, fused. Backward weights: each output row is summed in 16 virtual
/// lanes (<see cref="Sums"/>), then the rows ascending in (n, i). Backward bias as in CV-B3. Outputs must not overlap inputs.</remarks>
public static unsafe class DepthwiseConvolution
{
    /// <summary>Depthwise convolution, forward (CV-F9).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="b">Bias, C.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F9, or a tensor has gaps.</exception>
    [Equation("CV-F9")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> b,
        Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = DepthwiseShape.Of("CV-F9", x.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-F9", "y", y.Lengths);
        Contract.Dense("CV-F9", "x", x);
        Contract.Dense("CV-F9", "w", w);
        Contract.Shape("CV-F9", "b", "C", b, [shape.C]);
        Contract.Dense("CV-F9", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, pw = w, pb = b, py = y)
            MapPass.Run(on, shape.N * shape.C, new ForwardMap(Geometry(shape, window), px, pw, pb, py));
    }

    /// <summary>Depthwise convolution, backward data (CV-B13).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F9, or a tensor has gaps.</exception>
    [Equation("CV-B13")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> w, Window window,
        in TensorSpan<float> dx, Execution on)
    {
        var shape = DepthwiseShape.Of("CV-B13", dx.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-B13", "dy", dy.Lengths);
        Contract.Dense("CV-B13", "dy", dy);
        Contract.Dense("CV-B13", "w", w);
        Contract.Dense("CV-B13", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pw = w, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new BackwardDataMap(Geometry(shape, window), pdy, pw, pdx));
    }

    /// <summary>Depthwise convolution, backward weights (CV-B14).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dw">Derivative by w, C×R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F9, or a tensor has gaps.</exception>
    [Equation("CV-B14")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, Window window,
        in TensorSpan<float> dw, Execution on)
    {
        var shape = DepthwiseShape.Of("CV-B14", x.Lengths, dw.Lengths, window);
        shape.ExpectOutput("CV-B14", "dy", dy.Lengths);
        Contract.Dense("CV-B14", "dy", dy);
        Contract.Dense("CV-B14", "x", x);
        Contract.Dense("CV-B14", "dw", dw);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdw = dw)
            MapPass.Run(on, shape.C, new BackwardWeightsMaps(Geometry(shape, window), pdy, px, pdw, on.Width));
    }

    /// <summary>Depthwise convolution, backward bias (CV-B27).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="db">Derivative by b, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">db is not C, or a tensor has gaps.</exception>
    [Equation("CV-B27")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> db, Execution on) =>
        BatchBias.Run("CV-B27", "dy", dy, "db", db, on);

    // A phased map asks for the sizes of a pooling; those of a depthwise convolution are the same.
    private static PoolingGeometry Geometry(in DepthwiseShape s, Window window) =>
        new(new PoolingShape(s.N, s.C, s.H, s.W, s.R, s.S, s.P, s.Q), window);

    private readonly struct ForwardMap(PoolingGeometry s, float* x, float* w, float* b, float* y) : IMapPass
    {
        private readonly PhasedMap _phased = new(s);

        public nint Scratch => _phased.Size + _phased.RowLength + s.Taps;

        public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
        {
            float* row = scratch + _phased.Size, kernel = w + (nint)(map % s.C) * s.Taps;
            int* taps = (int*)(row + _phased.RowLength);
            _phased.Taps(taps);
            _phased.Fill(x + (nint)map * s.Input, 0, scratch);
            V bias = L.Create(b[map % s.C]);
            for (int i = 0; i < s.P; i++)
            {
                float* window = scratch + _phased.Window(0, i);
                for (int j = 0; j < s.Q; j += L.Count)
                {
                    V sum = L.Create(0f);
                    for (int tap = 0; tap < s.Taps; tap++)
                        sum = L.Fma(L.Create(kernel[tap]), L.Load(window + taps[tap] + j), sum);
                    L.Store(L.Add(sum, bias), row + j);
                }
                new ReadOnlySpan<float>(row, s.Q).CopyTo(new Span<float>(y + ((nint)map * s.P + i) * s.Q, s.Q));
            }
        }
    }

    private readonly struct BackwardDataMap(PoolingGeometry s, float* dy, float* w, float* dx) : IMapPass
    {
        private readonly PhasedMap _phased = new(s);

        public nint Scratch => _phased.Size + _phased.RowLength + s.Taps;

        public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
        {
            float* row = scratch + _phased.Size, kernel = w + (nint)(map % s.C) * s.Taps;
            int* taps = (int*)(row + _phased.RowLength);
            _phased.Taps(taps);
            _phased.Clear(scratch);
            new Span<float>(row, _phased.RowLength).Clear();
            for (int i = 0; i < s.P; i++)
            {
                new ReadOnlySpan<float>(dy + ((nint)map * s.P + i) * s.Q, s.Q).CopyTo(new Span<float>(row, s.Q));
                for (int tap = 0; tap < s.Taps; tap++)
                {
                    float* into = scratch + _phased.Window(0, i) + taps[tap];
                    V weight = L.Create(kernel[tap]);
                    for (int j = 0; j < s.Q; j += L.Count)
                        L.Store(L.Fma(weight, L.Load(row + j), L.Load(into + j)), into + j);
                }
            }
            _phased.Drain(scratch, dx + (nint)map * s.Input);
        }
    }

    private readonly struct BackwardWeightsMaps(PoolingGeometry s, float* dy, float* x, float* dw, VectorWidth width) : IMapPass
    {
        private readonly PhasedMap _phased = new(s);

        public nint Scratch => _phased.Size + s.Taps;

        public void Map<V, L>(int c, float* scratch) where V : unmanaged where L : struct, ILanes<V>
        {
            float* sums = dw + (nint)c * s.Taps;
            int* taps = (int*)(scratch + _phased.Size);
            _phased.Taps(taps);
            new Span<float>(sums, s.Taps).Clear();
            for (int n = 0; n < s.N; n++)
            {
                nint map = (nint)n * s.C + c;
                _phased.Fill(x + map * s.Input, 0, scratch);
                for (int i = 0; i < s.P; i++)
                    for (int tap = 0; tap < s.Taps; tap++)
                        sums[tap] += Sums.Dot(width, dy + (map * s.P + i) * s.Q, scratch + _phased.Window(0, i) + taps[tap], s.Q);
            }
        }
    }
}
