using System.Numerics.Tensors;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Networks.Layers;

/// <summary>Cross-entropy of the softmax of the scores (LS-F1), and where the way back begins (LS-B1).</summary>
internal sealed class SoftmaxHead(Arena arena, int maxBatch, Maps z)
{
    private readonly Place _y = arena.Plan((long)maxBatch * z.Size), _loss = arena.Plan(1);

    /// <summary>The loss of N images; the residual of the scores is written.</summary>
    public float Loss(int N, in ReadOnlyTensorSpan<float> h, Execution on)
    {
        CrossEntropy.Forward(z.Rows(N), h, new TensorSpan<float>(arena[_loss, 1], [1]), on);
        var y = new TensorSpan<float>(arena[_y, N * z.Size], [N, z.Size]);
        LogSoftmax.Forward(z.Rows(N), y, on);
        CrossEntropy.BackwardData(y, h, z.ResidualRows(N), on);
        return arena[_loss, 1][0];
    }
}
