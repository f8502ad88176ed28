using System.Text.RegularExpressions;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Tensors whose shapes do not fit together are refused, by the reference and by the engine, for every equation.</summary>
public sealed partial class RefusalTests(BatteryEngines engines) : IClassFixture<BatteryEngines>
{
    public static TheoryData<string> Ids => [.. EquationTable.All.Select(equation => equation.Id)];

    /// <summary>Each length of each tensor one longer, one more dimension, and one fewer; but not where other sizes explain the tensor.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void A_shape_that_no_sizes_explain_is_refused(string id)
    {
        Equation equation = EquationTable.Find(id);
        string[] scalars = [.. ReferenceMethods.Of(id).GetParameters().Where(parameter => parameter.ParameterType.IsGenericParameter).Select(parameter => parameter.Name!)];
        foreach (Case @case in equation.Family.Arbitrary(Reach.Small).Generator.Sample(30, new Rnd(6), 2))
        {
            if (Arguments.Reals(equation, @case, 6) is not { } arguments)
                continue;
            foreach (Engine engine in engines.All.Where(engine => engine.Name is "reference" or "scalar" && engine.Offers(equation)))
            {
                // The reference is not given its results, and finds their shapes.
                Operand[] shown = [.. engine.Name == "reference" ? equation.Inputs : equation.Inputs.Concat(equation.Outputs)];
                foreach (Operand operand in shown.Where(operand => !scalars.Contains(operand.Name)))
                    foreach (nint[] other in Others(operand.Shape(@case)))
                        if (!IsMeant(id, operand.Name, other))
                        {
                            // A result that has no room where it is copied to was computed.
                            string? refusal = engine.Refusal(equation, arguments, operand.Name, other);
                            Assert.True(NamesEquation(refusal) || IsExplained(@case, shown, operand, other),
                                $"{id} {engine.Name} {@case}: {operand.Name} of {Lengths.Text(operand.Shape(@case))} with {Lengths.Text(other)}: {refusal ?? "was taken"}");
                        }
            }
        }
    }

    /// <summary>Kernels walk memory in order: every tensor that could have gaps is asked whether it has.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void A_tensor_with_gaps_is_refused_by_the_engine(string id)
    {
        Equation equation = EquationTable.Find(id);
        Engine engine = engines.All.Single(engine => engine.Name == "scalar");
        if (!engine.Offers(equation))
            return;
        string[] shaped = [.. TwinMethods.Citing(id).SelectMany(method => method.GetParameters())
            .Where(parameter => parameter.ParameterType.Name.Contains("TensorSpan", StringComparison.Ordinal)).Select(parameter => parameter.Name!)];
        foreach (Case @case in equation.Family.Arbitrary(Reach.Small).Generator.Sample(30, new Rnd(7), 6))
            if (Arguments.Reals(equation, @case, 7) is { } arguments)
                foreach (Operand operand in equation.Inputs.Concat(equation.Outputs).Where(operand => shaped.Contains(operand.Name) && operand.Shape(@case).Aggregate((a, b) => a * b) > 1))
                {
                    string? refusal = engine.RefusalOfGaps(equation, arguments, operand.Name);
                    Assert.True(refusal?.Contains($"{operand.Name} expects a dense tensor", StringComparison.Ordinal) == true && NamesEquation(refusal),
                        $"{id} {@case}: {operand.Name} of {Lengths.Text(operand.Shape(@case))} with gaps: {refusal ?? "was taken"}");
                }
    }

    /// <summary>Kernels index by labels: each is looked at.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void A_label_that_is_no_class_is_refused_wherever_it_stands(string id)
    {
        Equation equation = EquationTable.Find(id);
        // Gradient checks are formulas about a layer and index with what they are given.
        if (equation.Inputs.All(operand => operand.Name != "label") || id.StartsWith("GC", StringComparison.Ordinal))
            return;
        foreach (Case @case in equation.Family.Arbitrary(Reach.Small).Generator.Sample(30, new Rnd(8), 4))
            if (Arguments.Reals(equation, @case, 8) is { } arguments)
                foreach (Engine engine in engines.All.Where(engine => engine.Name is "reference" or "scalar" && engine.Offers(equation)))
                    for (int n = 0; n < arguments["label"].FlattenedLength; n++)
                        foreach (int wrong in new[] { -1, @case["k"] })
                        {
                            float[] Given(string name) => [.. arguments[name].Select((value, i) => name == "label" && i == n ? wrong : value)];
                            var refusal = Assert.Throws<ArgumentException>(() => engine.Run(equation, @case, Given));
                            Assert.True(refusal.Message.Contains($"label[{n}] expects", StringComparison.Ordinal) && NamesEquation(refusal.Message), refusal.Message);
                        }
    }

    // Its own or the one that computes it: a depthwise convolution is a grouped one.
    private static bool NamesEquation(string? refusal) => refusal is not null && AnId().IsMatch(refusal);

    [GeneratedRegex(@"; [A-Z]{2}-[A-Z]?\d+\b")]
    private static partial Regex AnId();

    // A part of a concatenation may be empty, which no case has; a group may have one element, where the text has no derivative;
    // labels come to the engine as a span without dimensions.
    private static bool IsMeant(string id, string name, nint[] other) =>
        id is "GR-B2" or "GR-B5" || id == "NM-B16" && name == "v" || name == "label" && other.Length != 1;

    private static IEnumerable<nint[]> Others(nint[] lengths) =>
        [.. lengths.Select((length, i) => lengths.Select((each, j) => i == j ? each + 1 : each).ToArray()), [.. lengths, 1], lengths[1..]];

    // Other sizes for which all tensors have just these shapes: the call is one of another case. Two letters may move together, as
    // the rows of an image and of a kernel that leave the output as it is.
    private static bool IsExplained(Case @case, Operand[] shown, Operand changed, nint[] lengths)
    {
        string[] letters = [.. @case.Family.Letters];
        int most = letters.Select(letter => letter is "g" or "sh" or "sw" or "sd" or "eh" or "ew" or "ed" ? @case[letter] : 1).DefaultIfEmpty().Max();
        int[] moves = [.. Enumerable.Range(-most, 2 * most + 1)];
        return letters.Any(one => moves.Any(by => Fits(@case.With(one, @case[one] + by)))) || letters.Any(one => letters.Any(other => one != other &&
            moves.Any(byOne => moves.Any(byOther => Fits(@case.With(one, @case[one] + byOne).With(other, @case[other] + byOther))))));

        bool Fits(Case other) => @case.Family.WhyInvalid(other) is null && shown.All(operand =>
            (operand.Name == changed.Name ? lengths : operand.Shape(@case)).SequenceEqual(operand.Shape(other)));
    }
}
