using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LpPooling; m = 1 and m = 2 without powers. Outputs must not overlap inputs.</summary>
public static unsafe class LpPooling
{
    /// <summary>Lp pooling, forward (PL-F7): each power once, the sum ascending in (r, s).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F7, or a tensor has gaps.</exception>
    [Equation("PL-F7")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float m, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.Unpadded("PL-F7", x.Lengths, R, S, window);
        shape.ExpectOutput("PL-F7", "y", y.Lengths);
        Contract.Dense("PL-F7", "x", x);
        Contract.Dense("PL-F7", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new WindowFold<Norm>(new PoolingGeometry(shape, window), new Norm(m), px, py));
    }

    /// <summary>Lp pooling, backward data (PL-B8): what depends on x alone is multiplied once, at the end.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F7, N×C×P×Q.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F7, or a tensor has gaps.</exception>
    [Equation("PL-B8")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y,
        float m, int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.Unpadded("PL-B8", dx.Lengths, R, S, window);
        shape.ExpectOutput("PL-B8", "dy", dy.Lengths);
        Contract.Shape("PL-B8", "x", "N×C×H×W", x, dx.Lengths);
        shape.ExpectOutput("PL-B8", "y", y.Lengths);
        Contract.Dense("PL-B8", "dy", dy);
        Contract.Dense("PL-B8", "y", y);
        Contract.Dense("PL-B8", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new WindowSpread<NormSlope>(new PoolingGeometry(shape, window), new NormSlope(m, px), pdy, py, pdx));
    }

    private readonly struct Norm(float m) : IWindowFold
    {
        public void Prepare<V, L>(float* padded, nint count) where V : unmanaged where L : struct, ILanes<V>
        {
            nint t = 0;
            for (; t <= count - L.Count; t += L.Count)
                L.Store(Power<V, L>(L.Load(padded + t)), padded + t);
            for (; t < count; t++)
                padded[t] = Power<float, ScalarLanes>(padded[t]);
        }

        public V Take<V, L>(V sum, V element, int place) where V : unmanaged where L : struct, ILanes<V> => L.Add(sum, element);

        public V Finish<V, L>(V sum, int map) where V : unmanaged where L : struct, ILanes<V> =>
            m == 1 ? sum : m == 2 ? L.Sqrt(sum) : Functions.Pow<V, L>(sum, L.Create(1 / m));

        private V Power<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            m == 1 ? L.Abs(x) : m == 2 ? L.Multiply(x, x) : Functions.Pow<V, L>(L.Abs(x), L.Create(m));
    }

    private readonly struct NormSlope(float m, float* x) : IWindowSpread
    {
        public V Residual<V, L>(V dy, V y) where V : unmanaged where L : struct, ILanes<V>
        {
            V zero = L.Create(0f), positive = L.IfGreater(y, zero, y, L.Create(1f));
            V each = m == 1 ? dy : m == 2 ? L.Divide(dy, positive) : L.Multiply(dy, Functions.Pow<V, L>(positive, L.Create(1 - m)));
            return L.IfGreater(y, zero, each, zero);
        }

        public V Give<V, L>(V sum, V residual, int place) where V : unmanaged where L : struct, ILanes<V> => L.Add(sum, residual);

        public void Finish<V, L>(int map, float* dx, int count) where V : unmanaged where L : struct, ILanes<V>
        {
            float* pixels = x + (nint)map * count;
            int t = 0;
            for (; t <= count - L.Count; t += L.Count)
                L.Store(L.Multiply(L.Load(dx + t), Slope<V, L>(L.Load(pixels + t))), dx + t);
            for (; t < count; t++)
                dx[t] *= Slope<float, ScalarLanes>(pixels[t]);
        }

        // sign(x)·|x|^(m−1); 0 at 0 for m = 1 too.
        private V Slope<V, L>(V pixel) where V : unmanaged where L : struct, ILanes<V>
        {
            if (m == 2)
                return pixel;
            V size = m == 1 ? L.Create(1f) : Functions.Pow<V, L>(L.Abs(pixel), L.Create(m - 1));
            return L.IfEqual(pixel, L.Create(0f), L.Create(0f), L.CopySign(size, pixel));
        }
    }
}
