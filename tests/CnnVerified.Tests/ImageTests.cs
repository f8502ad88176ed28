using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using CnnVerified.Verification;
using CnnVerified.Verification.Images;
using FsCheck.Xunit;
using Xunit;

namespace CnnVerified.Tests;

public sealed class ImageTests : IDisposable
{
    private const uint ImagesMagic = 0x00000803;
    private const uint LabelsMagic = 0x00000801;
    private const long FewMegabytes = 3 << 20;

    private static readonly string[] Names =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    private readonly string directory = Directory.CreateTempSubdirectory("cnnverified").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    // The embedded subset

    [Fact]
    public void The_embedded_subset_is_balanced_and_of_the_stated_size()
    {
        (ImageSet train, ImageSet test) = ImageSet.Embedded();
        foreach ((ImageSet set, int ofEachClass) in new[] { (train, 600), (test, 100) })
        {
            Assert.Equal(ofEachClass * ImageSet.Classes, set.Count);
            Assert.Equal((28, 28), (set.Rows, set.Columns));
            Assert.Equal(set.Count * 28 * 28, set.Pixels.Length);
            Assert.Equal(set.Count, set.Labels.Length);
            Assert.All(Enumerable.Range(0, ImageSet.Classes), label => Assert.Equal(ofEachClass, set.Labels.Count(l => l == label)));
        }
    }

    [Fact]
    public void No_embedded_image_is_blank_and_no_test_image_is_a_training_image()
    {
        (ImageSet train, ImageSet test) = ImageSet.Embedded();
        Assert.All(Images(train).Concat(Images(test)), image => Assert.True(image.AsSpan().ContainsAnyExcept((byte)0)));
        Assert.Empty(Images(train).Select(Convert.ToHexString).Intersect(Images(test).Select(Convert.ToHexString)));
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte", "cf313073c7eb485392848071d5c433571d7166043e971e3345b095cc30518084")]
    [InlineData("train-labels-idx1-ubyte", "097b93fbcf9bd5bc648b1a457ddc55c9e4ab49afb33f9ecae8ce068399a75e3a")]
    [InlineData("t10k-images-idx3-ubyte", "7cee33c3c6414b1b86c25e665a6c4f41584269de3b7cc9768b1d351922845eef")]
    [InlineData("t10k-labels-idx1-ubyte", "3128d790775889812b73c4f13923559c8b9e281d112c6ea7862acf60a206a909")]
    public void The_embedded_files_are_those_that_the_notice_describes(string name, string sha256)
    {
        using Stream resource = typeof(ImageSet).Assembly.GetManifestResourceStream($"images/{name}.gz")!;
        using var unzipped = new GZipStream(resource, CompressionMode.Decompress);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(unzipped)));
    }

    [DebianFact]
    public void The_embedded_subset_is_the_first_of_each_class_of_the_whole_set()
    {
        (ImageSet allTrain, ImageSet allTest) = ImageSet.Load(ImageSet.DebianDirectory!);
        (ImageSet train, ImageSet test) = ImageSet.Embedded();
        Assert.Equal((60_000, 10_000), (allTrain.Count, allTest.Count));
        AssertFirstOfEachClass(allTrain, 600, train);
        AssertFirstOfEachClass(allTest, 100, test);
    }

    // Reading what is right

    [Property]
    public void What_is_written_is_read_back_the_same_plain_or_gzip(byte count, byte rows, byte columns, int seed)
    {
        int N = 1 + count % 9, H = 1 + rows % 12, W = 1 + columns % 12;
        byte[] pixels = RandomBytes(seed, N * H * W);
        byte[] file = Idx3(N, H, W, pixels);
        foreach (byte[] form in new[] { file, Gzip(file) })
        {
            (byte[] readPixels, int readCount, int readRows, int readColumns) = ReadImages(form);
            Assert.Equal((N, H, W), (readCount, readRows, readColumns));
            Assert.Equal(pixels, readPixels);
        }

        byte[] labels = RandomBytes(seed, N);
        Assert.Equal(labels, ReadLabels(Idx1(labels)));
        Assert.Equal(labels, ReadLabels(Gzip(Idx1(labels))));
    }

    [Theory]
    [InlineData((1 << 16) - 1)]
    [InlineData(1 << 16)]
    [InlineData((1 << 16) + 1)]
    [InlineData(1 << 17)]
    [InlineData((1 << 17) + 1)]
    [InlineData(3 << 20)]
    public void Data_of_any_length_is_read_whole_also_when_it_comes_in_dribs(int length)
    {
        byte[] labels = RandomBytes(length, length);
        Assert.Equal(labels, ReadLabels(Idx1(labels)));
        using var dribs = new Dribs(Idx1(labels));
        Assert.Equal(labels, Idx.ReadLabels(dribs, "dribs"));
        using var zippedDribs = new Dribs(Gzip(Idx1(labels)));
        Assert.Equal(labels, Idx.ReadLabels(zippedDribs, "dribs"));
    }

    [Fact]
    public void The_stream_is_left_open()
    {
        foreach (byte[] file in new[] { Idx1([1, 2]), Gzip(Idx1([1, 2])) })
        {
            using var stream = new MemoryStream(file);
            Idx.ReadLabels(stream, "labels");
            Assert.True(stream.CanRead);
        }
    }

    // Reading what is wrong

    [Theory]
    [InlineData(LabelsMagic)]
    [InlineData(0x00000802u)]
    [InlineData(0x00000D03u)]
    [InlineData(0x03080000u)]
    public void Images_with_another_magic_number_are_refused(uint magic)
    {
        byte[] file = Idx3(1, 2, 3, new byte[6]);
        BinaryPrimitives.WriteUInt32BigEndian(file, magic);
        AssertRefused(() => ReadImages(file), "file: wanted the magic number 0x00000803", $"got 0x{magic:X8}");
        AssertRefused(() => ReadImages(Gzip(file)), "file: wanted the magic number 0x00000803", $"got 0x{magic:X8}");
    }

    [Fact]
    public void Labels_with_the_magic_number_of_images_are_refused() =>
        AssertRefused(() => ReadLabels(Idx3(1, 1, 1, [0])), "file: wanted the magic number 0x00000801", "got 0x00000803");

    [Fact]
    public void A_file_cut_at_any_length_is_refused()
    {
        byte[] images = Idx3(2, 2, 3, RandomBytes(1, 12));
        for (int length = 0; length < images.Length; length++)
            AssertRefused(() => ReadImages(images[..length]), "file: wanted",
                length < 16 ? $"the 16 bytes of the header of an IDX file of images, got {length}"
                            : $"12 bytes of images after the header, got {length - 16}");

        byte[] labels = Idx1([7, 8, 9]);
        for (int length = 0; length < labels.Length; length++)
            AssertRefused(() => ReadLabels(labels[..length]), "file: wanted",
                length < 8 ? $"the 8 bytes of the header of an IDX file of labels, got {length}"
                           : $"3 bytes of labels after the header, got {length - 8}");
    }

    [Fact]
    public void A_gzip_file_cut_at_any_length_is_refused()
    {
        byte[] images = Gzip(Idx3(2, 2, 3, RandomBytes(1, 12)));
        for (int length = 0; length < images.Length; length++)
            AssertRefused(() => ReadImages(images[..length]), "file: wanted", "got");
    }

    [Fact]
    public void Gzip_that_is_followed_by_anything_is_refused()
    {
        byte[] file = Gzip(Idx1([1, 2, 3]));
        byte[] emptyMember = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, .. new byte[8]];
        foreach (byte[] after in new byte[][] { [0], [0x1F], [1, 2, 3, 4, 5], emptyMember, file, new byte[100_000] })
            AssertRefused(() => ReadLabels([.. file, .. after]), "file: wanted");

        // Its own last four bytes over and over, at each of the four offsets: wherever the decoder stops reading, it looks like the end.
        byte[] ends = [.. Enumerable.Repeat(file[^4..], 5000).SelectMany(end => end)];
        for (int offset = 0; offset < 4; offset++)
            AssertRefused(() => ReadLabels([.. file, .. new byte[offset], .. ends]), "file: wanted", "followed by something else");
    }

    [Fact]
    public void A_gzip_file_of_a_cut_file_is_refused()
    {
        byte[] images = Idx3(2, 2, 3, RandomBytes(1, 12));
        for (int length = 0; length < images.Length; length++)
            AssertRefused(() => ReadImages(Gzip(images[..length])), "file: wanted", $"got {(length < 16 ? length : length - 16)}");
    }

    [Fact]
    public void Bytes_after_the_data_are_refused()
    {
        byte[] longer = [.. Idx3(2, 2, 3, new byte[12]), 0];
        AssertRefused(() => ReadImages(longer), "file: wanted the end of the file after 12 bytes of images, got more bytes");
        AssertRefused(() => ReadImages(Gzip(longer)), "file: wanted the end of the file after 12 bytes of images, got more bytes");
        AssertRefused(() => ReadLabels([.. Idx1([1]), 2]), "file: wanted the end of the file after 1 bytes of labels, got more bytes");
    }

    [Theory]
    [InlineData(0x80000000u, 28u, 28u)]
    [InlineData(0xFFFFFFFFu, 28u, 28u)]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu)]
    [InlineData(0x7FFFFFFFu, 0x7FFFFFFFu, 0x7FFFFFFFu)]
    [InlineData(0x00010000u, 0x00010000u, 0x00010000u)]
    [InlineData(1u, 0x40000001u, 1u)]
    [InlineData(0x40000001u, 1u, 1u)]
    [InlineData(0u, 28u, 28u)]
    [InlineData(1u, 0u, 28u)]
    [InlineData(1u, 28u, 0u)]
    public void Sizes_that_are_zero_negative_or_absurd_are_refused_and_cost_no_memory(uint count, uint rows, uint columns)
    {
        byte[] file = Idx3(count, rows, columns, new byte[784]);
        Assert.InRange(Allocated(() =>
            AssertRefused(() => ReadImages(file), "file: wanted sizes of 1 or more and at most 1073741824 bytes of images",
                $"got a header that states {count}×{rows}×{columns}")), 0, FewMegabytes);
    }

    [Fact]
    public void Two_thousand_million_labels_are_refused_and_cost_no_memory()
    {
        byte[] file = [0, 0, 8, 1, 0x80, 0, 0, 0, 1, 2, 3];
        Assert.InRange(Allocated(() => AssertRefused(() => ReadLabels(file), "got a header that states 2147483648")), 0, FewMegabytes);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void A_header_that_states_just_the_limit_costs_no_memory_when_the_data_are_not_there(int came)
    {
        byte[] file = Idx3(1 << 20, 32, 32, new byte[came]);
        Assert.InRange(Allocated(() => AssertRefused(() => ReadImages(file), "wanted 1073741824 bytes of images", $"got {came}")),
            0, FewMegabytes);
    }

    [Fact]
    public void A_decompression_bomb_stops_at_the_size_that_the_header_states()
    {
        byte[] bomb = Gzip(Idx3(1, 28, 28, new byte[200 << 20]));
        Assert.InRange(Allocated(() => AssertRefused(() => ReadImages(bomb), "wanted the end of the file after 784 bytes")),
            0, FewMegabytes);
    }

    [Fact]
    public void Gzip_with_any_one_bit_flipped_is_refused_or_reads_the_same()
    {
        byte[] pixels = RandomBytes(3, 60);
        byte[] file = Gzip(Idx3(3, 4, 5, pixels));
        int refused = 0;
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            byte[] flipped = [.. file];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                Assert.Equal(pixels, ReadImages(flipped).Pixels);
            }
            catch (InputException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 8 * (file.Length - 10), 8 * file.Length);   // all but the gzip header's own 10 bytes carry data or a check
    }

    [Property(MaxTest = 2000)]
    public void A_file_mutated_at_random_is_read_or_refused_and_nothing_else(Edit[] edits, bool gzip, bool labels)
    {
        byte[] file = labels ? Idx1(RandomBytes(5, 40)) : Idx3(3, 4, 5, RandomBytes(6, 60));
        List<byte> mutated = [.. gzip ? Gzip(file) : file];
        foreach (Edit edit in edits)
            edit.Apply(mutated);
        try
        {
            if (labels)
            {
                ReadLabels([.. mutated]);
            }
            else
            {
                (byte[] pixels, int count, int rows, int columns) = ReadImages([.. mutated]);
                Assert.Equal(count * rows * columns, pixels.Length);
            }
        }
        catch (InputException e)
        {
            AssertOneLine(e);
        }
    }

    [Property(MaxTest = 500)]
    public void Random_bytes_are_refused_and_raise_nothing_else(byte[] bytes)
    {
        AssertRefused(() => ReadImages(bytes), "file: wanted");
        AssertRefused(() => ReadImages([0x1F, 0x8B, .. bytes]), "file: wanted");
        AssertRefused(() => ReadImages([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, .. bytes]), "file: wanted");
    }

    // Folders of four files

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void A_folder_is_read_plain_or_gzip(string extension)
    {
        WriteFolder(extension);
        (ImageSet train, ImageSet test) = ImageSet.Load(directory);
        Assert.Equal((4, 28, 28), (train.Count, train.Rows, train.Columns));
        Assert.Equal((3, 28, 28), (test.Count, test.Rows, test.Columns));
        Assert.Equal(RandomBytes(1, 4 * 784), train.Pixels);
        Assert.Equal(RandomBytes(2, 3 * 784), test.Pixels);
        Assert.Equal([0, 9, 5, 5], train.Labels);
        Assert.Equal([1, 2, 3], test.Labels);
    }

    [Fact]
    public void The_name_does_not_tell_whether_a_file_is_gzip()
    {
        WriteFolder("");
        Write("train-images-idx3-ubyte", Gzip(File.ReadAllBytes(At("train-images-idx3-ubyte"))));
        File.Move(At("t10k-labels-idx1-ubyte"), At("t10k-labels-idx1-ubyte.gz"));
        (ImageSet train, ImageSet test) = ImageSet.Load(directory);
        Assert.Equal(RandomBytes(1, 4 * 784), train.Pixels);
        Assert.Equal([1, 2, 3], test.Labels);
    }

    [Fact]
    public void Of_two_files_the_plain_one_is_read()
    {
        WriteFolder("");
        Write("t10k-labels-idx1-ubyte.gz", [1, 2, 3]);
        Assert.Equal([1, 2, 3], ImageSet.Load(directory).Test.Labels);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_missing_file_is_named_both_ways(int missing)
    {
        WriteFolder("");
        File.Delete(At(Names[missing]));
        AssertRefused(() => ImageSet.Load(directory),
            $"{directory}: wanted a folder with {Names[missing]} or {Names[missing]}.gz, got one with neither");
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        AssertRefused(() => ImageSet.Load(At("absent")),
            $"{At("absent")}: wanted a folder with train-images-idx3-ubyte or train-images-idx3-ubyte.gz, got no such folder");
        AssertRefused(() => ImageSet.Load(""), "got no such folder");
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_refused()
    {
        WriteFolder("");
        File.Delete(At(Names[0]));
        Directory.CreateDirectory(At(Names[0]));
        AssertRefused(() => ImageSet.Load(directory), "got one with neither");
    }

    [Fact]
    public void A_file_that_another_program_holds_is_refused()
    {
        WriteFolder("");
        using var held = new FileStream(At(Names[1]), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        AssertRefused(() => ImageSet.Load(directory), $"{At(Names[1])}: wanted a file that can be read, got:");
    }

    [Fact]
    public void A_disk_that_fails_in_the_middle_is_reported_with_the_name_of_the_file()
    {
        using var failing = new Dribs(Idx1(new byte[5000]), failAt: 3000);
        AssertRefused(() => Idx.ReadLabels(failing, "labels"), "labels: wanted", "the disk failed");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void One_label_for_each_image_is_wanted(int labels)
    {
        WriteFolder("");
        Write("train-labels-idx1-ubyte", Idx1(new byte[labels]));
        AssertRefused(() => ImageSet.Load(directory),
            $"{At("train-labels-idx1-ubyte")}: wanted 4 labels, one for each image of {At("train-images-idx3-ubyte")}, got {labels}");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(255)]
    public void A_label_above_9_is_refused_with_its_index_and_value(byte label)
    {
        WriteFolder(".gz");
        Write("t10k-labels-idx1-ubyte.gz", Gzip(Idx1([9, label, 200])));
        AssertRefused(() => ImageSet.Load(directory),
            $"{At("t10k-labels-idx1-ubyte.gz")}: wanted labels from 0 to 9, got {label} at index 1");
    }

    [Theory]
    [InlineData(28, 27)]
    [InlineData(27, 28)]
    [InlineData(32, 32)]
    [InlineData(14, 56)]
    public void Images_of_another_size_are_refused(int rows, int columns)
    {
        WriteFolder("");
        Write("train-images-idx3-ubyte", Idx3(4, rows, columns, new byte[4 * rows * columns]));
        AssertRefused(() => ImageSet.Load(directory),
            $"{At("train-images-idx3-ubyte")}: wanted images of 28×28 pixels, got {rows}×{columns}");
    }

    [Fact]
    public void Images_and_labels_that_have_changed_places_are_refused()
    {
        WriteFolder("");
        File.Copy(At("train-labels-idx1-ubyte"), At("train-images-idx3-ubyte"), overwrite: true);
        AssertRefused(() => ImageSet.Load(directory),
            $"{At("train-images-idx3-ubyte")}: wanted the magic number 0x00000803", "got 0x00000801");
    }

    [Fact]
    public void Files_that_were_opened_are_closed_again()
    {
        WriteFolder("");
        ImageSet.Load(directory);
        foreach (string name in Names)
            using (new FileStream(At(name), FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }
    }

    private static void AssertFirstOfEachClass(ImageSet whole, int ofEachClass, ImageSet subset)
    {
        int[] seen = new int[ImageSet.Classes];
        int[] chosen = [.. Enumerable.Range(0, whole.Count).Where(n => ++seen[whole.Labels[n]] <= ofEachClass)];
        Assert.Equal(chosen.Select(n => whole.Labels[n]), subset.Labels);
        byte[][] images = [.. Images(whole)];
        Assert.Equal(chosen.SelectMany(n => images[n]).ToArray(), subset.Pixels);
    }

    private static IEnumerable<byte[]> Images(ImageSet set) => set.Pixels.Chunk(set.Rows * set.Columns);

    private static void AssertRefused(Action read, params string[] parts)
    {
        InputException e = Assert.Throws<InputException>(read);
        AssertOneLine(e);
        Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }

    private static void AssertRefused<T>(Func<T> read, params string[] parts) => AssertRefused(() => { read(); }, parts);

    private static void AssertOneLine(InputException e) => Assert.DoesNotContain('\n', e.Message);

    private static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static (byte[] Pixels, int Count, int Rows, int Columns) ReadImages(byte[] file) =>
        Idx.ReadImages(new MemoryStream(file), "file");

    private static byte[] ReadLabels(byte[] file) => Idx.ReadLabels(new MemoryStream(file), "file");

    private static byte[] Idx3(long count, long rows, long columns, byte[] pixels) =>
        [.. BigEndian(ImagesMagic), .. BigEndian((uint)count), .. BigEndian((uint)rows), .. BigEndian((uint)columns), .. pixels];

    private static byte[] Idx1(byte[] labels) => [.. BigEndian(LabelsMagic), .. BigEndian((uint)labels.Length), .. labels];

    private static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] Gzip(byte[] file)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
            gzip.Write(file);
        return zipped.ToArray();
    }

    private static byte[] RandomBytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private void WriteFolder(string extension)
    {
        byte[][] files =
        [
            Idx3(4, 28, 28, RandomBytes(1, 4 * 784)), Idx1([0, 9, 5, 5]),
            Idx3(3, 28, 28, RandomBytes(2, 3 * 784)), Idx1([1, 2, 3]),
        ];
        foreach ((string name, byte[] file) in Names.Zip(files))
            Write(name + extension, extension == ".gz" ? Gzip(file) : file);
    }

    private void Write(string name, byte[] file) => File.WriteAllBytes(At(name), file);

    private string At(string name) => Path.Combine(directory, name);

    public enum EditKind { Replace, Insert, Remove, CutHere }

    /// <summary>One mutation; At counts around the file, so that every edit fits whatever came before it.</summary>
    public sealed record Edit(EditKind Kind, ushort At, byte Value)
    {
        public void Apply(List<byte> file)
        {
            int at = file.Count == 0 ? 0 : At % file.Count;
            if (Kind == EditKind.Insert || file.Count == 0)
                file.Insert(at, Value);
            else if (Kind == EditKind.Remove)
                file.RemoveAt(at);
            else if (Kind == EditKind.CutHere)
                file.RemoveRange(at, file.Count - at);
            else
                file[at] = Value;
        }
    }

    // Gives a few bytes at a time, as a pipe does, and fails where told to.
    private sealed class Dribs(byte[] file, int failAt = int.MaxValue) : MemoryStream(file)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer)
        {
            byte[] drib = new byte[Math.Min(buffer.Length, 777)];
            int got = Read(drib, 0, drib.Length);
            drib.AsSpan(0, got).CopyTo(buffer);
            return got;
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            Position > failAt ? throw new IOException("the disk failed") : base.Read(buffer, offset, Math.Min(count, 777));
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class DebianFactAttribute : FactAttribute
    {
        public DebianFactAttribute()
        {
            if (ImageSet.DebianDirectory is null)
                Skip = "Debian's package dataset-fashion-mnist is not installed.";
        }
    }
}
