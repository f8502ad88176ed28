using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace CnnVerified.Mutants;

/// <summary>A place whose passing is noted.</summary>
/// <param name="File">The file.</param>
/// <param name="Span">The statement or expression body that runs when it is passed.</param>
internal sealed record Site(string File, TextSpan Span);

/// <summary>Puts a probe before every statement and into every expression body, so that a run tells which mutations it reaches.</summary>
internal sealed class Probes : CSharpSyntaxWalker
{
    /// <summary>The class that probes call; it goes into the lowest assembly.</summary>
    public const string Source = """
        namespace CnnVerified;

        public static class Probe
        {
            public static readonly byte[] Passed = new byte[1 << 18];

            public static void At(int site) => Passed[site] = 1;
        }
        """;

    private readonly string _file;
    private readonly List<Site> _sites;
    private readonly List<(int Position, int Order, int Removed, string Text)> _edits = [];

    private Probes(string file, List<Site> sites) => (_file, _sites) = (file, sites);

    /// <summary>The file with probes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="tree">Its syntax.</param>
    /// <param name="sites">Takes the places; the index of a place is its number.</param>
    public static string Into(string file, SyntaxTree tree, List<Site> sites)
    {
        var probes = new Probes(file, sites);
        probes.Visit(tree.GetRoot());
        var text = new StringBuilder();
        string old = tree.ToString();
        int at = 0;
        // What closes comes before what opens at the same place; what opens first is the outer one.
        foreach (var (position, _, removed, inserted) in probes._edits.OrderBy(edit => edit.Position).ThenBy(edit => edit.Order))
        {
            text.Append(old, at, position - at).Append(inserted);
            at = position + removed;
        }
        return text.Append(old, at, old.Length - at).ToString();
    }

    public override void VisitAttributeList(AttributeListSyntax node) { }

    public override void VisitArrowExpressionClause(ArrowExpressionClauseSyntax node)
    {
        SyntaxToken end = node.Parent switch
        {
            BaseMethodDeclarationSyntax method => method.SemicolonToken,
            LocalFunctionStatementSyntax function => function.SemicolonToken,
            PropertyDeclarationSyntax property => property.SemicolonToken,
            IndexerDeclarationSyntax indexer => indexer.SemicolonToken,
            AccessorDeclarationSyntax accessor => accessor.SemicolonToken,
            _ => default,
        };
        bool hasValue = node.Expression is not ThrowExpressionSyntax && node.Parent switch
        {
            MethodDeclarationSyntax method => method.ReturnType is not PredefinedTypeSyntax { Keyword.Text: "void" },
            LocalFunctionStatementSyntax function => function.ReturnType is not PredefinedTypeSyntax { Keyword.Text: "void" },
            ConstructorDeclarationSyntax or DestructorDeclarationSyntax => false,
            AccessorDeclarationSyntax accessor => accessor.IsKind(SyntaxKind.GetAccessorDeclaration),
            _ => true,
        };
        bool isGetter = node.Parent is PropertyDeclarationSyntax or IndexerDeclarationSyntax;
        Edit(node.ArrowToken.SpanStart, 2, $"{{ {(isGetter ? "get { " : "")}{Probe(node.Expression.Span)} {(hasValue ? "return " : "")}");
        Close(end.Span.End, isGetter ? " } }" : " }");
        base.VisitArrowExpressionClause(node);
    }

    public override void DefaultVisit(SyntaxNode node)
    {
        if (node is StatementSyntax statement and not BlockSyntax)
        {
            if (statement.Parent is BlockSyntax or SwitchSectionSyntax)
                Edit(statement.SpanStart, 0, Probe(statement.Span) + " ");
            else if (statement.Parent is not GlobalStatementSyntax)
            {
                Edit(statement.SpanStart, 0, $"{{ {Probe(statement.Span)} ");
                Close(statement.Span.End, " }");
            }
        }
        base.DefaultVisit(node);
    }

    private void Edit(int position, int removed, string text) => _edits.Add((position, _edits.Count + 1, removed, text));

    private void Close(int position, string text) => _edits.Add((position, 0, 0, text));

    private string Probe(TextSpan span)
    {
        _sites.Add(new(_file, span));
        return string.Create(CultureInfo.InvariantCulture, $"global::CnnVerified.Probe.At({_sites.Count - 1});");
    }
}
