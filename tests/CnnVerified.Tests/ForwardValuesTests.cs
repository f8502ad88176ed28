using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Engines;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Forward passes of a training step: the output of the plain forward pass to the bit, and the values for the backward pass within the bound that the same
/// sums have in any order. Here they are written out over the elements of each set.</summary>
public sealed class ForwardValuesTests
{
    private const int N = 3, C = 4, H = 5, W = 7, G = 2, Z = 3;
    private const float Eps = 0.01f;

    private delegate void Plain(Tensor<float> x, Tensor<float> gamma, Tensor<float> beta, Tensor<float> y, Execution on);

    private delegate void WithValues(Tensor<float> x, Tensor<float> gamma, Tensor<float> beta, Tensor<float> y, Tensor<float> mu, Tensor<float> v, Tensor<float> xhat, Execution on);

    // For each: the shape of x, how many scales there are, the shape of mean and variance, and which set element i belongs to.
    private static readonly Dictionary<string, (nint[] X, nint Scales, nint[] Sets, Func<int, int> Set, bool IsCentred, Plain Forward, WithValues WithValues)> Normalisations = new()
    {
        ["batch"] = ([N, C, H, W], C, [C], i => i / (H * W) % C, true, (x, gamma, beta, y, on) => BatchNormalisation.Forward(x, gamma, beta, Eps, y, on),
            (x, gamma, beta, y, mu, v, xhat, on) => BatchNormalisation.ForwardWithValues(x, gamma, beta, Eps, y, mu, v, xhat, on)),
        ["instance"] = ([N, C, H, W], C, [N, C], i => i / (H * W), true, (x, gamma, beta, y, on) => InstanceNormalisation.Forward(x, gamma, beta, Eps, y, on),
            (x, gamma, beta, y, mu, v, xhat, on) => InstanceNormalisation.ForwardWithValues(x, gamma, beta, Eps, y, mu, v, xhat, on)),
        ["group"] = ([N, C, H, W], C, [N, G], i => i / (C / G * H * W), true, (x, gamma, beta, y, on) => GroupNormalisation.Forward(x, gamma, beta, Eps, G, y, on),
            (x, gamma, beta, y, mu, v, xhat, on) => GroupNormalisation.ForwardWithValues(x, gamma, beta, Eps, G, y, mu, v, xhat, on)),
        ["layer"] = ([N, W * H], W * H, [N], i => i / (H * W), true, (x, gamma, beta, y, on) => LayerNormalisation.Forward(x, gamma, beta, Eps, y, on),
            (x, gamma, beta, y, mu, v, xhat, on) => LayerNormalisation.ForwardWithValues(x, gamma, beta, Eps, y, mu, v, xhat, on)),
        ["root mean square"] = ([N, W * H], W * H, [N], i => i / (H * W), false, (x, gamma, _, y, on) => RootMeanSquareNormalisation.Forward(x, gamma, Eps, y, on),
            (x, gamma, _, y, _, ms, xhat, on) => RootMeanSquareNormalisation.ForwardWithValues(x, gamma, Eps, y, ms, xhat, on)),
        ["weights"] = ([N, C, H, W], 1, [N], i => i / (C * H * W), true, (w, _, _, wn, on) => WeightStandardisation.Forward(w, Eps, wn, on),
            (w, _, _, wn, _, v, _, on) => WeightStandardisation.ForwardWithValues(w, Eps, wn, v, on)),
    };

    public static TheoryData<string, VectorWidth> Cases
    {
        get
        {
            var cases = new TheoryData<string, VectorWidth>();
            foreach (string name in Normalisations.Keys)
                foreach (VectorWidth width in EngineList.Widths)
                    cases.Add(name, width);
            return cases;
        }
    }

    public static TheoryData<VectorWidth> Widths => [.. EngineList.Widths];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_normalisation_hands_on_its_means_variances_and_normalised_values(string name, VectorWidth width)
    {
        var (shape, scales, sets, set, isCentred, forward, withValues) = Normalisations[name];
        using var on = new Execution(width, 2);
        var random = new Random(3);
        Tensor<float> x = Drawn(random, shape), gamma = Drawn(random, [scales]), beta = Drawn(random, [scales]);
        Tensor<float> plain = New(shape), y = New(shape), mu = New(sets), v = New(sets), xhat = New(shape);
        forward(x, gamma, beta, plain, on);
        withValues(x, gamma, beta, y, mu, v, xhat, on);
        Assert.Equal<float>(plain, y);
        Assert.DoesNotContain(float.NaN, y);

        float[] values = [.. x];
        int count = values.Length / (int)mu.FlattenedLength;
        Bounded<Binary32> size = new(count);
        for (int s = 0; s < mu.FlattenedLength; s++)
        {
            int[] own = [.. Enumerable.Range(0, values.Length).Where(i => set(i) == s)];
            Assert.Equal(count, own.Length);
            Bounded<Binary32> sum = default, squares = default;
            foreach (int i in own)
                sum += new Bounded<Binary32>(values[i]);
            Bounded<Binary32> mean = isCentred ? sum / size : default;
            foreach (int i in own)
                squares += (new Bounded<Binary32>(values[i]) - mean) * (new Bounded<Binary32>(values[i]) - mean);
            Bounded<Binary32> variance = squares / size, root = Bounded<Binary32>.Sqrt(variance + new Bounded<Binary32>(Eps));
            if (isCentred && name != "weights")
                Within(mean, mu.ToArray()[s]);
            Within(variance, v.ToArray()[s]);
            float[] normalised = [.. name == "weights" ? y : xhat];
            foreach (int i in own)
                Within((new Bounded<Binary32>(values[i]) - mean) / root, normalised[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_local_response_normalisation_hands_on_what_it_raises_to_a_power(VectorWidth width)
    {
        const float Kk = 1.5f, Alpha = 0.3f, Beta = 0.75f;
        using var on = new Execution(width, 2);
        Tensor<float> x = Drawn(new Random(4), [N, C, H, W]), plain = New([N, C, H, W]), y = New([N, C, H, W]), q = New([N, C, H, W]);
        LocalResponse.Forward(x, Kk, Alpha, Beta, Z, plain, on);
        LocalResponse.ForwardWithValues(x, Kk, Alpha, Beta, Z, y, q, on);
        Assert.Equal<float>(plain, y);
        float[] values = [.. x], got = [.. q];
        for (int i = 0; i < values.Length; i++)
        {
            int c = i / (H * W) % C;
            Bounded<Binary32> sum = default;
            for (int other = Math.Max(0, c - Z / 2); other <= Math.Min(C - 1, c + Z / 2); other++)
                sum += new Bounded<Binary32>(values[i + (other - c) * H * W]) * new Bounded<Binary32>(values[i + (other - c) * H * W]);
            Within(new Bounded<Binary32>(Kk) + new Bounded<Binary32>(Alpha) / new Bounded<Binary32>(Z) * sum, got[i]);
        }
    }

    [Fact]
    public void Every_value_has_its_shape()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        foreach (var (name, (shape, scales, sets, _, isCentred, _, withValues)) in Normalisations)
        {
            Tensor<float> Of(nint[] lengths, bool longer) => New([lengths[0] + (longer ? 1 : 0), .. lengths[1..]]);
            for (int wrong = 0; wrong < 7; wrong++)
            {
                bool isAsked = wrong is 0 or 3 or 5 || wrong == 1 && name != "weights" || wrong == 2 && isCentred && name != "weights" || wrong == 4 && isCentred && name != "weights" || wrong == 6 && name != "weights";
                void Call() => withValues(Of(shape, wrong == 0), Of([scales], wrong == 1), Of([scales], wrong == 2), Of(shape, wrong == 3), Of(sets, wrong == 4), Of(sets, wrong == 5), Of(shape, wrong == 6), on);
                if (isAsked)
                    Assert.Throws<ArgumentException>(Call);
                else
                    Call();
            }
        }
        Assert.Throws<ArgumentException>(() => LocalResponse.ForwardWithValues(New([N, C, H, W]), 1, 1, 1, Z, New([N, C, H, W]), New([N, C, W, H]), on));
        Assert.Throws<ArgumentException>(() => LocalResponse.ForwardWithValues(New([N, C, H, W]), 1, 1, 1, Z, New([N, C, W, H]), New([N, C, H, W]), on));
    }

    private static Tensor<float> Drawn(Random random, nint[] lengths) =>
        Tensor.Create([.. Enumerable.Range(0, (int)TensorPrimitives.Product<nint>(lengths)).Select(_ => (float)(4 * random.NextDouble() - 1))], lengths);

    private static Tensor<float> New(nint[] lengths)
    {
        Tensor<float> tensor = Tensor.CreateFromShape<float>(lengths);
        tensor.Fill(float.NaN);
        return tensor;
    }

    private static void Within(Bounded<Binary32> expected, float got) =>
        Assert.True(Math.Abs(got - expected.Value) <= expected.Error, $"expected {expected.Value} ± {expected.Error}, got {got}");
}
