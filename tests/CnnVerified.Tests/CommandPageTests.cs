using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using CnnVerified.Cli;
using CnnVerified.Tests.Notation;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>docs/cli.md and --help say the same, from one tree of commands, and their examples are calls that it accepts.</summary>
public sealed class CommandPageTests
{
    private static readonly RootCommand Root = Commands.Root(default);

    private static readonly Command[] All = [Root, .. Within(Root)];

    public static TheoryData<string> Names => [.. All.Select(Name)];

    [Fact]
    public void The_page_is_what_the_commands_say()
    {
        string file = Path.Combine(DocsLibrary.Root, "docs", "cli.md"), page = Page();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(file, page);
        Assert.True(File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == page, "docs/cli.md is not what the commands say; UPDATE_DOCS=1 writes it anew.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_command_has_examples_which_it_accepts(string name)
    {
        Command command = All.Single(each => Name(each) == name);
        string[] examples = Examples(command);
        Assert.NotEmpty(examples);
        Assert.All(examples, example =>
        {
            string[] words = DocumentedCommandsTests.Words(example);
            Assert.Equal("cnnverify", words[0]);
            var call = Root.Parse(words[1..]);
            Assert.True(call.Errors.Count == 0, $"{example}: {string.Join(' ', call.Errors.Select(error => error.Message))}");
            Assert.True(command == Root || call.CommandResult.Command == command, $"{example} is no call of {name}");
        });
    }

    [Fact]
    public void Every_argument_and_option_is_described() =>
        Assert.All(All, command => Assert.All(command.Arguments.Cast<Symbol>().Concat(command.Options),
            symbol => Assert.False(string.IsNullOrWhiteSpace(symbol.Description), $"{Name(command)} {symbol.Name}")));

    private static IEnumerable<Command> Within(Command command) => command.Subcommands.Where(each => !each.Hidden).SelectMany(each => new[] { each }.Concat(Within(each)));

    private static string Name(Command command) =>
        command == Root ? "cnnverify" : $"{Name(command.Parents.OfType<Command>().Single())} {command.Name}";

    // The indented lines below "Examples:".
    private static string[] Examples(Command command) => [.. Lines(command).SkipWhile(line => !IsExamples(line)).Skip(1).TakeWhile(IsExample)];

    private static string[] Lines(Command command) => command.Description!.ReplaceLineEndings("\n").Split('\n');

    private static bool IsExamples(string line) => line is "Example:" or "Examples:";

    private static bool IsExample(string line) => line.StartsWith("  ", StringComparison.Ordinal);

    private static string Page()
    {
        var page = new StringBuilder();
        page.AppendJoin('\n',
            "# The command line", "",
            "What `--help` says, as a page. A test writes it from the commands themselves and fails where it is stale;",
            "`UPDATE_DOCS=1 dotnet test -c Release --filter CommandPageTests` writes it anew.", "");
        foreach (Command command in All)
            Section(page, command);
        return page.ToString();
    }

    private static void Section(StringBuilder page, Command command)
    {
        page.Append('\n').AppendJoin('\n', $"## {Name(command)}", "", "```", Usage(command), "```", "", "");
        bool inExamples = false;
        foreach (string line in Lines(command))
        {
            if (inExamples && !IsExample(line))
                page.Append("```\n");
            inExamples = inExamples && IsExample(line);
            page.Append(inExamples ? line[2..] : Escaped(line)).Append('\n');
            if (IsExamples(line))
            {
                page.Append("\n```sh\n");
                inExamples = true;
            }
        }
        if (inExamples)
            page.Append("```\n");

        (string Symbol, string Description)[] rows =
        [
            .. command.Arguments.Where(each => !each.Hidden).Select(each => ($"<{each.Name}>", Described(each, each.HasDefaultValue ? each.GetDefaultValue() : null))),
            .. command.Options.Where(each => !each.Hidden && each is not HelpOption).Select(each => (Named(each), Described(each, each.HasDefaultValue && each.ValueType != typeof(bool) ? each.GetDefaultValue() : null))),
        ];
        if (rows.Length == 0)
            return;
        page.Append("\n| argument or option | meaning |\n|---|---|\n");
        foreach (var (symbol, description) in rows)
            page.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{symbol}` | {description} |\n");
    }

    private static string Usage(Command command)
    {
        var words = new List<string> { Name(command) };
        if (command.Subcommands.Count > 0)
            words.Add("[command]");
        foreach (Argument argument in command.Arguments.Where(each => !each.Hidden))
        {
            string name = $"<{argument.Name}>{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}";
            words.Add(argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name);
        }
        words.Add("[options]");
        return string.Join(' ', words);
    }

    private static string Named(Option option)
    {
        string names = string.Join(", ", option.Aliases.Prepend(option.Name).Distinct());
        return option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? names : $"{names} <{option.HelpName ?? option.Name.TrimStart('-')}>";
    }

    private static string Described(Symbol symbol, object? value)
    {
        string text = Escaped(symbol.Description!.ReplaceLineEndings(" "));
        string? given = value is IFormattable formattable ? formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : value as string;
        return string.IsNullOrEmpty(given) ? text : $"{text} Default: {Escaped(given)}.";
    }

    // As Markdown shows it unchanged.
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder();
        foreach (char c in text)
            escaped.Append(c is '\\' or '`' or '*' or '_' or '<' or '|' or '[' or ']' ? $"\\{c}" : $"{c}");
        return escaped.ToString();
    }
}
