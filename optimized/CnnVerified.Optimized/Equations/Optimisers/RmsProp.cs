using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's RmsProp, one pass over memory. Results may be the old values' memory.</summary>
public static unsafe class RmsProp
{
    /// <summary>RMSProp, ε inside the root (OP-6).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="h">Mean of the squared gradient, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="rho">ρ, how much of the old mean is kept.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="hnew">New mean of the squared gradient, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>hnew = fma(rho, h, (1 − rho)·dw²).</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-6")]
    public static void Step(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, in ReadOnlyTensorSpan<float> h, float eta,
        float rho, float eps, in TensorSpan<float> wnew, in TensorSpan<float> hnew, Execution on)
    {
        Lengths.ExpectRank("OP-6", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-6", "w", w);
        Contract.Shape("OP-6", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-6", "h", "D", h, w.Lengths);
        Contract.Shape("OP-6", "wnew", "D", wnew, w.Lengths);
        Contract.Shape("OP-6", "hnew", "D", hnew, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, ph = h, pwnew = wnew, phnew = hnew)
            Pointwise.Run(on, w.FlattenedLength, new StepEach(pw, pdw, ph, eta, rho, eps, pwnew, phnew));
    }

    private readonly struct StepEach(float* w, float* dw, float* h, float eta, float rho, float eps, float* wnew, float* hnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V slope = L.Load(dw + i);
            V mean = L.Fma(L.Create(rho), L.Load(h + i), L.Multiply(L.Create(1 - rho), L.Multiply(slope, slope)));
            V weight = L.Subtract(L.Load(w + i), L.Divide(L.Multiply(L.Create(eta), slope), L.Sqrt(L.Add(mean, L.Create(eps)))));
            L.Store(mean, hnew + i);
            L.Store(weight, wnew + i);
        }
    }
}
