using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Reference.Equations;
using CnnVerified.Verification.Images;
using EngineConvolution = CnnVerified.Optimized.Equations.DepthwiseConvolution;
using EnginePooling = CnnVerified.Optimized.Equations.GaussianPooling;

namespace CnnVerified.Experiments;

/// <summary>Gaussian pooling (PL-F5) and a strided depthwise convolution (CV-F9) whose weights were read off the pooling of single bright pixels.</summary>
internal sealed class GaussianAsConvolution : IExperiment
{
    private const int Channels = 3;

    public string Name => "gaussian-pooling";

    public Said Question => new("Is Gaussian pooling a convolution?", "高斯池化是卷积吗？");

    public Said Repeatability => new(
        "The counts are the same on every machine; the largest differences are computed in binary64 with the platform's exp and may differ in their last digit.",
        "个数在任何机器上都相同；最大的差以 binary64 和平台自带的 exp 计算，最后一位可能不同。");

    public ExperimentRecord Run(Conditions conditions)
    {
        int images = Channels * conditions.Either(64, 2);
        float[] pixels = [.. ImageSet.Embedded().Train.First(images).Pixels.Select(pixel => pixel / 255f)];
        (int R, int S, float Sigma, Window Window)[] shapes =
        [
            (2, 2, 1, new() { Sh = 2, Sw = 2 }), (3, 3, 0.8f, new() { Ph = 1, Pw = 1 }), (3, 3, 1, new() { Sh = 2, Sw = 2, Ph = 1, Pw = 1 }),
            (5, 5, 1.5f, new() { Sh = 2, Sw = 2, Ph = 2, Pw = 2 }), (5, 3, 1, new() { Sh = 3, Sw = 1 }), (4, 4, 1, new() { Sh = 4, Sw = 4, Ph = 2, Pw = 2 }),
        ];
        shapes = shapes[..conditions.Either(shapes.Length, 3)];
        var rows = shapes.Select(shape =>
        {
            conditions.Stop.ThrowIfCancellationRequested();
            conditions.Progress($"window {shape.R}×{shape.S}");
            return (Shape: shape, Engine: EngineDifferences(pixels, shape.R, shape.S, shape.Sigma, shape.Window, conditions.On),
                Reference: ReferenceDifferences(pixels, shape.R, shape.S, shape.Sigma, shape.Window));
        }).ToArray();

        var borders = new Window { Sh = 2, Sw = 2, Ph = 2, Pw = 2 };
        var (inside, edge, largestInside, largestEdge) = Borders(Exact(pixels, images), 1.5, 5, borders);
        var bright = Tensor.Create([.. Enumerable.Repeat(1.0, 28 * 28)], [1, 1, 28, 28]);
        var (zeros, shared) = (GaussianPooling.Forward(bright, 1.5, 5, 5, borders), Renormalised(bright, 1.5, 5, borders));
        var sums = Superposition(Exact(pixels, images));

        Said largest = new("largest difference", "最大的差"), outputs = new("outputs", "输出"), pooling = new("pooling", "池化");
        return new(new(
            $"The first {images} training images of the embedded subset of Fashion-MNIST, divided by 255, as {images / Channels} images of {Channels} channels. " +
            "The weights of the convolution are not computed from the formula: each is the pooled value of a window in which one pixel is 1 and all others are 0.",
            $"内嵌的 Fashion-MNIST 子集的前 {images} 张训练图像，除以 255，当作 {images / Channels} 张 {Channels} 通道的图像。" +
            "卷积的权重不是用公式算出来的：每个权重都是一个窗口的池化值，这个窗口里只有一个像素是 1，其余都是 0。"),
        [
            Table.Of(new("Outputs of PL-F5 and of CV-F9 that differ in any bit", "PL-F5 与 CV-F9 的输出中，有任何一个比特不同的个数"),
                [
                    new("window", "窗口"), "σ", new("stride", "步幅"), new("padding", "填充"), outputs, new("engine, binary32", "引擎，binary32"),
                    new("reference, binary64", "参考实现，binary64"),
                ],
                rows, row =>
                [
                    $"{row.Shape.R}×{row.Shape.S}", Digits.Plain(row.Shape.Sigma), $"{row.Shape.Window.Sh}×{row.Shape.Window.Sw}", $"{row.Shape.Window.Ph}×{row.Shape.Window.Pw}",
                    Digits.Count(row.Engine.Count), Digits.Count(row.Engine.Different), Digits.Count(row.Reference.Different),
                ]),
            new(new("The same pooling with its weights divided by the sum of those that lie inside the image (window 5×5, σ 1.5, stride 2, padding 2), against PL-F5",
                    "同样的池化，但权重除以落在图像内的权重之和（窗口 5×5，σ 1.5，步幅 2，填充 2），与 PL-F5 比较"),
                [outputs, new("number", "个数"), largest],
                [
                    [new("whole window inside", "窗口全在图像内"), Digits.Count(inside), Digits.Power(largestInside)],
                    [new("window over the border", "窗口越过边界"), Digits.Count(edge), Digits.Power(largestEdge)],
                ]),
            new(new("Largest |pool(a + b) − pool(a) − pool(b)| over pairs of images, windows 3×3, stride 2", "各对图像上 |pool(a + b) − pool(a) − pool(b)| 的最大值，窗口 3×3，步幅 2"),
                [pooling, largest],
                [
                    [new("Gaussian, σ 1", "高斯，σ 1"), Digits.Power(sums.Gaussian)], [new("mean", "平均"), Digits.Power(sums.Mean)],
                    [new("max", "最大"), Digits.Power(sums.Max)],
                ]),
        ],
        [
            new($"Outputs that differ: {Digits.Count(rows.Sum(row => row.Engine.Different))} of {Digits.Count(rows.Sum(row => row.Engine.Count))} on the engine, " +
                $"{Digits.Count(rows.Sum(row => row.Reference.Different))} on the reference.",
                $"不同的输出：引擎上 {Digits.Count(rows.Sum(row => row.Engine.Count))} 个中有 {Digits.Count(rows.Sum(row => row.Engine.Different))} 个，" +
                $"参考实现上有 {Digits.Count(rows.Sum(row => row.Reference.Different))} 个。"),
            new($"On an image that is 1 everywhere PL-F5 gives {Digits.Fixed(zeros[0, 0, 0, 0], 4)} in the corner, as zeros count around it; " +
                $"with the weights that lie inside divided by their sum it is {Digits.Fixed(shared[0, 0, 0, 0], 4)}.",
                $"在处处为 1 的图像上，PL-F5 在角上得到 {Digits.Fixed(zeros[0, 0, 0, 0], 4)}，因为周围的零也算在内；把落在图像内的权重除以它们的和，则得到 {Digits.Fixed(shared[0, 0, 0, 0], 4)}。"),
        ],
        new(new("Pooled values along a row near the middle of an image that is 1 everywhere: zeros around the image darken the border, weights divided by their sum inside do not",
                "处处为 1 的图像中间一行的池化值：图像周围的零使边界变暗，权重除以图像内之和则不会"),
            new Plot(new("Gaussian pooling of an image that is 1 everywhere, a middle row", "处处为 1 的图像的高斯池化，中间一行"), new(new("output column", "输出的列")), new(new("pooled value", "池化值")),
            [
                new(new("padding is zeros (PL-F5)", "填充为零（PL-F5）"), Along(zeros), Mark.Line, 0),
                new(new("depthwise (CV-F9)", "逐通道卷积（CV-F9）"), Along(Convolved(bright, 1.5, 5, 5, borders)), Mark.Dot, 1),
                new(new("weights inside sum to 1", "图像内的权重之和为 1"), Along(shared), Mark.Line, 2, 1),
            ])));
    }

    /// <summary>Outputs of the engine that differ in a bit.</summary>
    internal static (int Count, int Different) EngineDifferences(float[] pixels, int R, int S, float sigma, Window window, Execution on)
    {
        int N = pixels.Length / (Channels * 28 * 28);
        var (P, Q) = window.OutputSize(28, 28, R, S);
        float[] single = Singles(R * S, 0f, 1f), g = new float[R * S], w = new float[Channels * R * S];
        EnginePooling.Forward(new(single, [R * S, 1, R, S]), sigma, R, S, Window.Unit, new(g, [R * S, 1, 1, 1]), on);
        for (int c = 0; c < Channels; c++)
            g.CopyTo(w, c * R * S);

        var x = new ReadOnlyTensorSpan<float>(pixels, [N, Channels, 28, 28]);
        float[] pooled = new float[N * Channels * P * Q], convolved = new float[pooled.Length];
        EnginePooling.Forward(x, sigma, R, S, window, new(pooled, [N, Channels, P, Q]), on);
        EngineConvolution.Forward(x, new(w, [Channels, R, S]), new float[Channels], window, new(convolved, [N, Channels, P, Q]), on);
        return (pooled.Length, pooled.Zip(convolved, (a, b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) ? 0 : 1).Sum());
    }

    /// <summary>Outputs of the reference over binary64 that differ in a bit.</summary>
    internal static (int Count, int Different) ReferenceDifferences(float[] pixels, int R, int S, double sigma, Window window)
    {
        var x = Exact(pixels, pixels.Length / (28 * 28));
        double[] pooled = [.. GaussianPooling.Forward(x, sigma, R, S, window)], convolved = [.. Convolved(x, sigma, R, S, window)];
        return (pooled.Length, pooled.Zip(convolved, (a, b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) ? 0 : 1).Sum());
    }

    private static Tensor<double> Convolved(Tensor<double> x, double sigma, int R, int S, Window window)
    {
        int C = (int)x.Lengths[1];
        double[] g = [.. GaussianPooling.Forward(Tensor.Create(Singles(R * S, 0.0, 1.0), [R * S, 1, R, S]), sigma, R, S, Window.Unit)];
        return DepthwiseConvolution.Forward(x, Tensor.Create([.. Enumerable.Repeat(g, C).SelectMany(each => each)], [C, R, S]), Tensor.CreateFromShape<double>([C]), window);
    }

    // Images of as many pixels as there are images, each with one bright pixel: row by row the identity.
    private static T[] Singles<T>(int count, T dark, T bright) => [.. Enumerable.Range(0, count * count).Select(at => at % (count + 1) == 0 ? bright : dark)];

    /// <summary>Where pooling whose weights inside sum to 1 differs from PL-F5.</summary>
    internal static (int Inside, int Edge, double LargestInside, double LargestEdge) Borders(Tensor<double> x, double sigma, int R, Window window)
    {
        Tensor<double> zeros = GaussianPooling.Forward(x, sigma, R, R, window), shared = Renormalised(x, sigma, R, window);
        int inside = 0, edge = 0;
        double largestInside = 0, largestEdge = 0;
        for (int n = 0; n < zeros.Lengths[0]; n++)
            for (int c = 0; c < zeros.Lengths[1]; c++)
                for (int i = 0; i < zeros.Lengths[2]; i++)
                    for (int j = 0; j < zeros.Lengths[3]; j++)
                    {
                        int u = i * window.Sh - window.Ph, v = j * window.Sw - window.Pw;
                        double difference = Math.Abs(zeros[n, c, i, j] - shared[n, c, i, j]);
                        if (u >= 0 && v >= 0 && u + R <= x.Lengths[2] && v + R <= x.Lengths[3])
                            (inside, largestInside) = (inside + 1, Math.Max(largestInside, difference));
                        else
                            (edge, largestEdge) = (edge + 1, Math.Max(largestEdge, difference));
                    }
        return (inside, edge, largestInside, largestEdge);
    }

    // PL-F5 of the image over PL-F5 of an image of ones: what lies outside adds neither value nor weight.
    private static Tensor<double> Renormalised(Tensor<double> x, double sigma, int R, Window window)
    {
        var ones = Tensor.Create([.. Enumerable.Repeat(1.0, (int)x.FlattenedLength)], x.Lengths);
        return Tensor.Create([.. GaussianPooling.Forward(x, sigma, R, R, window).Zip(GaussianPooling.Forward(ones, sigma, R, R, window), (value, weight) => value / weight)],
            GaussianPooling.Forward(x, sigma, R, R, window).Lengths);
    }

    // A convolution is linear: that of a sum is the sum of both.
    private static (double Gaussian, double Mean, double Max) Superposition(Tensor<double> x)
    {
        var window = new Window { Sh = 2, Sw = 2, Ph = 1, Pw = 1 };
        double[] all = [.. x];
        int half = all.Length / 2 / (Channels * 28 * 28) * (Channels * 28 * 28);
        nint[] shape = [half / (Channels * 28 * 28), Channels, 28, 28];
        Tensor<double> a = Tensor.Create(all[..half], shape), b = Tensor.Create(all[half..(2 * half)], shape), sum = Tensor.Create([.. a.Zip(b, (p, q) => p + q)], shape);
        double Largest(Func<Tensor<double>, Tensor<double>> pool) =>
            pool(sum).Zip(pool(a).Zip(pool(b), (p, q) => p + q), (together, apart) => Math.Abs(together - apart)).Max();
        return (Largest(image => GaussianPooling.Forward(image, 1.0, 3, 3, window)),
            Largest(image => MeanPooling.Forward(image, 3, 3, window)), Largest(image => MaxPooling.Forward(image, 3, 3, window)));
    }

    private static Tensor<double> Exact(float[] pixels, int images) =>
        Tensor.Create([.. pixels.Take(images * 28 * 28).Select(pixel => (double)pixel)], [images / Channels, Channels, 28, 28]);

    private static (double, double)[] Along(Tensor<double> y)
    {
        int middle = (int)y.Lengths[2] / 2;
        return [.. Enumerable.Range(0, (int)y.Lengths[3]).Select(j => ((double)j, y[0, 0, middle, j]))];
    }
}
