using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's InferenceNormalisation. y may be x's own memory, and dx that of dy.</summary>
public static unsafe class InferenceNormalisation
{
    /// <summary>Batch normalisation, inference, forward (NM-F2).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="ma">Running mean, C.</param>
    /// <param name="va">Running variance, C, not negative.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="y">Output, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>The operations of the text in its order. Threads split the maps.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> beta,
        in ReadOnlyTensorSpan<float> ma, in ReadOnlyTensorSpan<float> va, float eps, in TensorSpan<float> y, Execution on)
    {
        nint C = Channels("NM-F2", "x", x);
        Contract.Shape("NM-F2", "gamma", "C", gamma, [C]);
        Contract.Shape("NM-F2", "beta", "C", beta, [C]);
        Contract.Shape("NM-F2", "ma", "C", ma, [C]);
        Contract.Shape("NM-F2", "va", "C", va, [C]);
        Contract.Shape("NM-F2", "y", "N×C×H×W", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, pbeta = beta, pma = ma, pva = va, py = y)
        {
            if (x.Lengths[2] * x.Lengths[3] == 1)
                NormalisedColumns.Run(on, (int)C, new InferenceColumns((int)x.Lengths[0], C, eps, px, pgamma, pbeta, pma, pva, py));
            else
                Normalising.Each(on, Maps(x), new ForwardEach(px, pgamma, pbeta, pma, pva, eps, 0, py));
        }
    }

    /// <summary>Batch normalisation, inference, backward data (NM-B5).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="va">Running variance, C, not negative.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>The operations of the text in its order. Threads split the maps.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B5")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> va, float eps,
        in TensorSpan<float> dx, Execution on)
    {
        nint C = Channels("NM-B5", "dy", dy);
        Contract.Shape("NM-B5", "gamma", "C", gamma, [C]);
        Contract.Shape("NM-B5", "va", "C", va, [C]);
        Contract.Shape("NM-B5", "dx", "N×C×H×W", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pgamma = gamma, pva = va, pdx = dx)
        {
            if (dy.Lengths[2] * dy.Lengths[3] == 1)
                NormalisedColumns.Run(on, (int)C, new InferenceBackwardColumns((int)dy.Lengths[0], C, eps, pdy, pgamma, pva, pdx));
            else
                Normalising.Each(on, Maps(dy), new BackwardEach(pdy, pgamma, pva, eps, 0, pdx));
        }
    }

    /// <summary>Batch normalisation, inference, backward scale (NM-B9).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="ma">Running mean, C.</param>
    /// <param name="va">Running variance, C, not negative.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="dgamma">Derivative by gamma, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Each map in 16 virtual lanes, the maps ascending in n; the root divides the sum, once. Threads split the channels.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B9")]
    public static void BackwardScale(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> ma,
        in ReadOnlyTensorSpan<float> va, float eps, in TensorSpan<float> dgamma, Execution on)
    {
        nint C = Channels("NM-B9", "dy", dy);
        Contract.Shape("NM-B9", "x", "N×C×H×W", x, dy.Lengths);
        Contract.Shape("NM-B9", "ma", "C", ma, [C]);
        Contract.Shape("NM-B9", "va", "C", va, [C]);
        Contract.Shape("NM-B9", "dgamma", "C", dgamma, [C]);
        using var lease = on.Enter();
        var sets = NormalisedSets.OfChannels((int)dy.Lengths[0], (int)C, dy.Lengths[2] * dy.Lengths[3]);
        fixed (float* pdy = dy, px = x, pma = ma, pva = va, pdgamma = dgamma)
            on.Run(sets.Sets, new ScaleSums(sets, on.Width, eps, pdy, px, pma, pva, pdgamma));
    }

    /// <summary>Batch normalisation, inference, backward shift (NM-B10).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="dbeta">Derivative by beta, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Each map in 16 virtual lanes, the maps ascending in n. Threads split the channels.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B10")]
    public static void BackwardShift(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dbeta, Execution on) =>
        ChannelSums.Shift("NM-B10", dy, dbeta, on);

    private static nint Channels(string id, string name, in ReadOnlyTensorSpan<float> x)
    {
        Lengths.ExpectRank(id, name, "N×C×H×W", x.Lengths, 4);
        Contract.Dense(id, name, x);
        return x.Lengths[1];
    }

    private static NormalisedSets Maps(in ReadOnlyTensorSpan<float> x) =>
        NormalisedSets.OfMaps((int)x.Lengths[0], (int)x.Lengths[1], x.Lengths[2] * x.Lengths[3]);

    private readonly struct ForwardEach(float* x, float* gamma, float* beta, float* ma, float* va, float eps, float root, float* y)
        : IRunOperation<ForwardEach>
    {
        public ForwardEach Of(int set, int channel) =>
            new(x, gamma + channel, beta + channel, ma + channel, va, eps, MathF.Sqrt(va[channel] + eps), y);

        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V scaled = L.Multiply(L.Create(*gamma), L.Subtract(L.Load(x + i), L.Create(*ma)));
            L.Store(L.Add(L.Divide(scaled, L.Create(root)), L.Create(*beta)), y + i);
        }
    }

    private readonly struct BackwardEach(float* dy, float* gamma, float* va, float eps, float root, float* dx) : IRunOperation<BackwardEach>
    {
        public BackwardEach Of(int set, int channel) => new(dy, gamma + channel, va, eps, MathF.Sqrt(va[channel] + eps), dx);

        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Divide(L.Multiply(L.Load(dy + i), L.Create(*gamma)), L.Create(root)), dx + i);
    }

    private readonly struct ScaleSums(NormalisedSets sets, VectorWidth width, float eps, float* dy, float* x, float* ma, float* va, float* dgamma)
        : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int c = from; c < to; c++)
            {
                var products = new DistanceProducts(dy, x, ma[c]);
                dgamma[c] = sets.Sum(width, c, ref products) / MathF.Sqrt(va[c] + eps);
            }
        }
    }
}
