namespace CnnVerified.Peers;

/// <summary>What was found of one equation on one peer.</summary>
/// <param name="Id">The equation.</param>
/// <param name="Oracles">What each oracle said.</param>
/// <param name="Worst">The largest error over the derived bound, or null where no bound was met.</param>
/// <param name="Repeated">Whether repeated runs give the same bits.</param>
/// <param name="Threads">Whether one and two threads give the same bits.</param>
internal sealed record EquationFinding(string Id, IReadOnlyList<OracleFinding> Oracles, double? Worst, string Repeated, string Threads);

/// <summary>What an oracle said.</summary>
/// <param name="Name">The oracle.</param>
/// <param name="Checks">Cases that it judged.</param>
/// <param name="Beyond">Cases that it could not judge or the peer does not take.</param>
/// <param name="Case">The smallest failing case, or null.</param>
/// <param name="What">Its worst element, or null.</param>
internal sealed record OracleFinding(string Name, int Checks, int Beyond, string? Case, string? What);

/// <summary>In which order a peer takes a sum.</summary>
/// <param name="Id">The equation.</param>
/// <param name="Case">The shape.</param>
/// <param name="Terms">How many terms.</param>
/// <param name="Order">What the probe found.</param>
internal sealed record OrderFinding(string Id, string Case, int Terms, string Order);

/// <summary>A line of what a peer's process reports.</summary>
/// <param name="Title">The peer and its version, once.</param>
/// <param name="Calls">How it is called, once.</param>
/// <param name="Equation">A finding, or null.</param>
/// <param name="Orders">All orders, once.</param>
internal sealed record Line(string? Title = null, string? Calls = null, EquationFinding? Equation = null, IReadOnlyList<OrderFinding>? Orders = null);

/// <summary>All of one peer.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Title">The peer and its version; the name where it did not load.</param>
/// <param name="Calls">How it is called.</param>
/// <param name="NotLoaded">Why it did not load, or null.</param>
/// <param name="Equations">What was found.</param>
/// <param name="Orders">Orders of sums.</param>
/// <param name="Ended">Equations on which the peer ended its process, with exit code and case.</param>
internal sealed record PeerFindings(string Name, string Title, string Calls, string? NotLoaded, IReadOnlyList<EquationFinding> Equations, IReadOnlyList<OrderFinding> Orders,
    IReadOnlyList<(string Id, string Reason)> Ended);
