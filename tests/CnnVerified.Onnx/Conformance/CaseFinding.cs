namespace CnnVerified.Onnx.Conformance;

/// <summary>How a case, or an engine on it, came out.</summary>
public enum Outcome
{
    /// <summary>Every output is within the tolerance.</summary>
    Passed,

    /// <summary>An output is not, or the engine threw.</summary>
    Failed,

    /// <summary>The model asks for something that is not supported, or the engine does not offer it.</summary>
    NotSupported,

    /// <summary>The case's files are not in order.</summary>
    Malformed,
}

/// <summary>How one engine fared on a case.</summary>
/// <param name="Engine">Its name.</param>
/// <param name="Outcome">How it came out.</param>
/// <param name="Elements">Elements that were compared.</param>
/// <param name="Ulps">The largest error in units in the last place of the expected element; 0 where all are equal.</param>
/// <param name="Error">The largest error.</param>
/// <param name="Reason">Where it did not pass: the worst element, or what is not offered.</param>
public sealed record EngineFinding(string Engine, Outcome Outcome, long Elements, double Ulps, double Error, string? Reason);

/// <summary>How a case came out.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="Outcome">Failed where an engine failed; passed where at least one passed and none failed.</param>
/// <param name="Reason">Why it did not pass.</param>
/// <param name="Operators">The model's operators.</param>
/// <param name="Opset">The version of ONNX's own operators, 0 where there are none.</param>
/// <param name="Equations">Ids of the equations that were computed; none where the case only moves elements about.</param>
/// <param name="Engines">Each engine.</param>
public sealed record CaseFinding(string Name, Outcome Outcome, string? Reason, IReadOnlyList<string> Operators, long Opset, IReadOnlyList<string> Equations,
    IReadOnlyList<EngineFinding> Engines);
