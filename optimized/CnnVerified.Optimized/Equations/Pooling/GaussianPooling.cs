using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's GaussianPooling. The weights are computed once a call. Outputs must not overlap inputs.</summary>
public static unsafe class GaussianPooling
{
    /// <summary>Gaussian pooling, forward (PL-F5): one fused multiply-add per element, ascending in (r, s).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="sigma">Width of the Gaussian in pixels, positive.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F5, or a tensor has gaps.</exception>
    [Equation("PL-F5")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float sigma, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.Of("PL-F5", x.Lengths, R, S, window, clipped: false);
        shape.ExpectOutput("PL-F5", "y", y.Lengths);
        Contract.Dense("PL-F5", "x", x);
        Contract.Dense("PL-F5", "y", y);
        using var lease = on.Enter();
        var weighted = new Weighted(Weights(on, sigma, R, S));
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new WindowFold<Weighted>(new PoolingGeometry(shape, window), weighted, px, py));
    }

    /// <summary>Gaussian pooling, backward data (PL-B4): one fused multiply-add per window and element.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="sigma">Width of the Gaussian in pixels, positive.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F5, or a tensor has gaps.</exception>
    [Equation("PL-B4")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, float sigma, int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.Of("PL-B4", dx.Lengths, R, S, window, clipped: false);
        shape.ExpectOutput("PL-B4", "dy", dy.Lengths);
        Contract.Dense("PL-B4", "dy", dy);
        Contract.Dense("PL-B4", "dx", dx);
        using var lease = on.Enter();
        var weighted = new Weighted(Weights(on, sigma, R, S));
        fixed (float* pdy = dy, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new WindowSpread<Weighted>(new PoolingGeometry(shape, window), weighted, pdy, pdy, pdx));
    }

    // g of PL-F5, place by place; the sum of h ascending.
    private static float* Weights(Execution on, float sigma, int R, int S)
    {
        float* g = on.Shared((nint)R * S);
        float sum = 0;
        for (int r = 0; r < R; r++)
            for (int s = 0; s < S; s++)
            {
                float down = r - (R - 1) / 2f, right = s - (S - 1) / 2f;
                float h = Functions.Exp<float, ScalarLanes>(-(down * down + right * right) / (2 * (sigma * sigma)));
                g[(nint)r * S + s] = h;
                sum += h;
            }
        for (nint place = 0; place < (nint)R * S; place++)
            g[place] /= sum;
        return g;
    }

    private readonly struct Weighted(float* g) : IWindowFold, IWindowSpread
    {
        public void Prepare<V, L>(float* padded, nint count) where V : unmanaged where L : struct, ILanes<V>
        {
        }

        public V Take<V, L>(V sum, V element, int place) where V : unmanaged where L : struct, ILanes<V> => L.Fma(L.Create(g[place]), element, sum);

        public V Finish<V, L>(V sum, int map) where V : unmanaged where L : struct, ILanes<V> => sum;

        public V Residual<V, L>(V dy, V y) where V : unmanaged where L : struct, ILanes<V> => dy;

        public V Give<V, L>(V sum, V residual, int place) where V : unmanaged where L : struct, ILanes<V> => L.Fma(L.Create(g[place]), residual, sum);

        public void Finish<V, L>(int map, float* dx, int count) where V : unmanaged where L : struct, ILanes<V>
        {
        }
    }
}
