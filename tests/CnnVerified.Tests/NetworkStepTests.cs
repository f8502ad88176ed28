using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Training;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>What a network is before its first step, and what a step makes of its gradient.</summary>
public sealed class NetworkStepTests
{
    public static TheoryData<string> Networks => [nameof(LeNet5), nameof(LeNet5Of1998), nameof(Modern), nameof(SmallVgg)];

    /// <summary>Fan-in and fan-out are read off the shapes here; each tensor gets a range of its own, which its weights fill.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void Weights_are_drawn_by_fan_in_and_fan_out_and_all_else_begins_at_0_or_1(string name)
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        using var other = new Execution(VectorWidth.Scalar, 1);
        (Network network, Network again) = name switch
        {
            nameof(LeNet5) => ((Network)new LeNet5(1, on), (Network)new LeNet5(1, other)),
            nameof(LeNet5Of1998) => (new LeNet5Of1998(1, on), new LeNet5Of1998(1, other)),
            nameof(SmallVgg) => (new SmallVgg(1, on), new SmallVgg(1, other)),
            _ => (new Modern(1, on), new Modern(1, other)),
        };
        network.Parameters.Fill(float.NaN);   // whatever was there
        network.State.Fill(float.NaN);
        var asked = new List<(int FanIn, int FanOut)>();
        network.Initialise(new Random(7), (fanIn, fanOut) =>
        {
            asked.Add((fanIn, fanOut));
            return asked.Count;
        });

        var expected = new List<(int FanIn, int FanOut)>();
        int[] connections = ConnectionTables.LeNet5C3.ToArray();
        foreach (ParameterTensor tensor in network.Tensors)
        {
            float[] values = network.Parameters.Slice(tensor.At, tensor.Count).ToArray();
            int[] shape = [.. tensor.Shape.Select(length => (int)length)];
            if (tensor.Name.EndsWith(".gamma", StringComparison.Ordinal))
                Assert.All(values, value => Assert.Equal(1, value));
            else if (name == nameof(LeNet5Of1998) && tensor.Name == "C3.w")
                continue;   // below: it is drawn after the others
            else if (shape.Length == 1 && !tensor.Name.EndsWith(".a", StringComparison.Ordinal))
                Assert.All(values, value => Assert.Equal(0, value));
            else
            {
                int taps = shape.Length == 4 ? shape[2] * shape[3] : 1;
                expected.Add(shape.Length == 1 ? (4, 1) : (shape[1] * taps, shape[0] * taps));   // one coefficient for 2×2 pixels
                Fills(values, expected.Count);
            }
        }
        if (name == nameof(LeNet5Of1998))
        {
            ParameterTensor c3 = network.Tensors.Single(tensor => tensor.Name == "C3.w");
            for (int pair = 0; pair < 96; pair++)
            {
                float[] kernel = network.Parameters.Slice(c3.At + 25 * pair, 25).ToArray();
                if (connections[pair] == 0)
                {
                    Assert.All(kernel, value => Assert.Equal(0, value));
                    continue;
                }
                // A map of the second layer goes to ten of the third.
                expected.Add((25 * connections[(pair / 6 * 6)..(pair / 6 * 6 + 6)].Sum(), 25 * 10));
                Fills(kernel, expected.Count);
            }
        }
        Assert.Equal(expected, asked);

        float[] state = network.State.ToArray();
        foreach (ParameterTensor variance in NetworkKind.All.Single(kind => kind.Parameters == network.Parameters.Length && kind.State == state.Length).Statistics
            .Where(statistic => statistic.Name.EndsWith(".va", StringComparison.Ordinal)))
        {
            Assert.All(state[variance.At..(variance.At + variance.Count)], value => Assert.Equal(1, value));
            Array.Clear(state, variance.At, variance.Count);
        }
        Assert.All(state, value => Assert.Equal(0, value));

        int draws = 0;
        again.Initialise(new Random(7), (_, _) => ++draws);
        Assert.True(network.Parameters.SequenceEqual(again.Parameters), "the same seed drew other weights");
    }

    /// <summary>The gradient comes from a second network with the same parameters, the rule from its text, in binary64. Limits: a rounding of the parameter and
    /// a few of what is added to it.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void A_step_is_the_update_rule_on_the_gradient(string name)
    {
        const int N = 2;
        const float eta = 0.01f, mu = 0.8f;
        using var on = new Execution(VectorWidth.Scalar, 1);
        using var other = new Execution(VectorWidth.Scalar, 1);
        var random = new Random(9);
        int side = name is nameof(Modern) or nameof(SmallVgg) ? 28 : 32;
        float[] pixels = [.. Enumerable.Range(0, N * side * side).Select(_ => (float)random.NextDouble())], targets = new float[N * 10];
        int[] label = [3, 7];
        for (int n = 0; n < N; n++)
            targets[n * 10 + label[n]] = 1;
        Tensor<float> x = Tensor.Create(pixels, [N, 1, side, side]), h = Tensor.Create(targets, [N, 10]);
        Network stepped, plain;
        Func<int, (float Loss, float Same)> both;
        switch (name)
        {
            case nameof(LeNet5):
                (var five, var five2) = (new LeNet5(N, on), new LeNet5(N, other));
                (stepped, plain, both) = (five, five2, _ => (five.Step(x, h, eta, mu), five2.LossAndGradient(x, h)));
                break;
            case nameof(LeNet5Of1998):
                (var old, var old2) = (new LeNet5Of1998(N, on), new LeNet5Of1998(N, other));
                (stepped, plain, both) = (old, old2, _ => (old.Step(x, label, eta, mu), old2.LossAndGradient(x, label)));
                break;
            case nameof(SmallVgg):
                (var vgg, var vgg2) = (new SmallVgg(N, on), new SmallVgg(N, other));
                (stepped, plain, both) = (vgg, vgg2, _ => (vgg.Step(x, h, eta, mu), vgg2.LossAndGradient(x, h)));
                break;
            default:
                (var modern, var modern2) = (new Modern(N, on), new Modern(N, other));
                (stepped, plain, both) = (modern, modern2, step => (modern.Step(x, h, eta, 5, step), modern2.LossAndGradient(x, h, 5, step)));
                break;
        }
        stepped.Initialise(new Random(1), Network.Glorot);
        plain.Initialise(new Random(1), Network.Glorot);
        if (stepped is LeNet5Of1998 curved)
        {
            // A quarter and three quarters of the same second derivatives are all of them.
            curved.AddCurvature(x, label, 0.25f);
            curved.AddCurvature(x, label, 0.75f);
            Assert.All(curved.Curvature.ToArray().Zip(curved.SecondDerivative.ToArray()), each => Assert.Equal(each.Second, each.First, Math.ScaleB(Math.Abs((double)each.Second), -22)));
            Assert.Contains(curved.Curvature.ToArray(), value => value > 0);
        }

        var (first, second) = (new double[stepped.Parameters.Length], new double[stepped.Parameters.Length]);
        for (int step = 1; step <= 3; step++)
        {
            float[] before = plain.Parameters.ToArray();
            var (loss, same) = both(step);
            Assert.Equal(same, loss);
            ReadOnlySpan<float> gradient = plain.Gradient, after = stepped.Parameters;
            for (int i = 0; i < before.Length; i++)
            {
                double g = gradient[i], change;
                if (name is nameof(LeNet5) or nameof(SmallVgg))
                    change = first[i] = mu * first[i] - eta * g;
                else if (name == nameof(LeNet5Of1998))
                    change = -eta * g / (mu + stepped.State[i]);
                else
                {
                    first[i] = 0.9 * first[i] + 0.1 * g;
                    second[i] = 0.999 * second[i] + 0.001 * g * g;
                    change = -eta * (first[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
                }
                // Sums of what cancels are off by a rounding of what went in: at most the largest change so far.
                double limit = Math.ScaleB(Math.Abs(before[i]) + Math.Abs(change), -24) + 64 * Math.ScaleB(eta, -24);
                Assert.True(Math.Abs(before[i] + change - after[i]) <= limit, $"step {step}, parameter {i}: {before[i]} + {change} became {after[i]}");
            }
            Assert.False(after.SequenceEqual(before), "nothing moved");
            // Each running statistic has a place of its own: none stays what it was at first.
            foreach (ParameterTensor statistic in name == nameof(Modern) ? NetworkKind.Find("modern").Statistics : [])
                Assert.DoesNotContain(statistic.Name.EndsWith(".va", StringComparison.Ordinal) ? 1f : 0f, stepped.State.Slice(statistic.At, statistic.Count).ToArray());
            after.CopyTo(plain.Parameters);
        }
    }

    /// <summary>Vectors do not straddle lines of the cache: the blocks of a network begin on one.</summary>
    [Fact]
    public unsafe void Parameters_begin_at_a_multiple_of_64_bytes()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        for (int maxBatch = 1; maxBatch <= 9; maxBatch++)
            foreach (Network network in new Network[] { new LeNet5(maxBatch, on), new Modern(maxBatch, on), new SmallVgg(maxBatch, on) })
                fixed (float* parameters = network.Parameters, gradient = network.Gradient, state = network.State)
                    Assert.Equal((0, 0, 0), ((int)((nint)parameters % 64), (int)((nint)gradient % 64), (int)((nint)state % 64)));
    }

    // All of 25 uniform draws stay below 0.7 of the range with a probability of 0.0002; the seed is fixed. A few coefficients say less.
    private static void Fills(float[] values, double range)
    {
        Assert.All(values, value => Assert.InRange(value, -range, range));
        Assert.True(values.Distinct().Count() > 0.99 * values.Length);   // single draws may round to the same number
        Assert.True(values.Max(value => Math.Abs(value)) > (values.Length >= 25 ? 0.7 : 0.3) * range && values.Min() < 0 && values.Max() > 0, $"expected a range of ±{range}, got {values.Min()} to {values.Max()}");
    }
}
