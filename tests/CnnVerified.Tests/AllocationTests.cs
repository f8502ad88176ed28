using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Counts the bytes of the whole process, so no other test may run beside it.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    [Fact]
    public void A_training_step_allocates_nothing()
    {
        using var on = new Execution();
        var network = new LeNet5(1, on);
        network.Initialise(new Random(1), LeNet5.Glorot);
        float[] x = [.. Enumerable.Range(0, 1024).Select(i => i % 17 * 0.05f)], h = new float[10];
        h[3] = 1;
        // Tiered compilation and the test host allocate too, now and then: look for one step of one image without a byte on any
        // thread of the process.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 500 && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            network.Step(new ReadOnlyTensorSpan<float>(x, [1, 1, 32, 32]), new ReadOnlyTensorSpan<float>(h, [1, 10]), 0.01f, 0.9f);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.Equal(0, least);
    }
}

/// <summary>Tests that run when the others are done, one after the other.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
