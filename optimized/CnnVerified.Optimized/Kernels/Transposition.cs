using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Copies of a matrix that exchange rows and columns.</summary>
internal static unsafe class Transposition
{
    /// <summary>to[column·toRow + row] = from[row·fromRow + column].</summary>
    /// <remarks>In squares; where the last does not fit it covers some elements again.</remarks>
    public static void Copy(float* from, nint fromRow, int rows, int columns, float* to, nint toRow)
    {
        int side = Math.Min(rows, columns);
        if (side >= 16 && Avx512F.IsSupported)
            Squares<Square16>(from, fromRow, rows, columns, to, toRow);
        else if (side >= 8 && Avx.IsSupported)
            Squares<Square8>(from, fromRow, rows, columns, to, toRow);
        else if (side >= 4)
            Squares<Square4>(from, fromRow, rows, columns, to, toRow);
        else if (columns == 1 && fromRow == 1)
            Runs.Move(from, rows, to);
        else if (rows == 1 && toRow == 1)
            Runs.Move(from, columns, to);
        else
        {
            int first = rows is 2 or 3 && toRow == rows ? Interleave(from, fromRow, rows, columns, to) : 0;
            for (int row = 0; row < rows; row++)
                for (int column = first; column < columns; column++)
                    to[column * toRow + row] = from[row * fromRow + column];
        }
    }

    // Each store of four floats covers what the next column writes again; so the last columns are left.
    private static int Interleave(float* from, nint fromRow, int rows, int columns, float* to)
    {
        int column = 0;
        for (; column < columns - 4; column += 4, from += 4, to += 4 * rows)
        {
            Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + fromRow), c = Vector128.Load(from + (rows - 1) * fromRow);
            Vector128<float> ac0 = Zip(a, c, 0), ac1 = Zip(a, c, 2), bb0 = Zip(b, b, 0), bb1 = Zip(b, b, 2);
            Zip(ac0, bb0, 0).Store(to);
            Zip(ac0, bb0, 2).Store(to + rows);
            Zip(ac1, bb1, 0).Store(to + 2 * rows);
            Zip(ac1, bb1, 2).Store(to + 3 * rows);
        }
        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Squares<TSquare>(float* from, nint fromRow, int rows, int columns, float* to, nint toRow) where TSquare : struct, ISquare
    {
        for (int row = 0; row < rows; row += TSquare.Side)
            for (int column = 0; column < columns; column += TSquare.Side)
            {
                int r = Math.Min(row, rows - TSquare.Side), c = Math.Min(column, columns - TSquare.Side);
                TSquare.Turn(from + r * fromRow + c, fromRow, to + c * toRow + r, toRow);
            }
    }

    // a[i], b[i], a[i + 1], b[i + 1].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Zip(Vector128<float> a, Vector128<float> b, int i) => i == 0
        ? Sse.IsSupported ? Sse.UnpackLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1])
        : Sse.IsSupported ? Sse.UnpackHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Multiply4<V, L>(V a, V b, V c, V d, float* x, V sum) where V : unmanaged where L : struct, ILanes<V> =>
        L.Fma(L.Create(x[3]), d, L.Fma(L.Create(x[2]), c, L.Fma(L.Create(x[1]), b, L.Fma(L.Create(x[0]), a, sum))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(float* from, nint row, out Vector512<float> column0, out Vector512<float> column1, out Vector512<float> column2, out Vector512<float> column3)
    {
        Vector512<float> a = Vector512.Load(from), b = Vector512.Load(from + row), c = Vector512.Load(from + 2 * row), d = Vector512.Load(from + 3 * row);
        Vector512<double> ab0 = Avx512F.UnpackLow(a, b).AsDouble(), ab2 = Avx512F.UnpackHigh(a, b).AsDouble(), cd0 = Avx512F.UnpackLow(c, d).AsDouble(), cd2 = Avx512F.UnpackHigh(c, d).AsDouble();
        column0 = Avx512F.UnpackLow(ab0, cd0).AsSingle();
        column1 = Avx512F.UnpackHigh(ab0, cd0).AsSingle();
        column2 = Avx512F.UnpackLow(ab2, cd2).AsSingle();
        column3 = Avx512F.UnpackHigh(ab2, cd2).AsSingle();
    }

    // Of columns c, c, c, c of four rows each: column c, c + 4, c + 8 and c + 12 of sixteen.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c, ref Vector512<float> d)
    {
        const byte Even = 0b10_00_10_00, Odd = 0b11_01_11_01;
        Vector512<float> ab02 = Avx512F.Shuffle4x128(a, b, Even), cd02 = Avx512F.Shuffle4x128(c, d, Even), ab13 = Avx512F.Shuffle4x128(a, b, Odd), cd13 = Avx512F.Shuffle4x128(c, d, Odd);
        a = Avx512F.Shuffle4x128(ab02, cd02, Even);
        b = Avx512F.Shuffle4x128(ab13, cd13, Even);
        c = Avx512F.Shuffle4x128(ab02, cd02, Odd);
        d = Avx512F.Shuffle4x128(ab13, cd13, Odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V, L>(V a, V b, V c, V d, float* to, nint row) where V : unmanaged where L : struct, ILanes<V>
    {
        L.Store(a, to);
        L.Store(b, to + row);
        L.Store(c, to + 2 * row);
        L.Store(d, to + 3 * row);
    }

    /// <summary>A square that is turned in registers and multiplied there.</summary>
    internal interface IProduct<V> where V : unmanaged
    {
        /// <summary>sum[row] + Σ_t rows[row, t]·x[t] for as many terms and rows as a vector has lanes, one fused multiply-add each, ascending.</summary>
        static abstract V Multiply(float* rows, nint row, float* x, V sum);
    }

    /// <summary>A square that registers turn.</summary>
    private interface ISquare
    {
        /// <summary>Its rows and columns.</summary>
        static abstract int Side { get; }

        static abstract void Turn(float* from, nint fromRow, float* to, nint toRow);
    }

    private readonly struct Square4 : ISquare
    {
        public static int Side => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Turn(float* from, nint fromRow, float* to, nint toRow)
        {
            Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + fromRow), c = Vector128.Load(from + 2 * fromRow), d = Vector128.Load(from + 3 * fromRow);
            Vector128<float> ac0 = Zip(a, c, 0), ac1 = Zip(a, c, 2), bd0 = Zip(b, d, 0), bd1 = Zip(b, d, 2);
            Zip(ac0, bd0, 0).Store(to);
            Zip(ac0, bd0, 2).Store(to + toRow);
            Zip(ac1, bd1, 0).Store(to + 2 * toRow);
            Zip(ac1, bd1, 2).Store(to + 3 * toRow);
        }
    }

    /// <summary>Eight rows and columns.</summary>
    internal readonly struct Square8 : ISquare, IProduct<Vector256<float>>
    {
        public static int Side => 8;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Turn(float* from, nint fromRow, float* to, nint toRow)
        {
            Half(from, fromRow, out var a, out var b, out var c, out var d);
            Store<Vector256<float>, Lanes256>(a, b, c, d, to, toRow);
            Half(from + 4, fromRow, out a, out b, out c, out d);
            Store<Vector256<float>, Lanes256>(a, b, c, d, to + 4 * toRow, toRow);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Multiply(float* rows, nint row, float* x, Vector256<float> sum)
        {
            Half(rows, row, out var a, out var b, out var c, out var d);
            sum = Multiply4<Vector256<float>, Lanes256>(a, b, c, d, x, sum);
            Half(rows + 4, row, out a, out b, out c, out d);
            return Multiply4<Vector256<float>, Lanes256>(a, b, c, d, x + 4, sum);
        }

        // A row and the fourth after it share a vector, so that squares of four in each half are all that is turned.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Half(float* from, nint fromRow, out Vector256<float> column0, out Vector256<float> column1, out Vector256<float> column2, out Vector256<float> column3)
        {
            Vector256<float> a = Rows(from, fromRow), b = Rows(from + fromRow, fromRow), c = Rows(from + 2 * fromRow, fromRow), d = Rows(from + 3 * fromRow, fromRow);
            Vector256<float> ac0 = Avx.UnpackLow(a, c), ac1 = Avx.UnpackHigh(a, c), bd0 = Avx.UnpackLow(b, d), bd1 = Avx.UnpackHigh(b, d);
            column0 = Avx.UnpackLow(ac0, bd0);
            column1 = Avx.UnpackHigh(ac0, bd0);
            column2 = Avx.UnpackLow(ac1, bd1);
            column3 = Avx.UnpackHigh(ac1, bd1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<float> Rows(float* row, nint fromRow) => Vector256.Create(Vector128.Load(row), Vector128.Load(row + 4 * fromRow));
    }

    /// <summary>Sixteen rows and columns.</summary>
    internal readonly struct Square16 : ISquare, IProduct<Vector512<float>>
    {
        public static int Side => 16;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Turn(float* from, nint fromRow, float* to, nint toRow)
        {
            // Four rows give squares of four in each quarter of a vector; the quarters of four such vectors then change places.
            Quarters(from, fromRow, out var a0, out var a1, out var a2, out var a3);
            Quarters(from + 4 * fromRow, fromRow, out var b0, out var b1, out var b2, out var b3);
            Quarters(from + 8 * fromRow, fromRow, out var c0, out var c1, out var c2, out var c3);
            Quarters(from + 12 * fromRow, fromRow, out var d0, out var d1, out var d2, out var d3);
            Exchange(ref a0, ref b0, ref c0, ref d0);
            Store<Vector512<float>, Lanes512>(a0, b0, c0, d0, to, 4 * toRow);
            Exchange(ref a1, ref b1, ref c1, ref d1);
            Store<Vector512<float>, Lanes512>(a1, b1, c1, d1, to + toRow, 4 * toRow);
            Exchange(ref a2, ref b2, ref c2, ref d2);
            Store<Vector512<float>, Lanes512>(a2, b2, c2, d2, to + 2 * toRow, 4 * toRow);
            Exchange(ref a3, ref b3, ref c3, ref d3);
            Store<Vector512<float>, Lanes512>(a3, b3, c3, d3, to + 3 * toRow, 4 * toRow);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Multiply(float* rows, nint row, float* x, Vector512<float> sum)
        {
            Quarters(rows, row, out var a0, out var a1, out var a2, out var a3);
            Quarters(rows + 4 * row, row, out var b0, out var b1, out var b2, out var b3);
            Quarters(rows + 8 * row, row, out var c0, out var c1, out var c2, out var c3);
            Quarters(rows + 12 * row, row, out var d0, out var d1, out var d2, out var d3);
            Exchange(ref a0, ref b0, ref c0, ref d0);
            Exchange(ref a1, ref b1, ref c1, ref d1);
            Exchange(ref a2, ref b2, ref c2, ref d2);
            Exchange(ref a3, ref b3, ref c3, ref d3);
            sum = Multiply4<Vector512<float>, Lanes512>(a0, a1, a2, a3, x, sum);
            sum = Multiply4<Vector512<float>, Lanes512>(b0, b1, b2, b3, x + 4, sum);
            sum = Multiply4<Vector512<float>, Lanes512>(c0, c1, c2, c3, x + 8, sum);
            return Multiply4<Vector512<float>, Lanes512>(d0, d1, d2, d3, x + 12, sum);
        }
    }
}
