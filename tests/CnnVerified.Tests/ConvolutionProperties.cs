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
    public bool The_bias_is_added_last_with_one_rounding(Case c)
    {
        Arguments a = Arguments.Reals(EquationTable.Find("CV-F1"), c, Seed)!;
        var (P, Q) = c.Output;
        float[] bare = Forward(c, a["x"], a["w"], Tensor.CreateFromShape<float>([c["k"]])), b = [.. a["b"]];
        return Forward(c, a["x"], a["w"], a["b"]).SequenceEqual(bare.Select((sum, at) => sum + b[at / (P * Q) % c["k"]]));
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

    private float[] BackwardWeights(Case c, Tensor<float> dy, Tensor<float> x)
    {
        var dw = Tensor.CreateFromShape<float>(EquationTable.Find("CV-B2").Outputs[0].Shape(c));
        Convolution.BackwardWeights(dy, x, c.Window, dw, _on);
        return [.. dw];
    }

    private static Tensor<float> Image(Tensor<float> batch, int n) =>
        Tensor.Create([.. Part([.. batch], n, (int)batch.Lengths[0])], [1, .. batch.Lengths[1..]]);

    private static float[] Part(float[] all, int n, int parts) => all[(n * all.Length / parts)..((n + 1) * all.Length / parts)];
}
