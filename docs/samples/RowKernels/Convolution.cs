using CnnVerified;

namespace RowKernels;

/// <summary>A convolution that adds one scaled row of the input to one row of the output at a time.</summary>
public static class Convolution
{
    /// <summary>Convolution, forward. Tensors are row-major; the parameters have the names of CV-F1.</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="y">Output, N×K×P×Q.</param>
    /// <param name="N">Images.</param>
    /// <param name="C">Input channels.</param>
    /// <param name="H">Input rows.</param>
    /// <param name="W">Input columns.</param>
    /// <param name="K">Filters.</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding, dilation and groups.</param>
    [Equation("CV-F1")]
    public static void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y,
        int N, int C, int H, int W, int K, int R, int S, Window window)
    {
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var (P, Q) = window.OutputSize(H, W, R, S);
        int channels = C / G, filters = K / G;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                Span<float> map = y.Slice((n * K + k) * P * Q, P * Q);
                map.Fill(b[k]);
                for (int c = 0; c < channels; c++)
                    for (int r = 0; r < R; r++)
                        for (int s = 0; s < S; s++)
                            for (int i = 0; i < P; i++)
                            {
                                int channel = n * C + k / filters * channels + c, u = i * sh + r * eh - ph;
                                if (u >= 0 && u < H)
                                    Row.AddScaled(w[((k * channels + c) * R + r) * S + s], x.Slice((channel * H + u) * W, W), map.Slice(i * Q, Q), sw, s * ew - pw);
                            }
            }
    }
}
