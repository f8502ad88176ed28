using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Kernels;
using CnnVerified.Optimized.Networks;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Several callers at once, and a caller inside another's work.</summary>
public sealed class ConcurrencyTests
{
    private const int Items = 24, Filters = 9, Pixels = 50;

    [Fact]
    public void Callers_with_executions_of_their_own_get_the_bits_that_each_gets_alone()
    {
        int[][] alone = [.. Enumerable.Range(0, 6).Select(caller => Trained(caller))], together = new int[6][];
        using var start = new Barrier(6);
        Thread[] callers = [.. Enumerable.Range(0, 6).Select(caller => new Thread(() =>
        {
            start.SignalAndWait();
            together[caller] = Trained(caller);
        }))];
        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Work_may_call_kernels_on_another_execution_and_is_refused_on_its_own()
    {
        using var outer = new Execution(threads: 3);
        using (outer.Enter())
            for (int round = 0; round < 50; round++)
            {
                Nested.Start(outer);
                outer.Run(Items, new Nested());
                Assert.Equal(Items, Nested.Refused);
                Assert.All(Nested.Sums, sums => Assert.Equal(Enumerable.Range(0, Filters).Select(k => (float)(Pixels * k)), sums));
            }
    }

    // One to three threads for each caller, another network for every second one.
    private static int[] Trained(int caller)
    {
        using var on = new Execution(threads: 1 + caller % 3);
        float[] x = [.. Enumerable.Range(0, 3 * 1024).Select(i => (i * 31 + caller) % 23 * 0.05f)], h = new float[30];
        for (int n = 0; n < 3; n++)
            h[n * 10 + n] = 1;
        if (caller % 2 == 0)
        {
            var network = new LeNet5(3, on);
            network.Initialise(new Random(caller), Network.Glorot);
            for (int step = 0; step < 5; step++)
                network.Step(new ReadOnlyTensorSpan<float>(x, [3, 1, 32, 32]), new ReadOnlyTensorSpan<float>(h, [3, 10]), 0.05f, 0.9f);
            return [.. network.Parameters.ToArray().Select(BitConverter.SingleToInt32Bits)];
        }
        var modern = new Modern(3, on);
        modern.Initialise(new Random(caller), Network.LeCun);
        for (int step = 0; step < 2; step++)
            modern.Step(new ReadOnlyTensorSpan<float>(x.AsSpan(0, 3 * 784), [3, 1, 28, 28]), new ReadOnlyTensorSpan<float>(h, [3, 10]), 0.001f, 1, step + 1);
        return [.. modern.Parameters.ToArray().Select(BitConverter.SingleToInt32Bits)];
    }

    /// <summary>Each item sums on two threads of its own, and tries the execution that it runs on.</summary>
    private readonly struct Nested : IWork
    {
        private static Execution? _outer;
        private static int _refused;

        public static float[][] Sums { get; } = [.. Enumerable.Range(0, Items).Select(_ => new float[Filters])];

        public static int Refused => _refused;

        public static void Start(Execution outer)
        {
            (_outer, _refused) = (outer, 0);
            Array.ForEach(Sums, Array.Clear);
        }

        public void Do(int from, int to, int thread)
        {
            float[] dy = [.. Enumerable.Range(0, Filters * Pixels).Select(i => (float)(i / Pixels))];
            using var inner = new Execution(threads: 2);
            for (int item = from; item < to; item++)
            {
                Convolution.BackwardBias(new ReadOnlyTensorSpan<float>(dy, [1, Filters, 1, Pixels]), new TensorSpan<float>(Sums[item], [Filters]), inner);
                try
                {
                    Convolution.BackwardBias(new ReadOnlyTensorSpan<float>(dy, [1, Filters, 1, Pixels]), new TensorSpan<float>(new float[Filters], [Filters]), _outer!);
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref _refused);
                }
            }
        }
    }
}
