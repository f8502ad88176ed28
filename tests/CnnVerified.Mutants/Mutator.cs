using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace CnnVerified.Mutants;

/// <summary>Every mutation of a file, by rule. Texts of messages, attributes and the arguments of what is thrown are left alone.</summary>
internal sealed class Mutator : CSharpSyntaxWalker
{
    private static readonly Dictionary<SyntaxKind, (string Class, string[] To)> Binary = new()
    {
        [SyntaxKind.AddExpression] = ("arithmetic", ["-"]),
        [SyntaxKind.SubtractExpression] = ("arithmetic", ["+"]),
        [SyntaxKind.MultiplyExpression] = ("arithmetic", ["/", "+"]),
        [SyntaxKind.DivideExpression] = ("arithmetic", ["*"]),
        [SyntaxKind.ModuloExpression] = ("arithmetic", ["/"]),
        [SyntaxKind.LessThanExpression] = ("comparison", ["<=", ">"]),
        [SyntaxKind.LessThanOrEqualExpression] = ("comparison", ["<", ">="]),
        [SyntaxKind.GreaterThanExpression] = ("comparison", [">=", "<"]),
        [SyntaxKind.GreaterThanOrEqualExpression] = ("comparison", [">", "<="]),
        [SyntaxKind.EqualsExpression] = ("comparison", ["!="]),
        [SyntaxKind.NotEqualsExpression] = ("comparison", ["=="]),
        [SyntaxKind.LogicalAndExpression] = ("logic", ["||"]),
        [SyntaxKind.LogicalOrExpression] = ("logic", ["&&"]),
        [SyntaxKind.BitwiseAndExpression] = ("logic", ["|"]),
        [SyntaxKind.BitwiseOrExpression] = ("logic", ["&"]),
        [SyntaxKind.ExclusiveOrExpression] = ("logic", ["&"]),
        [SyntaxKind.LeftShiftExpression] = ("shift", [">>"]),
        [SyntaxKind.RightShiftExpression] = ("shift", ["<<"]),
        [SyntaxKind.UnsignedRightShiftExpression] = ("shift", ["<<"]),
    };

    private static readonly Dictionary<SyntaxKind, string[]> Compound = new()
    {
        [SyntaxKind.AddAssignmentExpression] = ["=", "-="],
        [SyntaxKind.SubtractAssignmentExpression] = ["=", "+="],
        [SyntaxKind.MultiplyAssignmentExpression] = ["=", "/="],
        [SyntaxKind.DivideAssignmentExpression] = ["=", "*="],
        [SyntaxKind.AndAssignmentExpression] = ["=", "|="],
        [SyntaxKind.OrAssignmentExpression] = ["=", "&="],
        [SyntaxKind.ExclusiveOrAssignmentExpression] = ["=", "|="],
        [SyntaxKind.LeftShiftAssignmentExpression] = [">>="],
        [SyntaxKind.RightShiftAssignmentExpression] = ["<<="],
    };

    // A called operation and what is called in its place.
    private static readonly Dictionary<string, string> Calls = Both(("Add", "Subtract"), ("Multiply", "Divide"), ("Min", "Max"), ("AtMost", "AtLeast"),
        ("MinNative", "MaxNative"), ("GreaterThan", "LessThan"), ("IfGreater", "IfEqual"), ("Floor", "Ceiling"), ("Exp", "Log"), ("Sin", "Cos"),
        ("CopyTo", "Clear"), ("Increment", "Decrement"), ("ShiftLeft", "ShiftRightLogical"), ("Erf", "Erfc"), ("Any", "All"), ("First", "Last"));

    // Letters that mean the same of another axis, another tensor, or of stride and dilation.
    private static readonly ILookup<string, string> Letters = new (string, string)[]
    {
        ("sh", "sw"), ("ph", "pw"), ("eh", "ew"), ("sh", "eh"), ("sw", "ew"), ("Sh", "Sw"), ("Ph", "Pw"), ("Eh", "Ew"), ("Sh", "Eh"), ("H", "W"), ("P", "Q"),
        ("R", "S"), ("N", "C"), ("C", "K"), ("i", "j"), ("r", "s"), ("u", "v"), ("n", "c"), ("c", "k"), ("x", "y"), ("dx", "dy"), ("from", "to"),
        ("b0", "b1"), ("then", "otherwise"), ("mean", "variance"), ("rows", "columns"), ("Rows", "Columns"), ("first", "last"),
    }.SelectMany(pair => new[] { pair, (pair.Item2, pair.Item1) }).ToLookup(pair => pair.Item1, pair => pair.Item2);

    private readonly string _file;
    private readonly SourceText _text;
    private readonly SemanticModel _model;
    private readonly List<Mutation> _found = [];
    private readonly Dictionary<(string, int, string, string), int> _seen = [];

    private Mutator(string file, SyntaxTree tree, SemanticModel model) => (_file, _text, _model) = (file, tree.GetText(), model);

    /// <summary>The mutations of a file, in its order.</summary>
    public static IReadOnlyList<Mutation> Of(SourceProject project, string file)
    {
        var mutator = new Mutator(file, project.Trees[file], project.Model(file));
        mutator.Visit(project.Trees[file].GetRoot());
        return mutator._found;
    }

    public override void VisitAttributeList(AttributeListSyntax node) { }

    public override void VisitUsingDirective(UsingDirectiveSyntax node) { }

    public override void VisitInterpolatedStringExpression(InterpolatedStringExpressionSyntax node) { }

    public override void VisitThrowStatement(ThrowStatementSyntax node) { }

    public override void VisitThrowExpression(ThrowExpressionSyntax node) { }

    public override void VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        if (Binary.TryGetValue(node.Kind(), out var rule) && _model.GetTypeInfo(node).Type?.SpecialType != SpecialType.System_String)
        {
            bool isBound = node.Parent is ForStatementSyntax { Condition: var condition } && condition == node;
            foreach (string to in rule.To)
                Add(isBound && to is "<=" or "<" or ">=" or ">" ? "bound" : rule.Class, node.OperatorToken.Span, to);
            if (node.Kind() is SyntaxKind.DivideExpression or SyntaxKind.ModuloExpression or SyntaxKind.MultiplyExpression or SyntaxKind.AddExpression or SyntaxKind.SubtractExpression)
                Add("operand dropped", node.Span, node.Left.ToString());
            if (node.Kind() is SyntaxKind.MultiplyExpression or SyntaxKind.AddExpression)
                Add("operand dropped", node.Span, node.Right.ToString());
            if (isBound)
                Add("bound", node.Right.Span, $"({node.Right}) - 1");
        }
        base.VisitBinaryExpression(node);
    }

    public override void VisitRelationalPattern(RelationalPatternSyntax node)
    {
        string? to = node.OperatorToken.Text switch { "<" => "<=", "<=" => "<", ">" => ">=", ">=" => ">", _ => null };
        if (to is not null)
            Add("comparison", node.OperatorToken.Span, to);
        base.VisitRelationalPattern(node);
    }

    public override void VisitBinaryPattern(BinaryPatternSyntax node)
    {
        Add("logic", node.OperatorToken.Span, node.OperatorToken.Text == "and" ? "or" : "and");
        base.VisitBinaryPattern(node);
    }

    public override void VisitPrefixUnaryExpression(PrefixUnaryExpressionSyntax node)
    {
        if (node.Kind() is SyntaxKind.UnaryMinusExpression or SyntaxKind.LogicalNotExpression or SyntaxKind.BitwiseNotExpression)
            Add(node.IsKind(SyntaxKind.UnaryMinusExpression) ? "arithmetic" : "logic", node.Span, node.Operand.ToString());
        else if (node.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression)
            Add("increment", node.OperatorToken.Span, node.OperatorToken.Text == "++" ? "--" : "++");
        base.VisitPrefixUnaryExpression(node);
    }

    public override void VisitPostfixUnaryExpression(PostfixUnaryExpressionSyntax node)
    {
        if (node.OperatorToken.Text is "++" or "--")
        {
            Add("increment", node.OperatorToken.Span, node.OperatorToken.Text == "++" ? "--" : "++");
            if (node.Parent is ForStatementSyntax)
                Add("increment", node.OperatorToken.Span, node.OperatorToken.Text == "++" ? " += 2" : " -= 2");
            else if (node.Parent is not ExpressionStatementSyntax)
                Add("increment", node.Span, $"{node.OperatorToken.Text}{node.Operand}");
        }
        base.VisitPostfixUnaryExpression(node);
    }

    public override void VisitAssignmentExpression(AssignmentExpressionSyntax node)
    {
        foreach (string to in Compound.GetValueOrDefault(node.Kind()) ?? [])
            Add("assignment", node.OperatorToken.Span, to);
        base.VisitAssignmentExpression(node);
    }

    public override void VisitLiteralExpression(LiteralExpressionSyntax node)
    {
        if (node.IsKind(SyntaxKind.NumericLiteralExpression))
        {
            bool isZero = Convert.ToDouble(node.Token.Value, System.Globalization.CultureInfo.InvariantCulture) == 0;
            Add("constant", node.Span, $"({node} + 1)");
            Add("constant", node.Span, $"({node} - 1)");
            if (!isZero)
                Add("constant", node.Span, "0");
        }
        else if (node.Kind() is SyntaxKind.TrueLiteralExpression or SyntaxKind.FalseLiteralExpression)
            Add("constant", node.Span, node.IsKind(SyntaxKind.TrueLiteralExpression) ? "false" : "true");
    }

    public override void VisitElementAccessExpression(ElementAccessExpressionSyntax node)
    {
        foreach (ArgumentSyntax index in node.ArgumentList.Arguments)
            if (_model.GetTypeInfo(index.Expression).Type is { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_IntPtr })
            {
                Add("index", index.Span, $"{index} + 1");
                Add("index", index.Span, $"{index} - 1");
            }
        Exchange("index", node.ArgumentList.Arguments);
        base.VisitElementAccessExpression(node);
    }

    public override void VisitInvocationExpression(InvocationExpressionSyntax node)
    {
        string name = node.Expression switch { MemberAccessExpressionSyntax member => member.Name.Identifier.Text, IdentifierNameSyntax own => own.Identifier.Text, _ => "" };
        if (name == "nameof" || node.Expression.ToString() == "Debug.Assert")
            return;
        var arguments = node.ArgumentList.Arguments;
        SyntaxNode called = node.Expression is MemberAccessExpressionSyntax { Name: var tail } ? tail : node.Expression;
        if (Calls.TryGetValue(name, out string? other))
            Add("operation", called.Span, other);
        if (name is "Fma" or "FusedMultiplyAdd" && arguments.Count == 3)
        {
            Add("operation", node.Span, $"{node.Expression.ToString().Replace(name, "Multiply", StringComparison.Ordinal)}({arguments[0]}, {arguments[1]})");
            Add("operation", node.Span, arguments[2].ToString());
        }
        if (name is "Load" or "Store" && _model.GetTypeInfo(arguments[^1].Expression).Type is IPointerTypeSymbol)
        {
            Add("offset", arguments[^1].Span, $"{arguments[^1]} + 1");
            Add("offset", arguments[^1].Span, $"{arguments[^1]} - 1");
        }
        // f(x) where x would do: a function that is left out.
        if (arguments.Count == 1 && Same(_model.GetTypeInfo(node).Type, _model.GetTypeInfo(arguments[0].Expression).Type))
            Add("operation", node.Span, $"({arguments[0].Expression})");
        if (name is not ("Add" or "Multiply") && node.Expression.ToString() is not ("Math.Min" or "Math.Max"))   // which do not mind
            Exchange("arguments", arguments);
        base.VisitInvocationExpression(node);
    }

    public override void VisitObjectCreationExpression(ObjectCreationExpressionSyntax node)
    {
        if (node.ArgumentList is { } list)
            Exchange("arguments", list.Arguments);
        base.VisitObjectCreationExpression(node);
    }

    public override void VisitImplicitObjectCreationExpression(ImplicitObjectCreationExpressionSyntax node)
    {
        Exchange("arguments", node.ArgumentList.Arguments);
        base.VisitImplicitObjectCreationExpression(node);
    }

    public override void VisitTupleExpression(TupleExpressionSyntax node)
    {
        Exchange("arguments", node.Arguments);
        base.VisitTupleExpression(node);
    }

    public override void VisitIdentifierName(IdentifierNameSyntax node)
    {
        foreach (string other in Letters[node.Identifier.Text])
        {
            ITypeSymbol? container = node.Parent is MemberAccessExpressionSyntax member && member.Name == node ? _model.GetTypeInfo(member.Expression).Type : null;
            if (node.Parent is NameColonSyntax or NameEqualsSyntax or TypeArgumentListSyntax || node.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assigned && assigned.Left == node)
                continue;
            if (_model.GetTypeInfo(node).Type is { } type && _model.LookupSymbols(node.SpanStart, container, other)
                .Any(symbol => Same(type, symbol switch { ILocalSymbol l => l.Type, IParameterSymbol p => p.Type, IFieldSymbol f => f.Type, IPropertySymbol p => p.Type, _ => null })))
                Add("name", node.Span, other);
        }
    }

    public override void VisitIfStatement(IfStatementSyntax node)
    {
        Negate(node.Condition);
        base.VisitIfStatement(node);
    }

    public override void VisitWhileStatement(WhileStatementSyntax node)
    {
        Negate(node.Condition);
        base.VisitWhileStatement(node);
    }

    public override void VisitConditionalExpression(ConditionalExpressionSyntax node)
    {
        Negate(node.Condition);
        base.VisitConditionalExpression(node);
    }

    public override void VisitBlock(BlockSyntax node)
    {
        Order(node.Statements);
        base.VisitBlock(node);
    }

    public override void VisitSwitchSection(SwitchSectionSyntax node)
    {
        Order(node.Statements);
        base.VisitSwitchSection(node);
    }

    public override void DefaultVisit(SyntaxNode node)
    {
        // Alone or under a loop: every statement but declarations, blocks and what ends a method with a value.
        if (node is ExpressionStatementSyntax or IfStatementSyntax { Else: null } or ForStatementSyntax or ForEachStatementSyntax or WhileStatementSyntax
            or ContinueStatementSyntax or BreakStatementSyntax or ReturnStatementSyntax { Expression: null })
            Add("statement deleted", node.Span, ";");
        base.DefaultVisit(node);
    }

    private void Negate(ExpressionSyntax condition) => Add("condition", condition.Span, $"!({condition})");

    private void Exchange(string kind, SeparatedSyntaxList<ArgumentSyntax> arguments)
    {
        for (int i = 1; i < arguments.Count; i++)
        {
            var (a, b) = (arguments[i - 1], arguments[i]);
            if (a.NameColon is null && b.NameColon is null && a.RefKindKeyword.Text == b.RefKindKeyword.Text && a.ToString() != b.ToString()
                && a.Expression is not LiteralExpressionSyntax { Token.Value: string } && Same(_model.GetTypeInfo(a.Expression).Type, _model.GetTypeInfo(b.Expression).Type))
                Swap(kind, a, b);
        }
    }

    // Neighbours that could matter to each other; the compiler drops those that cannot be exchanged.
    private void Order(SyntaxList<StatementSyntax> statements)
    {
        for (int i = 1; i < statements.Count; i++)
        {
            var (a, b) = (statements[i - 1], statements[i]);
            if (a is LocalFunctionStatementSyntax || b is LocalFunctionStatementSyntax or ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or ThrowStatementSyntax)
                continue;
            if (IsCheck(a) && IsCheck(b))
                continue;   // of two that are wrong another is named
            var (first, second) = (_model.AnalyzeDataFlow(a)!, _model.AnalyzeDataFlow(b)!);
            bool conflict = first.WrittenInside.Any(symbol => second.ReadInside.Contains(symbol, SymbolEqualityComparer.Default) || second.WrittenInside.Contains(symbol, SymbolEqualityComparer.Default))
                || second.WrittenInside.Any(symbol => first.ReadInside.Contains(symbol, SymbolEqualityComparer.Default));
            if (conflict || Writes(a) && Touches(b) || Writes(b) && Touches(a))
                Swap("order", a, b);
        }
    }

    private static bool IsCheck(StatementSyntax statement) => statement is IfStatementSyntax { Statement: ThrowStatementSyntax } or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }
        || statement is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call } && call.Expression.ToString().Split('.')[^1] is var name
            && (name.StartsWith("Expect", StringComparison.Ordinal) || name is "Dense" or "Shape");

    private static bool Writes(StatementSyntax statement) => statement.DescendantNodesAndSelf().Any(node =>
        node is AssignmentExpressionSyntax { Left: not IdentifierNameSyntax } or ExpressionStatementSyntax { Expression: InvocationExpressionSyntax });

    private static bool Touches(StatementSyntax statement) => statement.DescendantNodesAndSelf().Any(node =>
        node is ElementAccessExpressionSyntax or InvocationExpressionSyntax || node.IsKind(SyntaxKind.PointerIndirectionExpression));

    private void Swap(string kind, SyntaxNode a, SyntaxNode b) => Add(kind, TextSpan.FromBounds(a.SpanStart, b.Span.End),
        b.ToString() + _text.ToString(TextSpan.FromBounds(a.Span.End, b.SpanStart)) + a);

    private static bool Same(ITypeSymbol? a, ITypeSymbol? b) => a is not null && SymbolEqualityComparer.Default.Equals(a, b);

    private void Add(string kind, TextSpan span, string to)
    {
        TextLine line = _text.Lines.GetLineFromPosition(span.Start);
        string whole = line.ToString(), old = _text.ToString(span);
        int column = span.Start - line.Start - (whole.Length - whole.TrimStart().Length);
        int seen = _seen.GetValueOrDefault((whole.Trim(), column, old, to));
        _seen[(whole.Trim(), column, old, to)] = seen + 1;
        _found.Add(new(kind, _file, span, old, to, line.LineNumber + 1, whole.Trim(), column, seen));
    }

    private static Dictionary<string, string> Both(params (string A, string B)[] pairs) =>
        pairs.SelectMany(pair => new[] { pair, (pair.B, pair.A) }).ToDictionary(pair => pair.Item1, pair => pair.Item2);
}
