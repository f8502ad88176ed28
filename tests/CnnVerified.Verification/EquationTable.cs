using CnnVerified.Reference.Notation;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification;

/// <summary>Every equation that can be judged. Operand names are the parameter names of the reference methods.</summary>
public static class EquationTable
{
    /// <summary>All equations, in the order of the families.</summary>
    public static IReadOnlyList<Equation> All { get; } = Build();

    /// <summary>One equation.</summary>
    /// <param name="id">Its id, in any case of letters.</param>
    /// <returns>The equation.</returns>
    /// <exception cref="InputException">There is none; the message names the nearest ones.</exception>
    public static Equation Find(string id) =>
        All.FirstOrDefault(equation => equation.Id.Equals(id, StringComparison.OrdinalIgnoreCase))
        ?? throw new InputException($"expected the id of an equation, got '{id}'; the nearest are " +
            $"{string.Join(", ", Library.Nearest(All.Select(equation => equation.Id), id))} (cnnverify list shows all).");

    private static List<Equation> Build()
    {
        var all = new List<Equation>();

        Equation Add(string id, Family family, Nature nature, Operand[] inputs, params Operand[] outputs)
        {
            all.Add(new Equation(id, family, nature, inputs, outputs));
            return all[^1];
        }

        // The gradient of a forward equation: its inputs are named, its shapes follow from the forward equation's.
        void Gradient(string id, Equation forward, string by, Nature nature, string[] inputs, bool isLinear = false,
            Func<Case, int>? grain = null, Dictionary<string, Equation>? values = null)
        {
            values ??= new() { [forward.Outputs[0].Name] = forward };
            Operand Input(string name) =>
                name == "d" + forward.Outputs[0].Name ? forward.Outputs[0] with { Name = name, Values = Values.Real }
                : forward.Inputs.FirstOrDefault(input => input.Name == name) ?? values[name].Outputs[0];
            Operand variable = forward.Inputs.First(input => input.Name == by);
            all.Add(new Equation(id, forward.Family, nature, [.. inputs.Select(Input)], [variable with { Name = "d" + by, Values = Values.Real }])
            {
                GradientOf = (forward, by),
                ForwardValues = values.Where(value => inputs.Contains(value.Key)).ToDictionary(),
                IsLinear = isLinear,
                Grain = grain ?? (_ => 1),
            });
        }

        Operand Maps(string name, Values values = Values.Real) => new(name, c => [c["n"], c["c"], c["h"], c["w"]], values);
        Operand Elements(string name) => new(name, c => [c["n"]]);
        Operand Rows(string name, Values values = Values.Real) => new(name, c => [c["n"], c["k"]], values);
        Operand Weights(string name) => new(name, c => [c["d"]]);
        Operand Filters(string name) => new(name, c => [c["k"]]);
        Operand Scalar(string name) => new(name, _ => [1]);

        foreach (string id in (string[])["IN-1", "IN-2", "IN-3"])
            Add(id, Family.Maps, Nature.Quotient, [Maps("p", Values.Pixel)], Maps("x"));
        Add("IN-5", Family.Rows, Nature.Choice, [new("label", c => [c["n"]], Values.Label)], Rows("t"));

        Operand pixels = new("y", c => [c["n"], c["k"], c.Output.P, c.Output.Q]);
        Add("CV-S1", Family.Convolution, Nature.ShapeRule, [], Scalar("P"), Scalar("Q"));
        var convolution = Add("CV-F1", Family.Convolution, Nature.SumOfProducts,
            [Maps("x"), new("w", c => [c["k"], c["c"] / c["g"], c["r"], c["s"]]), Filters("b")], pixels);
        Gradient("CV-B1", convolution, "x", Nature.SumOfProducts, ["dy", "w"], isLinear: true);
        Gradient("CV-B2", convolution, "w", Nature.SumOfProducts, ["dy", "x"], isLinear: true);
        Gradient("CV-B3", convolution, "b", Nature.SumOfProducts, ["dy"], isLinear: true);

        var dense = Add("FC-F1", Family.Dense, Nature.SumOfProducts,
            [new("x", c => [c["n"], c["d"]]), new("w", c => [c["k"], c["d"]]), Filters("b")], Rows("y"));
        Gradient("FC-B1", dense, "x", Nature.SumOfProducts, ["dy", "w"], isLinear: true);
        Gradient("FC-B2", dense, "w", Nature.SumOfProducts, ["dy", "x"], isLinear: true);
        Gradient("FC-B3", dense, "b", Nature.SumOfProducts, ["dy"], isLinear: true);
        var raster = Add("FL-F1", Family.Maps, Nature.SumOfProducts, [Maps("x")],
            new Operand("y", c => [c["n"], c["c"] * c["h"] * c["w"]]));
        Gradient("FL-B1", raster, "x", Nature.SumOfProducts, ["dy"], isLinear: true);

        // Third derivatives: |σ'''| ≤ 1/8 and |tanh'''| ≤ 2, both at 0.
        var sigmoid = Add("AC-F1", Family.Elements, Nature.Smooth, [Elements("x")], Elements("y"));
        all[^1] = sigmoid = sigmoid with { ThirdDerivative = (_, largest, _) => largest / 8 };
        Gradient("AC-B1", sigmoid, "x", Nature.SumOfProducts, ["dy", "y"]);
        var tanh = Add("AC-F2", Family.Elements, Nature.Smooth, [Elements("x")], Elements("y"));
        all[^1] = tanh = tanh with { ThirdDerivative = (_, largest, _) => 2 * largest };
        Gradient("AC-B2", tanh, "x", Nature.SumOfProducts, ["dy", "y"]);
        var rectifier = Add("AC-F4", Family.Elements, Nature.Choice, [Elements("x")], Elements("y"));
        Gradient("AC-B4", rectifier, "x", Nature.Choice, ["dy", "x"]);

        Operand pooled = new("y", c => [c["n"], c["c"], c.Output.P, c.Output.Q]);
        Add("PL-S1", Family.Pooling, Nature.ShapeRule, [], Scalar("P"), Scalar("Q"));
        var max = Add("PL-F1", Family.ClippedPooling, Nature.Choice, [Maps("x")], pooled);
        all.Add(new Equation("PL-F2", Family.ClippedPooling, Nature.Choice, [Maps("x"), pooled], [pooled with { Name = "a" }])
        {
            ForwardValues = new Dictionary<string, Equation> { ["y"] = max },
        });
        Gradient("PL-B1", max, "x", Nature.Choice, ["dy", "x", "y"]);
        var mean = Add("PL-F3", Family.Pooling, Nature.Quotient, [Maps("x")], pooled);
        Gradient("PL-B2", mean, "x", Nature.Quotient, ["dy"], isLinear: true, grain: c => c["r"] * c["s"]);
        var clipped = Add("PL-F4", Family.ClippedPooling, Nature.Quotient, [Maps("x")], pooled);
        Gradient("PL-B3", clipped, "x", Nature.Quotient, ["dy"], isLinear: true, grain: ClippedGrain);

        // Along one score, softmax is a + b·σ(z − c) with |b| ≤ 2·max|dp|, log-softmax −Σdy·softplus(z − c) and a linear term, and
        // |softplus'''| = |σ''| ≤ 1/(6√3).
        double curvature = 1 / (6 * Math.Sqrt(3));
        var softmax = Add("SM-F1", Family.Rows, Nature.Smooth, [Rows("z")], Rows("p"));
        all[^1] = softmax = softmax with { ThirdDerivative = (_, largest, _) => 2 * largest / 8 };
        Gradient("SM-B1", softmax, "z", Nature.SumOfProducts, ["dp", "p"]);
        var logSoftmax = Add("SM-F2", Family.Rows, Nature.Smooth, [Rows("z")], Rows("y"));
        all[^1] = logSoftmax = logSoftmax with { ThirdDerivative = (_, _, sum) => sum * curvature };
        Gradient("SM-B2", logSoftmax, "z", Nature.Smooth, ["dy", "y"]);
        var crossEntropy = Add("LS-F1", Family.Rows, Nature.Smooth, [Rows("z"), Rows("h", Values.Positive)], Scalar("L"));
        all[^1] = crossEntropy = crossEntropy with { ThirdDerivative = (c, _, _) => curvature / c["n"] };
        Gradient("LS-B1", crossEntropy, "z", Nature.Smooth, ["y", "h"], values: new() { ["y"] = logSoftmax });
        var halfSquare = Add("LS-F2", Family.Rows, Nature.Quotient, [Rows("y"), Rows("t")], Scalar("L"));
        all[^1] = halfSquare = halfSquare with { Grain = _ => 2 };
        Gradient("LS-B2", halfSquare, "y", Nature.SumOfProducts, ["y", "t"], values: []);

        Add("OP-1", Family.Weights, Nature.SumOfProducts, [Weights("w"), Weights("dw"), Scalar("eta")], Weights("wnew"));
        Add("OP-2", Family.Weights, Nature.SumOfProducts, [Weights("w"), Weights("dw"), Weights("v"), Scalar("eta"), Scalar("mu")],
            Weights("wnew"), Weights("vnew"));
        return all;
    }

    // Windows clipped to the map have 1 to r rows and 1 to s columns: a common multiple of both ranges. Huge windows saturate;
    // then no integer data are small enough, and the exact oracles say so.
    private static int ClippedGrain(Case c) => (int)Math.Min(1 << 24, CommonMultiple(c["r"]) * CommonMultiple(c["s"]));

    private static long CommonMultiple(int upTo)
    {
        long multiple = 1;
        for (int n = 2; n <= upTo && multiple < 1 << 24; n++)
            multiple = multiple / (long)System.Numerics.BigInteger.GreatestCommonDivisor(multiple, n) * n;
        return multiple;
    }
}
