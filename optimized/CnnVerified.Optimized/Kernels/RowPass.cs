using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>An operation on each row of a matrix alone.</summary>
internal unsafe interface IRowPass
{
    /// <summary>Columns.</summary>
    int K { get; }

    /// <summary>Does one row, with K floats of scratch.</summary>
    void Row(int n, VectorWidth width, float* scratch);
}

/// <summary>Runs a pass over all rows; threads split the rows.</summary>
internal static unsafe class RowPass
{
    public static void Run<TPass>(Execution on, int rows, TPass pass) where TPass : unmanaged, IRowPass =>
        on.Run(rows, new Rows<TPass>(pass, on.Width, on.Local(pass.K)));

    private readonly struct Rows<TPass>(TPass pass, VectorWidth width, Execution.PerThread scratch) : IWork where TPass : unmanaged, IRowPass
    {
        public void Do(int from, int to, int thread)
        {
            for (int n = from; n < to; n++)
                pass.Row(n, width, scratch[thread]);
        }
    }
}

/// <summary>The pieces that the softmax family is made of.</summary>
internal static unsafe class RowKernels
{
    /// <summary>The largest element; of an empty row any number does.</summary>
    public static float Maximum(float* z, int K)
    {
        float m = K > 0 ? z[0] : 0;
        for (int k = 1; k < K; k++)
            m = z[k] > m ? z[k] : m;
        return m;
    }

    /// <summary>e[k] = exp(z[k] − m) and their sum, in the order of <see cref="Sums"/>.</summary>
    public static float Exponentials(VectorWidth width, float* z, float m, float* e, int K)
    {
        var op = new ExpShifted(z, m, e);
        Pointwise.Range(width, 0, K, ref op);
        return Sums.Sum(width, e, K);
    }

    /// <summary>The logarithm, in binary64 and rounded once: libraries differ in the last bit of binary32.</summary>
    public static float Log(float x) => (float)Math.Log(x);

    private readonly struct ExpShifted(float* z, float m, float* e) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(Functions.Exp<V, L>(L.Subtract(L.Load(z + i), L.Create(m))), e + i);
    }
}
