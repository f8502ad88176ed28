using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's OnnxAdam, one pass over memory. Results may be the old values' memory.</summary>
public static unsafe class OnnxAdam
{
    /// <summary>ONNX Adam (OP-18).</summary>
    /// <param name="x">Weights, D.</param>
    /// <param name="g">Derivative of the loss by x, D.</param>
    /// <param name="v">Mean of the gradient, D.</param>
    /// <param name="h">Mean of the squared gradient, D.</param>
    /// <param name="alpha">α, how much of the old mean of the gradient is kept.</param>
    /// <param name="beta">β, how much of the old mean of the square is kept.</param>
    /// <param name="r">Learning rate.</param>
    /// <param name="norm">Coefficient of the squared penalty.</param>
    /// <param name="post">Decay after the update.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="t">Updates so far; at 0 nothing is corrected.</param>
    /// <param name="xfin">New weights, D; every element is written.</param>
    /// <param name="vnew">New mean of the gradient, D; every element is written.</param>
    /// <param name="hnew">New mean of the squared gradient, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>vnew = fma(alpha, v, (1 − alpha)·greg), hnew = fma(beta, h, (1 − beta)·greg²). The learning rate of the step is computed
    /// in binary64 and rounded once.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-18")]
    public static void Step(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> g, in ReadOnlyTensorSpan<float> v,
        in ReadOnlyTensorSpan<float> h, float alpha, float beta, float r, float norm, float post, float eps, float t,
        in TensorSpan<float> xfin, in TensorSpan<float> vnew, in TensorSpan<float> hnew, Execution on)
    {
        Lengths.ExpectRank("OP-18", "x", "D", x.Lengths, 1);
        Contract.Dense("OP-18", "x", x);
        Contract.Shape("OP-18", "g", "D", g, x.Lengths);
        Contract.Shape("OP-18", "v", "D", v, x.Lengths);
        Contract.Shape("OP-18", "h", "D", h, x.Lengths);
        Contract.Shape("OP-18", "xfin", "D", xfin, x.Lengths);
        Contract.Shape("OP-18", "vnew", "D", vnew, x.Lengths);
        Contract.Shape("OP-18", "hnew", "D", hnew, x.Lengths);
        float rate = t > 0 ? (float)(r * Math.Sqrt(1 - Math.Pow(beta, t)) / (1 - Math.Pow(alpha, t))) : r;
        using var lease = on.Enter();
        fixed (float* px = x, pg = g, pv = v, ph = h, pxfin = xfin, pvnew = vnew, phnew = hnew)
            Pointwise.Run(on, x.FlattenedLength, new StepEach(px, pg, pv, ph, alpha, beta, rate, norm, post, eps, pxfin, pvnew, phnew));
    }

    private readonly struct StepEach(float* x, float* g, float* v, float* h, float alpha, float beta, float rate, float norm, float post,
        float eps, float* xfin, float* vnew, float* hnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V old = L.Load(x + i);
            V regularised = L.Fma(L.Create(norm), old, L.Load(g + i));
            V mean = L.Fma(L.Create(alpha), L.Load(v + i), L.Multiply(L.Create(1 - alpha), regularised));
            V square = L.Fma(L.Create(beta), L.Load(h + i), L.Multiply(L.Create(1 - beta), L.Multiply(regularised, regularised)));
            V weight = L.Subtract(old, L.Divide(L.Multiply(L.Create(rate), mean), L.Add(L.Sqrt(square), L.Create(eps))));
            L.Store(mean, vnew + i);
            L.Store(square, hnew + i);
            L.Store(L.Multiply(L.Create(1 - post), weight), xfin + i);
        }
    }
}
