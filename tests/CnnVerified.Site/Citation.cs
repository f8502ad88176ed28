using System.Reflection;
using CnnVerified.Verification.Checking;

namespace CnnVerified.Site;

/// <summary>How to cite an equation and what was found of it.</summary>
internal sealed class Citation(DateOnly date)
{
    private const string Authors = "The CnnVerified authors";

    private static readonly Assembly Ours = typeof(Citation).Assembly;

    internal static readonly string Version = Ours.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    // Directory.Build.props may say where the repository is; the SDK then writes it into the assembly.
    private static readonly string? Address = Ours.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(metadata => metadata.Key == "RepositoryUrl")?.Value;

    public string Line(BlockText block, CheckResult result) =>
        $"{Authors}: {block.Id}, {block.Title}. CnnVerified {Version}, {block.File.Name}. {Found(result)}.{(Address is null ? "" : $" {Address}")}";

    public string BibTex(BlockText block, CheckResult result) => $$"""
        @misc{cnnverified-{{block.Id}},
          author = {{{Authors}}},
          title  = {{{block.Id}}, {{Escaped(block.Title)}}},
          year   = {{{date.Year}}},
          note   = {CnnVerified {{Version}}, {{Found(result)}}}{{(Address is null ? "" : $",\n  url    = {{{Address}}}")}}
        }
        """.ReplaceLineEndings("\n");

    private string Found(CheckResult result) => $"{VerdictText.Name(result.Verdict)}, checked {Words.Day(date)}";

    private static string Escaped(string title) => string.Concat(title.Select(c => c is '%' or '&' or '_' or '#' or '$' ? $"\\{c}" : $"{c}"));
}
