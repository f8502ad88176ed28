namespace CnnVerified.Optimized.Kernels;

/// <summary>sums[d] = Σ a[n,d] over the rows, ascending in n from +0.</summary>
internal readonly unsafe struct ColumnSums(int N, nint D, float* a, float* sums) : IPointwise
{
    public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
    {
        V sum = L.Create(0f);
        for (int n = 0; n < N; n++)
            sum = L.Add(sum, L.Load(a + n * D + i));
        L.Store(sum, sums + i);
    }
}

/// <summary>sums[d] = Σ a[n,d]·b[n,d] over the rows, ascending in n from +0, one fused multiply-add per term.</summary>
internal readonly unsafe struct ColumnProducts(int N, nint D, float* a, float* b, float* sums) : IPointwise
{
    public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
    {
        V sum = L.Create(0f);
        for (int n = 0; n < N; n++)
            sum = L.Fma(L.Load(a + n * D + i), L.Load(b + n * D + i), sum);
        L.Store(sum, sums + i);
    }
}
