using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Networks;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Images;
using Reference1998 = CnnVerified.Reference.Networks.LeNet5Of1998;
using Reference5 = CnnVerified.Reference.Networks.LeNet5;
using ReferenceModernNetwork = CnnVerified.Reference.Networks.Modern;
using ReferencePooling = CnnVerified.Reference.Equations.MaxPooling;
using ReferenceVgg = CnnVerified.Reference.Networks.SmallVgg;

namespace CnnVerified.Verification.Training;

/// <summary>A network whose gradient is judged: one batch, the engine's network, and the reference's over any number type.</summary>
internal abstract class GradientSubject(Network network, IReadOnlyList<nint[]> shapes, int N, int side, Execution on)
{
    private Batches _batches = null!;

    /// <summary>The subject of a network.</summary>
    public static GradientSubject Of(NetworkKind kind, int N, Execution on) => kind.Name switch
    {
        "lenet5" => new OfLeNet5(new LeNet5(N, on), N, on),
        "lenet5-1998" => new OfLeNet5Of1998(new LeNet5Of1998(N, on), N, on),
        "vgg" => new OfSmallVgg(new SmallVgg(N, on), N, on),
        _ => new OfModern(new Modern(N, on), N, on),
    };

    public int Threads => on.Threads;

    public IReadOnlyList<string> Names { get; } = [.. network.Tensors.Select(tensor => tensor.Name)];

    /// <summary>Draws the weights, trains some steps on the images after the first N, and selects these.</summary>
    public void Begin(ImageSet images, int seed, int steps)
    {
        _batches = new Batches(images.First(N * (steps + 1)), N, on, side);
        network.Initialise(new Random(seed), Range);
        for (int step = 1; step <= steps; step++)
        {
            _batches.Select([.. Enumerable.Range(step * N, N).Select(image => image % _batches.Count)]);
            Train(step);
        }
        _batches.Select([.. Enumerable.Range(0, N)]);
    }

    public abstract (float Loss, float[] Gradient) OfEngine();

    public abstract Tensor<T>[] OfReference<T>(Func<float, T> convert)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T>, IRootFunctions<T>, IComparisonOperators<T, T, bool>;

    public abstract T Loss<T>(Tensor<T>[] p)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T>, IRootFunctions<T>, IComparisonOperators<T, T, bool>;

    /// <summary>What the reference's rectifiers and max pooling choose, where numerical differences must know it: none may lie on both sides of a kink.</summary>
    public virtual int[] Choices(Tensor<double>[] p) => [];

    /// <summary>The parameters in another number type.</summary>
    public Tensor<T>[] Convert<T>(Func<float, T> convert) => Flat.Split(network.Parameters, shapes, convert);

    /// <summary>What the engine's gradient may be; call after <see cref="OfEngine"/>.</summary>
    public virtual EngineBound Bound() => new(OfReference(value => new Bounded<Binary32>(value)), [], 0, 0);

    /// <summary>Findings of the second derivatives, where the network has them.</summary>
    public virtual IEnumerable<TensorFinding> SecondOrder() => [];

    protected abstract Func<int, int, double> Range { get; }

    protected ReadOnlyTensorSpan<float> X => _batches.X(N);

    protected ReadOnlyTensorSpan<float> H => _batches.H(N);

    protected ReadOnlyTensorSpan<int> Label => _batches.Labels(N);

    protected abstract void Train(int step);

    protected Tensor<T> XOf<T>() where T : INumberBase<T> => Flat.Copy(X, value => T.CreateChecked(value));

    protected Tensor<T> HOf<T>() where T : INumberBase<T> => Flat.Copy(H, value => T.CreateChecked(value));

    private sealed class OfLeNet5(LeNet5 network, int N, Execution on) : GradientSubject(network, Reference5.ParameterShapes, N, 32, on)
    {
        protected override Func<int, int, double> Range => Network.LeCun;

        protected override void Train(int step) => network.Step(X, H, 0.01f, 0.9f);

        public override (float, float[]) OfEngine() => (network.LossAndGradient(X, H), network.Gradient.ToArray());

        public override Tensor<T>[] OfReference<T>(Func<float, T> convert) => Reference5.Gradient(Convert(convert), XOf<T>(), HOf<T>()).Gradients;

        public override T Loss<T>(Tensor<T>[] p) => Reference5.Loss(p, XOf<T>(), HOf<T>());
    }

    private sealed class OfLeNet5Of1998(LeNet5Of1998 network, int N, Execution on) : GradientSubject(network, Reference1998.ParameterShapes, N, 32, on)
    {
        protected override Func<int, int, double> Range => Network.LeCun;

        protected override void Train(int step)
        {
            if (step == 1)
                network.AddCurvature(X, Label, 1);
            network.Step(X, Label, 0.0005f, LevenbergMarquardtSchedule.Mu);
        }

        public override (float, float[]) OfEngine() => (network.LossAndGradient(X, Label), network.Gradient.ToArray());

        public override Tensor<T>[] OfReference<T>(Func<float, T> convert) =>
            Reference1998.Gradient(Convert(convert), XOf<T>(), Flat.Copy(Label), T.CreateChecked(LeNet5Of1998.Rubbish)).Gradients;

        public override T Loss<T>(Tensor<T>[] p) => Reference1998.Loss(p, XOf<T>(), Flat.Copy(Label), T.CreateChecked(LeNet5Of1998.Rubbish));

        public override IEnumerable<TensorFinding> SecondOrder()
        {
            network.SecondDerivatives(X, Label);
            float[] engine = network.SecondDerivative.ToArray();
            var wanted = Reference1998.SecondDerivatives(Convert(value => new Bounded<Binary32>(value)), XOf<Bounded<Binary32>>(), Flat.Copy(Label),
                new Bounded<Binary32>(LeNet5Of1998.Rubbish));
            int at = 0;
            for (int l = 0; l < wanted.Length; l++)
            {
                float[] got = engine[at..(at + (int)wanted[l].FlattenedLength)];
                at += got.Length;
                yield return EngineBound.Judge("second " + Names[l], got, [.. wanted[l]]);
            }
        }
    }

    private sealed class OfModern(Modern network, int N, Execution on) : GradientSubject(network, ReferenceModernNetwork.ParameterShapes, N, 28, on)
    {
        private const ulong Seed = 1;
        private readonly float[] _u = new float[N * Modern.Dropped];
        private readonly Execution _on = on;
        private readonly int _images = N;
        private int _step = 1;

        protected override Func<int, int, double> Range => Network.LeCun;

        protected override void Train(int step)
        {
            network.Step(X, H, 0.001f, Seed, step);
            _step = step + 1;
        }

        public override (float, float[]) OfEngine()
        {
            Dropout.Draw(Seed, (ulong)_step, new TensorSpan<float>(_u), _on);   // for the reference: what is drawn is data
            return (network.LossAndGradient(X, H, Seed, _step), network.Gradient.ToArray());
        }

        public override Tensor<T>[] OfReference<T>(Func<float, T> convert) => ReferenceModernNetwork.Gradient(Convert(convert), XOf<T>(), HOf<T>(), U<T>()).Gradients;

        public override T Loss<T>(Tensor<T>[] p) => ReferenceModernNetwork.Loss(p, XOf<T>(), HOf<T>(), U<T>());

        // Through two batch normalisations the worst case of all roundings together says nothing. The network is judged in three parts
        // instead, each from what the engine itself handed to it: block, block, head, and back. What is handed on is judged too, so that
        // the parts make the whole. Bounds follow one course of the choices: the engine's must be the same.
        public override EngineBound Bound()
        {
            Bounded<Binary32> Exact(float value) => new(value);
            var p = Convert(Exact);
            var (x, h, u) = (XOf<Bounded<Binary32>>(), HOf<Bounded<Binary32>>(), U<Bounded<Binary32>>());
            float[] p2 = network.Values(3, _images), p4 = network.Values(7, _images), dp2 = network.Residuals(3, _images), dp4 = network.Residuals(7, _images);
            Tensor<Bounded<Binary32>> P2(float[] values) => Tensor.Create([.. values.Select(Exact)], [_images, 16, 14, 14]);
            Tensor<Bounded<Binary32>> P4(float[] values) => Tensor.Create([.. values.Select(Exact)], [_images, 32, 7, 7]);

            var first = ReferenceModernNetwork.Block(x, p[0], p[1], p[2]);
            var second = ReferenceModernNetwork.Block(P2(p2), p[3], p[4], p[5]);
            var head = ReferenceModernNetwork.Head(P4(p4), p[6], p[7], h, u);
            var block2 = ReferenceModernNetwork.BlockBackward(P4(dp4), second, P2(p2), p[3], p[4]);
            var block1 = ReferenceModernNetwork.BlockBackward(P2(dp2), first, x, p[0], p[1]);
            int before1 = Different(network.Values(2, _images), first.Y, 28), before2 = Different(network.Values(6, _images), second.Y, 14);
            TensorFinding[] links =
            [
                EngineBound.Judge("P2 handed on", p2, [.. first.P]), EngineBound.Judge("P4 handed on", p4, [.. second.P]),
                EngineBound.Judge("P4 handed back", dp4, [.. head.Dp]),
                .. before2 == 0 ? [EngineBound.Judge("P2 handed back", dp2, [.. block2.Dx])] : Array.Empty<TensorFinding>(),
            ];
            return new([block1.Dw, block1.Dgamma, block1.Dbeta, block2.Dw, block2.Dgamma, block2.Dbeta, head.Dw, head.Db], links,
                before2 > 0 ? 6 : before1 > 0 ? 3 : 0, before1 + before2)
            { InParts = true };
        }

        private Tensor<T> U<T>() where T : INumberBase<T> => Tensor.Create([.. _u.Select(value => T.CreateChecked(value))], [_images, Modern.Dropped]);

        // The engine's values are behind the rectifier, the reference's before it.
        private static int Different(float[] engine, Tensor<Bounded<Binary32>> before, int side)
        {
            double[] reference = [.. before.Select(value => value.Value)];
            int different = 0;
            for (int i = 0; i < engine.Length; i++)
                different += engine[i] > 0 != reference[i] > 0 ? 1 : 0;
            for (int map = 0; map < engine.Length; map += side * side)
                for (int u = 0; u < side; u += 2)
                    for (int v = 0; v < side; v += 2)
                    {
                        int at = map + u * side + v;
                        int[] places = [at, at + 1, at + side, at + side + 1];
                        different += places.MaxBy(place => engine[place]) == places.MaxBy(place => Math.Max(reference[place], 0)) ? 0 : 1;
                    }
            return different;
        }
    }

    private sealed class OfSmallVgg(SmallVgg network, int N, Execution on) : GradientSubject(network, ReferenceVgg.ParameterShapes, N, 28, on)
    {
        private static readonly Window Halving = new() { Sh = 2, Sw = 2 };
        private readonly int _images = N;

        protected override Func<int, int, double> Range => Network.LeCun;

        protected override void Train(int step) => network.Step(X, H, 0.01f, 0.9f);

        public override (float, float[]) OfEngine() => (network.LossAndGradient(X, H), network.Gradient.ToArray());

        public override Tensor<T>[] OfReference<T>(Func<float, T> convert) => ReferenceVgg.Gradient(Convert(convert), XOf<T>(), HOf<T>()).Gradients;

        public override T Loss<T>(Tensor<T>[] p) => ReferenceVgg.Loss(p, XOf<T>(), HOf<T>());

        public override int[] Choices(Tensor<double>[] p) => OfValues(p);

        // The bound follows one course of the choices: the engine's must be the same.
        public override EngineBound Bound()
        {
            Tensor<float> Engine(int layer, int channels, int side) => Tensor.Create(network.Values(layer, _images), [_images, channels, side, side]);
            int[] engine = Of(Engine(0, 16, 28), Engine(1, 16, 28), Engine(2, 16, 14), Engine(3, 32, 14), Engine(4, 32, 14), Engine(5, 32, 7), Engine(8, 128, 1));
            int different = engine.Zip(OfValues(Convert(value => (double)value))).Count(pair => pair.First != pair.Second);
            var gradient = OfReference(value => new Bounded<Binary32>(value));
            return new(gradient, [], different > 0 ? gradient.Length : 0, different);
        }

        private int[] OfValues(Tensor<double>[] p)
        {
            var first = ReferenceVgg.Block(XOf<double>(), p[0], p[1], p[2], p[3]);
            var second = ReferenceVgg.Block(first.P, p[4], p[5], p[6], p[7]);
            return Of(first.A1, first.A2, first.P, second.A1, second.A2, second.P, ReferenceVgg.Head(second.P, p[8], p[9], p[10], p[11]).A7);
        }

        // A rectifier lets through where what is behind it is above 0.
        private static int[] Of<T>(Tensor<T> a1, Tensor<T> a2, Tensor<T> p3, Tensor<T> a4, Tensor<T> a5, Tensor<T> p6, Tensor<T> a7) where T : INumber<T>
        {
            IEnumerable<int> Rectifiers(Tensor<T> a) => a.Select(value => value > T.Zero ? 1 : 0);
            IEnumerable<int> Maxima(Tensor<T> x, Tensor<T> y) => ReferencePooling.Switch(x, y, 2, 2, Halving);
            return [.. Rectifiers(a1), .. Rectifiers(a2), .. Maxima(a2, p3), .. Rectifiers(a4), .. Rectifiers(a5), .. Maxima(a5, p6), .. Rectifiers(a7)];
        }
    }
}

/// <summary>What the engine's gradient may be.</summary>
/// <param name="Gradient">Value and error of each derivative.</param>
/// <param name="Links">Findings of what the parts hand to one another.</param>
/// <param name="Unsure">How many of the first tensors lie before a choice that the engine made otherwise: nothing bounds them.</param>
/// <param name="Choices">How many choices those are.</param>
internal sealed record EngineBound(Tensor<Bounded<Binary32>>[] Gradient, TensorFinding[] Links, int Unsure, int Choices)
{
    /// <summary>True where the bound is that of a part given what the engine handed to it.</summary>
    public bool InParts { get; init; }

    /// <summary>All elements against what they may be.</summary>
    public static TensorFinding Judge(string name, float[] got, Bounded<Binary32>[] wanted)
    {
        double largest = wanted.Max(element => Math.Abs(element.Value));
        return new(name, wanted.Length, 0, wanted.Zip(got, (w, g) => NetworkGradient.Over(g - w.Value, w.Error)).Max(),
            wanted.Count(w => !(w.Error < largest)), null, null, null);
    }
}
