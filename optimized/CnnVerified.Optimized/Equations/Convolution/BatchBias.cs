using System.Numerics.Tensors;

namespace CnnVerified.Optimized.Equations;

/// <summary>The bias gradient of every layer of maps: the sum of the map's residuals over the batch.</summary>
internal static unsafe class BatchBias
{
    /// <summary>db[k] = Σ dy[n,k,i,j], in the order of CV-B3.</summary>
    public static void Run(string id, string name, in ReadOnlyTensorSpan<float> dy, string resultName, in TensorSpan<float> db, Execution on)
    {
        Lengths.ExpectRank(id, name, "N×K×P×Q", dy.Lengths, 4);
        Contract.Shape(id, resultName, "K", db, [dy.Lengths[1]]);
        Contract.Dense(id, name, dy);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdb = db)
            BiasSums.Run(on, (int)dy.Lengths[0], (int)dy.Lengths[1], dy.Lengths[2] * dy.Lengths[3], pdy, pdb);
    }
}
