namespace CnnVerified;

/// <summary>What pooling asks of its window.</summary>
internal static class PoolingAxis
{
    /// <summary>A map is pooled by itself: groups mean nothing.</summary>
    /// <exception cref="ArgumentException">G is not 1.</exception>
    internal static void ExpectNoGroups(string id, Window window)
    {
        if (window.G != 1)
            throw new ArgumentException($"pooling expects G = 1 but the window has G = {window.G}; {id}. (Parameter 'window')");
    }

    /// <summary>Every window holds an element along one axis: where its first taps lie in the padding, a later one does not, and
    /// taps do not step over all elements.</summary>
    /// <exception cref="ArgumentException">A window could hold no element.</exception>
    internal static void ExpectHeld(string id, string axis, string sizeName, int size, string tapsName, int taps, int before, int behind, int dilation)
    {
        if (Math.Max(before, behind) > (long)dilation * (taps - 1) || (dilation > size && taps > 1))
            throw new ArgumentException($"the window expects p{axis} <= e{axis}*({tapsName}-1) and e{axis} <= {sizeName}, so that it always holds an " +
                $"element, but p{axis} = {Math.Max(before, behind)}, e{axis} = {dilation}, {tapsName} = {taps}, {sizeName} = {size}; {id}. (Parameter 'window')");
    }

    /// <summary>No dilation.</summary>
    /// <exception cref="ArgumentException">A dilation is not 1.</exception>
    internal static void ExpectNoDilation(string id, Window window, ReadOnlySpan<char> axes)
    {
        foreach (char axis in axes)
        {
            int dilation = axis switch { 'd' => window.Ed, 'h' => window.Eh, _ => window.Ew };
            if (dilation != 1)
                throw new ArgumentException($"this pooling expects e{axis} = 1 but the window has e{axis} = {dilation}; {id}. (Parameter 'window')");
        }
    }

    /// <summary>No padding.</summary>
    /// <exception cref="ArgumentException">A padding is not 0.</exception>
    internal static void ExpectNoPadding(string id, Window window, ReadOnlySpan<char> axes)
    {
        foreach (char axis in axes)
        {
            var (before, behind) = axis switch { 'd' => (window.Pd, window.Pd), 'h' => (window.Ph, window.Qh), _ => (window.Pw, window.Qw) };
            if (before != 0 || behind != 0)
                throw new ArgumentException($"this pooling expects no padding but the window has {before} before and {behind} behind along the axis of " +
                    $"p{axis}; {id}. (Parameter 'window')");
        }
    }
}
