namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>Derivatives of a program's values by automatic differentiation: the values are computed once more over dual numbers.</summary>
/// <typeparam name="T">The number type.</typeparam>
public sealed class Slopes<T>
{
    private readonly Program<T> _program;
    private readonly Program<Jet<T>> _dual;
    private readonly IReadOnlyList<string> _held;
    private readonly Jets<T> _jets;

    /// <summary>Compiles the values that are to be derived.</summary>
    /// <param name="program">The program whose frames are differentiated at.</param>
    /// <param name="of">The values to derive.</param>
    /// <param name="held">Values whose derivative is held at 0.</param>
    public Slopes(Program<T> program, IEnumerable<string> of, IReadOnlyList<string>? held = null)
    {
        _program = program;
        _held = held ?? [];
        _jets = new Jets<T>(program.Arithmetic);
        _dual = new Program<Jet<T>>(program.Model, _jets, of);
    }

    /// <summary>Raised where a derivative met a kink or a tie; to be lowered by who reads it.</summary>
    public bool Kink
    {
        get => _jets.Kink || _program.Arithmetic.Kink;
        set => _jets.Kink = _program.Arithmetic.Kink = value;
    }

    /// <summary>The derivatives of a value along one direction.</summary>
    /// <param name="frame">A frame of the program with what is given filled in.</param>
    /// <param name="by">The given, parameter or value that moves.</param>
    /// <param name="direction">How far each of its elements moves.</param>
    /// <returns>The frame of the dual program: values with slopes.</returns>
    public Frame<Jet<T>> Along(Frame<T> frame, string by, T[] direction) => Along(frame, name => name == by ? direction : null);

    /// <summary>The derivatives of a value along one direction in which several tensors move.</summary>
    /// <param name="frame">A frame of the program with what is given filled in.</param>
    /// <param name="directions">How far each element of a given, parameter or value moves; null for one that stands still.</param>
    /// <returns>The frame of the dual program: values with slopes.</returns>
    public Frame<Jet<T>> Along(Frame<T> frame, Func<string, T[]?> directions)
    {
        _dual.Meter = _program.Meter;
        Frame<Jet<T>> dual = _dual.NewFrame(_program.Wholes(frame))!;
        foreach (string name in _program.Model.Parameters.Where(parameter => !parameter.IsWhole).Select(parameter => parameter.Name)
            .Concat(_program.Model.Givens.Where(given => !given.IsExact).Select(given => given.Name)))
        {
            T[] from = _program.Reals(frame, name);
            T[]? direction = directions(name);
            Jet<T>[] to = _dual.Reals(dual, name);
            for (int i = 0; i < to.Length; i++)
                to[i] = new(from[i], direction is null ? _program.Arithmetic.Zero : direction[i]);
        }
        foreach (Given given in _program.Model.Givens.Where(given => given.IsExact))
            _program.Exacts(frame, given.Name).CopyTo(_dual.Exacts(dual, given.Name), 0);
        _dual.Run(dual, name =>
        {
            T[]? direction = directions(name);
            if (direction is null && !_held.Contains(name))
                return;
            Jet<T>[] elements = _dual.Reals(dual, name);
            for (int i = 0; i < elements.Length; i++)
                elements[i] = new(elements[i].Value, direction is null ? _program.Arithmetic.Zero : _program.Arithmetic.Add(elements[i].Slope, direction[i]));
        });
        return dual;
    }

    /// <summary>The slopes of a value after <see cref="Along(Frame{T}, string, T[])"/>.</summary>
    /// <param name="dual">Its frame.</param>
    /// <param name="of">The value.</param>
    public Jet<T>[] Of(Frame<Jet<T>> dual, string of) => _dual.Reals(dual, of);

    /// <summary>True where an element of a value is undefined.</summary>
    /// <param name="dual">A frame of <see cref="Along(Frame{T}, string, T[])"/>.</param>
    /// <param name="of">The value.</param>
    /// <param name="element">Its position.</param>
    public bool IsUndefined(Frame<Jet<T>> dual, string of, int element) => _dual.IsUndefined(dual, of, element);

    /// <summary>All derivatives of one value by another, row-major over both.</summary>
    /// <param name="frame">A frame of the program.</param>
    /// <param name="of">The value.</param>
    /// <param name="by">What moves.</param>
    /// <returns>The derivatives and where they are undefined.</returns>
    public (T[] Entries, bool[] Holes) Jacobian(Frame<T> frame, string of, string by)
    {
        int rows = _program.Count(frame, of), columns = _program.Count(frame, by);
        var entries = new T[rows * columns];
        bool[] holes = new bool[rows * columns];
        var direction = new T[columns];
        Array.Fill(direction, _program.Arithmetic.Zero);
        for (int column = 0; column < columns; column++)
        {
            direction[column] = _program.Arithmetic.One;
            var dual = Along(frame, by, direction);
            direction[column] = _program.Arithmetic.Zero;
            Jet<T>[] slopes = Of(dual, of);
            for (int row = 0; row < rows; row++)
            {
                entries[row * columns + column] = slopes[row].Slope;
                holes[row * columns + column] = IsUndefined(dual, of, row);
            }
        }
        return (entries, holes);
    }
}
