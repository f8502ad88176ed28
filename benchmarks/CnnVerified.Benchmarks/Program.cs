using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using CnnVerified.Benchmarks;
using Perfolizer.Horology;

string[] passedOn = [.. args.Where(arg => arg != "--quick")];
if (passedOn.Length == 0)
{
    Console.WriteLine("Use: --filter '*LeNet5*' to run, --quick as well for a short job, --list flat for the names, --self-test to test the check.");
    return 2;
}
if (args is ["--self-test"])
    return SelfTest.Run();

IConfig config = DefaultConfig.Instance.AddColumn(StatisticColumn.Median).AddColumn(RateColumn.All);
if (passedOn.Length < args.Length)   // eight warm-ups: with two, generic library loops are still timed as the JIT first compiled them
    config = config.AddJob(Job.Default.WithId("Quick").WithWarmupCount(8).WithIterationCount(5)
        .WithIterationTime(TimeInterval.FromMilliseconds(100)).AsDefault());
var summaries = BenchmarkSwitcher.FromAssembly(typeof(ConvolutionBenchmarks).Assembly).Run(passedOn, config);
return summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
