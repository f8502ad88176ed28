using System.Runtime.InteropServices;
using CnnVerified.Timing.Compare;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Peers.Compare;

/// <summary>A library with the C interface of BLAS, on fully connected layers alone.</summary>
internal sealed unsafe class BlasSide : ISide
{
    private const int RowMajor = 101, AsIs = 111, Transposed = 112;

    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _multiply;

    public BlasSide(string library, string versionFunction)
    {
        nint loaded = NativeLibrary.Load(library);
        _multiply = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)NativeLibrary.GetExport(loaded, "cblas_sgemm");
        var version = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(loaded, versionFunction);
        Version = $"{library} {Marshal.PtrToStringUTF8((nint)version())?.Trim()}";
    }

    public string Version { get; }

    public IReadOnlyList<TimedPath> Prepare(Workload work, WorkData data)
    {
        if (work.Kind != LayerKind.FullyConnected)
            return [];
        Case c = work.Case;
        int N = c["n"], D = c["c"], K = c["k"];
        var to = new float[work.Count(work.Result)];
        Array.Fill(to, float.NaN);
        Action call = work.Pass switch
        {
            Pass.Forward => Forward,
            Pass.BackwardData => () => Multiply(AsIs, AsIs, N, D, K, data.Dy, K, data.W, D, 0, to, D),
            _ => () => Multiply(Transposed, AsIs, K, D, N, data.Dy, K, data.X, D, 0, to, D),
        };
        if (work.Pass != Pass.Forward)
            Array.Clear(to);   // whether 0 · NaN is 0 is for each library to say
        return [new(TimedPath.Plain, call, () => to)];

        void Forward()
        {
            for (int n = 0; n < N; n++)   // y begins as the bias: the product is added to it
                data.B.CopyTo(to.AsSpan(n * K));
            Multiply(AsIs, Transposed, N, K, D, data.X, D, data.W, D, 1, to, K);
        }
    }

    public void Release()
    {
    }

    public void Dispose()
    {
    }

    private void Multiply(int left, int right, int rows, int columns, int terms, float[] a, int aStep, float[] b, int bStep, float keep, float[] to, int toStep)
    {
        fixed (float* pa = a, pb = b, pc = to)
            _multiply(RowMajor, left, right, rows, columns, terms, 1, pa, aStep, pb, bStep, keep, pc, toStep);
    }
}
