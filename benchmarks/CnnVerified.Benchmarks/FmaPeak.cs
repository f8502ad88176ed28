using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using CnnVerified.Optimized;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Benchmarks;

/// <summary>Twelve independent chains of fused multiply-adds without memory: what the other benchmarks are a share of.</summary>
public class FmaPeak
{
    private const int Chains = 12, Rounds = 1 << 22;
    private const float A = 0.999f, B = 0.001f;   // c = c·A + B tends to 1: neither overflow nor subnormal numbers

    [ParamsSource(nameof(Loops))]
    public FmaLoop Loop { get; set; } = null!;

    [ParamsSource(typeof(ThreadCounts), nameof(ThreadCounts.OneAndAll))]
    public int Threads { get; set; }

    public static IEnumerable<FmaLoop> Loops => EngineList.Widths.Where(width => width != VectorWidth.Scalar).Select(width => new FmaLoop(width));

    [Benchmark]
    public float FusedMultiplyAdd() => Run(Loop.Width, Threads);

    /// <summary>GFLOP/s on the widest vectors: the best of twenty runs, for tables made in this process.</summary>
    internal static double Measure(int threads)
    {
        double best = 0;
        var loop = new FmaLoop(Execution.Widest);
        for (int run = 0; run < 20; run++)
        {
            long start = Stopwatch.GetTimestamp();
            Run(loop.Width, threads);
            best = Math.Max(best, loop.FloatOperations / Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        return best;
    }

    private static float Run(VectorWidth width, int threads)
    {
        int rounds = Rounds / threads;
        float One() => width switch
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

    /// <summary>The loop at one vector width.</summary>
    /// <param name="Width">The width.</param>
    public sealed record FmaLoop(VectorWidth Width) : IArithmetic
    {
        /// <inheritdoc/>
        public double FloatOperations => 2.0 * Chains * Rounds * (int)Width;

        /// <inheritdoc/>
        public override string ToString() => EngineList.NameOf(Width);
    }
}
