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
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: expected a checkpoint; {reason.Message}", reason);
        }
        if (!bytes.AsSpan().StartsWith(Magic))
            throw new InputException($"{path}: expected a checkpoint, got {bytes.Length} bytes without its first line.");
        try
        {
            return Read(path, bytes);
        }
        catch (Exception reason) when (reason is EndOfStreamException or FormatException or DecoderFallbackException)
        {
            throw new InputException($"{path}: expected a checkpoint, got {bytes.Length} bytes that end too early: the file is damaged.", reason);
        }
    }

    private static Checkpoint Read(string path, byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, Magic.Length, bytes.Length - Magic.Length));
        string name = reader.ReadString();
        NetworkKind kind = NetworkKind.All.FirstOrDefault(kind => kind.Name == name)
            ?? throw new InputException($"{path}: expected a checkpoint of {string.Join(", ", NetworkKind.All.Select(each => each.Name))}, got another network: the file is damaged.");
        var (epochs, steps) = (reader.ReadInt32(), reader.ReadInt32());
        var settings = new TrainingSettings(reader.ReadInt32(), reader.ReadInt32(), reader.ReadSingle(), reader.ReadSingle(), reader.ReadInt32(), name, reader.ReadInt32());
        ulong images = reader.ReadUInt64();
        long floats = kind.Parameters + kind.State, left = reader.BaseStream.Length - reader.BaseStream.Position;
        if (left != 4 * floats)
            throw new InputException($"{path}: expected a checkpoint of {name} with {floats} numbers, got {left} bytes of them: the file is damaged.");
        float[] Floats(int count) => [.. Enumerable.Range(0, count).Select(_ => reader.ReadSingle())];
        var checkpoint = new Checkpoint(epochs, steps, settings, images, Floats(kind.Parameters), Floats(kind.State));
        if (epochs < 0 || steps < 0 || settings.Batch < 1 || settings.Images < 0 || !checkpoint.Parameters.Concat(checkpoint.State).All(float.IsFinite))
            throw new InputException($"{path}: expected finite weights and a batch of at least 1, got others: the file is damaged.");
        return checkpoint;
    }
}
