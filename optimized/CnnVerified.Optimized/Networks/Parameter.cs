using System.Numerics.Tensors;

namespace CnnVerified.Optimized.Networks;

/// <summary>A tensor of parameters with its gradient and its second derivatives, each at the same place of a block that holds all parameters, so that one
/// pass updates them all.</summary>
/// <param name="blocks">The blocks.</param>
/// <param name="name">Layer and letter.</param>
/// <param name="at">Where it begins in each block.</param>
/// <param name="shape">Its lengths.</param>
/// <param name="trained">Elements that are trained.</param>
/// <param name="fanIn">Inputs that one output sees; 0 for what begins at 0.</param>
/// <param name="fanOut">Outputs that one input reaches.</param>
internal sealed class Parameter(ParameterBlocks blocks, string name, int at, nint[] shape, int trained, int fanIn, int fanOut)
{
    public int FanIn => fanIn;

    public int FanOut => fanOut;

    public int Count { get; } = (int)TensorPrimitives.Product<nint>(shape);

    public ParameterTensor Tensor => new(name, shape, at, Count, trained);

    public Span<float> Values => blocks.Values.Slice(at, Count);

    public Span<float> GradientValues => blocks.Gradient.Slice(at, Count);

    public int Length(int dimension) => (int)shape[dimension];

    public TensorSpan<float> Value => new(blocks.Values.Slice(at, Count), shape);

    public TensorSpan<float> Gradient => new(blocks.Gradient.Slice(at, Count), shape);

    public TensorSpan<float> SecondDerivative => new(blocks.SecondDerivative.Slice(at, Count), shape);
}

/// <summary>All parameters, all gradients, all second derivatives, one block each.</summary>
internal sealed class ParameterBlocks(Arena arena)
{
    private readonly List<Parameter> _all = [];
    private Place _values, _gradient, _second;
    private int _count;

    public IReadOnlyList<Parameter> All => _all;

    public int Count => _count;

    public Span<float> Values => arena[_values, _count];

    public Span<float> Gradient => arena[_gradient, _count];

    public Span<float> SecondDerivative => arena[_second, _count];

    /// <summary>Adds weights, which are drawn.</summary>
    public Parameter Weights(string name, nint[] shape, int fanIn, int fanOut, int? trained = null)
    {
        int count = (int)TensorPrimitives.Product<nint>(shape);
        var parameter = new Parameter(this, name, _count, shape, trained ?? count, fanIn, fanOut);
        _all.Add(parameter);
        _count += count;
        return parameter;
    }

    /// <summary>Adds biases, which begin at 0.</summary>
    public Parameter Biases(string name, int count) => Weights(name, [count], 0, 0);

    /// <summary>Plans the blocks when all parameters are known.</summary>
    public void Plan(bool secondOrder)
    {
        _values = arena.Plan(_count);
        _gradient = arena.Plan(_count);
        if (secondOrder)
            _second = arena.Plan(_count);
    }
}
