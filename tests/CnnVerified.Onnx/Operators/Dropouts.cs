using CnnVerified.Verification;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx.Operators;

/// <summary>Dropout. What it drops in training is left to chance: there the mask is that of the case, and what the mask leaves is judged.</summary>
internal static class Dropouts
{
    public static IReadOnlyList<OnnxTensor?> Dropout(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        call.Ignore("seed", "consumed_inputs");
        double ratio = call.Opset < 12 ? call.Float("ratio", 0.5f) : call.OptionalReal(1) is { } given ? given.Reals.FirstOrDefault() : 0.5;
        bool trains = call.Opset < 7 ? call.Int("is_test", 0) == 0 : call.Opset >= 12 && call.Optional(2) is { } mode && mode.Wholes.FirstOrDefault() != 0;
        bool[] keeps = !trains || ratio == 0 ? [.. Enumerable.Repeat(true, x.Length)] : Drawn(call, x);
        double keep = trains ? 1 - ratio : 1;
        // The equation keeps what is drawn below the share that is kept.
        OnnxTensor drawn = OnnxTensor.Real(x.Type, [1, x.Length], [.. keeps.Select(kept => kept ? 0 : 1 - 1.0 / 1024)]);
        if (keep > 1 - 1.0 / 1024 && keeps.Contains(false))
            throw new UnsupportedException($"Dropout with ratio {ratio}");
        OnnxTensor y = call.On.One("NM-F5", Sizes.None, ("x", x.Shaped(1, x.Length)), ("u", drawn), ("keep", OnnxTensor.Scalar(x.Type, keep))).Shaped(x.Dims);
        if (call.Output(1).Length == 0)
            return [y];
        return [y, call.Opset < 10 ? OnnxTensor.Real(x.Type, x.Dims, [.. keeps.Select(kept => kept ? 1.0 : 0)])
            : OnnxTensor.Whole(DataType.Bool, x.Dims, [.. keeps.Select(kept => kept ? 1L : 0)])];
    }

    private static bool[] Drawn(OperatorCall call, OnnxTensor x)
    {
        if (call.Drawn.GetValueOrDefault(call.Output(1)) is { } mask && mask.Length == x.Length)
            return mask.IsReal ? Array.ConvertAll(mask.Reals, kept => kept != 0) : Array.ConvertAll(mask.Wholes, kept => kept != 0);
        if (call.Drawn.GetValueOrDefault(call.Output(0)) is { IsReal: true } y && y.Length == x.Length)
            return Array.ConvertAll(y.Reals, value => value != 0);
        throw new UnsupportedException("Dropout in training, which is left to chance, and whose mask the case does not give");
    }
}
