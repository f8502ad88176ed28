using System.Numerics.Tensors;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using Tensor = System.Numerics.Tensors.Tensor;

namespace CnnVerified.Verification.Oracles;

/// <summary>Shift equivariance: an input moved on by the stride gives the output moved on by one, wherever the window sees the same pixels.</summary>
/// <remarks>How a window stands is read off the text: an index of the input such as i·sh + r·eh − ph, with i from the left side.</remarks>
public sealed class ShiftOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "shift";

    /// <inheritdoc/>
    public override string Proves => "an input that is moved on by the stride gives the same bits one output further on, wherever windows lie inside; no reference takes part";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.Nature != Nature.ShapeRule && equation.GradientOf is null && Sliding(equation).Any();

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Reals(equation, @case, seed) is not { } arguments)
            return null;
        return engine =>
        {
            float[] y = engine.Run(equation, arguments)[0];
            long elements = 0;
            foreach (Slide slide in Sliding(equation))
            {
                double At(int i, bool lastTap) => equation.Bound(@case, Walk.Substitute(slide.Index, new Dictionary<string, Expression>
                {
                    [slide.Output] = Number.Of(i),
                    [slide.Tap] = lastTap ? new Operation(Operator.Subtract, slide.Taps, Number.Of(1)) : Number.Of(0),
                }));
                int stride = (int)(At(1, false) - At(0, false)), start = (int)Math.Min(At(0, false), At(0, true)), reach = (int)Math.Abs(At(0, true) - At(0, false));
                nint[] shape = equation.Outputs[0].Shape(@case);
                int inputs = (int)arguments[slide.Input].Lengths[slide.InputDimension], outputs = (int)shape[slide.OutputDimension];
                float[] moved = engine.Run(equation, arguments.With(slide.Input, Moved(arguments[slide.Input], slide.InputDimension, stride)))[0];
                int inner = (int)shape[(slide.OutputDimension + 1)..].Aggregate((nint)1, (product, each) => product * each);
                for (int at = 0; at < y.Length; at++)
                {
                    int i = at / inner % outputs, first = i * stride + start;
                    if (i + 1 >= outputs || first < 0 || first + reach >= inputs - stride)
                        continue;
                    elements++;
                    if (BitConverter.SingleToInt32Bits(y[at]) != BitConverter.SingleToInt32Bits(moved[at + inner]))
                        return new(elements, double.PositiveInfinity,
                            $"{equation.Outputs[0].Name} element {at} is {y[at]:G9}, moved on along {slide.Output} it is {moved[at + inner]:G9}; equal bits are demanded.", false);
                }
            }
            return new(elements, 0, null, elements == 0);
        };
    }

    // x'[u] = x[u − stride]; the first ones stay, so that they are some numbers.
    private static Tensor<float> Moved(Tensor<float> x, int dimension, int stride)
    {
        int count = (int)x.Lengths[dimension], inner = (int)x.Lengths[(dimension + 1)..].ToArray().Aggregate((nint)1, (product, each) => product * each);
        float[] from = [.. x];
        return Tensor.Create([.. from.Select((value, at) => at / inner % count >= stride ? from[at - stride * inner] : value)], x.Lengths);
    }

    private sealed record Slide(string Input, int InputDimension, Expression Index, string Output, int OutputDimension, string Tap, Expression Taps);

    private static IEnumerable<Slide> Sliding(Equation equation)
    {
        Model model = equation.Model;
        if (equation.Outputs.Count != 1 || model.Values.FirstOrDefault(value => value.Name == equation.Outputs[0].Name) is not { } y)
            yield break;
        var seen = new HashSet<string>();
        foreach (Value value in equation.Computed)
            foreach (Reduction window in Walk.All(value.Body).OfType<Reduction>())
                foreach (Element x in Walk.All(window.Body).OfType<Element>().Where(element => model.Givens.Any(given => given.Name == element.Tensor && given.Shape.Count > 0)))
                    for (int d = 0; d < x.Indices.Count; d++)
                        if (x.Indices[d] is Operation { Operator: Operator.Add or Operator.Subtract } index && Slider(model, value, y, window, index) is var (output, dimension, tap, taps)
                            && seen.Add($"{x.Tensor} {d}"))
                            yield return new(x.Tensor, d, index, output, dimension, tap, taps);
    }

    // One free index whose range is a size that the text works out, and one summed index counted from 0; the rest are sizes.
    private static (string, int, string, Expression)? Slider(Model model, Value value, Value y, Reduction window, Expression index)
    {
        string[] names = [.. Walk.All(index).OfType<Symbol>().Select(symbol => symbol.Name).Distinct()];
        if (Walk.All(index).Any(each => each is Operation { Operator: Operator.Divide } or Element or Application or Reduction))
            return null;
        string[] free = [.. names.Where(value.Indices.Contains)];
        Binder[] taps = [.. window.Binders.Where(binder => names.Contains(binder.Name))];
        if (free.Length != 1 || taps is not [{ From: null, Bound: { } count }])
            return null;
        int own = value.Indices.ToList().IndexOf(free[0]);
        return value.Shape[own].Length is Symbol length && model.Sizes.Any(size => size.Name == length.Name)
            && y.Indices.ToList().IndexOf(free[0]) is var dimension && dimension >= 0 && y.Shape[dimension].Length is Symbol same && same.Name == length.Name
            ? (free[0], dimension, taps[0].Name, count)
            : null;
    }
}
