using CnnVerified.Reference.Notation;

namespace CnnVerified.Tests.Notation;

/// <summary>A derivative by central differences of two steps, extrapolated (Richardson), with a bound on its error.</summary>
/// <param name="Value">The derivative.</param>
/// <param name="Error">Truncation, estimated from the two steps, plus the rounding errors of the values over the step.</param>
/// <param name="IsSmooth">False where the one-sided differences say that a kink or a jump is within the step, or a value is undefined.</param>
internal readonly record struct PlainSlope(double Value, double Error, bool IsSmooth)
{
    /// <summary>The longer step: a power of two, so that data on a coarser binary grid are moved without rounding.</summary>
    public const double Step = 1.0 / 512;

    /// <summary>The slope from the values at −h, −h/2, 0, h/2 and h.</summary>
    public static PlainSlope Between(Quantity farBelow, Quantity nearBelow, Quantity here, Quantity nearAbove, Quantity farAbove)
    {
        double far = (farAbove.Value - farBelow.Value) / (2 * Step), near = (nearAbove.Value - nearBelow.Value) / Step;
        double rounding = (farAbove.Error + farBelow.Error) / (2 * Step) + (nearAbove.Error + nearBelow.Error) / Step
            + 4e-16 * (Math.Abs(farAbove.Value) + Math.Abs(nearAbove.Value)) / Step;
        // near is off by f'''h²/24 + …, far by four times that: their difference bounds what is left after extrapolation.
        double value = (4 * near - far) / 3, error = Math.Abs(near - far) / 3 + 2 * rounding;
        // Forward minus backward difference is h·f'' + O(h³): half the step, half the value. A kink of size J between gives J at both.
        double bendFar = (farAbove.Value - 2 * here.Value + farBelow.Value) / Step, bendNear = (nearAbove.Value - 2 * here.Value + nearBelow.Value) / (Step / 2);
        double noise = 8 * rounding + 8 * here.Error / Step;
        bool isSmooth = Math.Abs(bendNear - bendFar / 2) <= 0.02 * Math.Abs(bendFar) + noise + 1e-5 * (1 + Math.Abs(value))
            && Math.Abs(near - far) <= 1e-3 * (1 + Math.Abs(value)) + noise;
        return new(value, error, isSmooth && double.IsFinite(value) && double.IsFinite(error));
    }

    /// <summary>The derivative of the loss by each element of an input, a parameter or a value.</summary>
    public static PlainSlope[] Gradient(Model model, PlainPoint point, string by)
    {
        Quantity LossAt(params Nudge[] nudges) => new PlainLoops(model, point, nudges).Compute(model.ForwardCount).Loss();
        Quantity here = LossAt();
        int elements = model.Find(by) is null ? 1 : new PlainLoops(model, point).Compute(model.ForwardCount)[by].Elements.Length;
        var slopes = new PlainSlope[elements];
        for (int e = 0; e < elements; e++)
            slopes[e] = Between(LossAt(new Nudge(by, e, -Step)), LossAt(new Nudge(by, e, -Step / 2)), here, LossAt(new Nudge(by, e, Step / 2)), LossAt(new Nudge(by, e, Step)));
        return slopes;
    }

    public Quantity AsQuantity() => Quantity.Real(Value, Error);

    /// <summary>Whether a claimed value agrees: both errors added, and what is of second order in them.</summary>
    public bool Agrees(Quantity claimed) => Math.Abs(claimed.Value - Value) <= Error + 2 * claimed.Error + 1e-14 * Math.Abs(Value);
}
