using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CnnVerified.Optimized.Networks.Layers;

namespace CnnVerified.Optimized.Networks;

/// <summary>A network on the engine: a list of layers over one piece of memory that is planned when the network is made, so that a training
/// step allocates nothing. Not safe for concurrent use.</summary>
public abstract class Network
{
    private readonly List<Layer> _layers = [];
    private readonly string _title, _form;
    private readonly int _side;

    /// <summary>Plans input, parameters and the layers of a network.</summary>
    /// <param name="title">How messages call it.</param>
    /// <param name="side">Rows and columns of an image.</param>
    /// <param name="maxBatch">The largest batch it will see, N ≥ 1.</param>
    /// <param name="on">Where to compute; the caller keeps and disposes it.</param>
    private protected Network(string title, int side, int maxBatch, Execution on)
    {
        if (maxBatch < 1)
            throw new ArgumentOutOfRangeException(nameof(maxBatch), $"maxBatch expects at least 1, got {maxBatch}.");
        (_title, _form, _side, MaxBatch, On) = (title, $"N×1×{side}×{side}", side, maxBatch, on);
        Blocks = new ParameterBlocks(Memory);
        Input = new Maps(Memory, maxBatch, 1, side, side, residual: false);
        StateAt = Memory.Plan(StateSize);
        Build();
        Blocks.Plan(HasSecondOrder);
        Memory.Take();
    }

    /// <summary>The largest batch.</summary>
    public int MaxBatch { get; }

    /// <summary>All parameters, tensor by tensor in the order of <see cref="Tensors"/>.</summary>
    public Span<float> Parameters => Blocks.Values;

    /// <summary>The gradient that the last step or gradient computed, in the order of <see cref="Parameters"/>.</summary>
    public ReadOnlySpan<float> Gradient => Blocks.Gradient;

    /// <summary>What training keeps besides the parameters: the state of the update rule, and running statistics.</summary>
    public Span<float> State => Memory[StateAt, StateSize];

    /// <summary>Name, shape and place of each tensor of <see cref="Parameters"/>.</summary>
    public IReadOnlyList<ParameterTensor> Tensors => [.. Blocks.All.Select(parameter => parameter.Tensor)];

    internal Arena Memory { get; } = new();

    internal ParameterBlocks Blocks { get; }

    internal Maps Input { get; }

    private protected Execution On { get; }

    /// <summary>Where <see cref="State"/> lies in memory.</summary>
    private protected Place StateAt { get; }

    /// <summary>Floats of <see cref="State"/>.</summary>
    private protected abstract int StateSize { get; }

    private protected virtual bool HasSecondOrder => false;

    /// <summary>Half the width of the weights' range by Glorot and Bengio (2010): √(6/(fan-in + fan-out)) (IT-2).</summary>
    /// <param name="fanIn">Inputs that one output sees.</param>
    /// <param name="fanOut">Outputs that one input reaches.</param>
    /// <returns>The range is [−a, a].</returns>
    public static double Glorot(int fanIn, int fanOut) => Math.Sqrt(6.0 / (fanIn + fanOut));

    /// <summary>Half the width of the weights' range in LeCun, Bottou, Bengio and Haffner (1998), Appendix A: 2.4/fan-in (IT-1).</summary>
    /// <param name="fanIn">Inputs that one output sees.</param>
    /// <param name="fanOut">Not used.</param>
    /// <returns>The range is [−a, a].</returns>
    public static double LeCun(int fanIn, int fanOut) => 2.4 / fanIn;

    /// <summary>Half the width of the weights' range by He, Zhang, Ren and Sun (2015), made uniform: √(6/fan-in) (IT-5).</summary>
    /// <param name="fanIn">Inputs that one output sees.</param>
    /// <param name="fanOut">Not used.</param>
    /// <returns>The range is [−a, a].</returns>
    public static double He(int fanIn, int fanOut) => Math.Sqrt(6.0 / fanIn);

    /// <summary>Draws the weights uniformly and clears all else.</summary>
    /// <param name="random">The source; the same seed gives the same network.</param>
    /// <param name="range">Half the width of the range from fan-in and fan-out: <see cref="Glorot"/>, <see cref="LeCun"/> or <see cref="He"/>.</param>
    public virtual void Initialise(Random random, Func<int, int, double> range)
    {
        Parameters.Clear();
        State.Clear();
        foreach (Parameter parameter in Blocks.All)
            if (parameter.FanIn > 0)
                Draw(random, parameter.Values, range(parameter.FanIn, parameter.FanOut));
    }

    /// <summary>What a batch gets in inference: scores, or distances, N×10.</summary>
    /// <param name="x">Scaled images, N×1×32×32 or N×1×28×28, N at most <see cref="MaxBatch"/>.</param>
    /// <returns>Row by row; overwritten by the next call.</returns>
    /// <exception cref="ArgumentException">x has another shape, or a pixel that is not finite.</exception>
    public ReadOnlySpan<float> Scores(in ReadOnlyTensorSpan<float> x)
    {
        int N = Take(x);
        Forward(N, Pass.Inference);
        return Output(N);
    }

    /// <summary>A copy of what a layer wrote in the last pass, for a judge who goes from layer to layer.</summary>
    /// <param name="layer">Its number, from 0.</param>
    /// <param name="N">Images of that pass.</param>
    /// <returns>N·C·H·W elements. Layers that work in place leave the values of the last of them.</returns>
    public float[] Values(int layer, int N) => _layers[layer].Y.Copy(N, ofResidual: false);

    /// <summary>A copy of the derivative by what a layer wrote, of the last gradient.</summary>
    /// <param name="layer">Its number, from 0.</param>
    /// <param name="N">Images of that pass.</param>
    /// <returns>N·C·H·W elements. Layers that work in place leave that of the first of them.</returns>
    public float[] Residuals(int layer, int N) => _layers[layer].Y.Copy(N, ofResidual: true);

    private protected static void Draw(Random random, Span<float> values, double a)
    {
        foreach (ref float value in values)
            value = (float)((2 * random.NextDouble() - 1) * a);
    }

    private protected abstract void Build();

    private protected abstract ReadOnlySpan<float> Output(int N);

    private protected TLayer Add<TLayer>(TLayer layer) where TLayer : Layer
    {
        _layers.Add(layer);
        return layer;
    }

    private protected Maps NewMaps(int c, int h, int w, bool areBlocked = false) => new(Memory, MaxBatch, c, h, w, areBlocked: areBlocked);

    private protected void Forward(int N, Pass pass)
    {
        foreach (Layer layer in _layers)
            layer.Forward(N, pass, On);
    }

    private protected void Backward(int N)
    {
        for (int l = _layers.Count - 1; l >= 0; l--)
            _layers[l].Backward(N, On);
    }

    private protected void SecondOrder(int N)
    {
        for (int l = _layers.Count - 1; l >= 0; l--)
            _layers[l].SecondOrder(N, On);
    }

    /// <summary>Checks a batch and copies it to the input.</summary>
    private protected int Take(in ReadOnlyTensorSpan<float> x)
    {
        Lengths.ExpectRank(_title, "x", _form, x.Lengths, 4);
        Lengths.Expect(_title, "x", _form, x.Lengths, [x.Lengths[0], 1, _side, _side]);
        if (x.Lengths[0] < 1 || x.Lengths[0] > MaxBatch)
            throw new ArgumentException($"x expects 1 to {MaxBatch} images but has {x.Lengths[0]}; {_title}. (Parameter 'x')");
        Equations.Contract.Dense(_title, "x", x);
        ReadOnlySpan<float> pixels = MemoryMarshal.CreateReadOnlySpan(in x.GetPinnableReference(), (int)x.FlattenedLength);
        if (!TensorPrimitives.IsFiniteAll(pixels))
            throw new ArgumentException($"x expects finite pixels but has {FirstNotFinite(pixels)}; {_title}. (Parameter 'x')");
        pixels.CopyTo(Input.Span((int)x.Lengths[0]));
        return (int)x.Lengths[0];
    }

    private string FirstNotFinite(ReadOnlySpan<float> pixels)
    {
        int at = 0;
        while (float.IsFinite(pixels[at]))
            at++;
        return $"{pixels[at]} at x[{at / (_side * _side)},0,{at / _side % _side},{at % _side}]";
    }

    /// <summary>A vector over a part of memory.</summary>
    private protected static TensorSpan<float> Line(Span<float> values) => new(values, [values.Length]);
}
