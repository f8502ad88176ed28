namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>Which values others are computed from.</summary>
public static class Dependencies
{
    /// <summary>The named values and all values that they use, directly or through others.</summary>
    /// <param name="model">The model.</param>
    /// <param name="names">Names of values; other names are ignored.</param>
    /// <param name="given">Values that are known: neither they nor what they use is needed.</param>
    public static HashSet<string> Of(Model model, IEnumerable<string> names, IReadOnlySet<string>? given = null)
    {
        var all = new HashSet<string>();
        var open = new Stack<string>(names);
        while (open.TryPop(out string? name))
            if (model.Values.FirstOrDefault(value => value.Name == name) is { } value && given?.Contains(name) != true && all.Add(name))
                foreach (string used in Names(value.Body))
                    open.Push(used);
        return all;
    }

    /// <summary>The names of tensors and scalars in an expression.</summary>
    /// <param name="expression">The expression.</param>
    public static IEnumerable<string> Names(Expression expression) => Walk.All(expression).SelectMany(each => each switch
    {
        Element element => [element.Tensor],
        Symbol symbol => [symbol.Name],
        Derivative derivative => derivative.Held,
        _ => (IEnumerable<string>)[],
    });
}
