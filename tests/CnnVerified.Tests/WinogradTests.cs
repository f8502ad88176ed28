using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Winograd's minimal filtering: where it is taken, that it is exact on multiples of its denominators, and how large its error may be. Bits and bounds on real numbers are
/// the oracle's.</summary>
public sealed class WinogradTests
{
    private const string Layer = "n2c33h9w10-k35r3s3-ph1pw1";

    /// <summary>A limit that only tiles of 2×2 keep.</summary>
    private const double LimitOfTwo = 1e-4;

    [Theory]
    [InlineData("CV-F1", Layer, Algorithm.Ordered, 1, null)]
    [InlineData("CV-F1", Layer, Algorithm.Winograd, 1, ConvolutionKernel.WinogradFour)]
    [InlineData("CV-B1", Layer, Algorithm.Winograd, LimitOfTwo, ConvolutionKernel.WinogradTwo)]
    [InlineData("CV-B2", Layer, Algorithm.Winograd, LimitOfTwo, ConvolutionKernel.WinogradTwo)]
    [InlineData("CV-B2", Layer, Algorithm.Winograd, 1e-6, null)]
    [InlineData("CV-F1", Layer, Algorithm.Auto, 1, ConvolutionKernel.WinogradFour)]
    [InlineData("CV-F1", "n2c3h9w10-k35r3s3-ph1pw1", Algorithm.Auto, 1, null)]
    [InlineData("CV-F1", "n2c3h9w10-k35r3s3-ph1pw1", Algorithm.Winograd, 1, ConvolutionKernel.WinogradFour)]
    [InlineData("CV-F1", "n2c34h9w10-k36r3s3-ph1pw1-g2", Algorithm.Winograd, 1, null)]
    [InlineData("CV-F1", "n2c33h9w10-k35r3s3-ph1pw1-sh2", Algorithm.Winograd, 1, null)]
    [InlineData("CV-F1", "n2c33h9w10-k35r3s3-ph1pw1-ew2", Algorithm.Winograd, 1, null)]
    [InlineData("CV-F1", "n2c33h9w10-k35r3s5-ph1pw1", Algorithm.Winograd, 1, null)]
    public void A_layer_is_filtered_where_it_can_be_and_the_error_allows_it(string id, string text, Algorithm algorithm, double limit, ConvolutionKernel? expected)
    {
        Equation equation = EquationTable.Find(id);
        using var on = new Execution(threads: 1) { Algorithm = algorithm, WinogradLimit = limit };
        ConvolutionKernel? chosen = EngineList.Kernel(equation, Arguments.Reals(equation, Case.Parse(equation.Family, text), 2015)!, on)?.Kernel;
        Assert.Equal(expected, chosen >= ConvolutionKernel.WinogradFour ? chosen : null);
    }

    [Theory]
    [InlineData(1.0, 576)]
    [InlineData(LimitOfTwo, 4)]
    public void Multiples_of_the_denominators_are_exact(double limit, int unit)
    {
        var random = new Random(2015);
        var (N, C, H, W, K) = (2, 5, 9, 10, 7);
        float[] x = Whole(N * C * H * W, 3), w = Whole(K * C * 9, 2 * unit, unit), b = Whole(K, 9), dy = Whole(N * K * H * W, 2);
        using var ordered = new Execution(threads: 1);
        using var filtered = new Execution(threads: 1) { Algorithm = Algorithm.Winograd, WinogradLimit = limit };
        var (plain, fast) = (Passes(ordered), Passes(filtered));
        Assert.StartsWith("Winograd", filtered.Chosen!.Kernel.ToString(), StringComparison.Ordinal);

        // In order these sums are exact, which the oracle exact shows.
        Assert.Equal(plain.Y, fast.Y);
        Assert.Equal(plain.Dx, fast.Dx);
        Assert.Equal(plain.Dw, fast.Dw);

        float[] Whole(int count, int most, int step = 1) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.Next(-most / step, most / step + 1) * step))];

        (float[] Y, float[] Dx, float[] Dw) Passes(Execution on) => Compute(on, (N, C, H, W, K), x, w, b, dy, [.. dy.Select(value => value * unit)]);
    }

    // Few tiles of many filters, and many of few: threads share out filters or rows of tiles, and transform for each other or each for itself.
    [Theory]
    [InlineData(1, 33, 6, 7, 130)]
    [InlineData(2, 20, 13, 12, 70)]
    [InlineData(3, 70, 9, 9, 20)]
    public void Threads_do_not_change_a_bit(int N, int C, int H, int W, int K)
    {
        var random = new Random(2015);
        float[] x = Reals(N * C * H * W), w = Reals(K * C * 9), b = Reals(K), dy = Reals(N * K * H * W);
        foreach (VectorWidth width in Enum.GetValues<VectorWidth>().Where(Execution.IsSupported))
        {
            var alone = Passes(1);
            foreach (int threads in new[] { 2, 3, 4 })
            {
                var shared = Passes(threads);
                Assert.Equal(alone.Y, shared.Y);
                Assert.Equal(alone.Dx, shared.Dx);
                Assert.Equal(alone.Dw, shared.Dw);
            }

            (float[] Y, float[] Dx, float[] Dw) Passes(int threads)
            {
                using var on = new Execution(width, threads) { Algorithm = Algorithm.Winograd, PoisonScratch = true };
                return Compute(on, (N, C, H, W, K), x, w, b, dy, dy);
            }
        }

        float[] Reals(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    // Of layers with padding 1.
    private static (float[] Y, float[] Dx, float[] Dw) Compute(Execution on, (int N, int C, int H, int W, int K) sizes, float[] x, float[] w, float[] b, float[] dy, float[] dyOfWeights)
    {
        var (N, C, H, W, K) = sizes;
        Window window = new() { Ph = 1, Pw = 1 };
        var (y, dx, dw) = (new float[dy.Length], new float[x.Length], new float[w.Length]);
        Array.Fill(y, float.NaN);
        Array.Fill(dx, float.NaN);
        Array.Fill(dw, float.NaN);
        Optimized.Equations.Convolution.Forward(Of(x, N, C, H, W), Of(w, K, C, 3, 3), Of(b, K), window, new TensorSpan<float>(y, [N, K, H, W]), on);
        Optimized.Equations.Convolution.BackwardData(Of(dy, N, K, H, W), Of(w, K, C, 3, 3), window, new TensorSpan<float>(dx, [N, C, H, W]), on);
        Optimized.Equations.Convolution.BackwardWeights(Of(dyOfWeights, N, K, H, W), Of(x, N, C, H, W), window, new TensorSpan<float>(dw, [K, C, 3, 3]), on);
        return (y, dx, dw);

        static ReadOnlyTensorSpan<float> Of(float[] values, params nint[] lengths) => new(values, lengths);
    }

    // The naive computation on |x| = |w| = 1 has the largest sum of absolute values, and counts the roundings. The engine's setting must lie between that error and one rounding more.
    [Theory]
    [InlineData("CV-F1", ConvolutionKernel.WinogradFour)]
    [InlineData("CV-F1", ConvolutionKernel.WinogradTwo)]
    [InlineData("CV-B2", ConvolutionKernel.WinogradFour)]
    [InlineData("CV-B2", ConvolutionKernel.WinogradTwo)]
    public void The_setting_means_the_derived_error(string id, ConvolutionKernel kernel)
    {
        MinimalFiltering filtering = kernel == ConvolutionKernel.WinogradFour ? MinimalFiltering.OfFour : MinimalFiltering.OfTwo;
        var sizes = (N: 2, C: 3, H: 10, W: 10, K: 2, P: 8, Q: 8);
        Weighed[] ones = [.. Enumerable.Repeat(Weighed.Of(1), 4096)];
        bool isForward = id == "CV-F1";
        Weighed[] worst = isForward ? filtering.Forward(ones, ones, ones, sizes, (0, 0)) : filtering.BackwardWeights(ones, ones, sizes, (0, 0));
        double terms = isForward ? 9 * sizes.C : sizes.N * sizes.P * sizes.Q, least = worst.Max(element => (element.Error - (isForward ? element.Error / element.Mass : 0)) / terms);
        int roundings = worst.Max(element => element.Roundings);

        Assert.False(Takes(least * 0.999));
        Assert.True(Takes(least * (roundings + 2) / roundings));

        bool Takes(double limit)
        {
            Equation equation = EquationTable.Find(id);
            using var on = new Execution(threads: 1) { Algorithm = Algorithm.Winograd, WinogradLimit = limit };
            return EngineList.Kernel(equation, Arguments.Reals(equation, Case.Parse(equation.Family, "n2c3h10w10-k2r3s3"), 2015)!, on)?.Kernel == kernel;
        }
    }
}
