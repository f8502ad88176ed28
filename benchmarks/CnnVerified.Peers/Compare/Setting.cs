using System.Runtime.Intrinsics.X86;
using CnnVerified.Timing.Compare;

namespace CnnVerified.Peers.Compare;

/// <summary>A library as one process uses it.</summary>
/// <param name="Peer">What --peers calls the library; empty for ours.</param>
/// <param name="Code">The short form of the table and of the process's argument.</param>
/// <param name="Name">Library and setting in words.</param>
/// <param name="Variables">What the process finds in its environment beside the number of threads.</param>
/// <param name="Open">Loads the library for a number of threads.</param>
internal sealed record Setting(string Peer, string Code, string Name, (string Name, string Value)[] Variables, Func<int, ISide> Open)
{
    // The C library's malloc gives big blocks back to the system and gets them anew at each call, page by page.
    private static readonly (string, string)[] Malloc = [("MALLOC_TRIM_THRESHOLD_", "4294967296"), ("MALLOC_TOP_PAD_", "268435456"), ("MALLOC_MMAP_THRESHOLD_", "4294967296")];

    /// <summary>Ours first.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("", Participant.Ours, "CnnVerified.Optimized", [], threads => new OurSide(threads)),
        .. Both("ort", "O", "ONNX Runtime", threads => new OrtSide(threads)),
        .. Both("torch", "N", "libtorch, NCHW", threads => new TorchSide(threads, isChannelsLast: false)),
        .. Both("torch", "C", "libtorch, channels_last", threads => new TorchSide(threads, isChannelsLast: true)),
        new("onednn", "D", "oneDNN, direct", [], threads => new DnnlSide(threads, Dnnl.DirectConvolution)),
        new("onednn", "W", "oneDNN, Winograd", [], threads => new DnnlSide(threads, Dnnl.WinogradConvolution)),
        new("blas", "B", "OpenBLAS", [], _ => new BlasSide("libopenblas.so.0", "openblas_get_config")),
        new("blas", "Bx", "OpenBLAS, told to take its AVX-512 kernels", [("OPENBLAS_CORETYPE", "SkylakeX")], _ => Avx512F.IsSupported
            ? new BlasSide("libopenblas.so.0", "openblas_get_config") : throw new PlatformNotSupportedException("this machine has no AVX-512.")),
        new("blas", "L", "BLIS", [], _ => new BlasSide("libblis.so.4", "bli_info_get_version_str")),
    ];

    /// <summary>The libraries that --peers takes.</summary>
    public static IReadOnlyList<string> Peers { get; } = [.. All.Select(setting => setting.Peer).Where(peer => peer.Length > 0).Distinct()];

    /// <summary>What the process finds in its environment.</summary>
    public IEnumerable<(string Name, string Value)> Environment(int threads)
    {
        string count = FormattableString.Invariant($"{threads}");
        return [.. Variables, ("OMP_NUM_THREADS", count), ("MKL_NUM_THREADS", count), ("OPENBLAS_NUM_THREADS", count), ("BLIS_NUM_THREADS", count)];
    }

    private static IEnumerable<Setting> Both(string peer, string code, string name, Func<int, ISide> open) =>
        [new(peer, code, name, [], open), new(peer, code + "m", name + ", malloc tuned", Malloc, open)];
}
