using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CnnVerified.Optimized.Kernels;

/// <content>The hyperbolic tangent.</content>
internal static partial class Functions
{
    private const float TanhEnd = 9.3f;   // tanh rounds to 1 from 9.02 on
    private const float TanhShift = 0.625f, TanhSmall = 0.75f;

    /// <summary>Numbers that <see cref="TanhByBytes"/> takes.</summary>
    public const int TanhAtOnce = 32;

    // Of each table the first bytes of its 16 numbers, then the second ones, the third and the last: each 16 bytes.
    private static readonly unsafe byte* TanhBytes = BytesOf([.. TanhMiddle, .. TanhC6, .. TanhC5, .. TanhC4, .. TanhC3, .. TanhC2, .. TanhC1, .. TanhC0]);

    /// <summary>tanh x; NaN stays NaN.</summary>
    /// <remarks>A polynomial of degree 6 around the middle of each of 16 parts of [0, 9.3]. They end where a power of two, a quarter more, a
    /// half more or three quarters more does, less 5/8: at 1/8, 1/4, 3/8, 5/8, …, 7 3/8. A middle is a float whose tanh is nearly one too
    /// (within 2⁻¹⁰ ULP), so that C0 adds no error of its own. Around 0 it is x + x·s(x), so that small values keep their digits. The
    /// coefficients were fitted in 120 bits by reweighted least squares, relative to the result, and rounded one by one, each time refitting
    /// the rest. Worst just above 1/8, where the result is below it: s·t's rounding 0.25, the polynomial's own error 0.02 (at most 0.05, in
    /// another part), the last sum 0.5; together below 0.8 ULP, measured 0.76.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V a = L.AtMost(L.Abs(x), L.Create(TanhEnd));
        V shifted = L.Add(a, L.Create(TanhShift));
        V place = L.Place(shifted);
        V t = L.Subtract(a, L.Pick(TanhMiddle, place));
        V s = L.Fma(L.Pick(TanhC6, place), t, L.Pick(TanhC5, place));
        s = L.Fma(s, t, L.Pick(TanhC4, place));
        s = L.Fma(s, t, L.Pick(TanhC3, place));
        s = L.Fma(s, t, L.Pick(TanhC2, place));
        s = L.Fma(s, t, L.Pick(TanhC1, place));
        V most = L.IfGreater(L.Create(TanhSmall), shifted, a, L.Pick(TanhC0, place));
        return L.CopySign(L.Fma(s, t, most), x);
    }

    /// <summary>Whether bytes are looked up faster than numbers: with vectors of 256 bits, and no instruction that permutes two of them.</summary>
    public static bool TanhTakesBytes<V>() => typeof(V) == typeof(Vector256<float>) && Avx2.IsSupported && !Avx512F.VL.IsSupported;

    /// <summary>The same of 32 numbers, in the same bits; NaN stays as it is. One instruction looks up 32 bytes, and the four of each number are joined then: twelve instructions for 32 numbers, as many as
    /// permutations of both halves of a table and choices between them, but quicker ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void TanhByBytes(float* x, float* y)
    {
        Vector256<float> t0 = TanhSize(x), t1 = TanhSize(x + 8), t2 = TanhSize(x + 16), t3 = TanhSize(x + 24);
        // Packed within halves; joined within halves the bytes come back to where their numbers stand.
        Vector256<byte> places = Avx2.PackUnsignedSaturate(Avx2.PackSignedSaturate(TanhPlace(t0), TanhPlace(t1)), Avx2.PackSignedSaturate(TanhPlace(t2), TanhPlace(t3)));
        byte* table = TanhBytes;
        TanhPick(table, places, out var a, out var b, out var c, out var d);
        (t0, t1, t2, t3) = (t0 - a, t1 - b, t2 - c, t3 - d);
        TanhPick(table + 64, places, out var s0, out var s1, out var s2, out var s3);
        for (int n = 2; n < 7; n++)
        {
            TanhPick(table + n * 64, places, out a, out b, out c, out d);
            s0 = Vector256.FusedMultiplyAdd(s0, t0, a);
            s1 = Vector256.FusedMultiplyAdd(s1, t1, b);
            s2 = Vector256.FusedMultiplyAdd(s2, t2, c);
            s3 = Vector256.FusedMultiplyAdd(s3, t3, d);
        }
        TanhPick(table + 7 * 64, places, out a, out b, out c, out d);
        TanhLast(x, s0, t0, a, y);
        TanhLast(x + 8, s1, t1, b, y + 8);
        TanhLast(x + 16, s2, t2, c, y + 16);
        TanhLast(x + 24, s3, t3, d, y + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<float> TanhSize(float* x) => Lanes256.AtMost(Vector256.Abs(Vector256.Load(x)), Vector256.Create(TanhEnd));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> TanhPlace(Vector256<float> a) => Lanes256.Place(a + Vector256.Create(TanhShift)).AsInt32() & Vector256.Create(15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void TanhPick(byte* table, Vector256<byte> places, out Vector256<float> a, out Vector256<float> b, out Vector256<float> c, out Vector256<float> d)
    {
        Vector256<byte> byte0 = TanhPick(table, places), byte1 = TanhPick(table + 16, places), byte2 = TanhPick(table + 32, places), byte3 = TanhPick(table + 48, places);
        Vector256<ushort> ab01 = Avx2.UnpackLow(byte0, byte1).AsUInt16(), cd01 = Avx2.UnpackHigh(byte0, byte1).AsUInt16();
        Vector256<ushort> ab23 = Avx2.UnpackLow(byte2, byte3).AsUInt16(), cd23 = Avx2.UnpackHigh(byte2, byte3).AsUInt16();
        a = Avx2.UnpackLow(ab01, ab23).AsSingle();
        b = Avx2.UnpackHigh(ab01, ab23).AsSingle();
        c = Avx2.UnpackLow(cd01, cd23).AsSingle();
        d = Avx2.UnpackHigh(cd01, cd23).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<byte> TanhPick(byte* bytes, Vector256<byte> places) => Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(bytes), places);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void TanhLast(float* from, Vector256<float> s, Vector256<float> t, Vector256<float> c0, float* y)
    {
        Vector256<float> x = Vector256.Load(from), a = TanhSize(from);
        Vector256<float> most = Lanes256.IfGreater(Vector256.Create(TanhSmall), a + Vector256.Create(TanhShift), a, c0);
        Elementwise.UnlessNaN<Vector256<float>, Lanes256>(x, Vector256.CopySign(Vector256.FusedMultiplyAdd(s, t, most), x)).Store(y);
    }

    private static unsafe byte* BytesOf(ReadOnlySpan<float> tables)
    {
        byte* bytes = (byte*)NativeMemory.AlignedAlloc((nuint)tables.Length * sizeof(float), 64);
        for (int each = 0; each < tables.Length; each++)
            for (int n = 0; n < sizeof(float); n++)
                bytes[each / 16 * 64 + n * 16 + each % 16] = (byte)(BitConverter.SingleToUInt32Bits(tables[each]) >> 8 * n);
        return bytes;
    }

    private static ReadOnlySpan<float> TanhMiddle =>
    [
        1.6249857f, 2.124828f, 2.6240177f, 3.1220062f, 3.864214f, 4.825839f, 5.832855f, 6.832558f,
        8.317766f, 0f, 0.18750109f, 0.31248993f, 0.4999994f, 0.7499749f, 0.99999565f, 1.2500209f,
    ];

    private static ReadOnlySpan<float> TanhC0 =>
    [
        0.92534417f, 0.9718632f, 0.9895393f, 0.99612343f, 0.9991201f, 0.9998714f, 0.99998283f, 0.9999977f,
        0.9999999f, 0f, 0.18533425f, 0.30270058f, 0.4621167f, 0.635134f, 0.7615923f, 0.8482895f,
    ];

    private static ReadOnlySpan<float> TanhC1 =>
    [
        0.14373809f, 0.055481892f, 0.020811927f, 0.007738108f, 0.0017590293f, 0.00025724084f, 3.4332526e-5f, 4.6492287e-6f,
        2.386941e-7f, 0f, 0.9656512f, 0.90837234f, 0.7864482f, 0.5966048f, 0.41997713f, 0.28040493f,
    ];

    private static ReadOnlySpan<float> TanhC2 =>
    [
        -0.13300721f, -0.05392081f, -0.020594215f, -0.007708108f, -0.0017574403f, -0.00025718927f, -3.4329714e-5f, -4.648941e-6f,
        -2.3850268e-7f, 0f, -0.17896827f, -0.27496493f, -0.3634308f, -0.37892404f, -0.3198513f, -0.23786455f,
    ];

    private static ReadOnlySpan<float> TanhC3 =>
    [
        0.07517471f, 0.033910785f, 0.013441129f, 0.005098613f, 0.0011684085f, 0.00017128675f, 2.2867043e-5f, 3.0967938e-6f,
        1.5652856e-7f, -0.33333147f, -0.28871295f, -0.21954156f, -0.0942088f, 0.041796856f, 0.10360274f, 0.10831447f,
    ];

    private static ReadOnlySpan<float> TanhC4 =>
    [
        -0.02522307f, -0.014983101f, -0.006436266f, -0.0025097546f, -0.000582708f, -8.5892934e-5f, -1.14676e-5f, -1.5529839e-6f,
        -7.891179e-8f, -0.00010824626f, 0.11318137f, 0.15818939f, 0.16466853f, 0.099769436f, 0.027706128f, -0.012590626f,
    ];

    private static ReadOnlySpan<float> TanhC5 =>
    [
        0.0011561032f, 0.004455439f, 0.002361975f, 0.0009804093f, 0.00024074124f, 3.548142e-5f, 4.7501467e-6f, 6.4323604e-7f,
        3.6970444e-8f, 0.13549206f, 0.09621706f, 0.041989222f, -0.026402853f, -0.063550934f, -0.04620166f, -0.019516338f,
    ];

    private static ReadOnlySpan<float> TanhC6 =>
    [
        0.004223589f, -0.00053553074f, -0.0006360346f, -0.00030358962f, -7.727205e-5f, -1.0770453e-5f, -1.4621124e-6f, -1.9815104e-7f,
        -1.178178e-8f, -0.017996227f, -0.062474415f, -0.08633659f, -0.049865372f, -0.0016081886f, 0.019079879f, 0.015186681f,
    ];
}
