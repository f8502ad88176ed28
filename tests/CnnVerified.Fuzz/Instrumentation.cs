using System.Runtime.InteropServices;
using CnnVerified.Verification;
using dnlib.DotNet;
using dnlib.DotNet.Emit;
using SharpFuzz;

namespace CnnVerified.Fuzz;

/// <summary>Counts of every branch, put into copies of the assemblies that hold readers.</summary>
internal static class Instrumentation
{
    private static readonly string[] Assemblies = ["CnnVerified.Reference.dll", "CnnVerified.Verification.dll", "CnnVerified.Onnx.dll", "cnnverify.dll", "System.CommandLine.dll"];

    /// <summary>Gives counters a place: an instrumented copy counts from its first instruction, before a fuzzer has lent it memory.</summary>
    public static unsafe void Begin()
    {
        SharpFuzz.Common.Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(1 << 16);
        SharpFuzz.Common.Trace.OnBranch = (_, _) => { };
    }

    /// <summary>Instruments the readers' types in a folder's assemblies, in place.</summary>
    /// <param name="folder">A copy of this program's folder.</param>
    /// <returns>The number of types.</returns>
    public static int Instrument(string folder) =>
        Assemblies.Sum(assembly => Fuzzer.Instrument(File(folder, assembly), type => Readers.All.Any(reader => reader.Owns(type)), Options.Value).Count());

    /// <summary>The places where a reader's branches arrive, in the instrumented assemblies of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="reader">The reader.</param>
    /// <returns>How many there are for each method, by its name as a run reports it.</returns>
    public static Dictionary<string, int> Places(string folder, Reader reader)
    {
        var places = new Dictionary<string, int>();
        foreach (string assembly in Assemblies)
        {
            using ModuleDefMD module = ModuleDefMD.Load(System.IO.File.ReadAllBytes(File(folder, assembly)));
            foreach (MethodDef method in module.GetTypes().Where(type => reader.Owns(type.FullName)).SelectMany(type => type.Methods).Where(method => method.HasBody))
            {
                int count = method.Body.Instructions.Count(each => each.OpCode == OpCodes.Stsfld && each.Operand is IField { Name.String: "PrevLocation" });
                if (count > 0)
                    places[method.FullName] = places.GetValueOrDefault(method.FullName) + count;
            }
        }
        return places;
    }

    private static string File(string folder, string assembly)
    {
        string path = Path.Combine(folder, assembly);
        return System.IO.File.Exists(path) ? path : throw new InputException($"{folder}: expected a copy of the fuzzer's folder with {assembly}, got none.");
    }
}
