using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;

namespace CnnVerified.Fuzz;

/// <summary>What came of one shape on both sides.</summary>
internal enum Ending
{
    /// <summary>Both computed, and every element lies within its bound.</summary>
    Computed,

    /// <summary>Both refused, each with a line that says why.</summary>
    Refused,

    /// <summary>A tensor beyond the limit of elements, which the reference's tensors cannot even be: the engine refused it untouched.</summary>
    TooLarge,

    /// <summary>No data were found that fit the conditions of the text, or a choice was too close to be judged.</summary>
    NotJudged,
}

/// <summary>Random shapes far from what layers have: empty, of one element, mismatched, beyond the limits. Reference and engine must compute
/// the same or both refuse, with an <see cref="ArgumentException"/> that says why.</summary>
/// <param name="engines">Engines of the optimised side; shapes go to them in turn.</param>
internal sealed class Shapes(IReadOnlyList<Engine> engines)
{
    private static readonly int[] Sizes = [0, 1, 1, 2, 3, 4, 5, 7, 17, 30, 65];
    private static readonly int[] Huge = [1 << 30, int.MaxValue - 1, int.MaxValue];

    /// <summary>Equations that both sides compute.</summary>
    public static IReadOnlyList<Equation> Equations { get; } =
        [.. EquationTable.All.Where(equation => TwinMethods.Ids.Contains(equation.Id) && ReferenceMethods.Admits<float>(equation.Id))];

    /// <summary>Tries one shape.</summary>
    /// <param name="index">Its number: the equations take turns, and the number is the seed of the rest.</param>
    /// <returns>What came of it, and where the sides disagree or one threw what it must not: how.</returns>
    public (Ending Ending, string? Fault) Try(int index)
    {
        Equation equation = Equations[index % Equations.Count];
        Engine engine = engines[index / Equations.Count % engines.Count];
        var random = new Random(index);
        Case drawn;
        do
            drawn = equation.Family.Draw(random, Reach.Small);
        while (equation.Work(drawn) > 20_000);
        if (Arguments.Reals(equation, drawn, (ulong)index) is not { } arguments)
            return (Ending.NotJudged, null);
        var shape = new Shape(equation, drawn, arguments);
        bool isHuge = shape.Change(random);
        (Ending Ending, string? Fault) found = isHuge ? RefusesHuge(engine, shape) : Compare(engine, shape);
        return found with { Fault = found.Fault is null ? null : $"shape {index}: {equation.Id} {engine.Name}, {shape}: {found.Fault}" };
    }

    private static (Ending, string?) Compare(Engine engine, Shape shape)
    {
        int undecided = BoundedChoices.Undecided;
        Tensor<Bounded<Binary32>>[]? expected = null;
        Tensor<float>[]? plain = null;
        string? reference = Refusal(() => plain = shape.Run(value => value)) ?? Refusal(() => expected = shape.Run(value => new Bounded<Binary32>(value)));
        if (!shape.EngineKnows && reference?.StartsWith('!') != true)
            return (reference is null ? Ending.NotJudged : Ending.Refused, null);
        bool isDecided = BoundedChoices.Undecided == undecided;
        float[][]? got = null;
        string? optimized = Refusal(() => got = shape.Run(engine, expected?.Select(tensor => tensor.Lengths.ToArray()).ToArray()));
        foreach (var (side, refusal) in new[] { ("reference", reference), ("engine", optimized) })
            if (refusal?.StartsWith('!') == true)
                return (Ending.Refused, $"the {side} threw {refusal[1..]}");
        if (reference is null != optimized is null)
            return (Ending.Refused, reference is null ? $"the reference computed, the engine refused: {optimized}" : $"the engine computed, the reference refused: {reference}");
        if (reference is not null)
            return (Ending.Refused, null);
        if (!isDecided)
            return (Ending.NotJudged, null);
        // The mean of nothing is no number, on both sides; numbers with bounds have none.
        for (int o = 0; o < plain!.Length; o++)
            if (plain[o].Zip(got![o]).Any(pair => float.IsNaN(pair.First) != float.IsNaN(pair.Second)))
                return (Ending.Computed, "one side has no number where the other has one");
        if (plain.Any(output => output.Any(float.IsNaN)))
            return (Ending.Computed, null);
        var wanted = shape.Equation.Outputs.Select((output, o) => new Expectation(output.Name, expected![o].Lengths.ToArray(),
            [.. expected[o].Select(element => element.Value)], [.. expected[o].Select(element => element.Error)])).ToList();
        return (Ending.Computed, Expectation.Compare(wanted, got!).Failure);
    }

    private static (Ending, string?) RefusesHuge(Engine engine, Shape shape)
    {
        string? refusal = Refusal(() => shape.Run(engine, null));
        return (Ending.TooLarge, refusal is null ? "the engine took a tensor beyond the limit" : refusal.StartsWith('!') ? $"the engine threw {refusal[1..]}" : null);
    }

    // The message of a refusal; what is no clear refusal begins with an exclamation mark.
    private static string? Refusal(Action run)
    {
        try
        {
            run();
            return null;
        }
        catch (ArgumentException refused) when (refused.Message.Contains("expect", StringComparison.Ordinal) || refused.Message.Contains("must", StringComparison.Ordinal)
            || refused.Message.Contains("needs", StringComparison.Ordinal))
        {
            return refused.Message;
        }
        catch (Exception fault)
        {
            return $"!{fault.GetType().Name}: {fault.Message} {fault.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("CnnVerified.", StringComparison.Ordinal))?.Trim()}";
        }
    }

    /// <summary>The tensors and sizes of one call.</summary>
    private sealed class Shape
    {
        private readonly Dictionary<string, nint[]> _lengths = [];
        private readonly Arguments _arguments;
        private readonly string[] _tensors;
        private Case _case;
        private string _change = "as drawn";

        public Shape(Equation equation, Case @case, Arguments arguments)
        {
            (Equation, _case, _arguments) = (equation, @case, arguments);
            foreach (Operand operand in equation.Inputs.Concat(equation.Outputs))
                _lengths[operand.Name] = operand.Shape(@case);
            var parameters = ReferenceMethods.Of(equation.Id).GetParameters();
            _tensors = [.. _lengths.Keys.Where(name => parameters.FirstOrDefault(parameter => parameter.Name == name) is not { ParameterType.IsGenericType: false })];
        }

        /// <summary>False where the change is one that the reference alone is told of: the engine reads H off dx, say, and takes for E what dy has
        /// beyond C.</summary>
        public bool EngineKnows { get; private set; } = true;

        public Equation Equation { get; }

        /// <summary>Changes one thing.</summary>
        /// <returns>True where a tensor is now beyond any limit.</returns>
        public bool Change(Random random)
        {
            var letters = Equation.Family.Letters;
            string letter = letters.Count > 0 ? letters[random.Next(letters.Count)] : "";
            string tensor = _tensors[random.Next(_tensors.Length)];
            nint[] lengths = [.. _lengths[tensor]];
            int d = random.Next(lengths.Length);
            switch (random.Next(7))
            {
                case 0 or 1 or 2 when letters.Count > 0:   // all tensors with it
                    letter = random.Next(4) == 0 && letters.Contains("n") ? "n" : letter;
                    Resize(letter, random.Next(6) == 0 ? _case[letter] + 1 : Sizes[random.Next(Sizes.Length)]);
                    break;
                case 3 when letters.Count > 0:   // the window and the sizes that are numbers, alone
                    _change = $"{letter} alone";
                    EngineKnows = Family.IsOptional(letter) || TwinMethods.Citing(Equation.Id).Where(method => method.Name == ReferenceMethods.Of(Equation.Id).Name)
                        .SelectMany(method => method.GetParameters()).Any(parameter => parameter.ParameterType == typeof(int) && string.Equals(parameter.Name, letter, StringComparison.OrdinalIgnoreCase));
                    _case = _case.With(letter, random.Next(2) == 0 ? Huge[random.Next(Huge.Length)] : Sizes[random.Next(Sizes.Length)]);
                    // What is large and still legal would be computed, for minutes.
                    if (Equation.Family.WhyInvalid(_case) is null && Equation.Outputs.Any(output => output.Shape(_case).Aggregate(1.0, (product, length) => product * length) is > 1 << 16 and <= 1L << 31))
                        _case = _case.With(letter, 3);
                    break;
                case 4:
                    (_change, EngineKnows) = ($"{tensor} alone", Equation.Id is not ("GR-B2" or "GR-B5"));
                    lengths[d] = random.Next(3) == 0 ? lengths[d] + 1 : Sizes[random.Next(Sizes.Length)];
                    _lengths[tensor] = lengths;
                    break;
                case 5 when Equation.Model.Find(tensor) is { IsExact: false }:   // whole numbers are passed on as a plain row
                    _change = $"{tensor} of another rank";
                    _lengths[tensor] = random.Next(2) == 0 ? [.. lengths, 1] : lengths[1..];
                    break;
                case 6 when GuardedPages.Exist && Equation.Model.Find(tensor) is { IsExact: false }:
                    nint others = lengths.Where((_, i) => i != d).Aggregate((nint)1, (product, length) => product * length);
                    // What is left of it in 32 bits is what it was.
                    lengths[d] = random.Next(2) == 0 ? lengths[d] + ((nint)1 << 32) : int.MaxValue / others + 1;
                    (_change, _lengths[tensor]) = ($"{tensor} alone, too large", lengths);
                    return true;
            }
            return false;
        }

        // The lengths that a letter takes part in, from what one more of it would make of them: the text has none for sizes that do not fit.
        private void Resize(string letter, int size)
        {
            _change = $"{letter} = {size}";
            int step = new[] { 1, -1, 2, 3, -2 }.FirstOrDefault(step => Equation.Family.WhyInvalid(_case.With(letter, _case[letter] + step)) is null);
            Case other = _case.With(letter, _case[letter] + step), changed = _case.With(letter, size);
            foreach (Operand operand in Equation.Inputs.Concat(Equation.Outputs))
                _lengths[operand.Name] = Equation.Family.WhyInvalid(changed) is null ? operand.Shape(changed)
                    : step == 0 ? _lengths[operand.Name]
                    : [.. _lengths[operand.Name].Zip(operand.Shape(other), (own, its) => Math.Max(0, own + (its - own) / step * (size - _case[letter])))];
            _case = changed;
        }

        public Tensor<T>[] Run<T>(Func<float, T> convert)
            where T : System.Numerics.IAdditionOperators<T, T, T>, System.Numerics.IAdditiveIdentity<T, T> => ReferenceMethods.Run(Equation, _case,
            name => ReferenceMethods.Shaped<T>([.. Data(name).Select(convert)], _lengths[name]), name => ReferenceMethods.Shaped<int>([.. Data(name).Select(value => (int)value)], _lengths[name]));

        /// <summary>Runs an engine; the outputs have the lengths given, or their own.</summary>
        public float[][] Run(Engine engine, nint[][]? lengths)
        {
            var inputs = new Dictionary<string, GuardedTensor>();
            var outputs = new Dictionary<string, GuardedTensor>();
            try
            {
                foreach (Operand operand in Equation.Inputs)
                    inputs[operand.Name] = Guarded(operand.Name, _lengths[operand.Name], isInput: true);
                foreach (var (operand, o) in Equation.Outputs.Select((operand, o) => (operand, o)))
                    outputs[operand.Name] = Guarded(operand.Name, lengths?[o] ?? _lengths[operand.Name], isInput: false);
                engine.Compute(Equation, new EngineCall(_case, inputs, outputs, Edge.End));
                // Where a refusal was expected nothing is read: the outputs may be what must not be touched.
                return lengths is null ? [] : [.. Equation.Outputs.Select(operand => outputs[operand.Name].Values.ToArray())];
            }
            finally
            {
                foreach (GuardedTensor tensor in inputs.Values.Concat(outputs.Values))
                    tensor.Dispose();
            }
        }

        private GuardedTensor Guarded(string name, nint[] lengths, bool isInput) =>
            lengths.Aggregate(1.0, (product, length) => product * length) > Array.MaxLength ? GuardedTensor.Untouchable(lengths)
            : new GuardedTensor(isInput ? Data(name) : null, lengths, Edge.End);

        // The values that were drawn, over and over.
        private float[] Data(string name)
        {
            if (_lengths[name].Length == 0)
                return [];
            float[] drawn = [.. _arguments[name]];
            return [.. Enumerable.Range(0, (int)_lengths[name].Aggregate((nint)1, (product, length) => product * length)).Select(i => drawn[i % drawn.Length])];
        }

        public override string ToString() =>
            $"{string.Join(' ', Equation.Family.Letters.Select(letter => letter + _case[letter]))}, {string.Join(", ", _lengths.Select(pair => $"{pair.Key} {Lengths.Text(pair.Value)}"))} ({_change})";
    }
}
