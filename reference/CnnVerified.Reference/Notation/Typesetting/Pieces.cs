namespace CnnVerified.Reference.Notation.Typesetting;

/// <summary>Cuts a layout where a line may end: browsers break no line within a math element.</summary>
/// <remarks>Terms begin at relations, at + and − and behind the commas of a list. Within a term a piece begins at a ·, and where an element has
/// long indices or brackets hold a long condition, behind their commas, at their signs and words. Fractions and roots stay whole.</remarks>
internal sealed class Pieces
{
    // What is no longer than this, in characters, is not worth a cut.
    private const int Short = 14;

    // A sum with so many characters of ranges below it fills half a phone by itself.
    private const int Wide = 22;

    private readonly List<List<List<Layout>>> _terms = [[[]]];

    public static IReadOnlyList<IReadOnlyList<IReadOnlyList<Layout>>> Of(Layout layout)
    {
        var pieces = new Pieces();
        bool isListed = false;
        foreach (Layout item in Items(layout))
        {
            if (isListed && item is not Words { Text: " " })
            {
                pieces.EndTerm();
                isListed = false;
            }
            if (item is Sign { Kind: SignKind.Relation } or Sign { Text: "+" or "−", Kind: SignKind.Infix } or Words { Text: not " " })
                pieces.EndTerm();
            pieces.Add(item);
            isListed |= item is Sign { Kind: SignKind.Comma };
        }
        return pieces._terms;
    }

    private void Add(Layout item)
    {
        switch (item)
        {
            case Sign { Text: "·", Kind: SignKind.Infix }:
                EndPiece();
                Put(item);
                break;
            case Indexed { IsSubscript: false } indexed when Length(indexed) > Short:
                Put(indexed.Tensor);
                Put(new Sign("(", SignKind.Opening));
                for (int i = 0; i < indexed.Indices.Count; i++)
                {
                    Put(indexed.Indices[i]);
                    Put(i < indexed.Indices.Count - 1 ? Arranger.Comma : new Sign(")", SignKind.Closing));
                    if (i < indexed.Indices.Count - 1)
                        EndPiece();
                }
                break;
            case Fence { IsTall: false, Open: "(" or "[" } fence when Length(fence) > Short:
                Put(new Sign(fence.Open, SignKind.Opening));
                foreach (Layout inner in Items(fence.Inner))
                {
                    if (inner is Sign { Text: "+" or "−", Kind: SignKind.Infix } or Words { Text: not " " })
                        EndPiece();
                    Add(inner);
                    if (inner is Sign { Kind: SignKind.Comma })
                        EndPiece();
                }
                Put(new Sign(fence.Close, SignKind.Closing));
                break;
            case Big big when Length(big) > Wide:
                Put(item);
                EndPiece();
                break;
            default:
                Put(item);
                break;
        }
    }

    private void Put(Layout item) => _terms[^1][^1].Add(item);

    private void EndPiece()
    {
        if (_terms[^1][^1].Count > 0)
            _terms[^1].Add([]);
    }

    private void EndTerm()
    {
        if (_terms[^1] is not [[]])
            _terms.Add([[]]);
    }

    private static IReadOnlyList<Layout> Items(Layout layout) => layout is Row row ? row.Items : [layout];

    private static int Length(Layout layout) => PlainWriter.Write(layout).Length;
}
