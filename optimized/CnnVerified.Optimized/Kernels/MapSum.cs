using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>An image's channels, <paramref name="All"/>, of which each group has <paramref name="Count"/>; <paramref name="Place"/> of them stand
/// beside each other at each pixel: 1, or those of a block (<see cref="Tiles.Place"/>).</summary>
internal readonly record struct Channels(int All, int Count, int Place = 1)
{
    /// <summary>Maps, or blocks of them, of an image.</summary>
    public int Maps => (All + Place - 1) / Place;

    /// <summary>Channels of a group, the unused ones of its last block among them.</summary>
    public int Lanes => Place == 1 ? Count : Maps * Place;

    /// <summary>Whether channels stand in blocks.</summary>
    public bool AreBlocked => Place > 1;

    /// <summary>Where a channel stands in an image whose maps have so many pixels.</summary>
    public nint At(int channel, nint pixels) => channel / Place * pixels * Place + channel % Place;
}

/// <summary>What a direct convolution computes: y[n, k, ·] = Σ_c Σ_taps w[k, c, tap]·x[n, c, ·].</summary>
/// <param name="N">Images.</param>
/// <param name="G">Groups; each sums over its own channels, into its own filters.</param>
/// <param name="From">Channels that are summed over.</param>
/// <param name="To">Filters.</param>
/// <param name="D">Along frames.</param>
/// <param name="H">Along rows.</param>
/// <param name="W">Along columns.</param>
/// <param name="FilterStep">Floats from the weights of one filter to those of the next.</param>
/// <param name="ChannelStep">Floats from the weights of one channel to those of the next.</param>
internal readonly record struct MapSum(int N, int G, Channels From, Channels To, MapAxis D, MapAxis H, MapAxis W, nint FilterStep, nint ChannelStep)
{
    /// <summary>What is made of each sum at the end, by kernels that <see cref="Activations.Finishes">finish</see> them.</summary>
    public Activation Activation { get; init; }

    /// <summary>Where the weights stand as <see cref="MapProduct"/> takes them; 0 where they have to be brought into that order.</summary>
    public nint Prepared { get; init; }

    /// <summary>Weights of one filter and channel.</summary>
    public int Taps { get; } = D.Taps * H.Taps * W.Taps;

    /// <summary>Pixels of one map of the result.</summary>
    public int Output { get; } = D.Size * H.Size * W.Size;

    /// <summary>Places of one map.</summary>
    public int Source { get; } = D.Source * H.Source * W.Source;

    /// <summary>Classes of pixels.</summary>
    public int Classes { get; } = D.Classes * H.Classes * W.Classes;

    /// <summary>Weights of one group.</summary>
    public nint Weights { get; } = (nint)From.Count * To.Count * D.Taps * H.Taps * W.Taps;

    /// <summary>Whether windows see their whole map, so that the sum is a product of matrices: images times weights.</summary>
    public bool IsProduct => G == 1 && D.IsWhole && H.IsWhole && W.IsWhole;

    /// <summary>Terms of a sum where <see cref="IsProduct"/>.</summary>
    public int Terms => From.Count * Source;

    /// <summary>The weights where <see cref="IsProduct"/>, a row for each term: forward one filter's are neighbours, back one term's.</summary>
    public unsafe Matrix WeightsOfProduct(float* w) => StandsInRows ? new(w, ChannelStep, 1) : new(w, 1, FilterStep);

    /// <summary>Whether the weights of one term are neighbours where <see cref="IsProduct"/>.</summary>
    public bool StandsInRows => W.IsBack;

    /// <summary>Floats from the place that a pixel meets to that of the next of its class.</summary>
    public int Distance => IsSorted ? 1 : W.Step * From.Place;

    /// <summary>How the maps are read where filters are the lanes. Columns may be sorted by the stride.</summary>
    public PaddedMaps Maps => Padded(D.Places, H.Places, IsSorted ? W.Step : 1, asTheyAre: true);

    // Blocks are never sorted, and a data gradient has nothing to sort.
    private bool IsSorted => !From.AreBlocked && !Tiles.TakesStep(W.Step);

    /// <summary>The places that some neighbouring rows of pixels of one frame meet, as copies.</summary>
    public PaddedMaps MapsOfBand(int rows) => Padded(D.Reach, (rows - 1) * H.Step + H.Reach, W.Step, asTheyAre: false);

    private PaddedMaps Padded(int frames, int rows, int phases, bool asTheyAre) => new((D.Source, H.Source, W.Source * From.Place), (D.Lead, H.Lead, W.Lead * From.Place),
        (frames, rows, W.Places * From.Place), phases, asTheyAre);

    /// <summary>The forward pass (CV-F1, CV-F12 to CV-F14).</summary>
    /// <param name="s">The sizes.</param>
    /// <param name="flattens">Whether a map is one long row where the kernel has one tap.</param>
    /// <param name="place">Channels beside each other in x.</param>
    /// <param name="placeOfResult">The same in y.</param>
    public static MapSum Forward(in Geometry s, bool flattens = true, int place = 1, int placeOfResult = 1)
    {
        var (from, to) = (new Channels(s.C, s.CG, place), new Channels(s.K, s.KG, placeOfResult));
        return flattens && s.IsPointwise
            ? new(s.N, s.G, from, to, MapAxis.None, MapAxis.None, MapAxis.Forward(s.Input, s.Output, 1, 1, 0, 1), s.CG, 1)
            : new(s.N, s.G, from, to, MapAxis.Forward(s.D, s.O, s.T, s.Sd, s.Pd, s.Ed), MapAxis.Forward(s.H, s.P, s.R, s.Sh, s.Ph, s.Eh),
                MapAxis.Forward(s.W, s.Q, s.S, s.Sw, s.Pw, s.Ew), (nint)s.CG * s.Taps, s.Taps);
    }

    /// <summary>The data gradient (CV-B1, CV-B28, CV-B31, CV-B34).</summary>
    public static MapSum BackwardData(in Geometry s, int place = 1, int placeOfResult = 1)
    {
        var (from, to) = (new Channels(s.K, s.KG, place), new Channels(s.C, s.CG, placeOfResult));
        return s.IsPointwise
            ? new(s.N, s.G, from, to, MapAxis.None, MapAxis.None, MapAxis.Backward(s.Output, s.Input, 1, 1, 0, 1), 1, s.CG)
            : new(s.N, s.G, from, to, MapAxis.Backward(s.O, s.D, s.T, s.Sd, s.Pd, s.Ed), MapAxis.Backward(s.P, s.H, s.R, s.Sh, s.Ph, s.Eh),
                MapAxis.Backward(s.Q, s.W, s.S, s.Sw, s.Pw, s.Ew), s.Taps, (nint)s.CG * s.Taps);
    }

    /// <summary>The taps that a class of pixels meets, in the order of the sum: which they are, and how far behind the pixel's place they lie.</summary>
    /// <returns>How many.</returns>
    public unsafe int TapsOf(int ofClass, in PaddedMaps maps, int* tap, int* offset)
    {
        int d = ofClass / (H.Classes * W.Classes), h = ofClass / W.Classes % H.Classes, w = ofClass % W.Classes, count = 0;
        for (int t = 0; t < D.Taps; t++)
            for (int r = 0; r < H.Taps; r++)
                for (int s = 0; s < W.Taps; s++)
                    if (D.Place(d, t) is >= 0 and var f && H.Place(h, r) is >= 0 and var a && W.Place(w, s) is >= 0 and var b)
                    {
                        tap[count] = (t * H.Taps + r) * W.Taps + s;
                        offset[count++] = (int)maps.At(f, a, b * From.Place);
                    }
        return count;
    }
}
