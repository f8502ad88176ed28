using System.Text;

namespace CnnVerified.Reference.Notation.Typesetting;

/// <summary>Writes a layout as MathML Core, the part of MathML that browsers draw by themselves.</summary>
internal sealed class MathMLWriter
{
    private const string Namespace = "http://www.w3.org/1998/Math/MathML";

    // The inner row of a cell is a block, which Chromium moves only for its own values.
    private const string Right = "text-align:right;text-align:-webkit-right", Left = "text-align:left;text-align:-webkit-left";

    private readonly StringBuilder _text = new();

    public static string Write(Layout layout, bool isBlock)
    {
        var writer = new MathMLWriter();
        writer.Within($"math xmlns=\"{Namespace}\" display=\"{(isBlock ? "block" : "inline")}\"", layout);
        return writer._text.ToString();
    }

    /// <summary>A piece of a longer formula, as <see cref="Pieces"/> cuts it. HTML needs no namespace.</summary>
    public static string Piece(IReadOnlyList<Layout> items)
    {
        var writer = new MathMLWriter();
        writer.Open("math displaystyle=\"true\"");
        // A sign at the beginning stands between two terms all the same.
        bool isBetween = items[0] is Sign { Kind: SignKind.Infix };
        if (isBetween)
            writer.Token("mo form=\"infix\"", ((Sign)items[0]).Text);
        foreach (Layout item in items.Skip(isBetween ? 1 : 0))
            writer.Add(item);
        writer.Close("math");
        return writer._text.ToString();
    }

    private void Add(Layout layout)
    {
        switch (layout)
        {
            case Identifier identifier:
                // A word is upright by itself, a single letter only if told.
                Token(identifier is { IsUpright: true, Text.Length: 1 } ? "mi mathvariant=\"normal\"" : "mi", identifier.Text);
                break;
            case Name name:
                Add(name.Shown);
                break;
            case FunctionName function:
                Token("mi", function.Text);
                Token("mo", "\u2061");
                break;
            case Numeral numeral:
                Token("mn", numeral.Text);
                break;
            case Words words:
                if (words.Text == " ")
                    _text.Append("<mspace width=\"1em\"/>");
                else
                    Token("mtext", words.Text.Replace(' ', '\u00A0'));
                break;
            case Sign sign:
                Add(sign);
                break;
            case Row row:
                Within("mrow", row);
                break;
            case Indexed { IsSubscript: true } indexed:
                Within("msub", indexed.Tensor, Row.Joined(indexed.Indices, Arranger.Comma));
                break;
            case Indexed indexed:
                Within("mrow", indexed.Tensor, new Fence("(", Row.Joined(indexed.Indices, Arranger.Comma), ")"));
                break;
            case Script script:
                Add(script);
                break;
            case Hat hat:
                Open("mover");
                Add(hat.Core);
                Token("mo stretchy=\"false\"", "^");
                Close("mover");
                break;
            case Fraction fraction:
                Within("mfrac", fraction.Numerator, fraction.Denominator);
                break;
            case Fence fence:
                // Fences stretch by themselves; around one line they would follow every subscript.
                string mo = fence.IsTall ? "mo" : "mo stretchy=\"false\"";
                Open("mrow");
                Token(mo, fence.Open);
                Items(fence.Inner);
                Token(mo, fence.Close);
                Close("mrow");
                break;
            case Radical radical:
                Within("msqrt", radical.Inner);
                break;
            case Big big:
                Add(big);
                break;
            case Grid grid:
                Open("mrow");
                Token("mo", "[");
                Table("mtable", grid.Rows.Select(row => row.Select(entry => (Right, (Layout?)entry))));
                Token("mo", "]");
                Close("mrow");
                break;
            case Aligned aligned:
                Table("mtable displaystyle=\"true\"", aligned.Lines.Select(line => (IEnumerable<(string, Layout?)>)
                    [(Right + ";padding:0.4em 0", line.Left), (Left + ";padding:0.4em 0", line.Right)]));
                break;
            default:
                throw new InvalidOperationException($"no MathML for {layout.GetType().Name}.");
        }
    }

    private void Add(Sign sign)
    {
        string mo = sign switch
        {
            // The bar and the word mod have no space of their own.
            { Text: "mod" or "|" } => "mo form=\"infix\" lspace=\"0.28em\" rspace=\"0.28em\" stretchy=\"false\"",
            { Text: "/" } => "mo lspace=\"0\" rspace=\"0\"",
            // Its place in the row tells a browser what a sign is, but an = may begin a cell and a minus may follow an =.
            { Kind: SignKind.Opening } => "mo form=\"prefix\" stretchy=\"false\"",
            { Kind: SignKind.Closing } => "mo form=\"postfix\" stretchy=\"false\"",
            { Kind: SignKind.Prefix } => "mo form=\"prefix\"",
            { Kind: SignKind.Relation } => "mo form=\"infix\"",
            _ => "mo",
        };
        Token(mo, sign.Kind == SignKind.Silent ? "\u2062" : sign.Text);
    }

    private void Add(Script script)
    {
        // An element to a power has its index and its exponent above each other.
        (Layout core, Layout? sub) = script switch
        {
            { Sub: null, Core: Indexed { IsSubscript: true } indexed } => (indexed.Tensor, Row.Joined(indexed.Indices, Arranger.Comma)),
            { Sub: null, Core: Name { Shown: Script { Super: null } inner } } => (inner.Core, inner.Sub),
            _ => (script.Core, script.Sub),
        };
        if (script.Super is null)
            Within("msub", core, sub!);
        else if (sub is null)
            Within("msup", core, script.Super);
        else
            Within("msubsup", core, sub, script.Super);
    }

    private void Add(Big big)
    {
        string mo = big.Symbol.Length == 1 ? "mo" : "mo form=\"prefix\" movablelimits=\"true\" lspace=\"0\" rspace=\"0.17em\"";
        bool hasSpan = big.Span is not null;
        Open(hasSpan ? "munderover" : "munder");
        Token(mo, big.Symbol);
        if (big.Span is var (from, to))
        {
            Add(from);
            Add(to);
        }
        else
        {
            Layout ranges = Row.Joined(big.Ranges, Arranger.Comma);
            if (big.Conditions.Count == 0)
                Add(ranges);
            else
                Table("mtable", new[] { ranges }.Concat(big.Conditions).Select(line => (IEnumerable<(string, Layout?)>)[("padding:0.1em 0", line)]));
        }
        Close(hasSpan ? "munderover" : "munder");
    }

    private void Table(string mtable, IEnumerable<IEnumerable<(string Style, Layout? Content)>> rows)
    {
        Open(mtable);
        foreach (var row in rows)
        {
            Open("mtr");
            foreach ((string style, Layout? content) in row)
            {
                Open($"mtd style=\"{style}\"");
                if (content is not null)
                    Items(content);
                Close("mtd");
            }
            Close("mtr");
        }
        Close("mtable");
    }

    // The parts of a row, where the element around them is a row by itself.
    private void Items(Layout layout)
    {
        foreach (Layout item in layout is Row row ? row.Items : [layout])
            Add(item);
    }

    private void Within(string element, params ReadOnlySpan<Layout> layouts)
    {
        Open(element);
        if (layouts.Length == 1)
            Items(layouts[0]);
        else
            foreach (Layout layout in layouts)
                Add(layout);
        Close(element);
    }

    private void Token(string element, string text)
    {
        Open(element);
        _text.Append(text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal));
        Close(element);
    }

    private void Open(string element) => _text.Append('<').Append(element).Append('>');

    private void Close(string element) => _text.Append("</").Append(element.AsSpan(0, element.IndexOf(' ', StringComparison.Ordinal) is var space and >= 0 ? space : element.Length)).Append('>');
}
