using System.Runtime.InteropServices;

namespace CnnVerified.Peers;

/// <summary>The C interface of oneDNN 2.6, as far as it is used here. Descriptors are blocks of memory that only the library reads.</summary>
internal static unsafe partial class Dnnl
{
    private const string Library = "libdnnl.so.2";

    public const int Training = 64, Inference = 96, Backward = 128, BackwardData = 160;
    public const int DirectConvolution = 1, WinogradConvolution = 2, Convolution = 3, Deconvolution = 10;
    public const int MaxPooling = 511, MeanPooling = 767, ClippedMeanPooling = 1023, AcrossChannels = 2815, Softmax = 196608, LogSoftmax = 196609;
    public const int Source = 1, Result = 17, Weights = 33, Bias = 41, Mean = 49, Variance = 50, Scale = 51, Shift = 52, Workspace = 64;
    public const int SourceGradient = 129, ResultGradient = 145, WeightsGradient = 161, BiasGradient = 169;
    public const uint GivenStatistics = 1, WithScaleShift = 2, WithScale = 8, WithShift = 16;

    private const int Single = 3, Any = 1, Cpu = 1, DefaultStream = 1, Unimplemented = 3;
    private const int DescriptorBytes = 696, OperationBytes = 8192;
    private static readonly nint Engine = Made("engine", (out nint made) => dnnl_engine_create(out made, Cpu, 0));
    private static readonly nint Stream = Made("stream", (out nint made) => dnnl_stream_create(out made, Engine, DefaultStream));

    private delegate int Creation(out nint made);

    /// <summary>Fills the descriptor of an operation.</summary>
    /// <param name="operation">The block.</param>
    /// <returns>The library's status.</returns>
    public delegate int Description(byte* operation);

    /// <summary>The version that was loaded, such as 2.6.3.</summary>
    public static string Version
    {
        get
        {
            int* version = dnnl_version();
            return $"{version[0]}.{version[1]}.{version[2]}";
        }
    }

    /// <summary>Sets the threads of the OpenMP runtime that the library uses.</summary>
    public static void SetThreads(int threads) => omp_set_num_threads(threads);

    /// <summary>The layout of a tensor: row-major, or whichever the library likes best.</summary>
    public sealed class Layout : IDisposable
    {
        public Layout(nint[] lengths, bool isFree = false)
        {
            Pointer = (byte*)NativeMemory.AllocZeroed(DescriptorBytes);
            long* dims = stackalloc long[12];
            long* strides = stackalloc long[12];
            for (int d = lengths.Length - 1; d >= 0; d--)
            {
                dims[d] = lengths[d];
                strides[d] = d == lengths.Length - 1 ? 1 : strides[d + 1] * Math.Max(1, dims[d + 1]);
            }
            Check(isFree ? dnnl_memory_desc_init_by_tag(Pointer, lengths.Length, dims, Single, Any) : dnnl_memory_desc_init_by_strides(Pointer, lengths.Length, dims, Single, strides), "a layout");
        }

        public byte* Pointer { get; }

        public void Dispose() => NativeMemory.Free(Pointer);
    }

    /// <summary>A tensor that an operation reads or writes.</summary>
    /// <param name="Argument">Which one of the operation.</param>
    /// <param name="Values">Its elements, row-major.</param>
    /// <param name="Lengths">Its lengths.</param>
    /// <param name="Query">What to ask for the layout that the operation wants, or 0 where it is row-major.</param>
    /// <param name="IsWritten">True for a result.</param>
    public sealed record Operand(int Argument, nint Values, nint[] Lengths, int Query, bool IsWritten);

    /// <summary>An operation made ready, with the layouts that it chose.</summary>
    public sealed class Operation : IDisposable
    {
        private readonly nint _description;

        public Operation(Description describe, Operation? forward = null)
        {
            byte* operation = (byte*)NativeMemory.AllocZeroed(OperationBytes);
            try
            {
                Check(describe(operation), "an operation");
                Check(dnnl_primitive_desc_create(out _description, operation, 0, Engine, forward?._description ?? 0), "an operation");
            }
            finally
            {
                NativeMemory.Free(operation);
            }
        }

        /// <summary>The layout of what a forward pass keeps for the backward pass, or null.</summary>
        public byte* WorkspaceLayout => dnnl_primitive_desc_query_md(_description, 135, 0);

        /// <summary>Runs it once; operands in another layout than the operation's are reordered by the library.</summary>
        public void Run(IReadOnlyList<Operand> operands, nint workspace = 0)
        {
            using Prepared prepared = Prepare(operands, workspace);
            prepared.Run();
        }

        /// <summary>Puts operands in place, to run it many times.</summary>
        public Prepared Prepare(IReadOnlyList<Operand> operands, nint workspace = 0) => new(_description, operands, workspace);

        public void Dispose() => _ = dnnl_primitive_desc_destroy(_description);
    }

    /// <summary>An operation with its operands in place.</summary>
    public sealed class Prepared : IDisposable
    {
        private readonly nint _primitive;
        private readonly nint[] _arguments;
        private readonly List<nint> _made = [];
        private readonly List<(int Argument, Reordering Step)> _before = [], _after = [];

        internal Prepared(nint description, IReadOnlyList<Operand> operands, nint workspace)
        {
            var arguments = new List<nint>();
            Check(dnnl_primitive_create(out _primitive, description), "a primitive");
            foreach (Operand operand in operands)
            {
                using var plain = new Layout(operand.Lengths);
                nint given = Memory(plain.Pointer, operand.Values), used = given;
                _made.Add(given);
                byte* wanted = operand.Query == 0 ? null : dnnl_primitive_desc_query_md(description, operand.Query, 0);
                if (wanted != null && dnnl_memory_desc_equal(wanted, plain.Pointer) == 0)
                {
                    used = Memory(wanted, -1);
                    _made.Add(used);
                    (operand.IsWritten ? _after : _before).Add((operand.Argument, operand.IsWritten ? new(used, given) : new(given, used)));
                }
                arguments.AddRange([operand.Argument, used]);
            }
            if (workspace != 0)
                arguments.AddRange([Workspace, workspace]);
            _arguments = [.. arguments];
        }

        /// <summary>Runs it between reorders of its operands.</summary>
        /// <param name="isReordered">Which operands are; the others keep what the library has of them. All by default.</param>
        public void Run(Func<int, bool>? isReordered = null)
        {
            foreach (var (argument, step) in _before)
                if (isReordered?.Invoke(argument) ?? true)
                    step.Run();
            Execute(_primitive, _arguments, "a run");
            foreach (var (argument, step) in _after)
                if (isReordered?.Invoke(argument) ?? true)
                    step.Run();
        }

        public void Dispose()
        {
            foreach (var (_, step) in _before.Concat(_after))
                step.Dispose();
            _made.ForEach(Free);
            _ = dnnl_primitive_destroy(_primitive);
        }
    }

    /// <summary>Memory of the library's own in a layout; -1 lets it allocate.</summary>
    public static nint Memory(byte* layout, nint values)
    {
        Check(dnnl_memory_create(out nint memory, layout, Engine, values), "memory");
        return memory;
    }

    /// <summary>Gives memory back.</summary>
    public static void Free(nint memory) => _ = dnnl_memory_destroy(memory);

    // From one layout to another.
    private sealed class Reordering : IDisposable
    {
        private readonly nint _description, _primitive;
        private readonly nint[] _arguments;

        public Reordering(nint from, nint to)
        {
            Check(dnnl_memory_get_memory_desc(from, out byte* source), "a layout");
            Check(dnnl_memory_get_memory_desc(to, out byte* target), "a layout");
            Check(dnnl_reorder_primitive_desc_create(out _description, source, Engine, target, Engine, 0), "a reorder");
            Check(dnnl_primitive_create(out _primitive, _description), "a reorder");
            _arguments = [Source, from, Result, to];
        }

        public void Run() => Execute(_primitive, _arguments, "a reorder");

        public void Dispose()
        {
            _ = dnnl_primitive_destroy(_primitive);
            _ = dnnl_primitive_desc_destroy(_description);
        }
    }

    private static void Execute(nint primitive, nint[] arguments, string what)
    {
        fixed (nint* pairs = arguments)
            Check(dnnl_primitive_execute(primitive, Stream, arguments.Length / 2, pairs), what);
        Check(dnnl_stream_wait(Stream), what);
    }

    private static nint Made(string what, Creation create)
    {
        Check(create(out nint made), what);
        return made;
    }

    private static void Check(int status, string what)
    {
        if (status != 0)
            throw new InvalidOperationException($"oneDNN refused {what}: status {status}{(status == Unimplemented ? ", not implemented" : "")}.");
    }

    [LibraryImport(Library)]
    private static partial int* dnnl_version();

    [LibraryImport(Library)]
    private static partial int dnnl_engine_create(out nint engine, int kind, nuint index);

    [LibraryImport(Library)]
    private static partial int dnnl_stream_create(out nint stream, nint engine, uint flags);

    [LibraryImport(Library)]
    private static partial int dnnl_stream_wait(nint stream);

    [LibraryImport(Library)]
    private static partial int dnnl_memory_desc_init_by_tag(byte* layout, int rank, long* lengths, int type, int tag);

    [LibraryImport(Library)]
    private static partial int dnnl_memory_desc_init_by_strides(byte* layout, int rank, long* lengths, int type, long* strides);

    [LibraryImport(Library)]
    private static partial int dnnl_memory_desc_equal(byte* left, byte* right);

    [LibraryImport(Library)]
    private static partial int dnnl_memory_create(out nint memory, byte* layout, nint engine, nint values);

    [LibraryImport(Library)]
    private static partial int dnnl_memory_destroy(nint memory);

    [LibraryImport(Library)]
    private static partial int dnnl_memory_get_memory_desc(nint memory, out byte* layout);

    [LibraryImport(Library)]
    private static partial int dnnl_primitive_desc_create(out nint description, byte* operation, nint attributes, nint engine, nint forward);

    [LibraryImport(Library)]
    private static partial int dnnl_primitive_desc_destroy(nint description);

    [LibraryImport(Library)]
    private static partial byte* dnnl_primitive_desc_query_md(nint description, int what, int index);

    [LibraryImport(Library)]
    private static partial int dnnl_primitive_create(out nint primitive, nint description);

    [LibraryImport(Library)]
    private static partial int dnnl_primitive_destroy(nint primitive);

    [LibraryImport(Library)]
    private static partial int dnnl_primitive_execute(nint primitive, nint stream, int count, nint* arguments);

    [LibraryImport(Library)]
    private static partial int dnnl_reorder_primitive_desc_create(out nint description, byte* source, nint from, byte* target, nint to, nint attributes);

    [LibraryImport(Library)]
    public static partial int dnnl_dilated_convolution_forward_desc_init(byte* operation, int kind, int algorithm, byte* x, byte* w, byte* b, byte* y, long* strides, long* dilations, long* before, long* behind);

    [LibraryImport(Library)]
    public static partial int dnnl_dilated_convolution_backward_data_desc_init(byte* operation, int algorithm, byte* dx, byte* w, byte* dy, long* strides, long* dilations, long* before, long* behind);

    [LibraryImport(Library)]
    public static partial int dnnl_dilated_convolution_backward_weights_desc_init(byte* operation, int algorithm, byte* x, byte* dw, byte* db, byte* dy, long* strides, long* dilations, long* before, long* behind);

    [LibraryImport(Library)]
    public static partial int dnnl_dilated_deconvolution_forward_desc_init(byte* operation, int kind, int algorithm, byte* x, byte* w, byte* b, byte* y, long* strides, long* dilations, long* before, long* behind);

    [LibraryImport(Library)]
    public static partial int dnnl_dilated_deconvolution_backward_data_desc_init(byte* operation, int algorithm, byte* dx, byte* w, byte* dy, long* strides, long* dilations, long* before, long* behind);

    [LibraryImport(Library)]
    public static partial int dnnl_dilated_deconvolution_backward_weights_desc_init(byte* operation, int algorithm, byte* x, byte* dw, byte* db, byte* dy, long* strides, long* dilations, long* before, long* behind);

    [LibraryImport(Library)]
    public static partial int dnnl_pooling_v2_forward_desc_init(byte* operation, int kind, int algorithm, byte* x, byte* y, long* strides, long* window, long* dilations, long* before, long* behind);

    [LibraryImport(Library)]
    public static partial int dnnl_pooling_v2_backward_desc_init(byte* operation, int algorithm, byte* dx, byte* dy, long* strides, long* window, long* dilations, long* before, long* behind);

    [LibraryImport(Library)]
    public static partial int dnnl_eltwise_forward_desc_init(byte* operation, int kind, int algorithm, byte* x, float alpha, float beta);

    [LibraryImport(Library)]
    public static partial int dnnl_eltwise_backward_desc_init(byte* operation, int algorithm, byte* dx, byte* x, float alpha, float beta);

    [LibraryImport(Library)]
    public static partial int dnnl_softmax_v2_forward_desc_init(byte* operation, int kind, int algorithm, byte* x, byte* y, int axis);

    [LibraryImport(Library)]
    public static partial int dnnl_softmax_v2_backward_desc_init(byte* operation, int algorithm, byte* dx, byte* dy, byte* y, int axis);

    [LibraryImport(Library)]
    public static partial int dnnl_batch_normalization_forward_desc_init(byte* operation, int kind, byte* x, float eps, uint flags);

    [LibraryImport(Library)]
    public static partial int dnnl_batch_normalization_backward_desc_init(byte* operation, int kind, byte* dx, byte* x, float eps, uint flags);

    [LibraryImport(Library)]
    public static partial int dnnl_layer_normalization_forward_desc_init(byte* operation, int kind, byte* x, byte* statistics, float eps, uint flags);

    [LibraryImport(Library)]
    public static partial int dnnl_layer_normalization_backward_desc_init(byte* operation, int kind, byte* dx, byte* x, byte* statistics, float eps, uint flags);

    [LibraryImport(Library)]
    public static partial int dnnl_lrn_forward_desc_init(byte* operation, int kind, int algorithm, byte* x, long size, float alpha, float beta, float k);

    [LibraryImport(Library)]
    public static partial int dnnl_inner_product_forward_desc_init(byte* operation, int kind, byte* x, byte* w, byte* b, byte* y);

    [LibraryImport(Library)]
    public static partial int dnnl_inner_product_backward_data_desc_init(byte* operation, byte* dx, byte* w, byte* dy);

    [LibraryImport(Library)]
    public static partial int dnnl_inner_product_backward_weights_desc_init(byte* operation, byte* x, byte* dw, byte* db, byte* dy);

    [LibraryImport("libgomp.so.1")]
    private static partial void omp_set_num_threads(int threads);
}
