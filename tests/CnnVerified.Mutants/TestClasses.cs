using System.Reflection;
using CnnVerified.Tests;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace CnnVerified.Mutants;

/// <summary>Classes of unit tests, run in this process.</summary>
internal static class TestClasses
{
    private static readonly Assembly Tests = typeof(NumberTests).Assembly;

    /// <summary>Classes that judge what is mutated: number types, notation, shapes, engine, networks.</summary>
    public static IReadOnlyList<string> Judges { get; } =
    [
        "NumberTests", "RealDefaultTests", "ReferenceTests", "ShapeTests", "EngineTests", "RareShapeTests", "LargeBatchTests", "LargeMapTests", "ConvolutionProperties", "ElementwiseTests", "CaseTests", "AllocationTests", "RefusalTests", "RobustnessTests", "TileTests", "TapTableTests", "SharedWorkTests", "BlockedConvolutionTests", "PooledFramesTests", "KernelTableTests", "WinogradTests", "ConcurrencyTests", "ForwardValuesTests", "BoundTests", "NetworkGradientTests",
        "TrainingTests", "NetworkStepTests", "Notation.NumberTypeTests", "Notation.EvaluationTests", "Notation.DerivativeTests", "Notation.DegreeTests", "Notation.CheckerTests",
        "Notation.AgreementTests", "Notation.StatementTests", "Notation.PlainLoopsTests", "Notation.SlipTests", "Notation.NotationErrorTests", "Notation.ErrataTests", "Onnx.ConformanceTests",
    ];

    /// <summary>The first test of a class that fails, or null.</summary>
    /// <param name="name">The class, without "CnnVerified.Tests.".</param>
    public static string? FirstFailure(string name)
    {
        using var framework = new XunitTestFramework(new Sink(_ => true));
        using var found = new ManualResetEventSlim();
        var cases = new List<ITestCase>();
        using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(Tests));
        discoverer.Find($"CnnVerified.Tests.{name}", includeSourceInformation: false, new Sink(message =>
        {
            if (message is ITestCaseDiscoveryMessage each)
                cases.Add(each.TestCase);
            else if (message is IDiscoveryCompleteMessage)
                found.Set();
            return true;
        }), new Options());
        found.Wait();
        if (cases.Count == 0)
            throw new InvalidOperationException($"CnnVerified.Tests.{name} has no tests.");
        string? failure = null;
        using var finished = new ManualResetEventSlim();
        using ITestFrameworkExecutor executor = framework.GetExecutor(Tests.GetName());
        executor.RunTests(cases, new Sink(message =>
        {
            if (message is ITestFailed failed)
                failure ??= $"{failed.Test.DisplayName}: {failed.Messages[0].ReplaceLineEndings(" ")}";
            else if (message is IErrorMessage error)
                failure ??= error.Messages[0].ReplaceLineEndings(" ");
            if (message is ITestAssemblyFinished)
                finished.Set();
            return failure is null;
        }), new Options());
        finished.Wait();
        return failure;
    }

    private sealed class Sink(Func<IMessageSinkMessage, bool> take) : LongLivedMarshalByRefObject, IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) => take(message);
    }

    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = new() { ["xunit.execution.DisableParallelization"] = true, ["xunit.execution.SynchronousMessageReporting"] = true };

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out object? value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }
}
