using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Convolutions on maps in blocks. That they give the bits of maps as they are is the battery's, at every width, for drawn shapes; here is what those hardly reach.</summary>
public sealed class BlockedConvolutionTests
{
    private readonly Random _random = new(2015);

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(37)]
    public void Blocks_and_maps_hold_the_same_elements_and_unused_channels_are_zero(int C)
    {
        const int N = 2, H = 3, W = 5;
        float[] x = Numbers(N * C * H * W), back = new float[x.Length];
        nint[] lengths = BlockedConvolution.Lengths(N, C, H, W);
        Assert.Equal(CnnVerified.Optimized.Kernels.Tiles.Place, BlockedConvolution.Channels);
        Assert.Equal([N, (C + 15) / 16, H, W, 16], lengths);
        float[] blocks = Filled(lengths);
        using var on = new Execution();
        BlockedConvolution.ToBlocks(new(x, [N, C, H, W], default), new(blocks, lengths), on);
        BlockedConvolution.ToMaps(new(blocks, lengths, default), new(back, [N, C, H, W]), on);
        Assert.Equal(x, back);
        for (int at = 0; at < blocks.Length; at++)
        {
            int c = at / (H * W * 16) % ((C + 15) / 16) * 16 + at % 16, pixel = at / 16 % (H * W), n = at / ((C + 15) / 16 * H * W * 16);
            Assert.Equal(c < C ? x[(n * C + c) * H * W + pixel] : 0, blocks[at]);
        }
    }

    // Which kernel, if any is for blocks; where none is, the layer goes through maps and still has their bits.
    [Theory]
    [InlineData("n1c16h8w8-k16r3s3-ph1pw1", ConvolutionKernel.Filters, ConvolutionKernel.Filters, ConvolutionKernel.Filters)]
    [InlineData("n2c40h9w40-k33r3s3-sh2sw2-ph1pw1", ConvolutionKernel.Filters, ConvolutionKernel.Filters, ConvolutionKernel.Filters)]
    [InlineData("n2c64h7w7-k48r1s1", ConvolutionKernel.Filters, ConvolutionKernel.Filters, ConvolutionKernel.Filters)]
    [InlineData("n1c20h20w70-k24r5s3-ph2pw1-eh2ew3", ConvolutionKernel.Filters, ConvolutionKernel.Filters, ConvolutionKernel.Filters)]
    [InlineData("n2c37h19w37-k37r3s3-ph1pw1-g37", ConvolutionKernel.Channels, ConvolutionKernel.Channels, ConvolutionKernel.Channels)]
    [InlineData("n1c16h12w35-k16r5s5-sh2sw2-ph2pw2-g16", ConvolutionKernel.Channels, ConvolutionKernel.Channels, ConvolutionKernel.Channels)]
    [InlineData("n1c16h12w35-k16r3s3-sh3sw3-g16", ConvolutionKernel.Channels, ConvolutionKernel.Channels, ConvolutionKernel.Channels)]
    // Padding on both sides: some of the last rows and columns meet fewer taps than those before them.
    [InlineData("n2c37h19w37-k37r3s3-ph1pw1-qh1-qw1-g37", ConvolutionKernel.Channels, ConvolutionKernel.Channels, ConvolutionKernel.Channels)]
    [InlineData("n2c40h9w40-k33r3s3-ph1pw1-qh1-qw1", ConvolutionKernel.Filters, ConvolutionKernel.Filters, ConvolutionKernel.Filters)]
    // Rows and columns at the border meet no tap at all.
    [InlineData("n1c16h3w20-k16r3s3-ph4pw4-g16", ConvolutionKernel.Channels, ConvolutionKernel.Channels, ConvolutionKernel.Channels)]
    // Padding behind the image alone, which so does not end where windows do.
    [InlineData("n2c16h8w8-k16r3s3-qh2-qw1", ConvolutionKernel.Filters, ConvolutionKernel.Filters, ConvolutionKernel.Filters)]
    [InlineData("n1c16h40w40-k16r3s3-sh3sw3", ConvolutionKernel.Filters, ConvolutionKernel.Filters, ConvolutionKernel.Filters)]
    [InlineData("n2c32h8w8-k32r3s3-ph1pw1-g2", ConvolutionKernel.Filters, ConvolutionKernel.Filters, ConvolutionKernel.Filters)]
    public void A_layer_in_blocks_has_its_kernel_and_the_bits_of_maps(string text, ConvolutionKernel forward, ConvolutionKernel data, ConvolutionKernel weights)
    {
        var c = Verification.Cases.Case.Parse(EquationTable.Find("CV-F12").Family, text);
        (int N, int C, int K, int P, int Q) = (c["n"], c["c"], c["k"], c.Output.P, c.Output.Q);
        nint[] ofX = [N, C, c["h"], c["w"]], ofY = [N, K, P, Q], ofW = [K, C / c["g"], c["r"], c["s"]];
        nint[] xLengths = BlockedConvolution.Lengths(N, C, c["h"], c["w"]), yLengths = BlockedConvolution.Lengths(N, K, P, Q);
        float[] x = Numbers(ofX), w = Numbers(ofW), b = Numbers(K), dy = Numbers(ofY), y = Filled(ofY), dx = Filled(ofX), dw = Filled(ofW), dwBlocked = Filled(ofW);
        foreach (VectorWidth width in EngineList.Widths)
            // Where minimal filtering is asked for and does not take the layer, that changes nothing.
            foreach (var (threads, algorithm) in new[] { (1, Algorithm.Ordered), (3, Algorithm.Ordered), (2, Algorithm.Winograd) })
            {
                using var on = new Execution(width, threads) { PoisonScratch = true, Algorithm = algorithm };
                float[] xBlocked = Blocks(x, ofX, xLengths, on), dyBlocked = Blocks(dy, ofY, yLengths, on), yBlocked = Filled(yLengths), dxBlocked = Filled(xLengths);
                Convolution.Forward(new(x, ofX, default), new(w, ofW, default), b, c.Window, new(y, ofY), on);
                Convolution.BackwardData(new(dy, ofY, default), new(w, ofW, default), c.Window, new(dx, ofX), on);
                Convolution.BackwardWeights(new(dy, ofY, default), new(x, ofX, default), c.Window, new(dw, ofW), on);
                BlockedConvolution.Forward(new(xBlocked, xLengths, default), new(w, ofW, default), b, c.Window, new(yBlocked, yLengths), on);
                Expect(forward, on);
                BlockedConvolution.BackwardData(new(dyBlocked, yLengths, default), new(w, ofW, default), c.Window, new(dxBlocked, xLengths), on);
                Expect(data, on);
                BlockedConvolution.BackwardWeights(new(dyBlocked, yLengths, default), new(xBlocked, xLengths, default), c.Window, new(dwBlocked, ofW), on);
                Expect(weights, on);
                Assert.Equal(Blocks(y, ofY, yLengths, on), yBlocked);
                Assert.Equal(Blocks(dx, ofX, xLengths, on), dxBlocked);
                Assert.Equal(dw, dwBlocked);
            }

        void Expect(ConvolutionKernel kernel, Execution on)
        {
            // The rows for maps as they are speak of vectors; those for blocks do not.
            if (kernel == ConvolutionKernel.Channels || KernelTable.BlockedSums.Concat(KernelTable.BlockedWeights).Contains(on.Chosen))
                Assert.Equal(kernel, on.Chosen!.Kernel);
        }
    }

    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(3, 2, 1)]
    public void Maxima_in_blocks_and_their_gradient_have_the_bits_of_maps_where_many_are_equal(int R, int step, int pad)
    {
        const int N = 2, C = 20, H = 7, W = 10;
        var window = new Window { Sh = step, Sw = step, Ph = pad, Pw = pad };
        var (P, Q) = window.OutputSize(H, W, R, R);
        nint[] ofX = [N, C, H, W], ofY = [N, C, P, Q], xLengths = BlockedConvolution.Lengths(N, C, H, W), yLengths = BlockedConvolution.Lengths(N, C, P, Q);
        float[] x = [.. Enumerable.Range(0, N * C * H * W).Select(_ => _random.Next(3) - 1f)], dy = Numbers(ofY), y = Filled(ofY), dx = Filled(ofX);
        foreach (VectorWidth width in EngineList.Widths)
        {
            using var on = new Execution(width, threads: 2);
            float[] yBlocked = Filled(yLengths), dxBlocked = Filled(xLengths), xBlocked = Blocks(x, ofX, xLengths, on);
            MaxPooling.Forward(new(x, ofX, default), R, R, window, new(y, ofY), on);
            MaxPooling.BackwardData(new(dy, ofY, default), new(x, ofX, default), new(y, ofY, default), R, R, window, new(dx, ofX), on);
            BlockedMaxPooling.Forward(new(xBlocked, xLengths, default), R, R, window, new(yBlocked, yLengths), on);
            BlockedMaxPooling.BackwardData(new(Blocks(dy, ofY, yLengths, on), yLengths, default), new(xBlocked, xLengths, default), new(yBlocked, yLengths, default), R, R, window,
                new(dxBlocked, xLengths), on);
            Assert.Equal(Blocks(y, ofY, yLengths, on), yBlocked);
            Assert.Equal(Blocks(dx, ofX, xLengths, on), dxBlocked);
        }
    }

    // Both taps lie in the padding: a row that holds all of it, sixteen times, is longer than an int counts.
    [Fact]
    public void Padding_and_dilation_of_any_length_are_taken()
    {
        float[] x = Numbers(64), w = Numbers(512), b = Numbers(16), y = Filled([64]), dx = Filled([64]), dw = Filled([512]);
        nint[] maps = [1, 1, 1, 4, 16], weights = [16, 16, 1, 2];
        var window = new Window { Pw = 100_000_000, Ew = 200_000_000 };
        using var on = new Execution(threads: 1);
        BlockedConvolution.Forward(new(x, maps, default), new(w, weights, default), b, window, new(y, maps), on);
        BlockedConvolution.BackwardData(new(y, maps, default), new(w, weights, default), window, new(dx, maps), on);
        BlockedConvolution.BackwardWeights(new(y, maps, default), new(x, maps, default), window, new(dw, weights), on);
        Assert.Equal(Enumerable.Range(0, 64).Select(at => b[at % 16]), y);
        Assert.All(dx.Concat(dw), value => Assert.Equal(0, value));
    }

    // In a kernel's own end and behind one that has none; from and to blocks and maps; with weights prepared or not. The kernel is that of maps at the widest vectors of AVX-512.
    [Theory]
    [InlineData("n1c16h8w8-k40r3s3-ph1pw1", ConvolutionKernel.Filters)]
    [InlineData("n2c20h12w70-k7r3s3", ConvolutionKernel.Pixels)]
    [InlineData("n3c3h17w70-k9r3s3-sh2-pw1", ConvolutionKernel.Pixels)]
    [InlineData("n2c37h19w37-k37r3s3-ph1pw1-g37", ConvolutionKernel.Pixels)]
    [InlineData("n2c32h8w9-k40r3s3-ph1pw1-g2", ConvolutionKernel.Filters)]
    [InlineData("n40c6h9w9-k17r5s5-ph1pw2", ConvolutionKernel.Turned)]
    [InlineData("n5c20h4w4-k33r4s4", ConvolutionKernel.Matrix)]
    [InlineData("n1c3h5w3-k5r3s3", ConvolutionKernel.Panels)]
    public void An_activation_in_the_same_pass_has_the_bits_of_a_layer_of_its_own(string text, ConvolutionKernel kernel)
    {
        var c = Verification.Cases.Case.Parse(EquationTable.Find("CV-F12").Family, text);
        nint[] ofX = [c["n"], c["c"], c["h"], c["w"]], ofY = [c["n"], c["k"], c.Output.P, c.Output.Q], ofW = [c["k"], c["c"] / c["g"], c["r"], c["s"]];
        nint[] xLengths = BlockedConvolution.Lengths(c["n"], c["c"], c["h"], c["w"]), yLengths = BlockedConvolution.Lengths(c["n"], c["k"], c.Output.P, c.Output.Q);
        float[] x = Numbers(ofX), w = Numbers(ofW), b = Numbers(c["k"]);
        foreach (VectorWidth width in EngineList.Widths)
        {
            using var on = new Execution(width, threads: 2) { PoisonScratch = true };
            float[] xBlocked = Blocks(x, ofX, xLengths, on), sums = Filled(ofY);
            Convolution.Forward(new(x, ofX, default), new(w, ofW, default), b, c.Window, new(sums, ofY), on);
            if (width == VectorWidth.V512)
                Assert.Equal(kernel, on.Chosen!.Kernel);
            using PreparedConvolution toBlocks = new(new(w, ofW, default), b, c.Window, toBlocks: true, on), toMaps = new(new(w, ofW, default), b, c.Window, toBlocks: false, on);
            foreach (Activation activation in Enum.GetValues<Activation>())
            {
                float[] expected = [.. sums];
                if (activation == Activation.Rectifier)
                    Rectifier.Forward(sums, expected, on);
                else if (activation == Activation.Tanh)
                    Tanh.Forward(sums, expected, on);
                float[] expectedBlocks = Blocks(expected, ofY, yLengths, on);
                foreach (var (from, lengths) in new[] { (xBlocked, xLengths), (x, ofX) })
                {
                    float[] inBlocks = Filled(yLengths), asMaps = Filled(ofY), inBlocksPrepared = Filled(yLengths), asMapsPrepared = Filled(ofY);
                    BlockedConvolution.Forward(new(from, lengths, default), new(w, ofW, default), b, c.Window, activation, new(inBlocks, yLengths), on);
                    BlockedConvolution.Forward(new(from, lengths, default), new(w, ofW, default), b, c.Window, activation, new(asMaps, ofY), on);
                    toBlocks.Forward(new(from, lengths, default), activation, new(inBlocksPrepared, yLengths), on);
                    toMaps.Forward(new(from, lengths, default), activation, new(asMapsPrepared, ofY), on);
                    Assert.Equal(expectedBlocks, inBlocks);
                    Assert.Equal(expected, asMaps);
                    Assert.Equal(expectedBlocks, inBlocksPrepared);
                    Assert.Equal(expected, asMapsPrepared);
                }
            }
        }
    }

    [Fact]
    public void Prepared_weights_are_a_copy_and_refuse_what_they_were_not_prepared_for()
    {
        float[] x = Numbers(16 * 16), w = Numbers(16 * 16 * 9), b = Numbers(16), expected = Filled([256]), y = Filled([256]);
        nint[] blocks = [1, 1, 4, 4, 16], ofW = [16, 16, 3, 3];
        var padded = new Window { Ph = 1, Pw = 1 };
        using Execution on = new(threads: 1), scalar = new(VectorWidth.Scalar, threads: 1);
        Assert.Contains("b expects K = 16 but is 15", Assert.Throws<ArgumentException>(() => new PreparedConvolution(new(w, ofW, default), new(b.AsSpan(0, 15), [15]), padded, toBlocks: true, on)).Message, StringComparison.Ordinal);
        var prepared = new PreparedConvolution(new(w, ofW, default), b, padded, toBlocks: true, on);
        BlockedConvolution.Forward(new(x, blocks, default), new(w, ofW, default), b, padded, new(expected, blocks), on);
        Array.Fill(w, float.NaN);
        Array.Fill(b, float.NaN);
        prepared.Forward(new(x, blocks, default), Activation.None, new(y, blocks), on);
        Assert.Equal(expected, y);
        Assert.Contains("y expects N×⌈K/16⌉×P×Q×16, which the weights were prepared for, but has rank 4",
            Assert.Throws<ArgumentException>(() => prepared.Forward(new(x, blocks, default), Activation.None, new(y, [1, 16, 4, 4]), on)).Message, StringComparison.Ordinal);
        Assert.Contains("x expects N×C×H×W in blocks of 16 channels = 1×1×2×4×16 but is 1×1×2×4×32",
            Assert.Throws<ArgumentException>(() => prepared.Forward(new(x, [1, 1, 2, 4, 32], default), Activation.None, new(y, blocks), on)).Message, StringComparison.Ordinal);
        if (on.Width != VectorWidth.Scalar)
            Assert.Contains($"on expects the width that the weights were prepared for, {on.Width}, but has Scalar",
                Assert.Throws<ArgumentException>(() => prepared.Forward(new(x, blocks, default), Activation.None, new(y, blocks), scalar)).Message, StringComparison.Ordinal);
        prepared.Dispose();
        prepared.Dispose();
        Assert.Throws<ObjectDisposedException>(() => prepared.Forward(new(x, blocks, default), Activation.None, new(y, blocks), on));
    }

    [Fact]
    public void Blocks_of_another_shape_are_refused()
    {
        float[] x = new float[2 * 2 * 4 * 4 * 16], w = new float[20 * 20 * 9], b = new float[20], y = new float[2 * 2 * 4 * 4 * 16];
        using var on = new Execution(threads: 1);
        var padded = new Window { Ph = 1, Pw = 1 };
        string Refused(Action call) => Assert.Throws<ArgumentException>(call).Message;
        Assert.Equal("x expects N×C×H×W in blocks of 16 channels = 2×2×4×8×16 but is 2×2×4×8×8; CV-F1. (Parameter 'x')",
            Refused(() => BlockedConvolution.Forward(new(x, [2, 2, 4, 8, 8], default), new(w, [20, 20, 3, 3], default), b, padded, new(y, [2, 2, 4, 8, 8]), on)));
        Assert.Contains("y expects N×K×P×Q in blocks of 16 channels = 2×2×4×4×16 but is 2×4×4×2×16",
            Refused(() => BlockedConvolution.Forward(new(x, [2, 2, 4, 4, 16], default), new(w, [20, 20, 3, 3], default), b, padded, new(y, [2, 4, 4, 2, 16]), on)), StringComparison.Ordinal);
        Assert.Contains("dy expects N×K×P×Q = 2×20×4×4 but is",
            Refused(() => BlockedConvolution.BackwardData(new(y, [2, 32, 4, 4], default), new(w, [20, 20, 3, 3], default), padded, new(x, [2, 2, 4, 4, 16]), on)), StringComparison.Ordinal);
        Assert.Contains("x expects N×C×H×W, or blocks N×⌈C/16⌉×H×W×16, but has rank 3",
            Refused(() => BlockedConvolution.BackwardWeights(new(y, [2, 2, 4, 4, 16], default), new(x, [4, 16, 16], default), padded, new(w, [20, 20, 3, 3]), on)), StringComparison.Ordinal);
        Assert.Contains("b expects K = 20 but is 19",
            Refused(() => BlockedConvolution.Forward(new(x, [2, 2, 4, 4, 16], default), new(w, [20, 20, 3, 3], default), new(b.AsSpan(0, 19), [19]), padded, new(y, [2, 2, 4, 4, 16]), on)), StringComparison.Ordinal);
        Assert.Contains("xBlocked expects", Refused(() => BlockedConvolution.ToBlocks(new(x, [2, 32, 4, 4], default), new(y, [2, 2, 4, 2, 32]), on)), StringComparison.Ordinal);
    }

    private static float[] Blocks(float[] maps, nint[] ofMaps, nint[] lengths, Execution on)
    {
        float[] blocks = Filled(lengths);
        BlockedConvolution.ToBlocks(new(maps, ofMaps, default), new(blocks, lengths), on);
        return blocks;
    }

    private static float[] Filled(nint[] lengths)
    {
        var values = new float[lengths.Aggregate((product, length) => product * length)];
        Array.Fill(values, float.NaN);
        return values;
    }

    private float[] Numbers(nint[] lengths) => Numbers((int)lengths.Aggregate((product, length) => product * length));

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * _random.NextSingle() - 1)];
}
