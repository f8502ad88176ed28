namespace CnnVerified.Optimized.Kernels;

/// <summary>How a convolution reads its maps along one dimension: which places of them a pixel of the result meets with each tap.</summary>
/// <remarks>
/// Forward, pixel i meets place i·stride + tap·dilation − pad. A data gradient goes back: pixel u meets place (u + pad − tap·dilation)/stride
/// where that is whole. So there the pixels fall into classes by their remainder modulo the stride, each with taps of its own, and within
/// a class neighbours meet neighbours.
/// </remarks>
internal readonly struct MapAxis
{
    private readonly bool _back;
    private readonly int _stride, _pad, _dilation;

    private MapAxis(bool back, int source, int size, int taps, int stride, int pad, int dilation)
    {
        (_back, Source, Size, Taps, _stride, _pad, _dilation) = (back, source, size, taps, stride, pad, dilation);
        int reach = (taps - 1) * dilation;
        Lead = back ? Math.Max(0, (reach - pad + stride - 1) / stride) : pad;
        Reach = back ? (stride - 1 + pad) / stride + Lead + 1 : reach + 1;
        Places = back ? (size - 1 + pad) / stride + Lead + 1 : (size - 1) * stride + reach + 1;
    }

    /// <summary>One place and one tap.</summary>
    public static MapAxis None => Forward(1, 1, 1, 1, 0, 1);

    /// <summary>Places of the maps.</summary>
    public int Source { get; }

    /// <summary>Pixels of the result.</summary>
    public int Size { get; }

    /// <summary>Taps of the kernel.</summary>
    public int Taps { get; }

    /// <summary>Zeros before the first place.</summary>
    public int Lead { get; }

    /// <summary>Places that are met, those zeros and others behind among them.</summary>
    public int Places { get; }

    /// <summary>Places that one pixel meets, the first pixels of all classes taken together.</summary>
    public int Reach { get; }

    /// <summary>Pixels of the first class, which has the most.</summary>
    public int PixelsOfClass => (Size + Classes - 1) / Classes;

    /// <summary>Classes of pixels: pixel i is in class i mod that.</summary>
    public int Classes => _back ? _stride : 1;

    /// <summary>Whether it is that of a data gradient.</summary>
    public bool IsBack => _back;

    /// <summary>Whether one pixel meets each place with a tap of its own, or back, one place goes to each pixel with one.</summary>
    public bool IsWhole => _pad == 0 && (Taps == 1 || _dilation == 1) && (_back ? (Source, Size) == (1, Taps) : (Source, Size) == (Taps, 1));

    /// <summary>By how many places the next pixel of a class is further.</summary>
    public int Step => _back ? 1 : _stride;

    /// <summary>From a map of <paramref name="source"/> places to <paramref name="size"/> pixels.</summary>
    public static MapAxis Forward(int source, int size, int taps, int stride, int pad, int dilation) => new(false, source, size, taps, stride, pad, dilation);

    /// <summary>The other way: from the residual of <paramref name="source"/> places back to <paramref name="size"/> pixels.</summary>
    public static MapAxis Backward(int source, int size, int taps, int stride, int pad, int dilation) => new(true, source, size, taps, stride, pad, dilation);

    /// <summary>The place that the first pixel of a class meets with a tap, the lead counted; −1 where the class does not meet it.</summary>
    public int Place(int ofClass, int tap)
    {
        if (!_back)
            return tap * _dilation;
        int distance = ofClass + _pad - tap * _dilation + Lead * _stride;
        return distance % _stride == 0 ? distance / _stride : -1;
    }

    /// <summary>The place that a pixel meets with a tap; −1 where it meets none inside.</summary>
    public int Inside(int pixel, int tap)
    {
        int place = _back ? pixel + _pad - tap * _dilation : pixel * _stride + tap * _dilation - _pad;
        if (place < 0 || _back && place % _stride != 0)
            return -1;
        place /= _back ? _stride : 1;
        return place < Source ? place : -1;
    }
}
