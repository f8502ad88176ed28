using CnnVerified.Verification.Engines;

namespace CnnVerified.Fuzz;

/// <summary>What a kernel does that reads one element too far: proof that the pages around buffers are there.</summary>
internal static unsafe class Touch
{
    private const int Count = 37;

    /// <summary>Reads within a buffer, says so, and reads beyond.</summary>
    public static void Run(bool scratch, bool before)
    {
        Edge edge = before ? Edge.Begin : Edge.End;
        using var tensor = new GuardedTensor(new float[Count], [Count], edge);
        using var memory = new GuardedScratch(() => edge);
        fixed (float* ofTensor = tensor.Values)
        {
            // The second of two blocks: each has pages of its own.
            float* start = scratch ? memory.Get(Count, 2, out nint stride) + stride : ofTensor;
            Console.WriteLine($"within: {start[0] + start[Count - 1]}");
            Console.WriteLine($"beyond: {start[before ? -1 : Count]}");
        }
    }
}
