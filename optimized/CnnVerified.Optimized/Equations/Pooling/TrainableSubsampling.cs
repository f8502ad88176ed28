using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's TrainableSubsampling. Outputs must not overlap inputs.</summary>
public static unsafe class TrainableSubsampling
{
    /// <summary>Trainable subsampling, forward (PL-F6): sums as in BlockFold; a·v + b is fused, one rounding less.</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="a">Coefficients, C.</param>
    /// <param name="b">Biases, C.</param>
    /// <param name="amp">Amplitude of the tanh, not 0.</param>
    /// <param name="slope">Factor of the tanh's argument.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F6, or a tensor has gaps.</exception>
    [Equation("PL-F6")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> a, in ReadOnlyTensorSpan<float> b, float amp, float slope,
        int R, int S, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.SideBySide("PL-F6", x.Lengths, R, S);
        shape.ExpectOutput("PL-F6", "y", y.Lengths);
        Contract.Dense("PL-F6", "x", x);
        Contract.Shape("PL-F6", "a", "C", a, [shape.C]);
        Contract.Shape("PL-F6", "b", "C", b, [shape.C]);
        Contract.Dense("PL-F6", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, pa = a, pb = b, py = y)
            MapPass.Run(on, shape.N * shape.C,
                new BlockFold<Squashed>(shape, new Squashed(shape.C, pa, pb, amp, slope), px, py));
    }

    /// <summary>The sums v of PL-F6, which its gradient by a needs; bit by bit those that the forward uses.</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="v">Sums, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F6, or a tensor has gaps.</exception>
    public static void Sums(in ReadOnlyTensorSpan<float> x, int R, int S, in TensorSpan<float> v, Execution on)
    {
        var shape = PoolingShape.SideBySide("PL-F6", x.Lengths, R, S);
        shape.ExpectOutput("PL-F6", "v", v.Lengths);
        Contract.Dense("PL-F6", "x", x);
        Contract.Dense("PL-F6", "v", v);
        using var lease = on.Enter();
        fixed (float* px = x, pv = v)
            MapPass.Run(on, shape.N * shape.C, new BlockFold<SumOver>(shape, new SumOver(1), px, pv));
    }

    /// <summary>Trainable subsampling, backward data (PL-B5).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="a">Coefficients, C.</param>
    /// <param name="y">Output of PL-F6, N×C×P×Q.</param>
    /// <param name="amp">Amplitude of the tanh, not 0.</param>
    /// <param name="slope">Factor of the tanh's argument.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F6, or a tensor has gaps.</exception>
    [Equation("PL-B5")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> a, in ReadOnlyTensorSpan<float> y,
        float amp, float slope,
        int R, int S, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.SideBySide("PL-B5", dx.Lengths, R, S);
        Outputs("PL-B5", shape, "dy", dy);
        Outputs("PL-B5", shape, "y", y);
        Contract.Shape("PL-B5", "a", "C", a, [shape.C]);
        Contract.Dense("PL-B5", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pa = a, py = y, pdx = dx)
        {
            var values = new Scaled<Residual>(shape.C, pa, squared: false, new Residual(pdy, py, amp, slope));
            MapPass.Run(on, shape.N * shape.C, new BlockSpread<Scaled<Residual>>(shape, values, pdx));
        }
    }

    /// <summary>Trainable subsampling, backward coefficient (PL-B6): each map in the order of Sums, maps ascending.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="v">Sums of the windows of PL-F6, N×C×P×Q.</param>
    /// <param name="y">Output of PL-F6, N×C×P×Q.</param>
    /// <param name="amp">Amplitude of the tanh, not 0.</param>
    /// <param name="slope">Factor of the tanh's argument.</param>
    /// <param name="da">Derivative by a, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("PL-B6")]
    public static void BackwardCoefficient(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> v, in ReadOnlyTensorSpan<float> y,
        float amp, float slope, in TensorSpan<float> da, Execution on)
    {
        Lengths.ExpectRank("PL-B6", "dy", "N×C×P×Q", dy.Lengths, 4);
        Contract.Dense("PL-B6", "dy", dy);
        Contract.Shape("PL-B6", "v", "N×C×P×Q", v, dy.Lengths);
        Contract.Shape("PL-B6", "y", "N×C×P×Q", y, dy.Lengths);
        Contract.Shape("PL-B6", "da", "C", da, [dy.Lengths[1]]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pv = v, py = y, pda = da)
            SumChannels(on, dy.Lengths, new TimesSum<Residual>(pv, squared: false, new Residual(pdy, py, amp, slope)), pda);
    }

    /// <summary>Trainable subsampling, backward bias (PL-B7): each map in the order of Sums, maps ascending.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="y">Output of PL-F6, N×C×P×Q.</param>
    /// <param name="amp">Amplitude of the tanh, not 0.</param>
    /// <param name="slope">Factor of the tanh's argument.</param>
    /// <param name="db">Derivative by b, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("PL-B7")]
    public static void BackwardBias(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> y, float amp, float slope,
        in TensorSpan<float> db, Execution on)
    {
        Lengths.ExpectRank("PL-B7", "dy", "N×C×P×Q", dy.Lengths, 4);
        Contract.Dense("PL-B7", "dy", dy);
        Contract.Shape("PL-B7", "y", "N×C×P×Q", y, dy.Lengths);
        Contract.Shape("PL-B7", "db", "C", db, [dy.Lengths[1]]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, py = y, pdb = db)
            SumChannels(on, dy.Lengths, new Residual(pdy, py, amp, slope), pdb);
    }

    /// <summary>Second derivatives through trainable subsampling, Gauss-Newton, diagonal (OP-B9): sums as in the gradients.</summary>
    /// <param name="hy">Second derivatives of the loss by y, N×C×P×Q, not negative.</param>
    /// <param name="a">Coefficients, C.</param>
    /// <param name="v">Sums of the windows of PL-F6, N×C×P×Q.</param>
    /// <param name="y">Output of PL-F6, N×C×P×Q.</param>
    /// <param name="amp">Amplitude of the tanh, not 0.</param>
    /// <param name="slope">Factor of the tanh's argument.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="hx">Second derivatives by x, N×C×H×W; every element is written.</param>
    /// <param name="ha">Second derivatives by a, C; every element is written.</param>
    /// <param name="hb">Second derivatives by b, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F6, or a tensor has gaps.</exception>
    [Equation("OP-B9")]
    public static void SecondDerivatives(in ReadOnlyTensorSpan<float> hy, in ReadOnlyTensorSpan<float> a, in ReadOnlyTensorSpan<float> v,
        in ReadOnlyTensorSpan<float> y,
        float amp, float slope, int R, int S, in TensorSpan<float> hx, in TensorSpan<float> ha, in TensorSpan<float> hb, Execution on)
    {
        var shape = PoolingShape.SideBySide("OP-B9", hx.Lengths, R, S);
        Outputs("OP-B9", shape, "hy", hy);
        Outputs("OP-B9", shape, "v", v);
        Outputs("OP-B9", shape, "y", y);
        Contract.Shape("OP-B9", "a", "C", a, [shape.C]);
        Contract.Dense("OP-B9", "hx", hx);
        Contract.Shape("OP-B9", "ha", "C", ha, [shape.C]);
        Contract.Shape("OP-B9", "hb", "C", hb, [shape.C]);
        using var lease = on.Enter();
        fixed (float* phy = hy, pa = a, pv = v, py = y, phx = hx, pha = ha, phb = hb)
        {
            var hz = new Curvature(phy, py, amp, slope);
            MapPass.Run(on, shape.N * shape.C, new BlockSpread<Scaled<Curvature>>(shape, new Scaled<Curvature>(shape.C, pa, squared: true, hz), phx));
            SumChannels(on, hy.Lengths, new TimesSum<Curvature>(pv, squared: true, hz), pha);
            SumChannels(on, hy.Lengths, hz, phb);
        }
    }

    private static void Outputs(string id, in PoolingShape shape, string name, in ReadOnlyTensorSpan<float> y)
    {
        shape.ExpectOutput(id, name, y.Lengths);
        Contract.Dense(id, name, y);
    }

    private static void SumChannels<TValues>(Execution on, ReadOnlySpan<nint> lengths, TValues values, float* sums)
        where TValues : unmanaged, IMapValues
    {
        int N = (int)lengths[0], C = (int)lengths[1], count = (int)(lengths[2] * lengths[3]);
        MapPass.Run(on, C, new ChannelSums<TValues>(N, C, count, values, on.Width, sums));
    }

    /// <summary>amp·tanh(slope·(a·v + b)) of the sum v of a window.</summary>
    private readonly struct Squashed(int C, float* a, float* b, float amp, float slope) : IBlockFinish
    {
        public V Finish<V, L>(V sum, int map) where V : unmanaged where L : struct, ILanes<V>
        {
            V z = L.Fma(L.Create(a[map % C]), sum, L.Create(b[map % C]));
            return L.Multiply(L.Create(amp), Functions.Tanh<V, L>(L.Multiply(L.Create(slope), z)));
        }
    }

    /// <summary>dz of PL-B5 to PL-B7.</summary>
    private readonly struct Residual(float* dy, float* y, float amp, float slope) : IMapValues
    {
        public V At<V, L>(int map, nint at) where V : unmanaged where L : struct, ILanes<V> =>
            L.Multiply(L.Multiply(L.Load(dy + at), L.Create(slope)), Rest<V, L>(L.Load(y + at), amp));
    }

    /// <summary>hz of OP-B9.</summary>
    private readonly struct Curvature(float* hy, float* y, float amp, float slope) : IMapValues
    {
        public V At<V, L>(int map, nint at) where V : unmanaged where L : struct, ILanes<V>
        {
            V derivative = L.Multiply(L.Create(slope), Rest<V, L>(L.Load(y + at), amp));
            return L.Multiply(L.Load(hy + at), L.Multiply(derivative, derivative));
        }
    }

    /// <summary>The value times its channel's coefficient, or that squared.</summary>
    private readonly struct Scaled<TValue>(int C, float* a, bool squared, TValue value) : IMapValues where TValue : unmanaged, IMapValues
    {
        public V At<V, L>(int map, nint at) where V : unmanaged where L : struct, ILanes<V>
        {
            float each = a[map % C];
            return L.Multiply(L.Create(squared ? each * each : each), value.At<V, L>(map, at));
        }
    }

    /// <summary>The value times the window's sum, or that squared.</summary>
    private readonly struct TimesSum<TValue>(float* v, bool squared, TValue value) : IMapValues where TValue : unmanaged, IMapValues
    {
        public V At<V, L>(int map, nint at) where V : unmanaged where L : struct, ILanes<V>
        {
            V each = L.Load(v + at);
            return L.Multiply(value.At<V, L>(map, at), squared ? L.Multiply(each, each) : each);
        }
    }

    // amp − y²/amp.
    private static V Rest<V, L>(V y, float amp) where V : unmanaged where L : struct, ILanes<V> =>
        L.Subtract(L.Create(amp), L.Divide(L.Multiply(y, y), L.Create(amp)));
}
