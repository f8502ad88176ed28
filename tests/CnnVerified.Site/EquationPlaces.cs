using System.Reflection;
using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Oracles;

namespace CnnVerified.Site;

/// <summary>A place in the sources.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="File">The file, from the root of the repository.</param>
/// <param name="Line">The line, from 1; 0 for the whole file.</param>
internal readonly record struct SourcePlace(string Name, string File, int Line);

/// <summary>Where an equation is computed, and who judges it.</summary>
internal static class EquationPlaces
{
    private static readonly Dictionary<string, Equation> Known = EquationTable.All.ToDictionary(equation => equation.Id);

    private static readonly ILookup<string, SourcePlace> TwinsById = typeof(Execution).Assembly.GetExportedTypes().SelectMany(type => type.GetMethods())
        .SelectMany(method => method.GetCustomAttributes<EquationAttribute>().Select(cited => (cited.Id, Place: Place(method, cited)))).ToLookup(pair => pair.Id, pair => pair.Place);

    public static IEnumerable<SourcePlace> Reference(string id) =>
        Known.ContainsKey(id) && ReferenceMethods.Of(id) is var method ? [Place(method, method.GetCustomAttributes<EquationAttribute>().First(cited => cited.Id == id))] : [];

    public static IEnumerable<SourcePlace> Twins(string id) => TwinsById[id].Distinct();

    public static IEnumerable<SourcePlace> Oracles(string id) => Known.TryGetValue(id, out Equation? equation)
        ? Oracle.All.Where(oracle => oracle.Judges(equation)).Select(oracle => new SourcePlace(oracle.Name, $"tests/CnnVerified.Verification/Oracles/{oracle.GetType().Name}.cs", 0))
        : [];

    private static SourcePlace Place(MethodInfo method, EquationAttribute cited)
    {
        string[] place = cited.Place.Split(':');
        return new($"{method.DeclaringType!.Name}.{method.Name}", place[0], int.Parse(place[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
