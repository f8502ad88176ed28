using System.Buffers;
using System.Globalization;
using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Verification.Exhaustive;

/// <summary>The elementwise activations of the engine and their derivatives, and the kernels that they and others rest on.</summary>
/// <remarks>
/// A derivative is what <c>BackwardData</c> makes of dy = 1. Where it takes the output y, it is measured as a function of y over all
/// numbers, because what rounds before y is the forward's error; where it takes x besides y, x = y, which has the same sign. Where it takes
/// another value of the forward (Mish: s), that comes from the engine's own forward of x.
/// </remarks>
public static class ElementwiseList
{
    // What the engine computes in binary64 and rounds once: its series and their compositions are good to 2.9·10⁻¹⁰, which is 0.005 units at
    // most (a value has at least 2²³ of them, at most 2²⁴). Where terms cancel, a slope's add up to at most five times its value (SiLU's
    // to 4.8 times) outside the reach of its zero.
    private const double Wide = 0.505, WideSlope = 0.525;

    // Within the reach of a zero values are below a half: half a unit in their last place is 2⁻²⁶, the errors above far less.
    private const double WideNearZero = 0.26;

    private static readonly float[] Ones = [.. Enumerable.Repeat(1f, 1 << 16)];

    /// <summary>All of them: kernels first, then by equation.</summary>
    public static IReadOnlyList<ElementwiseFunction> All { get; } =
    [
        new("exp", "eˣ", KernelCalls.Run<KernelCalls.Exp>, Binary64.Exp, DoubleDouble.Exp, 1.0)
        { Course = Course.Rising, Corners = [-104, 89, -87.33654f, 88.72284f] },
        new("expm1", "eˣ − 1", KernelCalls.Run<KernelCalls.ExpM1>, Binary64.ExpM1, DoubleDouble.ExpM1, 1.5)
        { Course = Course.Rising, Corners = [-40, 89, 88.72284f, 1e-30f] },
        new("log", "ln x", KernelCalls.Run<KernelCalls.Log>, Log, DoubleDouble.Log, 1.0)
        { Course = Course.Rising, Corners = [0.75f, 1.5f] },
        new("log1p", "ln(1 + x)", KernelCalls.Run<KernelCalls.Log1p>, Log1p, DoubleDouble.Log1p, 1.0)
        { Course = Course.Rising, Corners = [-0.25f, 0.5f, -1] },
        new("erfc", "1 − erf x", KernelCalls.Run<KernelCalls.Erfc>, Binary64.Erfc, DoubleDouble.Erfc, Wide)
        { Course = Course.Falling, ExactError = 256, Corners = [9.194f, 10.5f, 10.06f, -3.8f] },
        Power(0.75f), Power(-0.75f), Power(3), Power(-17.3f),

        new("AC-F1", "logistic sigmoid", Sigmoid.Forward, Formulas.Sigmoid, Formulas.Sigmoid, 1.6)
        { Course = Course.Rising, Corners = [-104, -87.33654f, -60, 17] },
        new("AC-B1", "its derivative y(1 − y), of y",
            (in y, in dx, on) => Sigmoid.BackwardData(Dy(y), y, dx, on), Formulas.SigmoidSlope, Formulas.SigmoidSlope, 1.5)
        { Corners = [0.5f] },
        new("AC-F2", "tanh", Tanh.Forward, Binary64.Tanh, DoubleDouble.Tanh, 1.2)
        { Course = Course.Rising, Corners = [0.8f, -0.8f, 9.02f, 10] },
        new("AC-B2", "its derivative 1 − y², of y",
            (in y, in dx, on) => Tanh.BackwardData(Dy(y), y, dx, on), Formulas.TanhSlope, Formulas.TanhSlope, 0.5),
        new("AC-F3", "scaled tanh, amp 1.7159, slope 2/3",
            (in x, in y, on) => ScaledTanh.Forward(x, Parameters.Amp, Parameters.Slope, y, on), Formulas.ScaledTanh, Formulas.ScaledTanh, Wide)
        { Course = Course.Rising },
        new("AC-B3", "its derivative, of y",
            (in y, in dx, on) => ScaledTanh.BackwardData(Dy(y), y, Parameters.Amp, Parameters.Slope, dx, on),
            Formulas.ScaledTanhSlope, Formulas.ScaledTanhSlope, Wide)
        { Zeros = [Parameters.Amp, -Parameters.Amp], Reach = 0.25, ZeroLimit = WideNearZero },
        new("AC-F4", "rectifier", Rectifier.Forward, Formulas.Rectifier, Formulas.Rectifier, 0) { Course = Course.Rising },
        new("AC-B4", "its derivative, 0 at 0", (in x, in dx, on) => Rectifier.BackwardData(Dy(x), x, dx, on), Formulas.Step, Formulas.Step, 0)
        { Course = Course.Rising },
        new("AC-F5", "leaky rectifier, a 0.01",
            (in x, in y, on) => LeakyRectifier.Forward(x, Parameters.Leak, y, on), Formulas.Leaky, Formulas.Leaky, 0.5)
        { Course = Course.Rising },
        new("AC-B5", "its derivative, a at 0",
            (in x, in dx, on) => LeakyRectifier.BackwardData(Dy(x), x, Parameters.Leak, dx, on), Formulas.LeakySlope, Formulas.LeakySlope, 0)
        { Course = Course.Rising },
        new("AC-F6", "exponential linear unit, a 1", (in x, in y, on) => Elu.Forward(x, Parameters.Elu, y, on), Formulas.Elu, Formulas.Elu, 1.5)
        { Course = Course.Rising },
        new("AC-B6", "its derivative, of y",
            (in y, in dx, on) => Elu.BackwardData(Dy(y), y, y, Parameters.Elu, dx, on), Formulas.EluSlope, Formulas.EluSlope, 0.5)
        { Corners = [-1] },
        new("AC-F7", "softplus", Softplus.Forward, Formulas.Softplus, Formulas.Softplus, Wide)
        { Course = Course.Rising, Corners = [-104, -87.33654f, 17] },
        new("AC-B7", "its derivative", (in x, in dx, on) => Softplus.BackwardData(Dy(x), x, dx, on), Formulas.Sigmoid, Formulas.Sigmoid, Wide)
        { Course = Course.Rising, Corners = [-104, -87.33654f, 17] },
        new("AC-F8", "GELU", Gelu.Forward, Formulas.Gelu, Formulas.Gelu, Wide) { ExactError = 1024, Corners = [-14.5f, -13, -0.7517916f] },
        new("AC-B8", "its derivative", (in x, in dx, on) => Gelu.BackwardData(Dy(x), x, dx, on), Formulas.GeluSlope, Formulas.GeluSlope, WideSlope)
        { ExactError = 1024, Zeros = [-0.7517915246935645], ZeroLimit = WideNearZero, Corners = [-14.5f, -13] },
        new("AC-F9", "SiLU", Silu.Forward, Formulas.Silu, Formulas.Silu, Wide) { ExactError = 64, Corners = [-1.2784646f, -104, -90] },
        new("AC-B9", "its derivative", (in x, in dx, on) => Silu.BackwardData(Dy(x), x, dx, on), Formulas.SiluSlope, Formulas.SiluSlope, WideSlope)
        { ExactError = 64, Zeros = [-1.2784645427610738], ZeroLimit = WideNearZero, Corners = [-104, -90] },
        new("AC-F10", "absolute value", AbsoluteValue.Forward, Formulas.Absolute, Formulas.Absolute, 0),
        new("AC-B10", "its derivative, 0 at 0", (in x, in dx, on) => AbsoluteValue.BackwardData(Dy(x), x, dx, on), Formulas.Sign, Formulas.Sign, 0)
        { Course = Course.Rising },
        new("AC-F11", "hard tanh", HardTanh.Forward, Formulas.HardTanh, Formulas.HardTanh, 0) { Course = Course.Rising },
        new("AC-B11", "its derivative, 0 at −1 and 1",
            (in x, in dx, on) => HardTanh.BackwardData(Dy(x), x, dx, on), Formulas.HardTanhSlope, Formulas.HardTanhSlope, 0),
        new("AC-F12", "softsign", Softsign.Forward, Formulas.Softsign, Formulas.Softsign, Wide) { Course = Course.Rising },
        new("AC-B12", "its derivative",
            (in x, in dx, on) => Softsign.BackwardData(Dy(x), x, dx, on), Formulas.SoftsignSlope, Formulas.SoftsignSlope, Wide)
        { Corners = [1e19f, -1e19f] },
        new("AC-F13", "parametric rectifier, a 0.01",
            (in x, in y, on) => ParametricRectifier.Forward(Map(x), new[] { Parameters.Leak }, Map(y), on), Formulas.Leaky, Formulas.Leaky, 0.5)
        { Course = Course.Rising },
        new("AC-B13", "its derivative, a at 0",
            (in x, in dx, on) => ParametricRectifier.BackwardData(Map(Dy(x)), Map(x), new[] { Parameters.Leak }, Map(dx), on),
            Formulas.LeakySlope, Formulas.LeakySlope, 0)
        { Course = Course.Rising },
        new("AC-F15", "SELU", (in x, in y, on) => Selu.Forward(x, Parameters.SeluLam, Parameters.SeluA, y, on), Formulas.Selu, Formulas.Selu, Wide)
        { Course = Course.Rising },
        new("AC-B15", "its derivative, of y",
            (in y, in dx, on) => Selu.BackwardData(Dy(y), y, y, Parameters.SeluLam, Parameters.SeluA, dx, on),
            Formulas.SeluSlope, Formulas.SeluSlope, 2)
        { Zeros = [-Parameters.SeluLam * (double)Parameters.SeluA], ZeroLimit = 2 },
        new("AC-F16", "hard sigmoid, a 0.2, b 0.5",
            (in x, in y, on) => HardSigmoid.Forward(x, Parameters.HardSigmoidA, Parameters.HardSigmoidB, y, on),
            Formulas.HardSigmoid, Formulas.HardSigmoid, 1)
        { Course = Course.Rising, Reach = 0.25, Corners = [-2.5f, 2.5f], Zeros = [-2.5], ZeroLimit = 1 },
        new("AC-B16", "its derivative, 0 at the corners",
            (in x, in dx, on) => HardSigmoid.BackwardData(Dy(x), x, Parameters.HardSigmoidA, Parameters.HardSigmoidB, dx, on),
            Formulas.HardSigmoidSlope, Formulas.HardSigmoidSlope, 0)
        { Corners = [-2.5f, 2.5f] },
        new("AC-F17", "Mish", Mish.Forward, Formulas.Mish, Formulas.Mish, Wide) { ExactError = 64, Corners = [-1.19f, -104, -90] },
        new("AC-B17", "its derivative", MishSlope, Formulas.MishSlope, Formulas.MishSlope, 2)
        { ExactError = 64, Zeros = [-1.1924312145154952], ZeroLimit = 1, Corners = [-104, -90] },
        new("AC-F18", "GELU by tanh", GeluByTanh.Forward, Formulas.GeluByTanh, Formulas.GeluByTanh, Wide)
        { ExactError = 1024, Corners = [-0.752461f, -10, -11] },
        new("AC-B18", "its derivative",
            (in x, in dx, on) => GeluByTanh.BackwardData(Dy(x), x, dx, on), Formulas.GeluByTanhSlope, Formulas.GeluByTanhSlope, WideSlope)
        { ExactError = 1024, Zeros = [-0.7524614220710163], ZeroLimit = WideNearZero, Corners = [-10, -11] },
        new("AC-F19", "hard swish", HardSwish.Forward, Formulas.HardSwish, Formulas.HardSwish, 3)
        { Corners = [-3, 3, -1.5f], Zeros = [-3], ZeroLimit = 4 },
        new("AC-B19", "its derivative",
            (in x, in dx, on) => HardSwish.BackwardData(Dy(x), x, dx, on), Formulas.HardSwishSlope, Formulas.HardSwishSlope, 3)
        { Corners = [-3, 3], Zeros = [-1.5], ZeroLimit = 4 },
        new("AC-F20", "clipped rectifier, bound 6",
            (in x, in y, on) => ClippedRectifier.Forward(x, Parameters.Bound, y, on), Formulas.Clipped, Formulas.Clipped, 0)
        { Course = Course.Rising, Corners = [6] },
        new("AC-B20", "its derivative, 0 at 0 and 6",
            (in x, in dx, on) => ClippedRectifier.BackwardData(Dy(x), x, Parameters.Bound, dx, on), Formulas.ClippedSlope, Formulas.ClippedSlope, 0)
        { Corners = [6] },
        new("AC-F21", "CELU, a 1.5", (in x, in y, on) => Celu.Forward(x, Parameters.Celu, y, on), Formulas.Celu, Formulas.Celu, Wide)
        { Course = Course.Rising },
        new("AC-B21", "its derivative",
            (in x, in dx, on) => Celu.BackwardData(Dy(x), x, Parameters.Celu, dx, on), Formulas.CeluSlope, Formulas.CeluSlope, Wide)
        { Course = Course.Rising, Corners = [-131, -156] },
        new("AC-F22", "thresholded rectifier, theta 1",
            (in x, in y, on) => ThresholdedRectifier.Forward(x, Parameters.Theta, y, on), Formulas.Thresholded, Formulas.Thresholded, 0)
        { Course = Course.Rising },
        new("AC-B22", "its derivative, 0 at theta",
            (in x, in dx, on) => ThresholdedRectifier.BackwardData(Dy(x), x, Parameters.Theta, dx, on),
            Formulas.ThresholdedSlope, Formulas.ThresholdedSlope, 0)
        { Course = Course.Rising },
        new("AC-F23", "log-sigmoid", LogSigmoid.Forward, Formulas.LogSigmoid, Formulas.LogSigmoid, Wide)
        { Course = Course.Rising, Corners = [104, 87.33654f, -17] },
        new("AC-B23", "its derivative",
            (in x, in dx, on) => LogSigmoid.BackwardData(Dy(x), x, dx, on), Formulas.LogSigmoidSlope, Formulas.LogSigmoidSlope, Wide)
        { Course = Course.Falling, Corners = [104, 87.33654f, -17] },
    ];

    /// <summary>The functions with these ids.</summary>
    /// <param name="ids">Ids; all functions where there is none.</param>
    /// <returns>The functions, in the order of the ids.</returns>
    /// <exception cref="InputException">There is none with such an id.</exception>
    public static IReadOnlyList<ElementwiseFunction> Named(IReadOnlyList<string> ids) => ids.Count == 0 ? All : [.. ids.Select(id =>
        All.FirstOrDefault(function => function.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) ?? throw new InputException(
            $"--exhaustive expected elementwise functions, got '{id}'; there are {string.Join(", ", All.Select(function => function.Id))}."))];

    private static ElementwiseFunction Power(float exponent) =>
        new($"pow{exponent.ToString(CultureInfo.InvariantCulture)}", $"x to the power {Measurement.Number(exponent)}",
            (in x, in y, on) => KernelCalls.Power(x, exponent, y, on),
            x => x < 0 ? double.NaN : Math.Pow(Math.Abs(x.Value), exponent),
            x => x.High == 0 ? Math.Pow(0, exponent) : DoubleDouble.Pow(x, exponent), 1.6)
        {
            Course = exponent > 0 ? Course.Rising : Course.Falling,
            Corners = [(float)Math.Pow(2, -126 / exponent), (float)Math.Pow(2, -149 / exponent), (float)Math.Pow(2, 128 / exponent)],
        };

    private static Binary64 Log(Binary64 x) => x < 0 ? double.NaN : Math.Log(x.Value);

    private static Binary64 Log1p(Binary64 x) => x < -1 ? double.NaN : Binary64.Log1p(x);

    private static void MishSlope(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on)
    {
        float[] rented = ArrayPool<float>.Shared.Rent((int)x.FlattenedLength);
        var s = new TensorSpan<float>(rented.AsSpan(0, (int)x.FlattenedLength));
        Softplus.Forward(x, s, on);
        Mish.BackwardData(Dy(x), x, s, dx, on);
        ArrayPool<float>.Shared.Return(rented);
    }

    private static ReadOnlyTensorSpan<float> Dy(in ReadOnlyTensorSpan<float> x) => new(Ones.AsSpan(0, (int)x.FlattenedLength));

    // One example of one channel.
    private static ReadOnlyTensorSpan<float> Map(in ReadOnlyTensorSpan<float> x) => x.Reshape([1, 1, x.FlattenedLength]);

    private static TensorSpan<float> Map(in TensorSpan<float> y) => y.Reshape([1, 1, y.FlattenedLength]);
}
