using System.Numerics.Tensors;

namespace CnnVerified.Experiments.Networks;

/// <summary>What one layer hands to the next, for each image C×H×W, and the residual that comes back.</summary>
internal sealed class Maps(int maxBatch, int c, int h, int w, Maps.Kind kind = Maps.Kind.Between)
{
    public enum Kind
    {
        /// <summary>Nothing wants the derivative by them.</summary>
        Input,

        Between,
    }

    public int MaxBatch => maxBatch;

    public int C => c;

    public int H => h;

    public int W => w;

    public int Size => c * h * w;

    public bool IsInput => kind == Kind.Input;

    public float[] Values { get; } = new float[maxBatch * c * h * w];

    public float[] Residuals { get; } = new float[kind == Kind.Input ? 0 : maxBatch * c * h * w];

    public TensorSpan<float> Value(int N) => new(Values.AsSpan(0, N * Size), [N, C, H, W]);

    public TensorSpan<float> Rows(int N) => new(Values.AsSpan(0, N * Size), [N, Size]);

    public TensorSpan<float> Line(int N) => new(Values.AsSpan(0, N * Size), [N * Size]);

    public TensorSpan<float> Residual(int N) => new(Residuals.AsSpan(0, N * Size), [N, C, H, W]);

    public TensorSpan<float> ResidualRows(int N) => new(Residuals.AsSpan(0, N * Size), [N, Size]);

    public TensorSpan<float> ResidualLine(int N) => new(Residuals.AsSpan(0, N * Size), [N * Size]);
}

/// <summary>A tensor of parameters with its gradient and its velocity.</summary>
/// <param name="name">Layer and letter, such as C1.w.</param>
/// <param name="shape">Its lengths.</param>
/// <param name="fanIn">Inputs that one output sees; 0 for what is not drawn.</param>
/// <param name="fanOut">Outputs that one input reaches.</param>
internal sealed class Parameter(string name, nint[] shape, int fanIn = 0, int fanOut = 0)
{
    public string Name => name;

    public nint[] Shape => shape;

    public int FanIn => fanIn;

    public int FanOut => fanOut;

    public float[] Values { get; } = new float[TensorPrimitives.Product<nint>(shape)];

    public float[] Gradient { get; } = new float[TensorPrimitives.Product<nint>(shape)];

    public float[] Velocity { get; } = new float[TensorPrimitives.Product<nint>(shape)];

    /// <summary>What it begins with where it is not drawn.</summary>
    public float First { get; init; }

    public TensorSpan<float> Value => new(Values, shape);

    public TensorSpan<float> Derivative => new(Gradient, shape);
}
