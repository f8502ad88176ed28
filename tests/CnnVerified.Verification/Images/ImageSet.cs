namespace CnnVerified.Verification.Images;

/// <summary>Labelled grey images of <see cref="Side"/>×<see cref="Side"/> pixels in <see cref="Classes"/> classes: MNIST,
/// Fashion-MNIST or anything else in their form.</summary>
public sealed class ImageSet
{
    /// <summary>The number of classes: labels are 0 to 9.</summary>
    public const int Classes = 10;

    /// <summary>The rows, and the columns, that this suite's networks want.</summary>
    public const int Side = 28;

    private ImageSet((byte[] Pixels, int Count, int Rows, int Columns) images, byte[] labels)
    {
        (Pixels, Count, Rows, Columns) = images;
        Labels = labels;
    }

    /// <summary>Where Debian's package dataset-fashion-mnist puts the whole set, or null where it is not installed.</summary>
    public static string? DebianDirectory
    {
        get
        {
            const string directory = "/usr/share/datasets/fashion-mnist";
            return Directory.Exists(directory) ? directory : null;
        }
    }

    /// <summary>The pixels, Count×Rows×Columns in row-major order: 0 is the background, 255 the strongest.</summary>
    public byte[] Pixels { get; }

    /// <summary>The class of each image.</summary>
    public byte[] Labels { get; }

    /// <summary>The number of images.</summary>
    public int Count { get; }

    /// <summary>The rows of each image.</summary>
    public int Rows { get; }

    /// <summary>The columns of each image.</summary>
    public int Columns { get; }

    /// <summary>Reads the four files of MNIST, by the names they are published under.</summary>
    /// <param name="directory">The folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
    /// t10k-labels-idx1-ubyte, each as it is or, where that is not there, with .gz.</param>
    /// <returns>The images to train on and those to test on.</returns>
    /// <exception cref="InputException">A file is missing, cannot be read or is damaged; there is not one label for each
    /// image; the images are not 28×28; or a label is above 9.</exception>
    public static (ImageSet Train, ImageSet Test) Load(string directory)
    {
        return (Read("train", Open), Read("t10k", Open));

        (Stream, string) Open(string name)
        {
            string plain = Path.Combine(directory, name);
            string path = File.Exists(plain) ? plain : plain + ".gz";
            if (!File.Exists(path))
                throw new InputException($"{directory}: wanted a folder with {name} or {name}.gz, got "
                    + (Directory.Exists(directory) ? "one with neither" : "no such folder"));
            try
            {
                return (File.OpenRead(path), path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InputException($"{path}: wanted a file that can be read, got: {e.Message}", e);
            }
        }
    }

    /// <summary>The subset of Fashion-MNIST in this assembly: 600 images of each class to train on and 100 to test on.</summary>
    /// <returns>The images to train on and those to test on.</returns>
    /// <remarks>Images/Data/NOTICE.md says how it was chosen, and has its licence.</remarks>
    public static (ImageSet Train, ImageSet Test) Embedded()
    {
        return (Read("train", Open), Read("t10k", Open));

        static (Stream, string) Open(string name)
        {
            string resource = $"images/{name}.gz";
            return (typeof(ImageSet).Assembly.GetManifestResourceStream(resource)
                ?? throw new InvalidOperationException($"{resource} was not embedded when this assembly was built."), resource);
        }
    }

    /// <summary>The first images of this set.</summary>
    /// <param name="count">How many; all where the set has fewer.</param>
    /// <returns>A set of its own.</returns>
    public ImageSet First(int count)
    {
        count = Math.Min(count, Count);
        return new((Pixels[..(count * Rows * Columns)], count, Rows, Columns), Labels[..count]);
    }

    private static ImageSet Read(string part, Func<string, (Stream Stream, string Name)> open)
    {
        (Stream imageStream, string imageFile) = open(part + "-images-idx3-ubyte");
        using Stream images = imageStream;
        (Stream labelStream, string labelFile) = open(part + "-labels-idx1-ubyte");
        using Stream labels = labelStream;

        var set = new ImageSet(Idx.ReadImages(images, imageFile), Idx.ReadLabels(labels, labelFile));
        if (set.Rows != Side || set.Columns != Side)
            throw new InputException($"{imageFile}: wanted images of {Side}×{Side} pixels, got {set.Rows}×{set.Columns}");
        if (set.Labels.Length != set.Count)
            throw new InputException($"{labelFile}: wanted {set.Count} labels, one for each image of {imageFile}, got {set.Labels.Length}");
        int above = set.Labels.AsSpan().IndexOfAnyInRange((byte)Classes, byte.MaxValue);
        if (above >= 0)
            throw new InputException($"{labelFile}: wanted labels from 0 to {Classes - 1}, got {set.Labels[above]} at index {above}");
        return set;
    }
}
