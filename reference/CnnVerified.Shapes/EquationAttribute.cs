namespace CnnVerified;

/// <summary>Names the equation of docs/equations that a method computes. A reference method carries exactly one of its
/// own; a twin in the engine cites every equation that its kernel fuses.</summary>
/// <param name="id">The id, such as CV-F1.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EquationAttribute(string id) : Attribute
{
    /// <summary>The equation's id, such as CV-F1.</summary>
    public string Id { get; } = id;
}
