using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's DiscriminativeLoss, shifted inside: the mean over the batch. Outputs may be
/// the inputs' own memory.</summary>
public static unsafe class DiscriminativeLoss
{
    /// <summary>LeNet-5 discriminative loss, forward (LS-F8).</summary>
    /// <param name="y">Squared distances (LS-F7), N×K, not negative.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="j">Penalty of the class for rubbish, positive.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A row's terms are added in 16 virtual lanes, the rows ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-F8")]
    public static void Forward(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<int> label, float j, in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F8", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-F8", "y", y);
        Labels.Expect("LS-F8", label, y.Lengths[0], y.Lengths[1]);
        Contract.Shape("LS-F8", "L", "one element", L, [1]);
        using var lease = on.Enter();
        int N = (int)y.Lengths[0];
        fixed (float* py = y)
        fixed (int* pl = label)
            L[0] = Loss.Mean(Loss.OfRows(on, N, new DiscriminativeRow((int)y.Lengths[1], py, pl, j)), N);
    }

    /// <summary>LeNet-5 discriminative loss, backward data (LS-B9).</summary>
    /// <param name="y">Squared distances (LS-F7), N×K, not negative.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="j">Penalty of the class for rubbish, positive.</param>
    /// <param name="dy">Derivative by y, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-B9")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<int> label, float j, in TensorSpan<float> dy,
        Execution on)
    {
        Lengths.ExpectRank("LS-B9", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-B9", "y", y);
        Labels.Expect("LS-B9", label, y.Lengths[0], y.Lengths[1]);
        Contract.Shape("LS-B9", "dy", "N×K", dy, y.Lengths);
        using var lease = on.Enter();
        int N = (int)y.Lengths[0];
        fixed (float* py = y, pdy = dy)
        fixed (int* pl = label)
            RowPass.Run(on, N, new DiscriminativeBackwardRow((int)y.Lengths[1], py, pl, j, N, pdy));
    }

    /// <summary>Second derivative of the LeNet-5 discriminative loss, diagonal (OP-B12).</summary>
    /// <param name="y">Squared distances (LS-F7), N×K, not negative.</param>
    /// <param name="j">Penalty of the class for rubbish, positive.</param>
    /// <param name="hy">Second derivative by y, diagonal, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("OP-B12")]
    public static void SecondOrder(in ReadOnlyTensorSpan<float> y, float j, in TensorSpan<float> hy, Execution on)
    {
        Lengths.ExpectRank("OP-B12", "y", "N×K", y.Lengths, 2);
        Contract.Dense("OP-B12", "y", y);
        Contract.Shape("OP-B12", "hy", "N×K", hy, y.Lengths);
        using var lease = on.Enter();
        int N = (int)y.Lengths[0];
        fixed (float* py = y, phy = hy)
            RowPass.Run(on, N, new DiscriminativeSecondOrderRow((int)y.Lengths[1], py, j, N, phy));
    }
}
