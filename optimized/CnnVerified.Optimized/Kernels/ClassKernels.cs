namespace CnnVerified.Optimized.Kernels;

/// <summary>The pieces of the losses with class labels: a row of scores and the number of its right class.</summary>
internal static unsafe class ClassKernels
{
    /// <summary>Log-softmax of one class alone, as SM-F2 computes it; e is scratch for the row.</summary>
    public static float LogProbability(VectorWidth width, float* z, int label, float* e, int K)
    {
        float m = RowKernels.Maximum(z, K);
        return z[label] - m - RowKernels.Log(RowKernels.Exponentials(width, z, m, e, K));
    }

    /// <summary>dz[k] = (exp(y[k]) − [k = label])·factor/divisor. dz may be y.</summary>
    public static void Residual(VectorWidth width, float* y, int label, float factor, float divisor, float* dz, int K)
    {
        float right = Functions.Exp<float, ScalarLanes>(y[label]) - 1;
        var op = new ResidualEach(y, factor, divisor, dz);
        Pointwise.Range(width, 0, K, ref op);
        dz[label] = right * factor / divisor;
    }

    private readonly struct ResidualEach(float* y, float factor, float divisor, float* dz) : IPointwise
    {
        public void At<V, L>(nint k) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Divide(L.Multiply(Functions.Exp<V, L>(L.Load(y + k)), L.Create(factor)), L.Create(divisor)), dz + k);
    }
}
