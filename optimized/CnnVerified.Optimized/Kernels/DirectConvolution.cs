using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct convolution: terms are read where they stand, in the order of <see cref="OrderedProduct"/> and so in its bits.</summary>
internal static unsafe class DirectConvolution
{
    /// <summary>Floats of images, padded or turned, that are copied at a time: they stay in L3 until they are read.</summary>
    public const long CopiedFloats = 2 * 1024 * 1024;

    /// <summary>Computes, if a direct kernel takes the sum; bias may be null.</summary>
    /// <returns>False where none does, and nothing was computed.</returns>
    public static bool Run(Execution on, in MapSum sum, float* x, float* w, float* bias, float* y)
    {
        if (sum.N == 0 || sum.To.Count == 0 || sum.Output == 0)
            return true;
        on.Chosen = KernelTable.Of(on, sum);
        switch (on.Chosen.Kernel)
        {
            case ConvolutionKernel.Panels:
                return false;
            case ConvolutionKernel.Matrix:
                MatrixProduct.Run(on, sum.N, sum.Terms, sum.To.Count * sum.Output, new(x, sum.Terms, 1), sum.WeightsOfProduct(w), bias, sum.Output, y);
                return true;
            case ConvolutionKernel.Turned:
                TurnedMaps.Run(on, sum, x, w, bias, y);
                return true;
            default:
                Run(on, on.Chosen.Kernel, sum, x, w, bias, y);
                return true;
        }
    }

    /// <summary>Computes with one of the two kernels for maps as they are.</summary>
    public static void Run(Execution on, ConvolutionKernel kernel, in MapSum sum, float* x, float* w, float* bias, float* y)
    {
        switch (on.Width)
        {
            case VectorWidth.V512: Run<Vector512<float>, Lanes512>(on, kernel, sum, x, w, bias, y); break;
            case VectorWidth.V256: Run<Vector256<float>, Lanes256>(on, kernel, sum, x, w, bias, y); break;
            case VectorWidth.V128: Run<Vector128<float>, Lanes128>(on, kernel, sum, x, w, bias, y); break;
            default: Run<float, ScalarLanes>(on, kernel, sum, x, w, bias, y); break;
        }
    }

    /// <summary>Floats that weights and bias take as the kernel whose lanes are filters wants them.</summary>
    public static nint PreparedSize(VectorWidth width, in MapSum sum) => width switch
    {
        VectorWidth.V512 => MapProduct.PackedSize<Vector512<float>, Lanes512>(sum),
        VectorWidth.V256 => MapProduct.PackedSize<Vector256<float>, Lanes256>(sum),
        VectorWidth.V128 => MapProduct.PackedSize<Vector128<float>, Lanes128>(sum),
        _ => MapProduct.PackedSize<float, ScalarLanes>(sum),
    };

    /// <summary>Brings weights and bias into that order, where so many floats have room.</summary>
    public static void Prepare(Execution on, in MapSum sum, float* w, float* bias, float* packed)
    {
        switch (on.Width)
        {
            case VectorWidth.V512: MapProduct.Prepare<Vector512<float>, Lanes512>(on, sum, w, bias, packed); break;
            case VectorWidth.V256: MapProduct.Prepare<Vector256<float>, Lanes256>(on, sum, w, bias, packed); break;
            case VectorWidth.V128: MapProduct.Prepare<Vector128<float>, Lanes128>(on, sum, w, bias, packed); break;
            default: MapProduct.Prepare<float, ScalarLanes>(on, sum, w, bias, packed); break;
        }
    }

    private static void Run<V, L>(Execution on, ConvolutionKernel kernel, in MapSum sum, float* x, float* w, float* bias, float* y) where V : unmanaged where L : struct, ILanes<V>
    {
        if (kernel == ConvolutionKernel.Filters)
            MapProduct.Run<V, L>(on, sum, x, w, bias, y);
        else
            PixelProduct.Run<V, L>(on, sum, x, w, bias, y);
    }
}
