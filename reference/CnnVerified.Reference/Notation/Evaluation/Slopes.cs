namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>Derivatives of a program's values by automatic differentiation: the values are computed once more over dual numbers.</summary>
/// <typeparam name="T">The number type.</typeparam>
public sealed class Slopes<T>
{
    private readonly Program<T> _program;
    private readonly Program<Jet<T>> _dual;
    private readonly IReadOnlyList<string> _held;
    private readonly Jets<T> _jets;
    private readonly string[] _reals;
    private readonly string[] _exacts;

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
        Model model = program.Model;
        _reals = [.. model.Parameters.Where(parameter => !parameter.IsWhole).Select(parameter => parameter.Name), .. model.Givens.Where(given => !given.IsExact).Select(given => given.Name)];
        _exacts = [.. model.Givens.Where(given => given.IsExact).Select(given => given.Name)];
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
        Frame<Jet<T>> dual = AtRest(frame);
        foreach (string name in _reals)
            if (directions(name) is { } direction)
                Move(_dual.Reals(dual, name), direction);
        Run(dual, directions);
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
        Frame<Jet<T>> dual = AtRest(frame);
        Jet<T>[]? given = _reals.Contains(by) ? _dual.Reals(dual, by) : null;
        for (int column = 0; column < columns; column++)
        {
            if (column > 0)
                _program.Meter.NewFrame();   // the same frame once more costs what another would
            direction[column] = _program.Arithmetic.One;
            if (given is not null)
                Move(given, direction);
            Run(dual, name => name == by ? direction : null);
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

    // What is given, with nothing that moves.
    private Frame<Jet<T>> AtRest(Frame<T> frame)
    {
        _dual.Meter = _program.Meter;
        Frame<Jet<T>> dual = _dual.NewFrame(_program.Wholes(frame))!;
        foreach (string name in _reals)
        {
            T[] from = _program.Reals(frame, name);
            Jet<T>[] to = _dual.Reals(dual, name);
            for (int i = 0; i < to.Length; i++)
                to[i] = new(from[i], _program.Arithmetic.Zero);
        }
        foreach (string name in _exacts)
            _program.Exacts(frame, name).CopyTo(_dual.Exacts(dual, name), 0);
        return dual;
    }

    private static void Move(Jet<T>[] elements, T[] direction)
    {
        for (int i = 0; i < elements.Length; i++)
            elements[i] = elements[i] with { Slope = direction[i] };
    }

    private void Run(Frame<Jet<T>> dual, Func<string, T[]?> directions) => _dual.Run(dual, name =>
    {
        T[]? direction = directions(name);
        if (direction is null && !_held.Contains(name))
            return;
        Jet<T>[] elements = _dual.Reals(dual, name);
        for (int i = 0; i < elements.Length; i++)
            elements[i] = new(elements[i].Value, direction is null ? _program.Arithmetic.Zero : _program.Arithmetic.Add(elements[i].Slope, direction[i]));
    });
}
