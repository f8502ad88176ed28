using CnnVerified.Reference.Notation;
using CnnVerified.Verification;

namespace CnnVerified.Fuzz;

/// <summary>A reader of input that others wrote. Its contract: it succeeds, or it throws an <see cref="InputException"/> or a
/// <see cref="NotationException"/>; anything else is a fault.</summary>
/// <param name="Name">One word for the command line.</param>
/// <param name="What">What an input is.</param>
/// <param name="Types">Beginnings of the full names of the types that make up the reader: coverage counts their branches.</param>
/// <param name="Read">Reads one input.</param>
internal sealed record Reader(string Name, string What, string[] Types, Action<byte[]> Read)
{
    /// <summary>Reads one input; refusals that the contract allows are told, whatever else is thrown passes through.</summary>
    /// <param name="input">The bytes.</param>
    /// <returns>Why it was refused, or null where it was read.</returns>
    public string? Try(byte[] input)
    {
        try
        {
            Read(input);
            return null;
        }
        catch (Exception refused) when (refused is InputException or NotationException)
        {
            if (refused.Message.Length == 0 || refused.Message.Any(char.IsControl))
                throw new InvalidOperationException($"{Name}: a refusal must be one line that can be printed, got '{refused.Message}'.", refused);
            return refused.Message;
        }
    }

    /// <summary>True where a type belongs to the reader.</summary>
    /// <param name="type">Its full name.</param>
    /// <returns>Whether its branches count.</returns>
    public bool Owns(string type) => Types.Any(start => type.StartsWith(start, StringComparison.Ordinal));
}
