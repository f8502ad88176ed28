using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CnnVerified.Peers.Compare;

/// <summary>The few calls of Linux's C library that processes need here.</summary>
internal static partial class Posix
{
    private const string C = "libc";
    private const int StopSignal = 19, ContinueSignal = 18, KillSignal = 9, ParentDeathSignal = 1, StandardOutput = 1, StandardError = 2;

    /// <summary>False where processes cannot be stopped and continued.</summary>
    public static bool CanStop { get; } = OperatingSystem.IsLinux();

    public static void Stop(int process) => Signal(process, StopSignal);

    public static void Continue(int process) => Signal(process, ContinueSignal);

    /// <summary>Lets this process end with the thread that started it, even where it is stopped.</summary>
    public static void EndWithParent()
    {
        if (CanStop)
            _ = prctl(ParentDeathSignal, KillSignal, 0, 0, 0);
    }

    /// <summary>Takes standard output for this program alone: what libraries print there goes to standard error.</summary>
    public static Stream TakeOutput()
    {
        if (!CanStop)
        {
            Stream output = Console.OpenStandardOutput();
            Console.SetOut(Console.Error);
            return output;
        }
        int own = dup(StandardOutput);
        if (own < 0 || dup2(StandardError, StandardOutput) < 0)
            throw new IOException($"standard output could not be taken: error {Marshal.GetLastPInvokeError()}.");
        return new FileStream(new SafeFileHandle(own, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    /// <summary>How often the system has taken a processor away from a thread of this process that had more to do; 0 where it does not tell.</summary>
    public static unsafe long InvoluntarySwitches()
    {
        const int Longs = 18, Involuntary = 17, Self = 0;   // struct rusage: two times of two longs each, then fourteen counts, this one the last
        long* usage = stackalloc long[Longs];
        return CanStop && getrusage(Self, usage) == 0 ? usage[Involuntary] : 0;
    }

    private static void Signal(int process, int signal)
    {
        if (CanStop)
            _ = kill(process, signal);
    }

    [LibraryImport(C)]
    private static partial int kill(int process, int signal);

    [LibraryImport(C)]
    private static unsafe partial int getrusage(int who, long* usage);

    [LibraryImport(C)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport(C, SetLastError = true)]
    private static partial int dup(int descriptor);

    [LibraryImport(C, SetLastError = true)]
    private static partial int dup2(int from, int to);
}
