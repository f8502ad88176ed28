using System.Globalization;
using System.Text;

namespace CnnVerified.Site;

/// <summary>A drawing of cells with numbers, words and arrows.</summary>
/// <param name="label">What it shows, for those who do not see it.</param>
internal sealed class Svg(string label)
{
    /// <summary>The side of a cell.</summary>
    public const double Cell = 26;

    private const string Style = """
        text{font:13px "DejaVu Sans",Helvetica,Arial,sans-serif;text-anchor:middle;dominant-baseline:central;fill:#1b1b1b}
        .quiet{fill:#6b6b6b;font-size:12px}.start{text-anchor:start}
        .cell{fill:#fff;stroke:#666}.seen{fill:#ffd591;stroke:#666}.made{fill:#b5e0bf;stroke:#666}.zero{fill:#efefef;stroke:#aaa;stroke-dasharray:2 2}
        .line{stroke:#888;fill:none}
        @media (prefers-color-scheme:dark){text{fill:#e6e4df}.quiet{fill:#a9a7a1}.cell{fill:#202225;stroke:#888}.seen{fill:#7a5410;stroke:#aaa}
        .made{fill:#1f5a30;stroke:#aaa}.zero{fill:#2b2c2e;stroke:#777}}
        """;

    private readonly StringBuilder _shapes = new();
    private double _width, _height;

    /// <summary>A box of a class of the style sheet.</summary>
    public void Box(double x, double y, double width, double height, string kind)
    {
        Reach(x + width, y + height);
        _shapes.Append(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\"/>\n");
    }

    /// <summary>Words around a point.</summary>
    public void Words(double x, double y, string text, string kind = "")
    {
        Reach(x, y + 9);
        _shapes.Append(CultureInfo.InvariantCulture, $"<text{(kind.Length > 0 ? $" class=\"{kind}\"" : "")} x=\"{x:0.#}\" y=\"{y:0.#}\">{Html.Text(text)}</text>\n");
    }

    public void Line(double x, double y, double toX, double toY) =>
        _shapes.Append(CultureInfo.InvariantCulture, $"<line class=\"line\" x1=\"{x:0.#}\" y1=\"{y:0.#}\" x2=\"{toX:0.#}\" y2=\"{toY:0.#}\"/>\n");

    /// <summary>A grid of cells.</summary>
    /// <param name="x">Its left edge.</param>
    /// <param name="y">Its upper edge.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="text">What a cell says.</param>
    /// <param name="kind">The class of a cell.</param>
    /// <returns>Its right edge.</returns>
    public double Grid(double x, double y, int rows, int columns, Func<int, int, string> text, Func<int, int, string> kind)
    {
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
            {
                Box(x + j * Cell, y + i * Cell, Cell, Cell, kind(i, j));
                if (text(i, j) is { Length: > 0 } words)
                    Words(x + (j + 0.5) * Cell, y + (i + 0.5) * Cell, words);
            }
        return x + columns * Cell;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{Html.Text(label)}\" viewBox=\"0 0 {_width + 4:0.#} {_height + 4:0.#}\" width=\"{_width + 4:0.#}\" height=\"{_height + 4:0.#}\">\n<style>{Style.ReplaceLineEndings("\n")}</style>\n{_shapes}</svg>\n");

    private void Reach(double x, double y) => (_width, _height) = (Math.Max(_width, x), Math.Max(_height, y));
}
