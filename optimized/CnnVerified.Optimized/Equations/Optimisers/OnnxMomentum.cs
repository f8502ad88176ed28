using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's OnnxMomentum, one pass over memory. Results may be the old values' memory.</summary>
public static unsafe class OnnxMomentum
{
    /// <summary>ONNX Momentum, standard mode (OP-15).</summary>
    /// <param name="x">Weights, D.</param>
    /// <param name="g">Derivative of the loss by x, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="alpha">Momentum α.</param>
    /// <param name="beta">β, the damping of the gradient after the first update.</param>
    /// <param name="r">Learning rate.</param>
    /// <param name="norm">Coefficient of the squared penalty.</param>
    /// <param name="t">Updates so far: 0 at first.</param>
    /// <param name="xnew">New weights, D; every element is written.</param>
    /// <param name="vnew">New velocity, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Each of the three lines ends in one fused multiply-add.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-15")]
    public static void Step(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> g, in ReadOnlyTensorSpan<float> v, float alpha,
        float beta, float r, float norm, float t, in TensorSpan<float> xnew, in TensorSpan<float> vnew, Execution on)
    {
        Lengths.ExpectRank("OP-15", "x", "D", x.Lengths, 1);
        Contract.Dense("OP-15", "x", x);
        Contract.Shape("OP-15", "g", "D", g, x.Lengths);
        Contract.Shape("OP-15", "v", "D", v, x.Lengths);
        Contract.Shape("OP-15", "xnew", "D", xnew, x.Lengths);
        Contract.Shape("OP-15", "vnew", "D", vnew, x.Lengths);
        float damping = t > 0 ? beta : 1;
        using var lease = on.Enter();
        fixed (float* px = x, pg = g, pv = v, pxnew = xnew, pvnew = vnew)
            Pointwise.Run(on, x.FlattenedLength, new StepEach(px, pg, pv, alpha, damping, r, norm, pxnew, pvnew));
    }

    /// <summary>ONNX Momentum, Nesterov mode (OP-16).</summary>
    /// <param name="x">Weights, D.</param>
    /// <param name="g">Derivative of the loss by x, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="alpha">Momentum α.</param>
    /// <param name="beta">β, the damping of the gradient after the first update.</param>
    /// <param name="r">Learning rate.</param>
    /// <param name="norm">Coefficient of the squared penalty.</param>
    /// <param name="t">Updates so far: 0 at first.</param>
    /// <param name="xnew">New weights, D; every element is written.</param>
    /// <param name="vnew">New velocity, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>As OP-15; xnew = fma(−r, fma(alpha, vnew, greg), x).</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-16")]
    public static void NesterovStep(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> g, in ReadOnlyTensorSpan<float> v,
        float alpha, float beta, float r, float norm, float t, in TensorSpan<float> xnew, in TensorSpan<float> vnew, Execution on)
    {
        Lengths.ExpectRank("OP-16", "x", "D", x.Lengths, 1);
        Contract.Dense("OP-16", "x", x);
        Contract.Shape("OP-16", "g", "D", g, x.Lengths);
        Contract.Shape("OP-16", "v", "D", v, x.Lengths);
        Contract.Shape("OP-16", "xnew", "D", xnew, x.Lengths);
        Contract.Shape("OP-16", "vnew", "D", vnew, x.Lengths);
        float damping = t > 0 ? beta : 1;
        using var lease = on.Enter();
        fixed (float* px = x, pg = g, pv = v, pxnew = xnew, pvnew = vnew)
            Pointwise.Run(on, x.FlattenedLength, new NesterovStepEach(px, pg, pv, alpha, damping, r, norm, pxnew, pvnew));
    }

    private readonly struct StepEach(float* x, float* g, float* v, float alpha, float damping, float r, float norm, float* xnew,
        float* vnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V old = L.Load(x + i);
            V regularised = L.Fma(L.Create(norm), old, L.Load(g + i));
            V velocity = L.Fma(L.Create(alpha), L.Load(v + i), L.Multiply(L.Create(damping), regularised));
            L.Store(velocity, vnew + i);
            L.Store(L.Fma(L.Create(-r), velocity, old), xnew + i);
        }
    }

    private readonly struct NesterovStepEach(float* x, float* g, float* v, float alpha, float damping, float r, float norm, float* xnew,
        float* vnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V old = L.Load(x + i);
            V regularised = L.Fma(L.Create(norm), old, L.Load(g + i));
            V velocity = L.Fma(L.Create(alpha), L.Load(v + i), L.Multiply(L.Create(damping), regularised));
            L.Store(velocity, vnew + i);
            L.Store(L.Fma(L.Create(-r), L.Fma(L.Create(alpha), velocity, regularised), old), xnew + i);
        }
    }
}
