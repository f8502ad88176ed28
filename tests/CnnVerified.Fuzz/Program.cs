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

var root = new RootCommand("Fuzzing of every reader, and a soak. See docs/robustness.md.") { list, read, instrument, coverage, fuzz };
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (InputException wrong)
{
    Console.Error.WriteLine($"fuzz: {wrong.Message}");
    return 2;
}
