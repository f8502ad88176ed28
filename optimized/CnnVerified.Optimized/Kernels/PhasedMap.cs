namespace CnnVerified.Optimized.Kernels;

/// <summary>One padded map, its columns sorted by their remainder modulo the stride: then the taps of neighbouring windows are
/// neighbours in memory, and pooling of any stride loads whole vectors.</summary>
/// <remarks>Padded pixel (a, b) stands at row a, phase b mod sw, position b / sw. Rows are long enough for whole vectors at every tap.</remarks>
internal readonly unsafe struct PhasedMap
{
    private readonly PoolingShape _shape;
    private readonly int _sh, _sw, _ph, _pw, _length;

    public PhasedMap(in PoolingShape shape, Window window)
    {
        (_shape, _sh, _sw, _ph, _pw) = (shape, window.Sh, window.Sw, window.Ph, window.Pw);
        RowLength = (shape.Q + 15) / 16 * 16;
        _length = RowLength + (shape.S - 1) / _sw;
        Rows = (shape.P - 1) * _sh + shape.R;
    }

    /// <summary>Output columns rounded up to whole vectors of the widest kind.</summary>
    public int RowLength { get; }

    /// <summary>Padded rows that windows reach.</summary>
    public int Rows { get; }

    /// <summary>Floats that the map takes.</summary>
    public nint Size => (nint)Rows * _sw * _length;

    /// <summary>Where tap (r, s) of the windows (i, 0), (i, 1), … stands.</summary>
    public nint Tap(int i, int r, int s) => ((nint)(i * _sh + r) * _sw + s % _sw) * _length + s / _sw;

    /// <summary>Copies a map H×W in, <paramref name="padding"/> where there is no pixel.</summary>
    public void Fill(float* x, float padding, float* map)
    {
        for (int a = 0; a < Rows; a++)
        {
            int u = a - _ph;
            for (int phase = 0; phase < _sw; phase++)
            {
                float* to = map + ((nint)a * _sw + phase) * _length;
                if (0 <= u && u < _shape.H)
                    Runs.Gather(x + (nint)u * _shape.W, _shape.W, phase - _pw, _sw, to, 1, _length, padding);
                else
                    Runs.Fill(to, 1, _length, padding);
            }
        }
    }

    /// <summary>Copies the pixels of the map out to H×W; 0 where no window reaches.</summary>
    public void Drain(float* map, float* x)
    {
        for (int u = 0; u < _shape.H; u++)
        {
            float* row = x + (nint)u * _shape.W;
            Runs.Fill(row, 1, _shape.W, 0);
            int a = u + _ph;
            if (a >= Rows)
                continue;
            for (int phase = 0; phase < _sw; phase++)
            {
                float* from = map + ((nint)a * _sw + phase) * _length;
                int position = Math.Max(0, (_pw - phase + _sw - 1) / _sw);
                for (int v = position * _sw + phase - _pw; v < _shape.W && position < _length; v += _sw, position++)
                    row[v] = from[position];
            }
        }
    }
}
