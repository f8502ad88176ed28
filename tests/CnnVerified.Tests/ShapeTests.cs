using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Sizes and refusals of what reference and engine share, against windows that are laid out one by one. Each axis has numbers of its own:
/// an exchanged letter is another size.</summary>
public sealed class ShapeTests
{
    private const string Id = "XX-F1";

    // A batch or a number of channels with which nine elements are beyond an array, and eight are not.
    private const int Many = 1 << 28;

    private static readonly Window Mixed = new() { Sd = 2, Sh = 3, Sw = 1, Pd = 1, Ph = 0, Qh = 2, Pw = 2, Qw = 1, Ed = 1, Eh = 2, Ew = 3 };

    [Fact]
    public void Windows_are_as_many_as_fit_one_after_the_other()
    {
        int tried = 0;
        foreach (int size in new[] { 0, 1, 2, 3, 4, 6 })
            foreach (int taps in new[] { 0, 1, 2, 3 })
                foreach (int stride in new[] { 1, 2, 3 })
                    foreach (int before in new[] { 0, 1, 3 })
                        foreach (int behind in new[] { 0, 1, 2 })
                            foreach (int dilation in new[] { 1, 2, 4 })
                            {
                                int windows = 0;
                                while (taps > 0 && windows * stride + dilation * (taps - 1) < size + before + behind)
                                    windows++;
                                var rows = new Window { Sh = stride, Ph = before, Qh = behind, Eh = dilation };
                                var columns = new Window { Sw = stride, Pw = before, Qw = behind, Ew = dilation };
                                Same(windows > 0 ? (windows, 5) : null, () => rows.OutputSize(size, 7, taps, 3));
                                Same(windows > 0 ? (5, windows) : null, () => columns.OutputSize(7, size, 3, taps));
                                Same(windows > 0 ? windows : null, () => columns.OutputColumns(size, taps));
                                Same(windows > 0 ? (3, 5, windows) : null, () => columns.OutputVolume(4, 7, size, 2, 3, taps));
                                Same(windows > 0 ? (3, windows, 5) : null, () => rows.OutputVolume(4, size, 7, 2, taps, 3));
                                if (before == behind)
                                    Same(windows > 0 ? (windows, 5, 4) : null, () => new Window { Sd = stride, Pd = before, Ed = dilation }.OutputVolume(size, 7, 6, taps, 3, 3));
                                tried++;
                            }
        Assert.Equal(6 * 4 * 3 * 3 * 3 * 3, tried);
    }

    [Fact]
    public void A_border_that_is_kept_gets_a_last_window_that_holds_a_pixel()
    {
        foreach (int size in new[] { 1, 2, 3, 5, 6 })
            foreach (int taps in new[] { 1, 2, 3, 4 })
                foreach (int stride in new[] { 1, 2, 3, 5 })
                    foreach (int padding in new[] { 0, 1, 2 })
                    {
                        // Windows begin at −padding; the last may reach beyond the map, and begins in it.
                        int windows = 0;
                        while (windows == 0 || (windows - 1) * stride - padding + taps < size + padding && windows * stride - padding < size)
                            windows++;
                        bool fits = padding < taps && taps <= size + 2 * padding;
                        Same(fits ? (windows, 5) : null, () => new Window { Sh = stride, Ph = padding }.OutputSizeBorderKept(size, 5, taps, 1));
                        Same(fits ? (5, windows) : null, () => new Window { Sw = stride, Pw = padding }.OutputSizeBorderKept(5, size, 1, taps));
                    }
        foreach (Window window in new[] { new Window { Eh = 2 }, new() { Ew = 2 }, new() { Qh = 1 }, new() { Qw = 1 }, new() { Ph = 1, Qh = 0 } })
            Refused("PL-S2", () => window.OutputSizeBorderKept(6, 6, 3, 3));
    }

    [Fact]
    public void A_transposed_convolution_reaches_as_far_as_its_last_tap()
    {
        foreach (int size in new[] { 0, 1, 3 })
            foreach (int taps in new[] { 0, 1, 3 })
                foreach (int stride in new[] { 1, 2, 3 })
                    foreach (int padding in new[] { 0, 1, 2 })
                        foreach (int dilation in new[] { 1, 2 })
                            foreach (int extra in new[] { 0, 1, 2, 3 })
                            {
                                // Every pixel is put out, stride apart, under every tap; padding is cut off at both ends.
                                int[] reached = [.. from pixel in Enumerable.Range(0, size) from tap in Enumerable.Range(0, taps) select pixel * stride + tap * dilation];
                                int length = reached.Length == 0 ? 0 : reached.Max() + 1 + extra - 2 * padding;
                                bool fits = length > 0 && (extra < stride || extra < dilation);
                                var rows = new Window { Sh = stride, Ph = padding, Eh = dilation, Ah = extra };
                                var columns = new Window { Sw = stride, Pw = padding, Ew = dilation, Aw = extra };
                                var frames = new Window { Sd = stride, Pd = padding, Ed = dilation, Ad = extra };
                                Same(fits ? (length, 6) : null, () => TransposedShape.OutputSize(size, 5, taps, 2, rows));
                                Same(fits ? (6, length) : null, () => TransposedShape.OutputSize(5, size, 2, taps, columns));
                                Same(fits ? length : null, () => TransposedShape1.Of(Id, [2, 3, size], [3, 4, taps], columns).Q);
                                Same(fits ? (6, 4, length) : null, () => Volume(TransposedShape3.Of(Id, [2, 3, 5, 4, size], [3, 4, 2, 1, taps], columns)));
                                Same(fits ? (6, length, 4) : null, () => Volume(TransposedShape3.Of(Id, [2, 3, 5, size, 4], [3, 4, 2, taps, 1], rows)));
                                Same(fits ? (length, 6, 4) : null, () => Volume(TransposedShape3.Of(Id, [2, 3, size, 5, 4], [3, 4, taps, 2, 1], frames)));
                                if (!fits)
                                    continue;
                                // Both inverses find the sizes that lead there; a longer dy fits only where the stride, or the dilation, has room for it.
                                var shape = new TransposedShape(2, 3, size, 5, 8, taps, 2, length, 6);
                                Assert.Equal(shape, TransposedShape.OfData(Id, [2, 8, length, 6], [3, 8, taps, 2], rows));
                                Assert.Equal(shape, TransposedShape.OfWeights(Id, [2, 8, length, 6], [2, 3, size, 5], rows));
                                var across = new TransposedShape(2, 3, 5, size, 8, 2, taps, 6, length);
                                Assert.Equal(across, TransposedShape.OfData(Id, [2, 8, 6, length], [3, 8, 2, taps], columns));
                                Assert.Equal(across, TransposedShape.OfWeights(Id, [2, 8, 6, length], [2, 3, 5, size], columns));
                                Same(stride == 1 ? size + 1 : null, () => TransposedShape.OfData(Id, [2, 8, length + 1, 6], [3, 8, taps, 2], rows).H);
                                Same(dilation == 1 ? taps + 1 : null, () => TransposedShape.OfWeights(Id, [2, 8, length + 1, 6], [2, 3, size, 5], rows).R);
                            }

        static (int, int, int) Volume(TransposedShape3 shape) => (shape.O, shape.P, shape.Q);
    }

    [Fact]
    public void Convolutions_have_the_sizes_of_their_axes()
    {
        var grouped = new Window { Sh = 2, Ph = 1, Pw = 2, Qw = 0, Ew = 2, G = 3 };
        Assert.Equal(new ConvolutionShape(2, 6, 7, 9, 12, 3, 4, 4, 5), ConvolutionShape.Of(Id, [2, 6, 7, 9], [12, 2, 3, 4], grouped));
        Assert.Equal(new ConvolutionShape1(2, 6, 9, 12, 4, 5), ConvolutionShape1.Of(Id, [2, 6, 9], [12, 2, 4], grouped));
        Assert.Equal(new ConvolutionShape3(2, 6, 5, 7, 9, 12, 1, 3, 4, 5, 4, 5), ConvolutionShape3.Of(Id, [2, 6, 5, 7, 9], [12, 2, 1, 3, 4], grouped));
        Assert.Equal(new TransposedShape(2, 6, 7, 9, 12, 3, 4, 13, 13), TransposedShape.Of(Id, [2, 6, 7, 9], [6, 4, 3, 4], grouped with { Pw = 1 }));
        Assert.Equal(new TransposedShape1(2, 6, 9, 12, 4, 13), TransposedShape1.Of(Id, [2, 6, 9], [6, 4, 4], grouped with { Pw = 1 }));
        Assert.Equal(new TransposedShape3(2, 6, 5, 7, 9, 12, 2, 3, 4, 6, 13, 13), TransposedShape3.Of(Id, [2, 6, 5, 7, 9], [6, 4, 2, 3, 4], grouped with { Pw = 1 }));
        Assert.Equal(new DepthwiseShape(2, 6, 7, 9, 3, 4, 4, 8), DepthwiseShape.Of(Id, [2, 6, 7, 9], [6, 3, 4], grouped with { Ew = 1, G = 1 }));

        // Channels of x and w, groups that divide, ranks.
        foreach (var (x, w, G, what) in new (nint[], nint[], int, string)[]
        {
            ([2, 6, 7, 9], [12, 3, 3, 4], 3, "w expects C/G = 2"), ([2, 6, 7, 9], [12, 6, 3, 4], 3, "w expects C/G = 2"), ([2, 5, 7, 9], [12, 1, 3, 4], 3, "G = 3 groups must divide C = 5"),
            ([2, 6, 7, 9], [10, 2, 3, 4], 3, "G = 3 groups must divide C = 6 channels and K = 10"), ([2, 6, 7], [12, 2, 3, 4], 3, "x expects N×C×H×W, 4 dimensions"),
            ([2, 6, 7, 9], [12, 2, 3], 3, "w expects K×C/G×R×S, 4 dimensions"),
        })
            Refused(what, () => ConvolutionShape.Of(Id, x, w, new() { G = G }));
        Refused("w expects C/G = 2", () => ConvolutionShape1.Of(Id, [2, 6, 9], [12, 3, 4], grouped));
        Refused("x expects N×C×W, 3 dimensions", () => ConvolutionShape1.Of(Id, [2, 6, 9, 1], [12, 2, 4], grouped));
        Refused("w expects K×C/G×S, 3 dimensions", () => ConvolutionShape1.Of(Id, [2, 6, 9], [12, 2, 4, 1], grouped));
        Refused("w expects C/G = 2", () => ConvolutionShape3.Of(Id, [2, 6, 5, 7, 9], [12, 3, 1, 3, 4], grouped));
        Refused("x expects N×C×D×H×W, 5 dimensions", () => ConvolutionShape3.Of(Id, [2, 6, 5, 7], [12, 2, 1, 3, 4], grouped));
        Refused("w expects K×C/G×T×R×S, 5 dimensions", () => ConvolutionShape3.Of(Id, [2, 6, 5, 7, 9], [12, 2, 1, 3], grouped));
        Refused("w expects C = 6", () => TransposedShape.Of(Id, [2, 6, 7, 9], [5, 4, 3, 4], Window.Unit));
        Refused("G = 4 groups must divide C = 6", () => TransposedShape.Of(Id, [2, 6, 7, 9], [6, 4, 3, 4], new() { G = 4 }));
        Refused("x expects N×C×H×W, 4 dimensions", () => TransposedShape.Of(Id, [2, 6, 7], [6, 4, 3, 4], Window.Unit));
        Refused("w expects C×K/G×R×S, 4 dimensions", () => TransposedShape.Of(Id, [2, 6, 7, 9], [6, 4, 3], Window.Unit));
        Refused("x expects N×C×W, 3 dimensions", () => TransposedShape1.Of(Id, [2, 6], [6, 4, 3], Window.Unit));
        Refused("w expects C×K/G×S, 3 dimensions", () => TransposedShape1.Of(Id, [2, 6, 7], [6, 4, 3, 1], Window.Unit));
        Refused("w expects C = 6", () => TransposedShape1.Of(Id, [2, 6, 7], [5, 4, 3], Window.Unit));
        Refused("x expects N×C×D×H×W, 5 dimensions", () => TransposedShape3.Of(Id, [2, 6, 7, 9], [6, 4, 2, 3, 4], Window.Unit));
        Refused("w expects C×K/G×T×R×S, 5 dimensions", () => TransposedShape3.Of(Id, [2, 6, 5, 7, 9], [6, 4, 3, 4], Window.Unit));
        Refused("w expects C = 6", () => TransposedShape3.Of(Id, [2, 6, 5, 7, 9], [5, 4, 2, 3, 4], Window.Unit));
        Refused("dy expects N×K×P×Q, 4 dimensions", () => TransposedShape.OfData(Id, [2, 6, 7], [6, 4, 3, 4], Window.Unit));
        Refused("w expects C×K/G×R×S, 4 dimensions", () => TransposedShape.OfData(Id, [2, 6, 7, 9], [6, 4, 3], Window.Unit));
        Refused("dy expects N×K×P×Q, 4 dimensions", () => TransposedShape.OfWeights(Id, [2, 6, 7], [2, 6, 3, 4], Window.Unit));
        Refused("x expects N×C×H×W, 4 dimensions", () => TransposedShape.OfWeights(Id, [2, 6, 7, 9], [2, 6, 3], Window.Unit));
        Refused("G = 4 groups must divide K = 6", () => TransposedShape.OfWeights(Id, [2, 6, 7, 9], [2, 8, 3, 4], new() { G = 4 }));
        Refused("the window expects one group", () => TransposedShape.ExpectOneGroup(Id, new() { G = 2 }));
        TransposedShape.ExpectOneGroup(Id, Mixed);
        Refused("w expects C = 6 channels", () => DepthwiseShape.Of(Id, [2, 6, 7, 9], [5, 3, 4], Window.Unit));
        Refused("x expects N×C×H×W, 4 dimensions", () => DepthwiseShape.Of(Id, [2, 6, 7], [6, 3, 4], Window.Unit));
        Refused("w expects C×R×S, 3 dimensions", () => DepthwiseShape.Of(Id, [2, 6, 7, 9], [6, 3], Window.Unit));
        foreach (Window window in new[] { new Window { Eh = 2 }, new() { Ew = 2 }, new() { G = 2 } })
            Refused("the window expects eh = ew = G = 1", () => DepthwiseShape.Of(Id, [2, 6, 7, 9], [6, 3, 4], window));
    }

    [Fact]
    public void Poolings_have_the_sizes_of_their_axes_and_windows_that_hold_a_pixel()
    {
        var plain = Mixed with { Eh = 1, Ew = 1 };
        Assert.Equal(new PoolingShape(2, 6, 7, 9, 3, 4, 3, 9), PoolingShape.Of(Id, [2, 6, 7, 9], 3, 4, plain, clipped: true));
        Assert.Equal(new PoolingShape(2, 6, 7, 9, 3, 4, 2, 3), PoolingShape.Dilated(Id, [2, 6, 7, 9], 3, 4, Mixed, clipped: true));
        Assert.Equal(new PoolingShape(2, 6, 7, 9, 3, 4, 2, 6), PoolingShape.Unpadded(Id, [2, 6, 7, 9], 3, 4, new() { Sh = 3 }));
        Assert.Equal(new PoolingShape(2, 6, 7, 9, 3, 4, 3, 6), PoolingShape.BorderKept(Id, [2, 6, 7, 9], 3, 4, new() { Sh = 3, Sw = 2, Pw = 2 }));
        Assert.Equal(new PoolingShape(2, 6, 7, 9, 3, 4, 2, 2), PoolingShape.SideBySide(Id, [2, 6, 7, 9], 3, 4));
        Assert.Equal(new PoolingShape(2, 6, 7, 9, 7, 9, 1, 1), PoolingShape.Global(Id, [2, 6, 7, 9]));
        Assert.Equal(new PoolingShape(2, 6, 7, 9, 0, 0, 3, 4), PoolingShape.Adaptive(Id, [2, 6, 7, 9], 3, 4));
        Assert.Equal(new PoolingShape(2, 6, 7, 9, 3, 4, 21, 36), PoolingShape.Enlarged(Id, [2, 6, 7, 9], 3, 4));
        Assert.Equal(new PoolingShape1(2, 6, 9, 4, 9), PoolingShape1.Of(Id, [2, 6, 9], 4, plain, clipped: true));
        Assert.Equal(new PoolingShape1(2, 6, 9, 4, 3), PoolingShape1.Dilated(Id, [2, 6, 9], 4, Mixed, clipped: true));
        Assert.Equal(new PoolingShape1(2, 6, 9, 4, 3), PoolingShape1.Unpadded(Id, [2, 6, 9], 4, new() { Sw = 2 }));
        Assert.Equal(new PoolingShape1(2, 6, 9, 9, 1), PoolingShape1.Global(Id, [2, 6, 9]));
        Assert.Equal(new PoolingShape3(2, 6, 5, 7, 9, 2, 3, 4, 3, 3, 9), PoolingShape3.Of(Id, [2, 6, 5, 7, 9], 2, 3, 4, plain, clipped: true));
        Assert.Equal(new PoolingShape3(2, 6, 5, 7, 9, 2, 3, 4, 3, 2, 3), PoolingShape3.Dilated(Id, [2, 6, 5, 7, 9], 2, 3, 4, Mixed, clipped: true));
        Assert.Equal(new PoolingShape3(2, 6, 5, 7, 9, 2, 3, 4, 2, 5, 3), PoolingShape3.Unpadded(Id, [2, 6, 5, 7, 9], 2, 3, 4, new() { Sd = 3, Sw = 2 }));
        Assert.Equal(new PoolingShape3(2, 6, 5, 7, 9, 5, 7, 9, 1, 1, 1), PoolingShape3.Global(Id, [2, 6, 5, 7, 9]));

        // At the edge: a window whose last tap is the first pixel, taps as far apart as the map is long.
        foreach (var (taps, padding, dilation, size, holds) in new[]
        {
            (3, 2, 1, 4, true), (3, 3, 1, 4, false), (3, 4, 2, 4, true), (3, 5, 2, 4, false), (2, 3, 3, 3, true), (2, 3, 4, 3, false), (1, 0, 4, 3, true), (1, 1, 1, 4, false), (1, 0, 1, 1, true),
        })
            foreach (bool behind in new[] { false, true })
            {
                int before = behind ? 0 : padding, after = behind ? padding : 0;
                var rows = new Window { Ph = before, Qh = after, Eh = dilation };
                var columns = new Window { Pw = before, Qw = after, Ew = dilation };
                Holds(holds, "ph <= eh*(R-1)", () => PoolingShape.Dilated(Id, [2, 6, size, 9], taps, 4, rows, clipped: true));
                Holds(holds, "pw <= ew*(S-1)", () => PoolingShape.Dilated(Id, [2, 6, 9, size], 4, taps, columns, clipped: true));
                Holds(holds, "pw <= ew*(S-1)", () => PoolingShape1.Dilated(Id, [2, 6, size], taps, columns, clipped: true));
                Holds(holds, "ph <= eh*(R-1)", () => PoolingShape3.Dilated(Id, [2, 6, 5, size, 9], 2, taps, 4, rows, clipped: true));
                Holds(holds, "pw <= ew*(S-1)", () => PoolingShape3.Dilated(Id, [2, 6, 5, 9, size], 2, 4, taps, columns, clipped: true));
                PoolingShape.Dilated(Id, [2, 6, size, 9], taps, 4, rows, clipped: false);
            }
        Holds(true, "", () => PoolingShape3.Dilated(Id, [2, 6, 4, 7, 9], 3, 3, 4, new() { Pd = 2 }, clipped: true));
        Holds(false, "pd <= ed*(T-1)", () => PoolingShape3.Dilated(Id, [2, 6, 4, 7, 9], 3, 3, 4, new() { Pd = 3 }, clipped: true));
        Holds(false, "ed <= D", () => PoolingShape3.Dilated(Id, [2, 6, 3, 7, 9], 2, 3, 4, new() { Pd = 1, Ed = 4 }, clipped: true));
        foreach (Window window in new[] { new Window { Ph = 3 }, new() { Pw = 4 } })
        {
            Refused("a window expects ph < R, pw < S", () => PoolingShape.Of(Id, [2, 6, 7, 9], 3, 4, window, clipped: true));
            PoolingShape.Of(Id, [2, 6, 7, 9], 3, 4, window, clipped: false);
        }
        PoolingShape.Of(Id, [2, 6, 7, 9], 3, 4, new() { Ph = 2, Pw = 3 }, clipped: true);
        Refused("H >= 1 and W >= 1", () => PoolingShape.Of(Id, [2, 6, 0, 9], 3, 4, new() { Ph = 2 }, clipped: true));
        Refused("H >= 1 and W >= 1", () => PoolingShape.Of(Id, [2, 6, 7, 0], 3, 4, new() { Pw = 3 }, clipped: true));
        PoolingShape.Of(Id, [2, 6, 1, 9], 3, 4, new() { Ph = 2 }, clipped: true);
        PoolingShape.Of(Id, [2, 6, 7, 1], 3, 4, new() { Pw = 3 }, clipped: true);
    }

    [Fact]
    public void Poolings_refuse_what_means_nothing_to_them()
    {
        foreach (Window window in new[] { new Window { Eh = 2 }, new() { Ew = 2 }, new() { G = 2 } })
            Refused("pooling expects eh = ew = G = 1", () => PoolingShape.Of(Id, [2, 6, 7, 9], 3, 4, window, clipped: false));
        foreach (Window window in new[] { new Window { Ph = 1, Qh = 0 }, new() { Pw = 1, Qw = 0 }, new() { Qh = 1 }, new() { Qw = 1 } })
        {
            Refused("no padding", () => PoolingShape.Unpadded(Id, [2, 6, 7, 9], 3, 4, window));
            Refused("no padding", () => PoolingShape3.Unpadded(Id, [2, 6, 5, 7, 9], 2, 3, 4, window));
        }
        Refused("no padding", () => PoolingShape3.Unpadded(Id, [2, 6, 5, 7, 9], 2, 3, 4, new() { Pd = 1 }));
        Refused("no padding", () => PoolingShape1.Unpadded(Id, [2, 6, 9], 4, new() { Pw = 1, Qw = 0 }));
        Refused("no padding", () => PoolingShape1.Unpadded(Id, [2, 6, 9], 4, new() { Qw = 1 }));
        PoolingShape1.Unpadded(Id, [2, 6, 9], 4, new() { Ph = 1, Pd = 1 });
        foreach (var (window, axis) in new[] { (new Window { Ed = 2 }, 'd'), (new() { Eh = 2 }, 'h'), (new() { Ew = 2 }, 'w') })
            Refused($"e{axis} = 1", () => PoolingShape3.Of(Id, [2, 6, 5, 7, 9], 2, 3, 4, window, clipped: false));
        Refused("ew = 1", () => PoolingShape1.Of(Id, [2, 6, 9], 4, new() { Ew = 2 }, clipped: false));
        PoolingShape1.Of(Id, [2, 6, 9], 4, new() { Eh = 2, Ed = 2 }, clipped: false);
        var two = new Window { G = 2 };
        Refused("G = 1", () => PoolingShape.Dilated(Id, [2, 6, 7, 9], 3, 4, two, clipped: false));
        Refused("G = 1", () => PoolingShape.BorderKept(Id, [2, 6, 7, 9], 3, 4, two));
        Refused("G = 1", () => PoolingShape1.Dilated(Id, [2, 6, 9], 4, two, clipped: false));
        Refused("G = 1", () => PoolingShape3.Dilated(Id, [2, 6, 5, 7, 9], 2, 3, 4, two, clipped: false));

        foreach (var (H, W) in new (nint, nint)[] { (0, 9), (7, 0) })
        {
            Refused("H and W of at least 1", () => PoolingShape.BorderKept(Id, [2, 6, H, W], 1, 1, Window.Unit));
            Refused("a window expects 1 <= R <= H", () => PoolingShape.Global(Id, [2, 6, H, W]));
            Refused("adaptive windows expect", () => PoolingShape.Adaptive(Id, [2, 6, H, W], 3, 4));
        }
        foreach (var (R, S) in new[] { (0, 4), (3, 0) })
        {
            Refused("a window expects 1 <= R <= H", () => PoolingShape.SideBySide(Id, [2, 6, 7, 9], R, S));
            Refused("adaptive windows expect", () => PoolingShape.Adaptive(Id, [2, 6, 7, 9], R, S));
            Refused("factors of at least 1", () => PoolingShape.Enlarged(Id, [2, 6, 7, 9], R, S));
        }
        Refused("a window expects 1 <= R <= H", () => PoolingShape.SideBySide(Id, [2, 6, 7, 9], 8, 4));
        Refused("a window expects 1 <= R <= H", () => PoolingShape.SideBySide(Id, [2, 6, 7, 9], 3, 10));
        Assert.Equal((1, 1), PoolingShape.SideBySide(Id, [2, 6, 7, 9], 7, 9) is var whole ? (whole.P, whole.Q) : default);
        Assert.Equal((1, 1), PoolingShape.Adaptive(Id, [2, 6, 1, 1], 1, 1) is var one ? (one.P, one.Q) : default);
        Assert.Equal((7, 9), PoolingShape.Enlarged(Id, [2, 6, 7, 9], 1, 1) is var same ? (same.P, same.Q) : default);
        Refused("H·R and W·S below 2³¹", () => PoolingShape.Enlarged(Id, [0, 1, 1 << 16, 1], 1 << 15, 1));
        Refused("H·R and W·S below 2³¹", () => PoolingShape.Enlarged(Id, [0, 1, 1, 1 << 16], 1, 1 << 15));
        Refused("rows of at least 1", () => PoolingShape1.Global(Id, [2, 6, 0]));
        Assert.Equal(1, PoolingShape1.Global(Id, [0, 6, 1]).S);
        foreach (nint[] x in new nint[][] { [2, 6, 0, 7, 9], [2, 6, 5, 0, 9], [2, 6, 5, 7, 0] })
            Refused("volumes of at least 1", () => PoolingShape3.Global(Id, x));
        Assert.Equal(1, PoolingShape3.Global(Id, [0, 0, 1, 1, 1]).T);

        foreach (Action<nint[]> of in new Action<nint[]>[]
        {
            x => PoolingShape.Of(Id, x, 1, 1, Window.Unit, true), x => PoolingShape.Dilated(Id, x, 1, 1, Window.Unit, true), x => PoolingShape.Unpadded(Id, x, 1, 1, Window.Unit),
            x => PoolingShape.BorderKept(Id, x, 1, 1, Window.Unit), x => PoolingShape.SideBySide(Id, x, 1, 1), x => PoolingShape.Global(Id, x), x => PoolingShape.Adaptive(Id, x, 1, 1),
            x => PoolingShape.Enlarged(Id, x, 1, 1),
        })
        {
            Refused("x expects N×C×H×W, 4 dimensions", () => of([2, 6, 7]));
            Refused("x expects N×C×H×W, 4 dimensions", () => of([2, 6, 7, 9, 1]));
        }
        Refused("x expects N×C×W, 3 dimensions", () => PoolingShape1.Of(Id, [2, 6], 1, Window.Unit, true));
        Refused("x expects N×C×W, 3 dimensions", () => PoolingShape1.Global(Id, [2, 6, 7, 9]));
        Refused("x expects N×C×D×H×W, 5 dimensions", () => PoolingShape3.Of(Id, [2, 6, 7, 9], 1, 1, 1, Window.Unit, true));
        Refused("x expects N×C×D×H×W, 5 dimensions", () => PoolingShape3.Global(Id, [2, 6, 7]));
    }

    /// <summary>One axis at a time makes an output of nine elements for each element of N or of C: with the axis, the batch or the channels left out it would be countable.</summary>
    [Fact]
    public void Outputs_beyond_an_array_are_refused_whichever_length_makes_them_large()
    {
        foreach (nint[] head in new nint[][] { [Many, 1], [1, Many] })
        {
            foreach (Window window in new[] { new Window { Ph = 4 }, new() { Pw = 4 } })
            {
                TooMany(() => PoolingShape.Of(Id, [.. head, 1, 1], 1, 1, window, clipped: false));
                TooMany(() => PoolingShape.Dilated(Id, [.. head, 1, 1], 1, 1, window, clipped: false));
                TooMany(() => PoolingShape3.Dilated(Id, [.. head, 1, 1, 1], 1, 1, 1, window, clipped: false));
                TooMany(() => window.Ph > 0 ? PoolingShape.BorderKept(Id, [.. head, 1, 1], 9, 1, new() { Ph = 8 }) : PoolingShape.BorderKept(Id, [.. head, 1, 1], 1, 9, new() { Pw = 8 }));
                TooMany(() => PoolingShape.Adaptive(Id, [.. head, 1, 1], window.Ph > 0 ? 9 : 1, window.Ph > 0 ? 1 : 9));
                TooMany(() => PoolingShape.Enlarged(Id, [.. head, 1, 1], window.Ph > 0 ? 9 : 1, window.Ph > 0 ? 1 : 9));
                // The filters take the place of the channels: one of all of them, or very many.
                nint[] few = [head[0], 1], filters = [head[1], 1];
                TooMany(() => ConvolutionShape.Of(Id, [.. few, 1, 1], [.. filters, 1, 1], window));
                TooMany(() => ConvolutionShape3.Of(Id, [.. few, 1, 1, 1], [.. filters, 1, 1, 1], window));
                TooMany(() => DepthwiseShape.Of(Id, [.. head, 1, 1], [head[1], 1, 1], window));
                nint[] put = [1, head[1]];
                Window spread = window.Ph > 0 ? new() { Eh = 8 } : new() { Ew = 8 };
                TooMany(() => TransposedShape.Of(Id, [.. few, 1, 1], window.Ph > 0 ? [.. put, 2, 1] : [.. put, 1, 2], spread));
                TooMany(() => TransposedShape3.Of(Id, [.. few, 1, 1, 1], window.Ph > 0 ? [.. put, 1, 2, 1] : [.. put, 1, 1, 2], spread));
            }
            TooMany(() => PoolingShape1.Dilated(Id, [.. head, 1], 1, new() { Pw = 4 }, clipped: false));
            TooMany(() => PoolingShape3.Dilated(Id, [.. head, 1, 1, 1], 1, 1, 1, new() { Pd = 4 }, clipped: false));
            TooMany(() => ConvolutionShape1.Of(Id, [head[0], 1, 1], [head[1], 1, 1], new() { Pw = 4 }));
            TooMany(() => ConvolutionShape3.Of(Id, [head[0], 1, 1, 1, 1], [head[1], 1, 1, 1, 1], new() { Pd = 4 }));
            TooMany(() => TransposedShape1.Of(Id, [head[0], 1, 1], [1, head[1], 2], new() { Ew = 8 }));
            TooMany(() => TransposedShape3.Of(Id, [head[0], 1, 1, 1, 1], [1, head[1], 2, 1, 1], new() { Ed = 8 }));
        }
        // Groups multiply the filters: two of a half are as many as one of the whole.
        TooMany(() => TransposedShape.Of(Id, [1, 2, 1, 1], [2, Many / 2, 1, 2], new() { Ew = 8, G = 2 }));
        TooMany(() => TransposedShape1.Of(Id, [1, 2, 1], [2, Many / 2, 2], new() { Ew = 8, G = 2 }));
        TooMany(() => TransposedShape3.Of(Id, [1, 2, 1, 1, 1], [2, Many / 2, 1, 1, 2], new() { Ew = 8, G = 2 }));
        Refused("needs at least 1 and at most", () => TransposedShape1.Of(Id, [1, 1, Array.MaxLength], [1, 1, 1], new() { Sw = 2 }));
        Refused("at most", () => new Window { Ph = int.MaxValue }.OutputSize(1, 1, 1, 1));
        Refused("at most", () => new Window { Pw = int.MaxValue }.OutputColumns(1, 1));
        Refused("at most", () => new Window { Ph = int.MaxValue - 1 }.OutputSizeBorderKept(1, 1, int.MaxValue, 1));

        static void TooMany<T>(Func<T> compute) => Refused($"the output expects at most {Array.MaxLength} elements", compute);
    }

    [Fact]
    public void Lengths_are_told_with_who_wants_what()
    {
        Assert.Equal("y expects N×K = 2×3 but is 3×2; XX-F1. (Parameter 'y')", Refused("", () => Do(() => Lengths.Expect(Id, "y", "N×K", [3, 2], [2, 3]))));
        Assert.Equal("y expects N×K, 2 dimensions, but has 3 (3×2×1); XX-F1. (Parameter 'y')", Refused("", () => Do(() => Lengths.ExpectRank(Id, "y", "N×K", [3, 2, 1], 2))));
        Assert.Equal($"y expects at most {Array.MaxLength} elements but is 65536×65536; XX-F1. (Parameter 'y')", Refused("", () => Do(() => Lengths.ExpectRank(Id, "y", "N×K", [65536, 65536], 2))));
        Refused("at most", () => Do(() => Lengths.Expect(Id, "y", "N×K", [65536, 65536], [65536, 65536])));
        Refused("at most", () => Do(() => Lengths.ExpectCountable(Id, "y", [(nint)Array.MaxLength + 1])));
        Refused("at most", () => Do(() => Lengths.ExpectCountable(Id, "y", [0, (nint)Array.MaxLength + 1])));
        Refused("at most", () => Do(() => Lengths.ExpectCountable(Id, "y", [-1])));
        Lengths.ExpectCountable(Id, "y", [Array.MaxLength]);
        Lengths.ExpectCountable(Id, "y", []);
        Lengths.Expect(Id, "y", "N×K", [2, 3], [2, 3]);
        Lengths.ExpectRank(Id, "y", "N×K", [2, 3], 2);
        foreach (var (letter, make) in new (string, Func<int, Window>)[]
        {
            ("sh", value => new() { Sh = value }), ("sw", value => new() { Sw = value }), ("sd", value => new() { Sd = value }), ("eh", value => new() { Eh = value }),
            ("ew", value => new() { Ew = value }), ("ed", value => new() { Ed = value }), ("G", value => new() { G = value }),
        })
        {
            Refused($"{letter} expects a whole number of at least 1, got 0", () => make(0), exactly: false);
            make(1);
        }
        foreach (var (letter, make) in new (string, Func<int, Window>)[]
        {
            ("ph", value => new() { Ph = value }), ("pw", value => new() { Pw = value }), ("pd", value => new() { Pd = value }), ("qh", value => new() { Qh = value }),
            ("qw", value => new() { Qw = value }), ("ah", value => new() { Ah = value }), ("aw", value => new() { Aw = value }), ("ad", value => new() { Ad = value }),
        })
        {
            Refused($"{letter} expects a whole number of at least 0, got -1", () => make(-1), exactly: false);
            make(0);
        }
        var (sh, sw, ph, pw, eh, ew, G) = new Window { Sh = 2, Sw = 3, Ph = 4, Pw = 5, Eh = 6, Ew = 7, G = 8 };
        Assert.Equal([2, 3, 4, 5, 6, 7, 8], new[] { sh, sw, ph, pw, eh, ew, G });
        Assert.Equal((4, 5, 1, 2), new Window { Ph = 4, Pw = 5 } is var same && new Window { Ph = 4, Pw = 5, Qh = 1, Qw = 2 } is var other ? (same.Qh, same.Qw, other.Qh, other.Qw) : default);

        foreach (var (check, form) in new (Action<nint[]>, string)[]
        {
            (y => new ConvolutionShape(2, 3, 0, 0, 4, 0, 0, 5, 6).ExpectOutput(Id, "dy", y), "N×K×P×Q = 2×4×5×6"), (y => new ConvolutionShape1(2, 3, 0, 4, 0, 6).ExpectOutput(Id, "dy", y), "N×K×Q = 2×4×6"),
            (y => new ConvolutionShape3(2, 3, 0, 0, 0, 4, 0, 0, 0, 7, 5, 6).ExpectOutput(Id, "dy", y), "N×K×O×P×Q = 2×4×7×5×6"),
            (y => new TransposedShape(2, 3, 0, 0, 4, 0, 0, 5, 6).ExpectOutput(Id, "dy", y), "N×K×P×Q = 2×4×5×6"), (y => new TransposedShape1(2, 3, 0, 4, 0, 6).ExpectOutput(Id, "dy", y), "N×K×Q = 2×4×6"),
            (y => new TransposedShape3(2, 3, 0, 0, 0, 4, 0, 0, 0, 7, 5, 6).ExpectOutput(Id, "dy", y), "N×K×O×P×Q = 2×4×7×5×6"),
            (y => new DepthwiseShape(2, 4, 0, 0, 0, 0, 5, 6).ExpectOutput(Id, "dy", y), "N×C×P×Q = 2×4×5×6"), (y => new PoolingShape(2, 4, 0, 0, 0, 0, 5, 6).ExpectOutput(Id, "dy", y), "N×C×P×Q = 2×4×5×6"),
            (y => new PoolingShape1(2, 4, 0, 0, 6).ExpectOutput(Id, "dy", y), "N×C×Q = 2×4×6"), (y => new PoolingShape3(2, 4, 0, 0, 0, 0, 0, 0, 7, 5, 6).ExpectOutput(Id, "dy", y), "N×C×O×P×Q = 2×4×7×5×6"),
        })
        {
            nint[] right = [.. form.Split(" = ")[1].Split('×').Select(text => nint.Parse(text, CultureInfo.InvariantCulture))];
            check(right);
            Assert.Equal($"dy expects {form} but is 9; XX-F1. (Parameter 'dy')", Refused("", () => Do(() => check([9]))));
        }
    }

    /// <summary>LeCun, Bottou, Bengio and Haffner (1998), Table I: six triples of neighbours, six quadruples of neighbours, three with gaps, all.</summary>
    [Fact]
    public void The_connection_table_of_LeNet5_is_that_of_the_paper()
    {
        IEnumerable<int[]> Neighbours(int count) => Enumerable.Range(0, 6).Select(first => Enumerable.Range(first, count).Select(c => c % 6).ToArray());
        int[][] maps = [.. Neighbours(3), .. Neighbours(4), [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]];
        Assert.Equal(from own in maps from c in Enumerable.Range(0, 6) select own.Contains(c) ? 1 : 0, ConnectionTables.LeNet5C3.ToArray());

        ConnectionTables.Expect(Id, [2, 3], [0, 1, 1, 0, 0, 1], 2, 3);
        Refused("M expects K×C = 2×3 but is 3×2", () => Do(() => ConnectionTables.Expect(Id, [3, 2], [0, 1, 1, 0, 0, 1], 2, 3)));
        Refused("M expects 0 or 1 but has 2 at M[0,0]", () => Do(() => ConnectionTables.Expect(Id, [2, 3], [2, 1, 1, 0, 0, 1], 2, 3)));
        Refused("M expects 0 or 1 but has -1 at M[1,2]", () => Do(() => ConnectionTables.Expect(Id, [2, 3], [0, 1, 1, 0, 0, -1], 2, 3)));
    }

    /// <summary>The pictures are what somebody looked at: a pixel that changes is another network.</summary>
    [Fact]
    public void The_codes_of_the_digits_are_the_pictures_that_were_looked_at()
    {
        sbyte[][] codes = [.. DigitCodes.All.Chunk(DigitCodes.Length)];
        Assert.Equal((10, 84), (codes.Length, codes[0].Length));
        Assert.All(DigitCodes.All, value => Assert.True(value is 1 or -1));
        Assert.Equal(11, (from a in Enumerable.Range(0, 10) from b in Enumerable.Range(0, a) select codes[a].Zip(codes[b]).Count(pair => pair.First != pair.Second)).Min());
        string picture = string.Concat(DigitCodes.All.Select((value, i) => (value == 1 ? "#" : ".") + (i % 7 == 6 ? "\n" : "")));
        Assert.Equal("F6BB41AC874AB095", Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(picture)))[..16]);
        // The one, row by row: a stroke, its serif, its foot.
        Assert.Equal("...#...\n..##...\n.###...\n" + string.Concat(Enumerable.Repeat("...#...\n", 8)) + ".#####.\n", picture.Substring(96, 96));
    }

    private static void Same<T>(T? expected, Func<T> compute) where T : struct
    {
        if (expected is { } value)
            Assert.Equal(value, compute());
        else
            Assert.Throws<ArgumentException>(() => compute());
    }

    private static void Holds<T>(bool holds, string what, Func<T> compute)
    {
        if (holds)
            compute();
        else
            Refused(what, compute);
    }

    // One line with the equation, or with the equation of the size.
    private static string Refused<T>(string what, Func<T> compute, bool exactly = true)
    {
        string message = Assert.Throws<ArgumentException>(() => compute()).Message;
        Assert.Contains(what, message, StringComparison.Ordinal);
        if (exactly && !message.Contains("-S", StringComparison.Ordinal))
            Assert.Contains($"; {Id}", message, StringComparison.Ordinal);
        return message;
    }

    private static string Refused(string what, Action check) => Refused(what, () => Do(check));

    private static int Do(Action check)
    {
        check();
        return 0;
    }
}
