using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The sizes of a convolution as plain numbers, for kernels: always of volumes. Maps have one frame, rows one row as well,
/// and along those the window stands still.</summary>
internal readonly struct Geometry
{
    public readonly int N, C, D, H, W, K, T, R, S, O, P, Q, Sd, Sh, Sw, Pd, Ph, Pw, Ed, Eh, Ew, G, CG, KG;

    public Geometry(in ConvolutionShape3 shape, Window window)
    {
        (N, C, D, H, W, K, T, R, S, O, P, Q) = shape;
        (Sd, Pd, Ed) = (PoolingGeometry.Taken(window.Sd, O), window.Pd, PoolingGeometry.Taken(window.Ed, T));
        (Sh, Sw, Ph, Pw, Eh, Ew, G) = window;
        (Sh, Sw, Eh, Ew) = (PoolingGeometry.Taken(Sh, P), PoolingGeometry.Taken(Sw, Q), PoolingGeometry.Taken(Eh, R), PoolingGeometry.Taken(Ew, S));
        (CG, KG) = (C / G, K / G);
    }

    public Geometry(in ConvolutionShape shape, Window window)
    {
        (N, C, H, W, K, R, S, P, Q) = shape;
        (D, T, O, Sd, Pd, Ed) = (1, 1, 1, 1, 0, 1);
        (Sh, Sw, Ph, Pw, Eh, Ew, G) = window;
        (Sh, Sw, Eh, Ew) = (PoolingGeometry.Taken(Sh, P), PoolingGeometry.Taken(Sw, Q), PoolingGeometry.Taken(Eh, R), PoolingGeometry.Taken(Ew, S));
        (CG, KG) = (C / G, K / G);
    }

    public Geometry(in ConvolutionShape1 shape, Window window)
    {
        (N, C, W, K, S, Q) = shape;
        (D, T, O, Sd, Pd, Ed) = (1, 1, 1, 1, 0, 1);
        (H, R, P, Sh, Ph, Eh) = (1, 1, 1, 1, 0, 1);
        (_, Sw, _, Pw, _, Ew, G) = window;
        (Sw, Ew) = (PoolingGeometry.Taken(Sw, Q), PoolingGeometry.Taken(Ew, S));
        (CG, KG) = (C / G, K / G);
    }

    /// <summary>The convolution that a transposed one is the data gradient of: input and output exchanged, and so are channels and filters.</summary>
    public Geometry(in TransposedShape3 t, Window window)
        : this(new ConvolutionShape3(t.N, t.K, t.O, t.P, t.Q, t.C, t.T, t.R, t.S, t.D, t.H, t.W), window)
    {
    }

    /// <inheritdoc cref="Geometry(in TransposedShape3, Window)"/>
    public Geometry(in TransposedShape1 t, Window window) : this(new ConvolutionShape1(t.N, t.K, t.Q, t.C, t.S, t.W), window)
    {
    }

    // The same pixels in rows that are longer by a factor.
    private Geometry(in Geometry s, int longer)
    {
        this = s;
        (H, P, W, Q) = (H / longer, P / longer, W * longer, Q * longer);
    }

    /// <summary>Weights of one filter and channel.</summary>
    public int Taps => T * R * S;

    /// <summary>Whether each pixel meets the one at its own place alone: rows end nowhere then.</summary>
    public bool IsPointwise => Taps == 1 && (Sd, Sh, Sw, Pd, Ph, Pw) == (1, 1, 1, 0, 0, 0) && (D, H, W) == (O, P, Q);

    /// <summary>The same sum with rows of up to so many pixels, where they may be joined.</summary>
    public Geometry WithRowsOf(int most)
    {
        int longer = IsPointwise ? H : 1;
        while (longer > 1 && (H % longer != 0 || (long)W * longer > most))
            longer--;
        return new(this, longer);
    }

    /// <summary>Elements of one channel of x.</summary>
    public int Input => D * H * W;

    /// <summary>Elements of one map of y.</summary>
    public int Output => O * P * Q;
}

/// <summary>A term number as (channel, t, r, s), stepped without dividing and by whole kernel rows: what such a row meets in the image is
/// found once.</summary>
internal struct Tap
{
    private readonly int _T, _R, _S;
    public int Channel, Frame, Row, Column;

    public Tap(int term, int T, int R, int S)
    {
        (_T, _R, _S) = (T, R, S);
        (Channel, Frame, Row, Column) = (term / (T * R * S), term / (R * S) % T, term / S % R, term % S);
    }

    /// <summary>Terms up to <paramref name="last"/> that lie on this kernel row, from this one on.</summary>
    public readonly int Run(int term, int last) => Math.Min(_S - Column, last - term);

    /// <summary>Goes on by <paramref name="run"/> terms of this kernel row.</summary>
    public void Step(int run)
    {
        Column += run;
        if (Column < _S)
            return;
        Column = 0;
        if (++Row < _R)
            return;
        Row = 0;
        if (++Frame < _T)
            return;
        Frame = 0;
        Channel++;
    }
}

/// <summary>The forward pass of one group (CV-F1, CV-F12 to CV-F14): rows are filters, terms (c, t, r, s), columns the output pixels
/// of the whole batch.</summary>
/// <remarks>Without a bias (null) it is the data gradient of a transposed convolution.</remarks>
internal readonly unsafe struct ConvolutionForward(Geometry s, int g, float* x, float* w, float* b, float* y) : IOrderedProduct
{
    public int M => s.KG;
    public int T => s.CG * s.Taps;
    public int J => s.N * s.Output;

    public void PackRows(int m0, int rows, float* panel) =>
        Transposition.Copy(w + (nint)(g * s.KG + m0) * T, T, rows, T, panel, rows);

    public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel)
    {
        // Pixels of one output row lie on one input row for every tap: gather run by run.
        for (int col = 0; col < columns;)
        {
            int pixel = j0 + col, n = pixel / s.Output, o = pixel / (s.P * s.Q) % s.O, i = pixel / s.Q % s.P, j = pixel % s.Q;
            int run = Math.Min(s.Q - j, columns - col);
            float* image = x + ((nint)n * s.C + g * s.CG) * s.Input;
            float* to = panel + col;
            var tap = new Tap(t0, s.T, s.R, s.S);
            for (int term = t0; term < t1;)
            {
                int d = o * s.Sd + tap.Frame * s.Ed - s.Pd, u = i * s.Sh + tap.Row * s.Eh - s.Ph, taps = tap.Run(term, t1);
                if (0 <= d && d < s.D && 0 <= u && u < s.H)
                    Runs.GatherTaps(image + (((nint)tap.Channel * s.D + d) * s.H + u) * s.W, s.W, j * s.Sw + tap.Column * s.Ew - s.Pw, s.Sw, s.Ew,
                        taps, to, 1, width, run);
                else
                    Runs.ClearTaps(taps, to, 1, width, run);
                to += (nint)taps * width;
                term += taps;
                tap.Step(taps);
            }
            col += run;
        }
    }

    public void Store(int m0, int rows, int j0, int columns, int width, float* tile) =>
        Maps.Store(tile, rows, columns, width, j0, s.Output, y, s.K, g * s.KG + m0, b);
}

/// <summary>The data gradient of one group (CV-B1, CV-B28, CV-B31, CV-B34): rows are input channels, terms (q, t, r, s), columns the
/// input pixels of the whole batch.</summary>
/// <remarks>With a bias of each channel, added last, it is a transposed convolution.</remarks>
internal readonly unsafe struct ConvolutionBackwardData(Geometry s, int g, float* dy, float* w, float* dx, float* b = null) : IOrderedProduct
{
    public int M => s.CG;
    public int T => s.KG * s.Taps;
    public int J => s.N * s.Input;

    public void PackRows(int m0, int rows, float* panel)
    {
        int taps = s.Taps;
        for (int q = 0; q < s.KG; q++)
            Transposition.Copy(w + ((nint)(g * s.KG + q) * s.CG + m0) * taps, taps, rows, taps, panel + (nint)q * taps * rows, rows);
    }

    public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel)
    {
        for (int col = 0; col < columns;)
        {
            int pixel = j0 + col, n = pixel / s.Input, d = pixel / (s.H * s.W) % s.D, u = pixel / s.W % s.H, v = pixel % s.W;
            int run = Math.Min(s.W - v, columns - col);
            float* image = dy + ((nint)n * s.K + g * s.KG) * s.Output;
            float* to = panel + col;
            var tap = new Tap(t0, s.T, s.R, s.S);
            for (int term = t0; term < t1;)
            {
                int o = Place(d + s.Pd - tap.Frame * s.Ed, s.Sd, s.O), i = Place(u + s.Ph - tap.Row * s.Eh, s.Sh, s.P), taps = tap.Run(term, t1);
                float* row = image + (((nint)tap.Channel * s.O + o) * s.P + i) * s.Q;
                int left = v + s.Pw - tap.Column * s.Ew;
                if (o < 0 || i < 0)
                    Runs.ClearTaps(taps, to, 1, width, run);
                else if (s.Sw == 1)
                    Runs.GatherTaps(row, s.Q, left, 1, -s.Ew, taps, to, 1, width, run);
                else
                    for (int e = 0; e < taps; e++)
                        GatherStridden(row, left - e * s.Ew, to + (nint)e * width, run);
                to += (nint)taps * width;
                term += taps;
                tap.Step(taps);
            }
            col += run;
        }
    }

    // distance/stride where that is a whole number in [0, places), else −1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Place(int distance, int stride, int places)
    {
        if (distance < 0)
            return -1;
        int place = stride == 1 ? distance : distance / stride;
        return place * stride == distance && place < places ? place : -1;
    }

    // to[e] = row[(left + e)/sw] where that is a whole index of the row, else 0.
    private void GatherStridden(float* row, int left, float* to, int run)
    {
        Runs.Fill(to, 1, run, 0);
        int first = ((-left) % s.Sw + s.Sw) % s.Sw;   // the first e with left + e divisible by sw
        if (first < run)
            Runs.Gather(row, s.Q, (left + first) / s.Sw, 1, to + first, s.Sw, (run - first + s.Sw - 1) / s.Sw, 0);
    }

    public void Store(int m0, int rows, int j0, int columns, int width, float* tile) =>
        Maps.Store(tile, rows, columns, width, j0, s.Input, dx, s.C, g * s.CG + m0, b);
}

/// <summary>The weight gradient of one group (CV-B2, CV-B29, CV-B32, CV-B35): rows are filters, terms the output pixels (n, o, i, j),
/// columns the weights (c, t, r, s) of one filter.</summary>
internal readonly unsafe struct ConvolutionBackwardWeights(Geometry s, int g, float* dy, float* x, float* dw) : IOrderedProduct
{
    public int M => s.KG;
    public int T => s.N * s.Output;
    public int J => s.CG * s.Taps;

    public void PackRows(int m0, int rows, float* panel)
    {
        int map = s.Output;
        for (int n = 0; n < s.N; n++)
            Transposition.Copy(dy + ((nint)n * s.K + g * s.KG + m0) * map, map, rows, map, panel + (nint)n * map * rows, rows);
    }

    public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel)
    {
        for (int term = t0; term < t1;)
        {
            int n = term / s.Output, o = term / (s.P * s.Q) % s.O, i = term / s.Q % s.P, j = term % s.Q, run = Math.Min(s.Q - j, t1 - term);
            float* image = x + ((nint)n * s.C + g * s.CG) * s.Input;
            float* to = panel + (nint)(term - t0) * width;
            var tap = new Tap(j0, s.T, s.R, s.S);
            for (int col = 0; col < columns;)
            {
                int d = o * s.Sd + tap.Frame * s.Ed - s.Pd, u = i * s.Sh + tap.Row * s.Eh - s.Ph, taps = tap.Run(col, columns);
                if (0 <= d && d < s.D && 0 <= u && u < s.H)
                    Runs.GatherTaps(image + (((nint)tap.Channel * s.D + d) * s.H + u) * s.W, s.W, j * s.Sw + tap.Column * s.Ew - s.Pw, s.Sw, s.Ew,
                        taps, to + col, width, 1, run);
                else
                    Runs.ClearTaps(taps, to + col, width, 1, run);
                col += taps;
                tap.Step(taps);
            }
            term += run;
        }
    }

    public void Store(int m0, int rows, int j0, int columns, int width, float* tile)
    {
        for (int row = 0; row < rows; row++)
            new ReadOnlySpan<float>(tile + row * width, columns).CopyTo(new Span<float>(dw + (nint)(g * s.KG + m0 + row) * J + j0, columns));
    }
}

/// <summary>Rows of a product whose columns are the pixels of a batch of maps.</summary>
internal static unsafe class Maps
{
    /// <summary>Writes tile row r to map <paramref name="first"/> + r of each image, from pixel j0 of the batch on; adds the map's bias
    /// where there is one.</summary>
    public static void Store(float* tile, int rows, int columns, int width, int j0, int map, float* to, int maps, int first, float* b)
    {
        for (int row = 0; row < rows; row++)
        {
            int k = first + row;
            for (int col = 0; col < columns;)
            {
                int n = (j0 + col) / map, pixel = (j0 + col) % map, run = Math.Min(map - pixel, columns - col);
                var from = new ReadOnlySpan<float>(tile + row * width + col, run);
                var into = new Span<float>(to + ((nint)n * maps + k) * map + pixel, run);
                if (b == null)
                    from.CopyTo(into);
                else
                    TensorPrimitives.Add(from, b[k], into);
                col += run;
            }
        }
    }
}

/// <summary>The bias gradient of every convolution: db[k] is the sum of all residuals of the maps k.</summary>
/// <remarks>Each map is summed in 16 virtual lanes (<see cref="Sums"/>), then the maps of one filter ascending in n.</remarks>
internal readonly unsafe struct BiasSums(int N, int K, nint map, float* dy, float* db, VectorWidth width) : IWork
{
    public static void Run(Execution on, int N, int K, nint map, float* dy, float* db)
    {
        if (map == 1)
            Pointwise.Run(on, K, new ColumnSums(N, K, dy, db));
        else
            on.Run(K, new BiasSums(N, K, map, dy, db, on.Width));
    }

    public void Do(int from, int to, int thread)
    {
        for (int k = from; k < to; k++)
        {
            float sum = 0;
            for (int n = 0; n < N; n++)
                sum += Sums.Sum(width, dy + ((nint)n * K + k) * map, map);
            db[k] = sum;
        }
    }
}
