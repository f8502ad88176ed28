using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's GradientDescent, one pass over memory. New weights and velocities may be the old
/// ones' memory.</summary>
public static unsafe class GradientDescent
{
    /// <summary>Gradient descent (OP-1).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="eta">Learning rate.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>One fused multiply-add.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-1")]
    public static void Step(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, float eta, in TensorSpan<float> wnew, Execution on)
    {
        Lengths.ExpectRank("OP-1", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-1", "w", w);
        Contract.Shape("OP-1", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-1", "wnew", "D", wnew, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, pwnew = wnew)
            Pointwise.Run(on, w.FlattenedLength, new StepEach(pw, pdw, eta, pwnew));
    }

    /// <summary>Gradient descent with momentum (OP-2).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="eta">Learning rate.</param>
    /// <param name="mu">Momentum.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="vnew">New velocity, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>vnew = fma(−eta, dw, mu·v).</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-2")]
    public static void MomentumStep(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, in ReadOnlyTensorSpan<float> v,
        float eta, float mu, in TensorSpan<float> wnew, in TensorSpan<float> vnew, Execution on)
    {
        Lengths.ExpectRank("OP-2", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-2", "w", w);
        Contract.Shape("OP-2", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-2", "v", "D", v, w.Lengths);
        Contract.Shape("OP-2", "wnew", "D", wnew, w.Lengths);
        Contract.Shape("OP-2", "vnew", "D", vnew, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, pv = v, pwnew = wnew, pvnew = vnew)
            Pointwise.Run(on, w.FlattenedLength, new MomentumEach(pw, pdw, pv, eta, mu, pwnew, pvnew));
    }

    private readonly struct StepEach(float* w, float* dw, float eta, float* wnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Fma(L.Create(-eta), L.Load(dw + i), L.Load(w + i)), wnew + i);
    }

    private readonly struct MomentumEach(float* w, float* dw, float* v, float eta, float mu, float* wnew, float* vnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V velocity = L.Fma(L.Create(-eta), L.Load(dw + i), L.Multiply(L.Create(mu), L.Load(v + i)));
            V weight = L.Add(L.Load(w + i), velocity);
            L.Store(velocity, vnew + i);
            L.Store(weight, wnew + i);
        }
    }
}
