using CnnVerified.Verification.Engines;

namespace CnnVerified.Peers;

/// <summary>A library that others wrote, as an engine.</summary>
internal interface IPeer
{
    /// <summary>Its name and the version that was loaded.</summary>
    string Title { get; }

    /// <summary>How it is called, in a sentence for the page.</summary>
    string Calls { get; }

    /// <summary>The engine on a number of threads.</summary>
    Engine On(int threads);
}
