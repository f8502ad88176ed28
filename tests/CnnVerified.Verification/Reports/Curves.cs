using System.Globalization;
using System.Xml.Linq;
using static CnnVerified.Verification.Reports.HtmlReport;

namespace CnnVerified.Verification.Reports;

/// <summary>A curve of a plot.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points from left to right; one that is not finite leaves a gap.</param>
internal sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>How y is drawn.</summary>
internal enum Scale
{
    /// <summary>By value.</summary>
    Linear,

    /// <summary>By decade; 0 lies on the lower edge.</summary>
    Logarithmic,
}

/// <summary>Plots as SVG elements. Sizes are in units of a box that a phone shows at about 3/4 and a desk at about 5/4.</summary>
internal static class Curves
{
    private const double Width = 460, Height = 270, Left = 62, Right = 448, Top = 30, Bottom = 226;

    /// <summary>Curves over whole numbers such as steps.</summary>
    /// <param name="title">What is seen.</param>
    /// <param name="x">Name of the x axis.</param>
    /// <param name="y">Name of the y axis.</param>
    /// <param name="scale">How y is drawn.</param>
    /// <param name="curves">One or two curves.</param>
    /// <returns>The svg element.</returns>
    public static XElement Plot(string title, string x, string y, Scale scale, params Curve[] curves)
    {
        double[] xs = [.. curves.SelectMany(curve => curve.Points).Select(point => point.X)];
        double[] ys = [.. curves.SelectMany(curve => curve.Points).Select(point => Level(point.Y)).Where(double.IsFinite).DefaultIfEmpty(0)];
        (double xLow, double xHigh) = xs.Max() > xs.Min() ? (xs.Min(), xs.Max()) : (xs.Min() - 0.5, xs.Min() + 0.5);
        double xStep = Math.Max(1, Spacing(xLow, xHigh));
        double yStep = Math.Max(scale == Scale.Linear ? 0 : 1, Spacing(ys.Min(), ys.Max()));
        double yLow = yStep * Math.Floor(ys.Min() / yStep), yHigh = Math.Max(yStep * Math.Ceiling(ys.Max() / yStep), yLow + yStep);

        double Level(double value) => scale == Scale.Linear ? value : Math.Log10(value);
        double Across(double value) => Left + (value - xLow) / (xHigh - xLow) * (Right - Left);
        double Up(double level) => Bottom - (Math.Max(level, yLow) - yLow) / (yHigh - yLow) * (Bottom - Top);

        var svg = Svg(Height, title, $"{title} {string.Join(" ", curves.Select(Tell))}");
        foreach (double at in Ticks(yLow, yHigh, yStep))
            svg.Add(Line("grid", Left, Up(at), Right, Up(at)),
                Label("end", Left - 6, Up(at) + 4, scale == Scale.Linear ? Tick(at) : Number(Math.Pow(10, at))));
        foreach (double at in Ticks(xLow, xHigh, xStep))
            svg.Add(Line("axis", Across(at), Bottom, Across(at), Bottom + 5), Label("middle", Across(at), Bottom + 18, Tick(at)));
        svg.Add(Line("axis", Left, Bottom, Right, Bottom), Line("axis", Left, Top, Left, Bottom));
        svg.Add(Label("middle", (Left + Right) / 2, Height - 6, x));
        svg.Add(Tag("text", ("text-anchor", "middle"), ("transform", $"translate(12 {Coordinate((Top + Bottom) / 2)}) rotate(-90)"), y));

        double legend = Left;
        for (int c = 0; c < curves.Length; c++)
        {
            (double X, double Y)[] points = [.. curves[c].Points.Select(point =>
                (Across(point.X), double.IsFinite(point.Y) ? Up(Level(point.Y)) : double.NaN))];
            svg.Add(Tag("path", ("class", $"curve c{c}"), ("d", Path(points))));
            if (points.Length <= 25)
                svg.Add(points.Where(point => double.IsFinite(point.Y)).Select(point => Dot($"c{c}", point.X, point.Y)));
            svg.Add(Line($"curve c{c}", legend, 12, legend + 24, 12), Label("start", legend + 30, 16, curves[c].Name));
            legend += 54 + 7 * curves[c].Name.Length;
        }
        return svg;
    }

    /// <summary>The worst error over its bound, a row for each oracle that has a tolerance and a mark for each engine.</summary>
    /// <param name="judgements">Judgements of one equation.</param>
    /// <returns>The svg element, or null where equality was demanded throughout.</returns>
    public static XElement? Dots(IEnumerable<Judgement> judgements)
    {
        const double low = -4, high = 1, right = 400, row = 24, top = 8;
        var rows = judgements.GroupBy(judgement => judgement.Oracle)
            .Where(oracle => oracle.Any(judgement => judgement.Worst > 0 && double.IsFinite(judgement.Worst))).ToList();
        if (rows.Count == 0)
            return null;

        double Across(double decade) => Left + 10 + (decade - low) / (high - low) * (right - Left - 10);
        double Place(double worst) => Across(worst >= 0 ? Math.Clamp(Math.Log10(worst), low, high) : high);   // NaN too is at its edge

        double bottom = top + row * rows.Count;
        var svg = Svg(bottom + 40, "Worst error over its bound", "Worst error over its bound. " + string.Join(" ", rows.Select(oracle =>
            $"{oracle.Key}: {string.Join(", ", oracle.Select(judgement => $"{judgement.Engine} {Number(judgement.Worst)}"))}.")));
        svg.Add(Tag("rect", ("class", "beyond"), ("x", Across(0)), ("y", top), ("width", Across(high) - Across(0)), ("height", bottom - top)));
        foreach (double decade in Ticks(low, high, 1))
            svg.Add(Line(decade == 0 ? "limit" : "grid", Across(decade), top, Across(decade), bottom),
                Label("middle", Across(decade), bottom + 16, Number(Math.Pow(10, decade))));
        svg.Add(Label("middle", Across(0), bottom + 32, "the bound"));
        for (int r = 0; r < rows.Count; r++)
        {
            double y = top + row * (r + 0.5);
            svg.Add(Label("end", Left, y + 4, rows[r].Key), Label("start", right + 8, y + 4, Number(rows[r].Max(judgement => judgement.Worst))));
            foreach (Judgement judgement in rows[r])
            {
                XElement mark = judgement.Failure is null ? Dot("c0", Place(judgement.Worst), y) : Cross(Place(judgement.Worst), y);
                mark.Add(Tag("title", $"{judgement.Engine}: {Number(judgement.Worst)}"));
                svg.Add(mark);
            }
        }
        return svg;
    }

    private static XElement Svg(double height, string title, string alt) =>
        Tag("svg", ("viewBox", $"0 0 {Width} {Coordinate(height)}"), ("role", "img"), ("aria-label", alt), Tag("title", title));

    private static XElement Line(string style, double x1, double y1, double x2, double y2) =>
        Tag("line", ("class", style), ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2));

    private static XElement Label(string anchor, double x, double y, string text) => Tag("text", ("text-anchor", anchor), ("x", x), ("y", y), text);

    private static XElement Dot(string style, double x, double y) => Tag("circle", ("class", $"dot {style}"), ("cx", x), ("cy", y), ("r", 4.0));

    private static XElement Cross(double x, double y) =>
        Tag("path", ("class", "cross"), ("d", $"M{Coordinate(x - 5)} {Coordinate(y - 5)}l10 10m0 -10l-10 10"));

    // "h0" makes a point between two gaps a dot, by its round caps.
    private static string Path((double X, double Y)[] points)
    {
        var path = new System.Text.StringBuilder();
        bool drawing = false;
        foreach ((double x, double y) in points)
        {
            if (double.IsFinite(y))
                path.Append(drawing ? "L" : "M").Append(Coordinate(x)).Append(' ').Append(Coordinate(y)).Append(drawing ? "" : "h0");
            drawing = double.IsFinite(y);
        }
        return path.ToString();
    }

    private static string Tell(Curve curve)
    {
        double[] values = [.. curve.Points.Select(point => point.Y).Where(double.IsFinite)];
        return values.Length == 0 ? $"{curve.Name}: no finite value."
            : $"{curve.Name}: first {Number(values[0])}, last {Number(values[^1])}, from {Number(values.Min())} to {Number(values.Max())}.";
    }

    // 1, 2 or 5 times a power of ten, for about five ticks; what varies by less than a thousandth is drawn flat.
    private static double Spacing(double low, double high)
    {
        double wanted = Math.Max((high - low) / 5, Math.Max(Math.Abs(low), Math.Abs(high)) / 1000);
        if (wanted == 0)
            return 1;
        double decade = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        return decade * (wanted <= decade ? 1 : wanted <= 2 * decade ? 2 : wanted <= 5 * decade ? 5 : 10);
    }

    private static IEnumerable<double> Ticks(double low, double high, double step)
    {
        for (double k = Math.Ceiling(low / step - 1e-9); k <= high / step + 1e-9; k++)
            yield return k * step;
    }

    private static string Tick(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e-4 and < 1e7 => value.ToString("#,0.######", CultureInfo.InvariantCulture),
        _ => Number(value),
    };

    /// <summary>A number of a drawing, to a hundredth.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its text.</returns>
    public static string Coordinate(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
