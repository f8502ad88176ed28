using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>An operation on each element alone: the struct holds its pointers and constants.</summary>
internal interface IPointwise
{
    /// <summary>Computes elements i to i + L.Count − 1.</summary>
    void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>How many elements <see cref="Some"/> computes; 0 where it computes none.</summary>
    static virtual int AtOnce<V>() => 0;

    /// <summary>Computes some elements from i on.</summary>
    void Some(nint i) => throw new NotSupportedException();
}

/// <summary>Runs a pointwise operation over an array, in vectors and then in single lanes of the same operations: the bits of an
/// element do not depend on where it stands.</summary>
internal static class Pointwise
{
    private const int Block = 4096;

    public static void Run<TOp>(Execution on, nint count, TOp op) where TOp : unmanaged, IPointwise =>
        on.Run((int)((count + Block - 1) / Block), new Blocks<TOp>(op, count, on.Width));

    /// <summary>Elements [from, to) on the calling thread.</summary>
    public static void Range<TOp>(VectorWidth width, nint from, nint to, ref TOp op) where TOp : unmanaged, IPointwise
    {
        switch (width)
        {
            case VectorWidth.V512: Loop<Vector512<float>, Lanes512, TOp>(from, to, ref op); break;
            case VectorWidth.V256: Loop<Vector256<float>, Lanes256, TOp>(from, to, ref op); break;
            case VectorWidth.V128: Loop<Vector128<float>, Lanes128, TOp>(from, to, ref op); break;
            default: Loop<float, ScalarLanes, TOp>(from, to, ref op); break;
        }
    }

    private static void Loop<V, L, TOp>(nint i, nint to, ref TOp op)
        where V : unmanaged where L : struct, ILanes<V> where TOp : unmanaged, IPointwise
    {
        if (TOp.AtOnce<V>() > 0)
            for (; i <= to - TOp.AtOnce<V>(); i += TOp.AtOnce<V>())
                op.Some(i);
        for (; i <= to - L.Count; i += L.Count)
            op.At<V, L>(i);
        for (; i < to; i++)
            op.At<float, ScalarLanes>(i);
    }

    private struct Blocks<TOp>(TOp op, nint count, VectorWidth width) : IWork where TOp : unmanaged, IPointwise
    {
        private TOp _op = op;

        public void Do(int from, int to, int thread)
        {
            TOp mine = _op;   // threads must not share the struct's cache line
            Range(width, (nint)from * Block, Math.Min((nint)to * Block, count), ref mine);
        }
    }
}
