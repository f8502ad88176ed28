using System.Globalization;
using System.Numerics;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Tests.Notation;

/// <summary>A block small enough to be worked by hand, evaluated on data written in the test: "N=2 x=3,5,1/2".</summary>
internal static class SmallBlock
{
    public static Model Resolve(string lines)
    {
        var library = new Library();
        library.Add(new Block(new Head(BlockKind.Equation, "T"), Parser.Lines(lines, new Place(1, 1))));
        return library.Resolve("T", default);
    }

    /// <summary>The elements of the last value, or of a named one, as exact fractions.</summary>
    public static string Rationals(string lines, string data, string? value = null)
    {
        var (program, frame) = Run(new Rationals(), lines, data);
        return Text(program, frame, value ?? program.Model.Values[^1].Name);
    }

    public static (Program<T> Program, Frame<T> Frame) Run<T>(Arithmetic<T> arithmetic, string lines, string data)
    {
        var (program, frame) = Fill(arithmetic, lines, data);
        if (!program.Run(frame))
            throw new InvalidOperationException($"{data} is outside the domain of\n{lines}");
        return (program, frame);
    }

    public static (Program<T> Program, Frame<T> Frame) Fill<T>(Arithmetic<T> arithmetic, string lines, string data)
    {
        var program = new Program<T>(Resolve(lines), arithmetic);
        var elements = data.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('='))
            .ToDictionary(sides => sides[0], sides => sides[1].Split(',').Select(Number).ToArray());
        long[] whole = [.. program.Model.Parameters.Where(parameter => parameter.IsWhole).Select(parameter => (long)elements[parameter.Name][0].Numerator)];
        Frame<T> frame = program.NewFrame(whole) ?? throw new InvalidOperationException($"{data} is outside the domain of\n{lines}");
        foreach (Parameter parameter in program.Model.Parameters.Where(parameter => !parameter.IsWhole))
            program.Reals(frame, parameter.Name)[0] = arithmetic.Constant(elements[parameter.Name][0]);
        foreach (Given given in program.Model.Givens)
            for (int i = 0; i < program.Count(frame, given.Name); i++)
                if (given.IsExact)
                    program.Exacts(frame, given.Name)[i] = new((long)elements[given.Name][i].Numerator);
                else
                    program.Reals(frame, given.Name)[i] = arithmetic.Constant(elements[given.Name][i]);
        return (program, frame);
    }

    public static string Text<T>(Program<T> program, Frame<T> frame, string value) => string.Join(' ', program.Elements(frame, value)
        .Select((element, i) => program.IsUndefined(frame, value, i) ? "undefined" : string.Create(CultureInfo.InvariantCulture, $"{element}")));

    private static Rational Number(string text)
    {
        string[] parts = text.Split('/');
        return new(BigInteger.Parse(parts[0], CultureInfo.InvariantCulture), parts.Length > 1 ? BigInteger.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
    }
}
