using System.Text;
using CnnVerified.Verification;
using CnnVerified.Verification.Files;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>NPY and NPZ. The files in base64 were written by NumPy 1.24.2 (Debian 12's python3-numpy): numpy.lib.format.write_array with the
/// version of the format, numpy.savez and numpy.savez_compressed, of the arrays that the tests name.</summary>
public sealed class NumPyFileTests
{
    private const string
        Floats = "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAgAAAgH8BAAAA//9/f83MzD0=",
        Scalar = "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqamZmZmZm5Pw==",
        BigEndianFortran = "k05VTVBZAgB0AAAAeydkZXNjcic6ICc+aTQnLCAnZm9ydHJhbl9vcmRlcic6IFRydWUsICdzaGFwZSc6ICgyLCAzLCA0KSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAADAAAAAQAAAAQAAAACAAAABQAAAABAAAADQAAAAUAAAARAAAACQAAABUAAAACAAAADgAAAAYAAAASAAAACgAAABYAAAADAAAADwAAAAcAAAATAAAACwAAABc=",
        Empty = "k05VTVBZAwB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMCwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=",
        Longs = "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr////////f/wAAAAAAAABA",
        Bytes = "k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA/w==",
        Truths = "k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMiksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAQAB",
        BigEndian = "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo/uZmZmZmZmsAAAAAAAAAA",
        Stored = "UEsDBBQAAAAAAAAAIQBP6QAqmAAAAJgAAAAFABQAeC5ucHkBABAAmAAAAAAAAACYAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAzKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAAgD8AAABAAABAQAAAgEAAAKBAUEsDBBQAAAAAAAAAIQCM3jPgkAAAAJAAAAAJABQAbGFiZWwubnB5AQAQAJAAAAAAAAAAkAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgMAAAAAAAAAAQAAAAAAAABQSwECFAMUAAAAAAAAACEAT+kAKpgAAACYAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECFAMUAAAAAAAAACEAjN4z4JAAAACQAAAACQAAAAAAAAAAAAAAgAHPAAAAbGFiZWwubnB5UEsFBgAAAAACAAIAagAAAJoBAAAAAA==",
        Deflated = "UEsDBBQAAAAIAAAAIQBP6QAqVQAAAJgAAAAFABQAeC5ucHkBABAAmAAAAAAAAABVAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQDLgYwaLAHEg5ABMQNQLzAAQBQSwMEFAAAAAgAAAAhAIzeM+BKAAAAkAAAAAkAFABsYWJlbC5ucHkBABAAkAAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC5mBghghNIAUEsBAhQDFAAAAAgAAAAhAE/pACpVAAAAmAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAhQDFAAAAAgAAAAhAIzeM+BKAAAAkAAAAAkAAAAAAAAAAAAAAIABjAAAAGxhYmVsLm5weVBLBQYAAAAAAgACAGoAAAARAQAAAAA=";

    [Fact]
    public void Files_of_NumPy_are_read_element_for_element()
    {
        Equal([1.5f, -0f, float.PositiveInfinity, 1e-45f, float.MaxValue, 0.1f], "2×3", Floats);
        Equal([0.1], "()", Scalar);
        Equal(Enumerable.Range(0, 24).ToArray(), "2×3×4", BigEndianFortran);
        Equal(Array.Empty<double>(), "0×3", Empty);
        Equal([-9007199254740993, 1L << 62], "2", Longs);
        Equal([(byte)0, (byte)255], "2", Bytes);
        Equal([true, false, true, true], "2×2", Truths);
        Equal([0.1, -2], "2", BigEndian);
    }

    [Theory]
    [InlineData(Stored)]
    [InlineData(Deflated)]
    public void Archives_of_NumPy_are_read_by_name(string file)
    {
        var arrays = ReadNpz(Convert.FromBase64String(file));
        Assert.Equal(["x", "label"], arrays.Select(each => each.Name));
        Assert.Equal(new float[] { 0, 1, 2, 3, 4, 5 }, arrays[0].Array.Elements);
        Assert.Equal("2×3", arrays[0].Array.ShapeText);
        Assert.Equal(new long[] { 3, 1 }, arrays[1].Array.Elements);
    }

    [Fact]
    public void What_is_written_is_what_NumPy_writes_byte_for_byte()
    {
        Assert.Equal(Convert.FromBase64String(Floats), Written(NpyArray.Of([1.5f, -0f, float.PositiveInfinity, 1e-45f, float.MaxValue, 0.1f], 2, 3)));
        Assert.Equal(Convert.FromBase64String(Scalar), Written(NpyArray.Of([0.1])));
        Assert.Equal(Convert.FromBase64String(Longs), Written(NpyArray.Of([-9007199254740993, 1L << 62], 2)));
        Assert.Equal(Convert.FromBase64String(Bytes), Written(NpyArray.Of(new byte[] { 0, 255 }, 2)));
    }

    [Fact]
    public void Every_type_and_shape_survives_writing_and_reading()
    {
        foreach (NpyArray array in new[]
        {
            NpyArray.Of([float.NaN, -0f], 1, 2, 1), NpyArray.Of([double.Epsilon]), NpyArray.Of([int.MinValue], 1), NpyArray.Of(Array.Empty<long>(), 3, 0, 2),
            NpyArray.Of(new byte[64], Enumerable.Repeat(1, 30).Append(64).ToArray()), NpyArray.Of([true, false, true], 3),
        })
        {
            NpyArray read = ReadNpy(Written(array));
            Assert.Equal((array.ShapeText, array.TypeName), (read.ShapeText, read.TypeName));
            Assert.Equal(array.Elements, read.Elements);
        }
    }

    [Fact]
    public void The_same_arrays_give_the_same_bytes_and_the_archive_reads_back()
    {
        byte[] Archive()
        {
            using var stream = new MemoryStream();
            Npz.Write(stream, [("C1.w", NpyArray.Of([1f, 2f], 2)), ("b", NpyArray.Of([3.0]))]);
            return stream.ToArray();
        }

        byte[] first = Archive();
        Assert.Equal(first, Archive());
        Assert.Equal([0, 0, 0x21, 0], first[10..14]);   // 1980-01-01 00:00, whenever it is written
        Assert.Equal(["C1.w", "b"], ReadNpz(first).Select(each => each.Name));
    }

    [Theory]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "expected elements of float32, float64, int32, int64, uint8, bool, got ''<c8''")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "expected")]
    [InlineData("{'descr': '<f4', 'fortran_order': 1, 'shape': (1,), }", "expected a header with")]
    [InlineData("{'descr': '<f4', 'fortran_order': None, 'shape': (1,), }", "expected True or False for fortran_order, got 'None'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1), }", "expected a shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "expected a shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 4), }", "expected at most 1073741824 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967299, 0), }", "expected at most 1073741824 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647), }", "expected at most 1073741824 bytes")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (134217729,), }", "expected at most 1073741824 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (268435456,), }", "expected 1073741824 bytes of elements after the header, got 4")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'shape': (), }", "expected a header with")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "expected a header with")]
    [InlineData("{'descr': '|b1', 'fortran_order': False, 'shape': (4,), }", "expected bytes 0 and 1")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "expected the end after 0 bytes")]
    public void A_header_that_is_wrong_is_refused_in_one_line(string header, string expected) => Refused(expected, File(header, [7, 7, 7, 7]));

    [Fact]
    public void What_is_no_such_file_is_refused_in_one_line_before_much_is_allocated()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused("expected an NPY file, got 0 bytes", []);
        Refused("without its magic number", [.. "PK\u0003\u0004, a zip"u8]);
        Refused("expected NPY format version 1.0, 2.0 or 3.0, got 4.0", [0x93, .. "NUMPY"u8, 4, 0, 1, 0, 0, 0]);
        Refused("expected a header of 1 to 65536 bytes, got one of 4294967295", [0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 255]);
        Refused("expected a header of 1 to 65536 bytes, got none", [0x93, .. "NUMPY"u8, 1, 0]);
        Refused("expected a header of 256 bytes, got 1", [0x93, .. "NUMPY"u8, 1, 0, 0, 1, 0]);
        foreach (string lying in new[] { "(268435456,)", "(65536, 4096)" })
            Refused("of elements after the header, got 0", File($"{{'descr': '<f4', 'fortran_order': False, 'shape': {lying}, }}", []));
        Refused("expected a header with", File("{'descr'" + new string(' ', 60_000), []));
        Refused("expected a header with", File("{" + string.Concat(Enumerable.Repeat("'a':(),", 9_000)), []));
        Refused("expected a shape", File($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({string.Concat(Enumerable.Repeat("1,", 30_000))}), }}", []));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Theory]
    [InlineData(Floats)]
    [InlineData(BigEndianFortran)]
    [InlineData(Stored)]
    [InlineData(Deflated)]
    public void A_damaged_file_reads_or_is_refused_in_one_line(string file)
    {
        byte[] good = Convert.FromBase64String(file);
        bool isZip = good[0] == 'P';
        int refused = 0;
        void Try(byte[] bytes)
        {
            try
            {
                _ = isZip ? ReadNpz(bytes).Count : ReadNpy(bytes).Count;
            }
            catch (InputException wrong)
            {
                refused++;
                Assert.DoesNotContain('\n', wrong.Message);
            }
        }

        for (int cut = 0; cut < good.Length; cut++)
            Try(good[..cut]);
        Assert.Equal(good.Length, refused);   // whatever is cut short is refused
        for (int at = 0; at < good.Length; at++)
            foreach (int flip in new[] { 1, 4, 0x80, 0xFF })
            {
                byte[] bad = [.. good];
                bad[at] ^= (byte)flip;
                Try(bad);
            }
        Try([.. good, 0]);
    }

    [Fact]
    public void In_an_archive_every_flipped_bit_of_an_element_is_found_by_the_check_sum()
    {
        byte[] good = Convert.FromBase64String(Stored);
        int element = good.AsSpan().IndexOf(new byte[] { 0, 0, 0, 0, 0, 0, 0x80, 0x3F });
        for (int bit = 0; bit < 8 * 24; bit++)
        {
            byte[] bad = [.. good];
            bad[element + bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Contains("expected the check sum", Assert.Throws<InputException>(() => ReadNpz(bad)).Message, StringComparison.Ordinal);
        }
    }

    private static void Equal<T>(T[] elements, string shape, string file)
    {
        NpyArray array = ReadNpy(Convert.FromBase64String(file));
        Assert.Equal(shape, array.ShapeText);
        Assert.Equal(elements, Assert.IsType<T[]>(array.Elements));
    }

    private static byte[] File(string header, byte[] elements) =>
        [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. elements];

    private static void Refused(string expected, byte[] bytes)
    {
        string message = Assert.Throws<InputException>(() => ReadNpy(bytes)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith("a.npy: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static byte[] Written(NpyArray array)
    {
        using var stream = new MemoryStream();
        Npy.Write(stream, array);
        return stream.ToArray();
    }

    private static NpyArray ReadNpy(byte[] bytes) => Npy.Read(new MemoryStream(bytes), "a.npy", Npy.MaxBytes);

    private static IReadOnlyList<(string Name, NpyArray Array)> ReadNpz(byte[] bytes) => Npz.Read(new MemoryStream(bytes), "a.npz");
}
