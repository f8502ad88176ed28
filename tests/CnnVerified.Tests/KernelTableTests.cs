using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Which kernel computes a convolution. That all of them give the same bits is the battery's: the widest engine is compared with each.</summary>
public sealed class KernelTableTests
{
    [Theory]
    [InlineData("CV-F1", "n64c16h5w5-k120r5s5", ConvolutionKernel.Matrix)]
    [InlineData("CV-B1", "n64c16h5w5-k120r5s5", ConvolutionKernel.Matrix)]
    [InlineData("CV-B2", "n64c16h5w5-k120r5s5", ConvolutionKernel.Matrix)]
    [InlineData("CV-F1", "n1c40h5w5-k120r5s5", ConvolutionKernel.Panels)]
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

    // The rows speak of vectors: these shapes mean the same for one float and for four.
    private static ConvolutionKernel? Chosen(string id, string text, ConvolutionKernel? named)
    {
        Equation equation = EquationTable.Find(id);
        using var on = new Execution(Execution.IsSupported(VectorWidth.V128) ? VectorWidth.V128 : VectorWidth.Scalar, threads: 1) { Kernel = named };
        return EngineList.Kernel(equation, Arguments.Reals(equation, Case.Parse(equation.Family, text), 2015)!, on)?.Kernel;
    }
}
