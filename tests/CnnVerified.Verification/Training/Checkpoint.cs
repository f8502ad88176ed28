using System.Text;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Verification.Training;

/// <summary>The state of a training run after whole epochs: everything that going on needs but the images, whose fingerprint it has. Every engine
/// reads what any has written.</summary>
/// <param name="Epochs">Epochs done.</param>
/// <param name="Steps">Steps done.</param>
/// <param name="Settings">Settings of the run, the network's name among them; a resumed run keeps them.</param>
/// <param name="Images">Fingerprint of the training images.</param>
/// <param name="Parameters">The network's parameters.</param>
/// <param name="State">The state of its update rule, and running statistics.</param>
public sealed record Checkpoint(int Epochs, int Steps, TrainingSettings Settings, ulong Images, float[] Parameters, float[] State)
{
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("cnnverify checkpoint 2\n");

    /// <summary>Writes it to a temporary file and moves that into place.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Settings.Network);
        writer.Write(Epochs);
        writer.Write(Steps);
        writer.Write(Settings.Epochs);
        writer.Write(Settings.Batch);
        writer.Write(Settings.Rate);
        writer.Write(Settings.Momentum);
        writer.Write(Settings.Seed);
        writer.Write(Settings.Images);
        writer.Write(Images);
        foreach (float value in Parameters.Concat(State))
            writer.Write(value);
    });

    /// <summary>Reads one.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="InputException">The file cannot be read or is no checkpoint of a network of ours.</exception>
    public static Checkpoint Load(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(path, stream);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"{path}: expected a checkpoint; {reason.Message}", reason);
        }
    }

    /// <summary>Reads one from a stream, and no further than it should reach: a pipe or a device without an end is refused too.</summary>
    internal static Checkpoint Read(string path, Stream stream)
    {
        byte[] magic = new byte[Magic.Length];
        int got = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        if (!magic.AsSpan().SequenceEqual(Magic))
            throw new InputException($"{path}: expected a checkpoint, got {(got < Magic.Length ? $"{got} bytes" : "a file")} without its first line.");
        try
        {
            using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
            return Read(path, reader);
        }
        catch (EndOfStreamException reason)
        {
            throw new InputException($"{path}: expected a checkpoint, got a file that ends too early: it is damaged.", reason);
        }
    }

    private static Checkpoint Read(string path, BinaryReader reader)
    {
        string name = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadByte()));   // names are shorter than 128 bytes
        NetworkKind kind = NetworkKind.All.FirstOrDefault(kind => kind.Name == name)
            ?? throw new InputException($"{path}: expected a checkpoint of {string.Join(", ", NetworkKind.All.Select(each => each.Name))}, got another network: the file is damaged.");
        var (epochs, steps) = (reader.ReadInt32(), reader.ReadInt32());
        var settings = new TrainingSettings(reader.ReadInt32(), reader.ReadInt32(), reader.ReadSingle(), reader.ReadSingle(), reader.ReadInt32(), name, reader.ReadInt32());
        ulong images = reader.ReadUInt64();
        float[] Floats(int count) => [.. Enumerable.Range(0, count).Select(_ => reader.ReadSingle())];
        var checkpoint = new Checkpoint(epochs, steps, settings, images, Floats(kind.Parameters), Floats(kind.State));
        if (reader.BaseStream.ReadByte() >= 0)
            throw new InputException($"{path}: expected a checkpoint of {name} that ends after {kind.Parameters + kind.State} numbers, got more: the file is damaged.");
        if (epochs < 0 || steps < 0 || settings.Epochs < 1 || settings.Batch < 1 || settings.Images < 0 || !float.IsFinite(settings.Rate) || !float.IsFinite(settings.Momentum)
            || !checkpoint.Parameters.Concat(checkpoint.State).All(float.IsFinite))
            throw new InputException($"{path}: expected finite weights, at least one epoch and a batch of at least 1, got others: the file is damaged.");
        return checkpoint;
    }
}
