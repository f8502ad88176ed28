namespace CnnVerified.Peers;

/// <summary>The probe, tried on sums whose order is known before it is believed on others.</summary>
internal static class SumOrderCheck
{
    /// <summary>Compares what the probe says with what is true.</summary>
    /// <exception cref="InvalidOperationException">The probe is wrong.</exception>
    public static void Run()
    {
        Expect("one after the other, ascending", values => values.Aggregate((sum, value) => sum + value));
        Expect("one after the other, descending", values => values.Reverse().Aggregate((sum, value) => sum + value));
        Expect("8 lanes, then halves of the lanes onto each other", values => Lanes(values, 8, halves: true));
        Expect("16 lanes, then neighbours by pairs", values => Lanes(values, 16, halves: false));
        Expect("4 lanes, then the lanes one after the other", values => Lane(values, 4).Aggregate((sum, value) => sum + value));
        Expect("blocks of 4, ascending in each, then the blocks one after the other", values => values.Chunk(4).Select(block => block.Aggregate((sum, value) => sum + value)).Aggregate((sum, block) => sum + block));
        Expect("unknown: the pairs do not fit together to one tree, such as those of 0, 2 and 1", values => (values[1] == 1 ? values : [.. values.Reverse()]).Aggregate((sum, value) => sum + value));
        Expect("exact: no order shows", values => (float)values.Aggregate((Int128)0, (sum, value) => sum + (Int128)value));
    }

    private static void Expect(string order, Func<float[], float> sum)
    {
        string found = SumOrder.Of(64, values => sum(values));
        if (found != order)
            throw new InvalidOperationException($"the probe of orders is wrong: expected '{order}', got '{found}'.");
    }

    private static float[] Lane(float[] values, int count)
    {
        float[] lanes = [.. values[..count]];
        for (int i = count; i < values.Length; i++)
            lanes[i % count] += values[i];
        return lanes;
    }

    private static float Lanes(float[] values, int count, bool halves)
    {
        float[] lanes = Lane(values, count);
        while (lanes.Length > 1)
        {
            int half = lanes.Length / 2;
            float[] from = lanes;
            lanes = [.. Enumerable.Range(0, half).Select(i => halves ? from[i] + from[i + half] : from[2 * i] + from[2 * i + 1])];
        }
        return lanes[0];
    }
}
