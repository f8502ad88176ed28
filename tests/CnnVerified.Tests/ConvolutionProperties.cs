using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using FsCheck;
using FsCheck.Xunit;

namespace CnnVerified.Tests;

/// <summary>Convolutions as FsCheck draws and shrinks them.</summary>
public static class ConvolutionCases
{
    public static Arbitrary<Case> Drawn() => EquationTable.Find("CV-F1").Family.Arbitrary(Reach.Full);
}

/// <summary>Laws of the engine's convolution that no other implementation takes part in.</summary>
[Properties(Arbitrary = [typeof(ConvolutionCases)], MaxTest = 60)]
public sealed class ConvolutionProperties : IDisposable
{
    private const ulong Seed = 17;

    private readonly Execution _on = new();

    public void Dispose() => _on.Dispose();

    [Property]
    public bool The_bits_of_an_image_do_not_depend_on_its_batch_forward_or_backward(Case c)
    {
        var forward = Arguments.Reals(EquationTable.Find("CV-F1"), c, Seed);
        var backward = Arguments.Reals(EquationTable.Find("CV-B1"), c, Seed);
        Case one = c.With("n", 1);
        float[] y = Forward(c, forward["x"], forward["w"], forward["b"]), dx = BackwardData(c, backward["dy"], backward["w"]);
        return Enumerable.Range(0, c["n"]).All(n =>
            Bits(Part(y, n, c)).SequenceEqual(Bits(Forward(one, Image(forward["x"], n), forward["w"], forward["b"]))) &&
            Bits(Part(dx, n, c)).SequenceEqual(Bits(BackwardData(one, Image(backward["dy"], n), backward["w"]))));
    }

    [Property]
    public bool Forward_is_linear_in_the_input_on_whole_numbers(Case c)
    {
        if (Arguments.Integers(EquationTable.Find("CV-F1"), c, Seed, false) is not { } a)
            return true;
        Tensor<float> zero = Tensor.CreateFromShape<float>([c["k"]]), tripled = ReferenceMethods.Convert(a["x"], value => 3 * value);
        return Forward(c, tripled, a["w"], zero).SequenceEqual(Forward(c, a["x"], a["w"], zero).Select(value => 3 * value));
    }

    [Property]
    public bool The_bias_is_added_last_with_one_rounding(Case c)
    {
        var a = Arguments.Reals(EquationTable.Find("CV-F1"), c, Seed);
        var (P, Q) = c.Output;
        float[] bare = Forward(c, a["x"], a["w"], Tensor.CreateFromShape<float>([c["k"]])), b = [.. a["b"]];
        return Forward(c, a["x"], a["w"], a["b"]).SequenceEqual(bare.Select((sum, at) => sum + b[at / (P * Q) % c["k"]]));
    }

    [Property]
    public bool Permuting_the_filters_permutes_the_output(Case c)
    {
        if (c["g"] > 1)
            return true;   // a permutation would have to stay within its group
        var a = Arguments.Reals(EquationTable.Find("CV-F1"), c, Seed);
        var (P, Q) = c.Output;
        int K = c["k"], map = P * Q;
        float[] y = Forward(c, a["x"], a["w"], a["b"]);
        float[] reversed = Forward(c, a["x"], Reverse(a["w"], K), Reverse(a["b"], K));
        return Enumerable.Range(0, y.Length).All(at => y[at] == reversed[(at / (K * map) * K + K - 1 - at / map % K) * map + at % map]);
    }

    [Property]
    public bool Backward_weights_of_a_batch_is_the_sum_over_its_images_on_whole_numbers(Case c)
    {
        if (Arguments.Integers(EquationTable.Find("CV-B2"), c, Seed, false) is not { } a)
            return true;
        float[] whole = BackwardWeights(c, a["dy"], a["x"]), sum = new float[whole.Length];
        for (int n = 0; n < c["n"]; n++)
            sum = [.. sum.Zip(BackwardWeights(c.With("n", 1), Image(a["dy"], n), Image(a["x"], n)), (left, right) => left + right)];
        return whole.SequenceEqual(sum);
    }

    private float[] Forward(Case c, Tensor<float> x, Tensor<float> w, Tensor<float> b)
    {
        var y = Tensor.CreateFromShape<float>(EquationTable.Find("CV-F1").Outputs[0].Shape(c));
        Convolution.Forward(x, w, b, c.Window, y, _on);
        return [.. y];
    }

    private float[] BackwardData(Case c, Tensor<float> dy, Tensor<float> w)
    {
        var dx = Tensor.CreateFromShape<float>(EquationTable.Find("CV-B1").Outputs[0].Shape(c));
        Convolution.BackwardData(dy, w, c.Window, dx, _on);
        return [.. dx];
    }

    private float[] BackwardWeights(Case c, Tensor<float> dy, Tensor<float> x)
    {
        var dw = Tensor.CreateFromShape<float>(EquationTable.Find("CV-B2").Outputs[0].Shape(c));
        Convolution.BackwardWeights(dy, x, c.Window, dw, _on);
        return [.. dw];
    }

    private static Tensor<float> Image(Tensor<float> batch, int n) =>
        Tensor.Create([.. Part([.. batch], n, (int)batch.Lengths[0])], [1, .. batch.Lengths[1..]]);

    private static Tensor<float> Reverse(Tensor<float> filters, int K)
    {
        float[] all = [.. filters];
        return Tensor.Create([.. Enumerable.Range(0, K).Reverse().SelectMany(k => Part(all, k, K))], filters.Lengths);
    }

    private static float[] Part(float[] all, int n, Case c) => Part(all, n, c["n"]);

    private static float[] Part(float[] all, int n, int parts) => all[(n * all.Length / parts)..((n + 1) * all.Length / parts)];

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);
}
