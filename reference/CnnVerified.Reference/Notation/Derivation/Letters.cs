namespace CnnVerified.Reference.Notation.Derivation;

/// <summary>Names of indices: the letters of the catalogue for the dimensions of a tensor, and others where they are taken.</summary>
internal sealed class Letters
{
    private static readonly Dictionary<string, string[]> Natural = new()
    {
        ["N"] = ["n"],
        ["C"] = ["c"],
        ["H"] = ["u", "i", "h"],
        ["W"] = ["v", "j", "t"],
        ["K"] = ["k"],
        ["R"] = ["r"],
        ["S"] = ["s"],
        ["P"] = ["i", "u"],
        ["Q"] = ["j", "v"],
        ["D"] = ["d"],
        ["E"] = ["e"],
        ["M"] = ["m"],
        ["G"] = ["g"],
        ["C/G"] = ["c", "q"],
        ["K/G"] = ["k", "q"],
    };

    private readonly Model _model;
    private readonly HashSet<string> _meant;

    /// <summary>The names that a forward equation leaves.</summary>
    public Letters(Model model)
    {
        _model = model;
        _meant = [.. model.Givens.Select(given => given.Name), .. model.Values.Select(value => value.Name), .. model.Parameters.Select(parameter => parameter.Name), .. model.Sizes.Select(size => size.Name)];
        Taken = [.. _meant, .. _meant.Select(name => $"d{name}"),
            .. model.Values.SelectMany(value => value.Indices),
            .. model.Values.SelectMany(value => Walk.All(value.Body)).OfType<Reduction>().SelectMany(reduction => reduction.Binders).Select(binder => binder.Name)];
    }

    /// <summary>Every name in use.</summary>
    public HashSet<string> Taken { get; }

    /// <summary>The free indices for a tensor: a value has its own; a given has the letters by which the forward equation reads it or,
    /// where it reads it at computed positions, those of the dimension.</summary>
    public IReadOnlyList<Binder> For(string name)
    {
        Tensor? tensor = _model.Find(name);
        if (tensor is null)
            return [];
        if (tensor is Value value)
            return [.. value.Indices.Zip(value.Shape, AsBinder)];
        var reads = _model.Values.SelectMany(each => Walk.All(each.Body)).OfType<Element>().Where(element => element.Tensor == name).ToList();
        var chosen = new List<Binder>();
        for (int d = 0; d < tensor.Shape.Count; d++)
        {
            string range = tensor.Shape[d].ToString();
            // x[n,c,i,j] is read as a whole with its own letters; x[n,c,i+r,j+s] is not, and i belongs to the output.
            List<string> read = [.. reads.Where(element => element.Indices.All(index => index is Symbol)).Select(element => ((Symbol)element.Indices[d]).Name)];
            string[] natural = Natural.GetValueOrDefault(range) ?? [];
            string[] letters = [.. natural.Intersect(read), .. read, .. natural, range.Contains('*', StringComparison.Ordinal) ? "d" : "m", "l", "e", "o"];
            string letter = letters.FirstOrDefault(each => (!_meant.Contains(each) || read.Contains(each)) && chosen.All(binder => binder.Name != each)) ?? Walk.Fresh(letters[0], Taken);
            chosen.Add(AsBinder(letter, tensor.Shape[d]));
        }
        Taken.UnionWith(chosen.Select(binder => binder.Name));
        return chosen;
    }

    /// <summary>The expression with other names for those bound indices that have the name of an index outside.</summary>
    public Expression Unshadowed(Expression expression, IReadOnlyCollection<string> outside)
    {
        if (expression is not Reduction reduction)
            return Walk.Map(expression, child => Unshadowed(child, outside));
        foreach (Binder binder in reduction.Binders.Where(binder => outside.Contains(binder.Name)))
        {
            string fresh = Walk.Fresh(binder.Name, Taken);
            var renamed = new Dictionary<string, Expression> { [binder.Name] = new Symbol(fresh) };
            int at = reduction.Binders.TakeWhile(each => each.Name != binder.Name).Count();
            Expression In(Expression each) => Walk.Substitute(each, renamed);
            reduction = reduction with
            {
                Binders = [.. reduction.Binders.Select((each, d) => d < at ? each : d == at ? each with { Name = fresh } : Walk.Map(each, In))],
                Where = reduction.Where is null ? null : Walk.Map(reduction.Where, In),
                Body = In(reduction.Body),
            };
        }
        IReadOnlyCollection<string> inside = [.. outside, .. reduction.Binders.Select(binder => binder.Name)];
        return Walk.Map(reduction, child => Unshadowed(child, inside));
    }

    /// <summary>A name for one digit of an index: the letter of its range where nothing has it.</summary>
    /// <param name="index">The index that is split.</param>
    /// <param name="count">How many values the digit has.</param>
    /// <param name="scope">Names of indices in use where it is to stand.</param>
    public string Digit(string index, Expression count, IReadOnlyCollection<string> scope)
    {
        string? letter = (Natural.GetValueOrDefault(count.ToString()) ?? []).FirstOrDefault(each => each != index && !_meant.Contains(each) && !scope.Contains(each));
        if (letter is null)
            return Walk.Fresh(index, Taken);
        Taken.Add(letter);
        return letter;
    }

    /// <summary>An index and its range.</summary>
    public static Binder AsBinder(string name, Range range) => range.Length is { } length ? new(name, null, length) : new(name, range.From, range.To);
}
