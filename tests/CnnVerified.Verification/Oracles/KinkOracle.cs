using System.Numerics.Tensors;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using Tensor = System.Numerics.Tensors.Tensor;

namespace CnnVerified.Verification.Oracles;

/// <summary>At ties and kinks the answer is a subgradient: along each input element it is made of slopes of the outputs between those on the left
/// and on the right, both of the engine's own forward pass.</summary>
/// <remarks>Small whole numbers are full of ties. A step of 1/256 crosses none that it does not start from, and all values stay exact.</remarks>
public sealed class KinkOracle : Oracle
{
    private const float Step = 1f / 256;

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
        if (Arguments.Integers(equation, @case, seed, freeForwardValues: false, headroom: 64) is not { } arguments)
            return null;
        var (forward, by) = equation.GradientOf!.Value;
        double[] residual = equation.Residual is { } name ? [.. arguments[name].Select(value => (double)value)] : [1];
        float[] x = [.. arguments[by]];
        return engine =>
        {
            float[] Outputs(int at, float step)
            {
                float[] moved = [.. x];
                moved[at] += step;
                return engine.Run(forward, arguments.With(by, Tensor.Create(moved, arguments[by].Lengths)))[0];
            }

            float[] gradient = engine.Run(equation, arguments)[0];
            int every = Math.Max(1, (x.Length + Slopes.Seeded - 1) / Slopes.Seeded);
            long elements = 0;
            float[] here = Outputs(0, 0);
            for (int at = 0; at < x.Length; at += every)
            {
                // Each output may take its slope from either side.
                float[] before = Outputs(at, -Step), behind = Outputs(at, Step);
                double least = 0, most = 0;
                for (int o = 0; o < here.Length; o++)
                {
                    double left = residual[o] * (here[o] - before[o]) / Step, right = residual[o] * (behind[o] - here[o]) / Step;
                    least += Math.Min(left, right);
                    most += Math.Max(left, right);
                }
                elements++;
                if (!(least <= gradient[at] && gradient[at] <= most))
                    return new(elements, double.PositiveInfinity,
                        $"{equation.Outputs[0].Name} element {at} is {gradient[at]:G9}, but the slopes on both sides leave {least:G9} to {most:G9}.", false);
            }
            return new(elements, 0, null, false);
        };
    }
}
