using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CnnVerified.Optimized.Kernels;

/// <summary>y[j] = Σ_t w[j,t]·x[t] + bias[j]: the scores of one image. Squares of w are turned in registers and multiplied there, so that w is read once and never written.</summary>
/// <remarks>Order of the sum: that of <see cref="OrderedProduct"/>, in the same bits.</remarks>
internal readonly unsafe struct MatrixVector(int T, int J, float* w, nint row, float* x, float* bias, float* y) : IWork
{
    private const int Side = 16, Columns = 2 * Side;     // of an item: two sums hide each other's latency

    /// <summary>Whether the machine turns squares in registers, and one is filled.</summary>
    public static bool Takes(Execution on, int J) => on.Width == VectorWidth.V512 && Avx512F.IsSupported && J >= Columns;

    /// <summary>Items of the work.</summary>
    public int Items => (J + Columns - 1) / Columns;

    public void Do(int from, int to, int thread)
    {
        for (int item = from; item < to; item++)
            Pair(Math.Min(item * Columns, J - Columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pair(int j)
    {
        float* first = w + j * row, second = first + Side * row, rest = stackalloc float[Side * Side];
        Vector512<float> a = Vector512<float>.Zero, b = Vector512<float>.Zero;
        int t = 0;
        for (; t <= T - Side; t += Side)
        {
            a = Transposition.Multiply16(first + t, row, x + t, a);
            b = Transposition.Multiply16(second + t, row, x + t, b);
        }
        a = Rest(first, t, rest, a);
        b = Rest(second, t, rest, b);
        if (bias != null)
        {
            a += Vector512.Load(bias + j);
            b += Vector512.Load(bias + j + Side);
        }
        a.Store(y + j);
        b.Store(y + j + Side);
    }

    private Vector512<float> Rest(float* rows, int t, float* turned, Vector512<float> sum)
    {
        if (t == T)
            return sum;
        Transposition.Copy(rows + t, row, Side, T - t, turned, Side);
        for (; t < T; t++, turned += Side)
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(x[t]), Vector512.Load(turned), sum);
        return sum;
    }
}
