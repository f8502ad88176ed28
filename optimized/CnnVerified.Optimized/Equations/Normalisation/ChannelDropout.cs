using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's ChannelDropout: one division, and +0 for what is dropped, also where x is infinite or
/// NaN. Threads split the maps. Outputs may be the inputs' own memory; <see cref="Dropout.Draw"/> draws u.</summary>
public static unsafe class ChannelDropout
{
    /// <summary>Channel dropout, forward (NM-F9).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="u">Drawn uniformly from [0, 1), N×C.</param>
    /// <param name="keep">Probability of keeping a map, in (0, 1].</param>
    /// <param name="y">Output, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-F9")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> u, float keep, in TensorSpan<float> y, Execution on) =>
        Run("NM-F9", "x", x, u, keep, "y", y, on);

    /// <summary>Channel dropout, backward data (NM-B21).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="u">The same u as in NM-F9, N×C.</param>
    /// <param name="keep">Probability of keeping a map, in (0, 1].</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B21")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> u, float keep, in TensorSpan<float> dx,
        Execution on) =>
        Run("NM-B21", "dy", dy, u, keep, "dx", dx, on);

    private static void Run(string id, string from, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> u, float keep,
        string to, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank(id, from, "N×C×H×W", x.Lengths, 4);
        Contract.Dense(id, from, x);
        Contract.Shape(id, "u", "N×C", u, [x.Lengths[0], x.Lengths[1]]);
        Contract.Shape(id, to, "N×C×H×W", y, x.Lengths);
        using var lease = on.Enter();
        var maps = NormalisedSets.OfMaps((int)x.Lengths[0], (int)x.Lengths[1], x.Lengths[2] * x.Lengths[3]);
        fixed (float* px = x, pu = u, py = y)
            Normalising.Each(on, maps, new KeepMap(px, pu, keep, false, py));
    }

    private readonly struct KeepMap(float* x, float* u, float keep, bool kept, float* y) : IRunOperation<KeepMap>
    {
        public KeepMap Of(int set, int channel) => new(x, u, keep, u[set] < keep, y);

        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(kept ? L.Divide(L.Load(x + i), L.Create(keep)) : L.Create(0f), y + i);
    }
}
