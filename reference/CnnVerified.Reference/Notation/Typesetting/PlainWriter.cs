using System.Text;

namespace CnnVerified.Reference.Notation.Typesetting;

/// <summary>Writes a layout as text for a terminal: one line, or one for each line of a block.</summary>
internal sealed class PlainWriter
{
    private const string Raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private readonly StringBuilder _text = new();

    // Within indices, ranges and exponents there are no spaces around signs.
    private bool _isTight;

    public static string Write(Layout layout)
    {
        var writer = new PlainWriter();
        writer.Add(layout);
        return writer._text.ToString();
    }

    private void Add(Layout layout)
    {
        switch (layout)
        {
            case Identifier identifier:
                _text.Append(identifier.Text);
                break;
            case Name name:
                _text.Append(name.Plain);
                break;
            case FunctionName function:
                _text.Append(function.Text);
                break;
            case Numeral numeral:
                _text.Append(numeral.Text);
                break;
            case Words words:
                // A space between two formulas is there already, behind the comma.
                _text.Append(words.Text == " " ? "" : words.Text);
                break;
            case Sign sign:
                _text.Append(Spaced(sign));
                break;
            case Row row:
                foreach (Layout item in row.Items)
                    Add(item);
                break;
            case Indexed indexed:
                Add(indexed.Tensor);
                Tight("[", Row.Joined(indexed.Indices, Arranger.Comma), "]");
                break;
            case Script script:
                Add(script.Core);
                if (script.Sub is not null)
                    Attached("_", script.Sub);
                if (script.Super is Numeral { Text: [>= '0' and <= '9' and var digit] })
                    _text.Append(Raised[digit - '0']);
                else if (script.Super is not null)
                    Attached("^", script.Super);
                break;
            case Fence fence:
                _text.Append(fence.Open);
                Add(fence.Inner);
                _text.Append(fence.Close);
                break;
            case Radical radical:
                _text.Append('√');
                Add(IsOneWord(radical.Inner) ? radical.Inner : new Fence("(", radical.Inner, ")"));
                break;
            case Big big:
                Add(big);
                break;
            case Grid grid:
                _text.Append('[').AppendJoin(", ", grid.Rows.Select(row => $"[{string.Join(", ", row.Select(Write))}]")).Append(']');
                break;
            case Aligned aligned:
                Add(aligned);
                break;
            default:
                throw new InvalidOperationException($"no plain text for {layout.GetType().Name}.");
        }
    }

    private string Spaced(Sign sign) => sign switch
    {
        { Kind: SignKind.Comma } => _isTight ? "," : ", ",
        { Kind: SignKind.Prefix } or { Text: "·" or "/" or "×" } => sign.Text,
        { Text: "mod" or "|" } => $" {sign.Text} ",
        _ => _isTight ? sign.Text : $" {sign.Text} ",
    };

    private void Add(Big big)
    {
        _text.Append(big.Symbol switch { "∑" => "Σ", "∏" => "Π", _ => big.Symbol });
        Layout ranges = Row.Joined(big.Ranges, new Words(", "));
        Tight("(", big.Conditions.Count == 0 ? ranges : Row.Of(ranges, new Words(" | "), Row.Joined(big.Conditions, new Words(" and "))), ") ");
    }

    private void Add(Aligned aligned)
    {
        int indent = 0;
        for (int i = 0; i < aligned.Lines.Count; i++)
        {
            if (i > 0)
                _text.Append('\n');
            int start = _text.Length;
            if (aligned.Lines[i].Left is { } left)
            {
                Add(left);
                indent = _text.Length - start;
            }
            else
            {
                _text.Append(' ', indent);
            }
            Add(aligned.Lines[i].Right);
        }
    }

    private void Attached(string mark, Layout layout)
    {
        if (IsOneWord(layout))
        {
            _text.Append(mark);
            Add(layout);
        }
        else
        {
            Tight(mark + "(", layout, ")");
        }
    }

    private static bool IsOneWord(Layout layout) => layout is Identifier or Name or Numeral;

    private void Tight(string open, Layout layout, string close)
    {
        bool before = _isTight;
        _isTight = true;
        _text.Append(open);
        Add(layout);
        _text.Append(close);
        _isTight = before;
    }
}
