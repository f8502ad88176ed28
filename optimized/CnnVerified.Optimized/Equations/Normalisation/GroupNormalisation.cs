using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's GroupNormalisation.</summary>
/// <remarks>Sums over a map run in 16 virtual lanes; those over a group add the maps ascending in c, those over a channel
/// ascending in n. y may be x's own memory, and dx that of dy.</remarks>
public static unsafe class GroupNormalisation
{
    /// <summary>Group normalisation, forward (NM-F7).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="G">Groups; G divides C.</param>
    /// <param name="y">Output, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-F7")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> beta, float eps,
        int G, in TensorSpan<float> y, Execution on)
    {
        var sets = Sets("NM-F7", "x", x, G);
        Contract.Shape("NM-F7", "gamma", "C", gamma, [x.Lengths[1]]);
        Contract.Shape("NM-F7", "beta", "C", beta, [x.Lengths[1]]);
        Contract.Shape("NM-F7", "y", "N×C×H×W", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, pbeta = beta, py = y)
            Normalising.Forward(on, sets, Centre.Mean, eps, px, new ScalePerRun(pgamma, pbeta), py, null, null, null);
    }

    /// <summary>The forward pass of a training step: NM-F7, with the values that the backward passes use.</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="G">Groups; G divides C.</param>
    /// <param name="y">Output, N×C×H×W; every element is written.</param>
    /// <param name="mu">Mean, N×G.</param>
    /// <param name="v">Population variance, N×G.</param>
    /// <param name="xhat">Normalised input, N×C×H×W; not y's memory.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    public static void ForwardWithValues(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> beta,
        float eps, int G, in TensorSpan<float> y, in TensorSpan<float> mu, in TensorSpan<float> v, in TensorSpan<float> xhat, Execution on)
    {
        var sets = Sets("NM-F7", "x", x, G);
        Contract.Shape("NM-F7", "gamma", "C", gamma, [x.Lengths[1]]);
        Contract.Shape("NM-F7", "beta", "C", beta, [x.Lengths[1]]);
        Contract.Shape("NM-F7", "y", "N×C×H×W", y, x.Lengths);
        Contract.Shape("NM-F7", "mu", "N×G", mu, [x.Lengths[0], G]);
        Contract.Shape("NM-F7", "v", "N×G", v, [x.Lengths[0], G]);
        Contract.Shape("NM-F7", "xhat", "N×C×H×W", xhat, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, pbeta = beta, py = y, pmu = mu, pv = v, pxhat = xhat)
            Normalising.Forward(on, sets, Centre.Mean, eps, px, new ScalePerRun(pgamma, pbeta), py, pmu, pv, pxhat);
    }

    /// <summary>Group normalisation, backward data (NM-B16).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="xhat">Normalised input, N×C×H×W.</param>
    /// <param name="v">Population variance, N×G.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B16")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> xhat,
        in ReadOnlyTensorSpan<float> v, float eps, in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("NM-B16", "v", "N×G", v.Lengths, 2);
        var sets = Sets("NM-B16", "dy", dy, (int)v.Lengths[1]);
        Contract.Shape("NM-B16", "gamma", "C", gamma, [dy.Lengths[1]]);
        Contract.Shape("NM-B16", "xhat", "N×C×H×W", xhat, dy.Lengths);
        Contract.Shape("NM-B16", "v", "N×G", v, [dy.Lengths[0], v.Lengths[1]]);
        Contract.Shape("NM-B16", "dx", "N×C×H×W", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pgamma = gamma, pxhat = xhat, pv = v, pdx = dx)
            Normalising.Backward(on, sets, Centre.Mean, eps, pdy, new ScalePerRun(pgamma, null), pxhat, pv, pdx);
    }

    /// <summary>Group normalisation, backward scale (NM-B17).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="xhat">Normalised input, N×C×H×W.</param>
    /// <param name="dgamma">Derivative by gamma, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B17")]
    public static void BackwardScale(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> xhat, in TensorSpan<float> dgamma, Execution on) =>
        ChannelSums.Scale("NM-B17", dy, xhat, dgamma, on);

    /// <summary>Group normalisation, backward shift (NM-B18).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="dbeta">Derivative by beta, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B18")]
    public static void BackwardShift(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dbeta, Execution on) =>
        ChannelSums.Shift("NM-B18", dy, dbeta, on);

    private static NormalisedSets Sets(string id, string name, in ReadOnlyTensorSpan<float> x, int G)
    {
        Lengths.ExpectRank(id, name, "N×C×H×W", x.Lengths, 4);
        Contract.Dense(id, name, x);
        if (G < 1 || x.Lengths[1] % G != 0)
            throw new ArgumentException($"{name} expects channels that {G} groups share evenly but has C = {x.Lengths[1]} " +
                $"({Lengths.Text(x.Lengths)}); {id} gives each group C/G channels. (Parameter '{name}')");
        return NormalisedSets.OfGroups((int)x.Lengths[0], (int)x.Lengths[1], G, x.Lengths[2] * x.Lengths[3]);
    }
}
