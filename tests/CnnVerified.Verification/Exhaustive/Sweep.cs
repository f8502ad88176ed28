namespace CnnVerified.Verification.Exhaustive;

/// <summary>Measures functions on all inputs or on a sample.</summary>
public static class Sweep
{
    private const int Run = Meter.Longest - 1;

    /// <summary>Measures a function on all 2³² inputs.</summary>
    /// <param name="function">The function.</param>
    /// <param name="threads">Threads that share the work.</param>
    /// <param name="progress">Told the share that is done, now and then, by the calling thread.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>What was measured; it does not depend on the number of threads.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Measurement All(ElementwiseFunction function, int threads, Action<double> progress, CancellationToken stop) =>
        Measure(function, Inputs.Count, (from, x) =>
        {
            float first = Inputs.At(from);
            int bits = BitConverter.SingleToInt32Bits(first);
            // Bits grow with positive numbers and shrink with negative ones.
            if (Inputs.At(from + x.Length - 1) is var last && float.IsNegative(last) == float.IsNegative(first))
                for (int i = 0, step = float.IsNegative(first) ? -1 : 1; i < x.Length; i++, bits += step)
                    x[i] = BitConverter.Int32BitsToSingle(bits);
            else
                for (int i = 0; i < x.Length; i++)
                    x[i] = Inputs.At(from + i);
        }, threads, progress, stop);

    /// <summary>Measures a function on a sample.</summary>
    /// <param name="function">The function.</param>
    /// <param name="sample">Inputs in ascending order.</param>
    /// <param name="threads">Threads that share the work.</param>
    /// <returns>What was measured.</returns>
    public static Measurement Sample(ElementwiseFunction function, float[] sample, int threads) =>
        Measure(function, sample.Length, (from, x) => sample.AsSpan((int)from, x.Length).CopyTo(x), threads, _ => { }, CancellationToken.None);

    private delegate void Fill(long from, Span<float> x);

    private static Measurement Measure(ElementwiseFunction function, long count, Fill fill, int threads, Action<double> progress, CancellationToken stop)
    {
        long runs = (count + Run - 1) / Run, next = 0, done = 0;
        var all = new Measurement(function);
        var joined = new Lock();
        Exception? failure = null;

        void Work(bool tells)
        {
            try
            {
                using var meter = new Meter(function);
                var x = new float[Meter.Longest];
                while (Interlocked.Increment(ref next) - 1 is var run && run < runs && !stop.IsCancellationRequested && failure is null)
                {
                    // The input before the run comes along, so that no step is missed.
                    long from = run * Run, before = run > 0 ? 1 : 0;
                    Span<float> mine = x.AsSpan(0, (int)(Math.Min(Run, count - from) + before));
                    fill(from - before, mine);
                    meter.Add(mine, follows: before > 0);
                    long sofar = Interlocked.Increment(ref done);
                    if (tells && run % 256 < 2)
                        progress((double)sofar / runs);
                }
                lock (joined)
                    all.Add(meter.Result);
            }
            catch (Exception e)
            {
                failure = e;   // thrown again by the caller's thread
            }
        }

        var others = Enumerable.Range(1, threads - 1).Select(_ => new Thread(() => Work(false))).ToArray();
        Array.ForEach(others, thread => thread.Start());
        Work(true);
        Array.ForEach(others, thread => thread.Join());
        stop.ThrowIfCancellationRequested();
        if (failure is not null)
            throw new InvalidOperationException($"{function.Id}: {failure.Message}", failure);
        return all;
    }
}
