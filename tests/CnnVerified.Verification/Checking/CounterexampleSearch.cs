using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Verification.Checking;

/// <summary>Data at which a claim is false.</summary>
/// <param name="Values">Real parameters and givens by name, row-major.</param>
/// <param name="IsSmallest">True where all smaller data were tried.</param>
internal sealed record SmallData(IReadOnlyDictionary<string, Rational[]> Values, bool IsSmallest);

/// <summary>Looks for the smallest data at which a claim fails: most zeros, then the least sum of absolute values, then the first in
/// the order of the declarations, where 0, 1, −1, 2, −2, … count as ascending.</summary>
internal sealed class CounterexampleSearch<T>
{
    private const int MostNonzero = 6, MostCost = 9;

    // The order in which numbers are tried, where the domain has them.
    private static readonly Rational[] Ladder =
    [
        .. new (int, int)[] { (0, 1), (1, 1), (-1, 1), (2, 1), (-2, 1), (3, 1), (-3, 1), (1, 2), (-1, 2), (1, 4), (3, 4), (4, 1), (5, 1), (10, 1), (100, 1) }
            .Select(pair => new Rational(pair.Item1, pair.Item2)),
    ];

    private readonly Experiment<T> _experiment;
    private readonly Random _random;
    private readonly Frame<T> _frame;
    private readonly List<Slot> _slots = [];
    private readonly int[] _ranks;
    private readonly long _until;
    private bool _ranOut;

    public CounterexampleSearch(Experiment<T> experiment, Shape shape, Random random, long work)
    {
        (_experiment, _random, _until) = (experiment, random, experiment.Program.Meter.Steps + work);
        _frame = experiment.Program.NewFrame(shape.Whole)!;
        foreach (string name in experiment.Filler.Names)
        {
            bool exact = experiment.Filler.IsExact(name);
            Rational[] candidates = exact
                ? [.. experiment.Filler.Choices(_frame, name).OrderBy(Math.Abs).ThenByDescending(value => value).Take(8).Select(value => new Rational(value, 1))]
                : [.. Candidates(experiment.Filler.Of(_frame, name))];
            for (int i = 0; i < experiment.Program.Count(_frame, name); i++)
                _slots.Add(new(name, i, exact, candidates));
        }
        _ranks = new int[_slots.Count];
    }

    private sealed record Slot(string Name, int Element, bool IsExact, Rational[] Candidates);

    /// <summary>The smallest data found, or null.</summary>
    public SmallData? Find()
    {
        if (_slots.Any(slot => slot.Candidates.Length == 0))
            return null;
        for (int nonzero = 0; nonzero <= Math.Min(_slots.Count, MostNonzero); nonzero++)
            for (int cost = nonzero; cost <= (nonzero == 0 ? 0 : Math.Min(MostCost, nonzero + 4)); cost++)
                if (Search(0, nonzero, cost))
                    return Found(!_ranOut);
        return Shrink();
    }

    private static IEnumerable<Rational> Candidates(Limits limits)
    {
        if (limits.OneOf is { } values)
            return values.OrderBy(value => value < default(Rational) ? (-value).ToDouble() : value.ToDouble());
        var fit = Ladder.Where(limits.Contains).ToList();
        if (fit.Count == 0 && limits is { Low: { } low, High: { } high })
            fit.Add((low + high) / new Rational(2, 1));
        return fit;
    }

    // 1 and −1 cost 1, 2 and −2 cost 2, and so on along the ladder.
    private static int Cost(int rank) => (rank + 1) / 2;

    private bool Search(int slot, int nonzero, int cost)
    {
        if (nonzero == 0)
        {
            for (int i = slot; i < _ranks.Length; i++)
                _ranks[i] = 0;
            return cost == 0 && Fails();
        }
        if (slot >= _slots.Count || _slots.Count - slot < nonzero || _ranOut)
            return false;
        _ranks[slot] = 0;
        if (Search(slot + 1, nonzero, cost))
            return true;
        for (int rank = 1; rank < _slots[slot].Candidates.Length && Cost(rank) <= cost - (nonzero - 1); rank++)
        {
            _ranks[slot] = rank;
            if (Search(slot + 1, nonzero - 1, cost - Cost(rank)))
                return true;
        }
        _ranks[slot] = 0;
        return false;
    }

    // Where no small data are found in order: random small data that fail, made smaller one number at a time.
    private SmallData? Shrink()
    {
        _ranOut = false;
        for (int tries = 0; tries < 200; tries++)
        {
            for (int i = 0; i < _ranks.Length; i++)
                _ranks[i] = _random.Next(_slots[i].Candidates.Length);
            if (!Fails(ignoreLimit: true))
                continue;
            for (int i = 0; i < _ranks.Length; i++)
            {
                int was = _ranks[i];
                for (_ranks[i] = 0; _ranks[i] < was && !Fails(ignoreLimit: true); _ranks[i]++)
                {
                }
            }
            return Found(false);
        }
        return null;
    }

    private bool Fails(bool ignoreLimit = false)
    {
        if (!ignoreLimit && (_ranOut = _experiment.Program.Meter.Steps > _until))
            return false;
        for (int i = 0; i < _slots.Count; i++)
        {
            Slot slot = _slots[i];
            Rational value = slot.Candidates[_ranks[i]];
            if (slot.IsExact)
                _experiment.Program.Exacts(_frame, slot.Name)[slot.Element] = new((long)value.Numerator);
            else
                _experiment.Program.Reals(_frame, slot.Name)[slot.Element] = _experiment.Kind.Of(value);
        }
        return Survey.IsFailure(_experiment.Judge(_frame, _random));
    }

    private SmallData Found(bool isSmallest) => new(
        _slots.Select((slot, i) => (slot.Name, Value: slot.Candidates[_ranks[i]])).GroupBy(pair => pair.Name)
            .ToDictionary(group => group.Key, group => group.Select(pair => pair.Value).ToArray()), isSmallest);
}
