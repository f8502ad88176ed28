namespace CnnVerified.Optimized.Kernels;

/// <summary>The taps of each class of pixels, and for each channel and tap where it lies.</summary>
internal readonly unsafe struct TapTable
{
    private const int TermsAhead = 64;                   // as long as lines are on their way

    private readonly int* _starts, _taps, _offsets;
    private readonly int _channels;

    /// <summary>The memory that it takes, in floats, with what tiles look ahead.</summary>
    public static nint Size(in MapSum sum) => sum.Classes + 1 + sum.Taps + sum.Taps + (nint)sum.From.Count * sum.Taps + Tiles.Ahead;

    /// <summary>Fills memory of that size; for tiles that take terms in runs, lists say what is fetched.</summary>
    public TapTable(in MapSum sum, in PaddedMaps maps, int* memory, bool takeRuns = false)
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
        if (!takeRuns || sum.Classes > 1)
            return;
        Run = RunOf(sum, _offsets);
        if (Run is 1 or > Tiles.FetchingRun)
            return;
        if (sum.From.AreBlocked)
            FetchBlocks(sum, _offsets, Run);
        else
            FetchMaps(_offsets, _channels * sum.Taps, Run);
    }

    /// <summary>Terms of the runs that the list consists of (<see cref="Tiles.TakeRuns"/>), or 1.</summary>
    public int Run { get; } = 1;

    /// <summary>Taps of a class.</summary>
    public int Count(int kind) => _starts[kind + 1] - _starts[kind];

    /// <summary>Which they are.</summary>
    public int* Taps(int kind) => _taps + _starts[kind];

    /// <summary>Channels times taps of the classes before.</summary>
    public nint Before(int kind) => (nint)_channels * _starts[kind];

    /// <summary>For each channel and tap the distance from a pixel's place.</summary>
    public int* Offsets(int kind) => _offsets + Before(kind);

    // Columns of the kernel, or channels where it has one tap.
    private static int RunOf(in MapSum sum, int* list)
    {
        foreach (int run in Tiles.RunsOfTerms)
            if ((sum.Taps == 1 ? run == 4 : sum.Taps % run == 0) && AreRuns(list, sum.From.Count * sum.Taps, run))
                return run;
        return 1;
    }

    private static bool AreRuns(int* list, int terms, int run)
    {
        for (int t = 0; t + run <= terms; t += run)
            for (int each = 1; each < run; each++)
                if (list[t + each] != list[t] + each * (list[1] - list[0]))
                    return false;
        return terms >= run;
    }

    // Each channel has a map of its own: what begins some runs later.
    private static void FetchMaps(int* list, int terms, int run)
    {
        for (int t = 0; t + 2 * run <= terms; t += run)
            for (int entry = 2; entry < Math.Min(run, 4); entry++)
                list[t + entry] = list[Math.Min(t + Tiles.Ahead / run * run + entry - 2, terms - 1)];
    }

    // The lines that a tile meets in a later block of channels, or the next tile in one of the first, in turn.
    private static void FetchBlocks(in MapSum sum, int* list, int run)
    {
        int ofBlock = Tiles.Place * sum.Taps, terms = sum.From.Count * sum.Taps, blocks = (terms + ofBlock - 1) / ofBlock, ahead = Math.Max(1, TermsAhead / ofBlock);
        int step = sum.Taps == 1 ? 0 : list[1] - list[0], lowest = Math.Min(0, (run - 1) * step);
        int lines = ((run - 1) * Math.Abs(step) + (Tiles.NarrowRows - 1) * sum.Distance) / Tiles.Place + 1, linesOfBlock = Math.Max(1, sum.Taps / run) * lines, told = run == 4 ? 2 : 1;
        for (int block = 0; block < blocks; block++)
        {
            int* later = list + (block + ahead) % blocks * ofBlock;
            int start = block * ofBlock, entries = Math.Min(ofBlock, terms - start) / run * told, next = block + ahead < blocks ? 0 : Tiles.NarrowRows * sum.Distance;
            for (int entry = 0, t; entry < entries && (t = start + entry / told * run) + 2 * run <= terms; entry++)
            {
                int line = (int)((long)entry * linesOfBlock / entries);
                list[t + 2 + entry % told] = later[line / lines * run] + lowest + next + line % lines * Tiles.Place;
            }
        }
    }
}
