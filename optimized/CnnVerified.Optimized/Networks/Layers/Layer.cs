namespace CnnVerified.Optimized.Networks.Layers;

/// <summary>Whether a forward pass is one of training: batch statistics and dropout, values kept for the backward pass.</summary>
internal enum Pass
{
    Training,
    Inference,
}

/// <summary>A layer: reads <see cref="X"/>, writes <see cref="Y"/>, which may be the same memory, and back.</summary>
internal abstract class Layer(Maps x, Maps y)
{
    /// <summary>What it reads; its residual is written by <see cref="Backward"/>, unless nothing wants it.</summary>
    protected Maps X => x;

    /// <summary>What it writes; its residual is read by <see cref="Backward"/>.</summary>
    public Maps Y => y;

    /// <summary>Computes Y of N images.</summary>
    public abstract void Forward(int N, Pass pass, Execution on);

    /// <summary>From the residual of Y: the gradients of its parameters, then the residual of X.</summary>
    public abstract void Backward(int N, Execution on);

    /// <summary>From the second derivatives by Y: those by its parameters, then those by X (Gauss-Newton, diagonal).</summary>
    public virtual void SecondOrder(int N, Execution on) =>
        throw new NotSupportedException($"{GetType().Name} has no second derivatives: no network of this engine asks for them.");
}
