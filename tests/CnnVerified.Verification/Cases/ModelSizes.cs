using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;

namespace CnnVerified.Verification.Cases;

/// <summary>The sizes of an equation, as its text states them: which letters there are, which numbers fit together, and how long each
/// tensor is.</summary>
/// <remarks>A letter of a case is the whole parameter of the text in small print: K is k.</remarks>
internal sealed class ModelSizes
{
    private readonly Program<double> _program;
    private readonly Parameter[] _whole;
    private readonly string _conditions;

    public ModelSizes(Model model)
    {
        _program = new Program<double>(model, new Doubles(), []) { Largest = long.MaxValue };   // sizes alone take no memory
        _whole = [.. model.Parameters.Where(parameter => parameter.IsWhole)];
        Letters = [.. _whole.Select(parameter => parameter.Name.ToLowerInvariant())];
        if (Letters.Distinct().Count() != Letters.Count)
            throw new InvalidOperationException($"{model.Head.Id} has whole parameters that differ in capitals alone: {string.Join(' ', _whole.Select(each => each.Name))}.");
        _conditions = string.Join(" and ", model.Assumptions.Select(assumption => assumption.ToString())
            .Concat(model.Sizes.Select(size => $"{size.Name} = {size.Value} at least 1")));
        Id = model.Head.Id;
    }

    public string Id { get; }

    public IReadOnlyList<string> Letters { get; }

    /// <summary>Why the sizes of a case do not fit together, or null where they do.</summary>
    public string? WhyInvalid(Case @case) => Frame(@case) is null ? $"the sizes do not fit {Id}, which asks for {_conditions} and tensors of fewer than 2^63 elements." : null;

    /// <summary>The value of an expression of sizes, such as the end of a range.</summary>
    public long Whole(Case @case, Expression expression)
    {
        lock (_program)
            return _program.CompileExact(expression)(Frame(@case)!).Floor;
    }

    /// <summary>The lengths of a tensor; one element for a scalar.</summary>
    public nint[] Lengths(Case @case, string tensor)
    {
        lock (_program)
        {
            Frame<double> frame = Frame(@case) ?? throw new InputException($"case '{@case}': {WhyInvalid(@case)}");
            return [.. _program.Lengths(frame, tensor).Select(length => (nint)length).DefaultIfEmpty(1)];
        }
    }

    /// <summary>How many terms the given values have, about: the product of the ranges of free and summed indices.</summary>
    public double Terms(Case @case, IEnumerable<Value> values)
    {
        lock (_program)
        {
            if (Frame(@case) is not { } frame)
                return double.PositiveInfinity;
            double largest = _whole.Length == 0 ? 1 : _whole.Max(parameter => (double)_program.Size(frame, parameter.Name));
            double Length(Binder binder)
            {
                if (!Walk.Children(binder).SelectMany(Walk.All).All(IsSize))
                    return largest;
                double last = (double)_program.CompileExact(binder.Bound!)(frame).Floor;
                return Math.Max(1, binder.From is null ? last : last - (double)_program.CompileExact(binder.From)(frame).Floor + 1);
            }

            double Of(Expression expression) => expression switch
            {
                Reduction reduction => reduction.Binders.Aggregate(1.0, (product, binder) => product * Length(binder)) * (1 + Of(reduction.Body)),
                Element => 1,
                _ => Walk.Children(expression).Sum(Of),
            };
            return values.Sum(value => _program.Lengths(frame, value.Name).Aggregate(1.0, (product, length) => product * length) * (1 + Of(value.Body)));
        }
    }

    private bool IsSize(Expression expression) =>
        expression is not Element and not Derivative && (expression is not Symbol symbol || _whole.Any(each => each.Name == symbol.Name)
            || _program.Model.Sizes.Any(size => size.Name == symbol.Name));

    private Frame<double>? Frame(Case @case)
    {
        lock (_program)
            try
            {
                return _program.NewFrame([.. Letters.Select(letter => (long)@case[letter])]);
            }
            catch (NotationException)   // a tensor has more elements than 64 bits count
            {
                return null;
            }
    }
}
