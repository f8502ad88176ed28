using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CnnVerified.Optimized.Kernels;

/// <summary>The vector operations that kernels are written in, once for every width.</summary>
/// <remarks>Each operation rounds as IEEE 754 says, so a kernel computes the same bits for every width. Kernels are generic over
/// the vector V and the operations L on it; both are structs, so the JIT compiles each pair to straight vector code.
/// <c>Vector*.FusedMultiplyAdd</c> has one rounding also where the hardware has none (then it is slow).</remarks>
/// <typeparam name="V">The vector: float, or Vector128, 256 or 512 of float.</typeparam>
internal unsafe interface ILanes<V> where V : unmanaged
{
    static abstract int Count { get; }
    static abstract V Load(float* from);
    static abstract void Store(V value, float* to);
    static abstract V Create(float value);
    static abstract V Add(V a, V b);
    static abstract V Subtract(V a, V b);
    static abstract V Multiply(V a, V b);
    static abstract V Divide(V a, V b);

    /// <summary>a·b + c with one rounding.</summary>
    static abstract V Fma(V a, V b, V c);
    static abstract V Negate(V a);
    static abstract V Abs(V a);

    /// <summary>The smaller one; NaN if either is NaN.</summary>
    static abstract V Min(V a, V b);

    /// <summary>The larger one; NaN if either is NaN.</summary>
    static abstract V Max(V a, V b);

    /// <summary>The smaller one of a and a bound that is neither 0 nor NaN; NaN stays NaN. One instruction, where Min has to look at zeros.</summary>
    static abstract V AtMost(V a, V bound);

    /// <summary>The larger one of a and a bound that is neither 0 nor NaN; NaN stays NaN.</summary>
    static abstract V AtLeast(V a, V bound);

    /// <summary>The square root, correctly rounded.</summary>
    static abstract V Sqrt(V a);

    /// <summary>|magnitude| with the sign of <paramref name="sign"/>.</summary>
    static abstract V CopySign(V magnitude, V sign);

    /// <summary>The bits that both have.</summary>
    static abstract V And(V a, V b);

    /// <summary>Lane by lane a &gt; b ? then : otherwise.</summary>
    static abstract V IfGreater(V a, V b, V then, V otherwise);

    /// <summary>Lane by lane a = b ? then : otherwise.</summary>
    static abstract V IfEqual(V a, V b, V then, V otherwise);

    /// <summary>Every second lane of a and b as one row, from the first on: of a scalar, a.</summary>
    static abstract V Evens(V a, V b);

    /// <summary>Every second lane of a and b as one row, from the second on: of a scalar, b.</summary>
    static abstract V Odds(V a, V b);

    /// <summary>a and b lane by lane in turn, the first half: of a scalar, a.</summary>
    static abstract V ZipLow(V a, V b);

    /// <summary>a and b lane by lane in turn, the second half: of a scalar, b.</summary>
    static abstract V ZipHigh(V a, V b);

    /// <summary>2ⁿ for whole n in [−126, 127], from the bits of n + 1.5·2²³.</summary>
    static abstract V PowerOfTwo(V n);

    /// <summary>a·2ⁿ for |a| in [2⁻²⁰, 2²⁰] or 0 and whole n in [−200, 200], rounded once, through the subnormals and to ∞.</summary>
    static abstract V Scale(V a, V n);

    /// <summary>The whole n for which a·2⁻ⁿ is in [from, 2·from), from the bits; a and from positive and normal. For any other a
    /// some number in [−256, 256].</summary>
    static abstract V Exponent(V a, V from);

    /// <summary>a·2ⁿ for whole n, from the bits: right where a and a·2ⁿ are normal, or n is 0.</summary>
    static abstract V ShiftExponent(V a, V n);

    /// <summary>For <see cref="Pick"/>, from the bits of a ≥ 0: each power of two in four parts of one length, the parts of four powers
    /// in turn, so that 1 is at place 12 of 16, 1.25 at 13, 2 at 0 and 16 at 12 again.</summary>
    static abstract V Place(V a);

    /// <summary>Lane by lane the entry of a table of 16.</summary>
    static abstract V Pick(ReadOnlySpan<float> table, V place);

    /// <summary>Runs an operation in binary64, on one half of the lanes after the other, and rounds its results.</summary>
    static abstract V InBinary64<TOp>(V a, V b, V c, TOp op) where TOp : struct, IWide;
}

internal static class Scaling
{
    /// <summary>a·2ⁿ by two factors, because 2ⁿ itself may be subnormal or overflow: the first product is exact, so that only the
    /// second one rounds, and the bits are those of an instruction that rounds once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InTwoSteps<V, L>(V a, V n) where V : unmanaged where L : struct, ILanes<V>
    {
        V shift = L.Create(12582912f);
        V half = L.Subtract(L.Fma(n, L.Create(0.5f), shift), shift);
        return L.Multiply(L.Multiply(a, L.PowerOfTwo(half)), L.PowerOfTwo(L.Subtract(n, half)));
    }
}

internal readonly unsafe struct ScalarLanes : ILanes<float>
{
    public static int Count => 1;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Load(float* from) => *from;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(float value, float* to) => *to = value;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Create(float value) => value;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Add(float a, float b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Subtract(float a, float b) => a - b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Multiply(float a, float b) => a * b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Divide(float a, float b) => a / b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Negate(float a) => -a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Abs(float a) => MathF.Abs(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Min(float a, float b) => MathF.Min(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Max(float a, float b) => MathF.Max(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float AtMost(float a, float bound) => bound < a ? bound : a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float AtLeast(float a, float bound) => bound > a ? bound : a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Sqrt(float a) => MathF.Sqrt(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float CopySign(float magnitude, float sign) => MathF.CopySign(magnitude, sign);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float And(float a, float b) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a) & BitConverter.SingleToInt32Bits(b));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float IfGreater(float a, float b, float then, float otherwise) => a > b ? then : otherwise;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float IfEqual(float a, float b, float then, float otherwise) => a == b ? then : otherwise;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Evens(float a, float b) => a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Odds(float a, float b) => b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float ZipLow(float a, float b) => a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float ZipHigh(float a, float b) => b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float PowerOfTwo(float n) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(n + 12582912f) + 127 << 23);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Scale(float a, float n) => Scaling.InTwoSteps<float, ScalarLanes>(a, n);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exponent(float a, float from) => BitConverter.SingleToInt32Bits(a) - BitConverter.SingleToInt32Bits(from) >> 23;
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ShiftExponent(float a, float n) =>
        BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a) + (BitConverter.SingleToInt32Bits(n + 12582912f) << 23));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Place(float a) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(a) >> 21);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Pick(ReadOnlySpan<float> table, float place) => table[(int)BitConverter.SingleToUInt32Bits(place) & 15];
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float InBinary64<TOp>(float a, float b, float c, TOp op) where TOp : struct, IWide => (float)op.Of<double, WideScalar>(a, b, c);
}

internal readonly unsafe struct Lanes128 : ILanes<Vector128<float>>
{
    public static int Count => 4;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Load(float* from) => Vector128.Load(from);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(Vector128<float> value, float* to) => value.Store(to);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Create(float value) => Vector128.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b) => a / b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Fma(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.FusedMultiplyAdd(a, b, c);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Negate(Vector128<float> a) => -a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Abs(Vector128<float> a) => Vector128.Abs(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Min(Vector128<float> a, Vector128<float> b) => Vector128.Min(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.Max(a, b);
    // x86's minimum and maximum return their second argument where one is NaN, and those that know NaN return NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> AtMost(Vector128<float> a, Vector128<float> bound) => Vector128.MinNative(bound, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> AtLeast(Vector128<float> a, Vector128<float> bound) => Vector128.MaxNative(bound, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Sqrt(Vector128<float> a) => Vector128.Sqrt(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> CopySign(Vector128<float> magnitude, Vector128<float> sign) => Vector128.CopySign(magnitude, sign);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> And(Vector128<float> a, Vector128<float> b) => a & b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> IfGreater(Vector128<float> a, Vector128<float> b, Vector128<float> then, Vector128<float> otherwise) => Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), then, otherwise);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> IfEqual(Vector128<float> a, Vector128<float> b, Vector128<float> then, Vector128<float> otherwise) => Vector128.ConditionalSelect(Vector128.Equals(a, b), then, otherwise);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Evens(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.Shuffle(a, b, 0b10_00_10_00) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipEven(a, b) : Vector128.Create(a[0], a[2], b[0], b[2]);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Odds(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.Shuffle(a, b, 0b11_01_11_01) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipOdd(a, b) : Vector128.Create(a[1], a[3], b[1], b[3]);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> PowerOfTwo(Vector128<float> n) => ((n + Vector128.Create(12582912f)).AsInt32() + Vector128.Create(127) << 23).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Scale(Vector128<float> a, Vector128<float> n) => Avx512F.VL.IsSupported ? Avx512F.VL.Scale(a, n) : Scaling.InTwoSteps<Vector128<float>, Lanes128>(a, n);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Exponent(Vector128<float> a, Vector128<float> from) => Vector128.ConvertToSingle(a.AsInt32() - from.AsInt32() >> 23);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ShiftExponent(Vector128<float> a, Vector128<float> n) => (a.AsInt32() + ((n + Vector128.Create(12582912f)).AsInt32() << 23)).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<float> Place(Vector128<float> a) => (a.AsUInt32() >>> 21).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Pick(ReadOnlySpan<float> table, Vector128<float> place)
    {
        if (Avx2.IsSupported)
            return Lanes256.Pick(table, place.ToVector256Unsafe()).GetLower();
        Vector128<int> at = place.AsInt32() & Vector128.Create(15);
        return Vector128.Create(table[at[0]], table[at[1]], table[at[2]], table[at[3]]);
    }
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> InBinary64<TOp>(Vector128<float> a, Vector128<float> b, Vector128<float> c, TOp op) where TOp : struct, IWide
    {
        var (aLow, aHigh) = Vector128.Widen(a);
        var (bLow, bHigh) = Vector128.Widen(b);
        var (cLow, cHigh) = Vector128.Widen(c);
        return Vector128.Narrow(op.Of<Vector128<double>, Wide128>(aLow, bLow, cLow), op.Of<Vector128<double>, Wide128>(aHigh, bHigh, cHigh));
    }
}

internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    public static int Count => 8;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Load(float* from) => Vector256.Load(from);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(Vector256<float> value, float* to) => value.Store(to);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Create(float value) => Vector256.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Negate(Vector256<float> a) => -a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Abs(Vector256<float> a) => Vector256.Abs(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Min(Vector256<float> a, Vector256<float> b) => Vector256.Min(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Vector256.Max(a, b);
    // x86's minimum and maximum return their second argument where one is NaN, and those that know NaN return NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> AtMost(Vector256<float> a, Vector256<float> bound) => Vector256.MinNative(bound, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> AtLeast(Vector256<float> a, Vector256<float> bound) => Vector256.MaxNative(bound, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Sqrt(Vector256<float> a) => Vector256.Sqrt(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> CopySign(Vector256<float> magnitude, Vector256<float> sign) => Vector256.CopySign(magnitude, sign);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> And(Vector256<float> a, Vector256<float> b) => a & b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> IfGreater(Vector256<float> a, Vector256<float> b, Vector256<float> then, Vector256<float> otherwise) => Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), then, otherwise);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> IfEqual(Vector256<float> a, Vector256<float> b, Vector256<float> then, Vector256<float> otherwise) => Vector256.ConditionalSelect(Vector256.Equals(a, b), then, otherwise);
    // Within the halves first; the quarters then change places.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Evens(Vector256<float> a, Vector256<float> b) => Avx2.Permute4x64(Avx.Shuffle(a, b, 0b10_00_10_00).AsDouble(), 0b11_01_10_00).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Odds(Vector256<float> a, Vector256<float> b) => Avx2.Permute4x64(Avx.Shuffle(a, b, 0b11_01_11_01).AsDouble(), 0b11_01_10_00).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> ZipLow(Vector256<float> a, Vector256<float> b) => Avx.Permute2x128(Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b), 0x20);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> ZipHigh(Vector256<float> a, Vector256<float> b) => Avx.Permute2x128(Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b), 0x31);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> PowerOfTwo(Vector256<float> n) => ((n + Vector256.Create(12582912f)).AsInt32() + Vector256.Create(127) << 23).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scale(Vector256<float> a, Vector256<float> n) => Avx512F.VL.IsSupported ? Avx512F.VL.Scale(a, n) : Scaling.InTwoSteps<Vector256<float>, Lanes256>(a, n);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exponent(Vector256<float> a, Vector256<float> from) => Vector256.ConvertToSingle(a.AsInt32() - from.AsInt32() >> 23);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ShiftExponent(Vector256<float> a, Vector256<float> n) => (a.AsInt32() + ((n + Vector256.Create(12582912f)).AsInt32() << 23)).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Place(Vector256<float> a) => (a.AsUInt32() >>> 21).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Pick(ReadOnlySpan<float> table, Vector256<float> place)
    {
        ref float first = ref MemoryMarshal.GetReference(table);
        Vector256<float> low = Vector256.LoadUnsafe(ref first), high = Vector256.LoadUnsafe(ref first, 8);
        // Without the instruction for both, the sign bit chooses between two vectors.
        return Avx512F.VL.IsSupported
            ? Avx512F.VL.PermuteVar8x32x2(low, place.AsInt32(), high)
            : Avx.BlendVariable(Avx2.PermuteVar8x32(low, place.AsInt32()), Avx2.PermuteVar8x32(high, place.AsInt32()), (place.AsInt32() << 28).AsSingle());
    }
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> InBinary64<TOp>(Vector256<float> a, Vector256<float> b, Vector256<float> c, TOp op) where TOp : struct, IWide
    {
        var (aLow, aHigh) = Vector256.Widen(a);
        var (bLow, bHigh) = Vector256.Widen(b);
        var (cLow, cHigh) = Vector256.Widen(c);
        return Vector256.Narrow(op.Of<Vector256<double>, Wide256>(aLow, bLow, cLow), op.Of<Vector256<double>, Wide256>(aHigh, bHigh, cHigh));
    }
}

internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Count => 16;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Load(float* from) => Vector512.Load(from);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(Vector512<float> value, float* to) => value.Store(to);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Create(float value) => Vector512.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, c);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Negate(Vector512<float> a) => -a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Abs(Vector512<float> a) => Vector512.Abs(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Min(Vector512<float> a, Vector512<float> b) => Vector512.Min(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.Max(a, b);
    // x86's minimum and maximum return their second argument where one is NaN, and those that know NaN return NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> AtMost(Vector512<float> a, Vector512<float> bound) => Vector512.MinNative(bound, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> AtLeast(Vector512<float> a, Vector512<float> bound) => Vector512.MaxNative(bound, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Sqrt(Vector512<float> a) => Vector512.Sqrt(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> CopySign(Vector512<float> magnitude, Vector512<float> sign) => Vector512.CopySign(magnitude, sign);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> And(Vector512<float> a, Vector512<float> b) => a & b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> IfGreater(Vector512<float> a, Vector512<float> b, Vector512<float> then, Vector512<float> otherwise) => Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), then, otherwise);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> IfEqual(Vector512<float> a, Vector512<float> b, Vector512<float> then, Vector512<float> otherwise) => Vector512.ConditionalSelect(Vector512.Equals(a, b), then, otherwise);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Evens(Vector512<float> a, Vector512<float> b) => Avx512F.PermuteVar16x32x2(a, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Odds(Vector512<float> a, Vector512<float> b) => Avx512F.PermuteVar16x32x2(a, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> ZipLow(Vector512<float> a, Vector512<float> b) => Avx512F.PermuteVar16x32x2(a, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> ZipHigh(Vector512<float> a, Vector512<float> b) => Avx512F.PermuteVar16x32x2(a, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> PowerOfTwo(Vector512<float> n) => ((n + Vector512.Create(12582912f)).AsInt32() + Vector512.Create(127) << 23).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scale(Vector512<float> a, Vector512<float> n) => Avx512F.IsSupported ? Avx512F.Scale(a, n) : Scaling.InTwoSteps<Vector512<float>, Lanes512>(a, n);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exponent(Vector512<float> a, Vector512<float> from) => Vector512.ConvertToSingle(a.AsInt32() - from.AsInt32() >> 23);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ShiftExponent(Vector512<float> a, Vector512<float> n) => (a.AsInt32() + ((n + Vector512.Create(12582912f)).AsInt32() << 23)).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Place(Vector512<float> a) => (a.AsUInt32() >>> 21).AsSingle();
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Pick(ReadOnlySpan<float> table, Vector512<float> place) =>
        Avx512F.PermuteVar16x32(Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(table)), place.AsInt32());
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> InBinary64<TOp>(Vector512<float> a, Vector512<float> b, Vector512<float> c, TOp op) where TOp : struct, IWide
    {
        var (aLow, aHigh) = Vector512.Widen(a);
        var (bLow, bHigh) = Vector512.Widen(b);
        var (cLow, cHigh) = Vector512.Widen(c);
        return Vector512.Narrow(op.Of<Vector512<double>, Wide512>(aLow, bLow, cLow), op.Of<Vector512<double>, Wide512>(aHigh, bHigh, cHigh));
    }
}
