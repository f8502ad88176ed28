using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Scaling: the same operations in the same order. x may be p's own memory.</summary>
public static unsafe class Scaling
{
    /// <summary>Unit scaling to [0, 1] (IN-1).</summary>
    /// <param name="p">Pixels, N×C×H×W.</param>
    /// <param name="x">Scaled, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("IN-1")]
    public static void Unit(in ReadOnlyTensorSpan<float> p, in TensorSpan<float> x, Execution on) =>
        Run("IN-1", p, x, on, before: 0, factor: 1, divisor: 255, after: 0);

    /// <summary>LeNet-5 scaling: background −0.1, foreground 1.175 (IN-2).</summary>
    /// <param name="p">Pixels, N×C×H×W.</param>
    /// <param name="x">Scaled, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("IN-2")]
    public static void LeNet5(in ReadOnlyTensorSpan<float> p, in TensorSpan<float> x, Execution on) =>
        Run("IN-2", p, x, on, before: 0, factor: 1.275f, divisor: 255, after: 0.1f);

    /// <summary>Symmetric scaling to [−0.8, 0.79375] (IN-3).</summary>
    /// <param name="p">Pixels, N×C×H×W.</param>
    /// <param name="x">Scaled, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("IN-3")]
    public static void Symmetric(in ReadOnlyTensorSpan<float> p, in TensorSpan<float> x, Execution on) =>
        Run("IN-3", p, x, on, before: 128, factor: 0.8f, divisor: 128, after: 0);

    private static void Run(string id, in ReadOnlyTensorSpan<float> p, in TensorSpan<float> x, Execution on,
        float before, float factor, float divisor, float after)
    {
        Lengths.ExpectRank(id, "p", "N×C×H×W", p.Lengths, 4);
        Contract.Dense(id, "p", p);
        Contract.Shape(id, "x", "N×C×H×W", x, p.Lengths);
        using var lease = on.Enter();
        fixed (float* pp = p, px = x)
            Pointwise.Run(on, p.FlattenedLength, new Each(pp, px, before, factor, divisor, after));
    }

    // (p − before)·factor/divisor − after; subtracting 0 and multiplying by 1 are exact.
    private readonly struct Each(float* p, float* x, float before, float factor, float divisor, float after) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Subtract(L.Divide(L.Multiply(L.Subtract(L.Load(p + i), L.Create(before)), L.Create(factor)), L.Create(divisor)),
                L.Create(after)), x + i);
    }
}
