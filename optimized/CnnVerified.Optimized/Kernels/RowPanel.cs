namespace CnnVerified.Optimized.Kernels;

/// <summary>Row panels of an ordered product: rows interleaved by 6.</summary>
internal static unsafe class RowPanel
{
    /// <summary>panel[t·Rows + row] = from[row·T + t].</summary>
    public static void FromRows(float* from, int rows, int T, float* panel)
    {
        for (int row = 0; row < rows; row++)
            for (int t = 0; t < T; t++)
                panel[(nint)t * OrderedProduct.Rows + row] = from[(nint)row * T + t];
    }

    /// <summary>panel[t·Rows + row] = from[t·stride + row].</summary>
    public static void FromColumns(float* from, nint stride, int rows, int T, float* panel)
    {
        for (int t = 0; t < T; t++)
            for (int row = 0; row < rows; row++)
                panel[(nint)t * OrderedProduct.Rows + row] = from[t * stride + row];
    }
}
