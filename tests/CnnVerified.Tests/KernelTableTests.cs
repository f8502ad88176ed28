using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Which kernel computes a convolution. That all of them give the same bits is the battery's: the widest engine is compared with each, and here where small cases do not go.</summary>
public sealed class KernelTableTests
{
    [Theory]
    [InlineData("CV-F1", "n64c16h5w5-k120r5s5", ConvolutionKernel.Matrix)]
    [InlineData("CV-B1", "n64c16h5w5-k120r5s5", ConvolutionKernel.Matrix)]
    [InlineData("CV-B2", "n64c16h5w5-k120r5s5", ConvolutionKernel.Matrix)]
    [InlineData("CV-B1", "n1c40h5w5-k120r5s5", ConvolutionKernel.Matrix)]
    [InlineData("CV-F1", "n64c6h14w14-k16r5s5", ConvolutionKernel.Turned)]
    [InlineData("CV-B1", "n64c6h14w14-k16r5s5", ConvolutionKernel.Turned)]
    [InlineData("CV-F1", "n64c1h32w32-k6r5s5", ConvolutionKernel.Pixels)]
    [InlineData("CV-B1", "n1c3h20w20-k8r3s3-sh9sw9", ConvolutionKernel.Panels)]
    [InlineData("CV-F1", "n1c3h4w64-k64r3s3-ph1pw1", ConvolutionKernel.Pixels)]
    [InlineData("CV-F1", "n1c64h8w8-k64r3s3-ph1pw1", ConvolutionKernel.Filters)]
    [InlineData("CV-F9", "n1c9h5w5-r3s3-ph1pw1", ConvolutionKernel.Pixels)]
    [InlineData("CV-B2", "n2c4h8w8-k32r3s3", ConvolutionKernel.Lanes)]
    [InlineData("CV-B2", "n1c4h12w12-k7r5s5", ConvolutionKernel.Lanes)]
    [InlineData("CV-B2", "n1c4h12w12-k8r5s5", ConvolutionKernel.Filters)]
    [InlineData("CV-B2", "n2c5h8w8-k32r3s3", ConvolutionKernel.Filters)]
    [InlineData("CV-B2", "n2c5h4w4-k32r3s3", ConvolutionKernel.Panels)]
    public void A_layer_has_its_kernel(string id, string text, ConvolutionKernel kernel) => Assert.Equal(kernel, Chosen(id, text, null));

    [Theory]
    [InlineData(ConvolutionKernel.Panels, "n2c3h4w64-k64r3s3-ph1pw1", ConvolutionKernel.Panels)]
    [InlineData(ConvolutionKernel.Filters, "n2c3h4w64-k64r3s3-ph1pw1", ConvolutionKernel.Filters)]
    [InlineData(ConvolutionKernel.Turned, "n2c3h4w64-k64r3s3-ph1pw1", ConvolutionKernel.Turned)]
    // Where the named one cannot compute a layer the table chooses: lanes are for weights, a product is of windows that see all.
    [InlineData(ConvolutionKernel.Lanes, "n1c64h8w8-k64r3s3-ph1pw1", ConvolutionKernel.Filters)]
    [InlineData(ConvolutionKernel.Matrix, "n1c64h8w8-k64r3s3-ph1pw1", ConvolutionKernel.Filters)]
    [InlineData(ConvolutionKernel.Turned, "n2c20d3h4w9-k64t2r3s3", ConvolutionKernel.Turned)]
    public void A_named_kernel_is_taken_where_it_can(ConvolutionKernel named, string text, ConvolutionKernel kernel) =>
        Assert.Equal(kernel, Chosen(text.Contains('d', StringComparison.Ordinal) ? "CV-F14" : "CV-F1", text, named));

    // What drawn cases hardly ever reach: two that gather nothing, beside the one that gathers all.
    [Fact]
    public void Weights_by_columns_of_the_kernel_and_by_filters_have_the_bits_of_panels()
    {
        foreach (VectorWidth width in EngineList.Widths)
            foreach (var (C, K) in new[] { (5, 3), (5, 11), (20, 20) })
                Assert.Equal(Weights(width, C, K, ConvolutionKernel.Panels), Weights(width, C, K, null));

        static float[] Weights(VectorWidth width, int C, int K, ConvolutionKernel? kernel)
        {
            var random = new Random(2015);
            float[] dy = Numbers(random, 3 * K * 7 * 5), x = Numbers(random, 3 * C * 9 * 9), dw = new float[K * C * 3 * 5];
            using var on = new Execution(width, threads: 1) { Kernel = kernel };
            Convolution.BackwardWeights(new(dy, [3, K, 7, 5], default), new(x, [3, C, 9, 9], default), Window.Unit, new(dw, [K, C, 3, 5], default), on);
            return dw;
        }
    }

    [Fact]
    public void As_many_outputs_as_inputs_in_another_form_are_not_one_row()
    {
        float[] x = Numbers(new(2015), 9 * 4), w = [2], b = [0], y = new float[9 * 4];
        foreach (VectorWidth width in EngineList.Widths)
        {
            using var on = new Execution(width, threads: 1);
            Convolution.Forward(new(x, [9, 1, 2, 2], default), new(w, [1, 1, 1, 1], default), b, new Window { Sw = 2, Qh = 2 }, new(y, [9, 1, 4, 1], default), on);
            Assert.Equal(Enumerable.Range(0, 36).Select(at => at % 4 < 2 ? 2 * x[at / 4 * 4 + at % 4 * 2] : 0), y);
        }
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];

    // The rows speak of vectors: these shapes mean the same for one float and for four.
    private static ConvolutionKernel? Chosen(string id, string text, ConvolutionKernel? named)
    {
        Equation equation = EquationTable.Find(id);
        using var on = new Execution(Execution.IsSupported(VectorWidth.V128) ? VectorWidth.V128 : VectorWidth.Scalar, threads: 1) { Kernel = named };
        return EngineList.Kernel(equation, Arguments.Reals(equation, Case.Parse(equation.Family, text), 2015)!, on)?.Kernel;
    }
}
