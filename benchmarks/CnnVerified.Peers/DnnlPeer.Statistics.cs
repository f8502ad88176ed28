using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using static CnnVerified.Peers.Dnnl;

namespace CnnVerified.Peers;

/// <content>Pooling, softmax and normalisation.</content>
internal sealed unsafe partial class DnnlPeer
{
    private void Poolings()
    {
        Pooling("PL-F1", "PL-B1", MaxPooling, 2);
        Pooling("PL-F13", "PL-B13", MaxPooling, 2);
        Pooling("PL-F15", "PL-B15", MaxPooling, 2);
        Pooling("PL-F20", "PL-B20", MaxPooling, 1);
        Pooling("PL-F21", "PL-B21", MaxPooling, 3);
        Pooling("PL-F3", "PL-B2", MeanPooling, 2);
        Pooling("PL-F14", "PL-B14", MeanPooling, 2);
        Pooling("PL-F22", "PL-B22", MeanPooling, 1);
        Pooling("PL-F23", "PL-B23", MeanPooling, 3);
        Pooling("PL-F4", "PL-B3", ClippedMeanPooling, 2);
        Pooling("PL-F16", "PL-B16", ClippedMeanPooling, 2);
        Pooling("PL-F24", "PL-B24", ClippedMeanPooling, 1);
        Pooling("PL-F25", "PL-B25", ClippedMeanPooling, 3);
    }

    private void Pooling(string forward, string backward, int algorithm, int dimensions)
    {
        // The library takes padding below the size of the window alone.
        bool Takes(Case c) => Axes[^dimensions..].Zip(Taps[^dimensions..]).All(axis => !c.Family.Letters.Contains("p" + axis.First) || c["p" + axis.First] < c[axis.Second]);
        Offer(forward, call => Run(call, isBackward: false), Takes);
        Offer(backward, call => Run(call, isBackward: true), Takes);

        void Run(EngineCall call, bool isBackward)
        {
            Case c = call.Case;
            nint[] x = Shape(forward, call, "x"), y = Shape(forward, call, "y");
            long[] s = Along(c, "s", dimensions), e = Along(c, "e", dimensions), p = Along(c, "p", dimensions), taps = [.. Taps[^dimensions..].Select(tap => (long)c[tap])];
            long* strides = Numbers(s), window = Numbers(taps), dilations = Numbers(e.Select(each => each - 1)), before = Numbers(p);
            // As far behind as the last window reaches, which may be less than nothing.
            long* behind = Numbers(Enumerable.Range(0, dimensions).Select(d => (y[2 + d] - 1) * s[d] + (taps[d] - 1) * e[d] + 1 - x[2 + d] - p[d]));
            using Layout xs = new(x), ys = new(y);
            using var ahead = new Operation(o => dnnl_pooling_v2_forward_desc_init(o, Training, algorithm, xs.Pointer, ys.Pointer, strides, window, dilations, before, behind));
            nint kept = algorithm == MaxPooling ? Memory(ahead.WorkspaceLayout, -1) : 0;
            try
            {
                if (!isBackward || kept != 0)
                    ahead.Run([new(Source, In(call, "x"), x, 0, false), new(Result, isBackward ? Zeros(y) : Out(call, "y"), y, 0, true)], kept);
                if (!isBackward)
                    return;
                using var back = new Operation(o => dnnl_pooling_v2_backward_desc_init(o, algorithm, xs.Pointer, ys.Pointer, strides, window, dilations, before, behind), ahead);
                back.Run([new(ResultGradient, In(call, "dy"), y, 0, false), new(SourceGradient, Out(call, "dx"), x, 0, true)], kept);
            }
            finally
            {
                if (kept != 0)
                    Free(kept);
            }
        }
    }

    private void Normalisations()
    {
        Softmaxes("SM-F1", "p", "SM-B1", Softmax);
        Softmaxes("SM-F2", "y", "SM-B2", LogSoftmax);

        Offer("NM-F1", call => Forward(call, call.Input("x").Lengths.ToArray(), given: false));
        Offer("NM-F2", call => Forward(call, call.Input("x").Lengths.ToArray(), given: true));
        Offer("NM-F6", call =>
        {
            nint[] x = call.Input("x").Lengths.ToArray();   // each map of each image is a channel of one image
            Forward(call, [1, x[0] * x[1], x[2], x[3]], given: false);
        });
        Offer("NM-F3", call => Rows(call));
        // dx, dgamma and dbeta in one pass, whichever the equation wants. src, mean and variance are x, mu and v, or x̂, 0 and 1.
        Offer("NM-B1", call => Batch(call, "dbeta", isGiven: false));
        Offer("NM-B2", call => Batch(call, "dgamma", isGiven: false));
        Offer("NM-B3", call => Batch(call, "dx", isGiven: false));
        Offer("NM-B4", call => Batch(call, "dx", isGiven: false, call.InputValues("x"), call.InputValues("mu"), call.InputValues("v")));
        Offer("NM-B5", call => Batch(call, "dx", isGiven: true, [], [], call.InputValues("va")));
        Offer("NM-B9", call => Batch(call, "dgamma", isGiven: true, call.InputValues("x"), call.InputValues("ma"), call.InputValues("va")));
        Offer("NM-B10", call => Batch(call, "dbeta", isGiven: true));
        Offer("NM-B6", call => RowsBackward(call, "dx"));
        Offer("NM-B11", call => RowsBackward(call, "dgamma"));
        Offer("NM-B12", call => RowsBackward(call, "dbeta"));
        Offer("NM-F4", call =>
        {
            nint[] x = call.Input("x").Lengths.ToArray();
            using var xs = new Layout(x);
            using var operation = new Operation(o => dnnl_lrn_forward_desc_init(o, Inference, AcrossChannels, xs.Pointer, call.Size("Z"), call.Scalar("alpha"), call.Scalar("beta"), call.Scalar("kk")));
            operation.Run([new(Source, In(call, "x"), x, 0, false), new(Result, Out(call, "y"), x, 0, true)]);
        }, c => c["z"] % 2 == 1);   // a window to both sides alike
    }

    private void Softmaxes(string forward, string result, string backward, int algorithm)
    {
        Offer(forward, call =>
        {
            nint[] z = call.Input("z").Lengths.ToArray();
            using var zs = new Layout(z);
            using var operation = new Operation(o => dnnl_softmax_v2_forward_desc_init(o, Training, algorithm, zs.Pointer, zs.Pointer, 1));
            operation.Run([new(Source, In(call, "z"), z, 0, false), new(Result, Out(call, result), z, 0, true)]);
        });
        Offer(backward, call =>
        {
            nint[] z = call.Input(result).Lengths.ToArray();
            using var zs = new Layout(z);
            using var hint = new Operation(o => dnnl_softmax_v2_forward_desc_init(o, Training, algorithm, zs.Pointer, zs.Pointer, 1));
            using var operation = new Operation(o => dnnl_softmax_v2_backward_desc_init(o, algorithm, zs.Pointer, zs.Pointer, zs.Pointer, 1), hint);
            operation.Run([new(Result, In(call, result), z, 0, false), new(ResultGradient, In(call, "d" + result), z, 0, false), new(SourceGradient, Out(call, "dz"), z, 0, true)]);
        });
    }

    private void Forward(EngineCall call, nint[] x, bool given)
    {
        nint channels = call.Input("gamma").Lengths[0];
        nint[] each = [x[1]];
        using var xs = new Layout(x);
        using var operation = new Operation(o => dnnl_batch_normalization_forward_desc_init(o, given ? Inference : Training, xs.Pointer, call.Scalar("eps"), WithScale | WithShift | (given ? GivenStatistics : 0)));
        float[] gamma = call.Copy("gamma"), beta = call.Copy("beta");
        operation.Run([new(Source, In(call, "x"), x, 0, false), new(Result, Out(call, "y"), x, 0, true),
            new(Scale, Filled(each, c => gamma[c % channels]), each, 0, false), new(Shift, Filled(each, c => beta[c % channels]), each, 0, false),
            new(Mean, given ? In(call, "ma") : Zeros(each), each, 0, !given), new(Variance, given ? In(call, "va") : Zeros(each), each, 0, !given)]);
    }

    private void Batch(EngineCall call, string wanted, bool isGiven, ReadOnlySpan<float> source = default, ReadOnlySpan<float> mean = default, ReadOnlySpan<float> variance = default)
    {
        nint[] x = call.Input("dy").Lengths.ToArray(), each = [x[1]];
        bool isNormalised = source.IsEmpty && variance.IsEmpty && wanted != "dbeta";
        float eps = variance.IsEmpty ? 0 : call.Scalar("eps");
        float[] scale = new float[x[1]];
        Array.Fill(scale, 1);
        if (wanted == "dx")
        {
            scale = call.Copy("gamma");
            if (isNormalised)
                for (int c = 0; c < scale.Length; c++)
                    scale[c] /= MathF.Sqrt(call.InputValues("v")[c] + call.Scalar("eps"));
        }
        using var xs = new Layout(x);
        uint flags = WithScaleShift | (isGiven ? GivenStatistics : 0);
        nint[] both = [2, x[1]];   // scale and shift in one tensor
        nint gradients = Zeros(both);
        using var hint = new Operation(o => dnnl_batch_normalization_forward_desc_init(o, Training, xs.Pointer, eps, flags));
        using var operation = new Operation(o => dnnl_batch_normalization_backward_desc_init(o, Backward, xs.Pointer, xs.Pointer, eps, flags), hint);
        operation.Run([new(Source, !source.IsEmpty ? Address(source) : isNormalised ? In(call, "xhat") : Zeros(x), x, 0, false), new(ResultGradient, In(call, "dy"), x, 0, false),
            new(Mean, mean.IsEmpty ? Zeros(each) : Address(mean), each, 0, false), new(Variance, variance.IsEmpty ? Filled(each, _ => 1) : Address(variance), each, 0, false),
            new(Weights, Filled(both, c => c < scale.Length ? scale[c] : 0), both, 0, false), new(SourceGradient, wanted == "dx" ? Out(call, "dx") : Zeros(x), x, 0, true),
            new(WeightsGradient, gradients, both, 0, true)]);
        Take(call, wanted, gradients);
    }

    private static void Take(EngineCall call, string wanted, nint gradients)
    {
        if (wanted == "dx")
            return;
        Span<float> output = call.OutputValues(wanted);
        new Span<float>((float*)gradients + (wanted == "dgamma" ? 0 : output.Length), output.Length).CopyTo(output);
    }

    private void Rows(EngineCall call)
    {
        nint[] x = call.Input("x").Lengths.ToArray(), rows = [x[0]], columns = [x[1]];
        using Layout xs = new(x), statistics = new(rows);
        using var operation = new Operation(o => dnnl_layer_normalization_forward_desc_init(o, Training, xs.Pointer, statistics.Pointer, call.Scalar("eps"), WithScale | WithShift));
        operation.Run([new(Source, In(call, "x"), x, 0, false), new(Result, Out(call, "y"), x, 0, true), new(Mean, Zeros(rows), rows, 0, true), new(Variance, Zeros(rows), rows, 0, true),
            new(Scale, In(call, "gamma"), columns, 0, false), new(Shift, In(call, "beta"), columns, 0, false)]);
    }

    private void RowsBackward(EngineCall call, string wanted)
    {
        nint[] x = call.Input("dy").Lengths.ToArray(), rows = [x[0]];
        float[] gamma = wanted == "dx" ? call.Copy("gamma") : [];
        using Layout xs = new(x), statistics = new(rows);
        using var hint = new Operation(o => dnnl_layer_normalization_forward_desc_init(o, Training, xs.Pointer, statistics.Pointer, 0, WithScaleShift));
        nint[] both = [2, x[1]];
        nint gradients = Zeros(both);
        using var operation = new Operation(o => dnnl_layer_normalization_backward_desc_init(o, Backward, xs.Pointer, xs.Pointer, statistics.Pointer, 0, WithScaleShift), hint);
        operation.Run([new(Source, wanted == "dbeta" ? Zeros(x) : In(call, "xhat"), x, 0, false), new(ResultGradient, In(call, "dy"), x, 0, false),
            new(Mean, Zeros(rows), rows, 0, false), new(Variance, Filled(rows, _ => 1), rows, 0, false),
            new(Weights, Filled(both, d => wanted == "dx" && d < x[1] ? gamma[d] : 1), both, 0, false), new(SourceGradient, wanted == "dx" ? Out(call, "dx") : Zeros(x), x, 0, true),
            new(WeightsGradient, gradients, both, 0, true)]);
        Take(call, wanted, gradients);
        if (wanted == "dx")
            for (int n = 0; n < x[0]; n++)
                foreach (ref float each in call.OutputValues("dx").Slice(n * (int)x[1], (int)x[1]))
                    each /= MathF.Sqrt(call.InputValues("v")[n] + call.Scalar("eps"));
    }
}
