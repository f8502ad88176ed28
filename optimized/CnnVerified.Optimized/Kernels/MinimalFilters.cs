using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <summary>The transforms of a minimal filter in one dimension: a tile of <see cref="Points"/> inputs, the kernel's three taps and <see cref="Outputs"/> outputs.
/// Each reads vectors at a distance and writes vectors at a distance; lanes are independent.</summary>
/// <remarks>The arithmetic is stated here: what a pair of rows has in common is computed once, and the roundings are those of the operations as written.
/// Kernels and residuals are transformed without their denominators, which <see cref="Scale"/> brings in at the end: so that of multiples of them no bit is lost.</remarks>
internal unsafe interface IMinimalFilter
{
    /// <summary>Outputs of a tile, m.</summary>
    static abstract int Outputs { get; }

    /// <summary>Inputs of a tile, m + 2, and its products.</summary>
    static abstract int Points { get; }

    /// <summary>What the transform of a kernel or residual is to be multiplied with in one dimension, without the factor of three.</summary>
    static abstract float Scale(int point);

    /// <summary>Whether that factor has a third as well.</summary>
    static abstract bool HasThird(int point);

    /// <summary>By how much absolute values grow at most, beside those of the plain sum, in one dimension: Σ|Aᵀ||G||Bᵀ| of the rows as they are computed, over
    /// the taps. For outputs, and for the weight gradient.</summary>
    static abstract double Growth { get; }

    /// <inheritdoc cref="Growth"/>
    static abstract double WeightGrowth { get; }

    /// <summary>The most roundings on the way of one number through the transforms of one dimension, for outputs and for the weight gradient.</summary>
    static abstract int Roundings { get; }

    /// <inheritdoc cref="Roundings"/>
    static abstract int WeightRoundings { get; }

    /// <summary>Bᵀ: a tile of inputs.</summary>
    static abstract void Input<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>G: three taps of a kernel.</summary>
    static abstract void Kernel<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>Aᵀ: products to outputs.</summary>
    static abstract void Output<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>G of the weight gradient: a tile of residuals.</summary>
    static abstract void Residual<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>Aᵀ of the weight gradient: products to three taps.</summary>
    static abstract void Gradient<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>F(2, 3) and F(3, 2): 4 points (CV-I4, CV-I5, CV-I8).</summary>
internal readonly unsafe struct FilterOfTwo : IMinimalFilter
{
    public static int Outputs => 2;

    public static int Points => 4;

    public static float Scale(int point) => point is 0 or 3 ? 1 : 0.5f;

    public static bool HasThird(int point) => false;

    // |Bᵀ|·1 = 2 2 2 2. |G|·1 = 1 3/2 3/2 1, of residuals 1 1 1 1. The first output is their sum over 0, 1, 2.
    public static double Growth => 8.0 / 3;

    public static double WeightGrowth => 6.0 / 2;

    public static int Roundings => 1 + 2 + 2;

    public static int WeightRoundings => 1 + 1 + 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>
    {
        V d0 = L.Load(from), d1 = L.Load(from + step), d2 = L.Load(from + 2 * step), d3 = L.Load(from + 3 * step);
        L.Store(L.Subtract(d0, d2), to);
        L.Store(L.Add(d1, d2), to + toStep);
        L.Store(L.Subtract(d2, d1), to + 2 * toStep);
        L.Store(L.Subtract(d1, d3), to + 3 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Kernel<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>
    {
        V g0 = L.Load(from), g1 = L.Load(from + step), g2 = L.Load(from + 2 * step), even = L.Add(g0, g2);
        L.Store(g0, to);
        L.Store(L.Add(even, g1), to + toStep);
        L.Store(L.Subtract(even, g1), to + 2 * toStep);
        L.Store(g2, to + 3 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>
    {
        V m0 = L.Load(from), m1 = L.Load(from + step), m2 = L.Load(from + 2 * step), m3 = L.Load(from + 3 * step);
        L.Store(L.Add(m0, L.Add(m1, m2)), to);
        L.Store(L.Subtract(L.Subtract(m1, m2), m3), to + toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Residual<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>
    {
        V g0 = L.Load(from), g1 = L.Load(from + step);
        L.Store(g0, to);
        L.Store(L.Add(g0, g1), to + toStep);
        L.Store(L.Subtract(g0, g1), to + 2 * toStep);
        L.Store(g1, to + 3 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>
    {
        V m0 = L.Load(from), m1 = L.Load(from + step), m2 = L.Load(from + 2 * step), m3 = L.Load(from + 3 * step), sum = L.Add(m1, m2);
        L.Store(L.Add(m0, sum), to);
        L.Store(L.Subtract(m1, m2), to + toStep);
        L.Store(L.Subtract(sum, m3), to + 2 * toStep);
    }
}

/// <summary>F(4, 3) and F(3, 4): 6 points (CV-I7, CV-I9).</summary>
internal readonly unsafe struct FilterOfFour : IMinimalFilter
{
    public static int Outputs => 4;

    public static int Points => 6;

    public static float Scale(int point) => point switch { 0 => 0.25f, 1 or 2 => -0.5f, 3 or 4 => 0.125f, _ => 1 };

    public static bool HasThird(int point) => point is > 0 and < 5;

    // |Bᵀ|·1 = 10 10 10 6 6 10. |G|·1 = 1/4 1/2 1/2 7/24 7/24 1, of residuals 1/4 2/3 2/3 5/8 5/8 1. The last output weighs them 0 1 1 8 8 1, the last weight 0 1 1 4 4 1.
    public static double Growth => 48.0 / 3;

    public static double WeightGrowth => 160.0 / 3 / 4;

    public static int Roundings => 2 + 2 + 3;

    public static int WeightRoundings => 2 + 2 + 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>
    {
        V d0 = L.Load(from), d1 = L.Load(from + step), d2 = L.Load(from + 2 * step), d3 = L.Load(from + 3 * step), d4 = L.Load(from + 4 * step), d5 = L.Load(from + 5 * step);
        V two = L.Create(2), four = L.Create(4), lessFour = L.Create(-4), lessFive = L.Create(-5), lessTwo = L.Create(-2);
        V a = L.Fma(lessFour, d2, d4), b = L.Fma(lessFour, d1, d3), c = L.Subtract(d4, d2), d = L.Subtract(d3, d1);
        L.Store(L.Fma(four, d0, L.Fma(lessFive, d2, d4)), to);
        L.Store(L.Add(a, b), to + toStep);
        L.Store(L.Subtract(a, b), to + 2 * toStep);
        L.Store(L.Fma(two, d, c), to + 3 * toStep);
        L.Store(L.Fma(lessTwo, d, c), to + 4 * toStep);
        L.Store(L.Fma(four, d1, L.Fma(lessFive, d3, d5)), to + 5 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Kernel<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>
    {
        V g0 = L.Load(from), g1 = L.Load(from + step), g2 = L.Load(from + 2 * step);
        V near = L.Add(g0, g2), far = L.Fma(L.Create(4), g2, g0);
        L.Store(g0, to);
        L.Store(L.Add(near, g1), to + toStep);
        L.Store(L.Subtract(near, g1), to + 2 * toStep);
        L.Store(L.Fma(L.Create(2), g1, far), to + 3 * toStep);
        L.Store(L.Fma(L.Create(-2), g1, far), to + 4 * toStep);
        L.Store(g2, to + 5 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>
    {
        V m0 = L.Load(from), m1 = L.Load(from + step), m2 = L.Load(from + 2 * step), m3 = L.Load(from + 3 * step), m4 = L.Load(from + 4 * step), m5 = L.Load(from + 5 * step);
        V near = L.Add(m1, m2), nearOdd = L.Subtract(m1, m2), far = L.Add(m3, m4), farOdd = L.Subtract(m3, m4);
        L.Store(L.Add(L.Add(m0, near), far), to);
        L.Store(L.Fma(L.Create(2), farOdd, nearOdd), to + toStep);
        L.Store(L.Fma(L.Create(4), far, near), to + 2 * toStep);
        L.Store(L.Add(L.Fma(L.Create(8), farOdd, nearOdd), m5), to + 3 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Residual<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>
    {
        V g0 = L.Load(from), g1 = L.Load(from + step), g2 = L.Load(from + 2 * step), g3 = L.Load(from + 3 * step), four = L.Create(4);
        V near = L.Add(g0, g2), nearOdd = L.Add(g1, g3), far = L.Fma(four, g2, g0), farOdd = L.Fma(four, g3, g1);
        L.Store(g0, to);
        L.Store(L.Add(near, nearOdd), to + toStep);
        L.Store(L.Subtract(near, nearOdd), to + 2 * toStep);
        L.Store(L.Fma(L.Create(2), farOdd, far), to + 3 * toStep);
        L.Store(L.Fma(L.Create(-2), farOdd, far), to + 4 * toStep);
        L.Store(g3, to + 5 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>
    {
        V m0 = L.Load(from), m1 = L.Load(from + step), m2 = L.Load(from + 2 * step), m3 = L.Load(from + 3 * step), m4 = L.Load(from + 4 * step), m5 = L.Load(from + 5 * step);
        V near = L.Add(m1, m2), nearOdd = L.Subtract(m1, m2), far = L.Add(m3, m4), farOdd = L.Subtract(m3, m4);
        L.Store(L.Add(L.Add(m0, near), far), to);
        L.Store(L.Fma(L.Create(2), farOdd, nearOdd), to + toStep);
        L.Store(L.Add(L.Fma(L.Create(4), far, near), m5), to + 2 * toStep);
    }
}
