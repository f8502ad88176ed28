namespace CnnVerified.Optimized.Kernels;

/// <summary>The taps of each class of pixels, and for each channel and tap where it lies.</summary>
internal readonly unsafe struct TapTable
{
    private readonly int* _starts, _taps, _offsets;
    private readonly int _channels;

    /// <summary>The memory that it takes, in floats, with what tiles look ahead.</summary>
    public static nint Size(in MapSum sum) => sum.Classes + 1 + sum.Taps + sum.Taps + (nint)sum.From.Count * sum.Taps + Tiles.Ahead;

    /// <summary>Fills memory of that size.</summary>
    public TapTable(in MapSum sum, in PaddedMaps maps, int* memory)
    {
        _channels = sum.From.Count;
        _starts = memory;
        _taps = _starts + sum.Classes + 1;
        int* distances = _taps + sum.Taps;
        _offsets = distances + sum.Taps;
        int map = (int)maps.Size;
        _starts[0] = 0;
        for (int kind = 0; kind < sum.Classes; kind++)
        {
            int count = sum.TapsOf(kind, maps, _taps + _starts[kind], distances);
            int* to = Offsets(kind);
            for (int c = 0; c < _channels; c++)
                for (int tap = 0; tap < count; tap++)
                    *to++ = (int)sum.From.At(c, map / sum.From.Place) + distances[tap];
            _starts[kind + 1] = _starts[kind] + count;
        }
    }

    /// <summary>Taps of a class.</summary>
    public int Count(int kind) => _starts[kind + 1] - _starts[kind];

    /// <summary>Which they are.</summary>
    public int* Taps(int kind) => _taps + _starts[kind];

    /// <summary>Channels times taps of the classes before.</summary>
    public nint Before(int kind) => (nint)_channels * _starts[kind];

    /// <summary>For each channel and tap the distance from a pixel's place.</summary>
    public int* Offsets(int kind) => _offsets + Before(kind);
}
