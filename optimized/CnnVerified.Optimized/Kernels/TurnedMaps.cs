namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct convolution of tiny maps: images are turned so that those of a batch are neighbours, and then one long row of pixels for the same kernels.</summary>
/// <remarks>Order of the sum: that of <see cref="MapProduct"/>, in the same bits. Where each pixel may have a list of taps of its own, nothing is padded: the data gradient of a
/// map of one pixel has one tap for each pixel.</remarks>
internal static unsafe class TurnedMaps
{
    private const int Columns = 256;                     // of an item
    private const int LeastImages = 32;                  // of a part of the batch: the weights are packed for each

    /// <summary>Images that are turned at a time.</summary>
    public static int Images(in MapSum sum) => (int)Math.Clamp(DirectConvolution.CopiedFloats / Math.Max(1, Input(sum) + Output(sum)), Math.Min(sum.N, LeastImages), sum.N);

    /// <summary>Computes; bias may be null.</summary>
    public static void Run(Execution on, in MapSum sum, float* x, float* w, float* bias, float* y)
    {
        int input = checked((int)Input(sum)), output = checked((int)Output(sum)), images = Images(sum);
        for (int n = 0; n < sum.N; n += images)
        {
            int count = Math.Min(images, sum.N - n);
            float* turned = on.Turned((nint)count * (input + output)), result = turned + (nint)count * input;
            on.Run((input + Columns - 1) / Columns, new Turning(x + (nint)n * input, count, input, turned));
            DirectConvolution.Run(on, KernelTable.OfTurned(on, sum), sum.Turned(count), turned, w, bias, result);
            on.Run((output + Columns - 1) / Columns, new Turning(y + (nint)n * output, count, output, result, back: true));
        }
    }

    private static long Input(in MapSum sum) => (long)sum.From.All * sum.H.Source * sum.W.Source;

    private static long Output(in MapSum sum) => (long)sum.To.All * sum.Output;

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
