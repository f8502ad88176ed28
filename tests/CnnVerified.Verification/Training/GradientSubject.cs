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

    /// <summary>The parameters in another number type.</summary>
    public Tensor<T>[] Convert<T>(Func<float, T> convert) => Flat.Split(network.Parameters, shapes, convert);

    /// <summary>How many of the first tensors lie before a choice that the engine's rounding made otherwise than the reference; call after
    /// <see cref="OfEngine"/>.</summary>
    public virtual int TensorsBelowDifferentChoices(out int choices) => choices = 0;

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
                Bounded<Binary32>[] elements = [.. wanted[l]];
                float[] got = engine[at..(at + elements.Length)];
                at += elements.Length;
                double largest = elements.Max(element => Math.Abs(element.Value));
                yield return new("second " + Names[l], elements.Length, 0, elements.Zip(got, (w, g) => NetworkGradient.Over(g - w.Value, w.Error)).Max(),
                    elements.Count(w => !(w.Error < largest)), null, null, null);
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

        // Bounds follow one course of the choices: the engine's must be the same. All but the last layer's tensors lie before a choice, the
        // first three before all.
        public override int TensorsBelowDifferentChoices(out int choices)
        {
            var reference = ReferenceModernNetwork.Gradient(Convert(value => (double)value), XOf<double>(), HOf<double>(), U<double>()).Choices;
            int first = Different(network.Values(2, _images), [.. reference.N1], 28), second = Different(network.Values(6, _images), [.. reference.N3], 14);
            choices = first + second;
            return second > 0 ? 6 : first > 0 ? 3 : 0;
        }

        private Tensor<T> U<T>() where T : INumberBase<T> => Tensor.Create([.. _u.Select(value => T.CreateChecked(value))], [_images, Modern.Dropped]);

        // The engine's values are behind the rectifier, the reference's before it.
        private static int Different(float[] engine, double[] reference, int side)
        {
            int different = 0;
            for (int i = 0; i < engine.Length; i++)
                different += engine[i] > 0 != reference[i] > 0 ? 1 : 0;
            for (int map = 0; map < engine.Length; map += side * side)
                for (int u = 0; u < side; u += 2)
                    for (int v = 0; v < side; v += 2)
                    {
                        int at = map + u * side + v;
                        different += First(engine, value => value) == First(reference, value => Math.Max(value, 0)) ? 0 : 1;

                        int First<T>(T[] values, Func<T, T> of) where T : INumber<T>
                        {
                            int[] places = [at, at + 1, at + side, at + side + 1];
                            return places.MaxBy(place => of(values[place]));
                        }
                    }
            return different;
        }
    }
}
