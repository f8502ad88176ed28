using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Verification.Checking;

/// <summary>Writes a counterexample out: data, the element, both values and both sums.</summary>
internal static class CounterexampleReport
{
    /// <summary>The counterexample in exact fractions or, with transcendental functions, in decimals.</summary>
    /// <param name="trial">The claim.</param>
    /// <param name="shapes">The shapes.</param>
    /// <param name="shape">The shape at which it is false.</param>
    /// <param name="data">The data at which it is false, or null for a wrong shape.</param>
    /// <param name="gradient">The gradient as a formula, where one is known: its terms read better than the chain rule's. They are
    /// written only where they add up to what dual numbers give.</param>
    /// <param name="stop">Ends a computation.</param>
    public static Counterexample? Of(Trial trial, Shapes shapes, Shape shape, SmallData? data, Value? gradient, CancellationToken stop) => trial.Nature == Nature.Transcendental
        ? Write(new Experiment<Estimate>(trial.Model, trial.Claim, Kinds.Estimates(), stop), shapes, shape, data, gradient, WrittenTerms<Estimate>.Text)
        : Write(new Experiment<Rational>(trial.Model, trial.Claim, Kinds.Rationals(), stop), shapes, shape, data, gradient, value => value.ToString());

    private static Counterexample? Write<T>(Experiment<T> experiment, Shapes shapes, Shape shape, SmallData? data, Value? gradient, Func<T, string> text)
    {
        Program<T> program = experiment.Program;
        Frame<T> frame = program.NewFrame(shape.Whole)!;
        string claimed = experiment.Claim.Claimed, truth = experiment.TruthName;
        string Shaped(string name) => program.Lengths(frame, name) is { Count: > 0 } lengths ? string.Join("×", lengths) : "a scalar";
        if (!experiment.HasRightShape(frame))
            return new(shapes.Sizes(shape), [], claimed, Shaped(claimed), Shaped(truth)) { IsSmallest = true };
        if (data is null)
            return null;
        var values = new List<NamedValues>();
        foreach (var (name, elements) in data.Values)
        {
            if (experiment.Filler.IsExact(name))
                elements.Select(value => new Fraction((long)value.Numerator)).ToArray().CopyTo(program.Exacts(frame, name), 0);
            else
                elements.Select(experiment.Kind.Of).ToArray().CopyTo(program.Reals(frame, name), 0);
            values.Add(new(name, [.. program.Lengths(frame, name)], [.. elements.Select(value => value.ToString())]));
        }
        if (!program.Run(frame))
            return null;
        T[] claims = program.Elements(frame, claimed), truths = experiment.Truth(frame);
        int wrong = Enumerable.Range(0, claims.Length).FirstOrDefault(i => program.IsUndefined(frame, claimed, i) || !experiment.Kind.Arithmetic.AreEqual(claims[i], truths[i]), -1);
        if (wrong < 0)
            return null;
        long[] index = Index(wrong, program.Lengths(frame, claimed), program.Origins(frame, claimed));
        var terms = new WrittenTerms<T>(program, frame, text);
        return new(shapes.Sizes(shape), values, $"{Letters(claimed)}{Brackets(index)}",
            program.IsUndefined(frame, claimed, wrong) ? "undefined" : text(claims[wrong]), text(truths[wrong]))
        {
            IsSmallest = data.IsSmallest,
            ClaimedTerms = terms.Of(experiment.Model.Values.First(value => value.Name == claimed), index),
            TrueTerms = experiment.Claim is EqualityClaim ? terms.Of(experiment.Model.Values.First(value => value.Name == truth), index)
                : gradient is not null && terms.IsWorth(gradient, index, truths[wrong]) ? terms.Of(gradient, index)
                : ChainRule(experiment, frame, terms, wrong, index, text),
            Paths = experiment.Claim is EqualityClaim ? [] : ChainRule(experiment, frame, terms, wrong, index, text),
        };
    }

    // The loss reaches the variable through every element of every result.
    private static List<TermValue> ChainRule<T>(Experiment<T> experiment, Frame<T> frame, WrittenTerms<T> terms, int column, long[] index, Func<T, string> text)
    {
        var all = new List<TermValue>();
        Program<T> program = experiment.Program;
        Arithmetic<T> arithmetic = experiment.Kind.Arithmetic;
        string variable = $"{experiment.TruthName}{Brackets(index)}";
        foreach (string result in experiment.Results)
        {
            T[] jacobian = experiment.Jacobian(frame, result), residual = program.Elements(frame, experiment.Model.Residuals[result]);
            int columns = residual.Length == 0 ? 0 : jacobian.Length / residual.Length;
            Value value = experiment.Model.Values.First(each => each.Name == result);
            for (int row = 0; row < residual.Length && all.Count < WrittenTerms<T>.Most; row++)
            {
                T slope = jacobian[row * columns + column];
                if (EqualityComparer<T>.Default.Equals(slope, arithmetic.Zero) || EqualityComparer<T>.Default.Equals(residual[row], arithmetic.Zero))
                    continue;
                long[] at = Index(row, program.Lengths(frame, result), program.Origins(frame, result));
                string element = $"{result}{Brackets(at)}";
                string[] parts = [.. terms.Of(value, at, zerosToo: true).Where(term => term.Text.Contains(variable, StringComparison.Ordinal)).Select(term => term.Text)];
                all.Add(new($"{experiment.Model.Residuals[result]}{Brackets(at)}*D({element},{variable})", $"{Factor(text(residual[row]))}*{Factor(text(slope))}", text(arithmetic.Multiply(residual[row], slope)))
                {
                    Origin = parts.Length == 0 ? $"{element} depends on {variable}" : $"{element} has the term{(parts.Length == 1 ? "" : "s")} {string.Join(" and ", parts)}",
                });
            }
        }
        return all;
    }

    private static string Factor(string number) => number.StartsWith('-') ? $"({number})" : number;

    private static string Letters(string name) => name.Split(',')[0];

    private static string Brackets(long[] index) => index.Length == 0 ? "" : $"[{string.Join(',', index)}]";

    private static long[] Index(int position, IReadOnlyList<long> lengths, IReadOnlyList<long> from)
    {
        long[] index = new long[lengths.Count];
        for (int d = lengths.Count - 1; d >= 0; d--)
        {
            index[d] = from[d] + position % lengths[d];
            position = (int)(position / lengths[d]);
        }
        return index;
    }
}
