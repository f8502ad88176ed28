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
    private const int SpinsBeforeSleep = 2000;

    private readonly Worker[] _others;
    private delegate*<void*, int, int, int, void> _call;
    private void* _work;
    private int _items;
    private int _generation;
    private int _pending;
    private bool _stop;

    public Workers(int threads)
    {
        _others = new Worker[threads - 1];
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
        _pending = _others.Length;
        Interlocked.Increment(ref _generation);
        foreach (Worker worker in _others)
            worker.Wake();
        Share(0);
        var wait = new SpinWait();
        while (Volatile.Read(ref _pending) != 0)
            wait.SpinOnce(sleep1Threshold: -1);
    }

    public void Dispose()
    {
        Volatile.Write(ref _stop, true);
        Interlocked.Increment(ref _generation);
        foreach (Worker worker in _others)
            worker.Wake();
        foreach (Worker worker in _others)
            worker.Dispose();
    }

    private static void Invoke<TWork>(void* work, int from, int to, int thread) where TWork : unmanaged, IWork =>
        ((TWork*)work)->Do(from, to, thread);

    private void Share(int thread)
    {
        int threads = _others.Length + 1;
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
            int seen = 0;
            while (true)
            {
                seen = WaitForNext(seen);
                if (Volatile.Read(ref _owner._stop))
                    return;
                _owner.Share(_index);
                Interlocked.Decrement(ref _owner._pending);
            }
        }

        private int WaitForNext(int seen)
        {
            while (true)
            {
                for (int spin = 0; spin < SpinsBeforeSleep; spin++)
                {
                    int generation = Volatile.Read(ref _owner._generation);
                    if (generation != seen)
                        return generation;
                    Thread.SpinWait(1);
                }
                Interlocked.Exchange(ref _asleep, 1);
                // Work may have arrived between the last look and the flag. Whoever clears the flag decides: if it was the
                // caller, the semaphore is released and must be taken. A caller that was held up may wake this thread for
                // work that it has already done: hence the loop.
                if (Volatile.Read(ref _owner._generation) == seen || Interlocked.Exchange(ref _asleep, 0) == 0)
                    _wake.Wait();
            }
        }
    }
}
