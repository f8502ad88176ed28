using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's ShiftedDiscriminativeLoss: the mean over the batch. Outputs may be the
/// inputs' own memory.</summary>
public static unsafe class ShiftedDiscriminativeLoss
{
    /// <summary>LeNet-5 discriminative loss, forward, shifted (LS-F21).</summary>
    /// <param name="y">Squared distances (LS-F7), N×K, not negative.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="j">Penalty of the class for rubbish, positive.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A row's terms are added in 16 virtual lanes, the rows ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-F21")]
    public static void Forward(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<int> label, float j, in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F21", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-F21", "y", y);
        Labels.Expect("LS-F21", label, y.Lengths[0], y.Lengths[1]);
        Contract.Shape("LS-F21", "L", "one element", L, [1]);
        using var lease = on.Enter();
        int N = (int)y.Lengths[0];
        fixed (float* py = y)
        fixed (int* pl = label)
            L[0] = Loss.Mean(Loss.OfRows(on, N, new DiscriminativeRow((int)y.Lengths[1], py, pl, j)), N);
    }

    /// <summary>LeNet-5 discriminative loss, backward data, shifted (LS-B23).</summary>
    /// <param name="y">Squared distances (LS-F7), N×K, not negative.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="j">Penalty of the class for rubbish, positive.</param>
    /// <param name="dy">Derivative by y, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-B23")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<int> label, float j, in TensorSpan<float> dy,
        Execution on)
    {
        Lengths.ExpectRank("LS-B23", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-B23", "y", y);
        Labels.Expect("LS-B23", label, y.Lengths[0], y.Lengths[1]);
        Contract.Shape("LS-B23", "dy", "N×K", dy, y.Lengths);
        using var lease = on.Enter();
        int N = (int)y.Lengths[0];
        fixed (float* py = y, pdy = dy)
        fixed (int* pl = label)
            RowPass.Run(on, N, new DiscriminativeBackwardRow((int)y.Lengths[1], py, pl, j, N, pdy));
    }
}
