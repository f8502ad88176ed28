using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's InstanceNormalisation.</summary>
/// <remarks>Sums over a map run in 16 virtual lanes; those over a channel add the maps ascending in n. y may be x's own memory, and
/// dx that of dy.</remarks>
public static unsafe class InstanceNormalisation
{
    /// <summary>Instance normalisation, forward (NM-F6).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="y">Output, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-F6")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> beta, float eps,
        in TensorSpan<float> y, Execution on)
    {
        var sets = Sets("NM-F6", "x", x);
        Contract.Shape("NM-F6", "gamma", "C", gamma, [x.Lengths[1]]);
        Contract.Shape("NM-F6", "beta", "C", beta, [x.Lengths[1]]);
        Contract.Shape("NM-F6", "y", "N×C×H×W", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, pbeta = beta, py = y)
            Normalising.Forward(on, sets, Centre.Mean, eps, px, new ScalePerSet(pgamma, pbeta), py, null, null, null);
    }

    /// <summary>The forward pass of a training step: NM-F6, with the values that the backward passes use.</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="y">Output, N×C×H×W; every element is written.</param>
    /// <param name="mu">Mean, N×C.</param>
    /// <param name="v">Population variance, N×C.</param>
    /// <param name="xhat">Normalised input, N×C×H×W; not y's memory.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    public static void ForwardWithValues(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> beta,
        float eps, in TensorSpan<float> y, in TensorSpan<float> mu, in TensorSpan<float> v, in TensorSpan<float> xhat, Execution on)
    {
        var sets = Sets("NM-F6", "x", x);
        Contract.Shape("NM-F6", "gamma", "C", gamma, [x.Lengths[1]]);
        Contract.Shape("NM-F6", "beta", "C", beta, [x.Lengths[1]]);
        Contract.Shape("NM-F6", "y", "N×C×H×W", y, x.Lengths);
        Contract.Shape("NM-F6", "mu", "N×C", mu, [x.Lengths[0], x.Lengths[1]]);
        Contract.Shape("NM-F6", "v", "N×C", v, [x.Lengths[0], x.Lengths[1]]);
        Contract.Shape("NM-F6", "xhat", "N×C×H×W", xhat, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, pbeta = beta, py = y, pmu = mu, pv = v, pxhat = xhat)
            Normalising.Forward(on, sets, Centre.Mean, eps, px, new ScalePerSet(pgamma, pbeta), py, pmu, pv, pxhat);
    }

    /// <summary>Instance normalisation, backward data (NM-B13).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="xhat">Normalised input, N×C×H×W.</param>
    /// <param name="v">Population variance, N×C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B13")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> xhat,
        in ReadOnlyTensorSpan<float> v, float eps, in TensorSpan<float> dx, Execution on)
    {
        var sets = Sets("NM-B13", "dy", dy);
        Contract.Shape("NM-B13", "gamma", "C", gamma, [dy.Lengths[1]]);
        Contract.Shape("NM-B13", "xhat", "N×C×H×W", xhat, dy.Lengths);
        Contract.Shape("NM-B13", "v", "N×C", v, [dy.Lengths[0], dy.Lengths[1]]);
        Contract.Shape("NM-B13", "dx", "N×C×H×W", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pgamma = gamma, pxhat = xhat, pv = v, pdx = dx)
            Normalising.Backward(on, sets, Centre.Mean, eps, pdy, new ScalePerSet(pgamma, null), pxhat, pv, pdx);
    }

    /// <summary>Instance normalisation, backward scale (NM-B14).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="xhat">Normalised input, N×C×H×W.</param>
    /// <param name="dgamma">Derivative by gamma, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B14")]
    public static void BackwardScale(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> xhat, in TensorSpan<float> dgamma, Execution on) =>
        ChannelSums.Scale("NM-B14", dy, xhat, dgamma, on);

    /// <summary>Instance normalisation, backward shift (NM-B15).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="dbeta">Derivative by beta, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B15")]
    public static void BackwardShift(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dbeta, Execution on) =>
        ChannelSums.Shift("NM-B15", dy, dbeta, on);

    private static NormalisedSets Sets(string id, string name, in ReadOnlyTensorSpan<float> x)
    {
        Lengths.ExpectRank(id, name, "N×C×H×W", x.Lengths, 4);
        Contract.Dense(id, name, x);
        return NormalisedSets.OfMaps((int)x.Lengths[0], (int)x.Lengths[1], x.Lengths[2] * x.Lengths[3]);
    }
}
