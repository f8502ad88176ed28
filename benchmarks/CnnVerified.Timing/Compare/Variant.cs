namespace CnnVerified.Timing.Compare;

/// <summary>The layout in which maps are taken and given.</summary>
public enum DataLayout
{
    /// <summary>Whichever the library likes best; it is kept between layers.</summary>
    Own,

    /// <summary>N×C×H×W, converted inside the time where the library works in another.</summary>
    Nchw,
}

/// <summary>When weights are brought into the form that the kernel wants.</summary>
public enum Preparation
{
    /// <summary>Before the time: inference.</summary>
    Ahead,

    /// <summary>Inside the time: training, where they change at each step.</summary>
    Inside,
}

/// <summary>What a timed call must do beyond the arithmetic: one column of the table.</summary>
/// <param name="Layout">The layout of the maps.</param>
/// <param name="Weights">When weights are prepared.</param>
public readonly record struct Variant(DataLayout Layout, Preparation Weights)
{
    /// <summary>The columns, from the least to the most inside the time.</summary>
    public static IReadOnlyList<Variant> All { get; } =
        [new(DataLayout.Own, Preparation.Ahead), new(DataLayout.Own, Preparation.Inside), new(DataLayout.Nchw, Preparation.Ahead), new(DataLayout.Nchw, Preparation.Inside)];

    /// <summary>True where a call of this variant answers the other column as well: it does all that is asked there, and maybe more.</summary>
    /// <param name="asked">The column.</param>
    /// <returns>Whether its figure may stand there.</returns>
    public bool Serves(Variant asked) => (Layout == DataLayout.Nchw || asked.Layout == DataLayout.Own) && (Weights == Preparation.Inside || asked.Weights == Preparation.Ahead);

    /// <inheritdoc/>
    public override string ToString() => $"{(Layout == DataLayout.Own ? "own" : "NCHW")}, {(Weights == Preparation.Ahead ? "ahead" : "inside")}";
}
