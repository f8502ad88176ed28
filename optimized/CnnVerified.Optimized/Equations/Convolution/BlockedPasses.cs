using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The three passes on maps of which some come in blocks: by a kernel for blocks, or through maps as they are. For minimal filtering there is no kernel for blocks.</summary>
internal static unsafe class BlockedPasses
{
    /// <summary>y from x (CV-F1, CV-F9, CV-F12).</summary>
    /// <param name="on">Where to compute.</param>
    /// <param name="s">The sizes.</param>
    /// <param name="place">Channels beside each other in x: 1 or those of a block.</param>
    /// <param name="x">Input.</param>
    /// <param name="w">Weights.</param>
    /// <param name="b">Bias.</param>
    /// <param name="placeOfResult">The same for y.</param>
    /// <param name="y">Output.</param>
    /// <param name="activation">What is made of each sum.</param>
    /// <param name="prepared">See <see cref="MapSum.Prepared"/>.</param>
    public static void Forward(Execution on, in Geometry s, int place, float* x, float* w, float* b, int placeOfResult, float* y, Activation activation = Activation.None,
        nint prepared = 0)
    {
        if (WinogradLayer.OfProduct(on, s, s.C) is null && Run(on, MapSum.Forward(s, flattens: true, place, placeOfResult) with { Activation = activation, Prepared = prepared }, x, w, b, y))
            return;
        var maps = new Converted(on, s, place, x, placeOfResult, y, out float* mapsOfX, out float* mapsOfY);
        maps.Input(s.N, s.C, s.Input, x, mapsOfX, place);
        ConvolutionPasses.Forward(on, s, mapsOfX, w, b, mapsOfY, activation, placeOfResult > 1 ? 0 : prepared);
        maps.Result(s.N, s.K, s.Output, mapsOfY, y, placeOfResult);
    }

    /// <summary>dx from dy (CV-B1, CV-B13, CV-B28).</summary>
    public static void BackwardData(Execution on, in Geometry s, int place, float* dy, float* w, int placeOfResult, float* dx)
    {
        if (WinogradLayer.OfProduct(on, s, s.K) is null && Run(on, MapSum.BackwardData(s, place, placeOfResult), dy, w, null, dx))
            return;
        var maps = new Converted(on, s, placeOfResult, dx, place, dy, out float* mapsOfX, out float* mapsOfY);
        maps.Input(s.N, s.K, s.Output, dy, mapsOfY, place);
        ConvolutionPasses.BackwardData(on, s, mapsOfY, w, mapsOfX);
        maps.Result(s.N, s.C, s.Input, mapsOfX, dx, placeOfResult);
    }

    /// <summary>dw from dy and x (CV-B2, CV-B14, CV-B29).</summary>
    public static void BackwardWeights(Execution on, in Geometry s, int place, float* dy, int placeOfX, float* x, float* dw)
    {
        if (WinogradLayer.OfWeights(on, s) is null && KernelTable.OfBlocks(on, s, ofBlocks: placeOfX > 1, byBlocks: place > 1) is { } rule)
        {
            on.Chosen = rule;
            if (rule.Kernel == ConvolutionKernel.Channels)
                ChannelWeights.Run(on, s, dy, x, dw);
            else
                WeightProduct.Run(on, new WeightSum(s, 0, placeOfX > 1, place > 1), dy, x, dw);
            return;
        }
        var maps = new Converted(on, s, placeOfX, x, place, dy, out float* mapsOfX, out float* mapsOfY);
        maps.Input(s.N, s.C, s.Input, x, mapsOfX, placeOfX);
        maps.Input(s.N, s.K, s.Output, dy, mapsOfY, place);
        ConvolutionPasses.BackwardWeights(on, s, mapsOfY, mapsOfX, dw);
    }

    /// <summary>db from dy (CV-B3).</summary>
    public static void BackwardBias(Execution on, in Geometry s, int place, float* dy, float* db)
    {
        if (place > 1)
            ChannelBias.Run(on, s.N, s.K, s.Output, dy, db);
        else
            BiasSums.Run(on, s.N, s.K, s.Output, dy, db);
    }

    private static bool Run(Execution on, in MapSum sum, float* x, float* w, float* bias, float* y)
    {
        if (sum.N == 0 || sum.To.Count == 0 || sum.Output == 0)
            return true;
        if (KernelTable.OfBlocks(on, sum) is not { } rule)
            return false;
        on.Chosen = rule;
        if (rule.Kernel == ConvolutionKernel.Channels)
            ChannelProduct.Run(on, sum, x, w, bias, y);
        else
            DirectConvolution.Run(on, rule.Kernel, sum, x, w, bias, y);
        return true;
    }

    /// <summary>Scratch for the maps of what comes in blocks.</summary>
    private readonly ref struct Converted
    {
        private readonly Execution _on;

        public Converted(Execution on, in Geometry s, int placeOfX, float* x, int placeOfY, float* y, out float* mapsOfX, out float* mapsOfY)
        {
            _on = on;
            nint input = placeOfX > 1 ? (nint)s.N * s.C * s.Input : 0, output = placeOfY > 1 ? (nint)s.N * s.K * s.Output : 0;
            float* scratch = on.Converted(input + output);
            mapsOfX = placeOfX > 1 ? scratch : x;
            mapsOfY = placeOfY > 1 ? scratch + input : y;
        }

        public void Input(int N, int channels, int pixels, float* blocks, float* maps, int place)
        {
            if (place > 1)
                BlockCopying.Run(_on, N, channels, pixels, maps, blocks, back: true);
        }

        public void Result(int N, int channels, int pixels, float* maps, float* blocks, int place)
        {
            if (place > 1)
                BlockCopying.Run(_on, N, channels, pixels, maps, blocks, back: false);
        }
    }
}
