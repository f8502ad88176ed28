using CnnVerified.Reference;
using CnnVerified.Reference.Notation;

namespace CnnVerified.Verification;

/// <summary>Every equation of docs/equations, to be judged.</summary>
public static class EquationTable
{
    private static readonly Dictionary<string, Equation> ById =
        EquationTexts.All.Select(text => text.Id).Where(ReferenceMethods.Ids.Contains).ToDictionary(id => id, id => new Equation(id), StringComparer.OrdinalIgnoreCase);

    /// <summary>All equations, in the order of the files.</summary>
    public static IReadOnlyList<Equation> All { get; } = [.. ById.Values];

    /// <summary>One equation.</summary>
    /// <param name="id">Its id, in any case of letters.</param>
    /// <returns>The equation.</returns>
    /// <exception cref="InputException">There is none; the message names the nearest ones.</exception>
    public static Equation Find(string id) => ById.GetValueOrDefault(id)
        ?? throw new InputException($"expected the id of an equation, got '{id}'; the nearest are " +
            $"{string.Join(", ", Library.Nearest(ById.Keys, id))} (cnnverify list shows all).");
}
