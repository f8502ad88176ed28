using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's BatchNormalisation.</summary>
/// <remarks>Order of the sums over a channel: each map in 16 virtual lanes, the maps ascending in n. Threads split the channels. y may be x's
/// own memory, and dx that of dy.</remarks>
public static unsafe class BatchNormalisation
{
    /// <summary>Batch normalisation, training, forward (NM-F1).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="y">Output, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-F1")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> beta, float eps,
        in TensorSpan<float> y, Execution on)
    {
        var (sets, C) = Sets("NM-F1", "x", x);
        Contract.Shape("NM-F1", "gamma", "C", gamma, [C]);
        Contract.Shape("NM-F1", "beta", "C", beta, [C]);
        Contract.Shape("NM-F1", "y", "N×C×H×W", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, pbeta = beta, py = y)
            Forward(on, sets, eps, px, pgamma, pbeta, py, null, null, null);
    }

    /// <summary>The forward pass of a training step: NM-F1, with the values that the backward passes and the running statistics use.</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="y">Output, N×C×H×W; every element is written.</param>
    /// <param name="mu">Mean, C.</param>
    /// <param name="v">Population variance, C.</param>
    /// <param name="xhat">Normalised input, N×C×H×W; not y's memory.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    public static void ForwardWithValues(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> beta,
        float eps, in TensorSpan<float> y, in TensorSpan<float> mu, in TensorSpan<float> v, in TensorSpan<float> xhat, Execution on)
    {
        var (sets, C) = Sets("NM-F1", "x", x);
        Contract.Shape("NM-F1", "gamma", "C", gamma, [C]);
        Contract.Shape("NM-F1", "beta", "C", beta, [C]);
        Contract.Shape("NM-F1", "y", "N×C×H×W", y, x.Lengths);
        Contract.Shape("NM-F1", "mu", "C", mu, [C]);
        Contract.Shape("NM-F1", "v", "C", v, [C]);
        Contract.Shape("NM-F1", "xhat", "N×C×H×W", xhat, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pgamma = gamma, pbeta = beta, py = y, pmu = mu, pv = v, pxhat = xhat)
            Forward(on, sets, eps, px, pgamma, pbeta, py, pmu, pv, pxhat);
    }

    /// <summary>Batch normalisation, training, backward shift (NM-B1).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="dbeta">Derivative by beta, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B1")]
    public static void BackwardShift(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dbeta, Execution on) =>
        ChannelSums.Shift("NM-B1", dy, dbeta, on);

    /// <summary>Batch normalisation, training, backward scale (NM-B2).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="xhat">Normalised input, N×C×H×W.</param>
    /// <param name="dgamma">Derivative by gamma, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B2")]
    public static void BackwardScale(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> xhat, in TensorSpan<float> dgamma, Execution on) =>
        ChannelSums.Scale("NM-B2", dy, xhat, dgamma, on);

    /// <summary>Batch normalisation, training, backward data in one formula (NM-B3).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="xhat">Normalised input, N×C×H×W.</param>
    /// <param name="v">Population variance, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>The sums dbeta and dgamma are divided by the count before they meet an element: one division for a channel.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B3")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> gamma, in ReadOnlyTensorSpan<float> xhat,
        in ReadOnlyTensorSpan<float> v, float eps, in TensorSpan<float> dx, Execution on)
    {
        var (sets, C) = Sets("NM-B3", "dy", dy);
        Contract.Shape("NM-B3", "gamma", "C", gamma, [C]);
        Contract.Shape("NM-B3", "xhat", "N×C×H×W", xhat, dy.Lengths);
        Contract.Shape("NM-B3", "v", "C", v, [C]);
        Contract.Shape("NM-B3", "dx", "N×C×H×W", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pgamma = gamma, pxhat = xhat, pv = v, pdx = dx)
        {
            if (NormalisedColumns.Fit(sets))
                NormalisedColumns.Run(on, C, new BackwardColumns(sets.Runs, C, eps, pdy, pgamma, pxhat, pv, pdx));
            else
                Normalising.Backward(on, sets, Centre.Mean, eps, pdy, new ScalePerSet(pgamma, null), pxhat, pv, pdx);
        }
    }

    /// <summary>Batch normalisation, training, backward data in the three steps of the paper (NM-B4).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="mu">Mean, C.</param>
    /// <param name="v">Population variance, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>gamma and the root are factors of a whole channel and multiply its sums once; the power −3/2 is taken in binary64 and
    /// rounded once.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("NM-B4")]
    public static void BackwardDataInSteps(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> gamma,
        in ReadOnlyTensorSpan<float> mu, in ReadOnlyTensorSpan<float> v, float eps, in TensorSpan<float> dx, Execution on)
    {
        var (sets, C) = Sets("NM-B4", "dy", dy);
        Contract.Shape("NM-B4", "x", "N×C×H×W", x, dy.Lengths);
        Contract.Shape("NM-B4", "gamma", "C", gamma, [C]);
        Contract.Shape("NM-B4", "mu", "C", mu, [C]);
        Contract.Shape("NM-B4", "v", "C", v, [C]);
        Contract.Shape("NM-B4", "dx", "N×C×H×W", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pgamma = gamma, pmu = mu, pv = v, pdx = dx)
            on.Run(sets.Sets, new Steps(sets, on.Width, eps, pdy, px, pgamma, pmu, pv, pdx));
    }

    private static void Forward(Execution on, NormalisedSets sets, float eps, float* x, float* gamma, float* beta,
        float* y, float* mu, float* v, float* xhat)
    {
        if (NormalisedColumns.Fit(sets))
            NormalisedColumns.Run(on, sets.Sets, new ForwardColumns(sets.Runs, sets.Sets, eps, x, gamma, beta, y, mu, v, xhat));
        else
            Normalising.Forward(on, sets, Centre.Mean, eps, x, new ScalePerSet(gamma, beta), y, mu, v, xhat);
    }

    private static (NormalisedSets Sets, int C) Sets(string id, string name, in ReadOnlyTensorSpan<float> x)
    {
        Lengths.ExpectRank(id, name, "N×C×H×W", x.Lengths, 4);
        Contract.Dense(id, name, x);
        return (NormalisedSets.OfChannels((int)x.Lengths[0], (int)x.Lengths[1], x.Lengths[2] * x.Lengths[3]), (int)x.Lengths[1]);
    }

    private readonly struct Steps(NormalisedSets sets, VectorWidth width, float eps, float* dy, float* x, float* gamma, float* mu, float* v,
        float* dx) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int c = from; c < to; c++)
            {
                var residuals = new Values(dy);
                var products = new DistanceProducts(dy, x, mu[c]);
                var distances = new Distances(x, mu[c]);
                float variance = v[c] + eps, root = MathF.Sqrt(variance);
                float power = (float)(1 / (variance * Math.Sqrt(variance)));
                float dv = gamma[c] * sets.Sum(width, c, ref products) * -0.5f * power;
                float dmu = -(gamma[c] * sets.Sum(width, c, ref residuals) / root) - 2 * dv * sets.Mean(sets.Sum(width, c, ref distances));
                var op = new StepEach(dy, x, gamma[c], mu[c], root, sets.Mean(dv * 2), sets.Mean(dmu), dx);
                for (int run = 0; run < sets.Runs; run++)
                    Pointwise.Range(width, sets.Start(c, run), sets.Start(c, run) + sets.Length, ref op);
            }
        }
    }

    private readonly struct StepEach(float* dy, float* x, float gamma, float mu, float root, float slope, float shift, float* dx) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V direct = L.Divide(L.Multiply(L.Load(dy + i), L.Create(gamma)), L.Create(root));
            V distance = L.Subtract(L.Load(x + i), L.Create(mu));
            L.Store(L.Add(L.Fma(L.Create(slope), distance, direct), L.Create(shift)), dx + i);
        }
    }
}
