using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Verification.Images;

namespace CnnVerified.Experiments.Networks;

/// <summary>What a pixel value from 0 to 255 becomes: all ways of scaling that are compared here treat every pixel alike.</summary>
/// <param name="Name">As tables name it.</param>
/// <param name="Values">The value of each of the 256.</param>
internal sealed record PixelScale(Said Name, float[] Values)
{
    /// <summary>IN-2, by which LeNet-5 reads its images.</summary>
    public static PixelScale LeNet5(Execution on) => OfEngine("IN-2", Scaling.LeNet5, on);

    /// <summary>A scaling that is an equation of the engine.</summary>
    public static PixelScale OfEngine(Said name, Equation equation, Execution on)
    {
        float[] values = [.. Enumerable.Range(0, 256)];
        var all = new TensorSpan<float>(values, [1, 1, 16, 16]);
        equation(all, all, on);
        return new(name, values);
    }

    public delegate void Equation(in ReadOnlyTensorSpan<float> p, in TensorSpan<float> x, Execution on);
}

/// <summary>Images made ready for a network, with a border of background where it wants more than their own rows, and their classes.</summary>
internal sealed class Samples
{
    private readonly float[] _images;
    private readonly byte[] _labels;
    private readonly int _size;

    public Samples(ImageSet images, int side, PixelScale scale)
    {
        int border = (side - images.Rows) / 2;
        _size = side * side;
        _images = new float[images.Count * _size];
        Array.Fill(_images, scale.Values[0]);
        for (int n = 0; n < images.Count; n++)
            for (int u = 0; u < images.Rows; u++)
                for (int v = 0; v < images.Columns; v++)
                    _images[(n * side + u + border) * side + v + border] = scale.Values[images.Pixels[(n * images.Rows + u) * images.Columns + v]];
        _labels = images.Labels;
    }

    public int Count => _labels.Length;

    public int Label(int image) => _labels[image];

    /// <summary>Copies images to the input of a network and their one-hot rows (IN-5) to its targets.</summary>
    public void Select(ReadOnlySpan<int> images, Maps input, Span<float> targets)
    {
        targets.Clear();
        for (int n = 0; n < images.Length; n++)
        {
            _images.AsSpan(images[n] * _size, _size).CopyTo(input.Values.AsSpan(n * _size));
            targets[n * ImageSet.Classes + _labels[images[n]]] = 1;
        }
    }
}
