namespace CnnVerified.Site;

/// <summary>What keeps the docs from becoming pages.</summary>
/// <param name="File">The file, as the docs folder was named in the call.</param>
/// <param name="Line">The line, from 1; 0 where it is about the whole file.</param>
/// <param name="Message">What was expected and what came.</param>
internal sealed record Fault(string File, int Line, string Message)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {Message}" : $"{File}: {Message}";
}
