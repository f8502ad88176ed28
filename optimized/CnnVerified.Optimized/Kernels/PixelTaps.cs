namespace CnnVerified.Optimized.Kernels;

/// <summary>For each pixel of a result the taps that meet a place inside of the map: nothing is padded. Pixels that meet the same taps share a list.</summary>
internal readonly unsafe struct PixelTaps
{
    private readonly Axis _d, _h, _w;
    private readonly int _H, _W;
    private readonly int* _starts, _pairs;

    /// <summary>The memory that it takes, in floats, at most.</summary>
    public static nint Size(in MapSum sum) =>
        Axis.MostKinds(sum.D) * Axis.MostKinds(sum.H) * Axis.MostKinds(sum.W) * (2 * (nint)sum.Taps + 1) + 1 + Axis.Floats(sum.D) + Axis.Floats(sum.H) + Axis.Floats(sum.W);

    /// <summary>Fills memory of that size.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="memory">The memory.</param>
    /// <param name="ofPlace">Floats of a place, which distances are counted in.</param>
    /// <param name="ofTap">Floats of a tap's weights.</param>
    public PixelTaps(in MapSum sum, int* memory, int ofPlace = 1, int ofTap = 1)
    {
        _d = new(sum.D, memory);
        _h = new(sum.H, memory += Axis.Floats(sum.D));
        _w = new(sum.W, memory += Axis.Floats(sum.H));
        (_H, _W) = (sum.H.Source, sum.W.Source);
        _starts = memory + Axis.Floats(sum.W);
        _pairs = _starts + _d.Kinds * _h.Kinds * _w.Kinds + 1;
        int kind = 0, count = 0;
        for (int d = 0; d < _d.Kinds; d++)
            for (int h = 0; h < _h.Kinds; h++)
                for (int w = 0; w < _w.Kinds; w++)
                {
                    _starts[kind++] = count;
                    int* frames = _d.Behind(d), rows = _h.Behind(h), columns = _w.Behind(w);
                    for (int t = 0; t < sum.D.Taps; t++)
                        for (int r = 0; r < sum.H.Taps && frames[t] >= 0; r++)
                            for (int s = 0; s < sum.W.Taps && rows[r] >= 0; s++)
                                if (columns[s] >= 0)
                                {
                                    _pairs[count++] = ((frames[t] * _H + rows[r]) * _W + columns[s]) * ofPlace;
                                    _pairs[count++] = ((t * sum.H.Taps + r) * sum.W.Taps + s) * ofTap;
                                }
                }
        _starts[kind] = count;
    }

    /// <summary>The place in the map from which the places of a pixel's list are counted.</summary>
    public nint Place(int d, int h, int w) => ((nint)_d.Start(d) * _H + _h.Start(h)) * _W + _w.Start(w);

    /// <summary>A pixel's list: places behind <see cref="Place"/> and taps, in the order of the sum.</summary>
    public int* List(int d, int h, int w, out int* end)
    {
        int kind = (_d.Kind(d) * _h.Kinds + _h.Kind(h)) * _w.Kinds + _w.Kind(w);
        end = _pairs + _starts[kind + 1];
        return _pairs + _starts[kind];
    }

    /// <summary>Whether pixels w and w + <paramref name="distance"/> of a row meet the same taps, the second each of them so many <paramref name="places"/> further.</summary>
    public bool AreAlike(int w, int distance, int places) => _w.Kind(w + distance) == _w.Kind(w) && _w.Start(w + distance) == _w.Start(w) + places;

    /// <summary>The same of rows h and h + <paramref name="distance"/> of a frame.</summary>
    public bool RowsAreAlike(int h, int distance, int places) => _h.Kind(h + distance) == _h.Kind(h) && _h.Start(h + distance) == _h.Start(h) + places;

    /// <summary>One dimension: pixels with the same first and last tap are of one kind, since what lies between is the same for all.</summary>
    private readonly struct Axis
    {
        private readonly int _taps;
        private readonly int* _kind, _start, _first, _last, _behind;

        /// <summary>The memory that it takes, at most.</summary>
        public static nint Floats(in MapAxis axis) => 4 * (nint)axis.Size + MostKinds(axis) * axis.Taps;

        /// <summary>Pairs of a first and a last tap, and none.</summary>
        public static nint MostKinds(in MapAxis axis) => (nint)Math.Min(axis.Size, (long)axis.Taps * (axis.Taps + 1) / 2 + 1);

        public Axis(in MapAxis axis, int* memory)
        {
            _taps = axis.Taps;
            _kind = memory;
            _start = _kind + axis.Size;
            _first = _start + axis.Size;
            _last = _first + axis.Size;
            _behind = _last + axis.Size;
            Kinds = 0;
            for (int pixel = 0; pixel < axis.Size; pixel++)
            {
                int first = 0, last = axis.Taps - 1, kind = 0;
                while (first < axis.Taps && axis.Inside(pixel, first) < 0)
                    first++;
                while (last > first && axis.Inside(pixel, last) < 0)
                    last--;
                _start[pixel] = first < axis.Taps ? Math.Min(axis.Inside(pixel, first), axis.Inside(pixel, last)) : 0;
                while (kind < Kinds && (_first[kind], _last[kind]) != (first, last))
                    kind++;
                _kind[pixel] = kind;
                if (kind < Kinds)
                    continue;
                (_first[kind], _last[kind]) = (first, last);
                int* behind = Behind(Kinds++);
                for (int tap = 0; tap < axis.Taps; tap++)
                    behind[tap] = axis.Inside(pixel, tap) is >= 0 and var place ? place - _start[pixel] : -1;
            }
        }

        public int Kinds { get; }

        public int Kind(int pixel) => _kind[pixel];

        public int Start(int pixel) => _start[pixel];

        /// <summary>How far behind its start a pixel of this kind meets each tap; −1 where it does not.</summary>
        public int* Behind(int kind) => _behind + (nint)kind * _taps;
    }
}
