using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The judge judged: wrong engines must be caught, and the case that shows it must be small.</summary>
public sealed class PlantedFaultTests : IDisposable
{
    private readonly EngineList _list = new();
    private readonly Execution _on = new(VectorWidth.Scalar, 1);

    public void Dispose()
    {
        _list.Dispose();
        _on.Dispose();
    }

    [Fact]
    public void Stride_and_dilation_swapped_in_the_forward_pass_shrinks_to_a_line()
    {
        var failure = Caught("CV-F1", "exact", call =>
        {
            var (sh, sw, ph, pw, eh, ew, G) = call.Window;
            Convolution.Forward(call.Input("x"), call.Input("w"), call.Input("b"),
                new Window { Sh = eh, Sw = ew, Ph = ph, Pw = pw, Eh = sh, Ew = sw, G = G }, call.Output("y"), _on);
        });
        Case shrunk = Case.Parse(EquationTable.Find("CV-F1").Family, failure.Case);
        Assert.True(shrunk["n"] * shrunk["c"] * shrunk["k"] * shrunk["g"] == 1, failure.Case);
        Assert.InRange(failure.Case.Length, 1, 40);
    }

    [Fact]
    public void A_kernel_rotated_by_180_degrees_shrinks_to_a_kernel_of_two_taps()
    {
        var failure = Caught("CV-F1", "exact", call =>
        {
            float[] w = [.. Copy(call.Input("w"))];
            int taps = call.Case["r"] * call.Case["s"];
            for (int kernel = 0; kernel < w.Length; kernel += taps)
                Array.Reverse(w, kernel, taps);
            Convolution.Forward(call.Input("x"), Tensor.Create(w, call.Input("w").Lengths), call.Input("b"), call.Window, call.Output("y"), _on);
        });
        Case shrunk = Case.Parse(EquationTable.Find("CV-F1").Family, failure.Case);
        Assert.InRange(shrunk["r"] * shrunk["s"], 2, 4);
        Assert.Equal(1, shrunk["n"] * shrunk["c"] * shrunk["k"]);
    }

    [Fact]
    public void A_vector_tail_that_is_not_written_shrinks_to_one_element()
    {
        var failure = Caught("AC-F2", "bound", call =>
        {
            float[] y = new float[call.Case["n"]];
            Tanh.Forward(call.Input("x"), y, _on);
            int whole = y.Length / 8 * 8;
            y.AsSpan(0, whole).CopyTo(call.OutputValues("y"));
        });
        Assert.Equal("n1", failure.Case);
        Assert.Contains("NaN", failure.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_residual_that_replaces_where_it_should_add_is_caught_by_overlapping_windows()
    {
        foreach (string oracle in new[] { "exact", "dual", "numeric" })
        {
            var failure = Caught("PL-B1", oracle, call =>
            {
                Case c = call.Case;
                var a = Reference.Equations.MaxPooling.Switch(Copy(call.Input("x")), Copy(call.Input("y")), c["r"], c["s"], call.Window);
                call.OutputValues("dx").Clear();
                int output = 0;
                foreach (float residual in Copy(call.Input("dy")))
                {
                    int tap = a.ElementAt(output), map = output / (c.Output.P * c.Output.Q), i = output / c.Output.Q % c.Output.P, j = output % c.Output.Q;
                    int u = i * c["sh"] + tap / c["s"] - c["ph"], v = j * c["sw"] + tap % c["s"] - c["pw"];
                    call.OutputValues("dx")[(map * c["h"] + u) * c["w"] + v] = residual;   // the fault: = for +=
                    output++;
                }
            });
            Case shrunk = Case.Parse(EquationTable.Find("PL-B1").Family, failure.Case);
            Assert.InRange(shrunk["h"] * shrunk["w"], 1, 9);
        }
    }

    [Fact]
    public void A_divisor_that_counts_padding_is_told_from_one_that_does_not() =>
        Caught("PL-F4", "exact", call =>
            MeanPooling.Forward(call.Input("x"), call.Case["r"], call.Case["s"], call.Window, call.Output("y"), _on));

    [Fact]
    public void The_diagonal_of_the_softmax_jacobian_is_not_enough()
    {
        foreach (string oracle in new[] { "exact", "dual", "numeric", "bound" })
            Caught("SM-B1", oracle, call =>
            {
                for (int n = 0; n < call.Case["n"]; n++)
                    for (int k = 0; k < call.Case["k"]; k++)
                        call.Output("dz")[n, k] = call.Input("dp")[n, k] * call.Input("p")[n, k] * (1 - call.Input("p")[n, k]);
            });
    }

    [Fact]
    public void A_batch_mean_that_is_missing_is_caught() =>
        Assert.Equal("n2k2", Caught("LS-B1", "numeric", call =>
        {
            LogSoftmaxResidual(call, call.Case["n"]);
        }).Case);

    /// <summary>Every oracle is shown, on every equation that it judges, an engine that is right but for one element.</summary>
    [Theory]
    [MemberData(nameof(BatteryTests.All), MemberType = typeof(BatteryTests))]
    public void One_wrong_element_is_seen(string id, string oracle)
    {
        Equation equation = EquationTable.Find(id);
        // The reference promises no order, since it rounds products, and knows no minimal filtering. There a last bit is wrong.
        bool isOrder = oracle == "order", isBits = isOrder || oracle == "winograd";
        if (isOrder && !EngineList.SumsInOrder.Contains(id))
            return;
        Engine right = isBits ? _list.Optimized(VectorWidth.Scalar, 1) : EngineList.Reference();
        Engine wrong = Off(right, [.. right.Filtered.Select(filtered => (filtered.Outputs, Off(filtered.Engine, [])))]);
        Oracle judge = Oracle.All.First(each => each.Name == oracle);
        Assert.Contains(equation.Family.Arbitrary(judge.Reach, drawn => equation.Work(drawn) <= judge.DrawnWork).Generator.Sample(50, new Rnd(1), 20),
            drawn => Battery.Judge(equation, judge, [wrong], new(1, 1), judge.Near(drawn), default)[0].Failure is not null);

        Engine Off(Engine of, IReadOnlyList<(int, Engine)> filtered)
        {
            var off = new Engine("wrong") { SameBits = [of], SumsInOrder = of.SumsInOrder, Filtered = filtered };
            foreach (Equation each in EquationTable.All)
                off.Offer(each.Id, call => Compute(each, call, of));
            off.Offer(id, call =>
            {
                Compute(equation, call, of);
                Span<float> output = call.OutputValues(equation.Outputs[^1].Name);
                // The first element: oracles that sample look at it. Not a factor alone: that would be linear.
                output[0] = isBits ? MathF.BitIncrement(output[0]) : output[0] * 1.0625f + 1;
            });
            return off;
        }
    }

    [Fact]
    public void An_engine_that_throws_has_failed_and_the_message_says_so() =>
        Assert.Contains("NotSupportedException: no", Caught("FC-F1", "exact", _ => throw new NotSupportedException("no")).What, StringComparison.Ordinal);

    [Fact]
    public void The_command_of_a_failure_repeats_it()
    {
        Engine wrong = Wrong("FC-B2", call => call.OutputValues("dw").Fill(3));
        var failure = Battery.Judge(EquationTable.Find("FC-B2"), new ExactOracle(), [wrong], new(20, 11), null, default)[0].Failure!;
        Assert.Equal($"dotnet run -c Release --project tests/CnnVerified.Cli -- verify FC-B2 --engine wrong --case {failure.Case} --seed 11", failure.Repeat);
        Case again = Case.Parse(EquationTable.Find("FC-B2").Family, failure.Case);
        Assert.Equal(failure.What, Battery.Judge(EquationTable.Find("FC-B2"), new ExactOracle(), [wrong], new(1, 11), again, default)[0].Failure!.What);
    }

    private void LogSoftmaxResidual(EngineCall call, int factor)
    {
        CrossEntropy.BackwardData(call.Input("y"), call.Input("h"), call.Output("dz"), _on);
        foreach (ref float each in call.OutputValues("dz"))
            each *= factor;
    }

    private static Tensor<float> Copy(in ReadOnlyTensorSpan<float> values)
    {
        float[] copy = new float[values.FlattenedLength];
        values.FlattenTo(copy);
        return Tensor.Create(copy, values.Lengths);
    }

    private Failure Caught(string id, string oracle, Action<EngineCall> wrong)
    {
        var judgement = Battery.Judge(EquationTable.Find(id), Oracle.All.First(each => each.Name == oracle), [Wrong(id, wrong)],
            new(100, 5), null, default)[0];
        Assert.NotNull(judgement.Failure);
        return judgement.Failure;
    }

    // The right scalar engine, but for one equation.
    private Engine Wrong(string id, Action<EngineCall> wrong)
    {
        Engine right = _list.Optimized(VectorWidth.Scalar, 1);
        var engine = new Engine("wrong");
        foreach (Equation equation in EquationTable.All.Where(right.Offers))
            engine.Offer(equation.Id, call => Compute(equation, call, right));
        return engine.Offer(id, wrong);
    }

    private static void Compute(Equation equation, EngineCall call, Engine engine) => engine.Compute(equation, call);
}
