namespace CnnVerified.Reference.Notation.Typesetting;

/// <summary>One row of a typeset block, cut into pieces of MathML Core so that a narrow page can break it.</summary>
/// <param name="Label">A word in front, such as given; null where an equation stands there.</param>
/// <param name="Left">The left side, a math element; null where there is none, as from the second side of a derivation on.</param>
/// <param name="Terms">The right side: terms, each of them pieces, each piece a math element. A page breaks between terms first, and within a
/// term between its pieces; a term begins with the sign that leads to it.</param>
/// <param name="Place">For a right side: where its text begins.</param>
public sealed record TypesetRow(string? Label, string? Left, IReadOnlyList<IReadOnlyList<string>> Terms, Place Place);
