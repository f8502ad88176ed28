using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Networks;

/// <summary>LeNet-5 on the engine: 6@5×5, mean 2×2, 16@5×5, mean 2×2, 120@5×5, 84, 10; tanh; softmax with cross-entropy; gradient
/// descent with momentum. A training step allocates nothing.</summary>
/// <remarks>Parameters lie in one array in the order w1, b1, …, w5, b5, so that one pass updates them all. Not safe for concurrent use.</remarks>
public sealed class LeNet5
{
    private static readonly Window Halving = new() { Sh = 2, Sw = 2 };
    private static readonly int[] Sizes = [6 * 25, 6, 16 * 150, 16, 120 * 400, 120, 84 * 120, 84, 10 * 84, 10];
    // Of w1 to w5: inputs that one output sees, outputs that one input reaches.
    private static readonly int[] FanIn = [25, 150, 400, 120, 84];
    private static readonly int[] FanOut = [6 * 25, 16 * 25, 120 * 25, 84, 10];

    private readonly Execution _on;
    private readonly int[] _at = new int[Sizes.Length];
    private readonly float[] _p, _v, _dp;
    private readonly float[] _c1, _s2, _c3, _s4, _c5, _f6, _z, _y, _loss = new float[1];
    private readonly float[] _dc1, _ds2, _dc3, _ds4, _dc5, _df6, _dz;

    /// <summary>A network with zero weights and velocities.</summary>
    /// <param name="maxBatch">The largest batch it will see, N ≥ 1.</param>
    /// <param name="on">Where to compute; the caller keeps and disposes it.</param>
    /// <exception cref="ArgumentOutOfRangeException">maxBatch is below 1.</exception>
    public LeNet5(int maxBatch, Execution on)
    {
        if (maxBatch < 1)
            throw new ArgumentOutOfRangeException(nameof(maxBatch), $"maxBatch expects at least 1, got {maxBatch}.");
        (MaxBatch, _on) = (maxBatch, on);
        for (int l = 1; l < Sizes.Length; l++)
            _at[l] = _at[l - 1] + Sizes[l - 1];
        _p = new float[ParameterCount];
        _v = new float[ParameterCount];
        _dp = new float[ParameterCount];
        float[] Maps(int elements) => GC.AllocateUninitializedArray<float>(maxBatch * elements);
        (_c1, _s2, _c3, _s4) = (Maps(6 * 784), Maps(6 * 196), Maps(16 * 100), Maps(16 * 25));
        (_c5, _f6, _z, _y) = (Maps(120), Maps(84), Maps(10), Maps(10));
        (_dc1, _ds2, _dc3, _ds4) = (Maps(6 * 784), Maps(6 * 196), Maps(16 * 100), Maps(16 * 25));
        (_dc5, _df6, _dz) = (Maps(120), Maps(84), Maps(10));
    }

    /// <summary>Number of weights and biases: 61,706.</summary>
    public static int ParameterCount { get; } = Sizes.Sum();

    /// <summary>The largest batch.</summary>
    public int MaxBatch { get; }

    /// <summary>w1, b1, …, w5, b5, one after the other.</summary>
    public Span<float> Parameters => _p;

    /// <summary>The velocities of OP-2, in the order of <see cref="Parameters"/>.</summary>
    public Span<float> Velocities => _v;

    /// <summary>The gradient that the last <see cref="Step"/> computed, in the order of <see cref="Parameters"/>.</summary>
    public ReadOnlySpan<float> Gradient => _dp;

    /// <summary>Half the width of the weights' range by Glorot and Bengio (2010): √(6/(fan-in + fan-out)) (IT-2).</summary>
    /// <param name="fanIn">Inputs that one output sees.</param>
    /// <param name="fanOut">Outputs that one input reaches.</param>
    /// <returns>The range is [−a, a].</returns>
    public static double Glorot(int fanIn, int fanOut) => Math.Sqrt(6.0 / (fanIn + fanOut));

    /// <summary>Half the width of the weights' range in LeCun, Bottou, Bengio and Haffner (1998), Appendix A: 2.4/fan-in (IT-1).</summary>
    /// <param name="fanIn">Inputs that one output sees.</param>
    /// <param name="fanOut">Not used.</param>
    /// <returns>The range is [−a, a].</returns>
    public static double LeCun(int fanIn, int fanOut) => 2.4 / fanIn;

    /// <summary>Draws the weights uniformly and clears biases and velocities.</summary>
    /// <param name="random">The source; the same seed gives the same network.</param>
    /// <param name="range">Half the width of the range from fan-in and fan-out: <see cref="Glorot"/> or <see cref="LeCun"/>.</param>
    public void Initialise(Random random, Func<int, int, double> range)
    {
        Array.Clear(_p);
        Array.Clear(_v);
        for (int l = 0; l < Sizes.Length; l += 2)
        {
            double a = range(FanIn[l / 2], FanOut[l / 2]);
            for (int i = 0; i < Sizes[l]; i++)
                _p[_at[l] + i] = (float)((2 * random.NextDouble() - 1) * a);
        }
    }

    /// <summary>Scores of a batch.</summary>
    /// <param name="x">Scaled images, N×1×32×32, N at most <see cref="MaxBatch"/>.</param>
    /// <returns>Scores z, N×10, row by row; overwritten by the next call.</returns>
    /// <exception cref="ArgumentException">x has another shape, or a pixel that is not finite.</exception>
    public ReadOnlySpan<float> Scores(in ReadOnlyTensorSpan<float> x)
    {
        int N = Batch(x);
        Forward(N, x);
        return _z.AsSpan(0, N * 10);
    }

    /// <summary>One training step: forward, backward, OP-2.</summary>
    /// <param name="x">Scaled images, N×1×32×32, N at most <see cref="MaxBatch"/>.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="eta">Learning rate.</param>
    /// <param name="mu">Momentum.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ArgumentException">x or h has another shape, or a pixel is not finite.</exception>
    public float Step(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> h, float eta, float mu)
    {
        int N = Batch(x);
        Forward(N, x);
        CrossEntropy.Forward(View(_z, N, 10), h, new TensorSpan<float>(_loss, [1]), _on);
        LogSoftmax.Forward(View(_z, N, 10), View(_y, N, 10), _on);
        CrossEntropy.BackwardData(View(_y, N, 10), h, View(_dz, N, 10), _on);
        Backward(N, x);
        GradientDescent.MomentumStep(Row(_p, _p.Length), Row(_dp, _p.Length), Row(_v, _p.Length), eta, mu,
            Row(_p, _p.Length), Row(_v, _p.Length), _on);
        return _loss[0];
    }

    private void Forward(int N, in ReadOnlyTensorSpan<float> x)
    {
        Convolution.Forward(x, Weights(_p, 0, 6, 1), Bias(_p, 1), Window.Unit, View(_c1, N, 6, 28), _on);
        Activate(_c1, N * 6 * 784);
        MeanPooling.Forward(View(_c1, N, 6, 28), 2, 2, Halving, View(_s2, N, 6, 14), _on);
        Convolution.Forward(View(_s2, N, 6, 14), Weights(_p, 2, 16, 6), Bias(_p, 3), Window.Unit, View(_c3, N, 16, 10), _on);
        Activate(_c3, N * 16 * 100);
        MeanPooling.Forward(View(_c3, N, 16, 10), 2, 2, Halving, View(_s4, N, 16, 5), _on);
        Convolution.Forward(View(_s4, N, 16, 5), Weights(_p, 4, 120, 16), Bias(_p, 5), Window.Unit, View(_c5, N, 120, 1), _on);
        Activate(_c5, N * 120);
        // C5 is N×120×1×1: its rasterisation (FL-F1) is the same memory read as N×120.
        FullyConnected.Forward(View(_c5, N, 120), Matrix(_p, 6, 84, 120), Bias(_p, 7), View(_f6, N, 84), _on);
        Activate(_f6, N * 84);
        FullyConnected.Forward(View(_f6, N, 84), Matrix(_p, 8, 10, 84), Bias(_p, 9), View(_z, N, 10), _on);
    }

    private void Backward(int N, in ReadOnlyTensorSpan<float> x)
    {
        FullyConnected.BackwardWeights(View(_dz, N, 10), View(_f6, N, 84), Matrix(_dp, 8, 10, 84), _on);
        FullyConnected.BackwardBias(View(_dz, N, 10), Bias(_dp, 9), _on);
        FullyConnected.BackwardData(View(_dz, N, 10), Matrix(_p, 8, 10, 84), View(_df6, N, 84), _on);
        Deactivate(_df6, _f6, N * 84);
        FullyConnected.BackwardWeights(View(_df6, N, 84), View(_c5, N, 120), Matrix(_dp, 6, 84, 120), _on);
        FullyConnected.BackwardBias(View(_df6, N, 84), Bias(_dp, 7), _on);
        FullyConnected.BackwardData(View(_df6, N, 84), Matrix(_p, 6, 84, 120), View(_dc5, N, 120), _on);
        Deactivate(_dc5, _c5, N * 120);
        Convolution.BackwardWeights(View(_dc5, N, 120, 1), View(_s4, N, 16, 5), Window.Unit, Weights(_dp, 4, 120, 16), _on);
        Convolution.BackwardBias(View(_dc5, N, 120, 1), Bias(_dp, 5), _on);
        Convolution.BackwardData(View(_dc5, N, 120, 1), Weights(_p, 4, 120, 16), Window.Unit, View(_ds4, N, 16, 5), _on);
        MeanPooling.BackwardData(View(_ds4, N, 16, 5), 2, 2, Halving, View(_dc3, N, 16, 10), _on);
        Deactivate(_dc3, _c3, N * 16 * 100);
        Convolution.BackwardWeights(View(_dc3, N, 16, 10), View(_s2, N, 6, 14), Window.Unit, Weights(_dp, 2, 16, 6), _on);
        Convolution.BackwardBias(View(_dc3, N, 16, 10), Bias(_dp, 3), _on);
        Convolution.BackwardData(View(_dc3, N, 16, 10), Weights(_p, 2, 16, 6), Window.Unit, View(_ds2, N, 6, 14), _on);
        MeanPooling.BackwardData(View(_ds2, N, 6, 14), 2, 2, Halving, View(_dc1, N, 6, 28), _on);
        Deactivate(_dc1, _c1, N * 6 * 784);
        Convolution.BackwardWeights(View(_dc1, N, 6, 28), x, Window.Unit, Weights(_dp, 0, 6, 1), _on);
        Convolution.BackwardBias(View(_dc1, N, 6, 28), Bias(_dp, 1), _on);
    }

    private int Batch(in ReadOnlyTensorSpan<float> x)
    {
        Lengths.ExpectRank("LeNet-5", "x", "N×1×32×32", x.Lengths, 4);
        Lengths.Expect("LeNet-5", "x", "N×1×32×32", x.Lengths, [x.Lengths[0], 1, 32, 32]);
        if (x.Lengths[0] < 1 || x.Lengths[0] > MaxBatch)
            throw new ArgumentException($"x expects 1 to {MaxBatch} images but has {x.Lengths[0]}; LeNet-5. (Parameter 'x')");
        ReadOnlySpan<float> pixels = MemoryMarshal.CreateReadOnlySpan(in x.GetPinnableReference(), (int)x.FlattenedLength);
        if (!TensorPrimitives.IsFiniteAll(pixels))
            throw new ArgumentException($"x expects finite pixels but has {FirstNotFinite(pixels)}; LeNet-5. (Parameter 'x')");
        return (int)x.Lengths[0];
    }

    private static string FirstNotFinite(ReadOnlySpan<float> pixels)
    {
        int at = 0;
        while (float.IsFinite(pixels[at]))
            at++;
        return $"{pixels[at]} at x[{at / 1024},0,{at / 32 % 32},{at % 32}]";
    }

    private void Activate(float[] maps, int count) => Tanh.Forward(Row(maps, count), Row(maps, count), _on);

    private void Deactivate(float[] residual, float[] maps, int count) =>
        Tanh.BackwardData(Row(residual, count), Row(maps, count), Row(residual, count), _on);

    private TensorSpan<float> Weights(float[] all, int l, int K, int C) => new(all.AsSpan(_at[l], Sizes[l]), [K, C, 5, 5]);

    private TensorSpan<float> Matrix(float[] all, int l, int K, int D) => new(all.AsSpan(_at[l], Sizes[l]), [K, D]);

    private TensorSpan<float> Bias(float[] all, int l) => new(all.AsSpan(_at[l], Sizes[l]), [Sizes[l]]);

    private static TensorSpan<float> View(float[] maps, int N, int C, int size) => new(maps.AsSpan(0, N * C * size * size), [N, C, size, size]);

    private static TensorSpan<float> View(float[] rows, int N, int D) => new(rows.AsSpan(0, N * D), [N, D]);

    private static TensorSpan<float> Row(float[] maps, int count) => new(maps.AsSpan(0, count), [count]);
}
