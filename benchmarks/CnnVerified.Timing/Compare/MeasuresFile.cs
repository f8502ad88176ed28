using System.Text.Json;
using System.Text.Json.Serialization;
using CnnVerified.Verification;

namespace CnnVerified.Timing.Compare;

/// <summary>Measures as JSON, with every slice.</summary>
public static class MeasuresFile
{
    /// <summary>How records are written, in files and between processes.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,   // the file is never part of a page
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static readonly JsonSerializerOptions Indented = new(Options) { WriteIndented = true };

    /// <summary>The text of a file.</summary>
    public static string Text(Measures measures) => JsonSerializer.Serialize(measures, Indented) + "\n";

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">It cannot be read, or is not what <see cref="Text"/> writes.</exception>
    public static Measures Read(string path)
    {
        try
        {
            Measures read = JsonSerializer.Deserialize<Measures>(File.ReadAllText(path), Options) ?? throw new InputException($"{path}: wanted measures, got null.");
            if (read.Series.FirstOrDefault(series => series.Slices.Count == 0 || series.Slices.Any(slice => !(slice.Seconds > 0 && slice.Peak > 0))) is { } empty)
                throw new InputException($"{path}: wanted slices with times above 0, got none or another for {empty.Work.Title}.");
            return read;
        }
        catch (JsonException e)
        {
            throw new InputException($"{path}: wanted measures as 'regress --save' or 'compare --json' writes them, got: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"{path}: wanted measures, got: {e.Message}", e);
        }
    }
}
