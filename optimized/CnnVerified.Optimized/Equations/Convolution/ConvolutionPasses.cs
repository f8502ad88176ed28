using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The passes of every convolution, direct where that pays, else as a product of panels, group by group; or by minimal filtering where the caller allows another sum.</summary>
/// <remarks>The first two sum in the same order, so the choice changes no bit. Weight gradients of few channels have an order of their own.</remarks>
internal static unsafe class ConvolutionPasses
{
    /// <summary>y from x (CV-F1, CV-F12 to CV-F14), and the data gradient of a transposed convolution; b may be null.</summary>
    /// <param name="on">Where to compute.</param>
    /// <param name="s">The sizes.</param>
    /// <param name="x">Input.</param>
    /// <param name="w">Weights.</param>
    /// <param name="b">Bias.</param>
    /// <param name="y">Output.</param>
    /// <param name="activation">What is made of each sum, in the same pass where the kernel does it.</param>
    /// <param name="prepared">See <see cref="MapSum.Prepared"/>.</param>
    public static void Forward(Execution on, in Geometry s, float* x, float* w, float* b, float* y, Activation activation = Activation.None, nint prepared = 0)
    {
        if (WinogradLayer.OfProduct(on, s, s.C) is { } kernel)
            WinogradProduct.Forward(on, kernel, s, x, w, b, y);
        else if (DirectConvolution.Run(on, MapSum.Forward(s) with { Activation = activation, Prepared = prepared }, x, w, b, y))
        {
            if (on.Chosen is { } chosen && Activations.Finishes(chosen.Kernel))
                return;
        }
        else
            for (int g = 0; g < s.G; g++)
                OrderedProduct.Run(on, new ConvolutionForward(s, g, x, w, b, y));
        Activations.Finish(on, activation, y, (nint)s.N * s.K * s.Output);
    }

    /// <summary>dx from dy (CV-B1, CV-B28, CV-B31, CV-B34), and transposed convolution; b may be null.</summary>
    public static void BackwardData(Execution on, in Geometry s, float* dy, float* w, float* dx, float* b = null)
    {
        if (WinogradLayer.OfProduct(on, s, s.K) is { } kernel)
        {
            WinogradProduct.BackwardData(on, kernel, s, dy, w, dx, b);
            return;
        }
        if (DirectConvolution.Run(on, MapSum.BackwardData(s), dy, w, b, dx))
            return;
        for (int g = 0; g < s.G; g++)
            OrderedProduct.Run(on, new ConvolutionBackwardData(s, g, dy, w, dx, b));
    }

    /// <summary>dw from dy and x (CV-B2, CV-B29, CV-B32, CV-B35).</summary>
    public static void BackwardWeights(Execution on, in Geometry s, float* dy, float* x, float* dw)
    {
        if (WinogradLayer.OfWeights(on, s) is { } kernel)
        {
            WinogradWeights.Run(on, kernel, s, dy, x, dw);
            return;
        }
        on.Chosen = KernelTable.Of(on, s);
        if (on.Chosen.Kernel == ConvolutionKernel.Lanes)
        {
            WeightLanes.Run(on, s, dy, x, dw);
            return;
        }
        if (on.Chosen.Kernel == ConvolutionKernel.Matrix)
        {
            MatrixProduct.Run(on, s.K, s.N, s.C * s.Taps, new(dy, 1, s.K), new(x, s.C * s.Taps, 1), null, 1, dw);
            return;
        }
        for (int g = 0; g < s.G; g++)
            if (on.Chosen.Kernel == ConvolutionKernel.Columns)
                ColumnWeights.Run(on, s, g, dy, x, dw);
            else if (on.Chosen.Kernel == ConvolutionKernel.Filters)
                WeightProduct.Run(on, new WeightSum(s, g), dy, x, dw);
            else
                OrderedProduct.Run(on, new ConvolutionBackwardWeights(s, g, dy, x, dw));
    }
}
