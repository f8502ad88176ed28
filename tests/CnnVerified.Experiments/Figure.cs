using System.Globalization;
using System.Xml.Linq;

namespace CnnVerified.Experiments;

/// <summary>How an axis is divided.</summary>
public enum AxisScale
{
    /// <summary>By value.</summary>
    Linear,

    /// <summary>By decade; what is not above 0 is not drawn.</summary>
    Logarithmic,
}

/// <summary>How the points of a series are drawn.</summary>
public enum Mark
{
    /// <summary>A line through them.</summary>
    Line,

    /// <summary>A line with a dot at each.</summary>
    DottedLine,

    /// <summary>A dot at each.</summary>
    Dot,
}

/// <summary>An axis.</summary>
/// <param name="Label">What it measures.</param>
/// <param name="Scale">How it is divided.</param>
/// <param name="Names">Names of the places 0, 1, 2, … instead of numbers; null for numbers.</param>
public sealed record Axis(Said Label, AxisScale Scale = AxisScale.Linear, IReadOnlyList<Said>? Names = null);

/// <summary>Points that belong together.</summary>
/// <param name="Name">What the legend calls them; empty for none.</param>
/// <param name="Points">From left to right; one that cannot be drawn leaves a gap.</param>
/// <param name="Mark">How they are drawn.</param>
/// <param name="Colour">One of the eight colours, from 0.</param>
/// <param name="Dash">0 for a solid line, 1 or 2 for dashes.</param>
public sealed record Series(Said Name, IReadOnlyList<(double X, double Y)> Points, Mark Mark, int Colour, int Dash = 0);

/// <summary>One plot.</summary>
/// <param name="Title">What is seen.</param>
/// <param name="X">The axis across.</param>
/// <param name="Y">The axis up; with names it runs down, as a list does.</param>
/// <param name="Series">What is drawn.</param>
public sealed record Plot(Said Title, Axis X, Axis Y, IReadOnlyList<Series> Series);

/// <summary>Plots one below the other, as an SVG file that stands alone: its own background and colours, light or dark as the reader's system is, no script.</summary>
/// <param name="Description">What it shows, for readers who do not see it.</param>
/// <param name="Plots">The plots.</param>
public sealed record Figure(Said Description, params IReadOnlyList<Plot> Plots)
{
    private const double Width = 860, Top = 40, Right = 530, AxisHeight = 52, PlotHeight = 260, RowHeight = 22;

    private static readonly XNamespace Space = "http://www.w3.org/2000/svg";

    private const string Style = """
        .ground{fill:#ffffff}.grid{stroke:#dfe3e8}.axis{stroke:#5b6570}text{fill:#1c2126;font:13px system-ui,sans-serif}.title{font-weight:600;font-size:14px}
        .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.d1{stroke-dasharray:7 5}.d2{stroke-dasharray:1.5 4.5}
        .c0{color:#1f6fb4}.c1{color:#c8501e}.c2{color:#1e8449}.c3{color:#8e44ad}.c4{color:#9a7400}.c5{color:#c2185b}.c6{color:#00838f}.c7{color:#5d6d7e}
        .line{stroke:currentColor}.dot{fill:currentColor}
        @media (prefers-color-scheme:dark){.ground{fill:#15191e}.grid{stroke:#2d343c}.axis{stroke:#98a3af}text{fill:#e8ecf0}
        .c0{color:#6db3f2}.c1{color:#ff9566}.c2{color:#5fd38d}.c3{color:#cf9bea}.c4{color:#e3c04b}.c5{color:#ff80ab}.c6{color:#4dd0e1}.c7{color:#aab7c4}}
        """;

    /// <summary>The file.</summary>
    /// <param name="language">The language of its labels.</param>
    /// <returns>Its text.</returns>
    public string ToSvg(Language language)
    {
        double[] heights = [.. Plots.Select(plot => Inner(plot) + Top + AxisHeight)];
        var svg = Tag("svg", ("viewBox", $"0 0 {Coordinate(Width)} {Coordinate(heights.Sum())}"), ("role", "img"), ("aria-label", Description.In(language)));
        svg.Add(Tag("title", Description.In(language)), Tag("style", Style.ReplaceLineEndings("")), Tag("rect", ("class", "ground"), ("width", Width), ("height", heights.Sum()), ("rx", 6.0)));
        double down = 0;
        for (int p = 0; p < Plots.Count; p++)
        {
            var group = Tag("g", ("transform", $"translate(0 {Coordinate(down)})"));
            Draw(group, Plots[p], language);
            svg.Add(group);
            down += heights[p];
        }
        return svg + "\n";
    }

    private static double Inner(Plot plot) =>
        Math.Max(plot.Y.Names is { } names ? RowHeight * names.Count : PlotHeight, RowHeight * (plot.Series.Count(series => series.Name != "") - 1));

    // About as wide as a text is: a Chinese character is as wide as two letters.
    private static double Extent(string text) => text.Sum(c => c >= '\u2e80' ? 13.0 : 6.6);

    private static void Draw(XElement svg, Plot plot, Language language)
    {
        double bottom = Top + Inner(plot), left = plot.Y.Names is { } names ? 30 + names.Max(name => Extent(name.In(language))) : 78;
        bool isLegend = plot.Series.Any(series => series.Name != "");
        double right = isLegend ? Right : Width - 30;
        var across = new Ruler(plot.X, language, plot.Series.SelectMany(series => series.Points).Select(point => point.X), left, right);
        var up = plot.Y.Names is null ? new Ruler(plot.Y, language, plot.Series.SelectMany(series => series.Points).Select(point => point.Y), bottom, Top)
            : new Ruler(plot.Y, language, [], Top, bottom);

        svg.Add(Text("start title", 14, 24, plot.Title.In(language)));
        foreach (var (at, label) in up.Ticks)
            svg.Add(Line("grid", left, at, right, at), Text("end", left - 8, at + 4.5, label));
        foreach (var (at, label) in across.Ticks)
            svg.Add(Line("grid", at, Top, at, bottom), Text("middle", at, bottom + 18, label));
        svg.Add(Line("axis", left, bottom, right, bottom), Line("axis", left, Top, left, bottom), Text("middle", (left + right) / 2, bottom + 40, plot.X.Label.In(language)));
        if (plot.Y.Label != "")
            svg.Add(Tag("text", ("text-anchor", "middle"), ("transform", $"translate(18 {Coordinate((Top + bottom) / 2)}) rotate(-90)"), plot.Y.Label.In(language)));

        double legend = Top + 6;
        foreach (Series series in plot.Series)
        {
            (double X, double Y)[] points = [.. series.Points.Select(point => (across.Place(point.X), up.Place(point.Y)))];
            if (series.Mark != Mark.Dot)
                svg.Add(Tag("path", ("class", $"line c{series.Colour} d{series.Dash}"), ("d", Path(points))));
            if (series.Mark != Mark.Line)
                svg.Add(points.Where(IsDrawn).Select(point => Dot(series.Colour, point.X, point.Y)));
            if (series.Name == "")
                continue;
            if (series.Mark != Mark.Dot)
                svg.Add(Line($"line c{series.Colour} d{series.Dash}", right + 16, legend, right + 44, legend));
            if (series.Mark != Mark.Line)
                svg.Add(Dot(series.Colour, right + 30, legend));
            svg.Add(Text("start", right + 52, legend + 4.5, series.Name.In(language)));
            legend += RowHeight;
        }
    }

    private static bool IsDrawn((double X, double Y) point) => double.IsFinite(point.X) && double.IsFinite(point.Y);

    // "h0" makes a point between two gaps a dot, by its round caps.
    private static string Path((double X, double Y)[] points)
    {
        var path = new System.Text.StringBuilder();
        bool drawing = false;
        foreach (var point in points)
        {
            if (IsDrawn(point))
                path.Append(drawing ? "L" : "M").Append(Coordinate(point.X)).Append(' ').Append(Coordinate(point.Y)).Append(drawing ? "" : "h0");
            drawing = IsDrawn(point);
        }
        return path.ToString();
    }

    private static XElement Dot(int colour, double x, double y) => Tag("circle", ("class", $"dot c{colour}"), ("cx", x), ("cy", y), ("r", 3.5));

    private static XElement Line(string style, double x1, double y1, double x2, double y2) =>
        Tag("line", ("class", style), ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2));

    private static XElement Text(string anchorAndStyle, double x, double y, string text)
    {
        string[] words = anchorAndStyle.Split(' ');
        var element = Tag("text", ("text-anchor", words[0]), ("x", x), ("y", y), text);
        if (words.Length > 1)
            element.SetAttributeValue("class", words[1]);
        return element;
    }

    // Attributes as pairs, content as text.
    private static XElement Tag(string name, params object[] content)
    {
        var element = new XElement(Space + name);
        foreach (object part in content)
            switch (part)
            {
                case (string attribute, double value):
                    element.SetAttributeValue(attribute, Coordinate(value));
                    break;
                case (string attribute, string value):
                    element.SetAttributeValue(attribute, value);
                    break;
                default:
                    element.Add(part);
                    break;
            }
        return element;
    }

    private static string Coordinate(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>From numbers to places on the paper, and the ticks.</summary>
    private sealed class Ruler
    {
        private static readonly int[] Digits125 = [1, 2, 5];

        private readonly Axis _axis;
        private readonly double _low, _high, _from, _to;

        public Ruler(Axis axis, Language language, IEnumerable<double> values, double from, double to)
        {
            (_axis, _from, _to) = (axis, from, to);
            if (axis.Names is { } names)
            {
                (_low, _high) = (-0.5, names.Count - 0.5);
                Ticks = [.. names.Select((name, place) => (Place(place), name.In(language)))];
                return;
            }
            double[] shown = [.. values.Where(value => double.IsFinite(Level(value))).DefaultIfEmpty(1)];
            double[] all = axis.Scale == AxisScale.Logarithmic ? Decades(shown.Min(), shown.Max()) : Even(shown.Min(), shown.Max(), shown.All(double.IsInteger));
            (_low, _high) = (Level(all[0]), Level(all[^1]));
            // Where there are many decades, every one, second, … of them.
            int every = axis.Scale == AxisScale.Logarithmic && _high - _low > 2.1 ? (int)Math.Ceiling((_high - _low) / 8) : 0;
            bool IsLabelled(double tick) => every == 0 || Math.Abs(Math.IEEERemainder(Math.Log10(tick) - Math.Ceiling(_low - 1e-6), every)) < 1e-6;
            Ticks = [.. all.Where(IsLabelled).Select(tick => (Place(tick), Label(tick)))];
        }

        public IReadOnlyList<(double At, string Label)> Ticks { get; }

        public double Place(double value) => OfLevel(Level(value));

        private double OfLevel(double level) => _from + (level - _low) / (_high - _low) * (_to - _from);

        private double Level(double value) => _axis.Scale == AxisScale.Linear || _axis.Names is not null ? value : value > 0 ? Math.Log10(value) : double.NaN;

        // Every 1, 2 or 5 times a power of ten, for about six ticks from below the smallest value to above the largest; whole steps for whole values.
        private static double[] Even(double low, double high, bool isWhole)
        {
            double wanted = Math.Max(Math.Max((high - low) / 6, Math.Abs(high) * 1e-6), 1e-12), decade = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
            double step = Math.Max(isWhole ? 1 : 0, decade * (wanted <= decade * 1.0001 ? 1 : wanted <= 2 * decade ? 2 : wanted <= 5 * decade ? 5 : 10));
            double first = Math.Floor(low / step + 1e-9), last = Math.Max(Math.Ceiling(high / step - 1e-9), first + 1);
            return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(tick => Math.Round((first + tick) * step, 12))];
        }

        // 1, 2 and 5 of each decade, from the last that is not above the smallest value to the first that is not below the largest.
        private static double[] Decades(double low, double high)
        {
            int first = (int)Math.Floor(Math.Log10(low) - 1e-6), last = (int)Math.Ceiling(Math.Log10(high) + 1e-6);
            double[] all = [.. Enumerable.Range(first, last - first + 1).SelectMany(decade => Digits125.Select(digit => digit * Math.Pow(10, decade)))];
            int from = Array.FindLastIndex(all, tick => tick <= low * 1.0001), to = Math.Max(Array.FindIndex(all, tick => tick >= high * 0.9999), from + 1);
            return all[from..(to + 1)];
        }

        private string Label(double tick) => _axis.Scale == AxisScale.Logarithmic && tick is < 0.9e-3 or > 1.1e4
            ? tick.ToString("0e0", CultureInfo.InvariantCulture) : tick.ToString("#,0.######", CultureInfo.InvariantCulture);
    }
}
