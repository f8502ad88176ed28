using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Verification.Engines;

/// <summary>The equations' own text, evaluated: the third of the three forms that judge each other.</summary>
/// <remarks>Means and quotients are computed in exact fractions, the rest in binary64; each result is rounded once. Values of the
/// forward pass that a call brings along, such as y for AC-B1, are taken as they come.</remarks>
internal static class TextEngine
{
    /// <summary>The engine "text", which offers every equation of docs/equations.</summary>
    public static Engine New()
    {
        var engine = new Engine("text");
        foreach (Equation equation in EquationTable.All)
        {
            // Resolved when it is first asked for: there are hundreds, and most calls are about a few.
            var operation = new Lazy<Action<EngineCall>>(() => equation.Nature == Nature.Quotient
                ? Operation(equation, new Rationals(), Rational.Of, value => value.ToDouble())
                : Operation(equation, new Doubles(), value => value, value => value));
            engine.Offer(equation.Id, call => operation.Value(call));
        }
        return engine;
    }

    private static Action<EngineCall> Operation<T>(Equation equation, Arithmetic<T> arithmetic, Func<double, T> from, Func<T, double> to)
    {
        var program = new Program<T>(equation.Model, arithmetic,
            equation.Outputs.Select(output => output.Name), equation.Inputs.Select(input => input.Name).ToHashSet());
        return call => Compute(program, equation, call, from, to);
    }

    private static void Compute<T>(Program<T> program, Equation equation, EngineCall call, Func<double, T> from, Func<T, double> to)
    {
        Frame<T> frame = program.NewFrame([.. program.Model.Parameters.Where(parameter => parameter.IsWhole).Select(parameter => (long)call.Case[parameter.Name.ToLowerInvariant()])])
            ?? throw new ArgumentException($"{equation.Id}: the text has no value for {call.Case}.");
        foreach (Operand input in equation.Inputs)
        {
            float[] values = call.Copy(input.Name);
            if (program.Model.Find(input.Name) is { IsExact: true })
                values.Select(value => new Fraction((long)value)).ToArray().CopyTo(program.Exacts(frame, input.Name), 0);
            else
                values.Select(value => from(value)).ToArray().CopyTo(program.Reals(frame, input.Name), 0);
        }
        program.Run(frame);
        foreach (Operand output in equation.Outputs)
        {
            T[] values = program.Elements(frame, output.Name);
            Span<float> results = call.OutputValues(output.Name);
            for (int i = 0; i < results.Length; i++)
                results[i] = program.IsUndefined(frame, output.Name, i) ? float.NaN : (float)to(values[i]);
        }
    }
}
