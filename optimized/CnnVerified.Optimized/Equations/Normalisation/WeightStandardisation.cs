using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's WeightStandardisation: sums over a filter run in 16 virtual lanes, threads split the
/// filters. wn may be w's own memory, and dw that of dwn.</summary>
public static unsafe class WeightStandardisation
{
    /// <summary>Weight standardisation, forward (NM-F10).</summary>
    /// <param name="w">Weights, K×C×R×S.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="wn">Standardised weights, K×C×R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-F10")]
    public static void Forward(in ReadOnlyTensorSpan<float> w, float eps, in TensorSpan<float> wn, Execution on)
    {
        NormalisedSets sets = Sets("NM-F10", "w", w);
        Contract.Shape("NM-F10", "wn", "K×C×R×S", wn, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pwn = wn)
            Normalising.Forward(on, sets, Centre.Mean, eps, pw, default(Unscaled), pwn, null, null, null);
    }

    /// <summary>The forward pass of a training step: NM-F10, with the variance that the backward pass uses.</summary>
    /// <param name="w">Weights, K×C×R×S.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="wn">Standardised weights, K×C×R×S; every element is written.</param>
    /// <param name="v">Population variance, K.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    public static void ForwardWithValues(in ReadOnlyTensorSpan<float> w, float eps, in TensorSpan<float> wn, in TensorSpan<float> v, Execution on)
    {
        NormalisedSets sets = Sets("NM-F10", "w", w);
        Contract.Shape("NM-F10", "wn", "K×C×R×S", wn, w.Lengths);
        Contract.Shape("NM-F10", "v", "K", v, [w.Lengths[0]]);
        using var lease = on.Enter();
        fixed (float* pw = w, pwn = wn, pv = v)
            Normalising.Forward(on, sets, Centre.Mean, eps, pw, default(Unscaled), pwn, null, pv, null);
    }

    /// <summary>Weight standardisation, backward weights (NM-B22).</summary>
    /// <param name="dwn">Derivative of the loss by wn, K×C×R×S.</param>
    /// <param name="wn">Output of NM-F10, K×C×R×S.</param>
    /// <param name="v">Population variance, K.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="dw">Derivative by w, K×C×R×S; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B22")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> dwn, in ReadOnlyTensorSpan<float> wn, in ReadOnlyTensorSpan<float> v, float eps,
        in TensorSpan<float> dw, Execution on)
    {
        NormalisedSets sets = Sets("NM-B22", "dwn", dwn);
        Contract.Shape("NM-B22", "wn", "K×C×R×S", wn, dwn.Lengths);
        Contract.Shape("NM-B22", "v", "K", v, [dwn.Lengths[0]]);
        Contract.Shape("NM-B22", "dw", "K×C×R×S", dw, dwn.Lengths);
        using var lease = on.Enter();
        fixed (float* pdwn = dwn, pwn = wn, pv = v, pdw = dw)
            Normalising.Backward(on, sets, Centre.Mean, eps, pdwn, default(Unscaled), pwn, pv, pdw);
    }

    private static NormalisedSets Sets(string id, string name, in ReadOnlyTensorSpan<float> w)
    {
        Lengths.ExpectRank(id, name, "K×C×R×S", w.Lengths, 4);
        Contract.Dense(id, name, w);
        return NormalisedSets.OfRows((int)w.Lengths[0], w.Lengths[1] * w.Lengths[2] * w.Lengths[3]);
    }
}
