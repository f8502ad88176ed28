using System.Numerics.Tensors;
using CnnVerified.Experiments.Networks;
using CnnVerified.Reference.Equations;
using CnnVerified.Verification.Images;
using MathNet.Numerics.LinearAlgebra;

namespace CnnVerified.Experiments;

/// <summary>Gradient descent on half the squared error: of one linear layer, beside the solution by QR, and of a network with a hidden layer.</summary>
internal sealed class LeastSquares : IExperiment
{
    private const double Reached = 1e-9, Decay = 0.01;

    public string Name => "least-squares";

    public Said Question => new("Does back-propagation with the squared error reach the least-squares solution?", "用平方误差做反向传播，能达到最小二乘解吗？");

    public Said Repeatability => new(
        "Computed in binary64 by the reference and MathNet.Numerics. Their sums and the platform's tanh may round differently elsewhere: " +
        "expect the same numbers to the digits shown, not the same bits, and in the second table now and then a run that ends in another minimum.",
        "由参考实现和 MathNet.Numerics 以 binary64 计算。在别的机器上，它们的求和与平台的 tanh 可能有不同的舍入：所列的数字应当相同，比特则未必；第二张表里，偶尔会有一次运行停在另一个极小点。");

    public ExperimentRecord Run(Conditions conditions)
    {
        int images = conditions.Either(200, 40), blocks = conditions.Either(4, 2), most = conditions.Either(200_000, 4000);
        ImageSet train = ImageSet.Embedded().Train.First(images);
        double[] targets = Targets(train, 5, 7, 9);
        var descents = Preparations(train, blocks).Select(preparation =>
        {
            conditions.Progress(preparation.Name.English);
            return (preparation.Name, Descent: Descend(preparation.X, targets, most, conditions.Stop));
        }).ToArray();
        var raw = Preparations(train, blocks)[0].X;
        var (below, above) = (Growth(raw, targets, 0.99, conditions.Either(1000, 200)), Growth(raw, targets, 1.01, conditions.Either(1000, 200)));

        int seeds = conditions.Either(40, 3), steps = conditions.Either(2000, 300);
        var hidden = new TwoLayers(Matrix<double>.Build.DenseOfArray(Standardised(Blocks(train, 2)).ToArray()), Targets(train, 2, 6), hidden: 2, Decay);
        var ends = Enumerable.Range(conditions.Seed, seeds).Select(seed =>
        {
            conditions.Progress($"two layers, seed {seed}");
            return hidden.Train(seed, steps, conditions.Stop);
        }).ToArray();
        var minima = ends.Where(end => end.IsStationary).GroupBy(end => Math.Round(end.Loss, 4)).OrderBy(group => group.Key).ToArray();

        Said loss = new("loss", "损失"), step = Course.Step;
        return new(new(
            $"The first {images} training images of the embedded subset of Fashion-MNIST. " +
            $"Linear layer: the means of {blocks}×{blocks} blocks of an image, 0 to 1, and a bias; the target is 1 for footwear " +
            $"(classes 5, 7 and 9), 0 otherwise; half the squared error (LS-F2), all images in each step, weights begin at 0, " +
            $"η = 2/(λ₁ + λₙ) from the largest and smallest eigenvalue of XᵀX, κ = λ₁/λₙ. " +
            $"Two layers: the means of 2×2 blocks, standardised, the target 1 for pullovers and shirts (classes 2 and 6), which the other tops resemble, " +
            $"{hidden.Hidden} units with tanh, one linear output, half the squared error and {Digits.Plain(Decay / 2)} times the sum of all squared parameters, " +
            $"{seeds} draws by IT-2 from seed {conditions.Seed}, {Digits.Count(steps)} steps of gradient descent and then Newton steps " +
            "until the gradient is 0 to rounding.",
            $"内嵌的 Fashion-MNIST 子集的前 {images} 张训练图像。线性层：输入是图像的 {blocks}×{blocks} 个分块的平均值（0 到 1）和偏置；鞋类（第 5、7、9 类）的目标是 1，其余是 0；" +
            $"平方误差的一半（LS-F2），每步用全部图像，权重从 0 开始，η = 2/(λ₁ + λₙ)，其中 λ₁ 和 λₙ 是 XᵀX 的最大和最小特征值，κ = λ₁/λₙ。" +
            $"两层：输入是 2×2 个分块的平均值，经过标准化；套头衫和衬衫（第 2、6 类）的目标是 1，其他上衣与它们相像；" +
            $"{hidden.Hidden} 个 tanh 单元，一个线性输出，损失是平方误差的一半加上 {Digits.Plain(Decay / 2)} 乘以全部参数的平方和；" +
            $"从种子 {conditions.Seed} 起按 IT-2 抽取 {seeds} 次，先做 {Digits.Count(steps)} 步梯度下降，再做牛顿步，直到梯度在舍入误差内为 0。"),
        [
            Table.Of(new($"One linear layer: steps until ‖w − w*‖/‖w*‖ is below {Digits.Power(Reached)}, w* by MathNet's QR",
                    $"一个线性层：多少步后 ‖w − w*‖/‖w*‖ 小于 {Digits.Power(Reached)}，w* 由 MathNet 的 QR 给出"),
                [
                    new("inputs", "输入"), "κ", "(κ − 1)/(κ + 1)", new("error left by a step, measured", "每步剩下的误差，实测"), new("steps", "步数"),
                    new("distance at the end", "最后的距离"), new("loss at the end − loss of QR", "最后的损失 − QR 的损失"),
                ],
                descents, each =>
                [
                    each.Name, Digits.Fixed(each.Descent.Condition, 1), Digits.Fixed(each.Descent.Predicted, 6),
                    each.Descent.Measured is { } measured ? Digits.Fixed(measured, 6) : new Said("0 after one step", "一步之后为 0"),
                    Digits.Count(each.Descent.Distances.Count - 1), Digits.Power(each.Descent.Distances[^1]), Digits.Power(Math.Max(0, each.Descent.Excess)),
                ]),
            new(new("The same layer on the means as they are, near the largest rate: loss after the steps over the loss before them", "同一层，直接用分块平均值，学习率接近上限：若干步之后的损失与之前之比"),
                ["η", new("loss after/before", "损失，后/前")],
                [["0.99 · 2/λ₁", Digits.Power(below)], ["1.01 · 2/λ₁", Digits.Power(above)]]),
            new(new("Two layers: where the runs end", "两层：各次运行停在哪里"), [loss, new("runs", "次数"), new("smallest eigenvalue of the Hessian", "Hessian 矩阵的最小特征值")],
                [.. minima.Select(group => (IReadOnlyList<Said>)[Digits.Fixed(group.Key, 4), Digits.Count(group.Count()), Digits.Power(group.Min(end => end.Curvature))]),
                    .. ends.Any(end => !end.IsStationary) ? [[new Said("not at rest", "没有停下"), Digits.Count(ends.Count(end => !end.IsStationary)), ""]] : Array.Empty<IReadOnlyList<Said>>()]),
        ],
        [
            new($"One linear layer: the largest distance from the solution of QR at the end is {Digits.Power(descents.Max(each => each.Descent.Distances[^1]))}.",
                $"一个线性层：最后与 QR 的解的最大距离是 {Digits.Power(descents.Max(each => each.Descent.Distances[^1]))}。"),
            new($"Two layers: after {Digits.Count(steps)} steps of gradient descent the loss is {Digits.Fixed(ends.Min(end => end.Descended), 3)} to {Digits.Fixed(ends.Max(end => end.Descended), 3)}; " +
                $"at rest {Digits.Fixed(ends.Min(end => end.Loss), 3)} to {Digits.Fixed(ends.Max(end => end.Loss), 3)}, in {minima.Length} different places by their loss; " +
                $"the best linear layer on the same inputs, with the same penalty, has {Digits.Fixed(hidden.LinearLoss, 3)}.",
                $"两层：{Digits.Count(steps)} 步梯度下降之后，损失在 {Digits.Fixed(ends.Min(end => end.Descended), 3)} 到 {Digits.Fixed(ends.Max(end => end.Descended), 3)} 之间；" +
                $"停下时在 {Digits.Fixed(ends.Min(end => end.Loss), 3)} 到 {Digits.Fixed(ends.Max(end => end.Loss), 3)} 之间，按损失分为 {minima.Length} 处；" +
                $"输入相同、惩罚项相同的最好的线性层，损失是 {Digits.Fixed(hidden.LinearLoss, 3)}。"),
        ],
        new(new("Above: distance from the least-squares solution over steps, logarithmic, for inputs of different condition. Below: final losses of a network with a hidden layer, sorted",
                "上：条件数不同的输入，与最小二乘解的距离随步数的变化，取对数。下：带隐藏层的网络最后的损失，从小到大排列"),
            new Plot(new("One linear layer: distance from the QR solution", "一个线性层：与 QR 的解的距离"), new(step, AxisScale.Logarithmic), new("‖w − w*‖/‖w*‖", AxisScale.Logarithmic),
            [
                .. descents.Select((each, d) => new Series(Labelled(each.Name, Digits.Fixed(each.Descent.Condition, 0)), Thin(each.Descent.Distances), each.Descent.Measured is null ? Mark.Dot : Mark.Line, d)),
                .. descents.Where(each => each.Descent.Measured is not null).Select((each, d) => new Series(d == 0 ? new Said("predicted rate", "预测的速度") : "", Predicted(each.Descent), Mark.Line, 7, 2)),
            ]),
            new Plot(new("Two layers with tanh: final loss of each run, sorted", "两层，tanh：各次运行最后的损失，从小到大"), new(new("run", "运行")), new(loss),
            [
                new(new($"after {Digits.Count(steps)} steps", $"{Digits.Count(steps)} 步之后"), [.. ends.Select(end => end.Descended).Order().Select((loss, run) => (run + 1.0, loss))], Mark.Dot, 0),
                new(new("at rest", "停下时"), [.. ends.Select(end => end.Loss).Order().Select((loss, run) => (run + 1.0, loss))], Mark.Dot, 1),
            ])));
    }

    private static Said Labelled(Said name, string condition) => new($"{name.English}, κ = {condition}", $"{name.Chinese}，κ = {condition}");

    /// <summary>A descent of one linear layer.</summary>
    /// <param name="Condition">κ of XᵀX.</param>
    /// <param name="Distances">Relative distance from the solution by QR before each step, and at the end.</param>
    /// <param name="Excess">Loss at the end, less that of QR.</param>
    internal sealed record Descent(double Condition, IReadOnlyList<double> Distances, double Excess)
    {
        public double Predicted => (Condition - 1) / (Condition + 1);

        /// <summary>What a step leaves of the distance, over the second half of the steps; null where one step was enough.</summary>
        public double? Measured => Distances.Count < 5 ? null : Math.Pow(Distances[^1] / Distances[Distances.Count / 2], 1.0 / (Distances.Count - 1 - Distances.Count / 2));
    }

    /// <summary>Inputs with condition numbers of all sizes.</summary>
    internal static (Said Name, Matrix<double> X)[] Preparations(ImageSet images, int blocks)
    {
        Matrix<double> means = Blocks(images, blocks), centred = Centred(means);
        var spectrum = (centred.TransposeThisAndMultiply(centred) / centred.RowCount).Evd(Symmetricity.Symmetric);
        var whitening = spectrum.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(spectrum.EigenValues.Map(value => 1 / Math.Sqrt(value.Real)));
        return
        [
            (new("means of blocks", "分块平均值"), means), (new("mean taken away", "减去均值"), centred), (new("standardised", "标准化"), Standardised(means)),
            (new("whitened", "白化"), centred * whitening),
        ];
    }

    /// <summary>Gradient descent from 0 at the best constant rate.</summary>
    internal static Descent Descend(Matrix<double> X, double[] targets, int most, CancellationToken stop)
    {
        var (smallest, largest) = Spectrum(X);
        Vector<double> solution = WithOnes(X).QR().Solve(Vector<double>.Build.Dense(targets));
        var layer = new Linear(X, targets);
        var distances = new List<double> { 1 };
        while (distances[^1] > Reached && distances.Count <= most)
        {
            stop.ThrowIfCancellationRequested();
            layer.Step(2 / (largest + smallest));
            distances.Add((layer.Weights - solution).L2Norm() / solution.L2Norm());
        }
        double best = (WithOnes(X) * solution - Vector<double>.Build.Dense(targets)).PointwisePower(2).Sum() / 2;
        return new(largest / smallest, distances, layer.Loss - best);
    }

    /// <summary>By what the loss changes at a share of the rate 2/λ₁, above which the fastest direction grows.</summary>
    internal static double Growth(Matrix<double> X, double[] targets, double share, int steps)
    {
        var layer = new Linear(X, targets);
        double before = layer.Loss, eta = share * 2 / Spectrum(X).Largest;
        for (int step = 0; step < steps; step++)
            layer.Step(eta);
        return layer.Loss / before;
    }

    /// <summary>1 for images of some classes, 0 for all others.</summary>
    internal static double[] Targets(ImageSet images, params byte[] classes) => [.. images.Labels.Select(label => classes.Contains(label) ? 1.0 : 0.0)];

    private static (double Smallest, double Largest) Spectrum(Matrix<double> X)
    {
        var A = WithOnes(X);
        double[] values = [.. A.TransposeThisAndMultiply(A).Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real)];
        return (values.Min(), values.Max());
    }

    // The bias is the weight of a column of ones, the last one.
    private static Matrix<double> WithOnes(Matrix<double> X) => X.Append(Matrix<double>.Build.Dense(X.RowCount, 1, 1));

    private static Matrix<double> Blocks(ImageSet images, int blocks)
    {
        int side = ImageSet.Side / blocks;
        return Matrix<double>.Build.Dense(images.Count, blocks * blocks, (n, block) =>
        {
            int sum = 0;
            for (int u = 0; u < side; u++)
                for (int v = 0; v < side; v++)
                    sum += images.Pixels[(n * ImageSet.Side + block / blocks * side + u) * ImageSet.Side + block % blocks * side + v];
            return sum / (255.0 * side * side);
        });
    }

    private static Matrix<double> Centred(Matrix<double> X) => Matrix<double>.Build.Dense(X.RowCount, X.ColumnCount, (n, d) => X[n, d] - X.Column(d).Average());

    private static Matrix<double> Standardised(Matrix<double> X)
    {
        Matrix<double> centred = Centred(X);
        double[] deviations = [.. centred.EnumerateColumns().Select(column => column.L2Norm() / Math.Sqrt(X.RowCount))];
        return centred.MapIndexed((_, d, value) => value / deviations[d]);
    }

    // At most some hundred points, evenly on a logarithmic axis.
    private static (double, double)[] Thin(IReadOnlyList<double> distances) =>
        [.. Enumerable.Range(0, 200).Select(k => (int)Math.Round(Math.Pow(distances.Count - 1, k / 199.0))).Distinct().Select(step => ((double)step, distances[step]))];

    private static (double, double)[] Predicted(Descent descent)
    {
        int last = descent.Distances.Count - 1;
        return [.. Enumerable.Range(0, 20).Select(k => last * (1 + k / 19.0) / 2).Select(step => (step, descent.Distances[^1] * Math.Pow(descent.Predicted, step - last)))];
    }

    /// <summary>One linear layer of the reference (FC-F1, FC-B2, FC-B3, LS-F2, OP-1) on all images.</summary>
    private sealed class Linear(Matrix<double> X, double[] targets)
    {
        private readonly Tensor<double> _x = Tensor.Create(X.ToRowMajorArray(), [X.RowCount, X.ColumnCount]), _t = Tensor.Create(targets, [targets.Length, 1]);
        private Tensor<double> _w = Tensor.CreateFromShape<double>([1, X.ColumnCount]), _b = Tensor.CreateFromShape<double>([1]);

        public Vector<double> Weights => Vector<double>.Build.DenseOfEnumerable(_w.Concat(_b));

        public double Loss => HalfSquaredError.Forward(FullyConnected.Forward(_x, _w, _b), _t)[0];

        public void Step(double eta)
        {
            var dy = HalfSquaredError.BackwardData(FullyConnected.Forward(_x, _w, _b), _t);
            var (dw, db) = (FullyConnected.BackwardWeights(dy, _x), FullyConnected.BackwardBias(dy));
            _w = Tensor.Create([.. GradientDescent.Step(Tensor.Create([.. _w]), Tensor.Create([.. dw]), eta)], _w.Lengths);
            _b = GradientDescent.Step(_b, db, eta);
        }
    }
}
