using System.Text;

namespace CnnVerified.Reference.Notation.Typesetting;

/// <summary>Writes a layout as LaTeX for math mode.</summary>
/// <remarks>Only commands that amsmath, KaTeX and GitHub's MathJax share. No backslash stands before a sign other than a backslash,
/// because Markdown may take such a pair for its own; a less-than has spaces around it, so that it opens no HTML tag.</remarks>
internal sealed class LatexWriter
{
    private static readonly Dictionary<string, string> Commands = new()
    {
        ["α"] = @"\alpha",
        ["β"] = @"\beta",
        ["γ"] = @"\gamma",
        ["δ"] = @"\delta",
        ["ε"] = @"\varepsilon",
        ["ζ"] = @"\zeta",
        ["η"] = @"\eta",
        ["θ"] = @"\theta",
        ["κ"] = @"\kappa",
        ["λ"] = @"\lambda",
        ["μ"] = @"\mu",
        ["ν"] = @"\nu",
        ["ξ"] = @"\xi",
        ["π"] = @"\pi",
        ["ρ"] = @"\rho",
        ["σ"] = @"\sigma",
        ["τ"] = @"\tau",
        ["φ"] = @"\varphi",
        ["χ"] = @"\chi",
        ["ψ"] = @"\psi",
        ["ω"] = @"\omega",
        ["ℝ"] = @"\mathbb{R}",
        ["…"] = @"\dots",
        ["∂"] = @"\partial",
        ["−"] = "-",
        ["·"] = @"\cdot",
        ["×"] = @"\times",
        ["mod"] = @"\bmod",
        ["≠"] = @"\neq",
        ["≤"] = @"\leq",
        ["≥"] = @"\geq",
        ["∈"] = @"\in",
        ["∑"] = @"\sum",
        ["∏"] = @"\prod",
        ["⌊"] = @"\lfloor",
        ["⌋"] = @"\rfloor",
        ["⌈"] = @"\lceil",
        ["⌉"] = @"\rceil",
        ["{"] = @"\lbrace",
        ["}"] = @"\rbrace",
    };

    private static readonly HashSet<string> KnownFunctions = ["exp", "log", "tanh", "max", "min", "cos", "sin"];

    private readonly StringBuilder _text = new();

    public static string Write(Layout layout)
    {
        var writer = new LatexWriter();
        writer.Add(layout);
        return writer._text.ToString();
    }

    private void Add(Layout layout)
    {
        switch (layout)
        {
            case Identifier identifier:
                Put(Commands.TryGetValue(identifier.Text, out string? letter) ? letter : identifier.IsUpright ? $@"\mathrm{{{Escaped(identifier.Text)}}}" : Escaped(identifier.Text));
                break;
            case Name name:
                Add(name.Shown);
                break;
            case FunctionName function:
                Put(KnownFunctions.Contains(function.Text) ? $@"\{function.Text}" : $@"\mathrm{{{function.Text}}}");
                break;
            case Numeral numeral:
                Put(numeral.Text);
                break;
            case Sign sign:
                Add(sign);
                break;
            case Words words:
                Put(words.Text == " " ? @"\quad" : $@"\text{{{Escaped(words.Text)}}}");
                break;
            case Row row:
                foreach (Layout item in row.Items)
                    Add(item);
                break;
            case Indexed { IsSubscript: true } indexed:
                Add(indexed.Tensor);
                Put("_{");
                Separated(indexed.Indices, ",", Add);
                Put("}");
                break;
            case Indexed indexed:
                Add(indexed.Tensor);
                Add(new Fence("(", Row.Joined(indexed.Indices, Arranger.Comma), ")"));
                break;
            case Script script:
                Add(script.Core);
                if (script.Sub is not null)
                    Group("_", script.Sub);
                if (script.Super is not null)
                    Group("^", script.Super);
                break;
            case Hat hat:
                Group(@"\hat", hat.Core);
                break;
            case Fraction fraction:
                Group(@"\frac", fraction.Numerator);
                Group("", fraction.Denominator);
                break;
            case Fence fence:
                Put((fence.IsTall ? @"\left" : "") + Delimiter(fence.Open, @"\lvert"));
                Add(fence.Inner);
                Put((fence.IsTall ? @"\right" : "") + Delimiter(fence.Close, @"\rvert"));
                break;
            case Radical radical:
                Group(@"\sqrt", radical.Inner);
                break;
            case Big big:
                Add(big);
                break;
            case Grid grid:
                Put(@"\begin{bmatrix} ");
                Separated(grid.Rows, @" \\ ", row => Separated(row, " & ", Add));
                Put(@" \end{bmatrix}");
                break;
            case Aligned aligned:
                Put("\\begin{aligned}\n");
                Separated(aligned.Lines, " \\\\\n", line =>
                {
                    if (line.Left is not null)
                        Add(line.Left);
                    Put(" & ");
                    Add(line.Right);
                });
                Put("\n\\end{aligned}");
                break;
            default:
                throw new InvalidOperationException($"no LaTeX for {layout.GetType().Name}.");
        }
    }

    private void Add(Sign sign)
    {
        string text = sign.Text == "|" ? @"\mid" : Commands.GetValueOrDefault(sign.Text, sign.Text);
        switch (sign.Kind)
        {
            case SignKind.Silent:
                Put(" ");
                break;
            case SignKind.Comma:
                Put(", ");
                break;
            case SignKind.Infix when text == "/":
            case SignKind.Prefix:
                Put(text);
                break;
            default:
                Put($" {text} ");
                break;
        }
    }

    private void Add(Big big)
    {
        Put(Commands.GetValueOrDefault(big.Symbol, $@"\{big.Symbol}"));
        if (big.Span is var (from, to))
        {
            Group("_", from);
            Group("^", to);
        }
        else if (big.Conditions.Count == 0)
        {
            Put("_{");
            Ranges();
            Put("}");
        }
        else
        {
            Put(@"_{\substack{");
            Ranges();
            foreach (Layout condition in big.Conditions)
            {
                Put(@" \\ ");
                Add(condition);
            }
            Put("}}");
        }
        Put(" ");

        // In a script TeX sets no space after a comma.
        void Ranges() => Separated(big.Ranges, @",\thinspace ", Add);
    }

    private static string Delimiter(string text, string bar) => text == "|" ? bar : Commands.GetValueOrDefault(text, text);

    private void Group(string before, Layout layout)
    {
        Put(before + "{");
        Add(layout);
        Put("}");
    }

    private void Separated<T>(IReadOnlyList<T> items, string separator, Action<T> add)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0)
                Put(separator);
            add(items[i]);
        }
    }

    // One space at most, and one where a letter would otherwise prolong the command before it.
    private void Put(string text)
    {
        if (text.Length == 0)
            return;
        bool isAfterSpace = _text.Length == 0 || char.IsWhiteSpace(_text[^1]);
        if (isAfterSpace && text[0] == ' ')
            text = text[1..];
        else if (char.IsLetter(text[0]) && EndsInCommand())
            _text.Append(' ');
        _text.Append(text);
    }

    private bool EndsInCommand()
    {
        int at = _text.Length;
        while (at > 0 && char.IsAsciiLetter(_text[at - 1]))
            at--;
        return at > 0 && at < _text.Length && _text[at - 1] == '\\';
    }

    private static string Escaped(string text) => text.Replace("_", @"\_", StringComparison.Ordinal);
}
