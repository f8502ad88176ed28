namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>A model compiled for a number type: delegates built once from the tree, so that evaluating an element walks no tree.</summary>
/// <remarks>
/// Use: <see cref="NewFrame"/> for the sizes of a shape, <see cref="Reals"/> and <see cref="Exacts"/> to fill in what is given,
/// <see cref="Run"/> to compute the values. Not safe for use by several threads at once.
/// </remarks>
/// <typeparam name="T">The number type.</typeparam>
public sealed class Program<T>
{
    /// <summary>How many elements a tensor may have where nothing else is said.</summary>
    public const long MostElements = 1 << 22;

    private readonly Dictionary<string, int> _tensors = [];
    private readonly Dictionary<string, int> _slots = [];
    private readonly List<(int Slot, Func<Frame<T>, long> Value)> _sizes = [];
    private readonly List<Func<Frame<T>, bool>> _shapeAssumptions = [];
    private readonly List<Func<Frame<T>, bool>> _dataAssumptions = [];
    private readonly List<(Func<Frame<T>, long> From, Func<Frame<T>, long> Length)[]> _shapes = [];
    private readonly Dictionary<int, Computed> _computed = [];
    private readonly Dictionary<Derivative, Slopes<T>> _slopes = new(ReferenceEqualityComparer.Instance);
    private readonly Compiler<T> _compiler;

    private sealed record Computed(Value Value, int[] Indices, Func<Frame<T>, T>? Real, Func<Frame<T>, Fraction>? Exact);

    /// <summary>Compiles a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="arithmetic">The arithmetic of the number type.</param>
    /// <param name="wanted">Values to compute, with all that they use; null for all.</param>
    /// <param name="given">Values that will be filled in and are not to be computed.</param>
    public Program(Model model, Arithmetic<T> arithmetic, IEnumerable<string>? wanted = null, IReadOnlySet<string>? given = null)
    {
        Model = model;
        Arithmetic = arithmetic;
        HashSet<string> computed = Dependencies.Of(model, wanted ?? model.Values.Select(value => value.Name), given);
        foreach (Parameter parameter in model.Parameters)
            if (parameter.IsWhole)
                _slots.Add(parameter.Name, _slots.Count);
            else
                Add(parameter.Name, []);
        foreach (SizeLine size in model.Sizes)
            _slots.Add(size.Name, _slots.Count);
        _compiler = new Compiler<T>(this, arithmetic, _tensors, _slots);
        foreach (SizeLine size in model.Sizes)
            _sizes.Add((_slots[size.Name], _compiler.Whole(size.Value)));
        foreach (Given tensor in model.Givens)
            Add(tensor.Name, tensor.Shape);
        foreach (Value value in model.Values)
            Add(value.Name, value.Shape);
        foreach (Assumption assumption in model.Assumptions)
            (IsOfShape(assumption) ? _shapeAssumptions : _dataAssumptions).Add(_compiler.ForAll(assumption));
        foreach (Value value in model.Values.Where(value => computed.Contains(value.Name)))
        {
            int[] indices = [.. value.Indices.Select(_compiler.NewSlot)];
            var scope = value.Indices.Zip(indices).ToDictionary(pair => pair.First, pair => pair.Second);
            _computed.Add(_tensors[value.Name], value.Body is Matrix matrix ? OfMatrix(value, matrix, indices)
                : value.IsExact ? new(value, indices, null, _compiler.Exact(value.Body, scope))
                : new(value, indices, _compiler.Real(value.Body, scope), null));
        }
    }

    /// <summary>The model.</summary>
    public Model Model { get; }

    /// <summary>The arithmetic.</summary>
    public Arithmetic<T> Arithmetic { get; }

    /// <summary>Comparisons of real numbers, in the order in which they stand: what they are and how often each side was taken.</summary>
    public IReadOnlyList<Choice> Choices => _compiler.Choices;

    /// <summary>True where a computed value makes a choice between real numbers: it needs an ordered number type.</summary>
    public bool NeedsOrder => _compiler.NeedsOrder;

    /// <summary>True where a computed value uses exp, log and the like: it needs real numbers.</summary>
    public bool NeedsFunctions => _compiler.NeedsFunctions;

    /// <summary>True where an assumption compares real numbers: whether data are in the domain cannot be asked without an order.</summary>
    public bool DomainNeedsOrder => _compiler.DomainNeedsOrder;

    /// <summary>True where an assumption uses exp, log and the like.</summary>
    public bool DomainNeedsFunctions => _compiler.DomainNeedsFunctions;

    /// <summary>How many elements a tensor may have. Only what is filled in or computed takes memory.</summary>
    public long Largest { get; init; } = MostElements;

    /// <summary>Counts what is evaluated, and ends what takes too long.</summary>
    public Meter Meter { get; set; } = new();

    /// <summary>A frame for whole parameters, with its sizes computed.</summary>
    /// <param name="whole">The model's whole parameters, in its order.</param>
    /// <returns>The frame, or null where a size is below 1, an assumption on sizes does not hold or a range is undefined.</returns>
    /// <exception cref="NotationException">A tensor would have more than <see cref="Largest"/> elements.</exception>
    public Frame<T>? NewFrame(ReadOnlySpan<long> whole)
    {
        Meter.NewFrame();
        var frame = new Frame<T>(_compiler.Slots, _tensors.Count, Meter);
        whole.CopyTo(frame.Slots);   // the first slots, in this order
        foreach (var (slot, value) in _sizes)
        {
            frame.Slots[slot] = value(frame);
            if (frame.Slots[slot] < 1 || Fails(frame))
                return null;
        }
        foreach (var assumption in _shapeAssumptions)
            if (!assumption(frame) || Fails(frame))
                return null;
        for (int tensor = 0; tensor < _shapes.Count; tensor++)
        {
            var ranges = _shapes[tensor];
            long[] from = frame.From[tensor] = new long[ranges.Length], lengths = frame.Lengths[tensor] = new long[ranges.Length];
            double count = 1;
            for (int d = 0; d < ranges.Length; d++)
            {
                (from[d], lengths[d]) = (ranges[d].From(frame), ranges[d].Length(frame));
                if (Fails(frame) || lengths[d] < 0)
                    return null;
                count *= lengths[d];
            }
            if (count > Largest)
                throw new NotationException($"expected tensors of at most {Largest} elements, got {count:0} of {_tensors.First(pair => pair.Value == tensor).Key}.");
        }
        return frame;
    }

    /// <summary>The value of a size or whole parameter.</summary>
    /// <param name="frame">A frame.</param>
    /// <param name="name">The name.</param>
    public long Size(Frame<T> frame, string name) => frame.Slots[_slots[name]];

    /// <summary>The whole parameters of a frame, in the model's order.</summary>
    /// <param name="frame">A frame.</param>
    public ReadOnlySpan<long> Wholes(Frame<T> frame) => frame.Slots.AsSpan(0, Model.Parameters.Count(parameter => parameter.IsWhole));

    /// <summary>The lengths of a tensor.</summary>
    /// <param name="frame">A frame.</param>
    /// <param name="name">The tensor.</param>
    public IReadOnlyList<long> Lengths(Frame<T> frame, string name) => frame.Lengths[_tensors[name]];

    /// <summary>The first index along each dimension of a tensor.</summary>
    /// <param name="frame">A frame.</param>
    /// <param name="name">The tensor.</param>
    public IReadOnlyList<long> Origins(Frame<T> frame, string name) => frame.From[_tensors[name]];

    /// <summary>How many elements a tensor has.</summary>
    /// <param name="frame">A frame.</param>
    /// <param name="name">The tensor.</param>
    public int Count(Frame<T> frame, string name) => (int)frame.Lengths[_tensors[name]].Aggregate(1L, (product, length) => product * length);

    /// <summary>The elements of a real tensor, scalar or parameter: to fill in, or to read after <see cref="Run"/>.</summary>
    /// <param name="frame">A frame.</param>
    /// <param name="name">The tensor.</param>
    public T[] Reals(Frame<T> frame, string name) => frame.Reals[_tensors[name]] ??= Zeros(Count(frame, name));

    /// <summary>The elements of any tensor as numbers of the type; of an exact one a copy.</summary>
    /// <param name="frame">A frame.</param>
    /// <param name="name">The tensor.</param>
    public T[] Elements(Frame<T> frame, string name) => frame.Exacts[_tensors[name]] is { } exacts ? [.. exacts.Select(Arithmetic.Constant)] : Reals(frame, name);

    /// <summary>The elements of an exact tensor.</summary>
    /// <param name="frame">A frame.</param>
    /// <param name="name">The tensor.</param>
    public Fraction[] Exacts(Frame<T> frame, string name) => frame.Exacts[_tensors[name]] ??= new Fraction[Count(frame, name)];

    /// <summary>True where an element of a tensor is undefined.</summary>
    /// <param name="frame">A frame.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="element">Its position, row-major.</param>
    public bool IsUndefined(Frame<T> frame, string name, int element) => frame.Holes[_tensors[name]]?[element] == true;

    /// <summary>Whether the program computes a value.</summary>
    /// <param name="name">The value.</param>
    public bool Computes(string name) => _tensors.TryGetValue(name, out int tensor) && _computed.ContainsKey(tensor);

    /// <summary>Computes the values.</summary>
    /// <param name="frame">A frame with what is given filled in.</param>
    /// <param name="after">Is told each value as it is done, and may change its elements.</param>
    /// <returns>False where an assumption on data does not hold.</returns>
    public bool Run(Frame<T> frame, Action<string>? after = null)
    {
        frame.Jacobians.Clear();
        foreach (var assumption in _dataAssumptions)
            if (!assumption(frame) || Fails(frame))
                return false;
        foreach (Value value in Model.Values)
            if (_computed.TryGetValue(_tensors[value.Name], out Computed? computed))
            {
                Compute(frame, computed);
                after?.Invoke(value.Name);
            }
        return true;
    }

    /// <summary>Compiles an expression of sizes and whole parameters.</summary>
    /// <param name="expression">The expression.</param>
    /// <returns>A function of a frame.</returns>
    public Func<Frame<T>, Fraction> CompileExact(Expression expression) => Later(_compiler.Exact(expression, []));

    /// <summary>Computes one element of an expression that stands in the scope of a value's free indices.</summary>
    /// <param name="expression">The expression.</param>
    /// <returns>A function of a frame after <see cref="Run"/>; the number is undefined where <see cref="Failed"/> says so.</returns>
    public Func<Frame<T>, T> Compile(Expression expression) => Later(_compiler.Real(expression, []));

    /// <summary>True once after an undefined operation.</summary>
    /// <param name="frame">The frame.</param>
    public bool Failed(Frame<T> frame) => Fails(frame);

    internal bool Fails(Frame<T> frame)
    {
        bool fails = frame.Undefined || Arithmetic.Undefined;
        frame.Undefined = Arithmetic.Undefined = false;
        return fails;
    }

    /// <summary>The derivatives that D asks for: all elements of one tensor by all of another.</summary>
    internal (T[] Entries, bool[] Holes) Jacobian(Frame<T> frame, Derivative derivative)
    {
        if (!frame.Jacobians.TryGetValue(derivative, out var jacobian))
        {
            string of = Name(derivative.Of), by = Name(derivative.By);
            if (!_slopes.TryGetValue(derivative, out Slopes<T>? slopes))
                _slopes[derivative] = slopes = new Slopes<T>(this, [of], derivative.Held);
            bool before = Arithmetic.Kink;
            slopes.Kink = false;
            frame.Jacobians[derivative] = jacobian = slopes.Jacobian(frame, of, by);
            Arithmetic.Kink = before | slopes.Kink;
        }
        return jacobian;
    }

    private Func<Frame<T>, TResult> Later<TResult>(Func<Frame<T>, TResult> compiled)
    {
        int slots = _compiler.Slots;
        return frame =>
        {
            frame.Reserve(slots);
            return compiled(frame);
        };
    }

    private static string Name(Expression reference) => reference is Element element ? element.Tensor : ((Symbol)reference).Name;

    private void Add(string name, IReadOnlyList<Range> shape)
    {
        _tensors.Add(name, _tensors.Count);
        _shapes.Add([.. shape.Select(range =>
        {
            var from = _compiler!.Whole(range.From);
            if (range.Length is { } length)
                return (from, _compiler.Whole(length));
            var to = _compiler.Whole(range.To);
            return (from, (Func<Frame<T>, long>)(frame => to(frame) - from(frame) + 1));
        })]);
    }

    private bool IsOfShape(Assumption assumption) => Walk.Children(assumption.Condition).SelectMany(Walk.All)
        .All(each => each is not Element && (each is not Symbol symbol || !_tensors.ContainsKey(symbol.Name)));

    private Computed OfMatrix(Value value, Matrix matrix, int[] indices)
    {
        T[][] rows = [.. matrix.Rows.Select(row => row.Select(entry => Arithmetic.Constant(Constants.Value(entry)!.Value)).ToArray())];
        return new(value, indices, frame => rows[frame.Slots[indices[0]]][frame.Slots[indices[1]]], null);
    }

    private T[] Zeros(int count)
    {
        var zeros = new T[count];
        Array.Fill(zeros, Arithmetic.Zero);
        return zeros;
    }

    private void Compute(Frame<T> frame, Computed computed)
    {
        int tensor = _tensors[computed.Value.Name], count = Count(frame, computed.Value.Name);
        long[] from = frame.From[tensor], lengths = frame.Lengths[tensor];
        frame.Holes[tensor] = null;
        if (computed.Exact is not null)
            frame.Exacts[tensor] = new Fraction[count];
        else
            frame.Reals[tensor] = new T[count];
        for (int d = 0; d < from.Length; d++)
            frame.Slots[computed.Indices[d]] = from[d];
        for (int element = 0; element < count; element++)
        {
            frame.Step();
            if (computed.Exact is { } exact)
                frame.Exacts[tensor][element] = exact(frame);
            else
                frame.Reals[tensor][element] = computed.Real!(frame);
            if (Fails(frame))
                (frame.Holes[tensor] ??= new bool[count])[element] = true;
            for (int d = from.Length - 1; d >= 0 && ++frame.Slots[computed.Indices[d]] == from[d] + lengths[d]; d--)
                frame.Slots[computed.Indices[d]] = from[d];
        }
    }
}
