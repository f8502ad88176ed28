using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CnnVerified.Verification.Reports;

/// <summary>The report for programs.</summary>
public static class JsonReport
{
    // JSON has no infinity: an error over a bound of 0 is written as the string "Infinity".
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The report as indented JSON: every property of <see cref="Report"/>, in camel case.</summary>
    /// <param name="report">What a run found.</param>
    /// <returns>The text, which ends with a newline.</returns>
    public static string Text(Report report) => JsonSerializer.Serialize(report, Options) + "\n";
}
