using System.Diagnostics;

namespace CnnVerified.Timing;

/// <summary>How fast memory beyond the caches is copied: the other limit of a kernel beside multiply-adds.</summary>
public static class CopyBandwidth
{
    private const int Floats = 1 << 25, Runs = 5;

    /// <summary>GB/s, read and written, of 128 MiB: the best of five runs.</summary>
    /// <param name="threads">Threads that share the copy.</param>
    /// <returns>Bytes read and written in a nanosecond.</returns>
    public static double Measure(int threads)
    {
        float[] from = new float[Floats], to = new float[Floats];
        Array.Fill(from, 1);   // pages that were never written may all be the same one
        Array.Fill(to, 2);
        double best = 0;
        for (int run = 0; run < Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
            {
                int begin = (int)((long)Floats * thread / threads), end = (int)((long)Floats * (thread + 1) / threads);
                from.AsSpan(begin..end).CopyTo(to.AsSpan(begin..end));
            });
            best = Math.Max(best, 2.0 * sizeof(float) * Floats / Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        return best;
    }
}
