namespace CnnVerified.Optimized.Kernels;

/// <summary>Copies of the maps that a sum reads, of some images; an item is a map.</summary>
internal readonly unsafe struct MapCopying(MapSum sum, PaddedMaps maps, float* x, int n0, float* copy) : IWork
{
    public void Do(int from, int to, int thread)
    {
        nint input = (nint)sum.Source * sum.From.Place;
        for (int item = from; item < to; item++)
            maps.Copy(x + ((nint)n0 * sum.From.Maps + item) * input, copy + item * (nint)maps.Size);
    }
}
