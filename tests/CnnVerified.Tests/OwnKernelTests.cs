extern alias mended;

using System.Diagnostics;
using System.Numerics.Tensors;
using System.Reflection;
using System.Reflection.Emit;
using System.Text.Json;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Kernels of someone else's, as docs/adding-an-engine.md has them: from a test, and as a library of the command.</summary>
public sealed class OwnKernelTests : IDisposable
{
    private static readonly string Wrong = typeof(RowKernels.Convolution).Assembly.Location, Mended = typeof(mended::RowKernels.Convolution).Assembly.Location;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_kernel_that_is_right_holds_by_every_oracle() =>
        Assert.Superset(new HashSet<string> { "exact", "bound", "matrix", "fourier", "shift", "slices" },
            Verify.Equation("CV-F1", mended::RowKernels.Convolution.Forward, cases: 20).Select(judgement => judgement.Oracle).ToHashSet());

    [Fact]
    public void A_tail_that_is_short_where_there_is_padding_shrinks_to_a_pixel_and_the_line_repeats_it()
    {
        var thrown = Assert.Throws<VerificationException>(() => Verify.Equation("CV-F1", RowKernels.Convolution.Forward));

        Failure failure = Assert.Single(thrown.Failed).Failure!;
        Assert.StartsWith("n1c1h1w1-k1r1s1-pw", failure.Case, StringComparison.Ordinal);
        Assert.InRange(failure.Case.Length, 1, 25);   // data follow from the text of a case, and a weight of 0 would hide the bug: one letter more, or more padding, may stay
        Assert.StartsWith($"CV-F1 does not hold on 'kernel'.\nsmallest case found: {failure.Case}\ny[0,0,0,", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("\noracle exact: ", thrown.Message, StringComparison.Ordinal);
        Assert.EndsWith("\nRepeat: Verify.Equation(\"CV-F1\", kernel, seed: 2015, onlyCase: \"" + failure.Case + "\")", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(thrown.Message, Assert.Throws<VerificationException>(() => Verify.Equation("CV-F1", RowKernels.Convolution.Forward, seed: 2015, onlyCase: failure.Case)).Message);
    }

    [Fact]
    public void Parameters_may_be_arrays_tensors_pointers_and_scalars_and_a_single_result_may_be_returned()
    {
        Verify.Equation("AC-F4", (float[] x) => Array.ConvertAll(x, value => Math.Max(value, 0)), cases: 5);
        Verify.Equation("AC-F4", (ReadOnlyTensorSpan<float> x, TensorSpan<float> y) =>
        {
            for (nint n = 0; n < x.Lengths[0]; n++)
                y[n] = Math.Max(x[n], 0);
        }, cases: 5);
        Verify.Equation("AC-F4", (float[] x, float[] y, int n) =>
        {
            for (int i = 0; i < n; i++)
                y[i] = Math.Max(x[i], 0);
        }, cases: 5);
        unsafe
        {
            Verify.Equation("AC-F4", (float* x, float* y, int N) =>
            {
                for (int i = 0; i < N; i++)
                    y[i] = Math.Max(x[i], 0);
            }, cases: 5);
        }
        Verify.Equation("AC-F4", call =>
        {
            for (int i = 0; i < call.Size("N"); i++)
                call.OutputValues("y")[i] = Math.Max(call.InputValues("x")[i], 0);
        }, cases: 5);
        Assert.Throws<VerificationException>(() => Verify.Equation("AC-F4", (float[] x) => Array.ConvertAll(x, value => value), cases: 5));
        Assert.Contains("y expects 1 elements, got 0", Assert.Throws<VerificationException>(() => Verify.Equation("AC-F4", (float[] x) => Array.Empty<float>(), onlyCase: "n1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_the_equation_is_told_before_anything_runs()
    {
        Told("expected the id of an equation, got 'CV-F99'; the nearest are", () => Verify.Equation("CV-F99", (float[] x) => x));
        Told("has a parameter 'z', which is no name of AC-F4; inputs x, outputs y, sizes n (int, capital or small), and Window.", () => Verify.Equation("AC-F4", (float[] z) => z));
        Told("takes 'x' as double[]; expected ReadOnlySpan<float>, ReadOnlyTensorSpan<float>, float[], float*, float.", () => Verify.Equation("AC-F4", (double[] x) => Array.Empty<float>()));
        Told("writes no y: expected a parameter of that name, such as Span<float> y, or float[] returned, got double[] returned.", () => Verify.Equation("AC-F4", (float[] x) => Array.Empty<double>()));
        Told("writes no y: expected a parameter of that name, such as Span<float> y, or float[] returned, got none.", () => Verify.Equation("AC-F4", (float[] x) => { }));
        Told("case 'w3'", () => Verify.Equation("AC-F4", (float[] x) => x, onlyCase: "w3"));
    }

    [Fact]
    public void What_is_not_offered_never_passes()
    {
        Assert.Contains("does not offer CV-B1", Assert.Throws<VerificationException>(() => Verify.Equation("CV-B1", new Engine("mine").Offer(typeof(RowKernels.Convolution)))).Message, StringComparison.Ordinal);
        Assert.Contains("does not offer any equation", Assert.Throws<VerificationException>(() => Verify.Engine(new Engine("empty"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_differs_from_the_mended_one_in_one_line()
    {
        string samples = Path.Combine(Notation.DocsLibrary.Root, "docs", "samples");
        string[] wrong = File.ReadAllLines(Path.Combine(samples, "RowKernels", "Row.cs")), right = File.ReadAllLines(Path.Combine(samples, "RowKernels.Mended", "Row.cs"));
        Assert.Equal("for (; j < end - begin; j++)", Assert.Single(wrong.Except(right)).Trim());
        Assert.Equal("for (; j < end; j++)", Assert.Single(right.Except(wrong)).Trim());
        Assert.Equal(wrong.Length, right.Length);
    }

    [Fact]
    public void The_command_loads_a_library_finds_its_bug_and_names_its_path_in_the_line_that_repeats_it()
    {
        var (code, output, error) = Run($"verify --engine {Wrong} --json r.json --html r.html");
        Assert.Equal((1, ""), (code, error));
        Assert.Contains($"-- verify CV-F1 --engine {Wrong} --case n1c1h1w1-k1r1s1-pw1 --seed 2015", output, StringComparison.Ordinal);
        Documented(output, Wrong, block: 1);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.File("r.json")));
        JsonElement absent = Assert.Single(json.RootElement.GetProperty("notOffered").EnumerateArray());
        Assert.Equal(("RowKernels", EquationTable.All.Count - 1), (absent.GetProperty("engine").GetString(), absent.GetProperty("equations").GetArrayLength()));
        Assert.Contains("id=\"not-offered\"", File.ReadAllText(_folder.File("r.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_passes_the_mended_library_and_lists_what_was_asked_for_and_is_not_offered()
    {
        var (code, output, error) = Run($"verify CV-F1 CV-B1 --engine {Mended}");
        Assert.Equal((0, ""), (code, error));
        Documented(output, Mended, block: 2);
        Assert.EndsWith("not offered by RowKernels.Mended: CV-B1\n1 equations, 600 checks, 0 failed, 1 not offered\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_shows_the_message_of_the_exception() =>
        Documented(Assert.Throws<VerificationException>(() => Verify.Equation("CV-F1", RowKernels.Convolution.Forward)).Message, Wrong, block: 0);

    // Every line of a block of docs/adding-an-engine.md is a line of the output.
    private static void Documented(string output, string library, int block)
    {
        string page = File.ReadAllText(Path.Combine(Notation.DocsLibrary.Root, "docs", "adding-an-engine.md")).ReplaceLineEndings("\n");
        string[] lines = page.Split("```text\n")[block + 1].Split("\n```")[0].Split('\n');
        Assert.Subset(output.Replace(library, "path/to/RowKernels.dll", StringComparison.Ordinal).Split('\n').ToHashSet(), lines.ToHashSet());
    }

    [Fact]
    public void A_kernel_that_reads_past_the_end_fails_on_a_small_case_instead_of_taking_the_command_with_it()
    {
        if (OperatingSystem.IsWindows())
            return;   // no page is guarded there
        string library = Library("Beyond", module => Kernel(module, "AC-F4", [(typeof(float*), "x"), (typeof(float*), "y"), (typeof(int), "N")], il =>
        {
            il.Emit(OpCodes.Ldarg_1);   // y[0] = x[N]
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Ldc_I4_4);
            il.Emit(OpCodes.Mul);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldind_R4);
            il.Emit(OpCodes.Stind_R4);
        }));
        var (code, output, error) = Run($"verify AC-F4 --engine {library}");
        Assert.Equal(1, code);
        Assert.Contains("AccessViolationException", error, StringComparison.Ordinal);   // the runtime's own words, with the name of the kernel
        Assert.Contains("AC-F4 Beyond n1: the kernel ended the process (exit code ", output, StringComparison.Ordinal);
        Assert.Contains($"Repeat: dotnet run -c Release --project tests/CnnVerified.Cli -- verify AC-F4 --engine {library} --case n1 --seed 2015\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_cannot_be_used_ends_with_one_line_and_code_2()
    {
        Directory.CreateDirectory(_folder.File("folder.dll"));
        File.WriteAllText(_folder.File("text.dll"), "no library");
        Refused("none.dll", "expected a .NET library with kernels, got no file of that name.");
        Refused("folder.dll", "expected a .NET library with kernels, got a folder.");
        Refused("text.dll", "expected a .NET library, got a file that is none.");
        Refused(Library("Empty", _ => { }), "expected static methods with [Equation(\"…\")] or a public class that implements IEngineSource, got neither.");
        Refused(Library("Unknown", module => Kernel(module, "CV-F99", [(typeof(float[]), "x")])), "Kernels.Forward: expected the id of an equation, got 'CV-F99'; the nearest are");
        Refused(Library("Parameter", module => Kernel(module, "AC-F4", [(typeof(float[]), "z")])), "Kernels.Forward (AC-F4) has a parameter 'z'");
        Refused(Library("Kind", module => Kernel(module, "AC-F4", [(typeof(double[]), "x")])), "Kernels.Forward (AC-F4) takes 'x' as double[]; expected ReadOnlySpan<float>");
        Refused(Library("Twice", module =>
        {
            Kernel(module, "AC-F4", [(typeof(float[]), "x"), (typeof(float[]), "y")]);
            Kernel(module, "AC-F4", [(typeof(float[]), "x"), (typeof(float[]), "y")], type: "More");
        }), "expected each equation once in an engine, got AC-F4 twice.");
        Refused(Library("Throws", module => Source(module, il =>
        {
            il.Emit(OpCodes.Ldstr, "not today");
            il.Emit(OpCodes.Newobj, typeof(NotSupportedException).GetConstructor([typeof(string)])!);
            il.Emit(OpCodes.Throw);
        })), "expected Source to make its engines, got NotSupportedException: not today");
        Refused(Library("Idle", module => Source(module, il =>
        {
            il.Emit(OpCodes.Ldc_I4_1);
            il.Emit(OpCodes.Newarr, typeof(Engine));
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Ldstr, "idle");
            il.Emit(OpCodes.Newobj, typeof(Engine).GetConstructor([typeof(string)])!);
            il.Emit(OpCodes.Stelem_Ref);
            il.Emit(OpCodes.Ret);
        })), "expected engines that offer an equation, got 'idle', which offers none.");

        var (code, output, error) = Run("verify --engine text.dll");
        Assert.Equal((2, "", "cnnverify: text.dll: expected a .NET library, got a file that is none.\n"), (code, output, error));
    }

    [Fact]
    public void A_library_may_make_engines_and_have_kernels_beside_them()
    {
        string library = Library("Both", module =>
        {
            Type kernels = Kernel(module, "AC-F4", [(typeof(float[]), "x"), (typeof(float[]), "y")]);
            Source(module, il =>
            {
                il.Emit(OpCodes.Ldc_I4_1);
                il.Emit(OpCodes.Newarr, typeof(Engine));
                il.Emit(OpCodes.Dup);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Ldstr, "made");
                il.Emit(OpCodes.Newobj, typeof(Engine).GetConstructor([typeof(string)])!);
                il.Emit(OpCodes.Ldtoken, kernels);
                il.Emit(OpCodes.Call, typeof(Type).GetMethod(nameof(Type.GetTypeFromHandle))!);
                il.Emit(OpCodes.Call, typeof(Engine).GetMethod(nameof(Engine.Offer), [typeof(Type)])!);
                il.Emit(OpCodes.Stelem_Ref);
                il.Emit(OpCodes.Ret);
            });
        });
        var engines = EngineFile.Load(library);
        Assert.Equal(["made", "Both"], engines.Select(engine => engine.Name));
        Assert.All(engines, engine => Assert.Equal((library, "AC-F4"), (engine.Argument, Assert.Single(engine.Ids))));
    }

    [Fact]
    public void An_engine_of_a_library_does_not_take_the_name_of_another()
    {
        string library = Library("v512", module => Kernel(module, "AC-F4", [(typeof(float[]), "x"), (typeof(float[]), "y")]));
        using var list = new EngineList();
        Assert.Contains("expected engines of different names, got 'v512' from", Assert.Throws<InputException>(() => Cli.VerificationJob.Named(list, [library], null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cases_that_an_operation_does_not_take_are_beyond_it_and_not_passed()
    {
        var engine = new Engine("single").Offer("AC-F4", takes: c => c["n"] == 1, call => call.OutputValues("y")[0] = Math.Max(call.InputValues("x")[0], 0));
        Assert.All(Verify.Equation("AC-F4", engine, cases: 60), judgement => Assert.True(judgement.Beyond > 0 && judgement.Checks + judgement.Beyond == 60));
        Assert.Contains("nothing was judged", Assert.Throws<VerificationException>(() => Verify.Equation("AC-F4", engine, onlyCase: "n2")).Message, StringComparison.Ordinal);
    }

    private void Refused(string path, string expected)
    {
        string message = Assert.Throws<InputException>(() => EngineFile.Load(Path.Combine(_folder.Path, path))).Message;
        Assert.StartsWith(Path.Combine(_folder.Path, path) + ": ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private string Library(string name, Action<ModuleBuilder> fill)
    {
        var library = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        fill(library.DefineDynamicModule(name));
        string path = _folder.File(name + ".dll");
        library.Save(path);
        return path;
    }

    private static Type Kernel(ModuleBuilder module, string id, (Type Type, string Name)[] parameters, Action<ILGenerator>? body = null, string type = "Kernels")
    {
        TypeBuilder kernels = module.DefineType(type, TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        MethodBuilder method = kernels.DefineMethod("Forward", MethodAttributes.Public | MethodAttributes.Static, typeof(void), [.. parameters.Select(parameter => parameter.Type)]);
        for (int i = 0; i < parameters.Length; i++)
            method.DefineParameter(i + 1, ParameterAttributes.None, parameters[i].Name);
        method.SetCustomAttribute(new CustomAttributeBuilder(typeof(EquationAttribute).GetConstructors()[0], [id, "", 0]));
        body?.Invoke(method.GetILGenerator());
        method.GetILGenerator().Emit(OpCodes.Ret);
        return kernels.CreateType();
    }

    private static void Source(ModuleBuilder module, Action<ILGenerator> engines)
    {
        TypeBuilder source = module.DefineType("Source", TypeAttributes.Public, typeof(object), [typeof(IEngineSource)]);
        source.DefineDefaultConstructor(MethodAttributes.Public);
        MethodBuilder getter = source.DefineMethod("get_Engines", MethodAttributes.Public | MethodAttributes.Virtual, typeof(IEnumerable<Engine>), []);
        engines(getter.GetILGenerator());
        source.CreateType();
    }

    private static void Told(string expected, Action verify) => Assert.Contains(expected, Assert.Throws<InputException>(verify).Message, StringComparison.Ordinal);

    private (int Code, string Output, string Error) Run(string arguments)
    {
        var start = new ProcessStartInfo("dotnet", $"{typeof(Cli.VerifyCall).Assembly.Location} {arguments}") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
