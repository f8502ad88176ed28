using System.Text;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Verification.Training;

/// <summary>The state of a training run after whole epochs.</summary>
/// <param name="Epochs">Epochs done.</param>
/// <param name="Settings">Settings of the run; a resumed run keeps them.</param>
/// <param name="Parameters">Weights and biases of LeNet-5.</param>
/// <param name="Velocities">Velocities of OP-2.</param>
public sealed record Checkpoint(int Epochs, TrainingSettings Settings, float[] Parameters, float[] Velocities)
{
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("cnnverify lenet5 1\n");

    /// <summary>Writes it to a temporary file and moves that into place.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Epochs);
        writer.Write(Settings.Epochs);
        writer.Write(Settings.Batch);
        writer.Write(Settings.Rate);
        writer.Write(Settings.Momentum);
        writer.Write(Settings.Seed);
        foreach (float value in Parameters.Concat(Velocities))
            writer.Write(value);
    });

    /// <summary>Reads one.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="InputException">The file cannot be read or is no checkpoint of this network.</exception>
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
        int expected = Magic.Length + 6 * 4 + 2 * 4 * LeNet5.ParameterCount;
        if (bytes.Length != expected || !bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            throw new InputException($"{path}: expected a LeNet-5 checkpoint of {expected} bytes, got {bytes.Length} bytes" +
                (bytes.Length == expected ? " without its first line." : "."));
        using var reader = new BinaryReader(new MemoryStream(bytes, Magic.Length, bytes.Length - Magic.Length));
        int epochs = reader.ReadInt32();
        var settings = new TrainingSettings(reader.ReadInt32(), reader.ReadInt32(), reader.ReadSingle(), reader.ReadSingle(), reader.ReadInt32());
        float[] Floats() => [.. Enumerable.Range(0, LeNet5.ParameterCount).Select(_ => reader.ReadSingle())];
        var checkpoint = new Checkpoint(epochs, settings, Floats(), Floats());
        if (epochs < 0 || settings.Batch < 1 || !checkpoint.Parameters.Concat(checkpoint.Velocities).All(float.IsFinite))
            throw new InputException($"{path}: expected finite weights and a batch of at least 1, got others: the file is damaged.");
        return checkpoint;
    }
}
