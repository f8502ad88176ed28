using System.Numerics.Tensors;
using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Networks.Layers;

namespace CnnVerified.Optimized.Networks;

/// <summary>LeNet-5 as published: trainable subsampling, the connection table of C3, the scaled tanh, outputs that are distances to fixed codes,
/// the discriminative loss, and the stochastic diagonal Levenberg-Marquardt method.</summary>
/// <remarks>LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition (1998), sections II.B and II.C,
/// appendices A and C; docs/networks.md.</remarks>
public sealed class LeNet5Of1998 : Network
{
    private const float Amp = 1.7159f, Slope = 2f / 3;

    private static readonly int[] Table = ConnectionTables.LeNet5C3.ToArray();

    private Parameter _c3 = null!;
    private RbfHead _head = null!;

    /// <summary>A network with zero weights.</summary>
    /// <param name="maxBatch">The largest batch it will see, N ≥ 1.</param>
    /// <param name="on">Where to compute; the caller keeps and disposes it.</param>
    /// <exception cref="ArgumentOutOfRangeException">maxBatch is below 1, or needs more memory than an array holds.</exception>
    public LeNet5Of1998(int maxBatch, Execution on) : base("LeNet-5 of 1998", 32, maxBatch, on) { }

    /// <summary>Number of trained parameters.</summary>
    public static int ParameterCount => 60_000;

    /// <summary>Penalty j of the class for rubbish. The paper gives no number.</summary>
    public static float Rubbish => 20;

    /// <summary>The estimate of the second derivatives that OP-11 divides by, in the order of <see cref="Network.Parameters"/>.</summary>
    public Span<float> Curvature => State;

    /// <summary>The second derivatives of the last <see cref="SecondDerivatives"/>, in the order of <see cref="Network.Parameters"/>.</summary>
    public ReadOnlySpan<float> SecondDerivative => Blocks.SecondDerivative;

    private protected override int StateSize => ParameterCount + 25 * (6 * 16 - 60);   // the weights that the table leaves out have places too

    private protected override bool HasSecondOrder => true;

    /// <inheritdoc/>
    /// <remarks>A map of C3 sees three, four or six maps: its fan-in follows. What the table leaves out stays 0.</remarks>
    public override void Initialise(Random random, Func<int, int, double> range)
    {
        base.Initialise(random, range);
        for (int k = 0; k < 16; k++)
        {
            int[] row = Table[(k * 6)..(k * 6 + 6)];
            for (int c = 0; c < 6; c++)
                if (row[c] == 1)
                    Draw(random, _c3.Values.Slice((k * 6 + c) * 25, 25), range(25 * row.Sum(), 25 * 10));
                else
                    _c3.Values.Slice((k * 6 + c) * 25, 25).Clear();
        }
    }

    /// <summary>Loss and gradient of a batch.</summary>
    /// <param name="x">Scaled images, N×1×32×32, N at most <see cref="Network.MaxBatch"/>.</param>
    /// <param name="label">Right classes, N.</param>
    /// <returns>The loss; <see cref="Network.Gradient"/> has its gradient.</returns>
    /// <exception cref="ArgumentException">x or label has another shape, a pixel is not finite, or a label is not from 0 to 9.</exception>
    public float LossAndGradient(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<int> label)
    {
        int N = Take(x);
        Forward(N, Pass.Training);
        _head.Forward(N, On);
        float loss = _head.Loss(N, label, On);
        Backward(N);
        return loss;
    }

    /// <summary>Second derivatives of the loss of a batch, diagonal, Gauss-Newton: the mean over its images.</summary>
    /// <param name="x">Scaled images, N×1×32×32, N at most <see cref="Network.MaxBatch"/>.</param>
    /// <param name="label">Right classes, N.</param>
    /// <remarks><see cref="SecondDerivative"/> has them.</remarks>
    /// <exception cref="ArgumentException">x or label has another shape, a pixel is not finite, or a label is not from 0 to 9.</exception>
    public void SecondDerivatives(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<int> label)
    {
        int N = Take(x);
        Forward(N, Pass.Training);
        _head.Forward(N, On);
        _head.SecondOrder(N, label, On);
        SecondOrder(N);
    }

    /// <summary>Adds a share of the second derivatives of a batch to <see cref="Curvature"/>.</summary>
    /// <param name="x">Scaled images, N×1×32×32, N at most <see cref="Network.MaxBatch"/>.</param>
    /// <param name="label">Right classes, N.</param>
    /// <param name="share">The batch's share of the mean: its images over those of all batches.</param>
    /// <exception cref="ArgumentException">x or label has another shape, a pixel is not finite, or a label is not from 0 to 9.</exception>
    public void AddCurvature(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<int> label, float share)
    {
        SecondDerivatives(x, label);
        TensorPrimitives.FusedMultiplyAdd(Blocks.SecondDerivative, share, Curvature, Curvature);
    }

    /// <summary>One training step: forward, backward, OP-11 with the curvature as it stands.</summary>
    /// <param name="x">Scaled images, N×1×32×32, N at most <see cref="Network.MaxBatch"/>.</param>
    /// <param name="label">Right classes, N.</param>
    /// <param name="eta">Global learning rate.</param>
    /// <param name="mu">What keeps a step finite where the loss is flat.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ArgumentException">x or label has another shape, a pixel is not finite, or a label is not from 0 to 9.</exception>
    public float Step(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<int> label, float eta, float mu)
    {
        float loss = LossAndGradient(x, label);
        LevenbergMarquardt.Step(Line(Parameters), Line(Blocks.Gradient), Line(State), eta, mu, Line(Parameters), On);
        return loss;
    }

    private protected override void Build()
    {
        Maps c1 = NewMaps(6, 28, 28), s2 = NewMaps(6, 14, 14), c3 = NewMaps(16, 10, 10), s4 = NewMaps(16, 5, 5), c5 = NewMaps(120, 1, 1),
            f6 = NewMaps(84, 1, 1);
        Add(new ConvolutionLayer(Input, Blocks.Weights("C1.w", [6, 1, 5, 5], 25, 6 * 25), Blocks.Biases("C1.b", 6), Window.Unit, c1));
        Add(new ScaledTanhLayer(c1, Amp, Slope));
        Add(new SubsamplingLayer(Memory, MaxBatch, c1, Blocks.Weights("S2.a", [6], 4, 1), Blocks.Biases("S2.b", 6), Amp, Slope, s2));
        _c3 = Blocks.Weights("C3.w", [16, 6, 5, 5], 0, 0, trained: 25 * Table.Sum());
        Add(new ConnectionTableLayer(s2, _c3, Blocks.Biases("C3.b", 16), Table, c3));
        Add(new ScaledTanhLayer(c3, Amp, Slope));
        Add(new SubsamplingLayer(Memory, MaxBatch, c3, Blocks.Weights("S4.a", [16], 4, 1), Blocks.Biases("S4.b", 16), Amp, Slope, s4));
        Add(new ConvolutionLayer(s4, Blocks.Weights("C5.w", [120, 16, 5, 5], 400, 120 * 25), Blocks.Biases("C5.b", 120), Window.Unit, c5));
        Add(new ScaledTanhLayer(c5, Amp, Slope));
        Add(new FullyConnectedLayer(c5, Blocks.Weights("F6.w", [84, 120], 120, 84), Blocks.Biases("F6.b", 84), f6));
        Add(new ScaledTanhLayer(f6, Amp, Slope));
        float[] codes = [.. DigitCodes.All.Select(code => (float)code)];
        _head = new RbfHead(Memory, MaxBatch, f6, codes, DigitCodes.Classes, Rubbish);
    }

    private protected override ReadOnlySpan<float> Output(int N)
    {
        _head.Forward(N, On);
        return _head.Distances(N);
    }
}
