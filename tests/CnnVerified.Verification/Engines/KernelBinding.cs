using System.Numerics.Tensors;
using System.Reflection;
using System.Reflection.Emit;

namespace CnnVerified.Verification.Engines;

/// <summary>Calls a kernel that computes an equation.</summary>
/// <param name="call">Where its arguments come from.</param>
/// <param name="held">What else it is called with: an execution, or the delegate itself.</param>
internal delegate void BoundKernel(EngineCall call, object? held);

/// <summary>Binds a method to an equation by the names of its parameters, which are those of the equation's text.</summary>
/// <remarks>Spans cannot pass through reflection, so each call is a few emitted instructions: fetch every argument from the call by its
/// name, call the method, give back what it returned. A mistake is an <see cref="InputException"/> when it is bound, not when it runs.</remarks>
internal static unsafe class KernelBinding
{
    private static readonly Dictionary<Type, string> InputGetters = new()
    {
        [typeof(ReadOnlySpan<float>)] = nameof(EngineCall.InputValues),
        [typeof(ReadOnlyTensorSpan<float>)] = nameof(EngineCall.Input),
        [typeof(float[])] = nameof(EngineCall.Copy),
        [typeof(float*)] = nameof(EngineCall.Address),
        [typeof(float)] = nameof(EngineCall.Scalar),
    };

    private static readonly Dictionary<Type, string> WholeGetters = new()
    {
        [typeof(ReadOnlySpan<int>)] = nameof(EngineCall.WholeValues),
        [typeof(ReadOnlyTensorSpan<int>)] = nameof(EngineCall.WholeInput),
        [typeof(int[])] = nameof(EngineCall.WholeCopy),
    };

    private static readonly Dictionary<Type, string> OutputGetters = new()
    {
        [typeof(Span<float>)] = nameof(EngineCall.OutputValues),
        [typeof(TensorSpan<float>)] = nameof(EngineCall.Output),
        [typeof(float*)] = nameof(EngineCall.Address),
        [typeof(float[])] = nameof(EngineCall.Unwritten),
    };

    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Binds a static method.</summary>
    /// <param name="equation">What it computes.</param>
    /// <param name="method">The method.</param>
    /// <param name="held">A further type that its parameters may have, or null: the type of what it will be called with.</param>
    /// <returns>The call.</returns>
    /// <exception cref="InputException">A parameter or the result is not what the equation has.</exception>
    public static BoundKernel Of(Equation equation, MethodInfo method, Type? held = null)
    {
        string what = $"{method.DeclaringType?.Name}.{method.Name}";
        return method.IsGenericMethodDefinition || method.DeclaringType!.ContainsGenericParameters
            ? throw new InputException($"{what} ({equation.Id}): expected a method without type parameters, got a generic one.")
            : method.IsStatic ? Bind(equation, what, method.GetParameters(), method, null, held)
            : throw new InputException($"{what} ({equation.Id}): expected a static method, got one of an instance.");
    }

    /// <summary>Binds a delegate; it is to be held at each call.</summary>
    /// <param name="equation">What it computes.</param>
    /// <param name="kernel">The delegate: a method by its name, or a lambda with typed parameters.</param>
    /// <returns>The call.</returns>
    /// <exception cref="InputException">A parameter or the result is not what the equation has.</exception>
    public static BoundKernel Of(Equation equation, Delegate kernel)
    {
        MethodInfo invoke = kernel.GetType().GetMethod("Invoke")!;
        ParameterInfo[] named = kernel.Method.GetParameters();
        return Bind(equation, kernel.Method.Name.StartsWith('<') ? "the lambda" : kernel.Method.Name, [.. named.TakeLast(invoke.GetParameters().Length)], invoke, kernel.GetType(), null);
    }

    // What is called is a static method, or Invoke of the delegate that is held.
    private static BoundKernel Bind(Equation equation, string what, ParameterInfo[] parameters, MethodInfo callee, Type? receiver, Type? held)
    {
        var bound = new DynamicMethod(equation.Id, null, [typeof(EngineCall), typeof(object)], typeof(EngineCall), skipVisibility: true);
        ILGenerator il = bound.GetILGenerator();
        var written = new List<string>();
        var arrays = new List<(string Output, LocalBuilder Array)>();

        if (receiver is not null)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Castclass, receiver);
        }
        foreach (ParameterInfo parameter in parameters)
        {
            Type type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
            string name = parameter.Name!;
            if (type == held)
            {
                il.Emit(OpCodes.Ldarg_1);
                il.Emit(OpCodes.Castclass, held);
            }
            else if (type == typeof(EngineCall))
            {
                il.Emit(OpCodes.Ldarg_0);
                written.AddRange(equation.Outputs.Select(output => output.Name));
            }
            else if (type == typeof(Window))
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Call, typeof(EngineCall).GetProperty(nameof(EngineCall.Window))!.GetMethod!);
            }
            else
            {
                Fetch(Getter(equation, what, type, parameter));
                if (equation.Outputs.Any(output => output.Name == name))
                {
                    written.Add(name);
                    if (type == typeof(float[]))
                    {
                        LocalBuilder array = il.DeclareLocal(type);
                        il.Emit(OpCodes.Dup);
                        il.Emit(OpCodes.Stloc, array);
                        arrays.Add((name, array));
                    }
                }
            }
            if (parameter.ParameterType.IsByRef)
            {
                LocalBuilder local = il.DeclareLocal(type);
                il.Emit(OpCodes.Stloc, local);
                il.Emit(OpCodes.Ldloca, local);
            }

            void Fetch(string getter)
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldstr, name);
                il.Emit(OpCodes.Call, typeof(EngineCall).GetMethod(getter, Members)!);
            }
        }
        il.Emit(receiver is null ? OpCodes.Call : OpCodes.Callvirt, callee);

        string[] missing = [.. equation.Outputs.Select(output => output.Name).Except(written)];
        if (callee.ReturnType != typeof(void) && missing is [var returned] && (callee.ReturnType == typeof(float[]) || callee.ReturnType == typeof(float)))
        {
            LocalBuilder result = il.DeclareLocal(callee.ReturnType);
            il.Emit(OpCodes.Stloc, result);
            Store(returned, result);
        }
        else if (missing.Length > 0)
            throw new InputException($"{what} ({equation.Id}) writes no {string.Join(" and no ", missing)}: expected a parameter of that name, such as Span<float> {missing[0]}" +
                (missing.Length == 1 ? ", or float[] returned" : "") + $", got {(callee.ReturnType == typeof(void) ? "none" : $"{Name(callee.ReturnType)} returned")}.");
        else if (callee.ReturnType != typeof(void))
            il.Emit(OpCodes.Pop);
        foreach (var (output, array) in arrays)
            Store(output, array);
        il.Emit(OpCodes.Ret);
        return bound.CreateDelegate<BoundKernel>();

        void Store(string output, LocalBuilder values)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldstr, output);
            il.Emit(OpCodes.Ldloc, values);
            il.Emit(OpCodes.Call, typeof(EngineCall).GetMethod(nameof(EngineCall.Store), Members, [typeof(string), values.LocalType])!);
        }
    }

    private static string Getter(Equation equation, string what, Type type, ParameterInfo parameter)
    {
        string name = parameter.Name!;
        Dictionary<Type, string>[] getters =
            equation.Outputs.Any(output => output.Name == name) ? [OutputGetters]
            : type != typeof(int) && equation.Inputs.Any(input => input.Name == name) ? equation.Model.Find(name) is { IsExact: true } ? [InputGetters, WholeGetters] : [InputGetters]
            : equation.Family.Letters.Contains(name.ToLowerInvariant()) ? [new() { [typeof(int)] = nameof(EngineCall.Size) }]
            : throw new InputException($"{what} ({equation.Id}) has a parameter '{name}', which is no name of {equation.Id}; {Known(equation)}.");
        return getters.Select(known => known.GetValueOrDefault(type)).FirstOrDefault(getter => getter is not null && !parameter.IsOut)
            ?? throw new InputException($"{what} ({equation.Id}) takes '{name}' as {(parameter.IsOut ? "out " : "")}{Name(type)}; expected {string.Join(", ", getters.SelectMany(known => known.Keys).Select(Name))}.");
    }

    private static string Known(Equation equation) =>
        $"inputs {Names(equation.Inputs)}, outputs {Names(equation.Outputs)}, sizes {string.Join(' ', equation.Family.Letters)} (int, capital or small), and Window";

    private static string Names(IEnumerable<Operand> operands) => operands.Any() ? string.Join(' ', operands.Select(operand => operand.Name)) : "none";

    private static string Name(Type type) => type == typeof(float) ? "float" : type == typeof(int) ? "int" : type == typeof(double) ? "double"
        : type.IsArray ? $"{Name(type.GetElementType()!)}[]" : type.IsPointer ? $"{Name(type.GetElementType()!)}*"
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
}
