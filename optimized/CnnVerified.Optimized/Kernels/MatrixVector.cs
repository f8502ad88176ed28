using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CnnVerified.Optimized.Kernels;

/// <summary>y[j] = Σ_t w[j,t]·x[t] + bias[j]: the scores of one image. Squares of w are turned in registers and multiplied there, so that w is read once and never written.</summary>
/// <remarks>Order of the sum: that of <see cref="OrderedProduct"/>, in the same bits.</remarks>
internal static unsafe class MatrixVector
{
    private const int Columns = 32;                      // of an item: two sums of 16, or four of 8, hide each other's latency

    /// <summary>Whether the machine turns squares in registers, and one is filled.</summary>
    public static bool Takes(Execution on, int J) => J >= Columns && (on.Width == VectorWidth.V512 && Avx512F.IsSupported || on.Width == VectorWidth.V256 && Avx.IsSupported);

    /// <summary>Computes; bias may be null.</summary>
    public static void Run(Execution on, int T, int J, float* w, nint row, float* x, float* bias, float* y)
    {
        int items = (J + Columns - 1) / Columns;
        if (on.Width == VectorWidth.V512)
            on.Run(items, new Products<Vector512<float>, Lanes512, Transposition.Square16>(T, J, w, row, x, bias, y));
        else
            on.Run(items, new Products<Vector256<float>, Lanes256, Transposition.Square8>(T, J, w, row, x, bias, y));
    }

    private readonly struct Products<V, L, TSquare>(int T, int J, float* w, nint row, float* x, float* bias, float* y) : IWork
        where V : unmanaged where L : struct, ILanes<V> where TSquare : struct, Transposition.IProduct<V>
    {
        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                int j = Math.Min(item * Columns, J - Columns);
                Multiply(w + j * row, bias == null ? null : bias + j, y + j);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply(float* rows, float* biases, float* sums)
        {
            float* second = rows + L.Count * row, third = second + L.Count * row, fourth = third + L.Count * row, rest = stackalloc float[L.Count * L.Count];
            V a = L.Create(0), b = a, c = a, d = a;
            int t = 0;
            for (; t <= T - L.Count; t += L.Count)
            {
                a = TSquare.Multiply(rows + t, row, x + t, a);
                b = TSquare.Multiply(second + t, row, x + t, b);
                if (2 * L.Count < Columns)
                {
                    c = TSquare.Multiply(third + t, row, x + t, c);
                    d = TSquare.Multiply(fourth + t, row, x + t, d);
                }
            }
            Finish(rows, t, rest, a, biases, 0, sums);
            Finish(second, t, rest, b, biases, L.Count, sums);
            if (2 * L.Count < Columns)
            {
                Finish(third, t, rest, c, biases, 2 * L.Count, sums);
                Finish(fourth, t, rest, d, biases, 3 * L.Count, sums);
            }
        }

        // The terms that fill no square, and the bias.
        private void Finish(float* rows, int t, float* turned, V sum, float* biases, int column, float* sums)
        {
            if (t < T)
                Transposition.Copy(rows + t, row, L.Count, T - t, turned, L.Count);
            for (; t < T; t++, turned += L.Count)
                sum = L.Fma(L.Create(x[t]), L.Load(turned), sum);
            L.Store(biases == null ? sum : L.Add(sum, L.Load(biases + column)), sums + column);
        }
    }
}
