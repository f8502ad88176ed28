using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's FocalLoss: the mean over the batch. Outputs may be the inputs' own memory.</summary>
public static unsafe class FocalLoss
{
    /// <summary>Focal loss of softmax, forward (LS-F14).</summary>
    /// <param name="z">Scores, N×K, K &gt; 1.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="gamma">Power, not negative; 0 is LS-F15.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A row's terms are added in 16 virtual lanes, the rows ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-F14")]
    [Equation("SM-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<int> label, float gamma, in TensorSpan<float> L,
        Execution on)
    {
        Lengths.ExpectRank("LS-F14", "z", "N×K", z.Lengths, 2);
        Contract.Dense("LS-F14", "z", z);
        Labels.Expect("LS-F14", label, z.Lengths[0], z.Lengths[1]);
        Contract.Shape("LS-F14", "L", "one element", L, [1]);
        using var lease = on.Enter();
        int N = (int)z.Lengths[0];
        fixed (float* pz = z)
        fixed (int* pl = label)
            L[0] = Loss.Mean(-Loss.OfRows(on, N, new ForwardRow((int)z.Lengths[1], pz, pl, gamma)), N);
    }

    /// <summary>Focal loss of softmax, backward data (LS-B16).</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="gamma">Power, not negative; 0 is LS-F15.</param>
    /// <param name="dz">Derivative by z, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Where the probability of the right class rounds to 1 the formula is 0·∞ for gamma &lt; 1; its limit, 0, is taken.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-B16")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<int> label, float gamma, in TensorSpan<float> dz,
        Execution on)
    {
        Lengths.ExpectRank("LS-B16", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-B16", "y", y);
        Labels.Expect("LS-B16", label, y.Lengths[0], y.Lengths[1]);
        Contract.Shape("LS-B16", "dz", "N×K", dz, y.Lengths);
        using var lease = on.Enter();
        int N = (int)y.Lengths[0];
        fixed (float* py = y, pdz = dz)
        fixed (int* pl = label)
            RowPass.Run(on, N, new BackwardRow((int)y.Lengths[1], py, pl, gamma, N, pdz));
    }

    private readonly struct ForwardRow(int columns, float* z, int* label, float gamma) : IRowLoss
    {
        public int Scratch => columns;

        public float Row(int n, VectorWidth width, float* e)
        {
            float y = ClassKernels.LogProbability(width, z + (nint)n * columns, label[n], e, columns);
            float rest = 1 - Functions.Exp<float, ScalarLanes>(y);
            return Functions.Pow<float, ScalarLanes>(rest, gamma) * y;
        }
    }

    private readonly struct BackwardRow(int columns, float* y, int* label, float gamma, int N, float* dz) : IRowPass
    {
        public int K => 0;

        public void Row(int n, VectorWidth width, float* scratch)
        {
            float right = y[(nint)n * columns + label[n]], p = Functions.Exp<float, ScalarLanes>(right), rest = 1 - p;
            float slope = rest == 0 ? 0 : gamma * p * Functions.Pow<float, ScalarLanes>(rest, gamma - 1) * right;
            float factor = Functions.Pow<float, ScalarLanes>(rest, gamma) - slope;
            ClassKernels.Residual(width, y + (nint)n * columns, label[n], factor, N, dz + (nint)n * columns, columns);
        }
    }
}
