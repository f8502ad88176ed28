using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LabelCrossEntropy: the mean over the batch. Outputs may be the inputs' own memory.</summary>
public static unsafe class LabelCrossEntropy
{
    /// <summary>Cross-entropy of softmax with class labels, forward (LS-F15).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A row's terms are added in 16 virtual lanes, the rows ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-F15")]
    [Equation("SM-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<int> label, in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F15", "z", "N×K", z.Lengths, 2);
        Contract.Dense("LS-F15", "z", z);
        Labels.Expect("LS-F15", label, z.Lengths[0], z.Lengths[1]);
        Contract.Shape("LS-F15", "L", "one element", L, [1]);
        using var lease = on.Enter();
        int N = (int)z.Lengths[0];
        fixed (float* pz = z)
        fixed (int* pl = label)
            L[0] = Loss.Mean(-Loss.OfRows(on, N, new ForwardRow((int)z.Lengths[1], pz, pl)), N);
    }

    /// <summary>Cross-entropy of softmax with class labels, backward data (LS-B17).</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="dz">Derivative by z, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-B17")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<int> label, in TensorSpan<float> dz, Execution on)
    {
        Lengths.ExpectRank("LS-B17", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-B17", "y", y);
        Labels.Expect("LS-B17", label, y.Lengths[0], y.Lengths[1]);
        Contract.Shape("LS-B17", "dz", "N×K", dz, y.Lengths);
        using var lease = on.Enter();
        int N = (int)y.Lengths[0];
        fixed (float* py = y, pdz = dz)
        fixed (int* pl = label)
            RowPass.Run(on, N, new BackwardRow((int)y.Lengths[1], py, pl, N, pdz));
    }

    private readonly struct ForwardRow(int columns, float* z, int* label) : IRowLoss
    {
        public int Scratch => columns;

        public float Row(int n, VectorWidth width, float* e)
        {
            return ClassKernels.LogProbability(width, z + (nint)n * columns, label[n], e, columns);
        }
    }

    private readonly struct BackwardRow(int columns, float* y, int* label, int N, float* dz) : IRowPass
    {
        public int K => 0;

        public void Row(int n, VectorWidth width, float* scratch)
        {
            ClassKernels.Residual(width, y + (nint)n * columns, label[n], 1, N, dz + (nint)n * columns, columns);
        }
    }
}
