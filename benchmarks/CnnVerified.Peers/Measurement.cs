using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using FsCheck;
using FsCheck.Fluent;
using Tensor = System.Numerics.Tensors.Tensor;

namespace CnnVerified.Peers;

/// <summary>What is measured of a peer: the battery, its bits, the order of its sums.</summary>
internal static class Measurement
{
    private const int BitCases = 6, Runs = 5;
    private const double MostBitWork = 1_000_000;

    // Equation, case, the input that holds the terms, the distance of two terms in it, and what the result is to be multiplied with.
    private static readonly (string Id, string Case, string Terms, int Step, int Scale)[] Sums =
    [
        ("FC-F1", "n1d64k1", "x", 1, 1), ("FC-F1", "n1d64k16", "x", 1, 1), ("FC-F1", "n16d64k16", "x", 1, 1),
        ("FC-B1", "n16d16k64", "dy", 1, 1), ("FC-B2", "n64d1k1", "x", 1, 1), ("FC-B2", "n64d16k16", "x", 16, 1), ("FC-B3", "n64k1", "dy", 1, 1), ("FC-B3", "n64k16", "dy", 16, 1),
        ("CV-F1", "n1c64h1w1-k1r1s1", "x", 1, 1), ("CV-F1", "n1c4h4w4-k1r4s4", "x", 1, 1), ("CV-F1", "n1c64h8w8-k16r1s1", "x", 64, 1),
        ("CV-B1", "n1c16h1w1-k64r1s1", "dy", 1, 1), ("CV-B2", "n1c1h8w8-k1r1s1", "x", 1, 1), ("CV-B2", "n1c16h8w8-k16r1s1", "x", 1, 1), ("CV-B3", "n1c1h8w8-k1r1s1", "dy", 1, 1),
        ("PL-F3", "n1c1h8w8-r8s8", "x", 1, 64), ("PL-F8", "n1c1h8w8", "x", 1, 64), ("NM-B1", "n1c1h8w8", "dy", 1, 1),
    ];

    private const int Terms = 64;

    public static EquationFinding Equation(IPeer peer, Equation equation, int cases, ulong seed, CancellationToken stop)
    {
        Engine engine = peer.On(1);
        var judgements = Battery.Run([equation], [engine], new(cases, seed), _ => { }, stop).Select(judged => judged[0]).ToList();
        double? worst = judgements.Where(judgement => judgement is { Oracle: "bound", Checks: > 0 }).Select(judgement => (double?)judgement.Worst).FirstOrDefault();
        var (repeated, threads) = Bits(peer, equation, engine, seed);
        return new(equation.Id, [.. judgements.Select(judgement => new OracleFinding(judgement.Oracle, judgement.Checks, judgement.Beyond, judgement.Failure?.Case, judgement.Failure?.What))],
            worst, repeated, threads);
    }

    // The largest of many drawn cases: there threads have something to share.
    private static (string Repeated, string Threads) Bits(IPeer peer, Equation equation, Engine engine, ulong seed)
    {
        var drawn = equation.Family.Arbitrary(Reach.Full, c => equation.Work(c) <= MostBitWork && engine.Takes(equation, c)).Generator.Sample(50, new Rnd(seed), 60)
            .DistinctBy(c => c.ToString()).OrderByDescending(equation.Work).Select(c => Arguments.Reals(equation, c, seed)).OfType<Arguments>().Take(BitCases).ToList();
        var alone = new List<int[][]>();
        int repeats = 0, alike = 0;
        try
        {
            foreach (Arguments arguments in drawn)
            {
                int[][] first = Of(engine.Run(equation, arguments));
                alone.Add(first);
                repeats += Enumerable.Range(1, Runs - 1).All(_ => Same(first, Of(engine.Run(equation, arguments)))) ? 1 : 0;
            }
            Engine two = peer.On(2);
            for (int i = 0; i < drawn.Count; i++)
                alike += Same(alone[i], Of(two.Run(equation, drawn[i]))) ? 1 : 0;
        }
        catch (Exception refused) when (refused is not OperationCanceledException)
        {
            return ("refused", "refused");   // the oracles tell what was said
        }
        string Told(int same) => same == drawn.Count ? "same" : $"differs in {drawn.Count - same} of {drawn.Count}";
        return (Told(repeats), Told(alike));
    }

    private static int[][] Of(float[][] values) => [.. values.Select(each => Array.ConvertAll(each, BitConverter.SingleToInt32Bits))];

    private static bool Same(int[][] left, int[][] right) => left.Zip(right).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    public static IReadOnlyList<OrderFinding> Orders(IPeer peer)
    {
        Engine engine = peer.On(1);
        var found = new List<OrderFinding>();
        foreach (var (id, text, terms, step, scale) in Sums)
        {
            Equation equation = EquationTable.Find(id);
            Case @case = Case.Parse(equation.Family, text);
            if (!engine.Offers(equation) || !engine.Takes(equation, @case))
                continue;
            Arguments ones = Arguments.Reals(equation, @case, 1)!;
            foreach (Operand input in equation.Inputs)
                ones = ones.With(input.Name, Filled(input, @case, input.Name == "b" ? 0 : 1));
            Operand operand = equation.Inputs.First(input => input.Name == terms);
            try
            {
                found.Add(new(id, text, Terms, SumOrder.Of(Terms, Sum)));
            }
            catch (Exception refused) when (refused is not OperationCanceledException)
            {
                found.Add(new(id, text, Terms, $"refused: {refused.Message.Split('\n')[0]}"));
            }

            double Sum(float[] values)
            {
                var tensor = Filled(operand, @case, 1);
                nint[] lengths = operand.Shape(@case);
                float[] all = [.. tensor];
                for (int i = 0; i < Terms; i++)
                    all[i * step] = values[i];
                return (double)engine.Run(equation, ones.With(terms, Tensor.Create(all, lengths)))[0][0] * scale;
            }
        }
        return found;
    }

    private static System.Numerics.Tensors.Tensor<float> Filled(Operand operand, Case @case, float value)
    {
        nint[] lengths = operand.Shape(@case);
        float[] all = new float[lengths.Aggregate((nint)1, (product, length) => product * length)];
        Array.Fill(all, value);
        return Tensor.Create(all, lengths);
    }
}
