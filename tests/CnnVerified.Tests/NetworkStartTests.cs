using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Training;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>What a network is before its first step.</summary>
public sealed class NetworkStartTests
{
    public static TheoryData<string> Networks => [nameof(LeNet5), nameof(LeNet5Of1998), nameof(Modern)];

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

    // Of 25 uniform draws all stay below 0.7 of the range with a probability of 0.0002; the seed is fixed. A few coefficients say less.
    private static void Fills(float[] values, double range)
    {
        Assert.All(values, value => Assert.InRange(value, -range, range));
        Assert.True(values.Distinct().Count() > 0.99 * values.Length);   // single draws may round to the same number
        if (values.Length >= 25)
            Assert.True(values.Max() > 0.7 * range && values.Min() < -0.7 * range, $"expected a range of ±{range}, got {values.Min()} to {values.Max()}");
        else
            Assert.True(values.Max(value => Math.Abs(value)) > 0.3 * range, $"expected a range of ±{range}, got {values.Min()} to {values.Max()}");
    }
}
