using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The sizes of a convolution as plain numbers, for kernels.</summary>
internal readonly struct Geometry
{
    public readonly int N, C, H, W, K, R, S, P, Q, Sh, Sw, Ph, Pw, Eh, Ew, CG, KG;

    public Geometry(in ConvolutionShape shape, Window window)
    {
        (N, C, H, W, K, R, S, P, Q) = shape;
        (Sh, Sw, Ph, Pw, Eh, Ew, int G) = window;
        (CG, KG) = (C / G, K / G);
    }
}

/// <summary>A term number as (channel, r, s), stepped without dividing: packing asks for it once per run of pixels.</summary>
internal struct Tap(int t, int R, int S)
{
    public int Channel = t / (R * S), Row = t / S % R, Column = t % S;

    public void Step()
    {
        if (++Column < S)
            return;
        Column = 0;
        if (++Row < R)
            return;
        Row = 0;
        Channel++;
    }
}

/// <summary>CV-F1 of one group: rows are filters, terms (c, r, s), columns the output pixels of the whole batch.</summary>
internal readonly unsafe struct ConvolutionForward(Geometry s, int g, float* x, float* w, float* b, float* y) : IOrderedProduct
{
    public int M => s.KG;
    public int T => s.CG * s.R * s.S;
    public int J => s.N * s.P * s.Q;

    public void PackRows(int m0, int rows, float* panel) =>
        RowPanel.FromRows(w + (nint)(g * s.KG + m0) * T, rows, T, panel);

    public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel)
    {
        // Pixels of one output row lie on one input row for every tap: gather run by run.
        for (int col = 0; col < columns;)
        {
            int pixel = j0 + col, n = pixel / (s.P * s.Q), i = pixel / s.Q % s.P, j = pixel % s.Q;
            int run = Math.Min(s.Q - j, columns - col);
            float* image = x + ((nint)n * s.C + g * s.CG) * s.H * s.W;
            float* to = panel + col;
            var tap = new Tap(t0, s.R, s.S);
            for (int t = t0; t < t1; t++, to += width, tap.Step())
            {
                int u = i * s.Sh + tap.Row * s.Eh - s.Ph;
                if (0 <= u && u < s.H)
                    Runs.Gather(image + ((nint)tap.Channel * s.H + u) * s.W, s.W, j * s.Sw + tap.Column * s.Ew - s.Pw, s.Sw, to, 1, run, 0);
                else
                    Runs.Fill(to, 1, run, 0);
            }
            col += run;
        }
    }

    public void Store(int m0, int rows, int j0, int columns, int width, float* tile)
    {
        int map = s.P * s.Q;
        for (int row = 0; row < rows; row++)
        {
            int k = g * s.KG + m0 + row;
            for (int col = 0; col < columns;)
            {
                int n = (j0 + col) / map, pixel = (j0 + col) % map, run = Math.Min(map - pixel, columns - col);
                TensorPrimitives.Add(new ReadOnlySpan<float>(tile + row * width + col, run), b[k],
                    new Span<float>(y + ((nint)n * s.K + k) * map + pixel, run));
                col += run;
            }
        }
    }
}

/// <summary>CV-B1 of one group: rows are input channels, terms (q, r, s), columns the input pixels of the whole batch.</summary>
internal readonly unsafe struct ConvolutionBackwardData(Geometry s, int g, float* dy, float* w, float* dx) : IOrderedProduct
{
    public int M => s.CG;
    public int T => s.KG * s.R * s.S;
    public int J => s.N * s.H * s.W;

    public void PackRows(int m0, int rows, float* panel)
    {
        int taps = s.R * s.S;
        for (int q = 0; q < s.KG; q++)
            for (int row = 0; row < rows; row++)
            {
                float* from = w + ((nint)(g * s.KG + q) * s.CG + m0 + row) * taps;
                float* to = panel + (nint)q * taps * OrderedProduct.Rows + row;
                for (int tap = 0; tap < taps; tap++)
                    to[tap * OrderedProduct.Rows] = from[tap];
            }
    }

    public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel)
    {
        for (int col = 0; col < columns;)
        {
            int pixel = j0 + col, n = pixel / (s.H * s.W), u = pixel / s.W % s.H, v = pixel % s.W;
            int run = Math.Min(s.W - v, columns - col);
            float* image = dy + ((nint)n * s.K + g * s.KG) * s.P * s.Q;
            float* to = panel + col;
            var tap = new Tap(t0, s.R, s.S);
            for (int t = t0; t < t1; t++, to += width, tap.Step())
            {
                int above = u + s.Ph - tap.Row * s.Eh, i = s.Sh == 1 ? above : above / s.Sh;
                if (above < 0 || i * s.Sh != above || i >= s.P)
                    Runs.Fill(to, 1, run, 0);
                else
                    GatherStridden(image + ((nint)tap.Channel * s.P + i) * s.Q, v + s.Pw - tap.Column * s.Ew, to, run);
            }
            col += run;
        }
    }

    // to[e] = row[(left + e)/sw] where that is a whole index of the row, else 0.
    private void GatherStridden(float* row, int left, float* to, int run)
    {
        if (s.Sw == 1)
        {
            Runs.Gather(row, s.Q, left, 1, to, 1, run, 0);
            return;
        }
        Runs.Fill(to, 1, run, 0);
        int first = ((-left) % s.Sw + s.Sw) % s.Sw;   // the first e with left + e divisible by sw
        if (first < run)
            Runs.Gather(row, s.Q, (left + first) / s.Sw, 1, to + first, s.Sw, (run - first + s.Sw - 1) / s.Sw, 0);
    }

    public void Store(int m0, int rows, int j0, int columns, int width, float* tile)
    {
        int map = s.H * s.W;
        for (int row = 0; row < rows; row++)
        {
            for (int col = 0; col < columns;)
            {
                int n = (j0 + col) / map, pixel = (j0 + col) % map, run = Math.Min(map - pixel, columns - col);
                new ReadOnlySpan<float>(tile + row * width + col, run)
                    .CopyTo(new Span<float>(dx + ((nint)n * s.C + g * s.CG + m0 + row) * map + pixel, run));
                col += run;
            }
        }
    }
}

/// <summary>CV-B2 of one group: rows are filters, terms the output pixels (n, i, j), columns the weights (c, r, s) of one filter.</summary>
internal readonly unsafe struct ConvolutionBackwardWeights(Geometry s, int g, float* dy, float* x, float* dw) : IOrderedProduct
{
    public int M => s.KG;
    public int T => s.N * s.P * s.Q;
    public int J => s.CG * s.R * s.S;

    public void PackRows(int m0, int rows, float* panel)
    {
        int map = s.P * s.Q;
        for (int n = 0; n < s.N; n++)
            for (int row = 0; row < rows; row++)
            {
                float* from = dy + ((nint)n * s.K + g * s.KG + m0 + row) * map;
                float* to = panel + (nint)n * map * OrderedProduct.Rows + row;
                for (int pixel = 0; pixel < map; pixel++)
                    to[pixel * OrderedProduct.Rows] = from[pixel];
            }
    }

    public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel)
    {
        for (int t = t0; t < t1;)
        {
            int n = t / (s.P * s.Q), i = t / s.Q % s.P, j = t % s.Q, run = Math.Min(s.Q - j, t1 - t);
            float* to = panel + (nint)(t - t0) * width;
            var tap = new Tap(j0, s.R, s.S);
            for (int col = 0; col < columns; col++, tap.Step())
            {
                int u = i * s.Sh + tap.Row * s.Eh - s.Ph;
                if (0 <= u && u < s.H)
                    Runs.Gather(x + (((nint)n * s.C + g * s.CG + tap.Channel) * s.H + u) * s.W, s.W, j * s.Sw + tap.Column * s.Ew - s.Pw, s.Sw,
                        to + col, width, run, 0);
                else
                    Runs.Fill(to + col, width, run, 0);
            }
            t += run;
        }
    }

    public void Store(int m0, int rows, int j0, int columns, int width, float* tile)
    {
        for (int row = 0; row < rows; row++)
            new ReadOnlySpan<float>(tile + row * width, columns).CopyTo(new Span<float>(dw + (nint)(g * s.KG + m0 + row) * J + j0, columns));
    }
}
