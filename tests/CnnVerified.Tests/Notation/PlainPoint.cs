using CnnVerified.Reference.Notation;

namespace CnnVerified.Tests.Notation;

/// <summary>Whole parameters, sizes, real parameters and data at which a model is evaluated.</summary>
internal sealed class PlainPoint
{
    /// <summary>Sizes and parameters.</summary>
    public Dictionary<string, Quantity> Scalars { get; } = [];

    /// <summary>What is given.</summary>
    public Dictionary<string, Table> Data { get; } = [];

    /// <summary>The names of the whole parameters, in the order of the model.</summary>
    public List<string> Wholes { get; } = [];

    /// <summary>Draws a point inside the domain of a model; null where the draw failed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="random">Where numbers come from.</param>
    /// <param name="mostElements">How many elements all tensors may have together.</param>
    public static PlainPoint? Draw(Model model, Random random, int mostElements)
    {
        var point = new PlainPoint();
        foreach (Parameter parameter in model.Parameters)
            point.AddParameter(parameter, random);
        var sizes = new PlainLoops(model, point);
        foreach (SizeLine size in model.Sizes)
        {
            Quantity length = sizes.Evaluate(size.Value);
            if (length.Whole is not >= 1)
                return null;
            sizes.Define(size.Name, point.Scalars[size.Name] = length);
        }
        if (model.Head.OnlyIf is { } onlyIf && IsAboutSizes(new([], onlyIf), model) && sizes.Holds(onlyIf) != true)
            return null;
        if (model.Assumptions.Any(assumption => IsAboutSizes(assumption, model) && sizes.Holds(assumption) != true))
            return null;
        int elements = 0;
        foreach (Given given in model.Givens)
        {
            if (sizes.Empty(given.Shape) is not { } table || (elements += table.Elements.Length) > mostElements)
                return null;
            for (int e = 0; e < table.Elements.Length; e++)
            {
                if (Datum(given.Domain, sizes, random) is not { } datum)
                    return null;
                table.Elements[e] = datum;
            }
            point.Data[given.Name] = table;
        }
        if (model.Values.Any(value => sizes.Empty(value.Shape) is not { } table || (elements += table.Elements.Length) > mostElements))
            return null;
        var all = new PlainLoops(model, point).Compute(model.Values.Count);
        return model.Assumptions.All(assumption => all.Holds(assumption) == true) ? point : null;
    }

    /// <summary>The same point with the parameters that another model has beyond this one's.</summary>
    public PlainPoint For(Model model, Random random)
    {
        if (model.Parameters.All(parameter => Scalars.ContainsKey(parameter.Name)))
            return this;
        var point = new PlainPoint();
        foreach (var (name, value) in Scalars)
            point.Scalars[name] = value;
        foreach (var (name, table) in Data)
            point.Data[name] = table;
        point.Wholes.AddRange(Wholes);
        foreach (Parameter parameter in model.Parameters.Where(parameter => !point.Scalars.ContainsKey(parameter.Name)))
            point.AddParameter(parameter, random);
        return point;
    }

    /// <summary>Whether the whole parameters are as large as a model asks.</summary>
    public bool IsIn(Model model) => model.Parameters.All(parameter => !parameter.IsWhole || Scalars[parameter.Name].Whole >= parameter.Least);

    public override string ToString() =>
        string.Join(' ', Scalars.Select(scalar => $"{scalar.Key}={scalar.Value}").Concat(Data.Select(data => $"{data.Key}={data.Value}")));

    private static bool IsAboutSizes(Assumption assumption, Model model) => assumption.ForAll.Count == 0 && !Walk.Children(assumption.Condition)
        .SelectMany(Walk.All).Any(each => each is Element or Derivative || each is Symbol symbol && model.Find(symbol.Name) is not null);

    private void AddParameter(Parameter parameter, Random random)
    {
        if (parameter.IsWhole)
            Wholes.Add(parameter.Name);
        // Paddings stay small so that windows meet data; strides and dilations stay below lengths.
        int most = parameter.Least == 0 ? 2 : char.IsLower(parameter.Name[0]) ? 3 : 4;
        Scalars[parameter.Name] = parameter.IsWhole ? Quantity.Of(random.Next(parameter.Least, most + 1)) : Grid(random);
    }

    // A multiple of 2^-10 between -2 and 2, not 0: moved by a step of a difference it is still exact.
    private static Quantity Grid(Random random)
    {
        int k = random.Next(1, 2048);
        return Quantity.Real((random.Next(2) == 0 ? k : -k) / 1024.0);
    }

    private static Quantity? Datum(Domain? domain, PlainLoops sizes, Random random)
    {
        double part = random.Next(16, 1008) / 1024.0;
        switch (domain)
        {
            case null:
                return Grid(random);
            case OneOf one:
                var value = one.Values[random.Next(one.Values.Count)];
                return Quantity.Ratio((Int128)value.Numerator, (Int128)value.Denominator);
            case WholeRange range:
                return sizes.Evaluate(range.First).Whole is { } first && sizes.Evaluate(range.Last).Whole is { } last && first <= last
                    ? Quantity.Of(random.NextInt64(first, last + 1)) : null;
            case Interval interval:
                double low = sizes.Evaluate(interval.Low).Value, high = sizes.Evaluate(interval.High).Value;
                return Quantity.Real(low + (high - low) * part);
            case Compared compared:
                double bound = (double)compared.Bound.Numerator / (double)compared.Bound.Denominator;
                return Quantity.Real(compared.Relation switch
                {
                    Relation.Greater or Relation.GreaterOrEqual => bound + 2 * part,
                    Relation.Less or Relation.LessOrEqual => bound - 2 * part,
                    Relation.NotEqual => bound + (random.Next(2) == 0 ? part : -part),
                    _ => bound,
                });
            default:
                throw new InvalidOperationException($"unknown domain {domain}.");
        }
    }
}
