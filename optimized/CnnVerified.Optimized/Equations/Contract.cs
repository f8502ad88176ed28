using System.Numerics.Tensors;

namespace CnnVerified.Optimized.Equations;

/// <summary>What the engine asks of its tensors.</summary>
internal static class Contract
{
    /// <summary>Kernels walk memory in order and count elements with an int: a slice with gaps is refused, and what no array could hold.</summary>
    /// <exception cref="ArgumentException">The tensor has gaps or too many elements.</exception>
    public static void Dense(string id, string name, in ReadOnlyTensorSpan<float> x)
    {
        Lengths.ExpectCountable(id, name, x.Lengths);
        if (!x.IsDense)
            throw new ArgumentException($"{name} expects a dense tensor but is a slice with gaps, lengths {Lengths.Text(x.Lengths)}; {id}. (Parameter '{name}')");
    }

    /// <summary>A vector of the given length, dense.</summary>
    /// <exception cref="ArgumentException">Another shape, or gaps.</exception>
    public static void Shape(string id, string name, string form, in ReadOnlyTensorSpan<float> x, ReadOnlySpan<nint> lengths)
    {
        Lengths.Expect(id, name, form, x.Lengths, lengths);
        Dense(id, name, x);
    }
}
