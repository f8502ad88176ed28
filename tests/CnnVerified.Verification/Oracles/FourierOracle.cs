using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Verification.Cases;
using MathNet.Numerics.IntegralTransforms;

namespace CnnVerified.Verification.Oracles;

/// <summary>Convolution through MathNet's fast Fourier transform, on whole numbers: the error of the transform is bounded below 1/4, so
/// rounding to the nearest whole number gives the exact result, and equality is demanded.</summary>
/// <remarks>
/// Stride and dilation become zeros between elements: U holds dy at multiples of the stride, V holds w at multiples of the
/// dilation, X is the padded image. Forward is the correlation of X with V, backward data the convolution of U with V,
/// backward weights the correlation of X with U, each read at the multiples that belong to it.
/// The bound: one transform of length 2ᵗ has relative error t·η/(1 − t·η) in the 2-norm, η = μ + γ₄(√2 + μ) (Higham 2002,
/// theorem 24.2), with μ ≤ 4u for twiddle factors from Math.Sin and Math.Cos. A product of two spectra and its inverse
/// transform then miss each element by at most (3tη + 4u)(1 + 10⁻³)·‖a‖·‖b‖, summed over the channels.
/// </remarks>
public sealed class FourierOracle : Oracle
{
    private static readonly string[] Known = ["CV-F1", "CV-B1", "CV-B2"];

    /// <inheritdoc/>
    public override string Name => "fourier";

    /// <inheritdoc/>
    public override string Proves => "on whole numbers the result equals a convolution by MathNet's fast Fourier transform, whose error is bounded below 1/4 and rounded away";

    /// <inheritdoc/>
    public override Reach Reach => Reach.Small;

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => Known.Contains(equation.Id);

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Integers(equation, @case, seed, freeForwardValues: false) is not { } arguments)
            return null;
        var spectra = new Spectra(@case);
        double[] result = equation.Id switch
        {
            "CV-F1" => Forward(arguments, spectra),
            "CV-B1" => BackwardData(arguments, spectra),
            _ => BackwardWeights(arguments, spectra),
        };
        if (!(spectra.Bound < 0.25))
            return null;
        return Expectation.Trial([new(equation.Outputs[0].Name, equation.Outputs[0].Shape(@case), [.. result.Select(value => Math.Round(value))],
            new double[result.Length])], arguments);
    }

    private static double[] Forward(Arguments a, Spectra f)
    {
        var c = a.Case;
        var y = new List<double>();
        for (int n = 0; n < c["n"]; n++)
            for (int k = 0; k < c["k"]; k++)
            {
                int g = k / f.Kg;
                var sum = f.Sum(f.Cg, channel => (f.Image(a["x"], n, g * f.Cg + channel), f.Kernel(a["w"], k, channel)), correlate: true);
                y.AddRange(f.Read(sum, f.P, f.Q, c["sh"], c["sw"], 0, 0).Select(value => value + a["b"][k]));
            }
        return [.. y];
    }

    private static double[] BackwardData(Arguments a, Spectra f)
    {
        var c = a.Case;
        var dx = new List<double>();
        for (int n = 0; n < c["n"]; n++)
            for (int channel = 0; channel < c["c"]; channel++)
            {
                int g = channel / f.Cg;
                var sum = f.Sum(f.Kg, q => (f.Residual(a["dy"], n, g * f.Kg + q), f.Kernel(a["w"], g * f.Kg + q, channel % f.Cg)), correlate: false);
                dx.AddRange(f.Read(sum, c["h"], c["w"], 1, 1, c["ph"], c["pw"]));
            }
        return [.. dx];
    }

    private static double[] BackwardWeights(Arguments a, Spectra f)
    {
        var c = a.Case;
        var dw = new List<double>();
        for (int k = 0; k < c["k"]; k++)
            for (int channel = 0; channel < f.Cg; channel++)
            {
                int g = k / f.Kg;
                var sum = f.Sum(c["n"], n => (f.Image(a["x"], n, g * f.Cg + channel), f.Residual(a["dy"], n, k)), correlate: true);
                dw.AddRange(f.Read(sum, c["r"], c["s"], c["eh"], c["ew"], 0, 0));
            }
        return [.. dw];
    }

    /// <summary>Transforms on a grid that is large enough for nothing to wrap around.</summary>
    private sealed class Spectra
    {
        private const double U = 1.1102230246251565e-16;

        private readonly Case _case;
        private readonly int _rows, _columns;
        private double _norms;

        public Spectra(Case @case)
        {
            _case = @case;
            (P, Q) = @case.Output;
            (Cg, Kg) = (@case["c"] / @case["g"], @case["k"] / @case["g"]);
            _rows = PowerOfTwo(@case["h"] + 2 * @case["ph"] + @case["eh"] * @case["r"]);
            _columns = PowerOfTwo(@case["w"] + 2 * @case["pw"] + @case["ew"] * @case["s"]);
        }

        public int P { get; }

        public int Q { get; }

        public int Cg { get; }

        public int Kg { get; }

        /// <summary>The largest error of any element read so far.</summary>
        public double Bound { get; private set; }

        public Complex[] Image(Tensor<float> x, int n, int c) =>
            Place(_case["h"], _case["w"], 1, 1, _case["ph"], _case["pw"], (u, v) => x[n, c, u, v]);

        public Complex[] Kernel(Tensor<float> w, int k, int c) => Place(_case["r"], _case["s"], _case["eh"], _case["ew"], 0, 0, (r, s) => w[k, c, r, s]);

        public Complex[] Residual(Tensor<float> dy, int n, int k) => Place(P, Q, _case["sh"], _case["sw"], 0, 0, (i, j) => dy[n, k, i, j]);

        /// <summary>Σ a·b or Σ a·conj(b) over pairs of transformed grids, transformed back.</summary>
        public Complex[] Sum(int count, Func<int, (Complex[] A, Complex[] B)> pair, bool correlate)
        {
            var sum = new Complex[_rows * _columns];
            _norms = 0;
            for (int t = 0; t < count; t++)
            {
                var (a, b) = pair(t);
                _norms += Norm(a) * Norm(b);
                Transform(a, Fourier.Forward);
                Transform(b, Fourier.Forward);
                for (int i = 0; i < sum.Length; i++)
                    sum[i] += a[i] * (correlate ? Complex.Conjugate(b[i]) : b[i]);
            }
            Transform(sum, Fourier.Inverse);
            double stages = Math.Log2(_rows) + Math.Log2(_columns), mu = 4 * U, eta = mu + 4 * U / (1 - 4 * U) * (Math.Sqrt(2) + mu);
            Bound = Math.Max(Bound, (3 * stages * eta + (4 + count) * U) * 1.001 * _norms);
            return sum;
        }

        public IEnumerable<double> Read(Complex[] grid, int rows, int columns, int down, int across, int top, int left)
        {
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++)
                    yield return grid[(top + i * down) * _columns + left + j * across].Real;
        }

        private Complex[] Place(int rows, int columns, int down, int across, int top, int left, Func<int, int, float> value)
        {
            var grid = new Complex[_rows * _columns];
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++)
                    grid[(top + i * down) * _columns + left + j * across] = value(i, j);
            return grid;
        }

        private void Transform(Complex[] grid, Action<Complex[], FourierOptions> transform)
        {
            var row = new Complex[_columns];
            for (int i = 0; i < _rows; i++)
            {
                Array.Copy(grid, i * _columns, row, 0, _columns);
                transform(row, FourierOptions.Matlab);
                Array.Copy(row, 0, grid, i * _columns, _columns);
            }
            var column = new Complex[_rows];
            for (int j = 0; j < _columns; j++)
            {
                for (int i = 0; i < _rows; i++)
                    column[i] = grid[i * _columns + j];
                transform(column, FourierOptions.Matlab);
                for (int i = 0; i < _rows; i++)
                    grid[i * _columns + j] = column[i];
            }
        }

        private static double Norm(Complex[] grid) => Math.Sqrt(grid.Sum(value => value.Real * value.Real));

        private static int PowerOfTwo(int atLeast) => (int)BitOperations.RoundUpToPowerOf2((uint)atLeast);
    }
}
