using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's RootMeanSquareNormalisation.</summary>
/// <remarks>Sums over a sample run in 16 virtual lanes, threads split the samples; sums over the batch ascend in n from +0. y may be x's own
/// memory, and dx that of dy.</remarks>
public static unsafe class RootMeanSquareNormalisation
{
    /// <summary>Root mean square normalisation, forward (NM-F8).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="gamma">Scale, D.</param>
    /// <param name="eps">What is added to the mean square, above 0.</param>
    /// <param name="y">Output, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-F8")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, float eps, in TensorSpan<float> y, Execution on)
    {
        var (sets, D) = Sets("NM-F8", "x", x);
        Contract.Shape("NM-F8", "gamma", "D", gamma, [D]);
        Contract.Shape("NM-F8", "y", "N×D", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, py = y)
            Normalising.Forward(on, sets, Centre.Zero, eps, px, new ScaleWithoutShift(pgamma), py, null, null, null);
    }

    /// <summary>The forward pass of a training step: NM-F8, with the values that the backward passes use.</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="gamma">Scale, D.</param>
    /// <param name="eps">What is added to the mean square, above 0.</param>
    /// <param name="y">Output, N×D; every element is written.</param>
    /// <param name="ms">Mean squares, N.</param>
    /// <param name="xhat">Normalised input, N×D; not y's memory.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    public static void ForwardWithValues(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, float eps,
        in TensorSpan<float> y, in TensorSpan<float> ms, in TensorSpan<float> xhat, Execution on)
    {
        var (sets, D) = Sets("NM-F8", "x", x);
        Contract.Shape("NM-F8", "gamma", "D", gamma, [D]);
        Contract.Shape("NM-F8", "y", "N×D", y, x.Lengths);
        Contract.Shape("NM-F8", "ms", "N", ms, [x.Lengths[0]]);
        Contract.Shape("NM-F8", "xhat", "N×D", xhat, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, py = y, pms = ms, pxhat = xhat)
            Normalising.Forward(on, sets, Centre.Zero, eps, px, new ScaleWithoutShift(pgamma), py, null, pms, pxhat);
    }

    /// <summary>Root mean square normalisation, backward data (NM-B19).</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="gamma">Scale, D.</param>
    /// <param name="xhat">Normalised input, N×D.</param>
    /// <param name="ms">Mean squares, N.</param>
    /// <param name="eps">What is added to the mean square, above 0.</param>
    /// <param name="dx">Derivative by x, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B19")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> xhat,
        in ReadOnlyTensorSpan<float> ms, float eps, in TensorSpan<float> dx, Execution on)
    {
        var (sets, D) = Sets("NM-B19", "dy", dy);
        Contract.Shape("NM-B19", "gamma", "D", gamma, [D]);
        Contract.Shape("NM-B19", "xhat", "N×D", xhat, dy.Lengths);
        Contract.Shape("NM-B19", "ms", "N", ms, [dy.Lengths[0]]);
        Contract.Shape("NM-B19", "dx", "N×D", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pgamma = gamma, pxhat = xhat, pms = ms, pdx = dx)
            Normalising.Backward(on, sets, Centre.Zero, eps, pdy, new ScaleWithoutShift(pgamma), pxhat, pms, pdx);
    }

    /// <summary>Root mean square normalisation, backward scale (NM-B20).</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="xhat">Normalised input, N×D.</param>
    /// <param name="dgamma">Derivative by gamma, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B20")]
    public static void BackwardScale(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> xhat, in TensorSpan<float> dgamma, Execution on)
    {
        Lengths.ExpectRank("NM-B20", "dy", "N×D", dy.Lengths, 2);
        Contract.Dense("NM-B20", "dy", dy);
        Contract.Shape("NM-B20", "xhat", "N×D", xhat, dy.Lengths);
        Contract.Shape("NM-B20", "dgamma", "D", dgamma, [dy.Lengths[1]]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pxhat = xhat, pdgamma = dgamma)
            Pointwise.Run(on, dy.Lengths[1], new ColumnProducts((int)dy.Lengths[0], dy.Lengths[1], pdy, pxhat, pdgamma));
    }

    private static (NormalisedSets Sets, nint D) Sets(string id, string name, in ReadOnlyTensorSpan<float> x)
    {
        Lengths.ExpectRank(id, name, "N×D", x.Lengths, 2);
        Contract.Dense(id, name, x);
        return (NormalisedSets.OfRows((int)x.Lengths[0], x.Lengths[1]), x.Lengths[1]);
    }
}
