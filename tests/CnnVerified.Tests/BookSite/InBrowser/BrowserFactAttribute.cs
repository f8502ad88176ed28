using Xunit;

namespace CnnVerified.Tests.BookSite.InBrowser;

/// <summary>A test in a browser; skipped, and says so, where none is installed.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public const string Reason = $"opens pages in a browser, and none is installed: Chromium on the path, or {Browser.Variable}=FILE, runs it";

    private bool _needsBook;

    public BrowserFactAttribute() => Skip = Browser.Installed() is null ? Reason : null;

    /// <summary>Whether the sample book does not do: the test is skipped, and says so, where no site of the whole book is named.</summary>
    public bool NeedsBook
    {
        get => _needsBook;
        set
        {
            _needsBook = value;
            if (value && Skip is null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(OpenedSite.Variable)))
                Skip = $"opens chapters of the whole book: {OpenedSite.Variable}=FOLDER names a site that cnnverify docs --out has built";
        }
    }
}

/// <summary>The same for a test with cases.</summary>
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Installed() is null ? BrowserFactAttribute.Reason : null;
}
