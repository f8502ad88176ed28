namespace CnnVerified.Optimized.Kernels;

/// <summary>The two panel layouts that an ordered product packs: rows interleaved by 6, columns side by side.</summary>
internal static unsafe class RowPanel
{
    /// <summary>panel[t·Rows + row] = from[row·T + t]; missing rows are 0.</summary>
    public static void FromRows(float* from, int rows, int T, float* panel)
    {
        new Span<float>(panel, T * OrderedProduct.Rows).Clear();
        for (int row = 0; row < rows; row++)
            for (int t = 0; t < T; t++)
                panel[(nint)t * OrderedProduct.Rows + row] = from[(nint)row * T + t];
    }

    /// <summary>panel[t·Rows + row] = from[t·stride + row]; missing rows are 0.</summary>
    public static void FromColumns(float* from, nint stride, int rows, int T, float* panel)
    {
        new Span<float>(panel, T * OrderedProduct.Rows).Clear();
        for (int t = 0; t < T; t++)
            for (int row = 0; row < rows; row++)
                panel[(nint)t * OrderedProduct.Rows + row] = from[t * stride + row];
    }

    /// <summary>Zeros in the columns that a panel has beyond the product's.</summary>
    public static void ClearColumns(float* panel, int columns, int width, int terms)
    {
        if (columns < width)
            for (int t = 0; t < terms; t++)
                new Span<float>(panel + (nint)t * width + columns, width - columns).Clear();
    }
}
