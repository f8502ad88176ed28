using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's NearestUpsampling. Outputs must not overlap inputs.</summary>
public static unsafe class NearestUpsampling
{
    /// <summary>Nearest-neighbour upsampling, forward (PL-F10).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Factor of the rows.</param>
    /// <param name="S">Factor of the columns.</param>
    /// <param name="y">Output, N×C×(H·R)×(W·S); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F10, or a tensor has gaps.</exception>
    [Equation("PL-F10")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int R, int S, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.Enlarged("PL-F10", x.Lengths, R, S);
        shape.ExpectOutput("PL-F10", "y", y.Lengths);
        Contract.Dense("PL-F10", "x", x);
        Contract.Dense("PL-F10", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new BlockSpread<Pixels>(Windows(shape), new Pixels(px), py));
    }

    /// <summary>Nearest-neighbour upsampling, backward data (PL-B10): sums as in BlockFold.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×(H·R)×(W·S).</param>
    /// <param name="R">Factor of the rows.</param>
    /// <param name="S">Factor of the columns.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F10, or a tensor has gaps.</exception>
    [Equation("PL-B10")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, int R, int S, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.Enlarged("PL-B10", dx.Lengths, R, S);
        shape.ExpectOutput("PL-B10", "dy", dy.Lengths);
        Contract.Dense("PL-B10", "dy", dy);
        Contract.Dense("PL-B10", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new BlockFold<SumOver>(Windows(shape), new SumOver(1), pdy, pdx));
    }

    // The pooling with windows side by side whose input is the large map.
    private static PoolingShape Windows(in PoolingShape s) => new(s.N, s.C, s.P, s.Q, s.R, s.S, s.H, s.W);

    private readonly struct Pixels(float* x) : IMapValues
    {
        public V At<V, L>(int map, nint at) where V : unmanaged where L : struct, ILanes<V> => L.Load(x + at);
    }
}
