using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Tests.Notation;
using CnnVerified.Verification;
using CnnVerified.Verification.Exhaustive;
using Xunit;
using Xunit.Abstractions;
using NotationFunction = CnnVerified.Reference.Notation.Function;

namespace CnnVerified.Tests;

/// <summary>The elementwise functions on a stratified million of inputs (all 2³² are for cnnverify verify --exhaustive), and what measures them.</summary>
public sealed class ElementwiseTests(ITestOutputHelper output)
{
    private static readonly float[] Million = Inputs.Stratified(
        1900, ElementwiseList.All.SelectMany(function => function.Corners.Concat(function.Zeros.Select(zero => (float)zero))), seed: 7);

    [Fact]
    public void Every_function_holds_what_is_stated_on_a_million_inputs_of_every_binade()
    {
        Assert.InRange(Million.Length, 1_000_000, 1_200_000);
        var failures = new List<string>();
        foreach (ElementwiseFunction function in ElementwiseList.All)
        {
            Measurement measured = Sweep.Sample(function, Million, Environment.ProcessorCount);
            output.WriteLine($"{function.Id} {Measurement.Units(measured.Worst)} at {Measurement.Number(measured.WorstAt)}, near a zero " +
                $"{Measurement.Units(measured.WorstNearZero)}; {measured.StepsAgainst} steps against; nearest {ElementwiseTable.Nearest(measured)}");
            if (measured.Failure is { } failure)
                failures.Add($"{function.Id}: {failure}");
        }
        Assert.Empty(failures);
    }

    // Vectors of 256 bits may take 32 numbers at a time: also in place, and with what is left over.
    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public void Tanh_has_the_same_bits_for_every_width(int first)
    {
        float[] x = [.. Million[first..], BitConverter.UInt32BitsToSingle(0xFFC12345), BitConverter.UInt32BitsToSingle(0x7FC54321), .. Million[..40]];
        float[] expected = Of(VectorWidth.Scalar);
        foreach (VectorWidth width in Enum.GetValues<VectorWidth>().Where(Execution.IsSupported))
            Assert.Equal(expected.Select(BitConverter.SingleToUInt32Bits), Of(width).Select(BitConverter.SingleToUInt32Bits));

        float[] Of(VectorWidth width)
        {
            using var on = new Execution(width, threads: 1);
            float[] y = [.. x];
            Tanh.Forward(new ReadOnlyTensorSpan<float>(y, [y.Length]), new TensorSpan<float>(y, [y.Length]), on);
            return y;
        }
    }

    [Fact]
    public void Every_elementwise_activation_and_derivative_is_measured()
    {
        string[] twins = [.. typeof(Tanh).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes(typeof(EquationAttribute), false)).Cast<EquationAttribute>()
            .Select(attribute => attribute.Id).Where(id => id.StartsWith("AC-", StringComparison.Ordinal)).Distinct()];
        Assert.Contains("AC-F2", twins);
        string[] sums = ["AC-B14"];   // a sum over the batch, not a function of one number
        Assert.Equal([], twins.Except(sums).Except(ElementwiseList.All.Select(function => function.Id)));
    }

    [Fact]
    public void An_error_of_three_units_at_one_input_is_seen() => Assert.Contains("3.", Planted((x, y) =>
    {
        for (int i = 0; i < x.Length; i++)
            if (x[i] == Million[600_000])
                y[i] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(y[i]) + 3);
    }), StringComparison.Ordinal);

    [Fact]
    public void A_step_back_by_one_unit_is_seen() => Assert.Contains("1 steps against the course, first at 1.0000001", Planted((x, y) =>
    {
        for (int i = 0; i < x.Length; i++)
            if (x[i] is 1)
                y[i] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(y[i]) + 3);
    }, limit: 100), StringComparison.Ordinal);

    [Fact]
    public void Another_bit_at_another_length_is_seen() => Assert.Contains("depend on position", Planted((x, y) =>
    {
        if (x.Length % 2 == 1)
            y[^1] = MathF.BitIncrement(y[^1]);
    }), StringComparison.Ordinal);

    [Fact]
    public void A_number_for_NaN_and_NaN_for_a_number_are_seen()
    {
        Assert.Contains("wrong kind", Planted((x, y) =>
        {
            for (int i = 0; i < x.Length; i++)
                if (float.IsNaN(x[i]))
                    y[i] = 0;
        }), StringComparison.Ordinal);
        Assert.Contains("wrong kind (NaN or number), first at −3.4028235E+38", Planted((x, y) =>
        {
            for (int i = 0; i < x.Length; i++)
                if (x[i] == float.MinValue)
                    y[i] = float.NaN;
        }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify --out page.md", "--out expected --exhaustive beside it.")]
    [InlineData("verify --exhaustive --cases 3", "--exhaustive expected no --cases beside it")]
    [InlineData("verify --exhaustive --engine v128", "--exhaustive expected no --engine beside it")]
    [InlineData("verify --exhaustive AC-F2 --out page.md --threads 2", null)]
    public void The_switch_goes_with_what_it_measures(string call, string? error)
    {
        var errors = Cli.Commands.Root(CancellationToken.None).Parse(call).Errors;
        if (error is null)
            Assert.Empty(errors);
        else
            Assert.Contains(error, Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_is_not_elementwise_is_refused() =>
        Assert.Contains("expected elementwise functions, got 'CV-F1'; there are exp, expm1",
            Assert.Throws<InputException>(() => ElementwiseList.Named(["CV-F1"])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_page_has_a_row_for_each_measurement()
    {
        string[] names = ["AC-F2", "AC-B8"];
        string page = ElementwiseTable.Text([.. ElementwiseList.Named(names).Select(function => Sweep.Sample(function, Million, 1))], "a machine");
        Assert.StartsWith("# ", page, StringComparison.Ordinal);
        Assert.Contains("| AC-F2 | −1 | −1E−45 | −0 | 0 | 1E−45 | 1 | NaN |", page, StringComparison.Ordinal);
        Assert.All(names, name => Assert.Contains($"\n| {name} | ", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Stopping_ends_a_sweep() => Assert.Throws<OperationCanceledException>(() =>
    {
        using var stop = new CancellationTokenSource();
        Sweep.All(ElementwiseList.Named(["AC-F4"])[0], 2, _ => stop.Cancel(), stop.Token);
    });

    [Fact]
    public void The_ascending_order_holds_every_number_once()
    {
        Assert.True(float.IsNaN(Inputs.At(0)) && float.IsNaN(Inputs.At(Inputs.Count - 1)));
        foreach (float value in new[] { float.NegativeInfinity, -1, -float.Epsilon, -0f, 0, float.Epsilon, 1, float.MaxValue })
        {
            Assert.Equal(BitConverter.SingleToInt32Bits(value), BitConverter.SingleToInt32Bits(Inputs.At(Inputs.PlaceOf(value))));
            if (value != 0)
                Assert.True(Inputs.At(Inputs.PlaceOf(value) + 1) > value || value == float.MaxValue);
        }
        Assert.Equal(Inputs.PlaceOf(-0f) + 1, Inputs.PlaceOf(0f));
        Assert.Equal(Million.Length, Million.Select(BitConverter.SingleToInt32Bits).Distinct().Count());
    }

    [Theory]
    [InlineData(NotationFunction.Exp)]
    [InlineData(NotationFunction.Log)]
    [InlineData(NotationFunction.Log1p)]
    [InlineData(NotationFunction.Tanh)]
    [InlineData(NotationFunction.Erfc)]
    [InlineData(NotationFunction.Sqrt)]
    public void The_oracles_agree_with_a_series_in_400_bits(NotationFunction function)
    {
        var random = new Random(11);
        for (int i = 0; i < 300; i++)
        {
            double x = HighPrecision.Draw(function, random);
            HighPrecision exact = HighPrecision.Apply(function, x);
            DoubleDouble precise = function switch
            {
                NotationFunction.Exp => DoubleDouble.Exp(x),
                NotationFunction.Log => DoubleDouble.Log(x),
                NotationFunction.Log1p => DoubleDouble.Log1p(x),
                NotationFunction.Tanh => DoubleDouble.Tanh(x),
                NotationFunction.Erfc => DoubleDouble.Erfc(x),
                _ => DoubleDouble.Sqrt(x),
            };
            Binary64 quick = function switch
            {
                NotationFunction.Exp => Binary64.Exp(x),
                NotationFunction.Log => Binary64.Log(x),
                NotationFunction.Log1p => Binary64.Log1p(x),
                NotationFunction.Tanh => Binary64.Tanh(x),
                NotationFunction.Erfc => Binary64.Erfc(x),
                _ => Binary64.Sqrt(x),
            };
            double size = Math.Abs(precise.High);
            double error = (exact - precise.High).Distance(precise.Low) / size, quickError = exact.Distance(quick.Value) / size;
            Assert.True(error < Math.ScaleB(1, -80), $"{function} {x:R}: 2^{Math.Log2(error):F1}");
            double units = function == NotationFunction.Erfc ? 32 + 2 * x * x : 6;
            Assert.True(quickError < units * Math.ScaleB(1, -53), $"{function} {x:R}: {quickError * Math.ScaleB(1, 53):F1} units");
        }
    }

    private static string Planted(Action<ReadOnlySpan<float>, Span<float>> fault, double limit = 2)
    {
        ElementwiseFunction tanh = ElementwiseList.Named(["AC-F2"])[0];
        Assert.Null(Sweep.Sample(tanh, Million, 1).Failure);
        return Sweep.Sample(tanh with
        {
            Limit = limit,
            Compute = (in x, in y, on) =>
            {
                Tanh.Forward(x, y, on);
                float[] inputs = new float[x.FlattenedLength], outputs = new float[x.FlattenedLength];
                x.FlattenTo(inputs);
                y.FlattenTo(outputs);
                fault(inputs, outputs);
                outputs.CopyTo(y.GetSpan([0], outputs.Length));
            },
        }, Million, 1).Failure!;
    }
}
