using System.Numerics.Tensors;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>What one row adds to a loss.</summary>
internal unsafe interface IRowLoss
{
    /// <summary>Floats of scratch that a row needs.</summary>
    int Scratch { get; }

    /// <summary>The part of one row.</summary>
    float Row(int n, VectorWidth width, float* scratch);
}

/// <summary>A loss that is a sum of one term for each element, of a value a and a target t, with its derivative by a.</summary>
internal interface IElementLoss
{
    /// <summary>sum + term.</summary>
    V Add<V, L>(V sum, V a, V t) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>The derivative of the loss by a.</summary>
    V Slope<V, L>(V a, V t) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>Runs losses. Order of a sum over rows: each row alone, on one thread, then the rows ascending; so the number of threads
/// does not enter. A loss of single elements runs over rows of 4096 elements, whatever the shape, each in the order of
/// <see cref="Sums"/>.</summary>
internal static unsafe class Loss
{
    private const int Block = 4096;

    /// <summary>The sum of all rows.</summary>
    public static float OfRows<TLoss>(Execution on, int rows, TLoss loss) where TLoss : unmanaged, IRowLoss
    {
        float* parts = on.Shared(rows);
        RowPass.Run(on, rows, new Rows<TLoss>(loss, parts));
        float sum = 0;
        for (int n = 0; n < rows; n++)
            sum += parts[n];
        return sum;
    }

    /// <summary>The mean where the formula divides within its sum: that of nothing is 0.</summary>
    public static float Mean(float sum, float count) => count == 0 ? 0 : sum / count;

    /// <summary>L[0] = the sum of the terms of all elements of a and t over a divisor; checks their shapes, N or N×K by
    /// <paramref name="rank"/>, and that of L before L is indexed.</summary>
    public static void OfElements<TLoss>(string id, int rank, string name, in ReadOnlyTensorSpan<float> a, in ReadOnlyTensorSpan<float> t,
        in TensorSpan<float> L, Execution on, TLoss loss, float divisor = 1) where TLoss : unmanaged, IElementLoss
    {
        ExpectPair(id, rank, name, a, t);
        Contract.Shape(id, "L", "one element", L, [1]);
        using var lease = on.Enter();
        nint count = a.FlattenedLength;
        fixed (float* pa = a, pt = t)
            L[0] = Mean(OfRows(on, (int)((count + Block - 1) / Block), new Blocks<TLoss>(loss, pa, pt, count)), divisor);
    }

    /// <summary>The derivative by each element of a; checks all shapes.</summary>
    public static void Slopes<TLoss>(string id, int rank, string name, in ReadOnlyTensorSpan<float> a, in ReadOnlyTensorSpan<float> t,
        string slope, in TensorSpan<float> da, Execution on, TLoss loss) where TLoss : unmanaged, IElementLoss
    {
        ExpectPair(id, rank, name, a, t);
        Contract.Shape(id, slope, Form(rank), da, a.Lengths);
        using var lease = on.Enter();
        fixed (float* pa = a, pt = t, pda = da)
            Pointwise.Run(on, a.FlattenedLength, new SlopeEach<TLoss>(loss, pa, pt, pda));
    }

    private static string Form(int rank) => rank == 1 ? "N" : "N×K";

    private static void ExpectPair(string id, int rank, string name, in ReadOnlyTensorSpan<float> a, in ReadOnlyTensorSpan<float> t)
    {
        Lengths.ExpectRank(id, name, Form(rank), a.Lengths, rank);
        Contract.Dense(id, name, a);
        Contract.Shape(id, "t", Form(rank), t, a.Lengths);
    }

    private readonly struct Rows<TLoss>(TLoss loss, float* parts) : IRowPass where TLoss : unmanaged, IRowLoss
    {
        public int K => loss.Scratch;

        public void Row(int n, VectorWidth width, float* scratch) => parts[n] = loss.Row(n, width, scratch);
    }

    private readonly struct Blocks<TLoss>(TLoss loss, float* a, float* t, nint count) : IRowLoss where TLoss : unmanaged, IElementLoss
    {
        public int Scratch => 0;

        public float Row(int n, VectorWidth width, float* scratch) =>
            Sums.Of(width, (nint)n * Block, Math.Min(((nint)n + 1) * Block, count), new Term<TLoss>(loss, a, t));
    }

    private readonly struct Term<TLoss>(TLoss loss, float* a, float* t) : ITerm where TLoss : unmanaged, IElementLoss
    {
        public V Add<V, L>(V sum, nint i) where V : unmanaged where L : struct, ILanes<V> =>
            loss.Add<V, L>(sum, L.Load(a + i), L.Load(t + i));
    }

    private readonly struct SlopeEach<TLoss>(TLoss loss, float* a, float* t, float* da) : IPointwise where TLoss : unmanaged, IElementLoss
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(loss.Slope<V, L>(L.Load(a + i), L.Load(t + i)), da + i);
    }
}
