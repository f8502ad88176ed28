using System.CommandLine;
using CnnVerified.Fuzz;
using CnnVerified.Verification;
using SharpFuzz;

Instrumentation.Begin();

// Exit codes: 0 as it should be, 1 a reader broke its contract, 2 the call is malformed.
var name = new Argument<string>("READER") { Description = $"A reader: {string.Join(", ", Readers.All.Select(reader => reader.Name))}." };
var files = new Argument<string[]>("FILE") { Description = "Inputs; a folder stands for all files in it.", Arity = ArgumentArity.OneOrMore };
var folder = new Argument<string>("FOLDER") { Description = "A copy of this program's folder." };

var list = new Command("list", "The readers.");
list.SetAction(_ =>
{
    foreach (Reader reader in Readers.All)
        Console.WriteLine($"{reader.Name,-11} {reader.What}");
});

var read = new Command("read", "Read inputs and say what came of each.") { name, files };
read.SetAction(call => Inputs.Tell(Readers.Find(call.GetRequiredValue(name)), call.GetRequiredValue(files)));

var instrument = new Command("instrument", "Put counters at every branch of the readers, into the assemblies of a copy of this program.") { folder };
instrument.SetAction(call => Console.WriteLine($"{Instrumentation.Instrument(call.GetRequiredValue(folder))} types instrumented"));

var coverage = new Command("coverage", "Read inputs and say how many of the reader's branches they reach; from an instrumented copy.") { name, files };
coverage.SetAction(call => Inputs.Cover(Readers.Find(call.GetRequiredValue(name)), call.GetRequiredValue(files)));

var fuzz = new Command("afl", "Read what AFL++ sends; tests/fuzz.sh starts it.") { name };
fuzz.SetAction(call =>
{
    Reader reader = Readers.Find(call.GetRequiredValue(name));
    // What a reader sets up once is no part of any input's path.
    foreach (string seed in Inputs.Files([Path.Combine(AppContext.BaseDirectory, "corpus", reader.Name)]))
        reader.Try(File.ReadAllBytes(seed));
    Fuzzer.OutOfProcess.Run(stream =>
    {
        var input = new MemoryStream();
        stream.CopyTo(input);
        reader.Try(input.ToArray());
    });
});

var count = new Option<int>("--count") { Description = "How many shapes.", DefaultValueFactory = _ => 100_000 };
var first = new Option<int>("--first") { Description = "The number of the first one; a fault names its number.", DefaultValueFactory = _ => 0 };
var shapes = new Command("shapes", "Random shapes, most of them no layer's, over every equation that reference and engine compute: both compute the same or both refuse.") { count, first };
shapes.SetAction(call => ShapesJob.Run(call.GetValue(first), call.GetValue(count)));

var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 10 };
var ballast = new Option<int>("--ballast") { Description = "Megabytes that are held meanwhile.", DefaultValueFactory = _ => 1024 };
var seed = new Option<int>("--seed") { Description = "Seed of the moments at which processes are killed.", DefaultValueFactory = _ => 1 };
var soakFolder = new Option<string>("--folder") { Description = "Where the runs write.", DefaultValueFactory = _ => "artifacts/soak" };
var soak = new Command("soak", "Training and verification that are killed at any moment and resumed, under pressure: the ends are bit for bit the same.") { minutes, ballast, seed, soakFolder };
soak.SetAction(call => new Soak(call.GetRequiredValue(soakFolder), call.GetValue(seed)).Run(call.GetValue(minutes), call.GetValue(ballast)));

var steady = new Command("steady", "One process that verifies and trains, and must not grow; soak starts it.") { minutes };
steady.SetAction(call => Steady.Run(call.GetValue(minutes)));

var buffer = new Argument<string>("BUFFER") { Description = "tensor or scratch." };
var where = new Argument<string>("WHERE") { Description = "before or behind." };
var touch = new Command("touch", "Read the first and the last element of a guarded buffer, and then one before or behind it: the process must die.") { buffer, where };
touch.SetAction(call => Touch.Run(call.GetRequiredValue(buffer) == "scratch", call.GetRequiredValue(where) == "before"));

var root = new RootCommand("Fuzzing of every reader, and a soak. See docs/robustness.md.") { list, read, instrument, coverage, fuzz, shapes, soak, steady, touch };
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (InputException wrong)
{
    Console.Error.WriteLine($"fuzz: {wrong.Message}");
    return 2;
}
