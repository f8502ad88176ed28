using CnnVerified.Verification;

namespace CnnVerified.Onnx.Operators;

/// <summary>Normalisations. Each equation is over maps (batch, channels, rows, columns) or rows; tensors of other ranks are shaped to it.</summary>
internal static class Normalisations
{
    public static IReadOnlyList<OnnxTensor?> BatchNormalization(OperatorCall call)
    {
        OnnxTensor x = call.Real(0), gamma = call.Real(1), beta = call.Real(2), mean = call.Real(3), variance = call.Real(4);
        call.Ignore("consumed_inputs");
        float momentum = call.Float("momentum", 0.9f);
        OnnxTensor eps = OnnxTensor.Scalar(x.Type, call.Float("epsilon", 1e-5f));
        bool perElement = call.Opset < 9 && call.Int("spatial", 1) == 0;
        bool trains = call.Opset >= 14 ? call.Int("training_mode", 0) != 0 : call.Opset < 7 ? call.Int("is_test", 0) == 0 : call.Outputs > 1;

        // One dimension is a batch of one channel; without "spatial" each element of a map is a channel of its own.
        int batch = x.Dims.Count > 0 ? x.Dims[0] : 1, channels = x.Dims.Count < 2 ? 1 : perElement ? x.Length / Math.Max(1, batch) : x.Dims[1];
        OnnxTensor maps = x.Shaped(batch, channels, x.Length / Math.Max(1, batch * channels), 1);
        OnnxTensor PerChannel(OnnxTensor tensor) => OnnxTensor.Real(x.Type, [channels], [.. tensor.Length == channels ? tensor.Reals
            : throw new InputException($"expected {channels} numbers, one for each channel, got {OnnxTensor.Text(tensor.Dims)}.")]);
        if (!trains)
            return [call.On.One("NM-F2", Sizes.None, ("x", maps), ("gamma", PerChannel(gamma)), ("beta", PerChannel(beta)),
                ("ma", PerChannel(mean)), ("va", PerChannel(variance)), ("eps", eps)).Shaped(x.Dims)];

        OnnxTensor y = call.On.One("NM-F1", Sizes.None, ("x", maps), ("gamma", PerChannel(gamma)), ("beta", PerChannel(beta)), ("eps", eps)).Shaped(x.Dims);
        var (mu, v) = Moments(call.On, Plain.Transposed(maps, [1, 0, 2, 3]).Shaped(channels, x.Length / channels));
        OnnxTensor Running(OnnxTensor old, OnnxTensor now, string type) =>
            Update(call.On, PerChannel(old), now.Shaped(channels), momentum, type).Shaped(old.Dims);
        return [y, Running(mean, mu, "mean"), Running(variance, v, "variance"), mu.Shaped(mean.Dims), v.Shaped(variance.Dims)];
    }

    // The new running value is a share of the old one and the rest of the batch's. NM-U1 takes the unbiased variance of the batch, the
    // operator the plain one: OP-14 is the same sum for what is not negative.
    private static OnnxTensor Update(Computation on, OnnxTensor old, OnnxTensor now, float momentum, string what)
    {
        OnnxTensor rho = OnnxTensor.Scalar(old.Type, 1 - (double)momentum);
        return what == "variance" ? on.One("OP-14", Sizes.None, ("h", old), ("hw", now), ("rho", rho))
            : on.All("NM-U1", Sizes.None.With("m", 2), ("ma", old), ("va", OnnxTensor.Filled(old.Type, old.Dims, 0)), ("mu", now),
                ("v", OnnxTensor.Filled(old.Type, old.Dims, 0)), ("rho", rho))[0];
    }

    public static IReadOnlyList<OnnxTensor?> LayerNormalization(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        OnnxTensor? scale = call.Real(1), shift = call.OptionalReal(2);
        call.Int("stash_type", 1);
        float epsilon = call.Float("epsilon", 1e-5f);
        var (rows, dims) = RowsFrom(x, call.Int("axis", -1));
        int columns = rows.Dims[1];
        OnnxTensor ones = OnnxTensor.Filled(x.Type, [columns], 1), zeros = OnnxTensor.Filled(x.Type, [columns], 0), eps = OnnxTensor.Scalar(x.Type, epsilon);
        OnnxTensor? gamma = PerColumn(scale, x, columns), beta = shift is null ? zeros : PerColumn(shift, x, columns);
        OnnxTensor y = (gamma is not null && beta is not null ? call.On.One("NM-F3", Sizes.None, ("x", rows), ("gamma", gamma), ("beta", beta), ("eps", eps))
            : call.On.One("NM-F3", Sizes.None, ("x", rows), ("gamma", ones), ("beta", zeros), ("eps", eps))).Shaped(x.Dims);
        if (gamma is null || beta is null)
        {
            y = Plain.Combined(y, Plain.Broadcast(scale, x.Dims), (value, factor) => value * factor);
            y = shift is null ? y : Plain.Combined(y, Plain.Broadcast(shift, x.Dims), (value, term) => value + term);
        }
        if (call.Outputs == 1)
            return [y];
        var (mu, v) = Moments(call.On, rows);
        return [y, mu.Shaped(dims), Plain.Mapped(v, variance => 1 / Math.Sqrt(variance + epsilon)).Shaped(dims)];
    }

    public static IReadOnlyList<OnnxTensor?> RmsNormalization(OperatorCall call)
    {
        OnnxTensor x = call.Real(0), scale = call.Real(1);
        call.Int("stash_type", 1);
        OnnxTensor eps = OnnxTensor.Scalar(x.Type, call.Float("epsilon", 1e-5f));
        OnnxTensor rows = RowsFrom(x, call.Int("axis", -1)).Rows;
        OnnxTensor? gamma = PerColumn(scale, x, rows.Dims[1]);
        OnnxTensor y = call.On.One("NM-F8", Sizes.None, ("x", rows), ("gamma", gamma ?? OnnxTensor.Filled(x.Type, [rows.Dims[1]], 1)),
            ("eps", eps)).Shaped(x.Dims);
        return [gamma is not null ? y : Plain.Combined(y, Plain.Broadcast(scale, x.Dims), (value, factor) => value * factor)];
    }

    public static IReadOnlyList<OnnxTensor?> InstanceNormalization(OperatorCall call)
    {
        call.Ignore("consumed_inputs");
        OnnxTensor x = call.Real(0);
        return [call.On.One("NM-F6", Sizes.None, ("x", Maps(x)), ("gamma", call.Real(1)), ("beta", call.Real(2)),
            ("eps", OnnxTensor.Scalar(x.Type, call.Float("epsilon", 1e-5f)))).Shaped(x.Dims)];
    }

    public static IReadOnlyList<OnnxTensor?> GroupNormalization(OperatorCall call)
    {
        OnnxTensor x = call.Real(0), gamma = call.Real(1), beta = call.Real(2), maps = Maps(x);
        int groups = call.Int("num_groups", 0), channels = maps.Dims[1];
        if (groups < 1 || channels % groups != 0)
            throw new InputException($"attribute num_groups: expected a divisor of {channels} channels, got {groups}.");
        if (call.Opset >= 21)
            call.Int("stash_type", 1);
        // The first version has one scale for each group.
        OnnxTensor PerChannel(OnnxTensor tensor) => call.Opset >= 21 || tensor.Length == channels || tensor.Length != groups ? tensor
            : tensor.Picked([channels], [.. Enumerable.Range(0, channels).Select(channel => channel / (channels / groups))]);
        return [call.On.One("NM-F7", Sizes.None.With("g", groups), ("x", maps), ("gamma", PerChannel(gamma)), ("beta", PerChannel(beta)),
            ("eps", OnnxTensor.Scalar(x.Type, call.Float("epsilon", 1e-5f)))).Shaped(x.Dims)];
    }

    public static IReadOnlyList<OnnxTensor?> LocalResponse(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        int size = call.Int("size", 0);
        if (size < 1)
            throw new InputException($"attribute size: expected at least 1, got {size}.");
        return [call.On.One("NM-F4", Sizes.None.With("z", size), ("x", Maps(x)), ("kk", OnnxTensor.Scalar(x.Type, call.Float("bias", 1))),
            ("alpha", OnnxTensor.Scalar(x.Type, call.Float("alpha", 0.0001f))), ("beta", OnnxTensor.Scalar(x.Type, call.Float("beta", 0.75f)))).Shaped(x.Dims)];
    }

    public static IReadOnlyList<OnnxTensor?> MeanVariance(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        int rank = x.Dims.Count;
        int[] axes = [.. (call.OptionalInts("axes") ?? [0, 2, 3]).Select(axis => OperatorCall.Axis(axis, rank)).Distinct()];
        int[] order = [.. Enumerable.Range(0, rank).Except(axes), .. axes];
        OnnxTensor moved = Plain.Transposed(x, order);
        int columns = axes.Aggregate(1, (product, axis) => product * x.Dims[axis]);
        OnnxTensor rows = moved.Shaped(x.Length / Math.Max(1, columns), columns);
        // The operator's function adds 1e-9 to the deviation; the equation adds the square of that to the variance.
        OnnxTensor y = call.On.One("NM-F3", Sizes.None, ("x", rows), ("gamma", OnnxTensor.Filled(x.Type, [columns], 1)),
            ("beta", OnnxTensor.Filled(x.Type, [columns], 0)), ("eps", OnnxTensor.Scalar(x.Type, 1e-18))).Shaped(moved.Dims);
        return [Plain.Transposed(y, [.. Enumerable.Range(0, rank).Select(axis => Array.IndexOf(order, axis))])];
    }

    public static IReadOnlyList<OnnxTensor?> LpNormalization(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        int axis = OperatorCall.Axis(call.Int("axis", -1), x.Dims.Count);
        OnnxTensor last = Plain.AxisLast(x, axis), rows = last.Shaped(x.Length / Math.Max(1, x.Dims[axis]), 1, x.Dims[axis]);
        OnnxTensor norms = call.On.One("PL-F26", Sizes.None.With("s", x.Dims[axis]), ("x", rows), ("m", OnnxTensor.Scalar(x.Type, call.Int("p", 2))));
        return [Plain.AxisBack(Plain.Combined(rows, norms, (value, norm) => norm == 0 ? 0 : value / norm).Shaped(last.Dims), axis)];
    }

    // Mean and mean square of the distance from it, of each row: two global average poolings.
    private static (OnnxTensor Mean, OnnxTensor Variance) Moments(Computation on, OnnxTensor rows)
    {
        OnnxTensor MeanOf(OnnxTensor tensor) => on.One("PL-F28", Sizes.None, ("x", tensor.Shaped(rows.Dims[0], 1, rows.Dims[1])));
        OnnxTensor mean = MeanOf(rows);
        return (mean, MeanOf(Plain.Combined(rows, mean, (value, middle) => (value - middle) * (value - middle))));
    }

    private static OnnxTensor Maps(OnnxTensor x) => x.Dims.Count < 2 ? throw new InputException($"expected batch and channels, got {OnnxTensor.Text(x.Dims)}.")
        : x.Shaped(x.Dims[0], x.Dims[1], x.Length / Math.Max(1, x.Dims[0] * x.Dims[1]), 1);

    // The axes from the given one on as a row; and the lengths of what is left of each row.
    private static (OnnxTensor Rows, int[] Dims) RowsFrom(OnnxTensor x, int axis)
    {
        int from = OperatorCall.Axis(axis, x.Dims.Count), rows = OnnxTensor.Count(x.Dims.Take(from));
        return (x.Shaped(rows, x.Length / Math.Max(1, rows)), [.. x.Dims.Take(from), .. Enumerable.Repeat(1, x.Dims.Count - from)]);
    }

    // A scale as one number for each column, or null where it differs between rows.
    private static OnnxTensor? PerColumn(OnnxTensor scale, OnnxTensor x, int columns)
    {
        double[] all = Plain.Broadcast(scale, x.Dims).Reals;
        for (int i = columns; i < all.Length; i++)
            if (!all[i].Equals(all[i - columns]))
                return null;
        return OnnxTensor.Real(x.Type, [columns], all[..columns]);
    }
}
