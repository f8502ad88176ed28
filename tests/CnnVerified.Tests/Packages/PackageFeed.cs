using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CnnVerified.Tests.Notation;
using Xunit;

namespace CnnVerified.Tests.Packages;

/// <summary>The packages of this repository in a folder, packed from what the release build left, under a version that no cache has seen.</summary>
public sealed partial class PackageFeed : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _packed, _tool;

    public PackageFeed()
    {
        Version = $"{XDocument.Load(Path.Combine(DocsLibrary.Root, "Directory.Build.props")).Descendants("Version").Single().Value}-ci.{DateTime.UtcNow:yyyyMMddHHmmss}";
        _packed = new(() => Pack("feed"));
        _tool = new(Install);
    }

    /// <summary>The version of the packages.</summary>
    public string Version { get; }

    /// <summary>The folder of the packages.</summary>
    public string Folder => _packed.Value;

    /// <summary>The installed command.</summary>
    public string Tool => _tool.Value;

    public void Dispose()
    {
        // Restoring has put our packages, of this version, into the machine's folder of packages.
        if (_packed.IsValueCreated)
            foreach (string package in Directory.GetDirectories(GlobalPackages(), "cnnverif*"))
                if (Path.Combine(package, Version) is var own && Directory.Exists(own))
                    Directory.Delete(own, recursive: true);
        _folder.Dispose();
    }

    /// <summary>Packs all.</summary>
    /// <param name="name">A folder of the packages to come.</param>
    /// <returns>That folder.</returns>
    public string Pack(string name)
    {
        string folder = _folder.File(name);
        Succeed(DocsLibrary.Root, "dotnet", "pack", "CnnVerified.sln", "-c", "Release", "--no-build", "-nodeReuse:false", $"-p:PackageVersion={Version}", "-o", folder);
        return folder;
    }

    /// <summary>A package, opened.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="extension">nupkg or snupkg.</param>
    /// <returns>Its files.</returns>
    public ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(Folder, $"{id}.{Version}.{extension}"));

    /// <summary>The program that a package's readme shows.</summary>
    /// <param name="id">The package's id.</param>
    /// <returns>The text of its first block of C#.</returns>
    public string ReadmeProgram(string id)
    {
        using ZipArchive package = Open(id);
        using var reader = new StreamReader(package.GetEntry("README.md")!.Open());
        return CSharpBlock().Match(reader.ReadToEnd().ReplaceLineEndings("\n")).Groups[1].Value;
    }

    /// <summary>A new folder that holds nothing but where packages come from: the feed, beside the sources that the machine has.</summary>
    /// <returns>The folder.</returns>
    public string EmptyFolder()
    {
        string folder = Directory.CreateDirectory(_folder.File($"empty-{Guid.NewGuid():N}")).FullName;
        new XElement("configuration", new XElement("packageSources", new XElement("add", new XAttribute("key", "local"), new XAttribute("value", Folder))))
            .Save(Path.Combine(folder, "nuget.config"));
        return folder;
    }

    /// <summary>A new project in an empty folder.</summary>
    /// <param name="program">The text of its only source file.</param>
    /// <param name="properties">Properties beside the usual ones.</param>
    /// <param name="packages">Ids of the packages it uses; of others than ours the version of this repository.</param>
    /// <returns>The folder.</returns>
    public string Project(string program, IEnumerable<(string Name, string Value)> properties, params string[] packages)
    {
        string folder = EmptyFolder();
        (string Name, string Value)[] usual = [("TargetFramework", "net10.0"), ("ImplicitUsings", "enable"), ("Nullable", "enable"), ("TreatWarningsAsErrors", "true")];
        var versions = XDocument.Load(Path.Combine(DocsLibrary.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(each => each.Attribute("Include")!.Value, each => each.Attribute("Version")!.Value);
        new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup", usual.Concat(properties).Select(each => new XElement(each.Name, each.Value))),
            new XElement("ItemGroup", packages.Select(id => new XElement("PackageReference", new XAttribute("Include", id), new XAttribute("Version", versions.GetValueOrDefault(id, Version))))))
            .Save(Path.Combine(folder, "Mine.csproj"));
        File.WriteAllText(Path.Combine(folder, "Program.cs"), program);
        return folder;
    }

    /// <summary>Runs a program, which must succeed.</summary>
    /// <returns>What it wrote.</returns>
    public static string Succeed(string folder, string program, params string[] arguments)
    {
        var (code, output) = Run(folder, program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: exit code {code}\n{output}");
        return output;
    }

    /// <summary>Runs a program.</summary>
    /// <returns>Its exit code and what it wrote to either stream.</returns>
    public static (int Code, string Output) Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // What the build that runs this test told its children is not for a user's build.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private string Install()
    {
        string folder = EmptyFolder(), bin = Path.Combine(folder, "bin");
        Succeed(folder, "dotnet", "tool", "install", "cnnverify", "--version", Version, "--tool-path", bin);
        return Path.Combine(bin, OperatingSystem.IsWindows() ? "cnnverify.exe" : "cnnverify");
    }

    private static string GlobalPackages() =>
        GlobalPackagesLine().Match(Succeed(Path.GetTempPath(), "dotnet", "nuget", "locals", "global-packages", "--list", "--force-english-output")).Groups[1].Value.Trim();

    [GeneratedRegex(@"```csharp\n([\s\S]*?)```")]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"global-packages: (.+)")]
    private static partial Regex GlobalPackagesLine();
}
