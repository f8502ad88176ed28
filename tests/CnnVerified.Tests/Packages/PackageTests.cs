using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;
using Xunit;

namespace CnnVerified.Tests.Packages;

/// <summary>The packages as a user meets them: packed, installed from a folder into an empty one, and used.</summary>
public sealed class PackageTests(PackageFeed feed) : IClassFixture<PackageFeed>
{
    private static readonly string[] Libraries = ["CnnVerified.Shapes", "CnnVerified.Reference", "CnnVerified.Optimized", "CnnVerified.Verification"];

    // Embedded source, in the portable PDB format.
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    [PackagesFact]
    public void The_packages_are_the_four_libraries_and_the_command_each_with_symbols() =>
        Assert.Equal([.. Libraries.Append("cnnverify").SelectMany(id => new[] { $"{id}.{feed.Version}.nupkg", $"{id}.{feed.Version}.snupkg" }).Order(StringComparer.Ordinal)],
            Directory.GetFiles(feed.Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));

    [PackagesFact]
    public void Each_has_its_own_readme_an_icon_a_licence_and_what_it_owes_to_others() => Assert.All(Libraries.Append("cnnverify"), id =>
    {
        using ZipArchive package = feed.Open(id);
        XElement metadata = Metadata(package, id);
        string Of(string name) => metadata.Elements().Single(each => each.Name.LocalName == name).Value;
        Assert.Equal("MIT", Of("license"));
        Assert.Equal(128, IconWidth(package.GetEntry(Of("icon"))!));
        Assert.StartsWith($"# {id}\n", Text(package, Of("readme")), StringComparison.Ordinal);
        Assert.NotNull(package.GetEntry("LICENSE"));
        if (id is "CnnVerified.Verification" or "cnnverify")
            Assert.Contains("Zalando", Text(package, "NOTICE.md"), StringComparison.Ordinal);   // the images inside
    });

    [PackagesFact]
    public void A_library_has_documentation_and_asks_for_the_exact_version_of_its_siblings() => Assert.All(Libraries, id =>
    {
        using ZipArchive package = feed.Open(id);
        Assert.Contains("<summary>", Text(package, $"lib/net10.0/{id}.xml"), StringComparison.Ordinal);
        var siblings = Metadata(package, id).Descendants().Where(each => each.Name.LocalName == "dependency" && each.Attribute("id")!.Value.StartsWith("CnnVerified", StringComparison.Ordinal)).ToList();
        Assert.True(siblings.Count > 0 || id == "CnnVerified.Shapes");
        Assert.All(siblings, sibling => Assert.Equal($"[{feed.Version}]", sibling.Attribute("version")!.Value));
    });

    [PackagesFact]
    public void The_command_names_every_library_that_it_brings()
    {
        using ZipArchive package = feed.Open("cnnverify");
        string notice = Text(package, "NOTICE.md");
        Assert.All(package.Entries.Where(entry => entry.Name.EndsWith(".dll", StringComparison.Ordinal) && entry.Name != "cnnverify.dll" && !entry.Name.StartsWith("CnnVerified.", StringComparison.Ordinal)),
            entry => Assert.Contains($"`{entry.Name}`", notice, StringComparison.Ordinal));
    }

    [PackagesFact]
    public void Symbols_carry_every_source_and_name_no_folder_of_this_machine() => Assert.All(Libraries, id =>
    {
        using ZipArchive package = feed.Open(id, "snupkg");
        using var symbols = new MemoryStream();
        using (Stream stream = package.GetEntry($"lib/net10.0/{id}.pdb")!.Open())
            stream.CopyTo(symbols);
        symbols.Position = 0;
        using var provider = MetadataReaderProvider.FromPortablePdbStream(symbols);
        MetadataReader reader = provider.GetMetadataReader();
        Assert.NotEmpty(reader.Documents);
        Assert.All(reader.Documents, handle =>
        {
            Assert.StartsWith("/_", reader.GetString(reader.GetDocument(handle).Name), StringComparison.Ordinal);
            Assert.Contains(reader.GetCustomDebugInformation(handle), information => reader.GetGuid(reader.GetCustomDebugInformation(information).Kind) == EmbeddedSource);
        });
    });

    [PackagesFact]
    public void Packing_again_gives_the_same_bytes()
    {
        string again = feed.Pack("again");
        Assert.All(Directory.GetFiles(feed.Folder), file => Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(again, Path.GetFileName(file)))), file));
    }

    [PackagesFact]
    public void The_installed_command_says_its_version_and_judges_a_right_and_a_wrong_gradient()
    {
        string folder = feed.EmptyFolder();
        Assert.StartsWith(feed.Version.Split('-')[0], PackageFeed.Succeed(folder, feed.Tool, "--version"), StringComparison.Ordinal);
        Assert.Contains("holds", PackageFeed.Succeed(folder, feed.Tool, "check", "--of", "FC-F1", "--by", "b", "db[k] = sum(n) dy[n,k]"), StringComparison.Ordinal);
        var (code, output) = PackageFeed.Run(folder, feed.Tool, "check", "--of", "FC-F1", "--by", "b", "db[k] = sum(n) dy[n,k]/N");
        Assert.Equal(1, code);
        Assert.Contains("counterexample", output, StringComparison.Ordinal);
    }

    [PackagesFact]
    public void The_installed_command_does_the_main_job_in_an_empty_folder()
    {
        string folder = feed.EmptyFolder(), output = PackageFeed.Succeed(folder, feed.Tool);
        Assert.Matches(@"^\d+ equations, [1-9]\d* checks, 0 failed$", output.TrimEnd().Split('\n')[^1].TrimEnd());
        Assert.All(["report.html", "report.json"], report => Assert.True(new FileInfo(Path.Combine(folder, "artifacts", report)) is { Exists: true, Length: > 0 }, report));
    }

    [PackagesFact]
    public void The_test_that_the_readme_shows_verifies_a_kernel_and_refuses_a_wrong_one()
    {
        const string Sum = "y[n * K + k] = b[k] + sum;";
        string program = feed.ReadmeProgram("CnnVerified.Verification");
        string folder = feed.Project(program, [("IsTestProject", "true")], "CnnVerified.Verification", "Microsoft.NET.Test.Sdk", "xunit", "xunit.runner.visualstudio");
        Assert.Matches(@"Failed: +0, Passed: +1\b", PackageFeed.Succeed(folder, "dotnet", "test"));

        Assert.Contains(Sum, program, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), program.Replace(Sum, "y[n * K + k] = sum;", StringComparison.Ordinal));   // the bias forgotten
        var (code, output) = PackageFeed.Run(folder, "dotnet", "test");
        Assert.NotEqual(0, code);
        Assert.Matches(@"Failed: +1, Passed: +0\b", output);
        Assert.Matches(@"y\[\d+,\d+\] = \S+, expected", output);
    }

    [PackagesFact]
    public void The_program_of_the_readme_of_the_reference_runs()
    {
        string folder = feed.Project(feed.ReadmeProgram("CnnVerified.Reference"), [("OutputType", "Exe")], "CnnVerified.Reference");
        string[] lines = PackageFeed.Succeed(folder, "dotnet", "run").TrimEnd().Split('\n');
        Assert.Equal("6 6 6 6", lines[0].TrimEnd());
        Assert.InRange(double.Parse(lines[1], System.Globalization.CultureInfo.CurrentCulture), 0.5e-7, 2e-6);
    }

    [PackagesFact]
    public void Engine_and_reference_agree_in_the_program_of_the_readme() =>
        Assert.Contains(": equal", PackageFeed.Succeed(Agreement(), "dotnet", "run"), StringComparison.Ordinal);

    // Warnings of the trimmer and of the compiler are errors in these projects.
    [PackagesFact]
    public void Engine_and_reference_agree_when_trimmed() => Publish(("PublishTrimmed", "true"), ("SelfContained", "true"));

    [PackagesFact(NeedsLinker = true)]
    public void Engine_and_reference_agree_when_compiled_ahead_of_time() => Publish(("PublishAot", "true"));

    private void Publish(params (string Name, string Value)[] properties)
    {
        string folder = Agreement(properties);
        PackageFeed.Succeed(folder, "dotnet", "publish", "-c", "Release", "--use-current-runtime", "-o", "out");
        string program = Path.Combine(folder, "out", OperatingSystem.IsWindows() ? "Mine.exe" : "Mine");
        Assert.Contains(": equal", PackageFeed.Succeed(folder, program), StringComparison.Ordinal);
    }

    private string Agreement(params (string Name, string Value)[] properties) =>
        feed.Project(feed.ReadmeProgram("CnnVerified.Optimized"), properties.Append(("OutputType", "Exe")), "CnnVerified.Reference", "CnnVerified.Optimized");

    private static XElement Metadata(ZipArchive package, string id) => XElement.Parse(Text(package, $"{id}.nuspec")).Elements().Single();

    private static string Text(ZipArchive package, string name)
    {
        using var reader = new StreamReader(package.GetEntry(name)!.Open());
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // Bytes 16 to 19 of a PNG, big-endian.
    private static int IconWidth(ZipArchiveEntry icon)
    {
        byte[] head = new byte[20];
        using Stream stream = icon.Open();
        stream.ReadExactly(head);
        return System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(16));
    }
}
