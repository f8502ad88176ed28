using CnnVerified.Reference.Notation;
using Range = CnnVerified.Reference.Notation.Range;

namespace CnnVerified.Tests.Notation;

/// <summary>One element is moved: of a given, a parameter, or a value after it was computed. Everything after follows.</summary>
internal readonly record struct Nudge(string Name, long Position, double By);

/// <summary>An independent judge of the notation: walks the tree of a resolved model, one loop for each index, one point at a time.</summary>
/// <remarks>It shares the syntax tree and the resolved model with the checker and no arithmetic: each rule of docs/notation.md is written
/// a second time here, slowly.</remarks>
internal sealed partial class PlainLoops
{
    private readonly Model _model;
    private readonly PlainPoint _point;
    private readonly IReadOnlyList<Nudge> _nudges;
    private readonly IReadOnlyDictionary<string, Table> _held;
    private readonly Dictionary<string, Quantity> _scalars;
    private readonly Dictionary<string, Table> _tables = [];
    private readonly Dictionary<string, Quantity[]> _slopes = [];
    private readonly List<(string Name, long Value)> _bound = [];

    /// <summary>An interpreter of a model at a point that has computed no value yet.</summary>
    /// <param name="model">The model.</param>
    /// <param name="point">Sizes, parameters and data; givens without data are unknown.</param>
    /// <param name="nudges">What is moved.</param>
    /// <param name="held">Values that are not computed but taken from here.</param>
    public PlainLoops(Model model, PlainPoint point, IReadOnlyList<Nudge>? nudges = null, IReadOnlyDictionary<string, Table>? held = null)
    {
        (_model, _point, _nudges, _held) = (model, point, nudges ?? [], held ?? new Dictionary<string, Table>());
        _scalars = new(point.Scalars);
        foreach (Nudge nudge in _nudges)
            if (_scalars.TryGetValue(nudge.Name, out Quantity scalar))
                _scalars[nudge.Name] = scalar + Quantity.Real(nudge.By);
        foreach (var (name, table) in point.Data)
            Define(name, table);
    }

    public Table this[string name] => _tables[name];

    public Quantity Scalar(string name) => _scalars[name];

    public void Define(string scalar, Quantity value) => _scalars[scalar] = value;

    /// <summary>Computes the first values of the model, in the order of their definition.</summary>
    public PlainLoops Compute(int count)
    {
        foreach (Value value in _model.Values.Take(count))
            Define(value.Name, _held.TryGetValue(value.Name, out Table? held) ? held : Elements(value));
        return this;
    }

    /// <summary>The loss: the sum of dy·y over all results, or L.</summary>
    public Quantity Loss()
    {
        Quantity loss = Quantity.Zero;
        foreach (var (result, residual) in _model.Residuals)
            for (int e = 0; e < _tables[result].Elements.Length; e++)
                loss += _tables[residual].Elements[e] * _tables[result].Elements[e];
        return loss;
    }

    /// <summary>An empty tensor of a shape; null where an end is no whole number or the tensor would be unreasonably large.</summary>
    public Table? Empty(IReadOnlyList<Range> shape)
    {
        long[] from = new long[shape.Count], to = new long[shape.Count];
        double elements = 1;
        for (int d = 0; d < shape.Count; d++)
        {
            if (Evaluate(shape[d].From).Whole is not { } first || Evaluate(shape[d].To).Whole is not { } last)
                return null;
            (from[d], to[d]) = (first, last);
            elements *= Math.Max(0, (double)last - first + 1);
        }
        return elements <= 1e6 ? new Table(from, to) : null;
    }

    /// <summary>Whether a condition holds for all values of its free indices; null where it is undefined.</summary>
    public bool? Holds(Assumption assumption)
    {
        bool? all = true;
        ForAll(assumption.ForAll, 0, () => all = And(all, Holds(assumption.Condition)));
        return all;
    }

    private void Define(string name, Table table)
    {
        foreach (Nudge nudge in _nudges)
            if (nudge.Name == name)
            {
                table = table.Copy();
                table.Elements[nudge.Position] += Quantity.Real(nudge.By);
            }
        _tables[name] = table;
    }

    private Table Elements(Value value)
    {
        Table table = Empty(value.Shape) ?? throw new InvalidOperationException($"{value.Name} has no whole-numbered shape at {_point}.");
        for (long e = 0; e < table.Elements.Length; e++)
        {
            long[] index = table.Index(e);
            for (int d = 0; d < index.Length; d++)
                _bound.Add((value.Indices[d], index[d]));
            table.Elements[e] = value.Body is Matrix matrix ? Evaluate(matrix.Rows[(int)index[0]][(int)index[1]]) : Evaluate(value.Body);
            _bound.RemoveRange(_bound.Count - index.Length, index.Length);
        }
        return table;
    }

    private void ForAll(IReadOnlyList<Binder> binders, int first, Action each)
    {
        if (first == binders.Count)
        {
            each();
            return;
        }
        Binder binder = binders[first];
        Quantity from = binder.From is null ? Quantity.Zero : Evaluate(binder.From);
        Quantity to = binder.From is null ? Evaluate(binder.Bound!) - Quantity.One : Evaluate(binder.Bound!);
        if (from.Whole is not { } low || to.Whole is not { } high)
            throw new InvalidOperationException($"{binder} runs from {from} to {to} at {_point}.");
        for (long i = low; i <= high; i++)
        {
            _bound.Add((binder.Name, i));
            ForAll(binders, first + 1, each);
            _bound.RemoveAt(_bound.Count - 1);
        }
    }

    // Rule 6: moves one element of b and looks at all of a; held values stay as they are here.
    private Quantity Slope(Derivative derivative)
    {
        var (of, ofPosition) = Locate(derivative.Of);
        var (by, byPosition) = Locate(derivative.By);
        if (ofPosition < 0 || byPosition < 0)
            return Quantity.Zero;
        string key = $"{of}|{by}|{byPosition}|{string.Join(',', derivative.Held)}";
        if (!_slopes.TryGetValue(key, out Quantity[]? slopes))
        {
            var held = new Dictionary<string, Table>(_held);
            foreach (string name in derivative.Held)
                held[name] = _tables[name];
            int count = _model.Values.Select(value => value.Name).ToList().IndexOf(of) + 1;
            Quantity[] Moved(double by1) =>
                new PlainLoops(_model, _point, [.. _nudges, new(by, byPosition, by1)], held).Compute(count)[of].Elements;
            double h = PlainSlope.Step;
            var (far1, far2, near1, near2) = (Moved(h), Moved(-h), Moved(h / 2), Moved(-h / 2));
            _slopes[key] = slopes = [.. far1.Select((_, e) => PlainSlope.Between(far2[e], near2[e], Quantity.Zero, near1[e], far1[e]).AsQuantity())];
        }
        return slopes[ofPosition];
    }

    private (string Name, long Position) Locate(Expression reference) => reference is Element element
        ? (element.Tensor, Position(element) ?? -1)
        : (((Symbol)reference).Name, 0);
}
