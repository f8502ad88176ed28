using System.Reflection;
using CnnVerified.Optimized;
using CnnVerified.Reference;
using CnnVerified.Tests.Notation;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using Xunit;

namespace CnnVerified.Tests;

public sealed class ArchitectureTests
{
    private static readonly Assembly Shapes = typeof(Window).Assembly, Reference = typeof(EquationTexts).Assembly,
        Optimized = typeof(Execution).Assembly;

    private static readonly string[] Folders = ["reference", "optimized", "tests", "benchmarks", "docs"];

    private static readonly (MethodInfo Method, EquationAttribute Equation)[] References = Cited(Shapes, Reference);
    private static readonly (MethodInfo Method, EquationAttribute Equation)[] Twins = Cited(Optimized);

    [Fact]
    public void The_shapes_import_nothing_of_ours() => Assert.Empty(Ours(Shapes));

    [Fact]
    public void The_reference_imports_the_shapes_alone() => Assert.Equal(["CnnVerified.Shapes"], Ours(Reference));

    [Fact]
    public void The_engine_imports_the_shapes_alone_and_never_an_equation() => Assert.Equal(["CnnVerified.Shapes"], Ours(Optimized));

    [Fact]
    public void Reference_and_engine_need_no_package_beyond_tensors() =>
        Assert.Equal(["System.Numerics.Tensors"], new[] { Reference, Optimized }.SelectMany(assembly => assembly.GetReferencedAssemblies())
            .Select(name => name.Name!).Where(name => !name.StartsWith("CnnVerified", StringComparison.Ordinal) && !IsOfTheFramework(name)).Distinct());

    [Fact]
    public void Every_text_has_one_reference_method_and_every_reference_method_a_text() =>
        Assert.Equal(EquationTexts.All.Select(text => text.Id).Order(), References.Select(each => each.Equation.Id).Order());

    [Fact]
    public void Every_text_is_judged() =>
        Assert.Equal(EquationTexts.All.Select(text => text.Id).Order(), EquationTable.All.Select(equation => equation.Id).Order());

    [Fact]
    public void Every_twin_cites_an_equation_of_the_reference() =>
        Assert.Empty(Twins.Select(twin => twin.Equation.Id).Except(References.Select(each => each.Equation.Id)));

    [Fact]
    public void Every_layer_loss_normalisation_and_update_rule_has_a_twin() =>
        Assert.Equal(EquationTable.All.Where(equation => equation.NeedsTwin).Select(equation => equation.Id).Order(),
            Twins.Select(twin => twin.Equation.Id).Distinct().Where(id => EquationTable.Find(id).NeedsTwin).Order());

    [Fact]
    public void A_twin_stands_in_the_same_family_class_and_method_as_its_reference() => Assert.All(Twins, twin =>
    {
        var counterpart = References.Single(each => each.Equation.Id == twin.Equation.Id);
        if (twin.Method.GetCustomAttributes<EquationAttribute>().First().Id != twin.Equation.Id)
            return;   // fused into the twin of another equation
        Assert.Equal(FamilyAndFile(counterpart.Equation.Place), FamilyAndFile(twin.Equation.Place));
        Assert.Equal(counterpart.Method.Name, twin.Method.Name);
    });

    [Fact]
    public void The_optimised_engine_offers_every_twin()
    {
        using var list = new EngineList();
        Engine engine = list.Optimized(VectorWidth.Scalar, 1);
        Assert.All(Twins.Select(twin => twin.Method.GetCustomAttributes<EquationAttribute>().First().Id),
            id => Assert.True(engine.Offers(EquationTable.Find(id)), id));
    }

    [Fact]
    public void No_public_type_is_public_by_accident() =>   // an engine's kernels are internal, so that no one comes to depend on them
        Assert.DoesNotContain(Optimized.GetExportedTypes(), type => type.Namespace == "CnnVerified.Optimized.Kernels");

    [Fact]
    public void No_place_in_the_assemblies_names_a_folder_of_this_machine() =>
        Assert.All(References.Concat(Twins), each => Assert.Matches("^(reference|optimized)/", each.Equation.Place));

    [Fact]
    public void Imports_stand_in_order_those_of_the_framework_first()   // which formatting of white space does not see
    {
        string[] files = [.. Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(DocsLibrary.Root, folder), "*.cs", SearchOption.AllDirectories))];
        Assert.True(files.Length > 500);
        Assert.All(files, file =>
        {
            string[] imports = [.. File.ReadLines(file).Where(line => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.StartsWith("using var ", StringComparison.Ordinal))];
            Assert.Equal(imports.OrderBy(import => import.Contains('=', StringComparison.Ordinal) ? 2 : import.StartsWith("using static ", StringComparison.Ordinal) ? 1 : 0)
                .ThenBy(import => !import.StartsWith("using System", StringComparison.Ordinal) && !import.StartsWith("using static System", StringComparison.Ordinal))
                .ThenBy(import => import.TrimEnd(';'), StringComparer.OrdinalIgnoreCase), imports);
        });
    }

    private static IEnumerable<string> Ours(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("CnnVerified", StringComparison.Ordinal)).Order();

    private static bool IsOfTheFramework(string name) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"));

    private static string FamilyAndFile(string place) => string.Join('/', place.Split(':')[0].Split('/')[^3..]).Replace("CnnVerified.Shapes", "", StringComparison.Ordinal);

    private static (MethodInfo, EquationAttribute)[] Cited(params Assembly[] assemblies) =>
    [
        .. from assembly in assemblies
           from type in assembly.GetExportedTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
           from equation in method.GetCustomAttributes<EquationAttribute>()
           select (method, equation),
    ];
}
