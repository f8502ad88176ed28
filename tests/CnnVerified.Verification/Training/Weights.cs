using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Files;

namespace CnnVerified.Verification.Training;

/// <summary>What inference needs of a network: its parameters and its running statistics, which an NPZ file holds by name, each tensor in its shape:
/// C1.w, C1.b, N1.ma, … (docs/files.md).</summary>
public sealed class Weights
{
    private readonly Dictionary<string, NpyArray> _arrays;

    private Weights(NetworkKind kind, float[] parameters, float[] state)
    {
        (Kind, Parameters, State) = (kind, parameters, state);
        var tensors = All(kind);
        Names = [.. tensors.Select(each => each.Tensor.Name)];
        _arrays = tensors.ToDictionary(each => each.Tensor.Name,
            each => NpyArray.Of((each.IsStatistic ? state : parameters).AsSpan(each.Tensor.At, each.Tensor.Count).ToArray(), Shape(each.Tensor)));
    }

    /// <summary>The network.</summary>
    public NetworkKind Kind { get; }

    /// <summary>All parameters, in the network's order.</summary>
    public float[] Parameters { get; }

    /// <summary>What training keeps: running statistics where there are some, all else as it is before the first step.</summary>
    public float[] State { get; }

    /// <summary>Names of the tensors, in the network's order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The tensors by name.</summary>
    public IEnumerable<(string Name, NpyArray Array)> Arrays => Names.Select(name => (name, _arrays[name]));

    /// <summary>A tensor by name.</summary>
    /// <param name="name">Layer and letter, such as C1.w.</param>
    /// <returns>Its elements, which are not to be changed, and its shape.</returns>
    /// <exception cref="KeyNotFoundException">The network has none of this name.</exception>
    public NpyArray this[string name] => _arrays[name];

    /// <summary>The weights of a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <returns>The weights.</returns>
    public static Weights Of(Checkpoint checkpoint)
    {
        NetworkKind kind = NetworkKind.Find(checkpoint.Settings.Network);
        float[] state = new float[kind.State];
        foreach (ParameterTensor statistic in kind.Statistics)
            checkpoint.State.AsSpan(statistic.At, statistic.Count).CopyTo(state.AsSpan(statistic.At));
        return new(kind, checkpoint.Parameters, state);
    }

    /// <summary>Reads an NPZ file of weights.</summary>
    /// <param name="kind">The network.</param>
    /// <param name="path">The file: float32, or float64 of values that float32 holds or rounds to finite ones.</param>
    /// <returns>The weights.</returns>
    /// <exception cref="InputException">It is no such file, a tensor is missing, unknown, of another shape or not finite, a running variance is negative, or a
    /// weight that the connection table leaves out is not 0.</exception>
    public static Weights Read(NetworkKind kind, string path)
    {
        var arrays = Npz.Read(path).ToDictionary(each => each.Name, each => each.Array);
        var (parameters, state) = (new float[kind.Parameters], new float[kind.State]);
        var tensors = All(kind);
        if (arrays.Keys.FirstOrDefault(name => tensors.All(each => each.Tensor.Name != name)) is { } unknown)
            throw new InputException($"{path}: expected the tensors {string.Join(", ", tensors.Select(each => each.Tensor.Name))} of {kind.Name}, got '{unknown}'.");
        foreach (var (tensor, isStatistic) in tensors)
        {
            if (!arrays.TryGetValue(tensor.Name, out NpyArray? array))
                throw new InputException($"{path}: expected the tensor {tensor.Name} of {kind.Name}, got none of this name.");
            if (!array.Shape.SequenceEqual(Shape(tensor)) || array.Elements is not (float[] or double[]))
                throw new InputException($"{path}: expected {tensor.Name} of {string.Join('×', tensor.Shape)} in float32, got {array.ShapeText} in {array.TypeName}.");
            float[] values = [.. array.ToDoubles().Select(value => (float)value)];
            if (Array.FindIndex(values, value => !float.IsFinite(value) || value < 0 && tensor.Name.EndsWith(".va", StringComparison.Ordinal)) is >= 0 and var wrong)
                throw new InputException($"{path}: expected finite numbers in {tensor.Name}{(isStatistic ? ", variances of at least 0" : "")}, got {values[wrong]} as element {wrong}.");
            if (tensor.Trained is > 0 && tensor.Trained < tensor.Count)
                ExpectTable(path, tensor, values);
            values.CopyTo(isStatistic ? state : parameters, tensor.At);
        }
        return new(kind, parameters, state);
    }

    // Zeros of what the table leaves out are part of the network: the engine never reads them, an export does.
    private static void ExpectTable(string path, ParameterTensor tensor, float[] values)
    {
        int taps = (int)(tensor.Shape[2] * tensor.Shape[3]);
        for (int i = 0; i < values.Length; i++)
            if (values[i] != 0 && ConnectionTables.LeNet5C3[i / taps] == 0)
                throw new InputException($"{path}: expected 0 where the connection table of {tensor.Name} leaves a pair of maps out, got {values[i]} as element {i}.");
    }

    private static (ParameterTensor Tensor, bool IsStatistic)[] All(NetworkKind kind) =>
        [.. kind.Tensors.Select(tensor => (tensor, false)), .. kind.Statistics.Select(tensor => (tensor, true))];

    private static int[] Shape(ParameterTensor tensor) => [.. tensor.Shape.Select(length => (int)length)];
}
