using System.Globalization;
using System.Text;
using CnnVerified.Reference;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Peers;

/// <summary>docs/peers.md.</summary>
internal static class PeersPage
{
    private const int MostText = 240;

    /// <summary>What people wrote below this heading stays when the page is written anew.</summary>
    private const string Notes = "\n## Notes\n";

    /// <summary>The hand-written end of a page.</summary>
    /// <param name="page">The file; it need not exist.</param>
    /// <returns>The notes with their heading, or nothing.</returns>
    public static string NotesOf(string page) =>
        File.Exists(page) && File.ReadAllText(page).ReplaceLineEndings("\n") is var text && text.IndexOf(Notes, StringComparison.Ordinal) is >= 0 and var at ? text[at..] : "";

    /// <summary>Whether no oracle refutes an equation; laws of bits do not.</summary>
    public static bool Holds(EquationFinding found) => !found.Oracles.Any(oracle => Failed(found, oracle));

    /// <summary>The page.</summary>
    public static string Text(IReadOnlyList<PeerFindings> peers, int cases, ulong seed, TimeSpan time, string[] arguments)
    {
        Machine here = Machine.Here();
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Peers

            Libraries that others wrote, under the same battery as this project's engines: what holds, how near the errors come to the bound, whether bits repeat, and in
            which order sums are taken. `dotnet run -c Release --project benchmarks/CnnVerified.Peers{(arguments.Length > 0 ? $" -- {string.Join(' ', arguments)}" : "")}` wrote this page. The project is not part of the solution: its packages
            have hundreds of megabytes.

            - **judges**: the oracles that held, each on up to {cases} cases drawn with seed {seed}. An equation that a library does not offer has no row; that is neither passed nor failed.
            - **failed**: oracles that found a counterexample; the smallest case of each stands below the table. An error beyond the derived bound means that the library computes
              less exactly than the formula's own operations, rounded one by one, could be off at worst. It need not be a bug: an approximation of a function may be meant.
            - **bits differ**: laws of bits that are broken, and nothing else: an image alone and in a batch, or an input moved on by the stride, give results whose last bits
              differ (`slices`, `shift`), since the order of a sum depends on the shape. This project's engines keep these laws; other libraries do not promise them.
            - **beyond**: cases that an oracle could not judge or that the library does not take, of all that were drawn.
            - **worst**: the largest error over the derived bound, on real numbers.
            - **repeated**, **threads**: whether five runs on one thread, and a run on two threads, give the same bits; on the six largest of sixty drawn cases of up to a million terms each.

            {here.Processor}; {here.Runtime}; {here.System}; {here.InstructionSets}. One run of {time.TotalMinutes:0} minutes, on a machine that did other work too; nothing here is a timing.

            | peer | version | equations offered | hold | fail | ended the process |
            |---|---|---|---|---|---|

            """);
        foreach (PeerFindings peer in peers)
            page.AppendLine(peer.NotLoaded is { } reason ? $"| {peer.Name} | not loaded: {Cell(reason)} | | | | |"
                : $"| {peer.Name} | {peer.Title} | {peer.Equations.Count + peer.Ended.Count(each => each.Id != Work.Orders)} | {peer.Equations.Count(Holds)} | {peer.Equations.Count(each => !Holds(each))} | {peer.Ended.Count} |");
        foreach (PeerFindings peer in peers.Where(peer => peer.NotLoaded is null))
            Write(page, peer);
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void Write(StringBuilder page, PeerFindings peer)
    {
        page.Append(CultureInfo.InvariantCulture, $"""

            ## {peer.Title}

            {peer.Calls}

            | id | equation | judges | failed | bits differ | checks | beyond | worst | repeated | threads |
            |---|---|---|---|---|---|---|---|---|---|

            """);
        foreach (EquationFinding found in peer.Equations)
        {
            int checks = found.Oracles.Sum(oracle => oracle.Checks);
            page.AppendLine(CultureInfo.InvariantCulture, $"| {found.Id} | {EquationTexts.Find(found.Id)?.Title} | {string.Join(' ', found.Oracles.Where(oracle => oracle is { What: null, Checks: > 0 }).Select(oracle => oracle.Name))} | " +
                $"{Names(found, Failed)} | {Names(found, (_, oracle) => oracle.What is not null && IsLaw(found, oracle))} | {checks} | {found.Oracles.Sum(oracle => oracle.Beyond)} | " +
                $"{(found.Worst is { } worst ? worst.ToString("G3", CultureInfo.InvariantCulture) : "")} | {Cell(found.Repeated)} | {Cell(found.Threads)} |");
        }
        foreach (var (id, reason) in peer.Ended)
            page.AppendLine(CultureInfo.InvariantCulture, $"| {id} | {EquationTexts.Find(id)?.Title} | | ended the process: {Cell(reason)} | | | | | | |");

        if (peer.Equations.Any(found => !Holds(found)))
        {
            page.Append("\nWhat failed, on the smallest case that was found:\n\n");
            foreach (EquationFinding found in peer.Equations)
                foreach (OracleFinding oracle in found.Oracles.Where(oracle => Failed(found, oracle)))
                    page.AppendLine(CultureInfo.InvariantCulture, $"- {found.Id} {oracle.Name}, `{oracle.Case}`: {Cell(oracle.What!)}");
        }
        if (peer.Orders.Count > 0)
        {
            page.Append("\nOrders of sums, on one thread and these shapes; each has 64 terms. M and −M are put in the place of two terms at a time, and the result shows which terms were added before the two met.\n\n| id | shape | order |\n|---|---|---|\n");
            foreach (OrderFinding order in peer.Orders)
                page.AppendLine(CultureInfo.InvariantCulture, $"| {order.Id} | `{order.Case}` | {order.Order} |");
        }
    }

    private static bool Failed(EquationFinding found, OracleFinding oracle) => oracle.What is not null && !IsLaw(found, oracle);

    // Where values are wrong the laws of bits are no finding of their own, but part of the failure.
    private static bool IsLaw(EquationFinding found, OracleFinding oracle) => oracle.Name is "slices" or "shift" && found.Oracles.All(other => other.What is null || other.Name is "slices" or "shift")
        && !oracle.What!.Contains("Exception", StringComparison.Ordinal);

    private static string Names(EquationFinding found, Func<EquationFinding, OracleFinding, bool> which) => string.Join(' ', found.Oracles.Where(oracle => which(found, oracle)).Select(oracle => oracle.Name));

    // Libraries add their stacks to what they say: the first line tells.
    private static string Cell(string text)
    {
        string line = text.Split('\n')[0].Trim().Replace("|", "\\|", StringComparison.Ordinal);
        return line.Length <= MostText ? line : line[..MostText] + "…";
    }
}
