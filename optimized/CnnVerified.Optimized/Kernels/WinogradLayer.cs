using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Which layers are computed by minimal filtering, with which tile, and how large the error may become.</summary>
internal static class WinogradLayer
{
    // Auto against the direct kernels: the narrowest layer that was measured has 32 channels, the smallest 32 tiles. Between 4 and 32 tiles it is a guess.
    private const int LeastChannels = 32, LeastTiles = 4;

    /// <summary>The kernel of a layer's output or data gradient, whose sums have so many channels; null where it is summed in order.</summary>
    public static ConvolutionKernel? OfProduct(Execution on, in Geometry s, int channels) => Choose(on, s, channels, Tiles(s, 4),
        FilterError.Of<FilterOfFour>(channels), FilterError.Of<FilterOfTwo>(channels));

    /// <summary>The kernel of a layer's weight gradient.</summary>
    public static ConvolutionKernel? OfWeights(Execution on, in Geometry s) => Choose(on, s, Math.Min(s.C, s.K), Tiles(s, 4),
        FilterError.OfWeights<FilterOfFour>(Tiles(s, 4)), FilterError.OfWeights<FilterOfTwo>(Tiles(s, 2)));

    /// <summary>Tiles of m×m pixels of all outputs.</summary>
    public static long Tiles(in Geometry s, int m) => (long)s.N * ((s.P + m - 1) / m) * ((s.Q + m - 1) / m);

    private static ConvolutionKernel? Choose(Execution on, in Geometry s, int channels, long tiles, double errorOfFour, double errorOfTwo)
    {
        on.ChosenError = 0;
        if (on.Algorithm == Algorithm.Ordered || !CanCompute(s) || on.Algorithm == Algorithm.Auto && (channels < LeastChannels || Math.Min(s.C, s.K) < LeastChannels || tiles < LeastTiles))
            return null;
        bool isFour = errorOfFour <= on.WinogradLimit && on.Kernel != ConvolutionKernel.WinogradTwo;
        if (!isFour && errorOfTwo > on.WinogradLimit)
            return null;
        on.ChosenError = isFour ? errorOfFour : errorOfTwo;
        ConvolutionKernel kernel = isFour ? ConvolutionKernel.WinogradFour : ConvolutionKernel.WinogradTwo;
        on.Chosen = KernelTable.OfWinograd(kernel);
        return kernel;
    }

    private static bool CanCompute(in Geometry s) =>
        (s.R, s.S, s.Sh, s.Sw, s.Eh, s.Ew, s.G) == (3, 3, 1, 1, 1, 1, 1) && (s.D, s.T, s.O, s.Pd) == (1, 1, 1, 0) && s.N > 0 && s.C > 0 && s.K > 0 && s.P > 0 && s.Q > 0;
}

/// <summary>The derived worst case of a minimal filter's error, in units of max|x|·max|w| times the number of terms of an output's plain sum.</summary>
/// <remarks>Higham 2002, section 3.1: each product passes through at most m roundings, so the error is at most γ_m = m·u/(1 − m·u) times the sum of the absolute values
/// of all that is added and subtracted on the way, which is largest where all |x| and all |w| are. Padding only takes terms away.</remarks>
internal static class FilterError
{
    private const double UnitRoundoff = 1.0 / (1 << 24);

    // The scale of a kernel, and the multiplication with it.
    private const int Scale = 2;

    /// <summary>Of an output or a data gradient whose sum has so many channels; one more rounding for the bias.</summary>
    public static double Of<F>(long channels) where F : struct, IMinimalFilter => Gamma(channels + 2 * F.Roundings + Scale + 1) * F.Growth * F.Growth;

    /// <summary>Of a weight gradient over so many tiles.</summary>
    public static double OfWeights<F>(long tiles) where F : struct, IMinimalFilter => Gamma(tiles + 2 * F.WeightRoundings + Scale) * F.WeightGrowth * F.WeightGrowth;

    private static double Gamma(long m) => m * UnitRoundoff < 1 ? m * UnitRoundoff / (1 - m * UnitRoundoff) : double.PositiveInfinity;
}
