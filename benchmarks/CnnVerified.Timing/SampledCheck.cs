using System.Globalization;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Timing;

/// <summary>What one element of a result must be.</summary>
/// <param name="At">Its place in memory.</param>
/// <param name="Index">Its indices, for the message.</param>
/// <param name="Expected">The sum in binary64.</param>
/// <param name="Allowed">How far a result in binary32 may be off; 0 demands equality.</param>
public sealed record Sample(int At, string Index, double Expected, double Allowed);

/// <summary>Works out a few elements of a convolution of any size, straight from the equations: corners and fixed-seed positions.</summary>
/// <remarks>
/// On whole numbers up to <see cref="LargestWhole"/> every partial sum is exact in binary32, and equality is demanded. On real numbers
/// the bound is γ_m·Σ|terms| for any order of summation, m = terms + 1, γ_m = m·u/(1 − m·u), u = 2⁻²⁴ (Higham 2002, section 3.1), plus
/// the same with u = 2⁻⁵³ for the sum here. A wrong element that is not sampled is not seen.
/// </remarks>
/// <param name="case">The sizes; of the convolution family.</param>
/// <param name="whole">True where the data are whole numbers.</param>
/// <param name="positions">Fixed-seed positions beside the corners.</param>
public sealed class SampledCheck(Case @case, bool whole, int positions = 200)
{
    /// <summary>Whole numbers from −8 to 8: sums of up to 2¹⁸ products are exact.</summary>
    public const int LargestWhole = 8;

    private const int Corners = 16, Seed = 1989;

    private readonly int N = @case["n"], C = @case["c"], H = @case["h"], W = @case["w"], K = @case["k"], R = @case["r"], S = @case["s"];
    private readonly int P = @case.Output.P, Q = @case.Output.Q, CG = @case["c"] / @case["g"], KG = @case["k"] / @case["g"];
    private readonly Window _window = @case.Window;

    /// <summary>Draws whole numbers that sums stay exact on, or real numbers from −1 to 1.</summary>
    public static float[] Draw(Random random, nint count, bool whole)
    {
        var values = new float[count];
        for (int i = 0; i < values.Length; i++)
            values[i] = whole ? random.Next(-LargestWhole, LargestWhole + 1) : 2 * random.NextSingle() - 1;
        return values;
    }

    /// <summary>Samples of y (CV-F1).</summary>
    public IReadOnlyList<Sample> Forward(float[] x, float[] w, float[] b)
    {
        IEnumerable<double> Terms(int n, int k, int i, int j)
        {
            yield return b[k];
            for (int c = 0; c < CG; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                        if (IsInside(i, j, r, s, out int u, out int v))
                            yield return (double)w[((k * CG + c) * R + r) * S + s] * x[((n * C + k / KG * CG + c) * H + u) * W + v];
        }
        return Samples([N, K, P, Q], Terms);
    }

    /// <summary>Samples of dx (CV-B1).</summary>
    public IReadOnlyList<Sample> BackwardData(float[] dy, float[] w)
    {
        IEnumerable<double> Terms(int n, int c, int u, int v)
        {
            for (int k = c / CG * KG; k < (c / CG + 1) * KG; k++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                    {
                        var (i, above) = Math.DivRem(u + _window.Ph - r * _window.Eh, _window.Sh);
                        var (j, left) = Math.DivRem(v + _window.Pw - s * _window.Ew, _window.Sw);
                        if (above == 0 && left == 0 && i >= 0 && i < P && j >= 0 && j < Q)
                            yield return (double)w[((k * CG + c % CG) * R + r) * S + s] * dy[((n * K + k) * P + i) * Q + j];
                    }
        }
        return Samples([N, C, H, W], Terms);
    }

    /// <summary>Samples of dw (CV-B2).</summary>
    public IReadOnlyList<Sample> BackwardWeights(float[] dy, float[] x)
    {
        IEnumerable<double> Terms(int k, int c, int r, int s)
        {
            for (int n = 0; n < N; n++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        if (IsInside(i, j, r, s, out int u, out int v))
                            yield return (double)dy[((n * K + k) * P + i) * Q + j] * x[((n * C + k / KG * CG + c) * H + u) * W + v];
        }
        return Samples([K, CG, R, S], Terms);
    }

    /// <summary>Throws where a result misses a sample, or an element of it, NaN before, was never written.</summary>
    public static void RefuseIfWrong(string what, float[] result, IReadOnlyList<Sample> samples)
    {
        if (Fault(result, samples) is { } fault)
            throw new InvalidOperationException($"{what} is wrong and will not be timed: {fault}");
    }

    /// <summary>What is wrong with a result, or null.</summary>
    public static string? Fault(float[] result, IReadOnlyList<Sample> samples)
    {
        int unwritten = Array.FindIndex(result, float.IsNaN);
        if (unwritten >= 0)
            return $"element {unwritten} of {result.Length} is NaN or was never written.";
        var wrong = samples.FirstOrDefault(sample => Math.Abs(result[sample.At] - sample.Expected) > sample.Allowed);
        return wrong is null ? null : string.Create(CultureInfo.InvariantCulture, $"[{wrong.Index}] = {result[wrong.At]:G9}, a plain sum in " +
            $"binary64 is {wrong.Expected:G9}, error {Math.Abs(result[wrong.At] - wrong.Expected):G3}, bound {wrong.Allowed:G3}.");
    }

    private bool IsInside(int i, int j, int r, int s, out int u, out int v)
    {
        (u, v) = (i * _window.Sh + r * _window.Eh - _window.Ph, j * _window.Sw + s * _window.Ew - _window.Pw);
        return u >= 0 && u < H && v >= 0 && v < W;
    }

    private List<Sample> Samples(int[] lengths, Func<int, int, int, int, IEnumerable<double>> termsOf)
    {
        var random = new Random(Seed);
        var samples = new List<Sample>();
        for (int position = 0; position < Corners + positions; position++)
        {
            int[] at = [.. lengths.Select((length, d) => position >= Corners ? random.Next(length) : (position >> d & 1) * (length - 1))];
            (double sum, double magnitude, int terms) = (0, 0, 0);
            foreach (double term in termsOf(at[0], at[1], at[2], at[3]))   // exact: a product of binary32 numbers fits binary64
                (sum, magnitude, terms) = (sum + term, magnitude + Math.Abs(term), terms + 1);
            if (whole && magnitude > 1 << 24)
                throw new InvalidOperationException($"{@case}: sums of {terms} products of whole numbers up to {LargestWhole} may round.");
            samples.Add(new(((at[0] * lengths[1] + at[1]) * lengths[2] + at[2]) * lengths[3] + at[3], string.Join(',', at), sum,
                whole ? 0 : (Gamma(terms + 1, 24) + Gamma(terms + 1, 53)) * magnitude));
        }
        return samples;
    }

    private static double Gamma(int m, int bits) => m * Math.ScaleB(1, -bits) / (1 - m * Math.ScaleB(1, -bits));
}
