using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Verification.Cases;

/// <summary>The data of one case: for a gradient also the forward inputs, from which its forward values come.</summary>
/// <remarks>A function of equation, case, seed and style alone.</remarks>
public sealed class Arguments
{
    private readonly Dictionary<string, Tensor<float>> _tensors = [];
    private readonly Dictionary<string, Tensor<double>> _forwardValues = [];

    private Arguments(Equation equation, Case @case) => (Equation, Case) = (equation, @case);

    /// <summary>The equation.</summary>
    public Equation Equation { get; }

    /// <summary>The case.</summary>
    public Case Case { get; }

    /// <summary>A tensor by name.</summary>
    /// <param name="name">x, w, dy, …</param>
    public Tensor<float> this[string name] => _tensors[name];

    /// <summary>A tensor by name, in another number type; every binary32 value converts exactly.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="convert">From binary32.</param>
    /// <returns>A look-up.</returns>
    public Func<string, Tensor<T>> As<T>(Func<float, T> convert) => name => ReferenceMethods.Convert(_tensors[name], convert);

    /// <summary>As <see cref="As{T}"/> for bounds, with what a forward value lost when it was rounded to binary32.</summary>
    /// <typeparam name="TFormat">The format of the computation that is bounded.</typeparam>
    /// <returns>A look-up.</returns>
    public Func<string, Tensor<Bounded<TFormat>>> AsBounded<TFormat>() where TFormat : struct, IFormat => name =>
    {
        if (!_forwardValues.TryGetValue(name, out Tensor<double>? exact))
            return ReferenceMethods.Convert(_tensors[name], value => new Bounded<TFormat>(value));
        float[] rounded = [.. _tensors[name]];
        return Tensor.Create([.. exact.Select((value, i) => new Bounded<TFormat>(value, Math.Abs(value - rounded[i])))], exact.Lengths);
    };

    /// <summary>Real numbers, each tensor on a scale of its own from 1/8 to 8.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="case">The case.</param>
    /// <param name="seed">The run's seed.</param>
    /// <returns>The data.</returns>
    public static Arguments Reals(Equation equation, Case @case, ulong seed)
    {
        Random random = Source(equation, @case, seed, "reals");
        return Fill(equation, @case, _ =>
        {
            double scale = Math.ScaleB(1, random.Next(-3, 4));
            return _ => (2 * random.NextDouble() - 1) * scale;
        }, random, freeForwardValues: false);
    }

    /// <summary>Whole numbers small enough that every partial sum, in any order, is exact in binary32.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="case">The case.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="freeForwardValues">True to draw the forward values too instead of computing them: for a formula that is a
    /// polynomial in them.</param>
    /// <returns>The data, or null where the sums are too long for any whole numbers.</returns>
    /// <remarks>The magnitude of the equation on absolute values stays below 2²⁴, the last whole number before gaps.</remarks>
    public static Arguments? Integers(Equation equation, Case @case, ulong seed, bool freeForwardValues)
    {
        for (int largest = 8; largest >= 1; largest /= 2)
        {
            Random random = Source(equation, @case, seed, "integers");
            int grain = equation.Grain(@case);
            var drawn = Fill(equation, @case, _ => _ => (double)grain * random.Next(-largest, largest + 1), random, freeForwardValues);
            if (Magnitude(equation, drawn) <= 1 << 24 &&
                (equation.GradientOf is not var (forward, _) || Magnitude(forward, drawn) <= 1 << 24 || forward.Nature == Nature.Smooth))
                return drawn;
        }
        return null;
    }

    /// <summary>Whole numbers that differ from each other and from 0 by at least 2 within each tensor: a step of 1 crosses no kink and
    /// makes no tie.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="case">The case.</param>
    /// <param name="seed">The run's seed.</param>
    /// <returns>The data.</returns>
    public static Arguments Distinct(Equation equation, Case @case, ulong seed)
    {
        Random random = Source(equation, @case, seed, "distinct");
        return Fill(equation, @case, length =>
        {
            int[] order = [.. Enumerable.Range(0, (int)length)];
            random.Shuffle(order);
            return i => 4 * (order[i] - (int)length / 2) + 2;
        }, random, freeForwardValues: false);
    }

    /// <summary>The data with one tensor replaced.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The new values.</param>
    /// <returns>A copy.</returns>
    public Arguments With(string name, Tensor<float> tensor)
    {
        var copy = new Arguments(Equation, Case);
        foreach (var (key, value) in _tensors)
            copy._tensors[key] = value;
        copy._tensors[name] = tensor;
        return copy;
    }

    // A choice without a residual adds nothing up.
    private static double Magnitude(Equation equation, Arguments arguments) => equation.Nature == Nature.Choice && equation.Residual is null
        ? 0
        : ReferenceMethods.Run(equation, arguments.Case, arguments.As(value => new Bounded<Binary32>(value)))
            .SelectMany(output => output).Select(bounded => bounded.Magnitude).DefaultIfEmpty().Max();

    private static Arguments Fill(Equation equation, Case @case, Func<nint, Func<int, double>> reals, Random random, bool freeForwardValues)
    {
        var arguments = new Arguments(equation, @case);
        IEnumerable<Operand> free = equation.GradientOf is var (forward, _)
            ? [.. forward.Inputs, .. equation.Inputs.Where(input => input.Name == equation.Residual)]
            : equation.Inputs.Where(input => !equation.ForwardValues.ContainsKey(input.Name));
        if (freeForwardValues)
            free = free.Concat(equation.Inputs).DistinctBy(operand => operand.Name);
        foreach (Operand operand in free)
        {
            nint[] shape = operand.Shape(@case);
            nint length = shape.Aggregate((nint)1, (product, size) => product * size);
            Func<int, double> draw = operand.Values switch
            {
                Values.Pixel => _ => random.Next(256),
                Values.Positive => _ => 0.125 + random.NextDouble(),
                Values.Label => _ => random.Next(@case["k"]),
                _ => reals(length),
            };
            arguments._tensors[operand.Name] = Tensor.Create([.. Enumerable.Range(0, (int)length).Select(i => (float)draw(i))], shape);
        }
        foreach (var (name, valueOf) in equation.ForwardValues)
            if (!arguments._tensors.ContainsKey(name))
            {
                arguments._forwardValues[name] = ReferenceMethods.Run(valueOf, @case, arguments.As(value => (double)value))[0];
                arguments._tensors[name] = ReferenceMethods.Convert(arguments._forwardValues[name], value => (float)value);
            }
        return arguments;
    }

    // FNV-1a over the equation, the case and the style, mixed with the seed: string.GetHashCode differs between processes.
    private static Random Source(Equation equation, Case @case, ulong seed, string style)
    {
        ulong hash = 14695981039346656037 ^ seed;
        foreach (char letter in $"{equation.Id} {@case} {style}")
            hash = (hash ^ letter) * 1099511628211;
        return new Random((int)(hash ^ hash >> 32));
    }
}
