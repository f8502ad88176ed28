using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LayerNormalisation.</summary>
/// <remarks>Sums over a sample run in 16 virtual lanes, threads split the samples; sums over the batch ascend in n from +0. y may be x's own
/// memory, and dx that of dy.</remarks>
public static unsafe class LayerNormalisation
{
    /// <summary>Layer normalisation, forward (NM-F3).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="gamma">Scale, D.</param>
    /// <param name="beta">Shift, D.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="y">Output, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-F3")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> beta, float eps,
        in TensorSpan<float> y, Execution on)
    {
        var (sets, D) = Sets("NM-F3", "x", x);
        Contract.Shape("NM-F3", "gamma", "D", gamma, [D]);
        Contract.Shape("NM-F3", "beta", "D", beta, [D]);
        Contract.Shape("NM-F3", "y", "N×D", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, pbeta = beta, py = y)
            Normalising.Forward(on, sets, Centre.Mean, eps, px, new ScalePerElement(pgamma, pbeta), py, null, null, null);
    }

    /// <summary>The forward pass of a training step: NM-F3, with the values that the backward passes use.</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="gamma">Scale, D.</param>
    /// <param name="beta">Shift, D.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="y">Output, N×D; every element is written.</param>
    /// <param name="mu">Mean, N.</param>
    /// <param name="v">Population variance, N.</param>
    /// <param name="xhat">Normalised input, N×D; not y's memory.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    public static void ForwardWithValues(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> beta,
        float eps, in TensorSpan<float> y, in TensorSpan<float> mu, in TensorSpan<float> v, in TensorSpan<float> xhat, Execution on)
    {
        var (sets, D) = Sets("NM-F3", "x", x);
        Contract.Shape("NM-F3", "gamma", "D", gamma, [D]);
        Contract.Shape("NM-F3", "beta", "D", beta, [D]);
        Contract.Shape("NM-F3", "y", "N×D", y, x.Lengths);
        Contract.Shape("NM-F3", "mu", "N", mu, [x.Lengths[0]]);
        Contract.Shape("NM-F3", "v", "N", v, [x.Lengths[0]]);
        Contract.Shape("NM-F3", "xhat", "N×D", xhat, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, pbeta = beta, py = y, pmu = mu, pv = v, pxhat = xhat)
            Normalising.Forward(on, sets, Centre.Mean, eps, px, new ScalePerElement(pgamma, pbeta), py, pmu, pv, pxhat);
    }

    /// <summary>Layer normalisation, backward data (NM-B6).</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="gamma">Scale, D.</param>
    /// <param name="xhat">Normalised input, N×D.</param>
    /// <param name="v">Population variance, N.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="dx">Derivative by x, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B6")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> xhat,
        in ReadOnlyTensorSpan<float> v, float eps, in TensorSpan<float> dx, Execution on)
    {
        var (sets, D) = Sets("NM-B6", "dy", dy);
        Contract.Shape("NM-B6", "gamma", "D", gamma, [D]);
        Contract.Shape("NM-B6", "xhat", "N×D", xhat, dy.Lengths);
        Contract.Shape("NM-B6", "v", "N", v, [dy.Lengths[0]]);
        Contract.Shape("NM-B6", "dx", "N×D", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pgamma = gamma, pxhat = xhat, pv = v, pdx = dx)
            Normalising.Backward(on, sets, Centre.Mean, eps, pdy, new ScalePerElement(pgamma, null), pxhat, pv, pdx);
    }

    /// <summary>Layer normalisation, backward scale (NM-B11).</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="xhat">Normalised input, N×D.</param>
    /// <param name="dgamma">Derivative by gamma, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B11")]
    public static void BackwardScale(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> xhat, in TensorSpan<float> dgamma, Execution on)
    {
        Lengths.ExpectRank("NM-B11", "dy", "N×D", dy.Lengths, 2);
        Contract.Dense("NM-B11", "dy", dy);
        Contract.Shape("NM-B11", "xhat", "N×D", xhat, dy.Lengths);
        Contract.Shape("NM-B11", "dgamma", "D", dgamma, [dy.Lengths[1]]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pxhat = xhat, pdgamma = dgamma)
            Pointwise.Run(on, dy.Lengths[1], new ColumnProducts((int)dy.Lengths[0], dy.Lengths[1], pdy, pxhat, pdgamma));
    }

    /// <summary>Layer normalisation, backward shift (NM-B12).</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="dbeta">Derivative by beta, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B12")]
    public static void BackwardShift(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dbeta, Execution on)
    {
        Lengths.ExpectRank("NM-B12", "dy", "N×D", dy.Lengths, 2);
        Contract.Dense("NM-B12", "dy", dy);
        Contract.Shape("NM-B12", "dbeta", "D", dbeta, [dy.Lengths[1]]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdbeta = dbeta)
            Pointwise.Run(on, dy.Lengths[1], new ColumnSums((int)dy.Lengths[0], dy.Lengths[1], pdy, pdbeta));
    }

    private static (NormalisedSets Sets, nint D) Sets(string id, string name, in ReadOnlyTensorSpan<float> x)
    {
        Lengths.ExpectRank(id, name, "N×D", x.Lengths, 2);
        Contract.Dense(id, name, x);
        return (NormalisedSets.OfRows((int)x.Lengths[0], x.Lengths[1]), x.Lengths[1]);
    }
}
