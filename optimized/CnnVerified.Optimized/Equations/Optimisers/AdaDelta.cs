using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's AdaDelta, one pass over memory. Results may be the old values' memory.</summary>
public static unsafe class AdaDelta
{
    /// <summary>AdaDelta (OP-19).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="h">Mean of the squared gradient, D.</param>
    /// <param name="a">Mean of the squared step, D.</param>
    /// <param name="rho">ρ, how much of the old means is kept.</param>
    /// <param name="eps">ε, starts the first step and keeps the divisor from 0.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="hnew">New mean of the squared gradient, D; every element is written.</param>
    /// <param name="anew">New mean of the squared step, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>hnew = fma(rho, h, (1 − rho)·dw²), anew = fma(rho, a, (1 − rho)·step²).</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-19")]
    public static void Step(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, in ReadOnlyTensorSpan<float> h,
        in ReadOnlyTensorSpan<float> a, float rho, float eps, in TensorSpan<float> wnew, in TensorSpan<float> hnew,
        in TensorSpan<float> anew, Execution on)
    {
        Lengths.ExpectRank("OP-19", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-19", "w", w);
        Contract.Shape("OP-19", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-19", "h", "D", h, w.Lengths);
        Contract.Shape("OP-19", "a", "D", a, w.Lengths);
        Contract.Shape("OP-19", "wnew", "D", wnew, w.Lengths);
        Contract.Shape("OP-19", "hnew", "D", hnew, w.Lengths);
        Contract.Shape("OP-19", "anew", "D", anew, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, ph = h, pa = a, pwnew = wnew, phnew = hnew, panew = anew)
            Pointwise.Run(on, w.FlattenedLength, new StepEach(pw, pdw, ph, pa, rho, eps, pwnew, phnew, panew));
    }

    private readonly struct StepEach(float* w, float* dw, float* h, float* a, float rho, float eps, float* wnew, float* hnew,
        float* anew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V slope = L.Load(dw + i), squareSteps = L.Load(a + i), weight = L.Load(w + i);
            V mean = L.Fma(L.Create(rho), L.Load(h + i), L.Multiply(L.Create(1 - rho), L.Multiply(slope, slope)));
            V rate = L.Divide(L.Sqrt(L.Add(squareSteps, L.Create(eps))), L.Sqrt(L.Add(mean, L.Create(eps))));
            V step = L.Multiply(L.Negate(rate), slope);
            L.Store(mean, hnew + i);
            L.Store(L.Fma(L.Create(rho), squareSteps, L.Multiply(L.Create(1 - rho), L.Multiply(step, step))), anew + i);
            L.Store(L.Add(weight, step), wnew + i);
        }
    }
}
