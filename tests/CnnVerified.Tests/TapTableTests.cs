using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Kernels;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The lists of tiles that take terms in runs: what is looked up is as it was, and the rest says what is fetched.</summary>
public sealed unsafe class TapTableTests
{
    // Channels, kernel, stride, dilation, channels beside each other, the data gradient, and terms of a run.
    [Theory]
    [InlineData(48, 3, 3, 1, 1, 16, false, 3)]
    [InlineData(40, 3, 3, 1, 1, 16, true, 3)]       // the last block is not full
    [InlineData(33, 3, 3, 2, 2, 16, false, 3)]      // an odd number of runs
    [InlineData(5, 3, 3, 1, 1, 1, false, 3)]
    [InlineData(5, 3, 3, 1, 1, 1, true, 3)]
    [InlineData(17, 5, 5, 1, 1, 1, false, 5)]
    [InlineData(32, 5, 5, 1, 1, 16, true, 5)]
    [InlineData(19, 1, 1, 1, 1, 1, false, 4)]
    [InlineData(51, 1, 1, 2, 1, 16, false, 4)]
    [InlineData(6, 2, 4, 1, 1, 1, false, 4)]
    [InlineData(6, 2, 6, 1, 1, 1, false, 3)]        // runs of four would begin and end in two rows of the kernel
    [InlineData(6, 2, 2, 1, 1, 1, false, 1)]        // no row of the kernel is a run
    [InlineData(6, 7, 7, 1, 1, 1, false, 7)]
    [InlineData(3, 11, 11, 1, 1, 1, true, 11)]
    [InlineData(2, 3, 13, 1, 1, 1, false, 1)]       // a run of three would go on in the next row of the kernel
    [InlineData(3, 1, 1, 1, 1, 1, false, 1)]        // fewer channels than a run
    [InlineData(6, 3, 3, 2, 1, 1, true, 1)]         // classes of pixels
    public void What_is_looked_up_stays(int C, int R, int S, int stride, int dilation, int place, bool back, int run)
    {
        MapSum sum = Sum(C, R, S, stride, dilation, place, back);
        (int[] plain, int one) = List(sum, takeRuns: false);
        (int[] list, int found) = List(sum, takeRuns: true);
        Assert.Equal((1, run), (one, found));
        for (int t = 0; t < list.Length; t++)
            if (run == 1 || t % run < 2 || t / run * run + 2 * run > list.Length)
                Assert.Equal(plain[t], list[t]);
            else
                Assert.Equal(plain[t / run * run] + t % run * (plain[1] - plain[0]), plain[t]);
    }

    // Columns that are sorted by a stride go back where one row of them ends.
    [Theory]
    [InlineData(3, 2, 3)]
    [InlineData(7, 2, 7)]
    [InlineData(11, 4, 11)]
    [InlineData(5, 3, 1)]
    [InlineData(7, 5, 1)]
    public void Pixels_some_floats_apart_are_read_where_they_stand(int side, int stride, int run)
    {
        MapSum sum = Sum(3, side, side, stride, 1, 1, back: false);
        Assert.Equal(Tiles.TakesStep(stride) ? (stride, run) : (1, 1), (sum.Distance, List(sum, takeRuns: true).Run));
    }

    // A tile of six pixels meets 24 lines of a block with a kernel of 3×3, which has 48 runs.
    [Theory]
    [InlineData(48, 3, 1, false, 3, 1)]
    [InlineData(48, 3, 1, true, 3, 1)]
    [InlineData(48, 3, 2, false, 3, 1)]
    [InlineData(64, 5, 1, true, 5, 1)]
    [InlineData(128, 1, 1, false, 4, 4)]
    public void Of_blocks_every_line_of_a_later_one_is_fetched(int C, int side, int dilation, bool back, int run, int ahead)
    {
        MapSum sum = Sum(C, side, side, 1, dilation, Tiles.Place, back);
        int[] plain = List(sum, takeRuns: false).List, list = List(sum, takeRuns: true).List;
        int terms = Tiles.Place * sum.Taps, blocks = list.Length / terms;
        for (int block = 0; block < blocks - 1; block++)
        {
            // Behind the last block follow the first ones of the next tile.
            int later = (block + ahead) % blocks, next = block + ahead < blocks ? 0 : Tiles.NarrowRows * Tiles.Place;
            var met = Enumerable.Range(later * terms, sum.Taps).SelectMany(t => Enumerable.Range(0, Tiles.NarrowRows).Select(pixel => plain[t] + next + pixel * Tiles.Place)).ToHashSet();
            var fetched = Enumerable.Range(block * terms, terms).Where(t => t % run is 2 or 3).Select(t => list[t]).ToHashSet();
            Assert.Subset(fetched, met);
        }
    }

    private static MapSum Sum(int C, int R, int S, int stride, int dilation, int place, bool back)
    {
        var window = new Window { Sh = stride, Sw = stride, Eh = dilation, Ew = dilation, Ph = R / 2, Pw = S / 2 };
        int H = 21, W = 23, P = (H + 2 * (R / 2) - (R - 1) * dilation - 1) / stride + 1, Q = (W + 2 * (S / 2) - (S - 1) * dilation - 1) / stride + 1;
        var shape = back ? new ConvolutionShape(1, 7, H, W, C, R, S, P, Q) : new ConvolutionShape(1, C, H, W, 7, R, S, P, Q);
        return back ? MapSum.BackwardData(new Geometry(shape, window), place) : MapSum.Forward(new Geometry(shape, window), place: place);
    }

    private static (int[] List, int Run) List(MapSum sum, bool takeRuns)
    {
        int[] memory = new int[TapTable.Size(sum)];
        fixed (int* at = memory)
        {
            var taps = new TapTable(sum, sum.Maps, at, takeRuns);
            return (new ReadOnlySpan<int>(taps.Offsets(0), sum.From.Count * taps.Count(0)).ToArray(), taps.Run);
        }
    }
}
