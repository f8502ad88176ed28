using CnnVerified.Verification.Checking;

namespace CnnVerified.Site;

/// <summary>What to build, and from what.</summary>
/// <param name="Docs">The docs folder.</param>
/// <param name="Sources">The folder of the repository: sources that pages link to become pages too.</param>
internal sealed record SiteSettings(string Docs, string Sources)
{
    /// <summary>The day that stands beside the verdicts.</summary>
    public DateOnly Date { get; init; } = DateOnly.FromDateTime(DateTime.UtcNow);

    /// <summary>Where to print the chapters of each language as PDF, and with which browser; null where that was not asked for.</summary>
    public (string Folder, string Browser)? Pdf { get; init; }

    /// <summary>How the blocks are checked. The limit is for slow machines: how much is tried is counted, not timed.</summary>
    public CheckSettings Check { get; init; } = new() { Timeout = TimeSpan.FromMinutes(2) };
}
