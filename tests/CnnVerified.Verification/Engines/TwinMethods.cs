using System.Reflection;
using CnnVerified.Optimized;

namespace CnnVerified.Verification.Engines;

/// <summary>The methods of the optimised engine, found by their <see cref="EquationAttribute"/> and called with the operands that
/// their parameters name.</summary>
internal static class TwinMethods
{
    private static readonly Dictionary<string, Lazy<BoundKernel>> ById = Computed().ToDictionary(pair => pair.Id,
        pair => new Lazy<BoundKernel>(() => KernelBinding.Of(EquationTable.Find(pair.Id), pair.Method, held: typeof(Execution))));

    /// <summary>Equations that the engine computes.</summary>
    public static IReadOnlyCollection<string> Ids => ById.Keys;

    /// <summary>The method that computes an equation; it is called with an execution.</summary>
    public static BoundKernel Of(string id) => ById[id].Value;

    /// <summary>The methods that compute an equation or fuse it into another.</summary>
    public static IEnumerable<MethodInfo> Citing(string id) => Cited().Where(pair => pair.Id == id).Select(pair => pair.Method);

    private static IEnumerable<(string Id, MethodInfo Method)> Computed() => Cited().Where(pair => IsNamesake(pair.Method, ReferenceMethods.Of(pair.Id)));

    private static bool IsNamesake(MethodInfo twin, MethodInfo reference) => twin.Name == reference.Name && twin.DeclaringType!.Name == reference.DeclaringType!.Name;

    private static IEnumerable<(string Id, MethodInfo Method)> Cited() =>
        from type in typeof(Execution).Assembly.GetExportedTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        from equation in method.GetCustomAttributes<EquationAttribute>()
        select (equation.Id, method);
}
