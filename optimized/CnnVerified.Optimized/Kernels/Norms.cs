namespace CnnVerified.Optimized.Kernels;

/// <summary>The m-norm of each window (PL-F7, PL-F26, PL-F27): each power once; m = 1 and m = 2 without powers.</summary>
internal readonly unsafe struct Norm(float m) : IWindowFold
{
    public void Prepare<V, L>(float* padded, nint count) where V : unmanaged where L : struct, ILanes<V>
    {
        nint t = 0;
        for (; t <= count - L.Count; t += L.Count)
            L.Store(Power<V, L>(L.Load(padded + t)), padded + t);
        for (; t < count; t++)
            padded[t] = Power<float, ScalarLanes>(padded[t]);
    }

    public V Take<V, L>(V sum, V element, int place) where V : unmanaged where L : struct, ILanes<V> => L.Add(sum, element);

    public V Finish<V, L>(V sum, int map) where V : unmanaged where L : struct, ILanes<V> =>
        m == 1 ? sum : m == 2 ? L.Sqrt(sum) : Functions.Pow<V, L>(sum, L.Create(1 / m));

    private V Power<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
        m == 1 ? L.Abs(x) : m == 2 ? L.Multiply(x, x) : Functions.Pow<V, L>(L.Abs(x), L.Create(m));
}

/// <summary>Its gradient (PL-B8, PL-B26, PL-B27): what depends on x alone is multiplied once, at the end.</summary>
internal readonly unsafe struct NormSlope(float m, float* x) : IWindowSpread
{
    public V Residual<V, L>(V dy, V y) where V : unmanaged where L : struct, ILanes<V>
    {
        V zero = L.Create(0f), positive = L.IfGreater(y, zero, y, L.Create(1f));
        V each = m == 1 ? dy : m == 2 ? L.Divide(dy, positive) : L.Multiply(dy, Functions.Pow<V, L>(positive, L.Create(1 - m)));
        return L.IfGreater(y, zero, each, zero);
    }

    public V Give<V, L>(V sum, V residual, int place) where V : unmanaged where L : struct, ILanes<V> => L.Add(sum, residual);

    public void Finish<V, L>(int map, float* dx, int count) where V : unmanaged where L : struct, ILanes<V>
    {
        float* pixels = x + (nint)map * count;
        int t = 0;
        for (; t <= count - L.Count; t += L.Count)
            L.Store(L.Multiply(L.Load(dx + t), Slope<V, L>(L.Load(pixels + t))), dx + t);
        for (; t < count; t++)
            dx[t] *= Slope<float, ScalarLanes>(pixels[t]);
    }

    // sign(x)·|x|^(m−1); 0 at 0 for m = 1 too.
    private V Slope<V, L>(V pixel) where V : unmanaged where L : struct, ILanes<V>
    {
        if (m == 2)
            return pixel;
        V size = m == 1 ? L.Create(1f) : Functions.Pow<V, L>(L.Abs(pixel), L.Create(m - 1));
        return L.IfEqual(pixel, L.Create(0f), L.Create(0f), L.CopySign(size, pixel));
    }
}
