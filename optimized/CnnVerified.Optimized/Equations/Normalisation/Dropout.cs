using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Dropout: one division, and +0 for what is dropped, also where x is infinite or NaN.
/// Outputs may be the inputs' own memory.</summary>
public static unsafe class Dropout
{
    /// <summary>Dropout, forward (NM-F5).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="u">Drawn uniformly from [0, 1), N×D.</param>
    /// <param name="keep">Probability of keeping an element, in (0, 1].</param>
    /// <param name="y">Output, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("NM-F5")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> u, float keep, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("NM-F5", "x", "N×D", x.Lengths, 2);
        Contract.Dense("NM-F5", "x", x);
        Contract.Shape("NM-F5", "u", "N×D", u, x.Lengths);
        Contract.Shape("NM-F5", "y", "N×D", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pu = u, py = y)
            Pointwise.Run(on, x.FlattenedLength, new KeepEach(px, pu, keep, py));
    }

    /// <summary>Dropout, backward data (NM-B8).</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="u">The same u as in NM-F5, N×D.</param>
    /// <param name="keep">Probability of keeping an element, in (0, 1].</param>
    /// <param name="dx">Derivative by x, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("NM-B8")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> u, float keep, in TensorSpan<float> dx,
        Execution on)
    {
        Lengths.ExpectRank("NM-B8", "dy", "N×D", dy.Lengths, 2);
        Contract.Dense("NM-B8", "dy", dy);
        Contract.Shape("NM-B8", "u", "N×D", u, dy.Lengths);
        Contract.Shape("NM-B8", "dx", "N×D", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pu = u, pdx = dx)
            Pointwise.Run(on, dy.FlattenedLength, new KeepEach(pdy, pu, keep, pdx));
    }

    /// <summary>Draws the u of a training step.</summary>
    /// <param name="seed">Names the stream: one for each dropout of a network, and for each run.</param>
    /// <param name="step">The number of the training step.</param>
    /// <param name="u">Uniform in [0, 1), of any shape; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>
    /// A number depends on seed, step and its place alone: neither threads nor vectors nor what was drawn before enter, and a run
    /// that is resumed draws the same. With e the place in row-major order, u[e] = floor(word/256)/2²⁴, word being the word e mod 4
    /// of Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011) for the counter (floor(e/4), step) and the key seed, each of two
    /// words, the lower one first.
    /// </remarks>
    /// <exception cref="ArgumentException">u has gaps.</exception>
    public static void Draw(ulong seed, ulong step, in TensorSpan<float> u, Execution on)
    {
        Contract.Dense("NM-F5", "u", u);
        using var lease = on.Enter();
        nint count = u.FlattenedLength;
        fixed (float* pu = u)
            on.Run((int)((count + UniformDraws.Block - 1) / UniformDraws.Block), new UniformDraws(seed, step, count, pu));
    }

    private readonly struct KeepEach(float* x, float* u, float keep, float* y) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V divided = L.Divide(L.Load(x + i), L.Create(keep));
            L.Store(L.IfGreater(L.Create(keep), L.Load(u + i), divided, L.Create(0f)), y + i);
        }
    }
}
