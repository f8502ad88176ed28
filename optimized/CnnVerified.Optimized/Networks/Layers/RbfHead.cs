using System.Numerics.Tensors;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Networks.Layers;

/// <summary>Squared distances to fixed codes (LS-F7), the discriminative loss (LS-F8), and where the ways back begin.</summary>
/// <param name="arena">Where it keeps its values.</param>
/// <param name="maxBatch">The largest batch.</param>
/// <param name="x">The features.</param>
/// <param name="codes">The centres, K×D, of +1 and −1; not trained.</param>
/// <param name="K">Classes.</param>
/// <param name="j">Penalty of the class for rubbish.</param>
internal sealed class RbfHead(Arena arena, int maxBatch, Maps x, float[] codes, int K, float j)
{
    private readonly Maps _y = new(arena, maxBatch, K, 1, 1);
    private readonly Place _second = arena.Plan((long)maxBatch * K), _rest = arena.Plan((long)maxBatch * K), _loss = arena.Plan(1);

    private ReadOnlyTensorSpan<float> Centres => new(codes, [K, x.Size]);

    /// <summary>Computes the distances.</summary>
    public void Forward(int N, Execution on) => RbfOutput.Forward(x.Rows(N), Centres, _y.Rows(N), on);

    /// <summary>The distances, N×K.</summary>
    public ReadOnlySpan<float> Distances(int N) => _y.Span(N);

    /// <summary>The loss of N images; the residual of the features is written.</summary>
    public float Loss(int N, in ReadOnlyTensorSpan<int> label, Execution on)
    {
        DiscriminativeLoss.Forward(_y.Rows(N), label, j, new TensorSpan<float>(arena[_loss, 1], [1]), on);
        DiscriminativeLoss.BackwardData(_y.Rows(N), label, j, _y.ResidualRows(N), on);
        RbfOutput.BackwardData(_y.ResidualRows(N), x.Rows(N), Centres, x.ResidualRows(N), on);
        return arena[_loss, 1][0];
    }

    /// <summary>Second derivatives of the loss by the features (OP-B12, OP-B11), where the residual was.</summary>
    /// <remarks>The exact diagonal of the distances, not OP-B10: while all distances are beyond j the loss is linear in them, and OP-B10 would
    /// see no curvature at all.</remarks>
    public void SecondOrder(int N, in ReadOnlyTensorSpan<int> label, Execution on)
    {
        var hy = new TensorSpan<float>(arena[_second, N * K], [N, K]);
        DiscriminativeLoss.BackwardData(_y.Rows(N), label, j, _y.ResidualRows(N), on);
        DiscriminativeLoss.SecondOrder(_y.Rows(N), j, hy, on);
        // OP-B11 takes the gradient by the distances as g + hy·y.
        Span<float> g = arena[_rest, N * K], second = arena[_second, N * K], y = _y.Span(N);
        ReadOnlySpan<float> dy = _y.ResidualSpan(N);
        for (int i = 0; i < g.Length; i++)
            g[i] = dy[i] - second[i] * y[i];
        RbfOutput.SecondOrder(hy, new TensorSpan<float>(g, [N, K]), x.Rows(N), Centres, _y.Rows(N), x.ResidualRows(N), on);
    }
}
