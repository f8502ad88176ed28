using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's WeightedCrossEntropy: the weighted mean over the batch. Outputs may be the
/// inputs' own memory.</summary>
public static unsafe class WeightedCrossEntropy
{
    /// <summary>Cross-entropy of softmax with class labels and class weights, forward (LS-F16).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="w">Weight of each class, K, not negative; those of the batch must not all be 0.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>A row's terms are added in 16 virtual lanes, the rows ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-F16")]
    [Equation("SM-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<int> label, in ReadOnlyTensorSpan<float> w,
        in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F16", "z", "N×K", z.Lengths, 2);
        Contract.Dense("LS-F16", "z", z);
        Labels.Expect("LS-F16", label, z.Lengths[0], z.Lengths[1]);
        Contract.Shape("LS-F16", "w", "K", w, [z.Lengths[1]]);
        Contract.Shape("LS-F16", "L", "one element", L, [1]);
        using var lease = on.Enter();
        int N = (int)z.Lengths[0];
        fixed (float* pz = z, pw = w)
        fixed (int* pl = label)
            L[0] = Loss.Mean(Loss.OfRows(on, N, new ForwardRow((int)z.Lengths[1], pz, pl, pw)), BatchWeight(pw, pl, N));
    }

    /// <summary>Cross-entropy of softmax with class labels and class weights, backward data (LS-B18).</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="w">Weight of each class, K, not negative; those of the batch must not all be 0.</param>
    /// <param name="dz">Derivative by z, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-B18")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<int> label, in ReadOnlyTensorSpan<float> w,
        in TensorSpan<float> dz, Execution on)
    {
        Lengths.ExpectRank("LS-B18", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-B18", "y", y);
        Labels.Expect("LS-B18", label, y.Lengths[0], y.Lengths[1]);
        Contract.Shape("LS-B18", "w", "K", w, [y.Lengths[1]]);
        Contract.Shape("LS-B18", "dz", "N×K", dz, y.Lengths);
        using var lease = on.Enter();
        int N = (int)y.Lengths[0];
        fixed (float* py = y, pw = w, pdz = dz)
        fixed (int* pl = label)
            RowPass.Run(on, N, new BackwardRow((int)y.Lengths[1], py, pl, pw, BatchWeight(pw, pl, N), pdz));
    }

    // The weights of the batch, ascending.
    private static float BatchWeight(float* w, int* label, int N)
    {
        float sum = 0;
        for (int n = 0; n < N; n++)
            sum += w[label[n]];
        return sum;
    }

    private readonly struct ForwardRow(int columns, float* z, int* label, float* w) : IRowLoss
    {
        public int Scratch => columns;

        public float Row(int n, VectorWidth width, float* e)
        {
            return w[label[n]] * -ClassKernels.LogProbability(width, z + (nint)n * columns, label[n], e, columns);
        }
    }

    private readonly struct BackwardRow(int columns, float* y, int* label, float* w, float batchWeight, float* dz) : IRowPass
    {
        public int K => 0;

        public void Row(int n, VectorWidth width, float* scratch)
        {
            ClassKernels.Residual(width, y + (nint)n * columns, label[n], w[label[n]], batchWeight, dz + (nint)n * columns, columns);
        }
    }
}
