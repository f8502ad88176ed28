using System.Collections.Immutable;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using Tensor = CnnVerified.Reference.Notation.Tensor;

namespace CnnVerified.Verification.Cases;

/// <summary>Finds the case that tensors of given shapes make of an equation: x of 1×3×30×30 gives n1c3h30w30.</summary>
/// <remarks>A length that is a letter gives it. A length that is a formula of one unknown letter, such as C/G or floor((H − R)/sh) + 1, gives it where one
/// size alone fits. What no length tells comes from the given sizes; strides, padding, dilation and groups that nothing tells are at their
/// least, as in the text of a case.</remarks>
public static class CaseOfShapes
{
    private const int MostTried = 1 << 16;

    /// <summary>Finds it.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="shapes">The lengths of each of its inputs, by name; a scalar has none.</param>
    /// <param name="given">Sizes as in the text of a case, such as sh2sw2-ph1pw1; may be empty.</param>
    /// <returns>The case; every shape is what the equation asks for at these sizes.</returns>
    /// <exception cref="InputException">A shape has another rank or other lengths than wanted, the shapes contradict each other, or they leave a
    /// size open.</exception>
    public static Case Find(Equation equation, IReadOnlyDictionary<string, IReadOnlyList<int>> shapes, string given)
    {
        try
        {
            return FindExactly(equation, shapes, given);
        }
        catch (OverflowException reason)
        {
            throw new InputException($"{equation.Id} expected sizes whose products 63 bits hold, got {string.Join(", ", shapes.Select(each => $"{each.Key} {Text(each.Value)}"))}.", reason);
        }
    }

    private static Case FindExactly(Equation equation, IReadOnlyDictionary<string, IReadOnlyList<int>> shapes, string given)
    {
        Family family = equation.Family;
        var sizes = Case.Sizes(family, given).ToBuilder();
        var told = new Dictionary<string, string>();   // which tensor told a letter
        var wanted = new List<(string Tensor, Expression Length, int Came)>();
        foreach (Operand input in equation.Inputs)
        {
            IReadOnlyList<int> came = shapes[input.Name];
            Expression[] lengths = Lengths(equation, input.Name);
            if (lengths.Length != came.Count && !(lengths.Length == 0 && came is [1]))
                throw new InputException($"{input.Name} expected {Form(lengths)}, got {Text(came)}; {equation.Id}.");
            wanted.AddRange(lengths.Zip(came, (length, size) => (input.Name, length, size)));
        }

        foreach (var (tensor, length, came) in wanted)
            if (length is Symbol symbol && family.Letters.Contains(Letter(symbol)) && Size(equation, symbol) is null)
            {
                string letter = Letter(symbol);
                if (sizes.TryAdd(letter, came))
                    told[letter] = tensor;
                else if (sizes[letter] != came)
                    throw new InputException($"{tensor} expected {Form(Lengths(equation, tensor))} with {symbol.Name} = {sizes[letter]} as {(told.TryGetValue(letter, out string? other)
                        ? $"{other} ({Text(shapes[other])}) has it" : "the given sizes say")}, got {Text(shapes[tensor])}; {equation.Id}.");
            }

        // Groups are told by C and C/G where both are there; the other optional letters have no length of their own.
        foreach (string letter in family.Letters.Where(letter => Family.IsOptional(letter) && letter != "g"))
            sizes.TryAdd(letter, Family.Least(letter));
        string? open = Solve(equation, wanted, sizes);
        if (family.Letters.Contains("g") && sizes.TryAdd("g", 1))
            open = Solve(equation, wanted, sizes);
        string[] untold = [.. family.Letters.Where(letter => !sizes.ContainsKey(letter))];
        if (untold.Length > 0)
            throw new InputException($"{equation.Id} expected a size for {string.Join(", ", untold)}, which the shapes do not tell{open}; name it in a case such as --case {string.Concat(untold.Select(letter => $"{letter}2"))}.");

        var found = new Case(family, sizes.ToImmutable());
        if (family.WhyInvalid(found) is { } why)
            throw new InputException($"{string.Join(", ", equation.Inputs.Select(input => $"{input.Name} {Text(shapes[input.Name])}"))} gave the case {found}: {why}");
        foreach (Operand input in equation.Inputs)
            if (!input.Shape(found).Select(length => (int)length).SequenceEqual(shapes[input.Name].DefaultIfEmpty(1)))
                throw new InputException($"{input.Name} expected {Form(Lengths(equation, input.Name))} = {string.Join('×', input.Shape(found))} with the sizes {found}, got {Text(shapes[input.Name])}; {equation.Id}.");
        return found;
    }

    /// <summary>The letters that a tensor's lengths are by themselves.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="name">One of its inputs.</param>
    /// <returns>The letters of a case.</returns>
    public static IEnumerable<string> Letters(Equation equation, string name) =>
        Lengths(equation, name).OfType<Symbol>().Select(Letter).Where(equation.Family.Letters.Contains);

    /// <summary>The lengths of a tensor in the letters of the text; none for a scalar.</summary>
    internal static Expression[] Lengths(Equation equation, string name) => [.. (equation.Model.Find(name) as Tensor)?.Shape.Select(range => range.Length
        ?? new Operation(Operator.Add, new Operation(Operator.Subtract, range.To, range.From), Number.Of(1))) ?? []];

    // Finds letters until no length tells another one; says what was tried in vain.
    private static string? Solve(Equation equation, List<(string Tensor, Expression Length, int Came)> wanted, ImmutableDictionary<string, int>.Builder sizes)
    {
        string? open;
        bool found;
        do
        {
            (open, found) = (null, false);
            foreach (var (tensor, length, came) in wanted)
            {
                string[] unknown = [.. Symbols(equation, length).Where(letter => !sizes.ContainsKey(letter)).Distinct()];
                if (unknown is not [var letter])
                    continue;
                var fits = new List<int>();
                for (int size = Family.Least(letter); size <= MostTried && fits.Count < 3; size++)
                {
                    sizes[letter] = size;
                    if (Value(equation, length, sizes) is { IsWhole: true } value && value.Numerator == came)
                        fits.Add(size);
                }
                sizes.Remove(letter);
                if (fits.Count == 1)
                    (sizes[letter], found) = (fits[0], true);
                else
                    open = $" ({length} = {came} of {tensor} fits {(fits.Count == 0 ? "none" : string.Join(", ", fits))})";
            }
        }
        while (found);
        return open;
    }

    private static IEnumerable<string> Symbols(Equation equation, Expression expression) => Walk.All(expression).OfType<Symbol>()
        .SelectMany(symbol => Size(equation, symbol) is { } size ? Symbols(equation, size) : [Letter(symbol)]);

    private static Expression? Size(Equation equation, Symbol symbol) => equation.Model.Sizes.FirstOrDefault(size => size.Name == symbol.Name)?.Value;

    private static string Letter(Symbol symbol) => symbol.Name.ToLowerInvariant();

    // Null where it is undefined or holds what no size does.
    private static Fraction? Value(Equation equation, Expression expression, IReadOnlyDictionary<string, int> sizes)
    {
        Fraction? Of(Expression each) => Value(equation, each, sizes);
        switch (expression)
        {
            case Number { Value: var number }:
                return new Fraction((long)number.Numerator, (long)number.Denominator);
            case Symbol symbol when Size(equation, symbol) is { } size:
                return Of(size);
            case Symbol symbol:
                return sizes.TryGetValue(Letter(symbol), out int known) ? new Fraction(known) : null;
            case Negation negation:
                return -Of(negation.Operand);
            case Operation operation when Of(operation.Left) is { } left && Of(operation.Right) is { } right:
                return operation.Operator switch
                {
                    Operator.Add => left + right,
                    Operator.Subtract => left - right,
                    Operator.Multiply => left * right,
                    Operator.Divide when right != default => left / right,
                    _ => null,
                };
            case Application { Function: Function.Floor } floor:
                return Of(floor.Arguments[0]) is { } below ? new Fraction(below.Floor) : null;
            case Application { Function: Function.Ceil } ceil:
                return Of(ceil.Arguments[0]) is { } above ? new Fraction(-(-above).Floor) : null;
            default:
                return null;
        }
    }

    private static string Form(Expression[] lengths) => lengths.Length == 0 ? "a single number"
        : string.Join('×', lengths.Select(length => length is Symbol or Number ? $"{length}" : $"({length})"));

    private static string Text(IReadOnlyList<int> shape) => shape.Count == 0 ? "a single number" : string.Join('×', shape);
}
