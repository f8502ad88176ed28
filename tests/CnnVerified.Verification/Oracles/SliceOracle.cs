using System.Numerics.Tensors;
using CnnVerified.Reference.Notation;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using Tensor = System.Numerics.Tensors.Tensor;

namespace CnnVerified.Verification.Oracles;

/// <summary>What does not depend on its neighbours must not: images of a batch, filters, channels that are treated each by itself. Reversing
/// their order reverses the result, and one alone gives the same bits as among others.</summary>
/// <remarks>Which dimensions those are is read off the text: an index that is only passed on, from the left side to every tensor that has
/// the dimension, and a length that occurs nowhere else. One alone is asked for its bits where its sums have the same stated order
/// (<see cref="SumOrder"/>) as among others: the order may follow the layer's shape.</remarks>
public sealed class SliceOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "slices";

    /// <inheritdoc/>
    public override string Proves =>
        "images of a batch (or filters, or channels, where the formula treats each by itself) do not see each other: reversed they give the reversed result, one alone the same bits; no reference takes part";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.Nature != Nature.ShapeRule && Dimensions(equation).Count > 0;

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Reals(equation, @case, seed) is not { } arguments)
            return null;
        return engine =>
        {
            float[][] all = engine.Run(equation, arguments);
            long elements = 0;
            bool isWeak = true;
            foreach (string length in Dimensions(equation))
            {
                string letter = length.ToLowerInvariant();
                int count = @case[letter];
                isWeak &= count == 1;
                int[] reversed = [.. Enumerable.Range(0, count).Reverse()];
                if (Differs(equation, engine, arguments, all, length, reversed, @case) is { } why)
                    return new(elements, double.PositiveInfinity, $"with {length} reversed {why}", false);
                foreach (int slice in count > 1 ? [0, count - 1] : Array.Empty<int>())
                    if (equation.Family.WhyInvalid(@case.With(letter, 1)) is null && SumOrder.Of(equation, @case.With(letter, 1)) == SumOrder.Of(equation, @case)
                        && Differs(equation, engine, arguments, all, length, [slice], @case.With(letter, 1)) is { } alone)
                        return new(elements, double.PositiveInfinity, $"with {letter} = {slice} alone {alone}", false);
                elements += all.Sum(output => output.Length);
            }
            return new(elements, 0, null, isWeak);
        };
    }

    private static string? Differs(Equation equation, Engine engine, Arguments arguments, float[][] all, string length, int[] slices, Case part)
    {
        Arguments chosen = arguments.Part(part, (name, tensor) => Take(tensor, Dimension(equation, name, length), slices));
        float[][] got = engine.Run(equation, chosen);
        for (int o = 0; o < got.Length; o++)
        {
            Operand output = equation.Outputs[o];
            var wanted = Take(Tensor.Create(all[o], output.Shape(arguments.Case)), Dimension(equation, output.Name, length), slices);
            int at = 0;
            foreach (float value in wanted)
            {
                if (BitConverter.SingleToInt32Bits(value) != BitConverter.SingleToInt32Bits(got[o][at]))
                    return $"{output.Name} element {at} is {got[o][at]:G9}, among all it is {value:G9}; equal bits are demanded.";
                at++;
            }
        }
        return null;
    }

    private static Tensor<float> Take(Tensor<float> tensor, int dimension, int[] slices)
    {
        if (dimension < 0)
            return tensor;
        nint[] lengths = [.. tensor.Lengths];
        int count = (int)lengths[dimension], inner = (int)lengths[(dimension + 1)..].Aggregate((nint)1, (product, each) => product * each);
        float[] from = [.. tensor], taken = new float[from.Length / Math.Max(1, count) * slices.Length];
        for (int outer = 0; outer < from.Length / Math.Max(1, count * inner); outer++)
            for (int slice = 0; slice < slices.Length; slice++)
                Array.Copy(from, (outer * count + slices[slice]) * inner, taken, (outer * slices.Length + slice) * inner, inner);
        lengths[dimension] = slices.Length;
        return Tensor.Create(taken, lengths);
    }

    private static int Dimension(Equation equation, string name, string length) =>
        equation.Model.Find(name) is { } tensor ? IndexOf(tensor, length) : -1;

    private static int IndexOf(Reference.Notation.Tensor tensor, string length)
    {
        for (int d = 0; d < tensor.Shape.Count; d++)
            if (tensor.Shape[d].Length is Symbol symbol && symbol.Name == length)
                return d;
        return -1;
    }

    private static List<string> Dimensions(Equation equation) =>
        [.. equation.Model.Parameters.Where(parameter => parameter.IsWhole && IsPassedOn(equation, parameter.Name)).Select(parameter => parameter.Name)];

    private static bool IsPassedOn(Equation equation, string length)
    {
        Model model = equation.Model;
        bool Uses(Expression expression) => Walk.All(expression).OfType<Symbol>().Any(symbol => symbol.Name == length);
        bool UsesRange(Reference.Notation.Range range) => range.Length is not Symbol && (Uses(range.From) || Uses(range.To) || range.Length is { } written && Uses(written));
        IEnumerable<Reference.Notation.Tensor> tensors = [.. equation.Inputs.Select(input => model.Find(input.Name)).OfType<Reference.Notation.Tensor>(), .. equation.Computed];
        if (model.Sizes.Any(size => Uses(size.Value)) || model.Assumptions.Any(assumption => Walk.Children(assumption.Condition).Any(Uses))
            || tensors.Any(tensor => tensor.Shape.Any(UsesRange) || tensor.Shape.Count(range => range.Length is Symbol symbol && symbol.Name == length) > 1)
            || model.Givens.Any(given => given.Domain is WholeRange whole && (Uses(whole.First) || Uses(whole.Last))))
            return false;
        if (!equation.Outputs.All(output => IndexOf(model.Find(output.Name)!, length) >= 0) || !equation.Inputs.Any(input => Dimension(equation, input.Name, length) >= 0))
            return false;
        return equation.Computed.All(value =>
        {
            int own = IndexOf(value, length);
            var read = Walk.All(value.Body).OfType<Element>().Where(element => model.Find(element.Tensor) is { } tensor && IndexOf(tensor, length) >= 0).ToList();
            if (own < 0)
                return read.Count == 0 && !Uses(value.Body);
            string index = value.Indices[own];
            return !Uses(value.Body) && read.All(element => element.Indices[IndexOf(model.Find(element.Tensor)!, length)] is Symbol symbol && symbol.Name == index)
                && Walk.All(value.Body).OfType<Symbol>().Count(symbol => symbol.Name == index) == read.Count;
        });
    }
}
