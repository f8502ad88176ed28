using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's AdaGrad, one pass over memory. Results may be the old values' memory.</summary>
public static unsafe class AdaGrad
{
    /// <summary>AdaGrad (OP-5).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="h">Sum of the squared gradients, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="hnew">New sum of the squared gradients, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>hnew = fma(dw, dw, h).</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-5")]
    public static void Step(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, in ReadOnlyTensorSpan<float> h, float eta,
        float eps, in TensorSpan<float> wnew, in TensorSpan<float> hnew, Execution on)
    {
        Lengths.ExpectRank("OP-5", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-5", "w", w);
        Contract.Shape("OP-5", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-5", "h", "D", h, w.Lengths);
        Contract.Shape("OP-5", "wnew", "D", wnew, w.Lengths);
        Contract.Shape("OP-5", "hnew", "D", hnew, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, ph = h, pwnew = wnew, phnew = hnew)
            Pointwise.Run(on, w.FlattenedLength, new StepEach(pw, pdw, ph, eta, eps, pwnew, phnew));
    }

    private readonly struct StepEach(float* w, float* dw, float* h, float eta, float eps, float* wnew, float* hnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V slope = L.Load(dw + i);
            V sum = L.Fma(slope, slope, L.Load(h + i));
            V weight = L.Subtract(L.Load(w + i), L.Divide(L.Multiply(L.Create(eta), slope), L.Add(L.Sqrt(sum), L.Create(eps))));
            L.Store(sum, hnew + i);
            L.Store(weight, wnew + i);
        }
    }
}
