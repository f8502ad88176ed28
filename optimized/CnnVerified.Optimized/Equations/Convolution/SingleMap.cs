using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>One map and one kernel, stride 1: whole windows only, or every window that holds a pixel.</summary>
internal static unsafe class SingleMap
{
    /// <summary>Checks that <paramref name="small"/> moves over <paramref name="large"/> in whole windows, one for each element of
    /// <paramref name="result"/>.</summary>
    public static void ExpectValid(string id, string largeName, in ReadOnlyTensorSpan<float> large, string smallName,
        in ReadOnlyTensorSpan<float> small, string resultName, string form, in TensorSpan<float> result)
    {
        Matrix(id, largeName, large);
        Matrix(id, smallName, small);
        var (P, Q) = Window.Unit.OutputSize((int)large.Lengths[0], (int)large.Lengths[1], (int)small.Lengths[0], (int)small.Lengths[1]);
        Contract.Shape(id, resultName, form, result, [P, Q]);
    }

    /// <summary>Checks that <paramref name="result"/> has an element for every window of <paramref name="w"/> that holds a pixel of
    /// <paramref name="map"/>.</summary>
    public static void ExpectFull(string id, string mapName, in ReadOnlyTensorSpan<float> map, string wName, in ReadOnlyTensorSpan<float> w,
        string resultName, string form, in TensorSpan<float> result)
    {
        Matrix(id, mapName, map);
        Matrix(id, wName, w);
        Contract.Shape(id, resultName, form, result, [map.Lengths[0] + w.Lengths[0] - 1, map.Lengths[1] + w.Lengths[1] - 1]);
        _ = Window.Unit.OutputSize((int)result.Lengths[0], (int)result.Lengths[1], (int)w.Lengths[0], (int)w.Lengths[1]);   // refuses a map without rows or columns
    }

    private static void Matrix(string id, string name, in ReadOnlyTensorSpan<float> x)
    {
        Lengths.ExpectRank(id, name, "rows×columns", x.Lengths, 2);
        Contract.Dense(id, name, x);
    }

    /// <summary>The sizes as those of a convolution with one map and one filter.</summary>
    public static ConvolutionShape Shape(ReadOnlySpan<nint> x, ReadOnlySpan<nint> w, ReadOnlySpan<nint> y) =>
        new(1, 1, (int)x[0], (int)x[1], 1, (int)w[0], (int)w[1], (int)y[0], (int)y[1]);

    /// <summary>Whole windows of the map.</summary>
    public static void Valid(Execution on, ReadOnlySpan<nint> mapLengths, float* map, ReadOnlySpan<nint> kernelLengths, float* kernel,
        bool turned, float* to)
    {
        var (H, W, R, S) = ((int)mapLengths[0], (int)mapLengths[1], (int)kernelLengths[0], (int)kernelLengths[1]);
        MapSums.Run(on, new MapSums
        {
            Images = 1,
            Outputs = 1,
            Terms = 1,
            Rows = H - R + 1,
            Columns = W - S + 1,
            Stride = W,
            R = R,
            S = S,
            Turned = turned,
            Maps = map,
            Kernels = kernel,
            To = to,
        });
    }

    /// <summary>Every window that holds a pixel of the map; outside the map it reads 0.</summary>
    public static void Full(Execution on, ReadOnlySpan<nint> mapLengths, float* map, ReadOnlySpan<nint> kernelLengths, float* kernel,
        bool turned, float* to)
    {
        var (P, Q, R, S) = ((int)mapLengths[0], (int)mapLengths[1], (int)kernelLengths[0], (int)kernelLengths[1]);
        float* framed = on.Shared(FramedMaps.Size(P, Q, R, S));
        FramedMaps.Run(on, 1, new FramedMaps(P, Q, R, S, map, framed));
        MapSums.Run(on, new MapSums
        {
            Images = 1,
            Outputs = 1,
            Terms = 1,
            Rows = P + R - 1,
            Columns = Q + S - 1,
            Stride = Q + S - 1,
            R = R,
            S = S,
            Turned = turned,
            Maps = framed,
            Kernels = kernel,
            To = to,
        });
    }
}
