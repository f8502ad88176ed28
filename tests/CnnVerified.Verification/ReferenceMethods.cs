using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.CompilerServices;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification;

/// <summary>The reference methods, found by their <see cref="EquationAttribute"/> and run over any number type that their
/// constraints admit.</summary>
public static class ReferenceMethods
{
    private static readonly Dictionary<string, MethodInfo> ById = new[] { typeof(Reference.EquationTexts).Assembly, typeof(Window).Assembly }
        .SelectMany(assembly => assembly.GetExportedTypes())
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .SelectMany(method => method.GetCustomAttributes<EquationAttribute>().Select(equation => (equation.Id, method)))
        .ToDictionary(pair => pair.Id, pair => pair.method);

    /// <summary>Ids of all reference methods.</summary>
    public static IReadOnlyCollection<string> Ids => ById.Keys;

    /// <summary>The reference method of an equation.</summary>
    /// <param name="id">The id.</param>
    /// <returns>The method.</returns>
    public static MethodInfo Of(string id) => ById[id];

    /// <summary>True where the method's constraints admit the number type.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="id">The id.</param>
    /// <returns>Whether <see cref="Run{T}"/> will work.</returns>
    public static bool Admits<T>(string id) => Closed<T>.Method(id) is not null;

    /// <summary>Runs the reference method of an equation.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="equation">The equation.</param>
    /// <param name="case">The case, for sizes and the window.</param>
    /// <param name="operand">The tensors that go in, by name.</param>
    /// <param name="whole">The tensors of whole numbers that go in, by name.</param>
    /// <returns>The outputs in the equation's order; whole-number outputs come as T.</returns>
    /// <exception cref="ArgumentException">The method rejects the shapes, or T.</exception>
    public static Tensor<T>[] Run<T>(Equation equation, Case @case, Func<string, Tensor<T>> operand, Func<string, Tensor<int>> whole)
        where T : System.Numerics.IAdditionOperators<T, T, T>, System.Numerics.IAdditiveIdentity<T, T>
    {
        MethodInfo method = Closed<T>.Method(equation.Id)
            ?? throw new ArgumentException($"{equation.Id} asks more of its number type than {typeof(T).Name} has.");
        object?[] arguments = [.. method.GetParameters().Select(parameter => Bind(parameter, @case, operand, whole))];
        object? target = method.IsStatic ? null : @case.Window;
        return Unpack<T>(method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null)!);
    }

    /// <summary>A tensor; without dimensions it has no elements, and <c>Tensor.Create</c> would give it one dimension.</summary>
    internal static Tensor<T> Shaped<T>(T[] values, ReadOnlySpan<nint> lengths) => lengths.IsEmpty ? Tensor<T>.Empty : Tensor.Create(values, lengths);

    private static object Bind<T>(ParameterInfo parameter, Case @case, Func<string, Tensor<T>> operand, Func<string, Tensor<int>> whole) => parameter.ParameterType switch
    {
        var type when type == typeof(Window) => @case.Window,
        var type when type == typeof(int) => @case[parameter.Name!.ToLowerInvariant()],
        var type when type == typeof(Tensor<int>) => whole(parameter.Name!),
        var type when type == typeof(T) => operand(parameter.Name!)[0]!,
        _ => operand(parameter.Name!),
    };

    private static Tensor<T>[] Unpack<T>(object result)
        where T : System.Numerics.IAdditionOperators<T, T, T>, System.Numerics.IAdditiveIdentity<T, T> => result switch
        {
            Tensor<T> one => [one],
            Tensor<int> whole => [Convert(whole, Of<T, int>)],
            T scalar => [Tensor.Create([scalar])],
            int or long => [Tensor.Create([Of<T, object>(result)])],
            ITuple tuple => [.. Enumerable.Range(0, tuple.Length).SelectMany(i => Unpack<T>(tuple[i]!))],
            _ => throw new InvalidOperationException($"a reference method returned {result.GetType()}, which is no tensor."),
        };

    // Number types of ours are made from whole numbers by their own constructors, .NET's by conversion.
    private static T Of<T, TWhole>(TWhole value)
    {
        double number = System.Convert.ToDouble(value, null);
        return typeof(T) == typeof(Reference.Numbers.Rational) ? (T)(object)Reference.Numbers.Rational.Of(number)
            : typeof(T).IsPrimitive ? (T)System.Convert.ChangeType(number, typeof(T), null)
            : (T)typeof(T).GetMethod("Constant", [typeof(double)])!.Invoke(null, [number])!;
    }

    /// <summary>Applies a conversion to every element.</summary>
    /// <typeparam name="TFrom">From.</typeparam>
    /// <typeparam name="TTo">To.</typeparam>
    /// <param name="from">A tensor.</param>
    /// <param name="convert">The conversion.</param>
    /// <returns>A tensor of the same shape.</returns>
    public static Tensor<TTo> Convert<TFrom, TTo>(Tensor<TFrom> from, Func<TFrom, TTo> convert) =>
        Tensor.Create([.. from.Select(convert)], from.Lengths);

    private static class Closed<T>
    {
        private static readonly Dictionary<string, MethodInfo?> Methods = [];

        public static MethodInfo? Method(string id)
        {
            lock (Methods)
            {
                if (Methods.TryGetValue(id, out MethodInfo? known))
                    return known;
                MethodInfo open = ById[id];
                try
                {
                    return Methods[id] = open.IsGenericMethodDefinition ? open.MakeGenericMethod(typeof(T)) : open;
                }
                catch (ArgumentException)   // a constraint that T does not meet
                {
                    return Methods[id] = null;
                }
            }
        }
    }
}
