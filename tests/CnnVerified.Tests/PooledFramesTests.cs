using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Verification.Engines;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Gradients of pooling whose windows hold several frames, in rows that vectors go over the end of: what stands behind a frame's last row is another frame.</summary>
public sealed class PooledFramesTests
{
    [Theory]
    [InlineData(2, 3)]
    [InlineData(2, 5)]
    [InlineData(3, 6)]
    [InlineData(1, 7)]
    public void A_window_gives_each_of_its_elements_its_share(int T, int Q)
    {
        const int N = 2, C = 3, O = 2, P = 3;
        nint[] ofY = [N, C, O, P, Q], ofX = [N, C, O * T, 2 * P, 2 * Q];
        float[] dy = [.. Enumerable.Range(0, N * C * O * P * Q).Select(window => 4f * T * (window + 1))], dx = new float[dy.Length * 4 * T];
        foreach (VectorWidth width in EngineList.Widths)
        {
            using var on = new Execution(width, threads: 1);
            Array.Fill(dx, float.NaN);
            MeanPooling3D.BackwardData(new(dy, ofY, default), T, 2, 2, new Window { Sd = T, Sh = 2, Sw = 2 }, new(dx, ofX), on);
            for (int at = 0; at < dx.Length; at++)
            {
                int j = at % (2 * Q) / 2, i = at / (2 * Q) % (2 * P) / 2, o = at / (2 * Q * 2 * P) % (O * T) / T, map = at / (2 * Q * 2 * P * O * T);
                Assert.Equal(((map * O + o) * P + i) * Q + j + 1, dx[at], 0f);
            }
        }
    }
}
