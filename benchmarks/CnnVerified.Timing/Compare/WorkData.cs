using System.Globalization;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;
using LeNet5 = CnnVerified.Reference.Networks.LeNet5;

namespace CnnVerified.Timing.Compare;

/// <summary>The data of a workload, real numbers from −1 to 1, the same in every process; and what samples of its result must be.</summary>
/// <remarks>An operand is drawn when it is asked for: a library that does not offer the workload asks for none.</remarks>
/// <param name="work">The workload.</param>
public sealed class WorkData(Workload work)
{
    private const int Seed = 1989, Positions = 32, TanhRoundings = 8;

    private float[]? _x, _w, _b, _dy;

    /// <summary>Input.</summary>
    public float[] X => _x ??= Drawn("x", 0);

    /// <summary>Weights; empty where there are none. Of a network all parameters, one tensor after the other, in the order of the reference's shapes.</summary>
    public float[] W => _w ??= work.HasWeights ? Drawn("w", 1) : work.Kind == LayerKind.LeNet5 ? Parameters() : [];

    /// <summary>Bias; empty where there is none.</summary>
    public float[] B => _b ??= work.HasWeights ? Drawn("b", 2) : [];

    /// <summary>Residual; empty in a forward pass, and for a network, whose image n has the label n mod 10.</summary>
    public float[] Dy => _dy ??= work.Pass is Pass.Forward or Pass.Step ? [] : Drawn("y", 3);

    /// <summary>What corners and some dozens of other elements of the result are in binary64, each with its bound.</summary>
    public IReadOnlyList<Sample> Samples() => work.Kind switch
    {
        LayerKind.MaxPooling => [.. Elements().Select(Maximum)],
        LayerKind.Tanh => [.. Elements().Select(Tanh)],
        LayerKind.LeNet5 => Network(),
        LayerKind.MeanPooling => Products(new float[work.Count("b")], Quarters()),   // a mean is a convolution with equal weights
        _ => Products(B, W),
    };

    // The reference over numbers that know how far binary32 may be off. Scores are those of the first images: an image's do not depend on the others.
    private IReadOnlyList<Sample> Network()
    {
        bool isStep = work.Pass == Pass.Step;
        int N = isStep ? work.Case["n"] : Math.Min(work.Case["n"], 4), at = 0;
        Bounded<Binary32>[] all = [.. W.Select(value => new Bounded<Binary32>(value))];
        Tensor<Bounded<Binary32>>[] p = [.. LeNet5.ParameterShapes.Select(shape => Tensor.Create(all[at..(at += (int)TensorPrimitives.Product<nint>(shape))], shape))];
        Tensor<Bounded<Binary32>> x = Tensor.Create([.. X.Take(N * 1024).Select(value => new Bounded<Binary32>(value))], [N, 1, 32, 32]);
        Tensor<Bounded<Binary32>> h = Tensor.Create([.. Enumerable.Range(0, N * 10).Select(i => new Bounded<Binary32>(i % 10 == i / 10 % 10 ? 1 : 0))], [N, 10]);
        Bounded<Binary32>[] expected = isStep ? [.. LeNet5.Gradient(p, x, h).Gradients.SelectMany(tensor => tensor)] : [.. LeNet5.Scores(p, x)];
        return [.. expected.Select((element, i) => new Sample(i, Text(i), element.Value, element.Error))];
    }

    // Each tensor's from −1/√fan-in to 1/√fan-in.
    private float[] Parameters()
    {
        float[] drawn = Drawn("w", 1);
        int at = 0;
        foreach (nint[] shape in LeNet5.ParameterShapes)
            for (int end = at + (int)TensorPrimitives.Product<nint>(shape); at < end; at++)
                drawn[at] /= MathF.Sqrt(shape.Length == 1 ? 1 : TensorPrimitives.Product<nint>(shape.AsSpan(1)));
        return drawn;
    }

    private List<Sample> Products(float[] b, float[] w)
    {
        var check = new SampledCheck(work.Case, whole: false, Positions);
        return [.. work.Pass switch { Pass.Forward => check.Forward(X, w, b), Pass.BackwardData => check.BackwardData(Dy, w), _ => check.BackwardWeights(Dy, X) }];
    }

    private float[] Quarters()
    {
        var weights = new float[work.Count("w")];
        Array.Fill(weights, 1f / (work.Case["r"] * work.Case["s"]));
        return weights;
    }

    private IEnumerable<int> Elements()
    {
        var random = new Random(Seed);
        int count = work.Count(work.Result);
        return [0, count - 1, .. Enumerable.Range(0, Positions).Select(_ => random.Next(count))];
    }

    // Windows lie side by side and no two elements of a window are drawn equal but by chance: then both are taken for the maximum.
    private Sample Maximum(int at)
    {
        Case c = work.Case;
        int H = c["h"], W = c["w"], R = c["r"], S = c["s"], P = c.Output.P, Q = c.Output.Q;
        bool isForward = work.Pass == Pass.Forward;
        int map = at / (isForward ? P * Q : H * W), i = isForward ? at / Q % P : at / W % H / R, j = isForward ? at % Q : at % W / S;
        float largest = float.NegativeInfinity;
        for (int r = 0; r < R; r++)
            for (int s = 0; s < S; s++)
                largest = Math.Max(largest, X[(map * H + i * R + r) * W + j * S + s]);
        return new(at, Text(at), isForward ? largest : X[at] == largest ? Dy[(map * P + i) * Q + j] : 0, 0);
    }

    // No formula binds a library's tanh. Eight roundings are a choice: enough to tell a wrong kernel from a fast one.
    private Sample Tanh(int at)
    {
        double y = Math.Tanh(X[at]), off = TanhRoundings * Math.ScaleB(1, -24);
        return work.Pass == Pass.Forward ? new(at, Text(at), y, off * Math.Abs(y)) : new(at, Text(at), Dy[at] * (1 - y * y), off * Math.Abs(Dy[at]) * (1 + 3 * y * y));
    }

    private float[] Drawn(string operand, int number) => SampledCheck.Draw(new Random(Seed + number), work.Count(operand), whole: false);

    private static string Text(int at) => at.ToString(CultureInfo.InvariantCulture);
}
