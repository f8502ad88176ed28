using System.Numerics;
using System.Text.RegularExpressions;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Tests;

/// <summary>Reads plain text or LaTeX as a person does, and refuses what two persons might read differently.</summary>
/// <remarks>After a slash no other factor may follow; mod has single things on both sides; a factor has no sign; a power has a
/// single thing below; a sum or maximum takes in the factors behind it.</remarks>
internal sealed partial class TypesettingReader
{
    private delegate Rational? Reading(IReadOnlyDictionary<string, Rational> values);

    private const string Digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private static readonly Dictionary<string, string> Signs = new()
    {
        [@"\cdot"] = "·",
        [@"\bmod"] = "mod",
        [@"\lfloor"] = "⌊",
        [@"\rfloor"] = "⌋",
        [@"\lvert"] = "|",
        [@"\rvert"] = "|",
        [@"\max"] = "max",
        [@"\sum"] = "Σ",
        ["-"] = "−",
    };

    private readonly List<string> _tokens;
    private int _at;
    private bool _wasSingle;

    private TypesettingReader(string text) => _tokens =
    [
        .. Token().Matches(text).Select(match => Signs.GetValueOrDefault(match.Value, match.Value)).Where(token => token is not (@"\left" or @"\right")), "end",
    ];

    private string Now => _tokens[_at];

    public static Rational? Value(string text)
    {
        var reader = new TypesettingReader(text);
        try
        {
            Reading reading = reader.Whole();
            reader.Take("end");
            return reading(TypesettingTrees.Values);
        }
        catch (FormatException unclear)
        {
            throw new FormatException($"{text}: {unclear.Message}", unclear);
        }
    }

    private Reading Whole()
    {
        Reading left = Sum();
        if (!TryTake("mod"))
            return left;
        RequireSingle();
        Reading right = Sum();
        RequireSingle();
        return values => TypesettingTrees.Modulus(left(values), right(values));

        void RequireSingle()
        {
            if (!_wasSingle)
                throw new FormatException("mod beside something that is not single.");
        }
    }

    private Reading Sum()
    {
        Reading sum;
        if (TryTake("−"))
        {
            Reading term = Term();
            _wasSingle = false;
            sum = values => -term(values);
        }
        else
        {
            sum = Term();
        }
        while (Now is "+" or "−")
        {
            Operator kind = _tokens[_at++] == "+" ? Operator.Add : Operator.Subtract;
            Reading left = sum, right = Term();
            _wasSingle = false;
            sum = values => TypesettingTrees.Operate(kind, left(values), right(values));
        }
        return sum;
    }

    private Reading Term()
    {
        Reading product = Factor();
        bool isDivided = false;
        while (Now is "·" or "/" || Letter().IsMatch(Now))
        {
            if (isDivided)
                throw new FormatException("a factor behind a slash.");
            isDivided = Now == "/";
            if (Now is "·" or "/")
                _at++;
            Operator kind = isDivided ? Operator.Divide : Operator.Multiply;
            Reading left = product, right = Factor();
            _wasSingle = false;
            product = values => TypesettingTrees.Operate(kind, left(values), right(values));
        }
        return product;
    }

    private Reading Factor()
    {
        if (Now is "Σ" or "max")
            return Reduction();
        Reading core = Single();
        if (Digits.Contains(Now, StringComparison.Ordinal))
            core = Power(core, Constant(Digits.IndexOf(_tokens[_at++], StringComparison.Ordinal)));
        else if (TryTake("^"))
            core = Power(core, Single());
        _wasSingle = true;
        return core;
    }

    private static Reading Power(Reading core, Reading exponent) => values => TypesettingTrees.Operate(Operator.Power, core(values), exponent(values));

    private Reading Reduction()
    {
        ReductionKind kind = _tokens[_at++] == "Σ" ? ReductionKind.Sum : ReductionKind.Max;
        TryTake("_");
        Take(Now is "{" ? "{" : "(");
        string index = _tokens[_at++];
        bool hasSpan = TryTake("=");
        Take(hasSpan ? "0" : "<");
        if (!hasSpan)
            Take("3");
        _at++;
        if (hasSpan)
            foreach (string each in (string[])["^", "{", "2", "}"])
                Take(each);
        Reading body = Term();
        if (Now is "·" or "/")
            throw new FormatException("a factor behind a sum.");
        // Nobody knows where a maximum ends that is followed by + or −, so it must be the last of what is enclosed.
        if (kind == ReductionKind.Max && Now is ("+" or "−"))
            throw new FormatException("a term behind a maximum.");
        _wasSingle = false;
        return values => Enumerable.Range(0, 3).Select(i => body(new Dictionary<string, Rational>(values) { [index] = new(i, 1) }))
            .Aggregate((left, right) => TypesettingTrees.Combine(kind, left, right));
    }

    private Reading Single()
    {
        string token = _tokens[_at++];
        switch (token)
        {
            case "(" or "{" or "⌊" or "|":
                Reading inner = Whole();
                Take(token switch { "(" => ")", "{" => "}", "⌊" => "⌋", _ => "|" });
                return token switch
                {
                    "⌊" => values => TypesettingTrees.Floor(inner(values)),
                    "|" => values => inner(values) is { } value ? value < default(Rational) ? -value : value : null,
                    _ => inner,
                };
            case @"\frac":
                Reading above = Single(), below = Single();
                return values => TypesettingTrees.Operate(Operator.Divide, above(values), below(values));
            default:
                if (Letter().IsMatch(token))
                    return values => values[token];
                string[] parts = token.Split('.');
                return Constant(new Rational(BigInteger.Parse(string.Concat(parts)), BigInteger.Pow(10, parts.Length == 1 ? 0 : parts[1].Length)));
        }
    }

    private static Reading Constant(Rational value) => _ => value;

    private static Reading Constant(long value) => Constant(new Rational(value, 1));

    private bool TryTake(string token)
    {
        bool there = Now == token;
        if (there)
            _at++;
        return there;
    }

    private void Take(string token)
    {
        if (!TryTake(token))
            throw new FormatException($"'{Now}' where '{token}' is wanted.");
    }

    [GeneratedRegex(@"\\[A-Za-z]+|mod|max|[A-Za-z]|[0-9]+(?:\.[0-9]+)?|[^\s]")]
    private static partial Regex Token();

    [GeneratedRegex("^[a-z]$")]
    private static partial Regex Letter();
}
