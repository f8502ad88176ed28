using System.Runtime.InteropServices;

namespace CnnVerified.Fuzz;

/// <summary>Keeps every core busy and holds memory, page by page, until it is disposed.</summary>
internal sealed unsafe class Pressure : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Thread> _threads = [];
    private readonly List<nint> _blocks = [];

    /// <summary>Begins at once.</summary>
    /// <param name="megabytes">Memory to hold.</param>
    public Pressure(int megabytes)
    {
        for (int i = 0; i < megabytes; i++)
        {
            byte* block = (byte*)NativeMemory.Alloc(1 << 20);
            new Span<byte>(block, 1 << 20).Fill(1);
            _blocks.Add((nint)block);
        }
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            var thread = new Thread(Spin) { IsBackground = true };
            thread.Start();
            _threads.Add(thread);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _threads.ForEach(thread => thread.Join());
        foreach (nint block in _blocks)
            NativeMemory.Free((void*)block);
        _stop.Dispose();
    }

    // Most of the time in registers, now and then through the ballast, so that its pages stay in use.
    private void Spin()
    {
        var random = new Random(_threads.Count);
        while (!_stop.IsCancellationRequested)
        {
            Thread.SpinWait(100_000);
            if (_blocks.Count > 0)
                new Span<byte>((void*)_blocks[random.Next(_blocks.Count)], 1 << 20).Fill((byte)random.Next());
        }
    }
}
