namespace CnnVerified.Optimized.Kernels;

/// <summary>The rows of LeNet-5's discriminative loss: penalties y of the classes, and one, j, of the class for rubbish. All are
/// shifted by the smallest, m: exp(−y) of a distance above 104 is 0 in binary32, and the logarithm of a sum of zeros −∞.</summary>
/// <remarks>
/// m − y rounds, and for y far above m the rounding would show in the exponential, many units in the last place of a small share. So
/// the rounding error r is computed (exactly, as 0 ≤ m ≤ y: Dekker) and exp(m − y) is e + e·r with e the exponential of the rounded
/// difference; r² is below 2⁻³⁵ of the result wherever that is not 0.
/// </remarks>
internal static unsafe class DiscriminativeRows
{
    /// <summary>m − y and j of one row: e[k] = exp(m − y[k]), and their sum with exp(m − j), the last to be added.</summary>
    public static float Exponentials(VectorWidth width, float* y, float j, float* e, int K, out float m)
    {
        m = j;
        for (int k = 0; k < K; k++)
            m = y[k] < m ? y[k] : m;
        var op = new ExpShifted(y, m, e);
        Pointwise.Range(width, 0, K, ref op);
        return Sums.Sum(width, e, K) + ExpDifference<float, ScalarLanes>(m, j);
    }

    private static V ExpDifference<V, L>(V m, V y) where V : unmanaged where L : struct, ILanes<V>
    {
        y = L.Min(y, L.Create(float.MaxValue));   // ∞ − ∞ below would be NaN
        V difference = L.Subtract(m, y);
        V r = L.Subtract(m, L.Add(difference, y));
        V e = Functions.Exp<V, L>(difference);
        return L.Fma(e, r, e);
    }

    private readonly struct ExpShifted(float* y, float m, float* e) : IPointwise
    {
        public void At<V, L>(nint k) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(ExpDifference<V, L>(L.Create(m), L.Load(y + k)), e + k);
    }
}

/// <summary>One row of LS-F8 or LS-F21: y[label] − m + log Σ, in binary64 and rounded once, so that neither the cancellation of the
/// one formula nor that of the other costs digits.</summary>
internal readonly unsafe struct DiscriminativeRow(int columns, float* y, int* label, float j) : IRowLoss
{
    public int Scratch => columns;

    public float Row(int n, VectorWidth width, float* e)
    {
        float* row = y + (nint)n * columns;
        float sum = DiscriminativeRows.Exponentials(width, row, j, e, columns, out float m);
        return (float)((double)row[label[n]] - m + Math.Log(sum));
    }
}

/// <summary>One row of LS-B9 or LS-B23: dy[k] = ([k = label] − e[k]/Σ)/N. dy may be y.</summary>
internal readonly unsafe struct DiscriminativeBackwardRow(int columns, float* y, int* label, float j, int N, float* dy) : IRowPass
{
    public int K => columns;

    public void Row(int n, VectorWidth width, float* e)
    {
        nint at = (nint)n * columns;
        float sum = DiscriminativeRows.Exponentials(width, y + at, j, e, columns, out _);
        var op = new ShareEach(e, sum, N, dy + at);
        Pointwise.Range(width, 0, columns, ref op);
        dy[at + label[n]] = (1 - e[label[n]] / sum) / N;
    }

    private readonly struct ShareEach(float* e, float sum, float N, float* dy) : IPointwise
    {
        public void At<V, L>(nint k) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Divide(L.Negate(L.Divide(L.Load(e + k), L.Create(sum))), L.Create(N)), dy + k);
    }
}

/// <summary>One row of OP-B12: hy[k] = p·(1 − p)/N with the share p = e[k]/Σ. hy may be y.</summary>
internal readonly unsafe struct DiscriminativeSecondOrderRow(int columns, float* y, float j, int N, float* hy) : IRowPass
{
    public int K => columns;

    public void Row(int n, VectorWidth width, float* e)
    {
        nint at = (nint)n * columns;
        float sum = DiscriminativeRows.Exponentials(width, y + at, j, e, columns, out _);
        var op = new CurvatureEach(e, sum, N, hy + at);
        Pointwise.Range(width, 0, columns, ref op);
    }

    private readonly struct CurvatureEach(float* e, float sum, float N, float* hy) : IPointwise
    {
        public void At<V, L>(nint k) where V : unmanaged where L : struct, ILanes<V>
        {
            V share = L.Divide(L.Load(e + k), L.Create(sum));
            L.Store(L.Divide(L.Multiply(share, L.Subtract(L.Create(1f), share)), L.Create(N)), hy + k);
        }
    }
}
