using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Softsign. Outputs may be the inputs' own memory.</summary>
public static class Softsign
{
    private const float Largest = 1073741824f;   // 2³⁰: the result is ±1 long before, and ∞/∞ would be NaN
    private const float Large = 1.15292150e18f;   // 2⁶⁰
    private const float Less = 9.09494702e-13f;   // 2⁻⁴⁰, an exact factor, as is its square

    /// <summary>Softsign, forward (AC-F12).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F12")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F12", x, y, on, new ForwardEach());

    /// <summary>Softsign, backward data (AC-B12).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B12")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B12", dy, "x", x, dx, on, new BackwardEach());

    private readonly struct ForwardEach : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
        {
            x = L.Max(L.Create(-Largest), L.Min(L.Create(Largest), x));
            return L.Divide(x, L.Add(L.Create(1f), L.Abs(x)));
        }
    }

    private readonly struct BackwardEach : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V>
        {
            // The square of a large divisor would overflow where the quotient is not yet 0.
            V s = L.Add(L.Create(1f), L.Abs(x)), large = L.Create(Large), one = L.Create(1f);
            V root = L.Multiply(s, L.IfGreater(s, large, L.Create(Less), one));
            return L.Divide(L.Multiply(dy, L.IfGreater(s, large, L.Create(Less * Less), one)), L.Multiply(root, root));
        }
    }
}
