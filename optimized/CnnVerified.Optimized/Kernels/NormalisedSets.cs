using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Which elements of a tensor share a mean and a variance: sets, each made of runs of neighbours in memory.</summary>
/// <remarks>Run r of set s begins at s·SetStride + r·RunStride, and its elements belong to channel (s·SetChannels + r·RunChannels) mod
/// Channels. All sums over a set: each run in the order of <see cref="Sums"/>, the runs ascending from +0.</remarks>
internal readonly struct NormalisedSets
{
    private readonly nint _setStride, _runStride;
    private readonly int _setChannels, _runChannels, _channels;

    private NormalisedSets(int sets, int runs, nint length, nint setStride, nint runStride, int setChannels, int runChannels, int channels)
    {
        (Sets, Runs, Length, _setStride, _runStride) = (sets, runs, length, setStride, runStride);
        (_setChannels, _runChannels, _channels) = (setChannels, runChannels, channels);
    }

    /// <summary>Number of sets.</summary>
    public int Sets { get; }

    /// <summary>Runs of a set.</summary>
    public int Runs { get; }

    /// <summary>Elements of a run.</summary>
    public nint Length { get; }

    /// <summary>Elements of a set.</summary>
    public nint Count => Runs * Length;

    /// <summary>Sets are the C channels of a batch: N maps each.</summary>
    public static NormalisedSets OfChannels(int N, int C, nint pixels) => new(C, N, pixels, pixels, C * pixels, 1, 0, C);

    /// <summary>Sets are the N·C maps.</summary>
    public static NormalisedSets OfMaps(int N, int C, nint pixels) => new(N * C, 1, pixels, pixels, 0, 1, 0, C);

    /// <summary>Sets are the N·G groups of C/G maps.</summary>
    public static NormalisedSets OfGroups(int N, int C, int G, nint pixels) => new(N * G, C / G, pixels, C / G * pixels, pixels, C / G, 1, C);

    /// <summary>Sets are the N rows of a matrix.</summary>
    public static NormalisedSets OfRows(int N, nint columns) => new(N, 1, columns, columns, 0, 0, 0, 1);

    /// <summary>Index of the first element of a run.</summary>
    public nint Start(int set, int run) => set * _setStride + run * _runStride;

    /// <summary>The channel that a run belongs to.</summary>
    public int Channel(int set, int run) => (int)(((long)set * _setChannels + (long)run * _runChannels) % _channels);

    /// <summary>Σ of the terms of a set.</summary>
    public float Sum<TSummand>(VectorWidth width, int set, ref TSummand terms) where TSummand : unmanaged, ITerm
    {
        float sum = 0;
        for (int run = 0; run < Runs; run++)
            sum += Sums.Of(width, Start(set, run), Start(set, run) + Length, terms);
        return sum;
    }

    /// <summary>A sum over a set divided by the number of its elements, rounded once.</summary>
    /// <remarks>In binary64, because binary32 does not hold every count; for those that it holds the bits are the same.</remarks>
    public float Mean(float sum) => (float)(sum / (double)Count);
}

/// <summary>What comes after the normalisation: a scale and a shift, which the backward pass goes back through.</summary>
internal unsafe interface IScale<TSelf> where TSelf : unmanaged, IScale<TSelf>
{
    /// <summary>The scale of a run that belongs to a channel and begins at an element.</summary>
    TSelf Of(int channel, nint start);

    /// <summary>y, from xhat at element i.</summary>
    V Apply<V, L>(V xhat, nint i) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>Of the derivative by y at element i, what enters the sums over the set.</summary>
    V Before<V, L>(V dy, nint i) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>What <see cref="After"/> takes, from the root of the variance.</summary>
    float Factor(float root);

    /// <summary>The derivative by x, from what is left of the residual.</summary>
    V After<V, L>(V rest, float factor) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>gamma and beta are the same for a whole set: gamma/root is one factor of the backward pass.</summary>
internal readonly unsafe struct ScalePerSet(float* gamma, float* beta) : IScale<ScalePerSet>
{
    public ScalePerSet Of(int channel, nint start) => new(gamma + channel, beta + channel);

    public V Apply<V, L>(V xhat, nint i) where V : unmanaged where L : struct, ILanes<V> => L.Fma(L.Create(*gamma), xhat, L.Create(*beta));

    public V Before<V, L>(V dy, nint i) where V : unmanaged where L : struct, ILanes<V> => dy;

    public float Factor(float root) => *gamma / root;

    public V After<V, L>(V rest, float factor) where V : unmanaged where L : struct, ILanes<V> => L.Multiply(L.Create(factor), rest);
}

/// <summary>gamma and beta are the same for a run, and differ within a set.</summary>
internal readonly unsafe struct ScalePerRun(float* gamma, float* beta) : IScale<ScalePerRun>
{
    public ScalePerRun Of(int channel, nint start) => new(gamma + channel, beta + channel);

    public V Apply<V, L>(V xhat, nint i) where V : unmanaged where L : struct, ILanes<V> => L.Fma(L.Create(*gamma), xhat, L.Create(*beta));

    public V Before<V, L>(V dy, nint i) where V : unmanaged where L : struct, ILanes<V> => L.Multiply(dy, L.Create(*gamma));

    public float Factor(float root) => root;

    public V After<V, L>(V rest, float factor) where V : unmanaged where L : struct, ILanes<V> => L.Divide(rest, L.Create(factor));
}

/// <summary>gamma and beta differ from element to element of a run.</summary>
internal readonly unsafe struct ScalePerElement(float* gamma, float* beta) : IScale<ScalePerElement>
{
    public ScalePerElement Of(int channel, nint start) => new(gamma - start, beta - start);

    public V Apply<V, L>(V xhat, nint i) where V : unmanaged where L : struct, ILanes<V> => L.Fma(L.Load(gamma + i), xhat, L.Load(beta + i));

    public V Before<V, L>(V dy, nint i) where V : unmanaged where L : struct, ILanes<V> => L.Multiply(dy, L.Load(gamma + i));

    public float Factor(float root) => root;

    public V After<V, L>(V rest, float factor) where V : unmanaged where L : struct, ILanes<V> => L.Divide(rest, L.Create(factor));
}

/// <summary>gamma differs from element to element of a run, and there is no beta.</summary>
internal readonly unsafe struct ScaleWithoutShift(float* gamma) : IScale<ScaleWithoutShift>
{
    public ScaleWithoutShift Of(int channel, nint start) => new(gamma - start);

    public V Apply<V, L>(V xhat, nint i) where V : unmanaged where L : struct, ILanes<V> => L.Multiply(L.Load(gamma + i), xhat);

    public V Before<V, L>(V dy, nint i) where V : unmanaged where L : struct, ILanes<V> => L.Multiply(dy, L.Load(gamma + i));

    public float Factor(float root) => root;

    public V After<V, L>(V rest, float factor) where V : unmanaged where L : struct, ILanes<V> => L.Divide(rest, L.Create(factor));
}

/// <summary>y is xhat.</summary>
internal readonly struct Unscaled : IScale<Unscaled>
{
    public Unscaled Of(int channel, nint start) => this;

    public V Apply<V, L>(V xhat, nint i) where V : unmanaged where L : struct, ILanes<V> => xhat;

    public V Before<V, L>(V dy, nint i) where V : unmanaged where L : struct, ILanes<V> => dy;

    public float Factor(float root) => root;

    public V After<V, L>(V rest, float factor) where V : unmanaged where L : struct, ILanes<V> => L.Divide(rest, L.Create(factor));
}

/// <summary>Whether the mean is subtracted.</summary>
internal enum Centre
{
    /// <summary>It is.</summary>
    Mean,

    /// <summary>It is not: mean and mean residual count as 0, and the variance is the mean square.</summary>
    Zero,
}

/// <summary>The one mechanism behind every normalisation by mean and variance; threads split the sets.</summary>
/// <remarks>
/// The mean comes first, then the squared distances from it: the difference of the mean square and the squared mean would lose the
/// digits of a small variance. xhat is divided by the root, as the text does, not multiplied by its inverse, which would round twice;
/// the pass waits for memory, not for the divider.
/// </remarks>
internal static unsafe class Normalising
{
    /// <summary>y = scale((x − mu)/√(v + eps)); mu, v and xhat are stored where their pointers are not null.</summary>
    public static void Forward<TScale>(Execution on, NormalisedSets sets, Centre centre, float eps, float* x, TScale scale,
        float* y, float* mu, float* v, float* xhat) where TScale : unmanaged, IScale<TScale> =>
        on.Run(sets.Sets, new ForwardSets<TScale>(sets, centre, on.Width, eps, x, scale, y, mu, v, xhat));

    /// <summary>The derivative by x: the residual, less its mean over the set, less xhat times the mean of their product, over the root.</summary>
    public static void Backward<TScale>(Execution on, NormalisedSets sets, Centre centre, float eps, float* dy, TScale scale,
        float* xhat, float* v, float* dx) where TScale : unmanaged, IScale<TScale> =>
        on.Run(sets.Sets, new BackwardSets<TScale>(sets, centre, on.Width, eps, dy, scale, xhat, v, dx));

    /// <summary>result[set] = Σ of the set's terms.</summary>
    public static void SumSets<TSummand>(Execution on, NormalisedSets sets, TSummand terms, float* result) where TSummand : unmanaged, ITerm =>
        on.Run(sets.Sets, new SetSums<TSummand>(sets, on.Width, terms, result));

    /// <summary>An operation on each element, a copy of it for each run.</summary>
    public static void Each<TOp>(Execution on, NormalisedSets sets, TOp op) where TOp : unmanaged, IRunOperation<TOp> =>
        on.Run(sets.Sets, new SetsEach<TOp>(sets, on.Width, op));

    private readonly struct ForwardSets<TScale>(NormalisedSets sets, Centre centre, VectorWidth width, float eps, float* x, TScale scale,
        float* y, float* mu, float* v, float* xhat) : IWork where TScale : unmanaged, IScale<TScale>
    {
        public void Do(int from, int to, int thread)
        {
            for (int set = from; set < to; set++)
            {
                float mean = 0;
                if (centre == Centre.Mean)
                {
                    var values = new Values(x);
                    mean = sets.Mean(sets.Sum(width, set, ref values));
                }
                var squares = new SquaredDistances(x, mean);
                float variance = sets.Mean(sets.Sum(width, set, ref squares));
                if (mu != null)
                    mu[set] = mean;
                if (v != null)
                    v[set] = variance;
                float root = MathF.Sqrt(variance + eps);
                for (int run = 0; run < sets.Runs; run++)
                {
                    nint start = sets.Start(set, run);
                    var op = new NormaliseEach<TScale>(x, mean, root, scale.Of(sets.Channel(set, run), start), xhat, y);
                    Pointwise.Range(width, start, start + sets.Length, ref op);
                }
            }
        }
    }

    private readonly struct BackwardSets<TScale>(NormalisedSets sets, Centre centre, VectorWidth width, float eps, float* dy, TScale scale,
        float* xhat, float* v, float* dx) : IWork where TScale : unmanaged, IScale<TScale>
    {
        public void Do(int from, int to, int thread)
        {
            for (int set = from; set < to; set++)
            {
                float residuals = 0, products = 0;
                for (int run = 0; run < sets.Runs; run++)
                {
                    nint start = sets.Start(set, run);
                    TScale mine = scale.Of(sets.Channel(set, run), start);
                    if (centre == Centre.Mean)
                    {
                        var residual = new Residuals<TScale>(dy, mine);
                        residuals += Sums.Of(width, start, start + sets.Length, residual);
                    }
                    var product = new ResidualProducts<TScale>(dy, mine, xhat);
                    products += Sums.Of(width, start, start + sets.Length, product);
                }
                float mean = sets.Mean(residuals), along = sets.Mean(products), root = MathF.Sqrt(v[set] + eps);
                for (int run = 0; run < sets.Runs; run++)
                {
                    nint start = sets.Start(set, run);
                    TScale mine = scale.Of(sets.Channel(set, run), start);
                    var op = new BackwardEach<TScale>(dy, mine, xhat, mean, along, mine.Factor(root), dx);
                    Pointwise.Range(width, start, start + sets.Length, ref op);
                }
            }
        }
    }

    private readonly struct SetSums<TSummand>(NormalisedSets sets, VectorWidth width, TSummand terms, float* result) : IWork
        where TSummand : unmanaged, ITerm
    {
        public void Do(int from, int to, int thread)
        {
            TSummand mine = terms;
            for (int set = from; set < to; set++)
                result[set] = sets.Sum(width, set, ref mine);
        }
    }

    private readonly struct SetsEach<TOp>(NormalisedSets sets, VectorWidth width, TOp all) : IWork where TOp : unmanaged, IRunOperation<TOp>
    {
        public void Do(int from, int to, int thread)
        {
            for (int set = from; set < to; set++)
                for (int run = 0; run < sets.Runs; run++)
                {
                    nint start = sets.Start(set, run);
                    TOp op = all.Of(set, sets.Channel(set, run));
                    Pointwise.Range(width, start, start + sets.Length, ref op);
                }
        }
    }

    private readonly struct NormaliseEach<TScale>(float* x, float mean, float root, TScale scale, float* xhat, float* y) : IPointwise
        where TScale : unmanaged, IScale<TScale>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V normalised = L.Divide(L.Subtract(L.Load(x + i), L.Create(mean)), L.Create(root));
            if (xhat != null)
                L.Store(normalised, xhat + i);
            L.Store(scale.Apply<V, L>(normalised, i), y + i);
        }
    }

    private readonly struct BackwardEach<TScale>(float* dy, TScale scale, float* xhat, float mean, float along, float factor, float* dx) : IPointwise
        where TScale : unmanaged, IScale<TScale>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V rest = L.Subtract(scale.Before<V, L>(L.Load(dy + i), i), L.Create(mean));
            rest = L.Fma(L.Negate(L.Load(xhat + i)), L.Create(along), rest);
            L.Store(scale.After<V, L>(rest, factor), dx + i);
        }
    }

    private readonly struct Residuals<TScale>(float* dy, TScale scale) : ITerm where TScale : unmanaged, IScale<TScale>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V> =>
            L.Add(sum, scale.Before<V, L>(L.Load(dy + t), t));
    }

    private readonly struct ResidualProducts<TScale>(float* dy, TScale scale, float* xhat) : ITerm where TScale : unmanaged, IScale<TScale>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V> =>
            L.Fma(scale.Before<V, L>(L.Load(dy + t), t), L.Load(xhat + t), sum);
    }
}

/// <summary>A pointwise operation that is made for each run.</summary>
internal interface IRunOperation<TSelf> : IPointwise where TSelf : unmanaged, IRunOperation<TSelf>
{
    /// <summary>The operation for a run of a set, which belongs to a channel.</summary>
    TSelf Of(int set, int channel);
}

/// <summary>x.</summary>
internal readonly unsafe struct Values(float* x) : ITerm
{
    public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V> => L.Add(sum, L.Load(x + t));
}

/// <summary>a·b, fused.</summary>
internal readonly unsafe struct Products(float* a, float* b) : ITerm
{
    public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V> => L.Fma(L.Load(a + t), L.Load(b + t), sum);
}

/// <summary>x − mean.</summary>
internal readonly unsafe struct Distances(float* x, float mean) : ITerm
{
    public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V> => L.Add(sum, L.Subtract(L.Load(x + t), L.Create(mean)));
}

/// <summary>(x − mean)², fused.</summary>
internal readonly unsafe struct SquaredDistances(float* x, float mean) : ITerm
{
    public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V>
    {
        V distance = L.Subtract(L.Load(x + t), L.Create(mean));
        return L.Fma(distance, distance, sum);
    }
}

/// <summary>a·(x − mean), fused.</summary>
internal readonly unsafe struct DistanceProducts(float* a, float* x, float mean) : ITerm
{
    public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V> =>
        L.Fma(L.Load(a + t), L.Subtract(L.Load(x + t), L.Create(mean)), sum);
}
