using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Engines;

/// <summary>The convolutions of the optimised engine on maps in blocks: a call's tensors are brought into blocks, computed there and brought back.</summary>
/// <remarks>The copies are made element by element here, not by the engine. Unused channels of operands hold NaN; those of results must come back as +0.</remarks>
internal static class BlockedCalls
{
    private static readonly string[] Outputs = ["CV-F1", "CV-F9", "CV-F12"], Data = ["CV-B1", "CV-B13", "CV-B28"], Weights = ["CV-B2", "CV-B14", "CV-B29"], Biases = ["CV-B3", "CV-B27", "CV-B30"];

    /// <summary>Equations that can be computed in blocks.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. Outputs, .. Data, .. Weights, .. Biases, "PL-F1", "PL-B1"];

    /// <summary>Those whose weights can be prepared.</summary>
    public static IReadOnlyList<string> Prepared => Outputs;

    /// <summary>Computes one of them; pooling is of blocks alone.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="call">The call.</param>
    /// <param name="first">Whether x comes or goes in blocks.</param>
    /// <param name="second">Whether y or its residual does.</param>
    /// <param name="on">Where to compute.</param>
    /// <param name="isPrepared">Whether the weights of outputs are prepared first.</param>
    public static void Run(string id, EngineCall call, bool first, bool second, Execution on, bool isPrepared = false)
    {
        if (Biases.Contains(id))
        {
            using Operand residual = Operand.Given(call, "dy", second);
            BlockedConvolution.BackwardBias(residual.Span, call.Output("db"), on);
            return;
        }
        if (id[..2] == "PL")
        {
            Pool(call, isForward: id == "PL-F1", on);
            return;
        }
        bool isOutput = Outputs.Contains(id), isData = Data.Contains(id);
        nint[] ofW = [.. (isOutput || isData ? call.Input("w").Lengths : call.Output("dw").Lengths)];
        // Depthwise weights are C×R×S.
        Window window = ofW.Length == 3 ? call.Window with { G = (int)ofW[0] } : call.Window;
        ofW = ofW is [var channels, var R, var S] ? [channels, 1, R, S] : ofW;
        using Operand x = isData ? Operand.Result(call, "dx", first) : Operand.Given(call, "x", first), y = isOutput ? Operand.Result(call, "y", second) : Operand.Given(call, "dy", second);
        if (isOutput && isPrepared)
        {
            using var weights = new PreparedConvolution(Viewed(call, "w", ofW), call.Input("b"), window, second, on);
            weights.Forward(x.Span, Activation.None, y.Span, on);
        }
        else if (isOutput)
            BlockedConvolution.Forward(x.Span, Viewed(call, "w", ofW), call.Input("b"), window, y.Span, on);
        else if (isData)
            BlockedConvolution.BackwardData(y.Span, Viewed(call, "w", ofW), window, x.Span, on);
        else
            BlockedConvolution.BackwardWeights(y.Span, x.Span, window, new TensorSpan<float>(call.OutputValues("dw"), ofW), on);
        x.Finish();
        y.Finish();
    }

    private static void Pool(EngineCall call, bool isForward, Execution on)
    {
        int R = call.Size("r"), S = call.Size("s");
        using Operand x = Operand.Given(call, "x", isBlocked: true), y = isForward ? Operand.Result(call, "y", isBlocked: true) : Operand.Given(call, "y", isBlocked: true);
        if (isForward)
            BlockedMaxPooling.Forward(x.Span, R, S, call.Window, y.Span, on);
        else
        {
            using Operand dy = Operand.Given(call, "dy", isBlocked: true), dx = Operand.Result(call, "dx", isBlocked: true);
            BlockedMaxPooling.BackwardData(dy.Span, x.Span, y.Span, R, S, call.Window, dx.Span, on);
            dx.Finish(keepsUnused: false);
        }
        y.Finish(keepsUnused: false);
    }

    private static unsafe TensorSpan<float> Viewed(EngineCall call, string name, scoped ReadOnlySpan<nint> lengths) => new(call.Address(name), call.InputValues(name).Length, lengths);

    private readonly ref struct Operand : IDisposable
    {
        private readonly GuardedTensor? _blocks;
        private readonly Span<float> _maps;
        private readonly nint[] _lengths;
        private readonly bool _isResult;

        private Operand(EngineCall call, string name, nint[] lengths, bool isBlocked, bool isResult, TensorSpan<float> plain)
        {
            (_lengths, _isResult) = (lengths, isResult);
            Span = plain;
            if (!isBlocked)
                return;
            _maps = isResult ? call.OutputValues(name) : default;
            float[] values = new float[(lengths[1] + 15) / 16 * 16 * lengths[0] * lengths[2] * lengths[3]];
            Array.Fill(values, float.NaN);
            if (!isResult)
                for (nint element = 0; element < call.InputValues(name).Length; element++)
                    values[At(element)] = call.InputValues(name)[(int)element];
            _blocks = new GuardedTensor(values, [lengths[0], (lengths[1] + 15) / 16, lengths[2], lengths[3], 16], call.EdgeOf(name));
            Span = _blocks.Span;
        }

        /// <summary>What the call gives.</summary>
        public static Operand Given(EngineCall call, string name, bool isBlocked) =>
            new(call, name, [.. call.Input(name).Lengths], isBlocked, isResult: false, Viewed(call, name, call.Input(name).Lengths));

        /// <summary>What the call wants.</summary>
        public static Operand Result(EngineCall call, string name, bool isBlocked) => new(call, name, [.. call.Output(name).Lengths], isBlocked, isResult: true, call.Output(name));

        public TensorSpan<float> Span { get; }

        /// <summary>Brings a result back.</summary>
        /// <param name="keepsUnused">Whether unused channels must be +0.</param>
        /// <exception cref="VerificationException">An unused channel is not +0.</exception>
        public void Finish(bool keepsUnused = true)
        {
            if (_blocks is null || !_isResult)
                return;
            var isUsed = new bool[_blocks.Values.Length];
            for (int element = 0; element < _maps.Length; element++)
            {
                isUsed[At(element)] = true;
                _maps[element] = _blocks.Values[At(element)];
            }
            for (int at = 0; keepsUnused && at < isUsed.Length; at++)
                if (!isUsed[at] && BitConverter.SingleToInt32Bits(_blocks.Values[at]) != 0)
                    throw new VerificationException($"unused channels of a block expect +0, got {_blocks.Values[at]:G9} at {at} of {isUsed.Length} floats.");
        }

        public void Dispose() => _blocks?.Dispose();

        // Where an element of N×C×H×W stands in blocks of 16 channels.
        private int At(nint element)
        {
            nint pixels = _lengths[2] * _lengths[3], pixel = element % pixels, c = element / pixels % _lengths[1], n = element / pixels / _lengths[1];
            return (int)(((n * ((_lengths[1] + 15) / 16) + c / 16) * pixels + pixel) * 16 + c % 16);
        }
    }
}
