using System.Globalization;
using System.Text.RegularExpressions;

namespace CnnVerified.Verification.Oracles;

/// <summary>A number in which minimal filtering can be computed.</summary>
internal interface IFiltered<T> where T : struct, IFiltered<T>
{
    static abstract T Of(double value);

    /// <summary>a·b + c with one rounding.</summary>
    static abstract T Fused(T a, T b, T c);

    /// <summary>Times a constant, which is rounded first.</summary>
    static abstract T Scaled(T a, double constant);
}

/// <summary>A binary32 number.</summary>
internal readonly record struct Single32(float Value) : IFiltered<Single32>
{
    public static Single32 Of(double value) => new((float)value);

    public static Single32 Fused(Single32 a, Single32 b, Single32 c) => new(MathF.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    public static Single32 Scaled(Single32 a, double constant) => new(a.Value * (float)constant);
}

/// <summary>The absolute values of all that a number is the sum of, and the most roundings that one of them passed through: |error| ≤ γ of those times that (Higham 2002, section 3.1).</summary>
internal readonly record struct Weighed(double Mass, int Roundings) : IFiltered<Weighed>
{
    private const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>The bound of the error, with a little more than what binary64 may lose in working it out.</summary>
    public double Error => Roundings * UnitRoundoff / (1 - Roundings * UnitRoundoff) * Mass * (1 + 1e-9);

    public static Weighed Of(double value) => new(Math.Abs(value), 0);

    public static Weighed Fused(Weighed a, Weighed b, Weighed c) => new(a.Mass * b.Mass + c.Mass, Math.Max(a.Roundings + b.Roundings, c.Roundings) + 1);

    public static Weighed Scaled(Weighed a, double constant) => new(a.Mass * Math.Abs(constant), a.Roundings + 2);
}

/// <summary>The stated order of Winograd's minimal filtering (CV-I5, CV-I7 to CV-I9), written out naively: tile by tile, filter by filter, and each transform row by row.</summary>
/// <remarks>A transform has two stages, each a list of sums. A sum begins with its first term and takes one fused multiply-add for each further one. Transforms go along the rows' index, then along the
/// columns'. Kernels (of a weight gradient: residuals) are transformed without denominators and then multiplied once with the nearest number to the product of both reciprocals. A point's products start at
/// +0, channels (of a weight gradient: tiles) ascending; the bias is added last. What a tile has beyond the maps is zero.</remarks>
/// <param name="Outputs">Outputs of a tile along one dimension.</param>
/// <param name="Input">Bᵀ.</param>
/// <param name="Kernel">G without denominators.</param>
/// <param name="Output">Aᵀ.</param>
/// <param name="Residual">G of the weight gradient without denominators.</param>
/// <param name="Gradient">Aᵀ of the weight gradient.</param>
/// <param name="Denominators">Those of both G, row by row.</param>
internal sealed partial record MinimalFiltering(int Outputs, Transform Input, Transform Kernel, Transform Output, Transform Residual, Transform Gradient, int[] Denominators)
{
    /// <summary>F(2×2, 3×3) and F(3×3, 2×2).</summary>
    public static MinimalFiltering OfTwo { get; } = new(2,
        new("v0 - v2; v1 + v2; v2 - v1; v1 - v3", "v0; v1; v2; v3"),
        new("v0; v0 + v2; v1; v2", "v0; v1 + v2; v1 - v2; v3"),
        new("v0; v1 + v2; v1 - v2; v3", "v0 + v1; v2 - v3"),
        new("v0; v1", "v0; v0 + v1; v0 - v1; v1"),
        new("v0; v1 + v2; v1 - v2; v3", "v0 + v1; v2; v1 - v3"),
        [1, 2, 2, 1]);

    /// <summary>F(4×4, 3×3) and F(3×3, 4×4).</summary>
    public static MinimalFiltering OfFour { get; } = new(4,
        new("v4 - 5v2 + 4v0; v4 - 4v2; v3 - 4v1; v4 - v2; v3 - v1; v5 - 5v3 + 4v1", "v0; v1 + v2; v1 - v2; v3 + 2v4; v3 - 2v4; v5"),
        new("v0; v0 + v2; v1; v0 + 4v2; v2", "v0; v1 + v2; v1 - v2; v3 + 2v2; v3 - 2v2; v4"),
        new("v0; v1 + v2; v1 - v2; v3 + v4; v3 - v4; v5", "v0 + v1 + v3; v2 + 2v4; v1 + 4v3; v2 + 8v4 + v5"),
        new("v0; v0 + v2; v1 + v3; v0 + 4v2; v1 + 4v3; v3", "v0; v1 + v2; v1 - v2; v3 + 2v4; v3 - 2v4; v5"),
        new("v0; v1 + v2; v1 - v2; v3 + v4; v3 - v4; v5", "v0 + v1 + v3; v2 + 2v4; v1 + 4v3 + v5"),
        [4, -6, -6, 24, 24, 1]);

    private int Points => Outputs + 2;

    /// <summary>y[N, K, P, Q] from x[N, C, H, W], w[K, C, 3, 3] and b[K], if there is one.</summary>
    public T[] Forward<T>(T[] x, T[] w, T[]? b, (int N, int C, int H, int W, int K, int P, int Q) s, (int H, int W) padding) where T : struct, IFiltered<T>
    {
        var y = new T[s.N * s.K * s.P * s.Q];
        T[][] kernels = [.. Enumerable.Range(0, s.K * s.C).Select(kc => Scale(Kernel.Both(w[(9 * kc)..(9 * kc + 9)], 3)))];
        for (int n = 0; n < s.N; n++)
            for (int i0 = 0; i0 < s.P; i0 += Outputs)
                for (int j0 = 0; j0 < s.Q; j0 += Outputs)
                {
                    T[][] inputs = [.. Enumerable.Range(0, s.C).Select(c => Input.Both(Tile(x, (n * s.C + c) * s.H * s.W, s.H, s.W, i0 - padding.H, j0 - padding.W, Points), Points))];
                    for (int k = 0; k < s.K; k++)
                    {
                        var products = new T[Points * Points];
                        for (int point = 0; point < products.Length; point++)
                            for (int c = 0; c < s.C; c++)
                                products[point] = T.Fused(inputs[c][point], kernels[k * s.C + c][point], products[point]);
                        T[] outputs = Output.Both(products, Points);
                        for (int i = i0; i < Math.Min(s.P, i0 + Outputs); i++)
                            for (int j = j0; j < Math.Min(s.Q, j0 + Outputs); j++)
                            {
                                T sum = outputs[(i - i0) * Outputs + j - j0];
                                y[((n * s.K + k) * s.P + i) * s.Q + j] = b is null ? sum : T.Fused(T.Of(1), sum, b[k]);
                            }
                    }
                }
        return y;
    }

    /// <summary>dx[N, C, H, W] from dy[N, K, P, Q] and w[K, C, 3, 3]: the forward pass on the residual, with each kernel turned by 180°.</summary>
    public T[] BackwardData<T>(T[] dy, T[] w, (int N, int C, int H, int W, int K, int P, int Q) s, (int H, int W) padding) where T : struct, IFiltered<T>
    {
        var turned = new T[w.Length];
        for (int k = 0; k < s.K; k++)
            for (int c = 0; c < s.C; c++)
                for (int tap = 0; tap < 9; tap++)
                    turned[(c * s.K + k) * 9 + tap] = w[(k * s.C + c) * 9 + 8 - tap];
        return Forward(dy, turned, null, (s.N, s.K, s.P, s.Q, s.C, s.H, s.W), (2 - padding.H, 2 - padding.W));
    }

    /// <summary>dw[K, C, 3, 3] from dy[N, K, P, Q] and x[N, C, H, W].</summary>
    public T[] BackwardWeights<T>(T[] dy, T[] x, (int N, int C, int H, int W, int K, int P, int Q) s, (int H, int W) padding) where T : struct, IFiltered<T>
    {
        var products = new T[s.K * s.C][];
        for (int kc = 0; kc < products.Length; kc++)
            products[kc] = new T[Points * Points];
        for (int n = 0; n < s.N; n++)
            for (int i0 = 0; i0 < s.P; i0 += Outputs)
                for (int j0 = 0; j0 < s.Q; j0 += Outputs)
                {
                    T[][] inputs = [.. Enumerable.Range(0, s.C).Select(c => Input.Both(Tile(x, (n * s.C + c) * s.H * s.W, s.H, s.W, i0 - padding.H, j0 - padding.W, Points), Points))];
                    T[][] residuals = [.. Enumerable.Range(0, s.K).Select(k => Scale(Residual.Both(Tile(dy, (n * s.K + k) * s.P * s.Q, s.P, s.Q, i0, j0, Outputs), Outputs)))];
                    for (int kc = 0; kc < products.Length; kc++)
                        for (int point = 0; point < Points * Points; point++)
                            products[kc][point] = T.Fused(inputs[kc % s.C][point], residuals[kc / s.C][point], products[kc][point]);
                }
        return [.. products.SelectMany(sums => Gradient.Both(sums, Points))];
    }

    private static T[] Tile<T>(T[] maps, int map, int H, int W, int u0, int v0, int side) where T : struct, IFiltered<T>
    {
        var tile = new T[side * side];
        for (int i = 0; i < side; i++)
            for (int j = 0; j < side; j++)
                if (u0 + i >= 0 && u0 + i < H && v0 + j >= 0 && v0 + j < W)
                    tile[i * side + j] = maps[map + (u0 + i) * W + v0 + j];
        return tile;
    }

    private T[] Scale<T>(T[] points) where T : struct, IFiltered<T> =>
        [.. points.Select((value, point) => T.Scaled(value, 1.0 / (Denominators[point / Points] * Denominators[point % Points])))];
}

/// <summary>A transform in two stages, each a list of sums such as "v4 - 5v2 + 4v0".</summary>
internal sealed partial class Transform(string first, string second)
{
    private readonly (int Factor, int Index)[][][] _stages = [Read(first), Read(second)];

    /// <summary>Along the rows' index of a square, then along the columns'.</summary>
    public T[] Both<T>(T[] square, int side) where T : struct, IFiltered<T>
    {
        T[][] columns = [.. Enumerable.Range(0, side).Select(j => Of<T>([.. Enumerable.Range(0, side).Select(i => square[i * side + j])]))];
        return [.. Enumerable.Range(0, columns[0].Length).SelectMany(i => Of<T>([.. columns.Select(column => column[i])]))];
    }

    private static (int, int)[][] Read(string stage) =>
        [.. stage.Split(';').Select(row => Term().Matches(row).Select(term => ((term.Groups[1].Value == "-" ? -1 : 1) *
            (term.Groups[2].Value is { Length: > 0 } factor ? int.Parse(factor, CultureInfo.InvariantCulture) : 1), int.Parse(term.Groups[3].Value, CultureInfo.InvariantCulture))).ToArray())];

    private T[] Of<T>(T[] values) where T : struct, IFiltered<T> => _stages.Aggregate(values, (from, stage) =>
        [.. stage.Select(row => row.Skip(1).Aggregate(from[row[0].Index], (sum, term) => T.Fused(T.Of(term.Factor), from[term.Index], sum)))]);

    [GeneratedRegex("([+-]?) *([0-9]*)v([0-9])")]
    private static partial Regex Term();
}
