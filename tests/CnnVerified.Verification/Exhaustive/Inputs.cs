namespace CnnVerified.Verification.Exhaustive;

/// <summary>The binary32 numbers in ascending order, NaNs at both ends, and samples of them.</summary>
public static class Inputs
{
    /// <summary>How many there are.</summary>
    public const long Count = 1L << 32;

    /// <summary>The number at a place of the ascending order: negative NaNs, −∞, …, −0, +0, …, ∞, NaNs.</summary>
    /// <param name="place">0 to 2³² − 1.</param>
    /// <returns>The number.</returns>
    public static float At(long place)
    {
        uint key = (uint)place;
        return BitConverter.UInt32BitsToSingle((key & 0x80000000) != 0 ? key ^ 0x80000000 : ~key);
    }

    /// <summary>The place of a number in the ascending order.</summary>
    /// <param name="value">The number.</param>
    /// <returns>0 to 2³² − 1.</returns>
    public static long PlaceOf(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (bits & 0x80000000) != 0 ? ~bits : bits ^ 0x80000000;
    }

    /// <summary>A sample in ascending order: every binade of both signs, subnormal ones too, with its ends and numbers drawn in it;
    /// the neighbourhoods of corners; ±0, ±∞, NaN.</summary>
    /// <param name="each">Numbers drawn in each of the 2·277 binades.</param>
    /// <param name="corners">Numbers whose 32 neighbours on each side belong to the sample.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>Distinct numbers.</returns>
    public static float[] Stratified(int each, IEnumerable<float> corners, int seed)
    {
        var random = new Random(seed);
        var places = new HashSet<long>();
        void Around(float value, int reach)
        {
            for (long place = Math.Max(PlaceOf(value) - reach, 0); place <= Math.Min(PlaceOf(value) + reach, Count - 1); place++)
                places.Add(place);
        }

        foreach (float value in new[] { 0f, -0f, float.PositiveInfinity, float.NegativeInfinity, 1f, -1f })
            Around(value, 64);
        foreach (float corner in corners)
            Around(corner, 32);
        places.Add(PlaceOf(float.NaN));
        places.Add(PlaceOf(-float.NaN));
        for (int exponent = -149; exponent < 128; exponent++)
        {
            uint first = Bits(exponent), next = exponent == 127 ? BitConverter.SingleToUInt32Bits(float.PositiveInfinity) : Bits(exponent + 1);
            foreach (uint sign in new[] { 0u, 0x80000000u })
            {
                Around(BitConverter.UInt32BitsToSingle(sign | first), 2);
                for (int i = 0; i < each && i < next - first; i++)
                    places.Add(PlaceOf(BitConverter.UInt32BitsToSingle(sign | (uint)random.NextInt64(first, next))));
            }
        }
        return [.. places.Order().Select(At)];

        static uint Bits(int exponent) => BitConverter.SingleToUInt32Bits((float)Math.ScaleB(1, exponent));
    }
}
