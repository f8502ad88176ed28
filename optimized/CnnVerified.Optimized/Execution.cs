using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized;

/// <summary>How many floats one instruction works on. Every width computes the same bits.</summary>
public enum VectorWidth
{
    /// <summary>One float at a time.</summary>
    Scalar = 1,

    /// <summary>Four floats: SSE, NEON.</summary>
    V128 = 4,

    /// <summary>Eight floats: AVX2.</summary>
    V256 = 8,

    /// <summary>Sixteen floats: AVX-512.</summary>
    V512 = 16,
}

/// <summary>Where the engine computes: the vector width, the worker threads, and scratch memory that is kept between calls, so
/// that a call in a steady state allocates nothing.</summary>
/// <remarks>
/// Results depend neither on the width nor on the number of threads. One execution serves one caller at a time; a second
/// caller gets an <see cref="InvalidOperationException"/> and should have an execution of its own.
/// </remarks>
public sealed unsafe class Execution : IDisposable
{
    private readonly Workers _workers;
    private readonly ScratchMemory _shared, _local, _prepared, _turned, _converted;
    private int _busy;

    /// <summary>Makes an execution.</summary>
    /// <param name="width">The vector width; by default the widest that the machine accelerates.</param>
    /// <param name="threads">Threads that share the work, the caller among them; by default one for each core.</param>
    /// <exception cref="ArgumentOutOfRangeException">threads is not between 1 and 1024.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine does not accelerate this width.</exception>
    public Execution(VectorWidth? width = null, int? threads = null)
        : this(width, threads, () => new ScratchMemory())
    {
    }

    /// <summary>Makes an execution whose scratch memory comes from elsewhere: from the edge of a page that must not be touched, say.</summary>
    internal Execution(VectorWidth? width, int? threads, Func<ScratchMemory> scratch)
    {
        Width = width ?? Widest;
        Threads = threads ?? Environment.ProcessorCount;
        if (Threads is < 1 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(threads), $"threads expects 1 to 1024, got {Threads}.");
        if (!IsSupported(Width))
            throw new PlatformNotSupportedException($"{Width} expects hardware vectors of {(int)Width * 32} bits; this machine accelerates {Widest} at most.");
        (_shared, _local, _prepared, _turned, _converted) = (scratch(), scratch(), scratch(), scratch(), scratch());
        _workers = new Workers(Threads);
    }

    /// <summary>The widest vectors that the machine accelerates.</summary>
    public static VectorWidth Widest =>
        Vector512.IsHardwareAccelerated ? VectorWidth.V512
        : Vector256.IsHardwareAccelerated ? VectorWidth.V256
        : Vector128.IsHardwareAccelerated ? VectorWidth.V128
        : VectorWidth.Scalar;

    /// <summary>The vector width in use.</summary>
    public VectorWidth Width { get; }

    /// <summary>Threads that share the work, the caller among them.</summary>
    public int Threads { get; }

    /// <summary>The kernel that convolutions are computed with where it can; null where <see cref="KernelTable"/> chooses. By default what the
    /// environment variable CNNVERIFIED_KERNEL names. For minimal filtering <see cref="ConvolutionKernel.WinogradTwo"/> asks for tiles of 2×2 where those of 4×4 would do.</summary>
    /// <exception cref="ArgumentException">At construction: the variable names none.</exception>
    public ConvolutionKernel? Kernel { get; init; } = KernelTable.Named;

    /// <summary>How convolutions are summed. By default in order, or what the environment variable CNNVERIFIED_ALGORITHM names.</summary>
    /// <exception cref="ArgumentException">At construction: the variable names none.</exception>
    public Algorithm Algorithm { get; init; } = KernelTable.NamedAlgorithm;

    /// <summary>The largest derived error at which <see cref="Algorithm.Winograd"/> and <see cref="Algorithm.Auto"/> leave the stated order, in units of max|x|·max|w| times the
    /// terms of an output's sum. By default 1/32: tiles of 4×4 up to some two thousand channels, or nearly three thousand tiles of a weight gradient.</summary>
    public double WinogradLimit { get; init; } = 1.0 / 32;

    /// <summary>The row of <see cref="KernelTable"/> that the last convolution was computed by; null before the first.</summary>
    public KernelRule? Chosen { get; internal set; }

    /// <summary>The derived worst case of the last convolution if that was computed by minimal filtering, in the units of <see cref="WinogradLimit"/>; else 0.</summary>
    public double ChosenError { get; internal set; }

    /// <summary>Fills scratch memory with NaN before each use, so that a kernel which reads what it did not write is seen.</summary>
    public bool PoisonScratch { get; init; }

    /// <summary>True where the machine accelerates this width; scalar always.</summary>
    /// <param name="width">The width.</param>
    /// <returns>Whether it can be used.</returns>
    public static bool IsSupported(VectorWidth width) => width <= Widest;

    /// <inheritdoc/>
    public void Dispose()
    {
        _workers.Dispose();
        _shared.Dispose();
        _local.Dispose();
        _prepared.Dispose();
        _turned.Dispose();
        _converted.Dispose();
    }

    /// <summary>Takes the execution for one call; the result gives it back.</summary>
    internal Lease Enter()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            throw new InvalidOperationException("this Execution is in use by another call; give each thread an Execution of its own.");
        return new Lease(this);
    }

    /// <summary>Scratch that all threads share.</summary>
    internal float* Shared(nint floats) => Take(_shared, floats, 1)[0];

    /// <summary>Scratch that all threads share, for what a call prepares before it runs a product: products take the other two.</summary>
    internal float* Prepared(nint floats) => Take(_prepared, floats, 1)[0];

    /// <summary>Scratch that all threads share, for the maps of a batch that is turned: a call may have prepared what they are multiplied with.</summary>
    internal float* Turned(nint floats) => Take(_turned, floats, 1)[0];

    /// <summary>Scratch that all threads share, for maps of what comes in blocks: a call on them may take all others.</summary>
    internal float* Converted(nint floats) => Take(_converted, floats, 1)[0];

    /// <summary>Scratch for each thread alone.</summary>
    internal PerThread Local(nint floats) => Take(_local, floats, Threads);

    private PerThread Take(ScratchMemory memory, nint floats, int blocks)
    {
        ExpectEntered();
        float* start = memory.Get(floats, blocks, out nint stride);
        var each = new PerThread(start, stride);
        if (PoisonScratch)
            for (int block = 0; block < blocks; block++)
                for (nint i = 0; i < floats; i++)
                    each[block][i] = float.NaN;
        return each;
    }

    /// <summary>Runs all items, split evenly over the threads in contiguous ranges.</summary>
    internal void Run<TWork>(int items, TWork work) where TWork : unmanaged, IWork
    {
        ExpectEntered();
        _workers.Run(items, &work);
    }

    // Else two calls could share scratch and workers, and none would notice but in its results.
    private void ExpectEntered()
    {
        if (_busy == 0)
            throw new InvalidOperationException("work on an Execution expects a call that has entered it.");
    }

    internal readonly ref struct Lease(Execution owner)
    {
        public void Dispose() => Volatile.Write(ref owner._busy, 0);
    }

    /// <summary>One block of scratch for each thread, as addresses, so that work structs can carry it.</summary>
    internal readonly struct PerThread(float* start, nint stride)
    {
        public float* this[int thread] => start + thread * stride;
    }
}
