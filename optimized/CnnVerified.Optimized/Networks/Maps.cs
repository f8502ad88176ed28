using System.Numerics.Tensors;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Networks;

/// <summary>What one layer hands to the next, for each image C×H×W, and the residual that comes back: the derivative of the loss, or in a
/// pass of second derivatives those.</summary>
internal sealed class Maps
{
    private readonly Arena _arena;
    private readonly Place _value, _residual;

    /// <summary>Plans the memory.</summary>
    /// <exception cref="ArgumentException">Blocks would have unused channels.</exception>
    public Maps(Arena arena, int maxBatch, int c, int h, int w, bool residual = true, bool areBlocked = false)
    {
        if (areBlocked && c % BlockedConvolution.Channels != 0)
            throw new ArgumentException($"maps in blocks expect channels in whole blocks of {BlockedConvolution.Channels}, got {c}.", nameof(c));
        (_arena, C, H, W, HasResidual, AreBlocked) = (arena, c, h, w, residual, areBlocked);
        _value = arena.Plan((long)maxBatch * Size);
        _residual = residual ? arena.Plan((long)maxBatch * Size) : default;
    }

    public int C { get; }

    public int H { get; }

    public int W { get; }

    /// <summary>Elements of an image.</summary>
    public int Size => C * H * W;

    /// <summary>False where nothing wants the derivative: the network's input.</summary>
    public bool HasResidual { get; }

    /// <summary>Whether they stay in blocks of channels, N×(C/16)×H×W×16, between layers that know it.</summary>
    public bool AreBlocked { get; }

    /// <summary>N×C×H×W.</summary>
    public TensorSpan<float> Value(int N) => new(_arena[_value, N * Size], [N, C, H, W]);

    /// <summary>The same memory as N×(C·H·W): the rasterisation FL-F1.</summary>
    public TensorSpan<float> Rows(int N) => new(_arena[_value, N * Size], [N, Size]);

    /// <summary>The same memory as one vector.</summary>
    public TensorSpan<float> Line(int N) => new(_arena[_value, N * Size], [N * Size]);

    /// <summary>The same memory.</summary>
    public Span<float> Span(int N) => _arena[_value, N * Size];

    /// <summary>N×C×H×W.</summary>
    public TensorSpan<float> Residual(int N) => new(_arena[_residual, N * Size], [N, C, H, W]);

    /// <summary>The same memory as N×(C·H·W).</summary>
    public TensorSpan<float> ResidualRows(int N) => new(_arena[_residual, N * Size], [N, Size]);

    /// <summary>The same memory.</summary>
    public Span<float> ResidualSpan(int N) => _arena[_residual, N * Size];

    /// <summary>The same memory as one vector.</summary>
    public TensorSpan<float> ResidualLine(int N) => new(_arena[_residual, N * Size], [N * Size]);

    /// <summary>A copy of the values, or of the residual, N×C×H×W.</summary>
    public float[] Copy(int N, bool ofResidual)
    {
        float[] values = (ofResidual ? ResidualSpan(N) : Span(N)).ToArray(), maps = new float[values.Length];
        if (!AreBlocked)
            return values;
        int pixels = H * W, block = BlockedConvolution.Channels;
        for (int at = 0; at < values.Length; at++)
            maps[(at / (pixels * block) * block + at % block) * pixels + at / block % pixels] = values[at];
        return maps;
    }
}
