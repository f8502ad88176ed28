using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Verification.Exhaustive;

/// <summary>The engine's elementary functions, which no equation is alone: called as its kernels call them.</summary>
internal static unsafe class KernelCalls
{
    public static void Run<TFunction>(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) where TFunction : unmanaged, IFunction
    {
        fixed (float* px = x, py = y)
        {
            var each = new Each<TFunction>(px, py);
            Pointwise.Range(on.Width, 0, x.FlattenedLength, ref each);
        }
    }

    public static void Power(in ReadOnlyTensorSpan<float> x, float exponent, in TensorSpan<float> y, Execution on)
    {
        fixed (float* px = x, py = y)
        {
            var each = new EachPower(px, exponent, py);
            Pointwise.Range(on.Width, 0, x.FlattenedLength, ref each);
        }
    }

    internal interface IFunction
    {
        static abstract V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>;
    }

    internal readonly struct Exp : IFunction
    {
        public static V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> => Functions.Exp<V, L>(x);
    }

    internal readonly struct ExpM1 : IFunction
    {
        public static V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> => Functions.ExpM1<V, L>(x);
    }

    internal readonly struct Log : IFunction
    {
        public static V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> => Functions.Log<V, L>(x);
    }

    internal readonly struct Log1p : IFunction
    {
        public static V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> => Functions.Log1p<V, L>(x);
    }

    internal readonly struct Erfc : IFunction
    {
        public static V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> => L.InBinary64(x, x, x, new InWide());

        private readonly struct InWide : IWide
        {
            public W Of<W, D>(W x, W _, W __) where W : unmanaged where D : struct, IWideLanes<W> =>
                Wide.Erfc<W, D>(x, Wide.Exp<W, D>(D.Negate(D.Multiply(x, x))));
        }
    }

    private readonly struct Each<TFunction>(float* x, float* y) : IPointwise where TFunction : unmanaged, IFunction
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> => L.Store(TFunction.Of<V, L>(L.Load(x + i)), y + i);
    }

    private readonly struct EachPower(float* x, float exponent, float* y) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(Functions.Pow<V, L>(L.Load(x + i), L.Create(exponent)), y + i);
    }
}
