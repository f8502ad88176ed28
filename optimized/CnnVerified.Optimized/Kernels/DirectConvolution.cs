using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct convolution: terms are read where they stand, in the order of <see cref="OrderedProduct"/> and so in its bits. Which kernel
/// computes a sum is a question of time alone.</summary>
internal static unsafe class DirectConvolution
{
    /// <summary>Floats of padded images that are copied at a time: they stay in L3 until they are read.</summary>
    public const long CopiedFloats = 2 * 1024 * 1024;

    private const int MostClasses = 64;
    private const int ManyGroups = 8;                    // a product of panels for each costs more than vectors that are not full
    private const int FewTerms = 300;                    // turning the results of so short a sum costs more than vectors that are not full

    /// <summary>Computes, where a kernel's lanes would be full enough; bias may be null.</summary>
    /// <returns>False where none would be, and nothing was computed.</returns>
    public static bool Run(Execution on, in MapSum sum, float* x, float* w, float* bias, float* y) => TurnedMaps.Pays(sum) ? TurnedMaps.Run(on, sum, x, w, bias, y) : on.Width switch
    {
        VectorWidth.V512 => Run<Vector512<float>, Lanes512>(on, sum, x, w, bias, y),
        VectorWidth.V256 => Run<Vector256<float>, Lanes256>(on, sum, x, w, bias, y),
        VectorWidth.V128 => Run<Vector128<float>, Lanes128>(on, sum, x, w, bias, y),
        _ => Run<float, ScalarLanes>(on, sum, x, w, bias, y),
    };

    private static bool Run<V, L>(Execution on, in MapSum sum, float* x, float* w, float* bias, float* y) where V : unmanaged where L : struct, ILanes<V>
    {
        if (sum.N == 0 || sum.To.Count == 0 || sum.Output == 0)
            return true;
        // Every class has a list of its own, and its offsets are whole numbers of 32 bits.
        if ((long)sum.D.Classes * sum.H.Classes * sum.W.Classes > MostClasses || sum.From.Count * sum.Maps.Size > int.MaxValue)
            return false;
        if (MapProduct.Pays(L.Count, sum) && !(sum.From.Count * sum.Taps <= FewTerms && sum.W.PixelsOfClass >= 4 * L.Count))
            MapProduct.Run<V, L>(on, sum, x, w, bias, y);
        else if (PixelProduct.Pays(L.Count, sum) || sum.G >= ManyGroups)
            PixelProduct.Run<V, L>(on, sum, x, w, bias, y);
        else
            return false;
        return true;
    }
}
