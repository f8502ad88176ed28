using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Verification.Images;

namespace CnnVerified.Verification.Training;

/// <summary>Images of 28×28 pixels made ready for a network: rows and columns of background on each side where it wants more than 28, scaled by
/// IN-2; labels and one-hot targets (IN-5).</summary>
public sealed class Batches
{
    private readonly float[] _images;
    private readonly int[] _labels;
    private readonly float[] _x;
    private readonly float[] _h;
    private readonly int[] _label;

    /// <summary>Scales all images once.</summary>
    /// <param name="images">The images.</param>
    /// <param name="maxBatch">The largest batch.</param>
    /// <param name="on">Where to compute.</param>
    /// <param name="side">Rows and columns that the network wants, at least the images' own.</param>
    public Batches(ImageSet images, int maxBatch, Execution on, int side = 32)
    {
        (Side, int border) = (side, (side - images.Rows) / 2);
        _images = new float[images.Count * Side * Side];
        for (int n = 0; n < images.Count; n++)
            for (int u = 0; u < images.Rows; u++)
                for (int v = 0; v < images.Columns; v++)
                    _images[(n * Side + u + border) * Side + v + border] = images.Pixels[(n * images.Rows + u) * images.Columns + v];
        var all = new TensorSpan<float>(_images, [images.Count, 1, Side, Side]);
        Scaling.LeNet5(all, all, on);
        _labels = [.. images.Labels.Select(label => (int)label)];
        (_x, _h, _label) = (new float[maxBatch * Side * Side], new float[maxBatch * ImageSet.Classes], new int[maxBatch]);
        MaxBatch = maxBatch;
    }

    /// <summary>The largest batch.</summary>
    public int MaxBatch { get; }

    /// <summary>Rows, and columns, of a scaled image.</summary>
    public int Side { get; }

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>The class of an image.</summary>
    /// <param name="image">Its number.</param>
    /// <returns>0 to 9.</returns>
    public int Label(int image) => _labels[image];

    /// <summary>Puts images into the batch, in this order.</summary>
    /// <param name="images">Their numbers, at most the largest batch.</param>
    public void Select(ReadOnlySpan<int> images)
    {
        Array.Clear(_h);
        for (int n = 0; n < images.Length; n++)
        {
            Array.Copy(_images, images[n] * Side * Side, _x, n * Side * Side, Side * Side);
            _h[n * ImageSet.Classes + _labels[images[n]]] = 1;
            _label[n] = _labels[images[n]];
        }
    }

    /// <summary>Scaled images of the batch, N×1×Side×Side.</summary>
    /// <param name="N">How many were selected.</param>
    /// <returns>The tensor.</returns>
    public ReadOnlyTensorSpan<float> X(int N) => new(_x.AsSpan(0, N * Side * Side), [N, 1, Side, Side]);

    /// <summary>Targets of the batch, N×10.</summary>
    /// <param name="N">How many were selected.</param>
    /// <returns>The tensor.</returns>
    public ReadOnlyTensorSpan<float> H(int N) => new(_h.AsSpan(0, N * ImageSet.Classes), [N, ImageSet.Classes]);

    /// <summary>Right classes of the batch, N.</summary>
    /// <param name="N">How many were selected.</param>
    /// <returns>The tensor.</returns>
    public ReadOnlyTensorSpan<int> Labels(int N) => new(_label.AsSpan(0, N), [N]);
}
