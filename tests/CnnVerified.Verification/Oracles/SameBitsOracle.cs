using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Verification.Oracles;

/// <summary>The same bits from every vector width, number of threads and kernel, and from maps in blocks and weights prepared ahead.</summary>
public sealed class SameBitsOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "bits";

    /// <inheritdoc/>
    public override string Proves => "the bits depend neither on the vector width nor on the number of threads, nor on the kernel, maps in blocks or weights prepared ahead";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.Nature != Nature.ShapeRule;

    /// <inheritdoc/>
    public override bool CanJudge(Engine engine, Equation equation) => engine.Offers(equation) && engine.SameBits.Count > 0;

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Reals(equation, @case, seed) is not { } arguments)
            return null;
        return engine =>
        {
            float[][] own = engine.Run(equation, arguments);
            long elements = 0;
            foreach (Engine other in engine.SameBits.Where(other => other.Offers(equation)))
            {
                float[][] theirs = other.Run(equation, arguments);
                for (int output = 0; output < own.Length; output++)
                {
                    elements += own[output].Length;
                    for (int i = 0; i < own[output].Length; i++)
                        if (BitConverter.SingleToInt32Bits(own[output][i]) != BitConverter.SingleToInt32Bits(theirs[output][i]))
                            return new Finding(elements, double.PositiveInfinity,
                                $"{equation.Outputs[output].Name} element {i} is {own[output][i]:G9} on {engine.Name} but {theirs[output][i]:G9} on {other.Name}; equal bits are demanded.", false);
                }
            }
            return new Finding(elements, 0, null, false);
        };
    }
}
