namespace CnnVerified.Optimized.Kernels;

/// <summary>The sizes of a pooling as plain numbers, for kernels: always of volumes. Maps have one frame, rows one row as well, and along
/// those the window stands still.</summary>
/// <remarks>A stride that no second window takes is 1 here, and a dilation that no second tap takes: memory is sorted by the stride, which
/// may be any number.</remarks>
internal readonly struct PoolingGeometry
{
    public readonly int N, C, D, H, W, T, R, S, O, P, Q, Sd, Sh, Sw, Pd, Ph, Pw, Ed, Eh, Ew;

    public PoolingGeometry(in PoolingShape3 shape, Window window)
    {
        (N, C, D, H, W, T, R, S, O, P, Q) = shape;
        (Sd, Pd, Ed) = (Taken(window.Sd, O), window.Pd, Taken(window.Ed, T));
        (Sh, Sw, Ph, Pw, Eh, Ew) = (Taken(window.Sh, P), Taken(window.Sw, Q), window.Ph, window.Pw, Taken(window.Eh, R), Taken(window.Ew, S));
    }

    public PoolingGeometry(in PoolingShape shape, Window window)
    {
        (N, C, H, W, R, S, P, Q) = shape;
        (D, T, O, Sd, Pd, Ed) = (1, 1, 1, 1, 0, 1);
        (Sh, Sw, Ph, Pw, Eh, Ew) = (Taken(window.Sh, P), Taken(window.Sw, Q), window.Ph, window.Pw, Taken(window.Eh, R), Taken(window.Ew, S));
    }

    public PoolingGeometry(in PoolingShape1 shape, Window window)
    {
        (N, C, W, S, Q) = shape;
        (D, T, O, Sd, Pd, Ed) = (1, 1, 1, 1, 0, 1);
        (H, R, P, Sh, Ph, Eh) = (1, 1, 1, 1, 0, 1);
        (Sw, Pw, Ew) = (Taken(window.Sw, Q), window.Pw, Taken(window.Ew, S));
    }

    /// <summary>A step, or 1 where there is nothing to step to.</summary>
    public static int Taken(int step, int count) => count > 1 ? step : 1;

    /// <summary>Maps of the batch: each is pooled by itself.</summary>
    public int Maps => N * C;

    /// <summary>Elements of one map of x.</summary>
    public int Input => D * H * W;

    /// <summary>Elements of one map of y.</summary>
    public int Output => O * P * Q;

    /// <summary>Elements of a window.</summary>
    public int Taps => T * R * S;
}

/// <summary>One padded map as pooling reads it: windows of any stride and dilation load whole vectors of neighbouring pixels.</summary>
/// <remarks>Rows are long enough for whole vectors at every tap.</remarks>
internal readonly unsafe struct PhasedMap
{
    private readonly PoolingGeometry _s;
    private readonly int _length;
    private readonly PaddedMaps _maps;

    public PhasedMap(in PoolingGeometry s)
    {
        _s = s;
        RowLength = (s.Q + 15) / 16 * 16;
        _length = RowLength + (s.S - 1) * s.Ew / s.Sw;
        Rows = (s.P - 1) * s.Sh + (s.R - 1) * s.Eh + 1;
        Frames = (s.O - 1) * s.Sd + (s.T - 1) * s.Ed + 1;
        _maps = new((s.D, s.H, s.W), (s.Pd, s.Ph, s.Pw), (Frames, Rows, checked(_length * s.Sw)), s.Sw, asTheyAre: false);
    }

    /// <summary>Output columns rounded up to whole vectors of the widest kind.</summary>
    public int RowLength { get; }

    /// <summary>Padded rows that windows reach.</summary>
    public int Rows { get; }

    /// <summary>Padded frames that windows reach.</summary>
    public int Frames { get; }

    /// <summary>Floats that the map takes.</summary>
    public nint Size => (nint)_maps.Size;

    /// <summary>Where tap (t, r, s) of the windows (o, i, 0), (o, i, 1), … stands.</summary>
    public nint Tap(int o, int i, int t, int r, int s) => _maps.At(o * _s.Sd + t * _s.Ed, i * _s.Sh + r * _s.Eh, s * _s.Ew);

    /// <summary>Where the first tap of the windows (o, i, 0), (o, i, 1), … stands.</summary>
    public nint Window(int o, int i) => _maps.At(o * _s.Sd, i * _s.Sh, 0);

    /// <summary>offsets[(t·R + r)·S + s] = how far behind the first tap of a window its tap (t, r, s) stands: the same for every window.</summary>
    public void Taps(int* offsets)
    {
        for (int t = 0; t < _s.T; t++)
            for (int r = 0; r < _s.R; r++)
                for (int s = 0; s < _s.S; s++)
                    *offsets++ = checked((int)Tap(0, 0, t, r, s));
    }

    /// <summary>The same in the map H×W, or D×H×W, itself.</summary>
    public void Pixels(int* offsets)
    {
        for (int t = 0; t < _s.T; t++)
            for (int r = 0; r < _s.R; r++)
                for (int s = 0; s < _s.S; s++)
                    *offsets++ = checked((t * _s.Ed * _s.H + r * _s.Eh) * _s.W + s * _s.Ew);
    }

    /// <summary>Sets every element to 0.</summary>
    public void Clear(float* map) => new Span<float>(map, checked((int)Size)).Clear();

    /// <summary>Copies a map H×W, or a volume D×H×W, in; <paramref name="padding"/> where there is no element.</summary>
    public void Fill(float* x, float padding, float* map) => _maps.Copy(x, map, padding);

    /// <summary>Copies the elements of the map out to H×W, or D×H×W; 0 where no window reaches.</summary>
    public void Drain(float* map, float* x)
    {
        for (int d = 0; d < _s.D; d++)
            for (int u = 0; u < _s.H; u++, x += _s.W)
            {
                int f = d + _s.Pd, a = u + _s.Ph;
                if (f >= Frames || a >= Rows)
                    Runs.Fill(x, 1, _s.W, 0);
                else if (_s.Sw == 2)
                    DrainPairs(map + _maps.At(f, a, 0), x);
                else
                    for (int phase = 0; phase < _s.Sw; phase++)
                        DrainPhase(map + _maps.At(f, a, phase), phase, x);
            }
    }

    // An element of an odd padding comes first; an even number of elements follows, and maybe one.
    private void DrainPairs(float* evens, float* row)
    {
        int odd = Math.Min(_s.Pw & 1, _s.W), position = Math.Min((_s.Pw + 1) / 2, _length), pairs = Math.Min((_s.W - odd) / 2, _length - position);
        if (odd == 1)
            row[0] = _s.Pw / 2 < _length ? evens[_length + _s.Pw / 2] : 0;
        Runs.Alternate(evens + position, evens + _length + position, pairs, row + odd);
        for (int v = odd + 2 * pairs; v < _s.W; v++)
            row[v] = v == odd + 2 * pairs && position + pairs < _length ? evens[position + pairs] : 0;
    }

    private void DrainPhase(float* from, int phase, float* row)
    {
        int position = Math.Max(0, (_s.Pw - phase + _s.Sw - 1) / _s.Sw), v = position * _s.Sw + phase - _s.Pw;
        for (; v < _s.W && position < _length; v += _s.Sw, position++)
            row[v] = from[position];
        for (; v < _s.W; v += _s.Sw)
            row[v] = 0;
    }
}
