using System.Globalization;
using System.Numerics.Tensors;
using CnnVerified.Reference.Equations;
using CnnVerified.Reference.Networks;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Site;

/// <summary>The pictures of the book. Every number in them is a value of the reference.</summary>
internal static class PictureList
{
    private const double Gap = 15, Top = 4;

    private static readonly long[] Weights = [1, -1, 2, 0];

    /// <summary>Pictures by the name of their file in docs/pictures.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["conv-sliding"] = ConvolutionSliding(),
        ["full-valid"] = FullAndValid(),
        ["lenet5"] = LeNet5Map(),
        ["pooling"] = Poolings(),
        ["receptive-field"] = ReceptiveField(),
        ["residual-back"] = ResidualBack(),
        ["weights-back"] = WeightsBack(),
    };

    private static string ConvolutionSliding()
    {
        Tensor<long> x = Map(4, 4, [1, 2, 0, 1, 3, 1, 1, 0, 0, 2, 1, 3, 1, 0, 2, 1]), w = Map(2, 2, Weights), y = Convolution.Forward(x, w, Tensor.Create([0L], [1]), Window.Unit);
        var svg = new Svg("A window slides over a map: in each place the pixels under it are multiplied by the weights and added.");
        double top = Top;
        foreach (var (i, j) in new[] { (0, 0), (0, 1), (2, 2) })
        {
            bool IsUnder(int u, int v) => u - i is 0 or 1 && v - j is 0 or 1;
            Row(svg, top, (x, IsUnder, "seen"), "∗", (w, (_, _) => true, "seen"), (y, (p, q) => (p, q) == (i, j), "made"));
            string terms = string.Join(" + ", from r in Enumerable.Range(0, 2) from s in Enumerable.Range(0, 2) select $"{Number(x[0, 0, i + r, j + s])}·{(w[0, 0, r, s] < 0 ? $"({Number(w[0, 0, r, s])})" : Number(w[0, 0, r, s]))}");
            svg.Words(Top, top + 4 * Svg.Cell + 14, $"y[{i},{j}] = {terms} = {Number(y[0, 0, i, j])}", "start quiet");
            top += 4 * Svg.Cell + 36;
        }
        return svg.ToString();
    }

    private static string FullAndValid()
    {
        Tensor<long> x = Map(4, 4, [1, 2, 0, 1, 3, 1, 1, 0, 0, 2, 1, 3, 1, 0, 2, 1]), w = Map(2, 2, Weights), b = Tensor.Create([0L], [1]);
        var padded = new Window { Ph = 1, Pw = 1 };
        Tensor<long> valid = Convolution.Forward(x, w, b, Window.Unit), full = Convolution.Forward(x, w, b, padded);
        var svg = new Svg("Above: windows within the map give a smaller map. Below: with zeros around the map every window that touches a pixel counts, and the map grows.");
        Row(svg, Top, (x, (u, v) => u < 2 && v < 2, "seen"), "∗", (w, (_, _) => true, "seen"), (valid, (p, q) => (p, q) == (0, 0), "made"));
        double top = Top + 4 * Svg.Cell + 26, middle = top + 3 * Svg.Cell;
        double right = svg.Grid(Top, top, 6, 6, (u, v) => IsInside(u, v) ? Number(x[0, 0, u - 1, v - 1]) : "0", (u, v) => u < 2 && v < 2 ? "seen" : IsInside(u, v) ? "cell" : "zero");
        svg.Words(right + Gap, middle, "∗");
        right = svg.Grid(right + 2 * Gap, middle - Svg.Cell, 2, 2, (r, s) => Number(w[0, 0, r, s]), (_, _) => "seen");
        svg.Words(right + Gap, middle, "=");
        svg.Grid(right + 2 * Gap, middle - 2.5 * Svg.Cell, 5, 5, (p, q) => Number(full[0, 0, p, q]), (p, q) => (p, q) == (0, 0) ? "made" : "cell");
        return svg.ToString();

        static bool IsInside(int u, int v) => u is >= 1 and <= 4 && v is >= 1 and <= 4;
    }

    private static string ResidualBack()
    {
        long[] residuals = [1, 2, 3, -1];
        Tensor<long> dy = Map(2, 2, residuals), w = Map(2, 2, Weights), dx = Convolution.BackwardData(dy, w, 3, 3, Window.Unit);
        var svg = new Svg("Each residual goes back to the window that made its output, times the weights; where windows overlap, the parts are added.");
        Row(svg, Top, (dy, (_, _) => false, "cell"), ",", (w, (_, _) => true, "seen"), null);
        svg.Words(2 * Gap + 6 * Svg.Cell, Top + Svg.Cell, "dy, w", "quiet");
        double top = Top + 2 * Svg.Cell + 26;
        for (int at = 0; at < 4; at++)
        {
            var (i, j) = (at / 2, at % 2);
            Tensor<long> part = Convolution.BackwardData(Map(2, 2, [.. residuals.Select((residual, k) => k == at ? residual : 0)]), w, 3, 3, Window.Unit);
            double left = Top + j * (3 * Svg.Cell + 2 * Gap);
            double right = svg.Grid(left, top, 3, 3, (u, v) => IsMet(u, v) ? Number(part[0, 0, u, v]) : "", (u, v) => IsMet(u, v) ? "seen" : "cell");
            svg.Words(left + 1.5 * Svg.Cell, top + 3 * Svg.Cell + 12, $"dy[{i},{j}]·w", "quiet");
            svg.Words(right + Gap, top + 1.5 * Svg.Cell, at < 3 ? "+" : "=");
            if (at == 3)
            {
                svg.Grid(right + 2 * Gap, top, 3, 3, (u, v) => Number(dx[0, 0, u, v]), (_, _) => "made");
                svg.Words(right + 2 * Gap + 1.5 * Svg.Cell, top + 3 * Svg.Cell + 12, "dx", "quiet");
            }
            top += j * (3 * Svg.Cell + 32);

            bool IsMet(int u, int v) => u - i is 0 or 1 && v - j is 0 or 1;
        }
        return svg.ToString();
    }

    private static string WeightsBack()
    {
        Tensor<long> dy = Map(2, 2, [1, 2, 3, -1]), x = Map(3, 3, [1, 2, 0, 1, 3, 1, 1, 0, 0]), dw = Convolution.BackwardWeights(dy, x, 2, 2, Window.Unit);
        var svg = new Svg("A weight met one pixel in each window: its gradient is the sum over the windows of the pixel times the residual.");
        double top = Top;
        foreach (var (r, s) in new[] { (0, 0), (1, 1) })
        {
            Row(svg, top, (x, (u, v) => u - r is 0 or 1 && v - s is 0 or 1, "seen"), "∗", (dy, (_, _) => true, "seen"), (dw, (t, q) => (t, q) == (r, s), "made"));
            string terms = string.Join(" + ", from i in Enumerable.Range(0, 2) from j in Enumerable.Range(0, 2) select $"{Number(x[0, 0, i + r, j + s])}·{(dy[0, 0, i, j] < 0 ? $"({Number(dy[0, 0, i, j])})" : Number(dy[0, 0, i, j]))}");
            svg.Words(Top, top + 3 * Svg.Cell + 14, $"dw[{r},{s}] = {terms} = {Number(dw[0, 0, r, s])}", "start quiet");
            top += 3 * Svg.Cell + 36;
        }
        return svg.ToString();
    }

    private static string Poolings()
    {
        long[] pixels = [1, 2, 0, 1, 3, 1, 1, 0, 0, 2, 1, 3, 1, 0, 2, 1];
        var halving = new Window { Sh = 2, Sw = 2 };
        Tensor<long> x = Map(4, 4, pixels), largest = MaxPooling.Forward(x, 2, 2, halving);
        Tensor<Rational> mean = MeanPooling.Forward(Tensor.Create<Rational>([.. pixels.Select(pixel => new Rational(pixel, 1))], [1, 1, 4, 4]), 2, 2, halving);
        var svg = new Svg("One number for each window: its largest, or the mean of all.");
        double right = svg.Grid(Top, Top, 4, 4, (u, v) => Number(x[0, 0, u, v]), (u, v) => u < 2 && v < 2 ? "seen" : "cell");
        foreach (var (name, y) in new (string, Func<int, int, string>)[] { ("max", (i, j) => Number(largest[0, 0, i, j])), ("mean", (i, j) => mean[0, 0, i, j].ToString()) })
        {
            double end = svg.Grid(right + 3 * Gap, Top + Svg.Cell, 2, 2, y, (i, j) => (i, j) == (0, 0) ? "made" : "cell");
            svg.Words((right + 3 * Gap + end) / 2, Top + 3 * Svg.Cell + 12, name, "quiet");
            right = end;
        }
        return svg.ToString();
    }

    // What one value sees is where the gradient of its chain of layers is not 0.
    private static string ReceptiveField()
    {
        (int Taps, Window Window)[] layers = [(3, Window.Unit), (2, new() { Sw = 2, Sh = 2 }), (3, Window.Unit)];
        int[] lengths = [12, 0, 0, 0];
        for (int l = 0; l < layers.Length; l++)
            lengths[l + 1] = layers[l].Window.OutputSize(1, lengths[l], 1, layers[l].Taps).Q;
        var seen = new Tensor<long>[lengths.Length];
        seen[^1] = Map(1, lengths[^1], [.. Enumerable.Range(0, lengths[^1]).Select(q => q == lengths[^1] / 2 ? 1L : 0)]);
        for (int l = layers.Length - 1; l >= 0; l--)
            seen[l] = Convolution.BackwardData(seen[l + 1], Map(1, layers[l].Taps, [.. Enumerable.Repeat(1L, layers[l].Taps)]), 1, lengths[l], layers[l].Window);

        var svg = new Svg("What one value of the last layer sees of each layer before it, down to the input.");
        var (field, jump) = (1L, 1L);
        const double Step = 62;
        for (int l = 0; l < lengths.Length; l++)
        {
            double y = Top + (lengths.Length - 1 - l) * Step;
            if (l > 0)
            {
                var (rfnew, jumpnew) = LayerSize.ReceptiveField(field, jump, layers[l - 1].Taps, new Window { Sh = layers[l - 1].Window.Sw });
                (field, jump) = (rfnew[0], jumpnew[0]);
                for (int q = 0; q < lengths[l]; q++)
                    for (int s = 0; s < layers[l - 1].Taps; s++)
                        if (seen[l][0, 0, 0, q] != 0)
                            svg.Line(Middle(l, q), y + Svg.Cell, Middle(l - 1, q * layers[l - 1].Window.Sw + s), y + Step);
            }
            svg.Grid(Middle(l, 0) - Svg.Cell / 2, y, 1, lengths[l], (_, _) => "", (_, q) => seen[l][0, 0, 0, q] == 0 ? "cell" : l == lengths.Length - 1 ? "made" : "seen");
            svg.Words(Top + lengths[0] * Svg.Cell + 12, y + Svg.Cell / 2, l == 0 ? "x" : $"rf = {field}, jump = {jump}", "start quiet");
        }
        svg.Box(Top + lengths[0] * Svg.Cell + 130, Top, 0, 0, "cell");
        return svg.ToString();

        double Middle(int layer, int q) => Top + ((lengths[0] - lengths[layer]) / 2.0 + q + 0.5) * Svg.Cell;
    }

    private static string LeNet5Map()
    {
        var halving = new Window { Sh = 2, Sw = 2 };
        IReadOnlyList<nint[]> shapes = LeNet5.ParameterShapes;
        int side = 32;
        var maps = new List<(string Name, int Count, int Side)> { ("x", 1, side) };
        for (int l = 0; l < 3; l++)
        {
            side = Window.Unit.OutputSize(side, side, (int)shapes[2 * l][2], (int)shapes[2 * l][3]).P;
            maps.Add(($"C{2 * l + 1}", (int)shapes[2 * l][0], side));
            if (l == 2)
                break;
            side = halving.OutputSize(side, side, 2, 2).P;
            maps.Add(($"S{2 * l + 2}", (int)shapes[2 * l][0], side));
        }
        maps.Add(("F6", (int)shapes[6][0], 1));
        maps.Add(("z", (int)shapes[8][0], 1));

        const double Scale = 2.2, Offset = 4, Base = 122;
        var svg = new Svg("LeNet-5: the maps of each layer and their sizes.");
        double x = Top;
        foreach (var (name, count, size) in maps)
        {
            int drawn = size == 1 ? 1 : Math.Min(count, 6);
            double width = size == 1 ? 10 : size * Scale, height = size == 1 ? Math.Min(100, 8 + count * 0.75) : size * Scale;
            for (int m = drawn - 1; m >= 0; m--)
                svg.Box(x + m * Offset, Base - height - m * Offset, width, height, name == "z" ? "made" : name[0] == 'S' ? "seen" : "cell");
            double whole = Math.Max(width + (drawn - 1) * Offset, 54);
            svg.Words(x + whole / 2, Base + 14, name);
            svg.Words(x + whole / 2, Base + 31, size == 1 ? Number(count) : $"{count}@{size}×{size}", "quiet");
            x += whole + 18;
        }
        svg.Box(x - 18, Base + 36, 0, 0, "cell");
        return svg.ToString();
    }

    // Two maps, a sign between them, and what they make.
    private static void Row(Svg svg, double top, (Tensor<long> Map, Func<int, int, bool> IsMarked, string Kind) left, string sign,
        (Tensor<long> Map, Func<int, int, bool> IsMarked, string Kind) right, (Tensor<long> Map, Func<int, int, bool> IsMarked, string Kind)? made)
    {
        double middle = top + left.Map.Lengths[2] * Svg.Cell / 2;
        double x = Draw(Top, left);
        svg.Words(x + Gap, middle, sign);
        x = Draw(x + 2 * Gap, right);
        if (made is not { } result)
            return;
        svg.Words(x + Gap, middle, "=");
        Draw(x + 2 * Gap, result);

        double Draw(double at, (Tensor<long> Map, Func<int, int, bool> IsMarked, string Kind) each) =>
            svg.Grid(at, middle - each.Map.Lengths[2] * Svg.Cell / 2, (int)each.Map.Lengths[2], (int)each.Map.Lengths[3], (i, j) => Number(each.Map[0, 0, i, j]), (i, j) => each.IsMarked(i, j) ? each.Kind : "cell");
    }

    private static Tensor<long> Map(int rows, int columns, long[] values) => Tensor.Create(values, [1, 1, rows, columns]);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture).Replace('-', '−');
}
