using Xunit;

namespace CnnVerified.Tests.BookSite.InBrowser;

/// <summary>A test in a browser; skipped, and says so, where none is installed.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public const string Reason = $"opens pages in a browser, and none is installed: Chromium on the path, or {Browser.Variable}=FILE, runs it";

    public BrowserFactAttribute() => Skip = Browser.Installed() is null ? Reason : null;
}

/// <summary>The same for a test with cases.</summary>
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Installed() is null ? BrowserFactAttribute.Reason : null;
}
