using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Notation;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using Tensor = System.Numerics.Tensors.Tensor;

namespace CnnVerified.Verification.Files;

/// <summary>An equation to be computed on arrays that someone gives: which case they make, and whether the equation admits them.</summary>
public sealed class Computation
{
    /// <summary>The most elements of one output: a gibibyte of binary32.</summary>
    public const long MostElements = 1 << 28;

    private const double LastWhole = 1 << 24;   // the last whole number of binary32 before gaps

    private readonly Equation _equation;
    private readonly double[][] _values;
    private readonly string[] _types;

    /// <summary>Fits arrays to an equation.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="arrays">Its inputs by name; no others.</param>
    /// <param name="case">Sizes that the shapes do not tell, as in the text of a case; may be empty.</param>
    /// <exception cref="InputException">An input is missing or unknown, the shapes do not fit, a whole number is not one of those that the text asks for, or an output
    /// would have more than <see cref="MostElements"/>.</exception>
    public Computation(Equation equation, IReadOnlyDictionary<string, NpyArray> arrays, string @case)
    {
        _equation = equation;
        string all = equation.Inputs.Count == 0 ? "no arrays" : string.Join(", ", equation.Inputs.Select(input => input.Name));
        if (equation.Inputs.FirstOrDefault(input => !arrays.ContainsKey(input.Name)) is { } missing)
            throw new InputException($"{equation.Id} expected {all}, got no {missing.Name}.");
        if (arrays.Keys.FirstOrDefault(name => equation.Inputs.All(input => input.Name != name)) is { } unknown)
            throw new InputException($"{equation.Id} expected {all}, got '{unknown}'.");
        Case = CaseOfShapes.Find(equation, arrays.ToDictionary(pair => pair.Key, pair => pair.Value.Shape), @case);
        foreach (Operand output in equation.Outputs)
            if (output.Shape(Case).Aggregate(1.0, (product, length) => product * length) > MostElements)
                throw new InputException($"{output.Name} expected at most {MostElements} elements, got {string.Join('×', output.Shape(Case))}.");
        _values = [.. equation.Inputs.Select(input => Values(input, arrays[input.Name]))];
        _types = [.. equation.Inputs.Select(input => arrays[input.Name].TypeName)];
    }

    /// <summary>The case that the arrays make.</summary>
    public Case Case { get; }

    /// <summary>What an engine loses before it begins: arrays that binary32 does not hold, each element rounded once.</summary>
    public IEnumerable<string> Roundings => _equation.Inputs.Select((input, i) => (input.Name, Lost: _values[i].Count(value => (float)value != value && !double.IsNaN(value)), Type: _types[i]))
        .Where((each, i) => each.Lost > 0 && _values[i].Length > 1).Select(each => $"{each.Name}: {each.Lost} elements are rounded from {each.Type} to float32");

    /// <summary>Real numbers outside of what the text asks for: it promises nothing about the result, an engine may.</summary>
    public IEnumerable<string> Outsiders => _equation.Inputs.Select((input, i) => (Input: input, Outside: _values[i].Count(value => !IsInside(input.Domain, value))))
        .Where(each => each.Outside > 0).Select(each => $"{each.Input.Name}: {each.Outside} elements are outside; {_equation.Id} asks for numbers{Text(each.Input.Domain)}");

    /// <summary>Computes in binary32.</summary>
    /// <param name="engine">The engine.</param>
    /// <returns>The outputs by name.</returns>
    /// <exception cref="InputException">The engine does not offer the equation, refuses the data, or would take too long.</exception>
    public IReadOnlyList<(string Name, NpyArray Array)> On(Engine engine)
    {
        if (!engine.Offers(_equation))
            throw new InputException($"{engine.Name} does not offer {_equation.Id}.");
        if (!engine.Takes(_equation, Case))
            throw new InputException($"{engine.Name} does not take {_equation.Id} on {Case}.");
        if (_equation.Work(Case) > engine.MostWork)
            throw new InputException($"{engine.Name} expected a case of at most {engine.MostWork:0} terms, got {_equation.Work(Case):0}.");
        var inputs = _equation.Inputs.Zip(_values).ToDictionary(pair => pair.First.Name, pair => pair.Second.Select(value => (float)value).ToArray());
        return Named(() => engine.Run(_equation, Case, name => inputs[name]));
    }

    /// <summary>Computes the reference in binary64.</summary>
    /// <returns>The outputs by name.</returns>
    /// <exception cref="InputException">The reference refuses the data.</exception>
    public IReadOnlyList<(string Name, NpyArray Array)> OnReferenceInBinary64()
    {
        var inputs = _equation.Inputs.Select((input, i) => (input.Name, Tensor: Tensor.Create(_values[i], input.Shape(Case)))).ToDictionary(pair => pair.Name, pair => pair.Tensor);
        return Named<double>(() => [.. ReferenceMethods.Run(_equation, Case, name => inputs[name], name => ReferenceMethods.Convert(inputs[name], value => (int)value))
            .Select(output => output.ToArray())]);
    }

    private (string, NpyArray)[] Named<T>(Func<T[][]> compute) where T : struct, INumber<T>
    {
        try
        {
            T[][] outputs = compute();
            return [.. _equation.Outputs.Select((output, i) => (output.Name, NpyArray.Of(outputs[i],
                CaseOfShapes.Lengths(_equation, output.Name).Length == 0 ? [] : [.. output.Shape(Case).Select(length => (int)length)])))];
        }
        catch (Exception reason) when (reason is ArgumentException or OverflowException or OutOfMemoryException or InsufficientMemoryException)
        {
            throw new InputException($"{_equation.Id} on {Case}: {reason.Message}", reason);
        }
    }

    private double[] Values(Operand input, NpyArray array)
    {
        double[] values;
        try
        {
            values = array.ToDoubles();
        }
        catch (InputException reason)
        {
            throw new InputException($"{input.Name} {reason.Message}", reason);
        }
        bool isWhole = _equation.Model.Find(input.Name) is { IsExact: true };
        int wrong = Array.FindIndex(values, value => isWhole && !(Math.Abs(value) <= LastWhole && double.IsInteger(value))
            || input.Domain is OneOf or WholeRange && !IsInside(input.Domain, value));
        return wrong < 0 ? values : throw new InputException($"{input.Name} expected {(isWhole ? "whole numbers" : "numbers")}{Text(input.Domain)}, " +
            $"got {values[wrong].ToString(CultureInfo.InvariantCulture)} as element {wrong}; {_equation.Id}.");
    }

    private bool IsInside(Domain? domain, double value) => domain switch
    {
        null => true,
        OneOf one => one.Values.Any(each => each.ToDouble() == value),
        WholeRange range => value >= _equation.Bound(Case, range.First) && value <= _equation.Bound(Case, range.Last) && double.IsInteger(value),
        Interval interval => Compare(interval.LowIsIn ? Relation.GreaterOrEqual : Relation.Greater, value, _equation.Bound(Case, interval.Low))
            && Compare(interval.HighIsIn ? Relation.LessOrEqual : Relation.Less, value, _equation.Bound(Case, interval.High)),
        Compared compared => Compare(compared.Relation, value, compared.Bound.ToDouble()),
        _ => throw new InvalidOperationException($"{_equation.Id}: a domain of an unknown kind, {domain.GetType().Name}."),
    };

    private static bool Compare(Relation relation, double value, double bound) => relation switch
    {
        Relation.Equal => value == bound,
        Relation.NotEqual => value != bound,
        Relation.Less => value < bound,
        Relation.LessOrEqual => value <= bound,
        Relation.Greater => value > bound,
        _ => value >= bound,
    };

    // As the text writes it.
    private string Text(Domain? domain) => domain switch
    {
        null => "",
        OneOf one => $" in {{{string.Join(',', one.Values)}}}",
        WholeRange range => $" in {_equation.Bound(Case, range.First)}..{_equation.Bound(Case, range.Last)}",
        Interval interval => $" in {(interval.LowIsIn ? '[' : '(')}{_equation.Bound(Case, interval.Low)},{_equation.Bound(Case, interval.High)}{(interval.HighIsIn ? ']' : ')')}",
        Compared compared => $" {Sign(compared.Relation)} {compared.Bound}",
        _ => "",
    };

    private static string Sign(Relation relation) => relation switch
    {
        Relation.Equal => "=",
        Relation.NotEqual => "other than",
        Relation.Less => "below",
        Relation.LessOrEqual => "of at most",
        Relation.Greater => "above",
        _ => "of at least",
    };
}
