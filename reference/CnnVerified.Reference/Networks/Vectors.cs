using System.Numerics.Tensors;

namespace CnnVerified.Reference.Networks;

/// <summary>Tensors as vectors and back, for equations that are written for vectors.</summary>
internal static class Vectors
{
    // The same elements in another shape, copied: Tensor.Reshape refuses N×120×1×1.
    public static Tensor<T> As<T>(Tensor<T> x, ReadOnlySpan<nint> shape) => Tensor.Create([.. x], shape);

    public static Tensor<T> Row<T>(Tensor<T> x) => As(x, [x.FlattenedLength]);

    public static Tensor<T> Each<T>(Func<Tensor<T>, Tensor<T>> f, Tensor<T> x) => As(f(Row(x)), x.Lengths);

    public static Tensor<T> Each<T>(Func<Tensor<T>, Tensor<T>, Tensor<T>> f, Tensor<T> dy, Tensor<T> y) => As(f(Row(dy), Row(y)), y.Lengths);
}
