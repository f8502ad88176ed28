using System.Numerics.Tensors;
using System.Reflection;
using System.Reflection.Emit;
using CnnVerified.Optimized;

namespace CnnVerified.Verification.Engines;

/// <summary>The methods of the optimised engine, found by their <see cref="EquationAttribute"/> and called with the operands that
/// their parameters name.</summary>
/// <remarks>Spans of tensors cannot pass through reflection, so each call is a few emitted instructions: fetch every argument from the
/// call by its name, then call the method.</remarks>
internal static class TwinMethods
{
    public delegate void Operation(EngineCall call, Execution on);

    private static readonly Dictionary<string, Lazy<Operation>> ById = Computed().ToDictionary(pair => pair.Id, pair => new Lazy<Operation>(() => Bind(pair.Id, pair.Method)));

    /// <summary>Equations that the engine computes.</summary>
    public static IReadOnlyCollection<string> Ids => ById.Keys;

    /// <summary>The method that computes an equation.</summary>
    public static Operation Of(string id) => ById[id].Value;

    /// <summary>The methods that compute an equation or fuse it into another.</summary>
    public static IEnumerable<MethodInfo> Citing(string id) => Cited().Where(pair => pair.Id == id).Select(pair => pair.Method);

    private static IEnumerable<(string Id, MethodInfo Method)> Computed() => Cited().Where(pair => IsNamesake(pair.Method, ReferenceMethods.Of(pair.Id)));

    private static bool IsNamesake(MethodInfo twin, MethodInfo reference) => twin.Name == reference.Name && twin.DeclaringType!.Name == reference.DeclaringType!.Name;

    private static IEnumerable<(string Id, MethodInfo Method)> Cited() =>
        from type in typeof(Execution).Assembly.GetExportedTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        from equation in method.GetCustomAttributes<EquationAttribute>()
        select (equation.Id, method);

    private static Operation Bind(string id, MethodInfo method)
    {
        var bound = new DynamicMethod(id, null, [typeof(EngineCall), typeof(Execution)], typeof(EngineCall), skipVisibility: true);
        ILGenerator il = bound.GetILGenerator();
        void Fetch(string getter, string name)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldstr, name);
            il.Emit(OpCodes.Call, typeof(EngineCall).GetMethod(getter)!);
        }

        foreach (ParameterInfo parameter in method.GetParameters())
        {
            Type type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
            if (type == typeof(Execution))
                il.Emit(OpCodes.Ldarg_1);
            else if (type == typeof(Window))
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Call, typeof(EngineCall).GetProperty(nameof(EngineCall.Window))!.GetMethod!);
            }
            else
                Fetch(Getter(id, type, parameter), parameter.Name!);
            if (!parameter.ParameterType.IsByRef)
                continue;
            LocalBuilder local = il.DeclareLocal(type);
            il.Emit(OpCodes.Stloc, local);
            il.Emit(OpCodes.Ldloca, local);
        }
        il.Emit(OpCodes.Call, method);
        il.Emit(OpCodes.Ret);
        return bound.CreateDelegate<Operation>();
    }

    private static string Getter(string id, Type type, ParameterInfo parameter) =>
        type == typeof(ReadOnlyTensorSpan<float>) ? nameof(EngineCall.Input)
        : type == typeof(TensorSpan<float>) ? nameof(EngineCall.Output)
        : type == typeof(ReadOnlyTensorSpan<int>) ? nameof(EngineCall.WholeInput)
        : type == typeof(ReadOnlySpan<int>) ? nameof(EngineCall.WholeValues)
        : type == typeof(float) ? nameof(EngineCall.Scalar)
        : type == typeof(int) ? nameof(EngineCall.Size)
        : throw new InvalidOperationException($"{id}: the twin's parameter '{parameter.Name}' is a {type.Name}, which no call has.");
}
