namespace CnnVerified.Optimized.Kernels;

/// <summary>Copies of the maps that a sum reads, of some images; an item is a map.</summary>
internal readonly unsafe struct MapCopying(MapSum sum, PaddedMaps maps, float* x, int n0, float* copy) : IWork
{
    public void Do(int from, int to, int thread)
    {
        nint input = (nint)sum.D.Source * sum.H.Source * sum.W.Source;
        for (int item = from; item < to; item++)
            maps.Copy(x + ((nint)n0 * sum.From.All + item) * input, copy + item * (nint)maps.Size);
    }
}
