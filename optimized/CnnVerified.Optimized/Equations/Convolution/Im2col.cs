using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Im2col. The convolution of this engine needs no such matrix: it gathers patches panel by
/// panel.</summary>
/// <remarks>Copies, and additions of single elements: memory is the limit, so there are no vector operations beyond moving runs.
/// Outputs must not overlap inputs.</remarks>
public static unsafe class Im2col
{
    /// <summary>im2col, forward (CV-F8).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding and dilation; one group.</param>
    /// <param name="A">Matrix, (N·P·Q)×(C·R·S); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F8, or a tensor has gaps.</exception>
    [Equation("CV-F8")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int R, int S, Window window, in TensorSpan<float> A, Execution on)
    {
        var shape = Shape("CV-F8", x.Lengths, R, S, window);
        Contract.Dense("CV-F8", "x", x);
        Contract.Shape("CV-F8", "A", "(N·P·Q)×(C·R·S)", A, [(nint)shape.N * shape.P * shape.Q, (nint)shape.C * R * S]);
        using var lease = on.Enter();
        fixed (float* px = x, pA = A)
            on.Run(shape.N * shape.P, new Windows(new Geometry(shape, window), px, pA));
    }

    /// <summary>im2col, backward data (CV-B12).</summary>
    /// <param name="dA">Derivative of the loss by A, (N·P·Q)×(C·R·S).</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding and dilation; one group.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A pixel starts at +0 and adds its terms ascending in (i, j, r, s).</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F8, or a tensor has gaps.</exception>
    [Equation("CV-B12")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dA, int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = Shape("CV-B12", dx.Lengths, R, S, window);
        Contract.Shape("CV-B12", "dA", "(N·P·Q)×(C·R·S)", dA, [(nint)shape.N * shape.P * shape.Q, (nint)shape.C * R * S]);
        Contract.Dense("CV-B12", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdA = dA, pdx = dx)
            on.Run(shape.N * Pixels.Blocks(shape.C), new Pixels(new Geometry(shape, window), pdA, pdx));
    }

    private static ConvolutionShape Shape(string id, ReadOnlySpan<nint> x, int R, int S, Window window)
    {
        TransposedShape.ExpectOneGroup(id, window);
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        return ConvolutionShape.Of(id, x, [1, x[1], R, S], window);
    }

    // An item is the windows of one output row.
    private readonly struct Windows(Geometry s, float* x, float* A) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int line = from; line < to; line++)
            {
                int n = line / s.P, i = line % s.P;
                float* into = A + (nint)line * s.Q * s.C * s.R * s.S;
                for (int j = 0; j < s.Q; j++)
                    for (int c = 0; c < s.C; c++)
                        for (int r = 0; r < s.R; r++, into += s.S)
                        {
                            int u = i * s.Sh + r * s.Eh - s.Ph;
                            if (0 <= u && u < s.H)
                                Runs.Gather(x + (((nint)n * s.C + c) * s.H + u) * s.W, s.W, j * s.Sw - s.Pw, s.Ew, into, 1, s.S, 0);
                            else
                                Runs.Fill(into, 1, s.S, 0);
                        }
            }
        }
    }

    // An item is some maps of one image: rows of A are then read in pieces that fill cache lines.
    private readonly struct Pixels(Geometry s, float* dA, float* dx) : IWork
    {
        private const int Maps = 8;

        public static int Blocks(int C) => (C + Maps - 1) / Maps;

        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                int n = item / Blocks(s.C), c0 = item % Blocks(s.C) * Maps, c1 = Math.Min(s.C, c0 + Maps);
                float* image = dx + (nint)n * s.C * s.H * s.W;
                new Span<float>(image + (nint)c0 * s.H * s.W, (c1 - c0) * s.H * s.W).Clear();
                for (int i = 0; i < s.P; i++)
                    for (int j = 0; j < s.Q; j++)
                    {
                        float* row = dA + (((nint)n * s.P + i) * s.Q + j) * s.C * s.R * s.S;
                        for (int c = c0; c < c1; c++)
                            for (int r = 0; r < s.R; r++)
                            {
                                int u = i * s.Sh + r * s.Eh - s.Ph;
                                if (u < 0 || u >= s.H)
                                    continue;
                                float* taps = row + ((nint)c * s.R + r) * s.S, into = image + ((nint)c * s.H + u) * s.W;
                                for (int t = 0, v = j * s.Sw - s.Pw; t < s.S; t++, v += s.Ew)
                                    if (0 <= v && v < s.W)
                                        into[v] += taps[t];
                            }
                    }
            }
        }
    }
}
