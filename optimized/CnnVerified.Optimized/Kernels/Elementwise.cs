using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>A function of one number; the struct holds its constants.</summary>
internal interface IUnary
{
    V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>How many numbers <see cref="Some"/> takes; 0 where these vectors are best taken one by one.</summary>
    static virtual int AtOnce<V>() => 0;

    /// <summary>The function of some numbers, in the same bits.</summary>
    static virtual unsafe void Some(float* x, float* y) => throw new NotSupportedException();
}

/// <summary>A function of two numbers.</summary>
internal interface IBinary
{
    V Of<V, L>(V a, V b) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>A function of three numbers.</summary>
internal interface ITernary
{
    V Of<V, L>(V a, V b, V c) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>Equations that work on each element alone, whole: the checks, the lease, the loop. An activation states its function.</summary>
/// <remarks>A NaN among an element's inputs gives NaN, whatever the function does with it: a choice by comparison would lose it.
/// The output may be an input's own memory.</remarks>
internal static unsafe class Elementwise
{
    /// <summary>y = f(x), vectors of N.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    public static void Forward<TOp>(string id, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on, TOp op)
        where TOp : unmanaged, IUnary
    {
        Lengths.ExpectRank(id, "x", "N", x.Lengths, 1);
        Contract.Dense(id, "x", x);
        Contract.Shape(id, "y", "N", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            Pointwise.Run(on, x.FlattenedLength, new Unary<TOp>(px, py, op));
    }

    /// <summary>values[i] = f(values[i]) on the calling thread.</summary>
    public static void Apply<TOp>(VectorWidth width, float* values, nint count, TOp op) where TOp : unmanaged, IUnary
    {
        var each = new Unary<TOp>(values, values, op);
        Pointwise.Range(width, 0, count, ref each);
    }

    /// <summary>dx = f(dy, a), vectors of N; <paramref name="name"/> is what the equation calls a.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    public static void Backward<TOp>(string id, in ReadOnlyTensorSpan<float> dy, string name, in ReadOnlyTensorSpan<float> a, in TensorSpan<float> dx,
        Execution on, TOp op)
        where TOp : unmanaged, IBinary
    {
        Lengths.ExpectRank(id, "dy", "N", dy.Lengths, 1);
        Contract.Dense(id, "dy", dy);
        Contract.Shape(id, name, "N", a, dy.Lengths);
        Contract.Shape(id, "dx", "N", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pa = a, pdx = dx)
            Pointwise.Run(on, dy.FlattenedLength, new Binary<TOp>(pdy, pa, pdx, op));
    }

    /// <summary>dx = f(dy, x, a), vectors of N; <paramref name="name"/> is what the equation calls a.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    public static void Backward<TOp>(string id, in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, string name,
        in ReadOnlyTensorSpan<float> a, in TensorSpan<float> dx, Execution on, TOp op)
        where TOp : unmanaged, ITernary
    {
        Lengths.ExpectRank(id, "dy", "N", dy.Lengths, 1);
        Contract.Dense(id, "dy", dy);
        Contract.Shape(id, "x", "N", x, dy.Lengths);
        Contract.Shape(id, name, "N", a, dy.Lengths);
        Contract.Shape(id, "dx", "N", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pa = a, pdx = dx)
            Pointwise.Run(on, dy.FlattenedLength, new Ternary<TOp>(pdy, px, pa, pdx, op));
    }

    /// <summary>The value, or x where x is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V UnlessNaN<V, L>(V x, V value) where V : unmanaged where L : struct, ILanes<V> => L.IfEqual(x, x, value, x);

    private struct Unary<TOp>(float* x, float* y, TOp op) : IPointwise where TOp : unmanaged, IUnary
    {
        private TOp _op = op;

        public static int AtOnce<V>() => TOp.AtOnce<V>();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some(nint i) => TOp.Some(x + i, y + i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V each = L.Load(x + i);
            L.Store(UnlessNaN<V, L>(each, _op.Of<V, L>(each)), y + i);
        }
    }

    private struct Binary<TOp>(float* a, float* b, float* y, TOp op) : IPointwise where TOp : unmanaged, IBinary
    {
        private TOp _op = op;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V first = L.Load(a + i), second = L.Load(b + i);
            V value = _op.Of<V, L>(first, second);
            L.Store(UnlessNaN<V, L>(first, UnlessNaN<V, L>(second, value)), y + i);
        }
    }

    private struct Ternary<TOp>(float* a, float* b, float* c, float* y, TOp op) : IPointwise where TOp : unmanaged, ITernary
    {
        private TOp _op = op;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V first = L.Load(a + i), second = L.Load(b + i), third = L.Load(c + i);
            V value = _op.Of<V, L>(first, second, third);
            L.Store(UnlessNaN<V, L>(first, UnlessNaN<V, L>(second, UnlessNaN<V, L>(third, value))), y + i);
        }
    }
}
