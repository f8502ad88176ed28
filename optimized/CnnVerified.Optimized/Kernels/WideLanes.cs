using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>An operation in binary64 on up to three operands; one of fewer operands ignores the others.</summary>
internal interface IWide
{
    W Of<W, D>(W a, W b, W c) where W : unmanaged where D : struct, IWideLanes<W>;
}

/// <summary>An operation in binary64 as one on floats: its result is rounded once.</summary>
internal readonly struct InBinary64<TOp>(TOp op) : IUnary, IBinary, ITernary where TOp : unmanaged, IWide
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> => L.InBinary64(x, x, x, op);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of<V, L>(V a, V b) where V : unmanaged where L : struct, ILanes<V> => L.InBinary64(a, b, b, op);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of<V, L>(V a, V b, V c) where V : unmanaged where L : struct, ILanes<V> => L.InBinary64(a, b, c, op);
}

/// <summary>The binary64 operations that <see cref="IWide"/> is written in, once for every width; each rounds as IEEE 754 says.</summary>
/// <typeparam name="W">The vector: double, or Vector128, 256 or 512 of double.</typeparam>
internal interface IWideLanes<W> where W : unmanaged
{
    static abstract W Create(double value);
    static abstract W Add(W a, W b);
    static abstract W Subtract(W a, W b);
    static abstract W Multiply(W a, W b);
    static abstract W Divide(W a, W b);

    /// <summary>a·b + c with one rounding.</summary>
    static abstract W Fma(W a, W b, W c);
    static abstract W Negate(W a);
    static abstract W Abs(W a);

    /// <summary>The smaller one of a and a bound that is neither 0 nor NaN; NaN stays NaN.</summary>
    static abstract W AtMost(W a, W bound);

    /// <summary>The larger one of a and a bound that is neither 0 nor NaN; NaN stays NaN.</summary>
    static abstract W AtLeast(W a, W bound);

    /// <summary>Lane by lane a &gt; b ? then : otherwise.</summary>
    static abstract W IfGreater(W a, W b, W then, W otherwise);

    /// <summary>2ⁿ for whole n in [−1022, 1023], given n + 1.5·2⁵².</summary>
    static abstract W PowerOfTwo(W shifted);
}

internal readonly struct WideScalar : IWideLanes<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Create(double value) => value;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Add(double a, double b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Subtract(double a, double b) => a - b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Multiply(double a, double b) => a * b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Divide(double a, double b) => a / b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Fma(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Negate(double a) => -a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Abs(double a) => Math.Abs(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double AtMost(double a, double bound) => bound < a ? bound : a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double AtLeast(double a, double bound) => bound > a ? bound : a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double IfGreater(double a, double b, double then, double otherwise) => a > b ? then : otherwise;
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double PowerOfTwo(double shifted) => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(shifted) + 1023 << 52);
}

internal readonly struct Wide128 : IWideLanes<Vector128<double>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> Create(double value) => Vector128.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> Add(Vector128<double> a, Vector128<double> b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> Subtract(Vector128<double> a, Vector128<double> b) => a - b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> Multiply(Vector128<double> a, Vector128<double> b) => a * b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> Divide(Vector128<double> a, Vector128<double> b) => a / b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> Fma(Vector128<double> a, Vector128<double> b, Vector128<double> c) => Vector128.FusedMultiplyAdd(a, b, c);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> Negate(Vector128<double> a) => -a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> Abs(Vector128<double> a) => Vector128.Abs(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> AtMost(Vector128<double> a, Vector128<double> bound) => Vector128.MinNative(bound, a);   // x86 returns the second where one is NaN
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> AtLeast(Vector128<double> a, Vector128<double> bound) => Vector128.MaxNative(bound, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> IfGreater(Vector128<double> a, Vector128<double> b, Vector128<double> then, Vector128<double> otherwise) => Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), then, otherwise);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> PowerOfTwo(Vector128<double> shifted) => (shifted.AsInt64() + Vector128.Create(1023L) << 52).AsDouble();
}

internal readonly struct Wide256 : IWideLanes<Vector256<double>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> Create(double value) => Vector256.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> Add(Vector256<double> a, Vector256<double> b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> Subtract(Vector256<double> a, Vector256<double> b) => a - b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> Multiply(Vector256<double> a, Vector256<double> b) => a * b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> Divide(Vector256<double> a, Vector256<double> b) => a / b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> Fma(Vector256<double> a, Vector256<double> b, Vector256<double> c) => Vector256.FusedMultiplyAdd(a, b, c);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> Negate(Vector256<double> a) => -a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> Abs(Vector256<double> a) => Vector256.Abs(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> AtMost(Vector256<double> a, Vector256<double> bound) => Vector256.MinNative(bound, a);   // x86 returns the second where one is NaN
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> AtLeast(Vector256<double> a, Vector256<double> bound) => Vector256.MaxNative(bound, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> IfGreater(Vector256<double> a, Vector256<double> b, Vector256<double> then, Vector256<double> otherwise) => Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), then, otherwise);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> PowerOfTwo(Vector256<double> shifted) => (shifted.AsInt64() + Vector256.Create(1023L) << 52).AsDouble();
}

internal readonly struct Wide512 : IWideLanes<Vector512<double>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> Create(double value) => Vector512.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> Add(Vector512<double> a, Vector512<double> b) => a + b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> Subtract(Vector512<double> a, Vector512<double> b) => a - b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> Multiply(Vector512<double> a, Vector512<double> b) => a * b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> Divide(Vector512<double> a, Vector512<double> b) => a / b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> Fma(Vector512<double> a, Vector512<double> b, Vector512<double> c) => Vector512.FusedMultiplyAdd(a, b, c);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> Negate(Vector512<double> a) => -a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> Abs(Vector512<double> a) => Vector512.Abs(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> AtMost(Vector512<double> a, Vector512<double> bound) => Vector512.MinNative(bound, a);   // x86 returns the second where one is NaN
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> AtLeast(Vector512<double> a, Vector512<double> bound) => Vector512.MaxNative(bound, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> IfGreater(Vector512<double> a, Vector512<double> b, Vector512<double> then, Vector512<double> otherwise) => Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), then, otherwise);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> PowerOfTwo(Vector512<double> shifted) => (shifted.AsInt64() + Vector512.Create(1023L) << 52).AsDouble();
}
