using System.Numerics.Tensors;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using Tensor = System.Numerics.Tensors.Tensor;

namespace CnnVerified.Verification.Oracles;

/// <summary>At ties and kinks the answer is a subgradient: along each input element it lies between the slopes on the left and on the right,
/// both of the engine's own forward pass.</summary>
/// <remarks>Small whole numbers are full of ties. A step of 1/64 crosses none that it does not start from, and all values stay exact.</remarks>
public sealed class KinkOracle : Oracle
{
    private const float Step = 1f / 64;

    /// <inheritdoc/>
    public override string Name => "kinks";

    /// <inheritdoc/>
    public override string Proves => "at ties and kinks the gradient lies between the slopes on both sides, exactly, on whole numbers full of ties; no reference takes part";

    /// <inheritdoc/>
    public override Reach Reach => Reach.Small;

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.GradientOf is var (forward, _) && forward.Nature == Nature.Choice;

    /// <inheritdoc/>
    public override bool CanJudge(Engine engine, Equation equation) => engine.Offers(equation) && engine.Offers(equation.GradientOf!.Value.Forward);

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Integers(equation, @case, seed, freeForwardValues: false, headroom: 256) is not { } arguments)
            return null;
        var (forward, by) = equation.GradientOf!.Value;
        double[] residual = equation.Residual is { } name ? [.. arguments[name].Select(value => (double)value)] : [1];
        float[] x = [.. arguments[by]];
        return engine =>
        {
            double Loss(int at, float step)
            {
                float[] moved = [.. x];
                moved[at] += step;
                return engine.Run(forward, arguments.With(by, Tensor.Create(moved, arguments[by].Lengths)))[0].Select((y, o) => y * residual[o]).Sum();
            }

            float[] gradient = engine.Run(equation, arguments)[0];
            int step = Math.Max(1, (x.Length + Slopes.Seeded - 1) / Slopes.Seeded);
            long elements = 0;
            double here = Loss(0, 0);
            for (int at = 0; at < x.Length; at += step)
            {
                double left = (here - Loss(at, -Step)) / Step, right = (Loss(at, Step) - here) / Step;
                elements++;
                if (!(Math.Min(left, right) <= gradient[at] && gradient[at] <= Math.Max(left, right)))
                    return new(elements, double.PositiveInfinity,
                        $"{equation.Outputs[0].Name} element {at} is {gradient[at]:G9}, but the slope is {left:G9} on the left and {right:G9} on the right.", false);
            }
            return new(elements, 0, null, false);
        };
    }
}
