using CnnVerified.Timing;

namespace CnnVerified.Benchmarks;

/// <summary>Shows that the check before timing refuses: it must accept each pass as the engine computes it, and refuse it once a single
/// sampled element is wrong: by one unit in the last place where equality is demanded, by twice the bound elsewhere.</summary>
public static class SelfTest
{
    /// <summary>Runs the test on LeNet's C3.</summary>
    /// <returns>0 where every right result was accepted and every wrong one refused, else 1.</returns>
    public static int Run()
    {
        var benchmarks = new ConvolutionBenchmarks { Layer = ConvolutionLayer.All[1], Threads = Environment.ProcessorCount };
        benchmarks.Setup();
        bool holds = true;
        void Expect(bool right, string what, float[] result, IReadOnlyList<Sample> samples)
        {
            string? fault = SampledCheck.Fault(result, samples);
            Console.WriteLine($"{what}: {fault ?? "accepted."}");
            holds &= right == fault is null;
        }

        foreach (bool whole in (bool[])[true, false])
            foreach (var (id, result, samples) in benchmarks.RunPasses(whole))
            {
                string what = $"{id} on {(whole ? "whole" : "real")} numbers";
                Expect(right: true, what, result, samples);
                Sample sample = samples[^1];
                result[sample.At] = MathF.BitIncrement((float)(sample.Expected + 2 * sample.Allowed));
                Expect(right: false, $"{what}, corrupted", result, samples);
            }
        benchmarks.Cleanup();
        Console.WriteLine(holds ? "The check accepts what is right and refuses what is wrong." : "THE CHECK DOES NOT HOLD.");
        return holds ? 0 : 1;
    }
}
