using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's OnnxAdagrad, one pass over memory. Results may be the old values' memory.</summary>
public static unsafe class OnnxAdagrad
{
    /// <summary>ONNX Adagrad with decay (OP-17).</summary>
    /// <param name="x">Weights, D.</param>
    /// <param name="g">Derivative of the loss by x, D.</param>
    /// <param name="h">Sum of the squared gradients, D.</param>
    /// <param name="r">Learning rate.</param>
    /// <param name="norm">Coefficient of the squared penalty.</param>
    /// <param name="decay">How fast the learning rate falls.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="t">Updates so far: 0 at first.</param>
    /// <param name="xnew">New weights, D; every element is written.</param>
    /// <param name="hnew">New sum of the squared gradients, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>hnew = fma(greg, greg, h). The learning rate of the step is computed in binary64 and rounded once.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-17")]
    public static void Step(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> g, in ReadOnlyTensorSpan<float> h, float r,
        float norm, float decay, float eps, float t, in TensorSpan<float> xnew, in TensorSpan<float> hnew, Execution on)
    {
        Lengths.ExpectRank("OP-17", "x", "D", x.Lengths, 1);
        Contract.Dense("OP-17", "x", x);
        Contract.Shape("OP-17", "g", "D", g, x.Lengths);
        Contract.Shape("OP-17", "h", "D", h, x.Lengths);
        Contract.Shape("OP-17", "xnew", "D", xnew, x.Lengths);
        Contract.Shape("OP-17", "hnew", "D", hnew, x.Lengths);
        float rate = (float)(r / (1 + (double)t * decay));
        using var lease = on.Enter();
        fixed (float* px = x, pg = g, ph = h, pxnew = xnew, phnew = hnew)
            Pointwise.Run(on, x.FlattenedLength, new StepEach(px, pg, ph, rate, norm, eps, pxnew, phnew));
    }

    private readonly struct StepEach(float* x, float* g, float* h, float rate, float norm, float eps, float* xnew, float* hnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V old = L.Load(x + i);
            V regularised = L.Fma(L.Create(norm), old, L.Load(g + i));
            V sum = L.Fma(regularised, regularised, L.Load(h + i));
            L.Store(sum, hnew + i);
            L.Store(L.Subtract(old, L.Divide(L.Multiply(L.Create(rate), regularised), L.Add(L.Sqrt(sum), L.Create(eps)))), xnew + i);
        }
    }
}
