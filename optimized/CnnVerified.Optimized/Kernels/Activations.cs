using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Activations as the end of another kernel, on values that are in the cache.</summary>
internal static unsafe class Activations
{
    private const int Part = 4096;

    /// <summary>Whether a kernel makes of its sums what their <see cref="MapSum.Activation"/> says; behind any other it is a pass of its own.</summary>
    public static bool Finishes(ConvolutionKernel kernel) =>
        kernel is ConvolutionKernel.Filters or ConvolutionKernel.Channels or ConvolutionKernel.Pixels or ConvolutionKernel.Turned;

    /// <summary>values[i] = f(values[i]).</summary>
    public static void Finish(Activation activation, VectorWidth width, float* values, nint count)
    {
        switch (activation)
        {
            case Activation.Rectifier: Elementwise.Apply(width, values, count, new Rectifier.ForwardEach()); break;
            case Activation.Tanh: Elementwise.Apply(width, values, count, new Tanh.ForwardEach()); break;
        }
    }

    /// <summary>The same by all threads.</summary>
    public static void Finish(Execution on, Activation activation, float* values, nint count)
    {
        if (activation != Activation.None)
            on.Run(checked((int)((count + Part - 1) / Part)), new Parts(activation, on.Width, values, count));
    }

    private readonly struct Parts(Activation activation, VectorWidth width, float* values, nint count) : IWork
    {
        public void Do(int from, int to, int thread) => Finish(activation, width, values + (nint)from * Part, Math.Min((nint)to * Part, count) - (nint)from * Part);
    }
}
