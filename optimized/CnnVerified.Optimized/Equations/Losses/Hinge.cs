using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Hinge: summed over batch and classes. Outputs may be the inputs' own memory.</summary>
public static unsafe class Hinge
{
    /// <summary>Multiclass hinge, forward (LS-F5).</summary>
    /// <param name="z">Scores, N×K, K &gt; 1.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>The classes before the right one and those after it are added in 16 virtual lanes each, the rows ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-F5")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<int> label, in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F5", "z", "N×K", z.Lengths, 2);
        Contract.Dense("LS-F5", "z", z);
        Labels.Expect("LS-F5", label, z.Lengths[0], z.Lengths[1]);
        Contract.Shape("LS-F5", "L", "one element", L, [1]);
        using var lease = on.Enter();
        fixed (float* pz = z)
        fixed (int* pl = label)
            L[0] = Loss.OfRows(on, (int)z.Lengths[0], new ForwardRow((int)z.Lengths[1], pz, pl));
    }

    /// <summary>Multiclass hinge, backward data (LS-B5).</summary>
    /// <param name="z">Scores, N×K, K &gt; 1.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="dz">Derivative by z, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-B5")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<int> label, in TensorSpan<float> dz, Execution on)
    {
        Lengths.ExpectRank("LS-B5", "z", "N×K", z.Lengths, 2);
        Contract.Dense("LS-B5", "z", z);
        Labels.Expect("LS-B5", label, z.Lengths[0], z.Lengths[1]);
        Contract.Shape("LS-B5", "dz", "N×K", dz, z.Lengths);
        using var lease = on.Enter();
        fixed (float* pz = z, pdz = dz)
        fixed (int* pl = label)
            RowPass.Run(on, (int)z.Lengths[0], new BackwardRow((int)z.Lengths[1], pz, pl, pdz));
    }

    private readonly struct ForwardRow(int columns, float* z, int* label) : IRowLoss
    {
        public int Scratch => 0;

        public float Row(int n, VectorWidth width, float* scratch)
        {
            float* row = z + (nint)n * columns;
            var excess = new Excess(row, row[label[n]]);
            return Sums.Of(width, 0, label[n], excess) + Sums.Of(width, label[n] + 1, columns, excess);
        }
    }

    private readonly struct BackwardRow(int columns, float* z, int* label, float* dz) : IRowPass
    {
        public int K => 0;

        public void Row(int n, VectorWidth width, float* scratch)
        {
            nint at = (nint)n * columns;
            var op = new InsideEach(z + at, z[at + label[n]], dz + at);
            Pointwise.Range(width, 0, columns, ref op);
            // The sum is a count, exact; it has the right class in it.
            dz[at + label[n]] -= Sums.Sum(width, dz + at, columns);
        }
    }

    private readonly struct Excess(float* z, float right) : ITerm
    {
        public V Add<V, L>(V sum, nint k) where V : unmanaged where L : struct, ILanes<V> =>
            L.Add(sum, L.Max(L.Create(0f), L.Add(L.Subtract(L.Load(z + k), L.Create(right)), L.Create(1f))));
    }

    private readonly struct InsideEach(float* z, float right, float* dz) : IPointwise
    {
        public void At<V, L>(nint k) where V : unmanaged where L : struct, ILanes<V>
        {
            V margin = L.Add(L.Subtract(L.Load(z + k), L.Create(right)), L.Create(1f));
            V outside = L.IfEqual(margin, margin, L.Create(0f), margin);   // NaN stays NaN
            L.Store(L.IfGreater(margin, L.Create(0f), L.Create(1f), outside), dz + k);
        }
    }
}
