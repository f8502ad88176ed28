using System.Numerics;

namespace CnnVerified.Verification.Checking;

/// <summary>A set of shapes, by their numbers.</summary>
internal sealed class Marks : IEquatable<Marks>
{
    private readonly ulong[] _words;

    public Marks(IEnumerable<bool> marks)
    {
        var words = new List<ulong>();
        int i = 0;
        foreach (bool mark in marks)
        {
            if (i % 64 == 0)
                words.Add(0);
            if (mark)
                words[^1] |= 1UL << i;
            i++;
        }
        _words = [.. words];
    }

    private Marks(ulong[] words) => _words = words;

    public bool this[int i] => (_words[i / 64] >> i & 1) != 0;

    public int Count => _words.Sum(BitOperations.PopCount);

    public int? First => Array.FindIndex(_words, word => word != 0) is var at and >= 0 ? at * 64 + BitOperations.TrailingZeroCount(_words[at]) : null;

    public IEnumerable<int> Indices
    {
        get
        {
            for (int at = 0; at < _words.Length; at++)
                for (ulong word = _words[at]; word != 0; word &= word - 1)
                    yield return at * 64 + BitOperations.TrailingZeroCount(word);
        }
    }

    public Marks And(Marks other)
    {
        ulong[] words = new ulong[_words.Length];
        for (int i = 0; i < words.Length; i++)
            words[i] = _words[i] & other._words[i];
        return new(words);
    }

    public bool Meets(Marks other)
    {
        for (int i = 0; i < _words.Length; i++)
            if ((_words[i] & other._words[i]) != 0)
                return true;
        return false;
    }

    public int CountWith(Marks other) => And(other).Count;

    public bool Contains(Marks other) => other.And(this).Equals(other);

    public bool Equals(Marks? other) => other is not null && _words.AsSpan().SequenceEqual(other._words);

    public override bool Equals(object? obj) => Equals(obj as Marks);

    public override int GetHashCode() => Count;
}
