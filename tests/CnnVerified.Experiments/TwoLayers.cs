using System.Numerics.Tensors;
using CnnVerified.Optimized.Networks;
using CnnVerified.Reference.Equations;
using MathNet.Numerics.LinearAlgebra;

namespace CnnVerified.Experiments;

/// <summary>Where a run of a network with one hidden layer ends.</summary>
/// <param name="Descended">The loss after gradient descent.</param>
/// <param name="Loss">The loss after the Newton steps behind it.</param>
/// <param name="Gradient">Length of the gradient there.</param>
/// <param name="Curvature">The smallest eigenvalue of the Hessian there: above 0 at a minimum.</param>
internal sealed record End(double Descended, double Loss, double Gradient, double Curvature)
{
    public bool IsStationary => Gradient < 1e-7;
}

/// <summary>tanh(x·w₁ + b₁)·w₂ + b₂ of the reference in binary64, half the squared error and half the squared parameters times a small number, all samples
/// in each step.</summary>
/// <remarks>Without that number many runs never end: a unit approaches a step, and its weights grow for ever.</remarks>
internal sealed class TwoLayers(Matrix<double> X, double[] targets, int hidden, double decay)
{
    private readonly int _inputs = X.ColumnCount;
    private readonly Tensor<double> _x = Tensor.Create(X.ToRowMajorArray(), [X.RowCount, X.ColumnCount]), _t = Tensor.Create(targets, [targets.Length, 1]);

    public int Hidden => hidden;

    /// <summary>The loss of the best linear layer on the same inputs, with the same penalty.</summary>
    public double LinearLoss
    {
        get
        {
            Matrix<double> A = X.Append(Matrix<double>.Build.Dense(X.RowCount, 1, 1));
            Vector<double> t = Vector<double>.Build.Dense(targets);
            Vector<double> w = (A.TransposeThisAndMultiply(A) + decay * Matrix<double>.Build.DenseIdentity(A.ColumnCount)).Cholesky().Solve(A.TransposeThisAndMultiply(t));
            return ((A * w - t).PointwisePower(2).Sum() + decay * w.PointwisePower(2).Sum()) / 2;
        }
    }

    private int Size => hidden * _inputs + hidden + hidden + 1;

    /// <summary>Gradient descent from drawn weights, then Newton steps to where the gradient is 0.</summary>
    public End Train(int seed, int steps, CancellationToken stop)
    {
        var random = new Random(seed);
        double[] start = new double[Size];
        Draw(start.AsSpan(0, hidden * _inputs), Network.Glorot(_inputs, hidden));
        Draw(start.AsSpan(hidden * _inputs + hidden, hidden), Network.Glorot(hidden, 1));
        void Draw(Span<double> weights, double a)
        {
            foreach (ref double weight in weights)
                weight = (2 * random.NextDouble() - 1) * a;
        }

        Vector<double> p = Vector<double>.Build.Dense(start);
        double eta = 0.5 / targets.Length;
        for (int step = 0; step < steps; step++)
        {
            stop.ThrowIfCancellationRequested();
            p -= eta * Gradient(p).Gradient;
        }
        double descended = Gradient(p).Loss;
        p = Rest(p, stop);
        var (loss, gradient) = Gradient(p);
        return new(descended, loss, gradient.L2Norm(), Hessian(p).Evd(Symmetricity.Symmetric).EigenValues.Min(value => value.Real));
    }

    /// <summary>The loss and its gradient by back-propagation.</summary>
    internal (double Loss, Vector<double> Gradient) Gradient(Vector<double> p)
    {
        double[] all = p.ToArray();
        int at = hidden * _inputs;
        Tensor<double> w1 = Tensor.Create(all[..at], [hidden, _inputs]), b1 = Tensor.Create(all[at..(at + hidden)], [hidden]);
        Tensor<double> w2 = Tensor.Create(all[(at + hidden)..(at + 2 * hidden)], [1, hidden]), b2 = Tensor.Create(all[(at + 2 * hidden)..], [1]);
        nint[] shape = [targets.Length, hidden];
        var h = Tensor.Create([.. Tanh.Forward(Tensor.Create([.. FullyConnected.Forward(_x, w1, b1)]))], shape);
        var y = FullyConnected.Forward(h, w2, b2);
        var dy = HalfSquaredError.BackwardData(y, _t);
        var dh = Tensor.Create([.. Tanh.BackwardData(Tensor.Create([.. FullyConnected.BackwardData(dy, w2)]), Tensor.Create([.. h]))], shape);
        return (HalfSquaredError.Forward(y, _t)[0] + decay * p.DotProduct(p) / 2, decay * p + Vector<double>.Build.DenseOfEnumerable(
            [.. FullyConnected.BackwardWeights(dh, _x), .. FullyConnected.BackwardBias(dh), .. FullyConnected.BackwardWeights(dy, h), .. FullyConnected.BackwardBias(dy)]));
    }

    // Newton steps that go downhill along every eigenvector, also where the Hessian bends down, and are shortened until the loss falls.
    private Vector<double> Rest(Vector<double> p, CancellationToken stop)
    {
        double damping = 1e-3;
        for (int step = 0; step < 300; step++)
        {
            stop.ThrowIfCancellationRequested();
            var (loss, gradient) = Gradient(p);
            if (gradient.L2Norm() < 1e-9)
                break;
            var spectrum = Hessian(p).Evd(Symmetricity.Symmetric);
            Vector<double> along = spectrum.EigenVectors.TransposeThisAndMultiply(gradient);
            bool isLower = false;
            for (; !isLower && damping < 1e9; damping *= isLower ? 0.2 : 5)
            {
                Vector<double> next = p - spectrum.EigenVectors * along.MapIndexed((k, slope) => slope / (Math.Abs(spectrum.EigenValues[k].Real) + damping));
                var there = Gradient(next);
                // Near the end losses are equal to rounding; the gradient then tells which is nearer.
                isLower = there.Loss < loss || there.Loss <= loss * (1 + 1e-14) && there.Gradient.L2Norm() < gradient.L2Norm();
                p = isLower ? next : p;
            }
            if (!isLower)
                break;
        }
        return p;
    }

    // Central differences of the gradient.
    private Matrix<double> Hessian(Vector<double> p)
    {
        const double step = 1e-5;
        var hessian = Matrix<double>.Build.Dense(Size, Size);
        for (int i = 0; i < Size; i++)
        {
            Vector<double> up = p.Clone(), down = p.Clone();
            (up[i], down[i]) = (p[i] + step, p[i] - step);
            hessian.SetColumn(i, (Gradient(up).Gradient - Gradient(down).Gradient) / (2 * step));
        }
        return (hessian + hessian.Transpose()) / 2;
    }
}
