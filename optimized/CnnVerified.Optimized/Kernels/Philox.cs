using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Random numbers that are a function of their place: the generator Philox4x32-10 of Salmon, Moraes, Dror and Shaw, Parallel
/// Random Numbers: As Easy as 1, 2, 3 (2011).</summary>
internal static class Philox
{
    /// <summary>The four words of a counter and a key of two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint W0, uint W1, uint W2, uint W3) Words(ulong counterLow, ulong counterHigh, ulong key)
    {
        uint c0 = (uint)counterLow, c1 = (uint)(counterLow >> 32), c2 = (uint)counterHigh, c3 = (uint)(counterHigh >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)c0 * 0xD2511F53, p1 = (ulong)c2 * 0xCD9E8D57;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (c0, c1, c2, c3);
    }
}

/// <summary>u[e] = (word e mod 4 of counter (e/4, step) under the key seed, its upper 24 bits)·2⁻²⁴, for all e.</summary>
internal readonly unsafe struct UniformDraws(ulong seed, ulong step, nint count, float* u) : IWork
{
    /// <summary>Elements of an item.</summary>
    public const int Block = 1024;

    public void Do(int from, int to, int thread)
    {
        nint end = Math.Min((nint)to * Block, count);
        for (nint e = (nint)from * Block; e < end; e += 4)
        {
            var (w0, w1, w2, w3) = Philox.Words((ulong)e / 4, step, seed);
            u[e] = Unit(w0);
            if (e + 1 < end) u[e + 1] = Unit(w1);
            if (e + 2 < end) u[e + 2] = Unit(w2);
            if (e + 3 < end) u[e + 3] = Unit(w3);
        }
    }

    private static float Unit(uint word) => (word >> 8) * (1f / 16777216);
}
