using System.Numerics.Tensors;
using CnnVerified.Optimized;
using Xunit;
using Convolution = CnnVerified.Optimized.Equations.Convolution;
using FullyConnected = CnnVerified.Optimized.Equations.FullyConnected;

namespace CnnVerified.Tests;

/// <summary>How threads share a product or a direct convolution changes no bit of it: what each turns for itself, what all turn, parts of a batch, panels of weights.</summary>
public sealed class SharedWorkTests
{
    private static readonly Window Padded = new() { Ph = 1, Pw = 1 };

    [Theory]
    [InlineData(41, 5, 5, 5, 20, 3, 3)]     // images are lanes: whole vectors, but for the last part; weights of few channels
    [InlineData(100, 3, 5, 4, 7, 3, 3)]     // the same, of more vectors for each thread than one
    [InlineData(19, 6, 12, 12, 16, 5, 5)]   // columns and channels are the lanes of weights
    [InlineData(2, 40, 9, 9, 70, 3, 3)]     // filters are lanes: several tiles of channels, panels of filters
    [InlineData(1, 20, 7, 9, 130, 1, 1)]
    public void Threads_and_kernels_do_not_change_a_bit(int N, int C, int H, int W, int K, int R, int S)
    {
        var random = new Random(2015);
        int P = H + 2 - R + 1, Q = W + 2 - S + 1;
        float[] x = Reals(N * C * H * W), w = Reals(K * C * R * S), b = Reals(K), dy = Reals(N * K * P * Q);
        foreach (VectorWidth width in Enum.GetValues<VectorWidth>().Where(Execution.IsSupported))
        {
            var panels = Passes(1, ConvolutionKernel.Panels);
            foreach (int threads in new[] { 1, 2, 3, 4 })
            {
                var passes = Passes(threads, null);
                Assert.Equal(panels.Y, passes.Y);
                Assert.Equal(panels.Dx, passes.Dx);
                Assert.Equal(panels.Dw, passes.Dw);
            }

            (float[] Y, float[] Dx, float[] Dw) Passes(int threads, ConvolutionKernel? kernel)
            {
                using var on = new Execution(width, threads) { Kernel = kernel, PoisonScratch = true };
                var (y, dx, dw) = (new float[dy.Length], new float[x.Length], new float[w.Length]);
                Array.Fill(y, float.NaN);
                Array.Fill(dx, float.NaN);
                Array.Fill(dw, float.NaN);
                Convolution.Forward(Of(x, N, C, H, W), Of(w, K, C, R, S), Of(b, K), Padded, new TensorSpan<float>(y, [N, K, P, Q]), on);
                Convolution.BackwardData(Of(dy, N, K, P, Q), Of(w, K, C, R, S), Padded, new TensorSpan<float>(dx, [N, C, H, W]), on);
                Convolution.BackwardWeights(Of(dy, N, K, P, Q), Of(x, N, C, H, W), Padded, new TensorSpan<float>(dw, [K, C, R, S]), on);
                return (y, dx, dw);
            }
        }

        float[] Reals(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    // Sums of more terms than a panel has, whose panels are taken together, and cut where threads are more.
    [Theory]
    [InlineData(19, 1100, 100)]
    [InlineData(70, 1030, 130)]
    [InlineData(600, 40, 70)]
    [InlineData(20, 70, 1100)]
    public void A_product_has_the_bits_of_the_stated_order_on_any_number_of_threads(int N, int D, int K)
    {
        var random = new Random(2015);
        float[] x = Reals(N * D), w = Reals(K * D), b = Reals(K), dy = Reals(N * K);
        float[] y = Plain(N, K, D, (n, k, d) => (x[n * D + d], w[k * D + d])), dx = Plain(N, D, K, (n, d, k) => (dy[n * K + k], w[k * D + d])), dw = Plain(K, D, N, (k, d, n) => (dy[n * K + k], x[n * D + d]));
        for (int i = 0; i < y.Length; i++)
            y[i] += b[i % K];
        foreach (VectorWidth width in Enum.GetValues<VectorWidth>().Where(Execution.IsSupported))
            foreach (int threads in new[] { 1, 2, 3, 5 })
            {
                var passes = Passes(width, threads);
                Assert.Equal(y, passes.Y);
                Assert.Equal(dx, passes.Dx);
                Assert.Equal(dw, passes.Dw);
            }

        (float[] Y, float[] Dx, float[] Dw) Passes(VectorWidth width, int threads)
        {
            using var on = new Execution(width, threads) { PoisonScratch = true };
            var (yOf, dxOf, dwOf) = (new float[dy.Length], new float[x.Length], new float[w.Length]);
            FullyConnected.Forward(Of(x, N, D), Of(w, K, D), Of(b, K), new TensorSpan<float>(yOf, [N, K]), on);
            FullyConnected.BackwardData(Of(dy, N, K), Of(w, K, D), new TensorSpan<float>(dxOf, [N, D]), on);
            FullyConnected.BackwardWeights(Of(dy, N, K), Of(x, N, D), new TensorSpan<float>(dwOf, [K, D]), on);
            return (yOf, dxOf, dwOf);
        }

        float[] Reals(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

        // The stated order: ascending, one fused multiply-add for each term.
        static float[] Plain(int rows, int columns, int terms, Func<int, int, int, (float A, float B)> factors)
        {
            var sums = new float[rows * columns];
            for (int i = 0; i < sums.Length; i++)
                for (int t = 0; t < terms; t++)
                {
                    var (a, b) = factors(i / columns, i % columns, t);
                    sums[i] = MathF.FusedMultiplyAdd(a, b, sums[i]);
                }
            return sums;
        }
    }

    private static ReadOnlyTensorSpan<float> Of(float[] values, params nint[] lengths) => new(values, lengths);
}
