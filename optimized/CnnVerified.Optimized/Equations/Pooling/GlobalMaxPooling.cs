using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's GlobalMaxPooling. Outputs must not overlap inputs.</summary>
public static unsafe class GlobalMaxPooling
{
    /// <summary>Global max pooling, forward (PL-F17).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output, N×C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F17, or a tensor has gaps.</exception>
    [Equation("PL-F17")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.Global("PL-F17", x.Lengths);
        Contract.Dense("PL-F17", "x", x);
        Contract.Shape("PL-F17", "y", "N×C", y, [shape.N, shape.C]);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new Maxima(shape.H * shape.W, px, py));
    }

    /// <summary>Global max pooling, backward data (PL-B17).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F17, N×C.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F17, or a tensor has gaps.</exception>
    [Equation("PL-B17")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y,
        in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.Global("PL-B17", dx.Lengths);
        Contract.Shape("PL-B17", "dy", "N×C", dy, [shape.N, shape.C]);
        Contract.Shape("PL-B17", "x", "N×C×H×W", x, dx.Lengths);
        Contract.Shape("PL-B17", "y", "N×C", y, [shape.N, shape.C]);
        Contract.Dense("PL-B17", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new ToFirst(shape.H * shape.W, pdy, px, py, pdx));
    }

    private readonly struct Maxima(int count, float* x, float* y) : IMapPass
    {
        public nint Scratch => 0;

        public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V> =>
            y[map] = Extremes.Maximum<V, L>(x + (nint)map * count, count);
    }

    private readonly struct ToFirst(int count, float* dy, float* x, float* y, float* dx) : IMapPass
    {
        public nint Scratch => 0;

        public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
        {
            nint from = (nint)map * count;
            new Span<float>(dx + from, count).Clear();
            int first = Extremes.First<V, L>(x + from, count, y[map]);
            if (first < count)
                dx[from + first] = dy[map];
        }
    }
}
