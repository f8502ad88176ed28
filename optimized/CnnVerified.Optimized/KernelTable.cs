using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized;

/// <summary>The kernels of convolutions. All that may compute a sum in order take its terms in the same one, so the choice changes no bit.</summary>
public enum ConvolutionKernel
{
    /// <summary>Operands gathered into panels, then multiplied.</summary>
    Panels,

    /// <summary>Direct, lanes are filters.</summary>
    Filters,

    /// <summary>Direct, lanes are neighbouring pixels.</summary>
    Pixels,

    /// <summary>Direct on maps that are turned, so that the images of a batch are neighbours.</summary>
    Turned,

    /// <summary>A product of matrices, which are read where they stand.</summary>
    Matrix,

    /// <summary>Weight sums in 16 lanes of pixels.</summary>
    Lanes,

    /// <summary>Weight sums whose lanes are columns of the kernel and channels.</summary>
    Columns,

    /// <summary>Direct on maps in blocks, lanes are channels, each for itself.</summary>
    Channels,

    /// <summary>Winograd's minimal filtering in tiles of 4×4 outputs, another sum (<see cref="Algorithm"/>).</summary>
    WinogradFour,

    /// <summary>The same in tiles of 2×2 outputs.</summary>
    WinogradTwo,
}

/// <summary>A row of the table.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Where">On which layers it runs, if no row above does.</param>
/// <param name="Why">What it gains there.</param>
public sealed record KernelRule(ConvolutionKernel Kernel, string Where, string Why);

/// <summary>Which kernel computes a convolution: the first row that takes it. One table for the product, its tests and its benchmarks.</summary>
/// <remarks><see cref="Execution.Kernel"/>, or the environment variable CNNVERIFIED_KERNEL, names another; it is taken where it can compute the layer.</remarks>
public static class KernelTable
{
    /// <summary>The environment variable that names a kernel.</summary>
    public const string Variable = "CNNVERIFIED_KERNEL";

    /// <summary>The environment variable that names an algorithm.</summary>
    public const string AlgorithmVariable = "CNNVERIFIED_ALGORITHM";

    private const string WholeMaps = "windows that see their whole map, weights that stay in the cache or few images", WholeMapsGain = "nothing slides: it is a product of matrices, which are read where they stand";
    private const int MostClasses = 64;      // each has a list of its own
    private const int TinyRow = 6, LeastImages = 8, LeastTerms = 100, CachedMaps = 32 * 1024, MostPixels = 1024, LeastRow = 4, MostStep = 2, FewTerms = 300, ManyGroups = 8, FewVectors = 3;

    private static readonly (KernelRule Rule, SumCondition Takes)[] SumRows =
    [
        (new(ConvolutionKernel.Matrix, WholeMaps, WholeMapsGain), (int lanes, in MapSum sum) => IsMatrix(sum)),
        (new(ConvolutionKernel.Turned, $"two vectors of images, at least {LeastTerms} terms, maps that stay in the cache beside each other; or {LeastImages} images, rows of fewer than {TinyRow} pixels", "images fill every vector, and nothing is padded"),
            (int lanes, in MapSum sum) => CanTurn(sum)
                && (sum.N >= 2 * lanes && sum.From.Count * sum.Taps >= LeastTerms && sum.From.All * sum.Source <= CachedMaps || sum.N >= LeastImages && sum.W.Size / sum.W.Classes < TinyRow)),
        (new(ConvolutionKernel.Pixels, $"at most {FewTerms} terms, rows of at least 4 vectors", "turning the results of so short a sum, from filters to maps, would cost more than it"),
            (int lanes, in MapSum sum) => Fits(sum) && (long)sum.From.Count * sum.Taps <= FewTerms && sum.W.PixelsOfClass >= 4 * lanes),
        (new(ConvolutionKernel.Filters, $"filters for half a vector (with 16 registers for a whole one, where rows have {FewVectors} vectors), rows of at least 4 pixels", "a pixel's terms are read once for all filters of a panel"),
            (int lanes, in MapSum sum) => Fits(sum) && FillsHalf(lanes, sum) && sum.W.Size / sum.W.Classes >= 4),
        (new(ConvolutionKernel.Pixels, $"rows of at least a vector, or rows that can be taken as one, or at least {ManyGroups} groups", "filters are too few to fill a vector, pixels are not"),
            (int lanes, in MapSum sum) => Fits(sum) && (PixelProduct.Pays(lanes, sum) || sum.G >= ManyGroups)),
        (new(ConvolutionKernel.Panels, "everything else", "what is gathered fills tiles of any shape"),
            (int lanes, in MapSum sum) => true),
    ];

    private static readonly (KernelRule Rule, WeightCondition Takes)[] WeightRows =
    [
        (new(ConvolutionKernel.Lanes, $"groups of at most {WeightLanes.MostChannels} channels, with fewer than {WeightLanes.FewFilters} filters or at most {WeightLanes.MostWeights} weights of each (their sums are stated in lanes)", "channels and taps are too few for the rows of a tile, pixels are many"),
            (int lanes, in Geometry s) => WeightLanes.Takes(s)),
        (new(ConvolutionKernel.Matrix, WholeMaps, WholeMapsGain), (int lanes, in Geometry s) => IsMatrix(s)),
        (new(ConvolutionKernel.Columns, "filters for at most a vector, which columns of the kernel and few channels fill better", "more multiply-adds for each number that is read"),
            (int lanes, in Geometry s) => ColumnWeights.Pays(lanes, s)),
        (new(ConvolutionKernel.Filters, $"filters for half a vector, at least {WeightProduct.LeastRows} rows of channels and taps, maps of at least {WeightProduct.LeastPixels} pixels", "image and residual are turned once for all taps"),
            (int lanes, in Geometry s) => WeightProduct.Pays(lanes, s)),
        (new(ConvolutionKernel.Panels, "everything else", "what is gathered fills tiles of any shape"),
            (int lanes, in Geometry s) => true),
    ];

    private static readonly (KernelRule Rule, SumCondition Takes)[] BlockedSumRows =
    [
        (new(ConvolutionKernel.Channels, "one channel and one filter in each group, both in blocks", "the lanes of a vector are channels as they stand"),
            (int lanes, in MapSum sum) => AreChannels(sum.G, sum.From.All, sum.To.All) && sum.From.AreBlocked && sum.To.AreBlocked),
        (new(ConvolutionKernel.Filters, $"one group, filters for half a block, rows of at least {LeastRow} pixels; at most {MostStep} columns a step where the input is in blocks", "nothing is turned, and only maps with padding are copied"),
            (int lanes, in MapSum sum) => sum.G == 1 && Fits(sum) && 2 * sum.To.Count >= Tiles.Place && sum.W.Size / sum.W.Classes >= LeastRow && (!sum.From.AreBlocked || sum.W.Step <= MostStep)),
    ];

    private delegate bool SumCondition(int lanes, in MapSum sum);

    private delegate bool WeightCondition(int lanes, in Geometry s);

    /// <summary>The rows for outputs and data gradients, the first that takes a layer wins.</summary>
    public static IReadOnlyList<KernelRule> Sums { get; } = [.. SumRows.Select(row => row.Rule)];

    /// <summary>The rows for weight gradients.</summary>
    public static IReadOnlyList<KernelRule> Weights { get; } = [.. WeightRows.Select(row => row.Rule)];

    /// <summary>The rows for outputs and data gradients where maps come in blocks (<see cref="Equations.BlockedConvolution"/>). What none takes is brought into maps as they are.</summary>
    public static IReadOnlyList<KernelRule> BlockedSums { get; } = [.. BlockedSumRows.Select(row => row.Rule)];

    /// <summary>The rows for weight gradients there.</summary>
    public static IReadOnlyList<KernelRule> BlockedWeights { get; } =
    [
        new(ConvolutionKernel.Channels, "one channel and one filter in each group, both in blocks (their sums are stated in lanes)", "the lanes of a vector are channels as they stand"),
        new(ConvolutionKernel.Filters, "one group, where maps as they are would be taken by the same kernel", "nothing is turned, and only an image with padding is copied"),
    ];

    /// <summary>The rows for kernels of 3×3 with stride and dilation 1 and one group, where <see cref="Execution.Algorithm"/> asks for another sum. They come first.</summary>
    public static IReadOnlyList<KernelRule> Winograd { get; } =
    [
        new(ConvolutionKernel.WinogradFour, "the derived worst case is within Execution.WinogradLimit", "36 products in place of 144"),
        new(ConvolutionKernel.WinogradTwo, "its smaller one is", "16 products in place of 36"),
    ];

    /// <summary>The kernel that the environment variable names, or null for none.</summary>
    /// <exception cref="ArgumentException">There is no such kernel.</exception>
    public static ConvolutionKernel? Named => Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text ? null
        : Enum.TryParse(text, ignoreCase: true, out ConvolutionKernel kernel) && kernel < ConvolutionKernel.Lanes && !char.IsAsciiDigit(text[0]) ? kernel
        : throw new ArgumentException($"{Variable} expects panels, filters, pixels, turned or matrix, got '{text}'.");

    /// <summary>The algorithm that the environment variable names; <see cref="Algorithm.Ordered"/> for none.</summary>
    /// <exception cref="ArgumentException">There is no such algorithm.</exception>
    public static Algorithm NamedAlgorithm => Environment.GetEnvironmentVariable(AlgorithmVariable) is not { Length: > 0 } text ? Algorithm.Ordered
        : Enum.TryParse(text, ignoreCase: true, out Algorithm algorithm) && !char.IsAsciiDigit(text[0]) ? algorithm
        : throw new ArgumentException($"{AlgorithmVariable} expects ordered, winograd or auto, got '{text}'.");

    internal static KernelRule Of(Execution on, in MapSum sum)
    {
        bool isNamed = on.Kernel is { } named && CanCompute(named, sum);
        foreach (var (rule, takes) in SumRows)
            if (isNamed ? rule.Kernel == on.Kernel : takes((int)on.Width, sum))
                return rule;
        throw new InvalidOperationException("the last row takes every layer.");
    }

    internal static KernelRule Of(Execution on, in Geometry s)
    {
        foreach (var (rule, takes) in WeightRows)
            if (takes((int)on.Width, s) && !(on.Kernel == ConvolutionKernel.Panels && rule.Kernel is ConvolutionKernel.Filters or ConvolutionKernel.Columns or ConvolutionKernel.Matrix))
                return rule;
        throw new InvalidOperationException("the last row takes every layer.");
    }

    /// <summary>The row for maps in blocks, or null where none takes them.</summary>
    internal static KernelRule? OfBlocks(Execution on, in MapSum sum)
    {
        if (!sum.From.AreBlocked && !sum.To.AreBlocked || !HasRoom(sum.W))
            return null;
        foreach (var (rule, takes) in BlockedSumRows)
            if (takes((int)on.Width, sum))
                return rule;
        return null;
    }

    /// <summary>The same for weight gradients: with the image or the residual in blocks.</summary>
    internal static KernelRule? OfBlocks(Execution on, in Geometry s, bool ofBlocks, bool byBlocks) =>
        !ofBlocks && !byBlocks || !HasRoom(MapSum.Forward(s, flattens: false).W) ? null
        : AreChannels(s.G, s.C, s.K) && ofBlocks && byBlocks ? BlockedWeights[0]
        : s.G == 1 && !WeightLanes.Takes(s) && !IsMatrix(s) && !(ColumnWeights.Pays((int)on.Width, s) && !ofBlocks) && WeightProduct.Pays((int)on.Width, s, ofBlocks) ? BlockedWeights[1]
        : null;

    /// <summary>The rule of minimal filtering: another sum, which the caller has asked for.</summary>
    internal static KernelRule OfWinograd(ConvolutionKernel kernel) => kernel == ConvolutionKernel.WinogradFour ? Winograd[0] : Winograd[1];

    private static bool CanCompute(ConvolutionKernel kernel, in MapSum sum) => kernel switch
    {
        ConvolutionKernel.Panels => true,
        ConvolutionKernel.Turned => CanTurn(sum),
        ConvolutionKernel.Matrix => IsMatrix(sum),
        >= ConvolutionKernel.Lanes => false,   // weights alone, or another sum
        _ => Fits(sum),
    };

    private static bool IsMatrix(in MapSum sum) => sum.IsProduct && MatrixProduct.Pays(sum.N, sum.Terms, sum.To.Count * sum.Output, sum.StandsInRows);

    private static bool IsMatrix(in Geometry s) => MapSum.Forward(s).IsProduct && MatrixProduct.Pays(s.K, s.N, s.C * s.Taps, standsInRows: true);

    // A row of places has so many floats, and padding or dilation may make one of any length.
    private static bool HasRoom(in MapAxis w) => (long)w.Places * Tiles.Place <= int.MaxValue;

    // Depthwise: their weights are summed in the same order from either layout.
    private static bool AreChannels(int groups, int channels, int filters) => (groups, groups) == (channels, filters);

    // A tile of one vector and six rows has too few sums to hide their latency.
    private static bool FillsHalf(int lanes, in MapSum sum) =>
        2 * sum.To.Count >= lanes && (sum.To.Count >= lanes || Tiles.RowsInRegisters == Tiles.MostRows || sum.W.PixelsOfClass < FewVectors * lanes);

    // Offsets are whole numbers of 32 bits.
    private static bool Fits(in MapSum sum) => (long)sum.D.Classes * sum.H.Classes * sum.W.Classes <= MostClasses && sum.From.Count * sum.Maps.Size <= int.MaxValue;

    // Offsets are whole numbers of 32 bits, also of a batch filled up to whole vectors, and each pixel may have a list.
    private static bool CanTurn(in MapSum sum) => sum.Output <= MostPixels && ((long)sum.From.All * sum.Source + (long)sum.To.All * sum.Output) * ((long)sum.N + Tiles.Place) <= int.MaxValue;
}
