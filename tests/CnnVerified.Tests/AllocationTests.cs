using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Counts the bytes of the whole process, so no other test may run beside it.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    [Theory]
    [InlineData("lenet5")]
    [InlineData("lenet5-1998")]
    [InlineData("modern")]
    [InlineData("vgg")]
    public void A_training_step_allocates_nothing(string name)
    {
        using var on = new Execution();
        Action step = Step(name, on);
        // Tiered compilation and the test host allocate too, now and then: look for one step of one image without a byte on any
        // thread of the process.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 500 && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            step();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.Equal(0, least);
    }

    private static Action Step(string name, Execution on)
    {
        float[] x = [.. Enumerable.Range(0, 1024).Select(i => i % 17 * 0.05f)], h = new float[10];
        int[] label = [3];
        h[3] = 1;
        ReadOnlyTensorSpan<float> H() => new(h, [1, 10]);
        if (name == "modern")
        {
            var modern = new Modern(1, on);
            modern.Initialise(new Random(1), Network.LeCun);
            int step = 0;
            return () => modern.Step(new ReadOnlyTensorSpan<float>(x.AsSpan(0, 784), [1, 1, 28, 28]), H(), 0.001f, 1, ++step);
        }
        if (name == "vgg")
        {
            var vgg = new SmallVgg(1, on);
            vgg.Initialise(new Random(1), Network.He);
            return () => vgg.Step(new ReadOnlyTensorSpan<float>(x.AsSpan(0, 784), [1, 1, 28, 28]), H(), 0.01f, 0.9f);
        }
        if (name == "lenet5-1998")
        {
            var published = new LeNet5Of1998(1, on);
            published.Initialise(new Random(1), Network.LeCun);
            return () =>
            {
                var image = new ReadOnlyTensorSpan<float>(x, [1, 1, 32, 32]);
                published.AddCurvature(image, label, 1);
                published.Step(image, label, 0.00005f, 0.02f);
            };
        }
        var network = new LeNet5(1, on);
        network.Initialise(new Random(1), Network.Glorot);
        return () => network.Step(new ReadOnlyTensorSpan<float>(x, [1, 1, 32, 32]), H(), 0.01f, 0.9f);
    }
}

/// <summary>Tests that run when the others are done, one after the other.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
