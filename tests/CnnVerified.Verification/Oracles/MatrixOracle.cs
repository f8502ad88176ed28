using System.Numerics.Tensors;
using CnnVerified.Verification.Cases;
using MathNet.Numerics.LinearAlgebra;

namespace CnnVerified.Verification.Oracles;

/// <summary>Convolution as a matrix: each pass is a product of MathNet matrices, built by walking over input pixels and asking which
/// outputs they reach. Whole numbers, equality.</summary>
/// <remarks>Forward and backward data use the Toeplitz matrix A(w), y = A·x + b and dx = Aᵀ·dy; backward weights uses the patch
/// matrix of x, dw = dyᵀ·X. The fully connected passes are MathNet products.</remarks>
public sealed class MatrixOracle : Oracle
{
    private const int LargestMatrix = 400_000;

    private static readonly string[] Known = ["CV-F1", "CV-B1", "CV-B2", "FC-F1", "FC-B1", "FC-B2"];

    /// <inheritdoc/>
    public override string Name => "matrix";

    /// <inheritdoc/>
    public override string Proves => "on whole numbers the result equals a matrix product by MathNet (convolution as a Toeplitz matrix)";

    /// <inheritdoc/>
    public override Reach Reach => Reach.Small;

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => Known.Contains(equation.Id);

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Integers(equation, @case, seed, freeForwardValues: false) is not { } arguments)
            return null;
        double[]? expected = equation.Id[..2] == "FC" ? Dense(equation, arguments) : Convolution(equation, arguments);
        return expected is null ? null
            : Expectation.Trial([new(equation.Outputs[0].Name, equation.Outputs[0].Shape(@case), expected, new double[expected.Length])], arguments);
    }

    private static double[] Dense(Equation equation, Arguments a)
    {
        // Row-major memory read by columns is the transpose.
        Matrix<double> Of(string name) => Matrix<double>.Build.Dense((int)a[name].Lengths[1], (int)a[name].Lengths[0], Doubles(a[name])).Transpose();
        return equation.Id switch
        {
            "FC-F1" => RowMajor(Of("x") * Of("w").Transpose() +
                Matrix<double>.Build.Dense((int)a["x"].Lengths[0], (int)a["b"].FlattenedLength, (_, k) => a["b"][k])),
            "FC-B1" => RowMajor(Of("dy") * Of("w")),
            _ => RowMajor(Of("dy").Transpose() * Of("x")),
        };
    }

    private static double[]? Convolution(Equation equation, Arguments a)
    {
        var c = a.Case;
        var (P, Q) = c.Output;
        int n = c["n"], G = c["g"], cg = c["c"] / G, kg = c["k"] / G, map = c["h"] * c["w"], taps = c["r"] * c["s"];
        if ((long)kg * P * Q * cg * map > LargestMatrix || (long)P * Q * cg * taps > LargestMatrix)
            return null;
        var result = new double[equation.Outputs[0].Shape(c).Aggregate((nint)1, (product, length) => product * length)];
        for (int image = 0; image < n; image++)
            for (int g = 0; g < G; g++)
            {
                int inputs = (image * c["c"] + g * cg) * map, outputs = (image * c["k"] + g * kg) * P * Q, weights = g * kg * cg * taps;
                if (equation.Id == "CV-B2")
                {
                    var dy = Matrix<double>.Build.Dense(P * Q, kg, Doubles(a["dy"])[outputs..(outputs + kg * P * Q)]);
                    double[] dw = RowMajor(dy.Transpose() * Patches(a, inputs, cg));
                    for (int i = 0; i < dw.Length; i++)
                        result[weights + i] += dw[i];
                    continue;
                }
                var toeplitz = Toeplitz(a, weights, cg, kg);
                if (equation.Id == "CV-F1")
                {
                    var y = toeplitz * Vector<double>.Build.Dense(Doubles(a["x"])[inputs..(inputs + cg * map)]);
                    for (int o = 0; o < y.Count; o++)
                        result[outputs + o] = y[o] + a["b"][g * kg + o / (P * Q)];
                }
                else
                {
                    var dy = Vector<double>.Build.Dense(Doubles(a["dy"])[outputs..(outputs + kg * P * Q)]);
                    toeplitz.TransposeThisAndMultiply(dy).AsArray().CopyTo(result, inputs);
                }
            }
        return result;
    }

    // A[(k,i,j), (c,u,v)] = w[k,c,r,s] where tap (r,s) of window (i,j) stands on pixel (u,v).
    private static Matrix<double> Toeplitz(Arguments a, int weights, int cg, int kg)
    {
        var c = a.Case;
        var (P, Q) = c.Output;
        float[] w = [.. a["w"]];
        var matrix = Matrix<double>.Build.Dense(kg * P * Q, cg * c["h"] * c["w"]);
        Meetings(c, (u, v, i, j, r, s) =>
        {
            for (int k = 0; k < kg; k++)
                for (int channel = 0; channel < cg; channel++)
                    matrix[(k * P + i) * Q + j, (channel * c["h"] + u) * c["w"] + v] = w[weights + ((k * cg + channel) * c["r"] + r) * c["s"] + s];
        });
        return matrix;
    }

    // X[(i,j), (c,r,s)] = x[c,u,v].
    private static Matrix<double> Patches(Arguments a, int inputs, int cg)
    {
        var c = a.Case;
        var (P, Q) = c.Output;
        float[] x = [.. a["x"]];
        var matrix = Matrix<double>.Build.Dense(P * Q, cg * c["r"] * c["s"]);
        Meetings(c, (u, v, i, j, r, s) =>
        {
            for (int channel = 0; channel < cg; channel++)
                matrix[i * Q + j, (channel * c["r"] + r) * c["s"] + s] = x[inputs + (channel * c["h"] + u) * c["w"] + v];
        });
        return matrix;
    }

    // Every pixel and every window that covers it with some tap.
    private static void Meetings(Case c, Action<int, int, int, int, int, int> meet)
    {
        var (P, Q) = c.Output;
        for (int u = 0; u < c["h"]; u++)
            for (int v = 0; v < c["w"]; v++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        int down = u + c["ph"] - i * c["sh"], across = v + c["pw"] - j * c["sw"];
                        if (down >= 0 && across >= 0 && down % c["eh"] == 0 && across % c["ew"] == 0 &&
                            down / c["eh"] < c["r"] && across / c["ew"] < c["s"])
                            meet(u, v, i, j, down / c["eh"], across / c["ew"]);
                    }
    }

    private static double[] Doubles(Tensor<float> tensor) => [.. tensor.Select(value => (double)value)];

    private static double[] RowMajor(Matrix<double> matrix) => matrix.ToRowMajorArray();
}
