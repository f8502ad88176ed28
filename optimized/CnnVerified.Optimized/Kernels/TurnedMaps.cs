namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct convolution of tiny maps: images are turned so that those of a batch are neighbours, and then one long row of pixels for the same kernels.</summary>
/// <remarks>Order of the sum: that of <see cref="MapProduct"/>, in the same bits. Where each pixel may have a list of taps of its own, nothing is padded: the data gradient of a
/// map of one pixel has one tap for each pixel.</remarks>
internal static unsafe class TurnedMaps
{
    private const int TinyRow = 6, LeastImages = 8;
    private const int Columns = 256;                     // of an item

    /// <summary>Whether rows are too short for a tile, and images many enough.</summary>
    public static bool Pays(in MapSum sum) =>
        sum.N >= LeastImages && sum.W.Size / sum.W.Classes < TinyRow && sum.D.Size == 1 && sum.D.Source == 1 && sum.D.Taps == 1 && sum.D.Lead == 0;

    /// <summary>Computes; bias may be null.</summary>
    /// <returns>False where no kernel takes the turned maps, and nothing was computed.</returns>
    public static bool Run(Execution on, in MapSum sum, float* x, float* w, float* bias, float* y)
    {
        int input = sum.From.All * sum.H.Source * sum.W.Source, output = sum.To.All * sum.Output;
        int images = (int)Math.Clamp(DirectConvolution.CopiedFloats / ((long)input + output), Math.Min(sum.N, 4 * LeastImages), sum.N);
        for (int n = 0; n < sum.N; n += images)
        {
            int count = Math.Min(images, sum.N - n);
            float* turned = on.Prepared((nint)count * (input + output)), result = turned + (nint)count * input;
            on.Run((input + Columns - 1) / Columns, new Turning(x + (nint)n * input, count, input, turned));
            if (!DirectConvolution.Run(on, sum.Turned(count), turned, w, bias, result))
                return false;
            on.Run((output + Columns - 1) / Columns, new Turning(y + (nint)n * output, count, output, result, back: true));
        }
        return true;
    }

    /// <summary>An item is some columns of a matrix of so many rows, turned, or turned back.</summary>
    private readonly struct Turning(float* matrix, int rows, int columns, float* turned, bool back = false) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            int first = from * Columns, count = Math.Min(columns, to * Columns) - first;
            if (back)
                Transposition.Copy(turned + (nint)first * rows, rows, count, rows, matrix + first, columns);
            else
                Transposition.Copy(matrix + first, columns, rows, count, turned + (nint)first * rows, rows);
        }
    }
}
