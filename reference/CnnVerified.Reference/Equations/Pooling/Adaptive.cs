namespace CnnVerified.Reference.Equations;

/// <summary>The quotient that the ends of adaptive windows are made of.</summary>
internal static class Adaptive
{
    /// <summary>ceil(a/b) for a ≥ 0.</summary>
    internal static int Ceiling(int a, int b) => (a + b - 1) / b;
}
