using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CnnVerified.Optimized;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Timing;

/// <summary>Twelve independent chains of fused multiply-adds without memory, at one vector width: the most that a core can do.</summary>
/// <param name="Width">The width.</param>
/// <param name="Rounds">Multiply-adds of each chain, over all threads.</param>
public sealed record FmaLoop(VectorWidth Width, int Rounds = FmaLoop.LongRounds) : IArithmetic
{
    /// <summary>Rounds of a run of milliseconds; the slices of a comparison take fewer.</summary>
    public const int LongRounds = 1 << 22;

    private const int Chains = 12;
    private const float A = 0.999f, B = 0.001f;   // c = c·A + B tends to 1: neither overflow nor subnormal numbers

    /// <inheritdoc/>
    public double FloatOperations => 2.0 * Chains * Rounds * (int)Width;

    /// <summary>GFLOP/s on the widest vectors: the best of some runs.</summary>
    /// <param name="threads">Threads that share the work.</param>
    /// <param name="runs">How many runs.</param>
    /// <param name="rounds">Multiply-adds of each chain in a run.</param>
    /// <returns>Floating-point operations in a nanosecond.</returns>
    public static double Peak(int threads, int runs = 20, int rounds = LongRounds)
    {
        double best = 0;
        var loop = new FmaLoop(Execution.Widest, rounds);
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            loop.Run(threads);
            best = Math.Max(best, loop.FloatOperations / Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        return best;
    }

    /// <summary>Runs the loop.</summary>
    /// <param name="threads">Threads that share the work.</param>
    /// <returns>What all chains add up to, so that none can be left out.</returns>
    public float Run(int threads)
    {
        int rounds = Rounds / threads;
        float One() => Width switch
        {
            VectorWidth.V512 => Vector512.Sum(Chain<Vector512<float>, Fused>(Vector512.Create(A), Vector512.Create(B), rounds)),
            VectorWidth.V256 => Vector256.Sum(Chain<Vector256<float>, Fused>(Vector256.Create(A), Vector256.Create(B), rounds)),
            _ => Vector128.Sum(Chain<Vector128<float>, Fused>(Vector128.Create(A), Vector128.Create(B), rounds)),
        };
        if (threads == 1)
            return One();
        var sums = new float[threads];
        Parallel.For(0, threads, thread => sums[thread] = One());
        return sums.Sum();
    }

    /// <inheritdoc/>
    public override string ToString() => EngineList.NameOf(Width);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static V Chain<V, F>(V a, V b, int rounds) where F : struct, IFma<V>
    {
        V c0 = b, c1 = b, c2 = b, c3 = b, c4 = b, c5 = b, c6 = b, c7 = b, c8 = b, c9 = b, c10 = b, c11 = b;
        for (int round = 0; round < rounds; round++)
        {
            c0 = F.Fma(c0, a, b); c1 = F.Fma(c1, a, b); c2 = F.Fma(c2, a, b); c3 = F.Fma(c3, a, b);
            c4 = F.Fma(c4, a, b); c5 = F.Fma(c5, a, b); c6 = F.Fma(c6, a, b); c7 = F.Fma(c7, a, b);
            c8 = F.Fma(c8, a, b); c9 = F.Fma(c9, a, b); c10 = F.Fma(c10, a, b); c11 = F.Fma(c11, a, b);
        }

        // Every chain is used, or the JIT could leave it out.
        return F.Fma(c0, c1, F.Fma(c2, c3, F.Fma(c4, c5, F.Fma(c6, c7, F.Fma(c8, c9, F.Fma(c10, c11, b))))));
    }

    private interface IFma<V>
    {
        static abstract V Fma(V a, V b, V c);
    }

    private readonly struct Fused : IFma<Vector128<float>>, IFma<Vector256<float>>, IFma<Vector512<float>>
    {
        public static Vector128<float> Fma(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.FusedMultiplyAdd(a, b, c);
        public static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);
        public static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, c);
    }
}
