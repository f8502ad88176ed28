using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The gradients by a channel's scale and shift, which batch, instance and group normalisation have in common.</summary>
/// <remarks>Order of the sums over a channel: each map in 16 virtual lanes, the maps ascending in n. Threads split the channels.</remarks>
internal static unsafe class ChannelSums
{
    /// <summary>dbeta[c] = Σ dy.</summary>
    public static void Shift(string id, in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dbeta, Execution on)
    {
        Lengths.ExpectRank(id, "dy", "N×C×H×W", dy.Lengths, 4);
        Contract.Dense(id, "dy", dy);
        Contract.Shape(id, "dbeta", "C", dbeta, [dy.Lengths[1]]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdbeta = dbeta)
            Normalising.SumSets(on, Channels(dy), new Values(pdy), pdbeta);
    }

    /// <summary>dgamma[c] = Σ dy·xhat, one fused multiply-add per term.</summary>
    public static void Scale(string id, in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> xhat, in TensorSpan<float> dgamma, Execution on)
    {
        Lengths.ExpectRank(id, "dy", "N×C×H×W", dy.Lengths, 4);
        Contract.Dense(id, "dy", dy);
        Contract.Shape(id, "xhat", "N×C×H×W", xhat, dy.Lengths);
        Contract.Shape(id, "dgamma", "C", dgamma, [dy.Lengths[1]]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pxhat = xhat, pdgamma = dgamma)
            Normalising.SumSets(on, Channels(dy), new Products(pdy, pxhat), pdgamma);
    }

    private static NormalisedSets Channels(in ReadOnlyTensorSpan<float> dy) =>
        NormalisedSets.OfChannels((int)dy.Lengths[0], (int)dy.Lengths[1], dy.Lengths[2] * dy.Lengths[3]);
}
