namespace CnnVerified.Optimized.Kernels;

/// <summary>A sum over the elements of an array: the struct holds its pointers and says what the terms of a block add up to.</summary>
internal interface IBlockSum
{
    /// <summary>The sum of the terms from, …, from + count − 1, in the order of <see cref="Sums"/>.</summary>
    float Of(VectorWidth width, nint from, nint count);
}

/// <summary>Long sums in a stated order: blocks of 4096 terms, each in the order of <see cref="Sums"/>, and then the sums of the blocks
/// in that order too. Threads split the blocks.</summary>
internal static unsafe class BlockSums
{
    private const int Block = 4096;

    /// <summary>The sum of all terms; uses the execution's shared scratch.</summary>
    public static float Run<TSum>(Execution on, nint count, TSum sum) where TSum : unmanaged, IBlockSum
    {
        int blocks = (int)((count + Block - 1) / Block);
        float* partial = on.Shared(blocks);
        on.Run(blocks, new Blocks<TSum>(sum, count, on.Width, partial));
        return Sums.Sum(on.Width, partial, blocks);
    }

    private readonly struct Blocks<TSum>(TSum sum, nint count, VectorWidth width, float* partial) : IWork where TSum : unmanaged, IBlockSum
    {
        public void Do(int from, int to, int thread)
        {
            for (int block = from; block < to; block++)
                partial[block] = sum.Of(width, (nint)block * Block, Math.Min(Block, count - (nint)block * Block));
        }
    }
}
