namespace CnnVerified.Optimized.Kernels;

/// <summary>Maps N×C×pixels brought into blocks N×⌈C/16⌉×pixels×16, or back; an item is a block of an image. Unused channels become 0.</summary>
internal readonly unsafe struct BlockCopying(int C, int pixels, float* maps, float* blocks, bool back) : IWork
{
    /// <summary>Blocks of so many channels.</summary>
    public static int Count(int channels) => (channels + Tiles.Place - 1) / Tiles.Place;

    /// <summary>Copies all images.</summary>
    public static void Run(Execution on, int N, int C, int pixels, float* maps, float* blocks, bool back) =>
        on.Run(checked(N * Count(C)), new BlockCopying(C, pixels, maps, blocks, back));

    public void Do(int from, int to, int thread)
    {
        for (int item = from; item < to; item++)
        {
            int first = item % Count(C) * Tiles.Place, channels = Math.Min(Tiles.Place, C - first);
            float* ofMaps = maps + ((nint)(item / Count(C)) * C + first) * pixels, ofBlock = blocks + (nint)item * pixels * Tiles.Place;
            if (back)
                Transposition.Copy(ofBlock, Tiles.Place, pixels, channels, ofMaps, pixels);
            else
            {
                if (channels < Tiles.Place)
                    new Span<float>(ofBlock, pixels * Tiles.Place).Clear();
                Transposition.Copy(ofMaps, pixels, channels, pixels, ofBlock, Tiles.Place);
            }
        }
    }
}
