using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Numbers;
using Tensor = System.Numerics.Tensors.Tensor;

namespace CnnVerified.Verification.Cases;

/// <summary>The data of one case: everything that the equation's text is given, and the forward values that the equation takes.</summary>
/// <remarks>A function of equation, case, seed and style alone.</remarks>
public sealed class Arguments
{
    private const int LastWhole = 1 << 24;   // the last whole number of binary32 before gaps

    private readonly Dictionary<string, Tensor<float>> _tensors = [];
    private readonly Dictionary<string, Tensor<double>> _forwardValues = [];

    private Arguments(Equation equation, Case @case) => (Equation, Case) = (equation, @case);

    private delegate Func<int, double> Style(Operand operand, int length);

    /// <summary>The equation.</summary>
    public Equation Equation { get; }

    /// <summary>The case.</summary>
    public Case Case { get; }

    /// <summary>True for whole numbers on which every quotient is a whole number too.</summary>
    public bool AreWhole { get; private init; }

    /// <summary>The unit of whole numbers: 1, or a fraction where values near a threshold such as 1 are to be met too.</summary>
    public double Unit { get; private init; } = 1;

    /// <summary>A tensor by name.</summary>
    /// <param name="name">x, w, dy, …</param>
    public Tensor<float> this[string name] => _tensors[name];

    /// <summary>A tensor of whole numbers by name.</summary>
    /// <param name="name">label, M, …</param>
    /// <returns>The tensor.</returns>
    public Tensor<int> Whole(string name) => ReferenceMethods.Convert(_tensors[name], value => (int)value);

    /// <summary>A tensor by name, in another number type; every binary32 value converts exactly.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="convert">From binary32.</param>
    /// <returns>A look-up.</returns>
    public Func<string, Tensor<T>> As<T>(Func<float, T> convert) => name => ReferenceMethods.Convert(_tensors[name], convert);

    /// <summary>Runs the reference of an equation on these data.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="equation">The equation, or the forward equation of it.</param>
    /// <param name="operand">The tensors, by name.</param>
    /// <returns>The outputs in the equation's order.</returns>
    public Tensor<T>[] Run<T>(Equation equation, Func<string, Tensor<T>> operand)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T> => ReferenceMethods.Run(equation, Case, operand, Whole);

    /// <summary>The equation's outputs with what they may lose in binary32, or null where a choice is too close to make.</summary>
    /// <param name="forwardErrors">True where the forward values were rounded to binary32 and the truth is that of the unrounded ones.</param>
    /// <returns>The outputs.</returns>
    public Tensor<Bounded<Binary32>>[]? Bounds(bool forwardErrors)
    {
        int before = BoundedChoices.Undecided;
        var bounds = Run(Equation, name =>
        {
            if (!forwardErrors || !_forwardValues.TryGetValue(name, out Tensor<double>? exact))
                return ReferenceMethods.Convert(_tensors[name], value => new Bounded<Binary32>(value));
            float[] rounded = [.. _tensors[name]];
            return Tensor.Create([.. exact.Select((value, i) => new Bounded<Binary32>(value, Math.Abs(value - rounded[i])))], exact.Lengths);
        });
        return BoundedChoices.Undecided == before ? bounds : null;
    }

    /// <summary>Real numbers, each tensor on a scale of its own from 1/8 to 8.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="case">The case.</param>
    /// <param name="seed">The run's seed.</param>
    /// <returns>The data, or null where none were found that fit the equation's conditions.</returns>
    public static Arguments? Reals(Equation equation, Case @case, ulong seed)
    {
        Random random = Source(equation, @case, seed, "reals");
        return Fill(equation, @case, random, (operand, _) => operand.Domain switch
        {
            Interval interval => RealInside(interval, equation, @case, random),
            // What keeps a divisor from zero may be small; a width or a threshold is of the order of the data.
            Compared above when operand.Shape(@case) is [1] => _ => above.Bound.ToDouble() + Sign(above) * Math.ScaleB(1 + random.NextDouble(), random.Next(operand.Name == "eps" ? -12 : -2, 1)),
            Compared above => RealBeyond(above, random),
            _ => RealOnScale(random),
        });
    }

    /// <summary>Whole numbers small enough that every partial sum, in any order, is exact in binary32; where the equation has a quotient, such
    /// that all quotients are whole too, if there are any.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="case">The case.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="freeForwardValues">True to draw the forward values too instead of computing them: for a formula that is a
    /// polynomial in them.</param>
    /// <param name="headroom">By how much the sums may still grow.</param>
    /// <returns>The data, or null where the sums are too long for any whole numbers.</returns>
    /// <remarks>The magnitude of the equation on absolute values stays below 2²⁴, the last whole number before gaps; below 2¹⁶ where
    /// some data are quarters.</remarks>
    public static Arguments? Integers(Equation equation, Case @case, ulong seed, bool freeForwardValues, int headroom = 1)
    {
        double unit = UnitOf(equation, @case, seed), limit = (unit < 1 || equation.HasFractions ? LastWhole >> 8 : equation.Nature == Nature.Quotient ? LastWhole >> 4 : LastWhole) / headroom;
        for (int largest = 8; largest >= 1; largest /= 2)
        {
            Arguments? Draw(long grain)
            {
                Random random = Source(equation, @case, seed, "integers");
                return Fill(equation, @case, random, (operand, _) => WholeNumbers(operand, equation, @case, random, largest, grain * unit), freeForwardValues);
            }

            if (Draw(1) is not { } drawn || !drawn.StaysExact(limit))
                continue;
            long grain = drawn.Grain();
            if (grain == 1)
                return drawn.Copy(areWhole: unit == 1, unit);
            // Data that are multiples of what is divided by, if some multiple makes all quotients whole. Then sums before the division are larger by that.
            if (grain is > 1 and <= 1 << 16 && Draw(grain) is { } multiples && multiples.Grain() == 1)
            {
                if (multiples.StaysExact(limit / grain))
                    return multiples.Copy(areWhole: unit == 1, unit);
                continue;
            }
            return drawn.Copy(areWhole: false, unit);
        }
        return null;
    }

    /// <summary>Whole numbers of units that differ from each other and from 0 by at least 2 units within each tensor: a step of one unit makes no tie.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="case">The case.</param>
    /// <param name="seed">The run's seed.</param>
    /// <returns>The data, or null where none were found that fit the equation's conditions, or sums of them would not be exact.</returns>
    public static Arguments? Distinct(Equation equation, Case @case, ulong seed)
    {
        Random random = Source(equation, @case, seed, "distinct");
        // A parameter may be a threshold: in half of the cases it lies anywhere among the values, and two steps from the next.
        bool isAmongValues = random.Next(2) == 0;
        int longest = (int)Math.Min(LastWhole >> 8, equation.Given.Max(name => equation.Input(name).Shape(@case).Aggregate(1.0, (product, size) => product * size)));
        double unit = UnitOf(equation, @case, seed);
        Arguments? drawn = Fill(equation, @case, random, (operand, length) =>
        {
            if (operand.Domain is not null)
                return WholeNumbers(operand, equation, @case, random, 8, unit);
            if (isAmongValues && operand.Shape(@case) is [1] && equation.Model.Find(operand.Name) is null)
                return _ => unit * 4 * random.Next(1, longest / 2 + 2);
            int[] order = [.. Enumerable.Range(0, length)];
            random.Shuffle(order);
            return i => unit * (4 * (order[i] - length / 2) + 2);
        });
        return drawn?.StaysExact(unit < 1 ? LastWhole >> 8 : LastWhole / 4) == true ? drawn.Copy(areWhole: false, unit) : null;
    }

    // A threshold such as 1 is met by fractions: an equation that chooses gets eighths for half of its cases.
    private static double UnitOf(Equation equation, Case @case, ulong seed) =>
        (equation.GradientOf?.Forward ?? equation).Nature == Nature.Choice && Source(equation, @case, seed, "unit").Next(2) == 0 ? 0.125 : 1;

    /// <summary>The data with one tensor replaced.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The new values.</param>
    /// <returns>A copy.</returns>
    public Arguments With(string name, Tensor<float> tensor)
    {
        var copy = Copy(AreWhole, Unit);
        copy._tensors[name] = tensor;
        return AreWhole && copy.Grain() != 1 ? copy.Copy(false, Unit) : copy;   // by other data a quotient need not be whole
    }

    /// <summary>The data of a part of the case.</summary>
    /// <param name="case">The part.</param>
    /// <param name="part">Each tensor's part.</param>
    /// <returns>A copy.</returns>
    internal Arguments Part(Case @case, Func<string, Tensor<float>, Tensor<float>> part)
    {
        var copy = new Arguments(Equation, @case);
        foreach (var (name, tensor) in _tensors)
            copy._tensors[name] = part(name, tensor);
        return copy;
    }

    private Arguments Copy(bool areWhole, double unit)
    {
        var copy = new Arguments(Equation, Case) { AreWhole = areWhole, Unit = unit };
        foreach (var (key, value) in _tensors)
            copy._tensors[key] = value;
        foreach (var (key, value) in _forwardValues)
            copy._forwardValues[key] = value;
        return copy;
    }

    // A choice without a residual adds nothing up.
    private bool StaysExact(double limit)
    {
        double Magnitude(Equation equation) => equation.Nature is Nature.Smooth or Nature.ShapeRule ? 0
            : Run(equation, As(value => new Bounded<Binary32>(value))).SelectMany(output => output).Select(bounded => bounded.Magnitude).DefaultIfEmpty().Max();

        return Magnitude(Equation) <= limit && (Equation.GradientOf is not var (forward, _) || Magnitude(forward) <= limit);
    }

    // Of what the data must be multiples so that every quotient is whole; 1 where they are, or there are none; 0 where it cannot be said.
    private long Grain()
    {
        BigInteger common = 1;
        foreach (Equation equation in Equation.GradientOf is var (forward, _) ? new[] { Equation, forward } : [Equation])
        {
            if (equation.Nature != Nature.Quotient)
                continue;
            if (!ReferenceMethods.Admits<Quotient>(equation.Id))
                return 0;
            Quotient.CommonDenominator = common;
            _ = Run(equation, As(value => Quotient.Constant(value)));
            common = Quotient.CommonDenominator;
        }
        return common <= int.MaxValue ? (long)common : 0;
    }

    private static int Sign(Compared compared) => compared.Relation is Relation.Less or Relation.LessOrEqual ? -1 : 1;

    private static Func<int, double> RealOnScale(Random random)
    {
        double scale = Math.ScaleB(1, random.Next(-3, 4));
        return _ => (2 * random.NextDouble() - 1) * scale;
    }

    private static Func<int, double> RealBeyond(Compared compared, Random random)
    {
        double scale = Math.ScaleB(1, random.Next(-3, 2));
        bool mayBeEqual = compared.Relation is Relation.GreaterOrEqual or Relation.LessOrEqual;
        return _ => compared.Bound.ToDouble() + (mayBeEqual && random.Next(16) == 0 ? 0 : Sign(compared) * scale * (random.NextDouble() + 0.125));
    }

    private static Func<int, double> RealInside(Interval interval, Equation equation, Case @case, Random random)
    {
        var (low, high) = (equation.Bound(@case, interval.Low), equation.Bound(@case, interval.High));
        return _ => random.Next(16) switch
        {
            0 when interval.LowIsIn => low,
            1 when interval.HighIsIn => high,
            _ => low + (high - low) * (0.015625 + 0.96875 * random.NextDouble()),
        };
    }

    private static Func<int, double> WholeNumbers(Operand operand, Equation equation, Case @case, Random random, int largest, double grain)
    {
        switch (operand.Domain)
        {
            case Interval interval:
                // Quarters: exact in binary32, and few of them are as good as many.
                double low = equation.Bound(@case, interval.Low), high = equation.Bound(@case, interval.High);
                double[] inside = [.. Enumerable.Range(0, (int)((high - low) * 4) + 1).Select(i => low + i / 4.0)
                    .Where(value => (value > low || interval.LowIsIn) && (value < high || interval.HighIsIn))];
                return _ => inside[random.Next(inside.Length)];
            case Compared { Relation: not Relation.NotEqual } compared:
                int nearest = compared.Relation is Relation.GreaterOrEqual or Relation.LessOrEqual ? 0 : 1;
                return _ => compared.Bound.ToDouble() + Sign(compared) * Math.Min(grain, 1) * random.Next(nearest, largest + 1);
            default:
                double step = operand.Shape(@case) is [1] && equation.Model.Find(operand.Name) is null ? Math.Min(grain, 1) : grain;   // parameters such as eta are no multiples
                return _ => step * random.Next(-largest, largest + 1);
        }
    }

    private static Arguments? Fill(Equation equation, Case @case, Random random, Style style, bool freeForwardValues = false)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            var arguments = new Arguments(equation, @case);
            var free = equation.Given.Select(equation.Input);
            if (freeForwardValues)
                free = free.Concat(equation.Inputs.Where(input => equation.ForwardValues.Contains(input.Name) && !equation.IsExactOnIntegers(input.Name)));
            foreach (Operand operand in free)
            {
                nint[] shape = operand.Shape(@case);
                int length = (int)shape.Aggregate((nint)1, (product, size) => product * size);
                Func<int, double> draw = operand.Domain switch
                {
                    WholeRange range => WholeInside((long)equation.Bound(@case, range.First), (long)equation.Bound(@case, range.Last), random),
                    OneOf one => _ => one.Values[random.Next(one.Values.Count)].ToDouble(),
                    _ => style(operand, length),
                };
                arguments._tensors[operand.Name] = Tensor.Create([.. Enumerable.Range(0, length).Select(i => (float)draw(i))], shape);
            }
            if (!equation.Admits(@case, name => arguments._tensors[name].Select(value => (double)value)))
                continue;
            if (equation.Forward(@case, name => arguments._tensors[name].Select(value => (double)value)) is not { } values)
                continue;
            foreach (var (name, value) in values)
                if (!arguments._tensors.ContainsKey(name))
                {
                    arguments._forwardValues[name] = value;
                    arguments._tensors[name] = ReferenceMethods.Convert(value, each => (float)each);
                }
            return arguments;
        }
        return null;
    }

    private static Func<int, double> WholeInside(long first, long last, Random random) => _ => random.NextInt64(first, last + 1);

    // FNV-1a over the equation, the case and the style, mixed with the seed: string.GetHashCode differs between processes.
    private static Random Source(Equation equation, Case @case, ulong seed, string style)
    {
        ulong hash = 14695981039346656037 ^ seed;
        foreach (char letter in $"{equation.Id} {@case} {style}")
            hash = (hash ^ letter) * 1099511628211;
        return new Random((int)(hash ^ hash >> 32));
    }
}
