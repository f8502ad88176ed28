namespace CnnVerified.Optimized.Kernels;

/// <summary>Work that can be cut into items.</summary>
internal interface IWork
{
    /// <summary>Does items [from, to) on the given thread.</summary>
    void Do(int from, int to, int thread);
}

/// <summary>Threads that wait for work, first spinning, then asleep. Starting a parallel loop allocates nothing.</summary>
internal sealed unsafe class Workers : IDisposable
{
    private const int ThreadBits = 16;

    private readonly Worker[] _others;

    // A thread that spins takes the core from one that works, where there are more threads than cores.
    private readonly int _spinsBeforeSleep;
    private delegate*<void*, int, int, int, void> _call;
    private void* _work;
    private int _items;
    private int _pending;

    // A counter of calls, and in the low bits how many threads take part: read as one, since those that do not take part are not waited for.
    private long _signal;
    private bool _stop;

    public Workers(int threads)
    {
        _others = new Worker[threads - 1];
        _spinsBeforeSleep = threads <= Environment.ProcessorCount ? 2000 : 0;
        for (int i = 0; i < _others.Length; i++)
            _others[i] = new Worker(this, i + 1);
    }

    public void Run<TWork>(int items, TWork* work) where TWork : unmanaged, IWork
    {
        if (_others.Length == 0 || items <= 1)
        {
            work->Do(0, items, 0);
            return;
        }
        _call = &Invoke<TWork>;
        _work = work;
        _items = items;
        int threads = Math.Min(items, _others.Length + 1);
        _pending = threads - 1;
        Signal(threads);
        Share(0, threads);
        var wait = new SpinWait();
        while (Volatile.Read(ref _pending) != 0)
            wait.SpinOnce(sleep1Threshold: -1);
    }

    public void Dispose()
    {
        Volatile.Write(ref _stop, true);
        Signal(_others.Length + 1);
        foreach (Worker worker in _others)
            worker.Dispose();
    }

    private static void Invoke<TWork>(void* work, int from, int to, int thread) where TWork : unmanaged, IWork =>
        ((TWork*)work)->Do(from, to, thread);

    private void Signal(int threads)
    {
        Interlocked.Exchange(ref _signal, ((_signal >> ThreadBits) + 1 << ThreadBits) + threads);
        for (int i = 0; i < threads - 1; i++)
            _others[i].Wake();
    }

    private void Share(int thread, int threads)
    {
        int from = (int)((long)_items * thread / threads), to = (int)((long)_items * (thread + 1) / threads);
        if (from < to)
            _call(_work, from, to, thread);
    }

    private sealed class Worker : IDisposable
    {
        private readonly Workers _owner;
        private readonly int _index;
        private readonly Thread _thread;
        private readonly SemaphoreSlim _wake = new(0);
        private int _asleep;

        public Worker(Workers owner, int index)
        {
            (_owner, _index) = (owner, index);
            _thread = new Thread(Loop) { IsBackground = true, Name = $"CnnVerified worker {index}" };
            _thread.Start();
        }

        public void Wake()
        {
            if (Interlocked.Exchange(ref _asleep, 0) == 1)
                _wake.Release();
        }

        public void Dispose()
        {
            _thread.Join();
            _wake.Dispose();
        }

        private void Loop()
        {
            long seen = 0;
            while (true)
            {
                seen = WaitForNext(seen);
                if (Volatile.Read(ref _owner._stop))
                    return;
                int threads = (int)(seen & (1 << ThreadBits) - 1);
                if (_index >= threads)
                    continue;
                _owner.Share(_index, threads);
                Interlocked.Decrement(ref _owner._pending);
            }
        }

        private long WaitForNext(long seen)
        {
            while (true)
            {
                for (int spin = 0; spin <= _owner._spinsBeforeSleep; spin++)
                {
                    long signal = Volatile.Read(ref _owner._signal);
                    if (signal != seen)
                        return signal;
                    Thread.SpinWait(1);
                }
                Interlocked.Exchange(ref _asleep, 1);
                // Work may have arrived between the last look and the flag. Whoever clears the flag decides: if it was the
                // caller, the semaphore is released and must be taken. A caller that was held up may wake this thread for
                // work that it has already done: hence the loop.
                if (Volatile.Read(ref _owner._signal) == seen || Interlocked.Exchange(ref _asleep, 0) == 0)
                    _wake.Wait();
            }
        }
    }
}
