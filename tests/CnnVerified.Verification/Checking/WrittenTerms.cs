using System.Globalization;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Verification.Checking;

/// <summary>Writes sums out: the terms of an element, each in letters and in numbers.</summary>
/// <param name="program">The program.</param>
/// <param name="frame">A frame after a run.</param>
/// <param name="text">How a number is written.</param>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class WrittenTerms<T>(Program<T> program, Frame<T> frame, Func<T, string> text)
{
    /// <summary>How many terms are written at most.</summary>
    public const int Most = 40;

    private bool _zerosToo;

    /// <summary>The terms of one element of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="index">The element.</param>
    /// <param name="zerosToo">Whether terms that are 0 are written.</param>
    public List<TermValue> Of(Value value, IReadOnlyList<long> index, bool zerosToo = false)
    {
        _zerosToo = zerosToo;
        var terms = new List<TermValue>();
        if (value.Body is not Matrix)
            Add(Walk.Substitute(value.Body, value.Indices.Zip(index).ToDictionary(pair => pair.First, pair => (Expression)Number.Of(pair.Second))), false, terms);
        return terms;
    }

    /// <summary>True where an element of a value that the program does not compute has a given worth.</summary>
    /// <param name="value">The value; what it uses the program computes.</param>
    /// <param name="index">The element.</param>
    /// <param name="worth">The number.</param>
    public bool IsWorth(Value value, IReadOnlyList<long> index, T worth) =>
        ValueOf(Walk.Substitute(value.Body, value.Indices.Zip(index).ToDictionary(pair => pair.First, pair => (Expression)Number.Of(pair.Second)))) is { } number && program.Arithmetic.AreEqual(number, worth);

    private void Add(Expression expression, bool negative, List<TermValue> terms)
    {
        if (terms.Count >= Most)
            return;
        switch (expression)
        {
            case Operation { Operator: Operator.Add or Operator.Subtract } sum:
                Add(sum.Left, negative, terms);
                Add(sum.Right, negative != (sum.Operator == Operator.Subtract), terms);
                break;
            case Negation negation:
                Add(negation.Operand, !negative, terms);
                break;
            case Reduction { Kind: ReductionKind.Sum } reduction:
                AddAll(reduction, 0, negative, terms);
                break;
            default:
                AddOne(negative ? new Negation(expression) : expression, terms);
                break;
        }
    }

    private void AddAll(Reduction reduction, int binder, bool negative, List<TermValue> terms)
    {
        if (binder == reduction.Binders.Count)
        {
            if (reduction.Where is null || ValueOf(new Bracket(reduction.Where)) is { } holds && !program.Arithmetic.AreEqual(holds, program.Arithmetic.Zero))
                Add(reduction.Body, negative, terms);
            return;
        }
        Binder index = reduction.Binders[binder];
        long from = index.From is null ? 0 : program.CompileExact(index.From)(frame).Numerator;
        long to = program.CompileExact(index.Bound!)(frame).Numerator - (index.From is null ? 1 : 0);
        for (long i = from; i <= to && terms.Count < Most; i++)
        {
            var put = new Dictionary<string, Expression> { [index.Name] = Number.Of(i) };
            // What is left of the reduction, with this index fixed.
            var rest = (Reduction)Walk.Substitute(reduction with { Binders = [.. reduction.Binders.Skip(binder + 1), new Binder("_", null, Number.Of(1))] }, put);
            AddAll(rest with { Binders = [.. rest.Binders.SkipLast(1)] }, 0, negative, terms);
        }
    }

    private void AddOne(Expression term, List<TermValue> terms)
    {
        if (ValueOf(term) is not { } value)
            terms.Add(new(Lettered(term).ToString(), "undefined", "undefined"));
        else if (_zerosToo || !EqualityComparer<T>.Default.Equals(value, program.Arithmetic.Zero))
            terms.Add(new(Lettered(term).ToString(), Numbered(term).ToString(), text(value)));
    }

    private T? ValueOf(Expression term)
    {
        T value = program.Compile(term)(frame);
        return program.Failed(frame) ? default : value;
    }

    // Indices become numbers: x[0*2+1] is x[1].
    private Expression Lettered(Expression term) => term switch
    {
        Element element => element with { Indices = [.. element.Indices.Select(Position)] },
        Bracket or Reduction => term,
        _ => Walk.Map(term, Lettered),
    };

    private Expression Position(Expression index)
    {
        Fraction value = program.CompileExact(index)(frame);
        return program.Failed(frame) ? index : new Number(new Rational(value.Numerator, value.Denominator));
    }

    private Expression Numbered(Expression term) => term switch
    {
        Element or Symbol or Derivative or Bracket or Reduction when ValueOf(term) is { } value => Written(text(value)),
        _ => Walk.Map(term, Numbered),
    };

    // As an expression, so that it gets its parentheses where it needs them.
    private static Expression Written(string number) => number.StartsWith('-') ? new Negation(Written(number[1..]))
        : number.Split('/') is [var top, var bottom] ? new Operation(Operator.Divide, new Symbol(top), new Symbol(bottom))
        : new Symbol(number);

    /// <summary>A number as a person reads it.</summary>
    public static string Text(Estimate value) => value.Value == Math.Round(value.Value) && Math.Abs(value.Value) < 1e15
        ? value.Value.ToString("0", CultureInfo.InvariantCulture)
        : value.Value.ToString("G7", CultureInfo.InvariantCulture);
}
