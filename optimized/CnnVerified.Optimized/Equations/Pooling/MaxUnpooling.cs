using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The twin of the reference's MaxUnpooling: scattered reads and writes, one map a thread. Outputs must not overlap inputs.</summary>
public static unsafe class MaxUnpooling
{
    /// <summary>Max unpooling, forward (PL-F11): elements with the same place are added ascending in (i, j).</summary>
    /// <param name="x">Input, N×C×P×Q.</param>
    /// <param name="a">Places in the large map, u·W + v, N×C×P×Q. What names no place is left out.</param>
    /// <param name="y">Output, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F11, or a tensor has gaps.</exception>
    [Equation("PL-F11")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<int> a, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("PL-F11", "x", "N×C×P×Q", x.Lengths, 4);
        Contract.Dense("PL-F11", "x", x);
        Places("PL-F11", a, x.Lengths);
        Lengths.ExpectRank("PL-F11", "y", "N×C×H×W", y.Lengths, 4);
        Contract.Shape("PL-F11", "y", "N×C×H×W", y, [x.Lengths[0], x.Lengths[1], y.Lengths[2], y.Lengths[3]]);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
        fixed (int* pa = a)
            on.Run(Maps(x.Lengths), new Scatter(Elements(x.Lengths), Elements(y.Lengths), px, pa, py));
    }

    /// <summary>Max unpooling, backward data (PL-B11).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="a">Places in the large map, N×C×P×Q, as in PL-F11.</param>
    /// <param name="dx">Derivative by x, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F11, or a tensor has gaps.</exception>
    [Equation("PL-B11")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<int> a, in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("PL-B11", "dx", "N×C×P×Q", dx.Lengths, 4);
        Contract.Dense("PL-B11", "dx", dx);
        Places("PL-B11", a, dx.Lengths);
        Lengths.ExpectRank("PL-B11", "dy", "N×C×H×W", dy.Lengths, 4);
        Contract.Shape("PL-B11", "dy", "N×C×H×W", dy, [dx.Lengths[0], dx.Lengths[1], dy.Lengths[2], dy.Lengths[3]]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
        fixed (int* pa = a)
            on.Run(Maps(dx.Lengths), new Gather(Elements(dx.Lengths), Elements(dy.Lengths), pdy, pa, pdx));
    }

    private static int Maps(ReadOnlySpan<nint> lengths) => (int)(lengths[0] * lengths[1]);

    private static int Elements(ReadOnlySpan<nint> lengths) => (int)(lengths[2] * lengths[3]);

    private static void Places(string id, in ReadOnlyTensorSpan<int> a, ReadOnlySpan<nint> lengths)
    {
        Lengths.Expect(id, "a", "N×C×P×Q", a.Lengths, lengths);
        if (!a.IsDense)
            throw new ArgumentException($"a expects a dense tensor but is a slice with gaps, lengths {Lengths.Text(a.Lengths)}; {id}. " +
                "(Parameter 'a')");
    }

    private readonly struct Scatter(int count, int places, float* x, int* a, float* y) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int map = from; map < to; map++)
            {
                new Span<float>(y + (nint)map * places, places).Clear();
                for (nint t = (nint)map * count; t < (nint)(map + 1) * count; t++)
                    if ((uint)a[t] < (uint)places)
                        y[(nint)map * places + a[t]] += x[t];
            }
        }
    }

    private readonly struct Gather(int count, int places, float* dy, int* a, float* dx) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int map = from; map < to; map++)
                for (nint t = (nint)map * count; t < (nint)(map + 1) * count; t++)
                    dx[t] = (uint)a[t] < (uint)places ? dy[(nint)map * places + a[t]] : 0;
        }
    }
}
