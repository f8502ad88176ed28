using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Selu. Outputs may be the inputs' own memory.</summary>
public static class Selu
{
    /// <summary>SELU, forward (AC-F15).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="lam">Scale.</param>
    /// <param name="a">Minus the limit of the inner unit.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F15")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float lam, float a, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F15", x, y, on, new InBinary64<ForwardEach>(new(lam, a)));

    /// <summary>SELU, backward data (AC-B15).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N; at exactly 0 the derivative is lam·a.</param>
    /// <param name="y">Output of AC-F15, N.</param>
    /// <param name="lam">Scale.</param>
    /// <param name="a">Minus the limit of the inner unit.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B15")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y,
        float lam, float a, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B15", dy, x, "y", y, dx, on, new BackwardEach(lam, a));

    private readonly struct ForwardEach(float lam, float a) : IWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Of<W, D>(W x, W _, W __) where W : unmanaged where D : struct, IWideLanes<W> =>
            D.Multiply(D.Create(lam), D.IfGreater(x, D.Create(0), x, D.Multiply(D.Create(a), Wide.ExpM1<W, D>(x))));
    }

    private readonly struct BackwardEach(float lam, float a) : ITernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x, V y) where V : unmanaged where L : struct, ILanes<V>
        {
            V slope = L.Fma(L.Create(lam), L.Create(a), y);
            return L.Multiply(dy, L.IfGreater(x, L.Create(0f), L.Create(lam), slope));
        }
    }
}
