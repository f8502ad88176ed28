using CnnVerified.Reference.Notation;

namespace CnnVerified.Site;

/// <summary>Every block of the docs. The chapters only quote; what they write outside their markers belongs here too.</summary>
internal sealed class BlockSet
{
    private readonly List<BlockText> _all = [];
    private readonly Dictionary<(string Id, BlockKind Kind), BlockText> _known = [];

    /// <summary>All blocks, in the order of the files.</summary>
    public IReadOnlyList<BlockText> All => _all;

    /// <summary>The equations by id, and those of the project's book under all ids that the docs do not take.</summary>
    public Library Library { get; }

    public BlockSet(Manuscript manuscript, Action<Fault> fault)
    {
        foreach (TextFile file in manuscript.Equations.Concat(manuscript.Pages).Concat(manuscript.Chapters))
            Read(file, fault);
        var texts = _all.ToDictionary(text => text.Block, (IEqualityComparer<Block>)ReferenceEqualityComparer.Instance);
        Library = Book.With(_all.Select(text => text.Block), (block, taken) => fault(texts[block].File.At(block.Head.Place.Line, taken.Message)));
    }

    public BlockText? Find(string id, BlockKind kind) => _known.GetValueOrDefault((id, kind));

    /// <summary>The ids most like one that is not there.</summary>
    public IEnumerable<string> Nearest(string id, BlockKind kind) => Library.Nearest(_known.Keys.Where(known => known.Kind == kind).Select(known => known.Id), id);

    private void Read(TextFile file, Action<Fault> fault)
    {
        // What is quoted becomes empty lines, so that places stay what they are.
        string own = file.Language is null ? file.Text : string.Concat(Markers.Parts(file.Text, (_, _) => { }).Select(part => part.Kind is null ? part.Text : Empty(part.With(part.Text))));
        string[] lines = own.Split('\n');
        foreach (Block block in Markdown.Blocks(own, file.Name, wrong => fault(file.At(wrong.Place.Line, wrong.Message))))
        {
            var text = new BlockText(block, file, Title(lines, block.Head));
            if (_known.TryAdd((text.Id, block.Head.Kind), text))
                _all.Add(text);
            else if (Find(text.Id, block.Head.Kind) is { } first && (file.Language is null || first.Fenced != text.Fenced))
                fault(file.At(text.Line, $"{text.Id}: expected an id of its own, got one that {first.File.Name} has in line {first.Line}{(file.Language is null ? "" : " with another text")}."));
        }
    }

    private static string Empty(string text) => new('\n', text.Count(c => c == '\n'));

    private static string Title(string[] lines, Head head)
    {
        for (int i = head.Place.Line - 1; i >= 0; i--)
        {
            if (!lines[i].StartsWith("##", StringComparison.Ordinal))
                continue;
            string title = lines[i].TrimStart('#').Trim();
            return title.StartsWith(head.Id + " ", StringComparison.Ordinal) ? title[(head.Id.Length + 1)..] : title;
        }
        return head.Id;
    }
}
