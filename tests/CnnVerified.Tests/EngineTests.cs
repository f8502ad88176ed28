using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Engines;
using FsCheck.Xunit;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>What the engine promises beyond its equations: bits, lengths, memory, threads, messages.</summary>
public sealed class EngineTests
{
    private static readonly float[] Special =
        [0f, -0f, float.Epsilon, -float.Epsilon, 1.1754942e-38f, 1e-20f, -1e-20f, 88.7f, -88.7f, 104f, -104f, 1e10f, -1e10f, float.MaxValue,
         float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN];

    public static TheoryData<VectorWidth> Widths => [.. EngineList.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_length_up_to_four_vectors_and_one_gives_the_bits_of_single_elements(VectorWidth width)
    {
        using var on = new Execution(width, 1);
        for (int length = 0; length <= 65; length++)
        {
            float[] x = [.. Enumerable.Range(0, length).Select(i => (i - 30) * 0.37f)], y = new float[length], one = new float[1];
            Tanh.Forward(x, y, on);
            for (int i = 0; i < length; i++)
            {
                Tanh.Forward(new[] { x[i] }, one, on);
                Assert.Equal(BitConverter.SingleToInt32Bits(one[0]), BitConverter.SingleToInt32Bits(y[i]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Special_values_keep_their_meaning(VectorWidth width)
    {
        using var on = new Execution(width, 1);
        float[] tanh = new float[Special.Length], sigmoid = new float[Special.Length];
        Tanh.Forward(Special, tanh, on);
        Sigmoid.Forward(Special, sigmoid, on);
        for (int i = 0; i < Special.Length; i++)
        {
            float x = Special[i];
            if (float.IsNaN(x))
            {
                Assert.True(float.IsNaN(tanh[i]) && float.IsNaN(sigmoid[i]));
                continue;
            }
            Assert.Equal(float.IsNegative(x), float.IsNegative(tanh[i]));
            if (Math.Abs(x) < 1e-10f)
                Assert.Equal(x, tanh[i]);
            if (Math.Abs(x) > 20)
                Assert.Equal(Math.Sign(x), tanh[i]);
            if (x > 20)
                Assert.Equal(1, sigmoid[i]);
            if (x < -104)
                Assert.Equal(0, sigmoid[i]);
            Assert.InRange(sigmoid[i], 0f, 1f);
        }
    }

    [Fact]
    public void The_errors_of_tanh_sigmoid_and_exp_stay_below_what_is_stated_in_every_binade()
    {
        // 4,096 values in each of 2 × 140 binades: over a million. exp is seen through e^z / e^0 of a softmax of two classes.
        using var on = new Execution();
        var random = new Random(3);
        var values = new List<float>();
        for (int exponent = -130; exponent < 10; exponent++)
            for (int i = 0; i < 4096; i++)
                values.Add((float)(Math.ScaleB(1 + random.NextDouble(), exponent) * (i % 2 == 0 ? 1 : -1)));
        float[] x = [.. values.Where(value => Math.Abs(value) < 80)], y = new float[x.Length];
        const double u = 1.0 / (1 << 24);

        Tanh.Forward(x, y, on);
        Assert.InRange(Worst(Math.Tanh), 0, 4 * u);
        Sigmoid.Forward(x, y, on);
        Assert.InRange(Worst(value => 1 / (1 + Math.Exp(-value))), 0, 4 * u);

        double Worst(Func<double, double> exact)
        {
            double worst = 0;
            for (int i = 0; i < x.Length; i++)
                if (Math.Abs(exact(x[i])) > 1.2e-38)
                    worst = Math.Max(worst, Math.Abs(y[i] - exact(x[i])) / Math.Abs(exact(x[i])));
            return worst;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void An_empty_batch_is_nothing_to_do(VectorWidth width)
    {
        using var on = new Execution(width, 2);
        Tensor<float> Of(params nint[] lengths) => Tensor.CreateFromShape<float>(lengths);
        Convolution.Forward(Of(0, 2, 5, 5), Of(3, 2, 3, 3), Of(3), Window.Unit, Of(0, 3, 3, 3), on);
        var dw = Of(3, 2, 3, 3);
        dw.Fill(float.NaN);
        Convolution.BackwardWeights(Of(0, 3, 3, 3), Of(0, 2, 5, 5), Window.Unit, dw, on);
        Assert.All(dw, value => Assert.Equal(0, value));
        FullyConnected.Forward(Of(0, 4), Of(3, 4), Of(3), Of(0, 3), on);
        MaxPooling.Forward(Of(0, 1, 4, 4), 2, 2, Window.Unit, Of(0, 1, 3, 3), on);
        Softmax.Forward(Of(0, 4), Of(0, 4), on);
        Tanh.Forward(Of(0), Of(0), on);
    }

    [Fact]
    public void A_slice_with_gaps_is_refused()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        var whole = Tensor.CreateFromShape<float>([2, 3, 5, 5]);
        var wrong = Assert.Throws<ArgumentException>(() =>
        {
            var slice = whole.AsReadOnlyTensorSpan().Slice([.. new System.Buffers.NRange[] { ..2, ..3, ..5, 1..4 }]);
            Rasterisation.Forward(slice, Tensor.CreateFromShape<float>([2, 45]));
        });
        Assert.Contains("x expects a dense tensor but is a slice with gaps", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_engine_refuses_wrong_shapes_with_the_words_of_the_reference()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        Tensor<float> Of(params nint[] lengths) => Tensor.CreateFromShape<float>(lengths);
        Assert.StartsWith("w expects C/G = 3 input channels but has 4", Assert.Throws<ArgumentException>(() =>
            Convolution.Forward(Of(1, 3, 8, 8), Of(16, 4, 3, 3), Of(16), Window.Unit, Of(1, 16, 6, 6), on)).Message, StringComparison.Ordinal);
        Assert.StartsWith("y expects N×K×P×Q = 1×2×6×6 but is 1×2×5×6", Assert.Throws<ArgumentException>(() =>
            Convolution.Forward(Of(1, 3, 8, 8), Of(2, 3, 3, 3), Of(2), Window.Unit, Of(1, 2, 5, 6), on)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Convolution.BackwardData(Of(1, 2, 5, 6), Of(2, 3, 3, 3), Window.Unit, Of(1, 3, 8, 8), on));
        Assert.Throws<ArgumentException>(() => Convolution.BackwardBias(Of(1, 2, 5, 6), Of(3), on));
        Assert.Throws<ArgumentException>(() => FullyConnected.Forward(Of(2, 3), Of(4, 5), Of(4), Of(2, 4), on));
        Assert.Throws<ArgumentException>(() => MaxPooling.Forward(Of(1, 1, 4, 4), 2, 2, new Window { Ph = 2 }, Of(1, 1, 7, 3), on));
        Assert.Throws<ArgumentException>(() => GradientDescent.Step(Of(3), Of(4), 1, Of(3), on));
        Assert.Throws<ArgumentException>(() => OneHot.Forward([10], Of(1, 10)));
        // A refused call gives the execution back.
        Tanh.Forward(Of(3), Of(3), on);
    }

    /// <summary>One element has no unbiased variance, and none no mean; two have both.</summary>
    [Fact]
    public void Statistics_of_too_few_elements_are_refused_by_both_sides()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        Tensor<float> C() => Tensor.CreateFromShape<float>([3]);
        Tensor<double> D() => Tensor.CreateFromShape<double>([3]);
        foreach (int M in new[] { 0, 1 })
        {
            Assert.Contains("NM-U1", Assert.Throws<ArgumentException>(() => Reference.Equations.RunningStatistics.Step(D(), D(), D(), D(), 0.1, M)).Message, StringComparison.Ordinal);
            Assert.Contains("NM-U1", Assert.Throws<ArgumentException>(() => RunningStatistics.Step(C(), C(), C(), C(), 0.1f, M, C(), C(), on)).Message, StringComparison.Ordinal);
        }
        Reference.Equations.RunningStatistics.Step(D(), D(), D(), D(), 0.1, 2);
        RunningStatistics.Step(C(), C(), C(), C(), 0.1f, 2, C(), C(), on);
        Tensor<float> one = Tensor.CreateFromShape<float>([1, 3, 1, 1]), two = Tensor.CreateFromShape<float>([2, 3, 1, 1]);
        Assert.Contains("IN-4", Assert.Throws<ArgumentException>(() => Standardisation.Forward(one, one, on)).Message, StringComparison.Ordinal);
        Assert.Contains("IN-4", Assert.Throws<ArgumentException>(() => Reference.Equations.Standardisation.Forward(one)).Message, StringComparison.Ordinal);
        Standardisation.Forward(two, two, on);
        Reference.Equations.Standardisation.Forward(two);
    }

    [Fact]
    public void A_network_refuses_pixels_that_are_no_numbers_and_batches_beyond_its_size()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        var network = new LeNet5(2, on);
        float[] x = new float[3 * 1024];
        x[1024 + 5 * 32 + 7] = float.NaN;
        Assert.Equal("x expects finite pixels but has NaN at x[1,0,5,7]; LeNet-5. (Parameter 'x')", Assert.Throws<ArgumentException>(
            () => network.Scores(new ReadOnlyTensorSpan<float>(x.AsSpan(0, 2048), [2, 1, 32, 32]))).Message);
        Assert.Equal("x expects 1 to 2 images but has 3; LeNet-5. (Parameter 'x')", Assert.Throws<ArgumentException>(
            () => network.Scores(new ReadOnlyTensorSpan<float>(x, [3, 1, 32, 32]))).Message);
    }

    [Fact]
    public void Training_gives_the_same_bits_for_every_width_and_number_of_threads()
    {
        int[] Bits(VectorWidth width, int threads)
        {
            using var on = new Execution(width, threads) { PoisonScratch = true };
            var network = new LeNet5(5, on);
            network.Initialise(new Random(4), LeNet5.Glorot);
            float[] x = [.. Enumerable.Range(0, 5 * 1024).Select(i => i * 31 % 23 * 0.05f)], h = new float[50];
            for (int n = 0; n < 5; n++)
                h[n * 10 + n] = 1;
            for (int step = 0; step < 3; step++)
                network.Step(new ReadOnlyTensorSpan<float>(x, [5, 1, 32, 32]), new ReadOnlyTensorSpan<float>(h, [5, 10]), 0.05f, 0.9f);
            return [.. network.Parameters.ToArray().Select(BitConverter.SingleToInt32Bits)];
        }

        int[] expected = Bits(VectorWidth.Scalar, 1);
        foreach (VectorWidth width in EngineList.Widths)
            foreach (int threads in new[] { 1, 2, 3, 7 })
                Assert.Equal(expected, Bits(width, threads));
    }

    [Fact]
    public void Twenty_thousand_parallel_calls_on_more_threads_than_cores_neither_hang_nor_lose_work()
    {
        using var on = new Execution(threads: Environment.ProcessorCount + 3);
        float[] dy = [.. Enumerable.Range(0, 17 * 3).Select(i => (float)i)], db = new float[17];
        for (int call = 0; call < 20_000; call++)
        {
            Array.Clear(db);
            Convolution.BackwardBias(new ReadOnlyTensorSpan<float>(dy, [1, 17, 1, 3]), new TensorSpan<float>(db, [17]), on);
            for (int k = 0; k < 17; k++)
                if (db[k] != 9 * k + 3)
                    Assert.Fail($"call {call}: db[{k}] = {db[k]}");
        }
    }

    [Fact]
    public void An_execution_in_use_refuses_a_second_caller()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        float[] x = new float[4_000_000], y = new float[x.Length], small = new float[1];
        using var started = new ManualResetEventSlim();
        int refused = 0;
        var busy = new Thread(() =>
        {
            for (int i = 0; i < 200 && Volatile.Read(ref refused) == 0; i++)
            {
                started.Set();
                try
                {
                    Tanh.Forward(x, y, on);
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        });
        busy.Start();
        started.Wait();
        while (busy.IsAlive && Volatile.Read(ref refused) == 0)
            try
            {
                Tanh.Forward(small, small, on);
            }
            catch (InvalidOperationException message)
            {
                Assert.Contains("in use by another call", message.Message, StringComparison.Ordinal);
                Interlocked.Increment(ref refused);
            }
        busy.Join();
        Assert.True(refused > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(5000)]
    public void A_number_of_threads_out_of_range_is_refused(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Execution(threads: threads));

    [Property(MaxTest = 200)]
    public bool The_sum_of_a_bias_gradient_has_the_stated_order(float[] values)
    {
        float[] finite = [.. values.Where(value => Math.Abs(value) < 1e30f)];
        if (finite.Length == 0)
            return true;
        // Term t to lane t mod 16, lanes folded by halves, then one map added to 0.
        var lanes = new float[16];
        for (int t = 0; t < finite.Length; t++)
            lanes[t % 16] += finite[t];
        for (int half = 8; half > 0; half /= 2)
            for (int lane = 0; lane < half; lane++)
                lanes[lane] += lanes[lane + half];
        using var on = new Execution();
        float[] db = new float[1];
        Convolution.BackwardBias(new ReadOnlyTensorSpan<float>(finite, [1, 1, 1, finite.Length]), new TensorSpan<float>(db, [1]), on);
        return db[0].Equals(0 + lanes[0]);
    }
}
