using System.Numerics;

namespace CnnVerified.Verification.Oracles;

/// <summary>A binary32 number, or the product of two that is not rounded yet: added to a number, it takes one fused multiply-add. Or a sum in a stated order.</summary>
internal readonly struct Fused : IAdditionOperators<Fused, Fused, Fused>, IMultiplyOperators<Fused, Fused, Fused>, IAdditiveIdentity<Fused, Fused>
{
    private readonly float _value, _factor;
    private readonly SumOrder? _order;
    private readonly OrderedSum? _sum;
    private readonly long _terms;

    /// <summary>A number whose sums are taken one after another, or in an order.</summary>
    public Fused(float value, SumOrder? order = null) : this(value, 1, order)
    {
    }

    private Fused(float value, float factor, SumOrder? order) => (_value, _factor, _order) = (value, factor, order);

    private Fused(OrderedSum sum) => (_sum, _terms) = (sum, sum.Terms);

    public static Fused AdditiveIdentity => new(0);

    /// <summary>The number, rounded once.</summary>
    public float Rounded => _sum is not null ? _sum.Value : _factor == 1 ? _value : _value * _factor;

    public static Fused operator +(Fused a, Fused b)
    {
        if (b._order is null || b._sum is not null)
            return b._sum is null ? new(MathF.FusedMultiplyAdd(b._value, b._factor, a.Rounded)) : new(a.Rounded + b.Rounded);
        // The sum is one object that grows: a formula goes on from its last value alone.
        OrderedSum sum = a._sum ?? (a.Rounded == 0 ? new OrderedSum(b._order) : throw new InvalidOperationException("a sum in an order expects to start at 0."));
        if (sum.Terms != a._terms)
            throw new InvalidOperationException("a sum in an order expects its terms one after another.");
        sum.Add(b._value, b._factor);
        return new(sum);
    }

    public static Fused operator *(Fused a, Fused b) => new(a.Rounded, b.Rounded, a._order ?? b._order);

    private sealed class OrderedSum(SumOrder order)
    {
        private readonly float[] _lanes = new float[SumOrder.Lanes];
        private float _blocks;

        public long Terms { get; private set; }

        public float Value => order.Block == 0 ? Fold() : _blocks;

        public void Add(float a, float b)
        {
            ref float lane = ref _lanes[Terms % order.Row % SumOrder.Lanes];
            lane = MathF.FusedMultiplyAdd(a, b, lane);
            Terms++;
            if (order.Block == 0 || Terms % order.Block != 0)
                return;
            _blocks += Fold();
            Array.Clear(_lanes);
        }

        private float Fold()
        {
            float[] lanes = [.. _lanes];
            for (int half = lanes.Length / 2; half > 0; half /= 2)
                for (int lane = 0; lane < half; lane++)
                    lanes[lane] += lanes[lane + half];
            return lanes[0];
        }
    }
}
