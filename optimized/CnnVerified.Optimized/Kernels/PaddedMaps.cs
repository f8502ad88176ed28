namespace CnnVerified.Optimized.Kernels;

/// <summary>Maps, or volumes, as windows meet them: with zeros or another value around them, without what no window reaches, and the columns sorted by
/// their remainder modulo a stride. So the places of a tap in neighbouring windows are neighbours in memory.</summary>
/// <remarks>Padded place (f, a, b) stands at frame f, row a, phase b mod phases, position b / phases; it is element (f, a, b) less the lead of
/// the map itself, or the padding outside.</remarks>
internal readonly unsafe struct PaddedMaps
{
    private const int NarrowRow = 64;

    private readonly int _D, _H, _W, _leadD, _leadH, _leadW, _frames, _rows, _phases, _length;

    /// <summary>Maps D×H×W with so much padding before them in each dimension, and so many places with that; not copied where they may be read as they are.</summary>
    public PaddedMaps((int D, int H, int W) size, (int D, int H, int W) lead, (int D, int H, int W) places, int phases, bool asTheyAre)
    {
        ((_D, _H, _W), (_leadD, _leadH, _leadW)) = (size, lead);
        Fits = asTheyAre && lead == default && phases == 1 && places.D <= size.D && places.H <= size.H && places.W <= size.W;
        (_frames, _rows, _phases, _length) = Fits ? (_D, _H, 1, _W) : (places.D, places.H, phases, (places.W + phases - 1) / phases);
    }

    /// <summary>True where the maps can be read as they are.</summary>
    public bool Fits { get; }

    /// <summary>Floats of one map.</summary>
    public long Size => (long)_frames * _rows * _phases * _length;

    /// <summary>Floats of one padded row, all phases.</summary>
    public int Pitch => _phases * _length;

    /// <summary>Where a padded place stands.</summary>
    public nint At(int frame, int row, int column) =>
        (((nint)frame * _rows + row) * _phases + column % _phases) * _length + column / _phases;

    /// <summary>Writes one map, with <paramref name="padding"/> where there is no element; places may be counted from a later frame and row on.</summary>
    public void Copy(float* map, float* to, float padding = 0, int frame = 0, int row = 0)
    {
        if (_phases == 1 && _length <= NarrowRow && Size <= int.MaxValue)
        {
            CopyNarrow(map, to, padding, frame, row);
            return;
        }
        for (int f = 0; f < _frames; f++)
            for (int a = 0; a < _rows; a++)
            {
                int d = frame + f - _leadD, u = row + a - _leadH;
                bool inside = 0 <= d && d < _D && 0 <= u && u < _H;
                for (int phase = 0; phase < _phases; phase++, to += _length)
                    if (inside)
                        Runs.Gather(map + ((nint)d * _H + u) * _W, _W, phase - _leadW, _phases, to, 1, _length, padding);
                    else
                        new Span<float>(to, _length).Fill(padding);
            }
    }

    // All padding at once, then what lies inside of each row: three calls for a few floats would take longer than the floats.
    private void CopyNarrow(float* map, float* to, float padding, int frame, int row)
    {
        new Span<float>(to, (int)Size).Fill(padding);
        int lead = Math.Max(0, _leadW), skipped = Math.Max(0, -_leadW), count = Math.Min(_W - skipped, _length - lead);
        int firstFrame = Math.Max(0, _leadD - frame), lastFrame = Math.Min(_frames, _D + _leadD - frame), first = Math.Max(0, _leadH - row), last = Math.Min(_rows, _H + _leadH - row);
        if (count <= 0)
            return;
        for (int f = firstFrame; f < lastFrame; f++)
            for (int a = first; a < last; a++)
                Runs.Move(map + ((nint)(frame + f - _leadD) * _H + row + a - _leadH) * _W + skipped, count, to + ((nint)f * _rows + a) * _length + lead);
    }
}
