using System.Numerics.Tensors;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Verification.Oracles;

/// <summary>The adjoint identity ⟨dy, F(v) − F(0)⟩ = ⟨B(dy), v⟩ of a forward pass that is linear in v and its backward pass, both the
/// engine's own: no reference takes part.</summary>
public sealed class AdjointOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "adjoint";

    /// <inheritdoc/>
    public override string Proves => "the engine's backward pass is the transpose of its own forward pass, on whole numbers exactly; no reference takes part";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.IsLinear && equation.Residual is not null && equation.GradientOf!.Value.Forward.Nature is Nature.SumOfProducts or Nature.Quotient;

    /// <inheritdoc/>
    public override bool CanJudge(Engine engine, Equation equation) => engine.Offers(equation) && engine.Offers(equation.GradientOf!.Value.Forward);

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Integers(equation, @case, seed, freeForwardValues: false) is not { AreWhole: true } arguments)
            return null;
        var (forward, by) = equation.GradientOf!.Value;
        var origin = arguments.With(by, Tensor.CreateFromShape<float>(arguments[by].Lengths));
        return engine =>
        {
            float[] at = engine.Run(forward, arguments)[0], atZero = engine.Run(forward, origin)[0];
            // Whole numbers below 2^24 times whole numbers: these sums are exact in binary64.
            double left = Dot(arguments[equation.Residual!], [.. at.Zip(atZero, (a, b) => a - b)]);
            double right = Dot(arguments[by], engine.Run(equation, arguments)[0]);
            return left == right
                ? new Finding(1, 0, null, left == 0)
                : new Finding(1, double.PositiveInfinity, $"<d{forward.Outputs[0].Name}, F({by}) - F(0)> = {left:R} but <d{by}, {by}> = {right:R}; equality is demanded.", false);
        };
    }

    private static double Dot(Tensor<float> a, float[] b) => a.Zip(b, (left, right) => (double)left * right).Sum();
}
