using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Experiments.Networks;

/// <summary>When the weights of a layer change.</summary>
internal enum Order
{
    /// <summary>After the residual has gone back through all layers.</summary>
    ResidualFirst,

    /// <summary>As soon as their gradient is known: the residual then goes back through the new ones.</summary>
    UpdateFirst,
}

/// <summary>A network of layers that an experiment can exchange, put together from the engine's equations; softmax with cross-entropy (LS-F1) at its
/// end, gradient descent with momentum (OP-2).</summary>
/// <remarks>The engine's networks are made for speed and know no slips. A test holds this one to LeNet5 of the engine, bit for bit.</remarks>
internal sealed class TrialNetwork
{
    private readonly float[] _logarithms, _loss = new float[1];

    /// <summary>A network of layers, each of which reads what the one before it writes.</summary>
    public TrialNetwork(IReadOnlyList<Layer> layers)
    {
        Layers = layers;
        _logarithms = new float[Scores.MaxBatch * Scores.Size];
    }

    public IReadOnlyList<Layer> Layers { get; }

    public IEnumerable<Parameter> Parameters => Layers.SelectMany(layer => layer.Parameters);

    public Maps Input => Layers[0].X;

    public Maps Scores => Layers[^1].Y;

    /// <summary>LeNet-5 as it is usually taught, with a kind of pooling of one's choice.</summary>
    public static TrialNetwork LeNet5(int maxBatch, Func<Maps, string, Layer>? pooling = null)
    {
        pooling ??= (maps, _) => new MeanPoolingLayer(maps);
        var c1 = new ConvolutionLayer(new Maps(maxBatch, 1, 32, 32, Maps.Kind.Input), "C1", 6, 5);
        Layer s2 = pooling(c1.Y, "S2");
        var c3 = new ConvolutionLayer(s2.Y, "C3", 16, 5);
        Layer s4 = pooling(c3.Y, "S4");
        var c5 = new ConvolutionLayer(s4.Y, "C5", 120, 5);
        var f6 = new FullyConnectedLayer(c5.Y, "F6", 84);
        var output = new FullyConnectedLayer(f6.Y, "output", 10);
        return new([c1, new TanhLayer(c1.Y), s2, c3, new TanhLayer(c3.Y), s4, c5, new TanhLayer(c5.Y), f6, new TanhLayer(f6.Y), output]);
    }

    /// <summary>Draws the weights uniformly, half as wide as a rule says from fan-in and fan-out.</summary>
    public void Initialise(int seed, Func<int, int, double> range)
    {
        var random = new Random(seed);
        foreach (Parameter parameter in Parameters)
        {
            Array.Fill(parameter.Values, parameter.First);
            Array.Clear(parameter.Velocity);
            if (parameter.FanIn == 0)
                continue;
            double a = range(parameter.FanIn, parameter.FanOut);
            foreach (ref float value in parameter.Values.AsSpan())
                value = (float)((2 * random.NextDouble() - 1) * a);
        }
    }

    public void Forward(int N, Execution on)
    {
        foreach (Layer layer in Layers)
            layer.Forward(N, on);
    }

    /// <summary>The loss of the scores, after <see cref="Forward"/>; the residual of the scores is written.</summary>
    public float Loss(int N, ReadOnlySpan<float> targets, Execution on)
    {
        var h = new ReadOnlyTensorSpan<float>(targets, [N, Scores.Size]);
        CrossEntropy.Forward(Scores.Rows(N), h, new TensorSpan<float>(_loss), on);
        var logarithms = new TensorSpan<float>(_logarithms.AsSpan(0, N * Scores.Size), [N, Scores.Size]);
        LogSoftmax.Forward(Scores.Rows(N), logarithms, on);
        CrossEntropy.BackwardData(logarithms, h, Scores.ResidualRows(N), on);
        return _loss[0];
    }

    /// <summary>The gradient of all parameters, after <see cref="Loss"/>.</summary>
    public void Backward(int N, Execution on) => Backward(N, on, _ => { });

    /// <summary>Forward, backward and update of the selected images.</summary>
    public float Step(int N, ReadOnlySpan<float> targets, float eta, float mu, Order order, Execution on)
    {
        Forward(N, on);
        float loss = Loss(N, targets, on);
        Backward(N, on, layer =>
        {
            if (order == Order.UpdateFirst)
                Update(layer.Parameters, eta, mu, on);
        });
        if (order == Order.ResidualFirst)
            Update(Parameters, eta, mu, on);
        return loss;
    }

    private void Backward(int N, Execution on, Action<Layer> betweenWeightsAndData)
    {
        for (int l = Layers.Count - 1; l >= 0; l--)
        {
            Layers[l].BackwardWeights(N, on);
            betweenWeightsAndData(Layers[l]);
            if (!Layers[l].X.IsInput)
                Layers[l].BackwardData(N, on);
        }
    }

    private static void Update(IEnumerable<Parameter> parameters, float eta, float mu, Execution on)
    {
        foreach (Parameter parameter in parameters)
        {
            var w = new TensorSpan<float>(parameter.Values);
            var v = new TensorSpan<float>(parameter.Velocity);
            GradientDescent.MomentumStep(w, new ReadOnlyTensorSpan<float>(parameter.Gradient), v, eta, mu, w, v, on);
        }
    }
}
