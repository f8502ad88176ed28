using System.Numerics.Tensors;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Verification.Cases;
using Tensor = System.Numerics.Tensors.Tensor;

namespace CnnVerified.Verification;

/// <summary>What kind of arithmetic an equation needs; it decides which oracles can judge it, and how sharply.</summary>
public enum Nature
{
    /// <summary>Sums of products: exact on integers.</summary>
    SumOfProducts,

    /// <summary>With a choice between values: exact on ordered numbers.</summary>
    Choice,

    /// <summary>With a mean or a quotient: exact on rationals.</summary>
    Quotient,

    /// <summary>With exp, log, a root or the like.</summary>
    Smooth,

    /// <summary>Sizes from sizes.</summary>
    ShapeRule,
}

/// <summary>What an equation is for; its id says it.</summary>
public enum Kind
{
    /// <summary>From inputs to outputs: -F, and the encodings of inputs.</summary>
    Forward,

    /// <summary>A gradient: -B.</summary>
    Backward,

    /// <summary>Second derivatives passed backward: OP-B.</summary>
    SecondOrder,

    /// <summary>New weights or running values from old ones: -U and OP.</summary>
    Update,

    /// <summary>Two formulas of one thing: -I.</summary>
    Identity,

    /// <summary>Sizes from sizes: -S.</summary>
    ShapeRule,

    /// <summary>Schedules, initial weights, measures.</summary>
    Definition,
}

/// <summary>A tensor that goes into an equation or comes out of it.</summary>
/// <param name="Name">The letter of the catalogue: x, w, dy, …</param>
/// <param name="Shape">Its lengths for a case; a scalar has one element.</param>
/// <param name="Domain">Where its elements lie, or null for any real numbers.</param>
public sealed record Operand(string Name, Func<Case, nint[]> Shape, Domain? Domain = null);

/// <summary>A second derivative that is passed backward as a sum of squares: h by v is the sum of h by y times D(y, v)².</summary>
/// <param name="Forward">The forward equation.</param>
/// <param name="Residual">The second derivatives that come in, such as hy.</param>
/// <param name="Results">Each result, the variable that it is taken by and the value that is differentiated.</param>
public sealed record GaussNewton(Equation Forward, string Residual, IReadOnlyList<(string Result, string By, string Of)> Results);

/// <summary>An equation as the battery sees it. All of it is read off the text of docs/equations and the signature of the reference
/// method: operands are the parameters of the method, their shapes and domains are those of the text.</summary>
public sealed class Equation
{
    private static readonly Library Texts = Book.With([], (_, _) => { });
    private static readonly Function[] OfReals = [Function.Exp, Function.Log, Function.Log1p, Function.Sqrt, Function.Tanh, Function.Erf, Function.Erfc, Function.Cos, Function.Sin];

    private readonly Lazy<ModelSizes> _sizes;
    private readonly Lazy<Family> _family;
    private readonly Lazy<Model> _model;
    private readonly Lazy<IReadOnlyList<Operand>> _inputs, _outputs;
    private readonly Lazy<IReadOnlySet<string>> _forwardValues;
    private readonly Lazy<(Equation, string)?> _gradientOf;
    private readonly Lazy<GaussNewton?> _secondOrder;
    private readonly Lazy<Nature> _nature;
    private readonly Lazy<bool> _isLinear;
    private readonly Lazy<IReadOnlyList<Value>> _computed;
    private readonly Lazy<Program<double>> _forwardProgram, _conditionProgram;

    internal Equation(string id)
    {
        Id = id;
        _model = new(() => { lock (Texts) return Texts.Resolve(id, default); });
        _sizes = new(() => new ModelSizes(Model));
        _family = new(() => new Family(_sizes.Value));
        _inputs = new(() => [.. Parameters().Select(Input)]);
        _outputs = new(() => [.. Results().Select(name => new Operand(name, @case => _sizes.Value.Lengths(@case, name)))]);
        _forwardValues = new(() => Inputs.Select(input => input.Name).Where(name => Model.Values.Any(value => value.Name == name)).ToHashSet());
        _gradientOf = new(() => Model.Head is { Of: { } of, By: { } by } ? (EquationTable.Find(of), by) : null);
        _secondOrder = new(FindSecondOrder);
        _nature = new(() => Kind == Kind.ShapeRule && Results().All(result => result is "P" or "Q" or "O") ? Nature.ShapeRule : NatureOf(Computed));
        _isLinear = new(() => GradientOf is var (forward, by) && !Dependencies.Of(Model, Outputs.Select(output => output.Name))
            .SelectMany(name => Dependencies.Names(Model.Values.First(value => value.Name == name).Body)).Contains(by) && forward.Nature != Nature.ShapeRule);
        _computed = new(() =>
        {
            var names = Dependencies.Of(Model, Outputs.Select(output => output.Name), Inputs.Select(input => input.Name).ToHashSet());
            return [.. Model.Values.Where(value => names.Contains(value.Name))];
        });
        _conditionProgram = new(() => new Program<double>(Model, new Doubles(), []) { Largest = MostElements });
        _forwardProgram = new(() => new Program<double>(Model, new Doubles(), ForwardValues) { Largest = MostElements });
    }

    /// <summary>The id, such as CV-B1.</summary>
    public string Id { get; }

    /// <summary>What it is for.</summary>
    public Kind Kind => Id.Split('-') switch
    {
        [_, ['F', ..]] or ["IN", _] => Kind.Forward,
        ["OP", ['B', ..]] => Kind.SecondOrder,
        [_, ['B', ..]] => Kind.Backward,
        [_, ['I', ..]] => Kind.Identity,
        [_, ['S', ..]] => Kind.ShapeRule,
        ["OP", "12" or "13"] => Kind.Definition,
        [_, ['U', ..]] or ["OP", _] => Kind.Update,
        _ => Kind.Definition,
    };

    /// <summary>True for what the engine computes: layers, losses, normalisations and update rules.</summary>
    public bool NeedsTwin => Kind is Kind.Forward or Kind.Backward or Kind.SecondOrder or Kind.Update;

    /// <summary>The text, resolved.</summary>
    public Model Model => _model.Value;

    /// <summary>The cases it is judged on.</summary>
    public Family Family => _family.Value;

    /// <summary>What arithmetic it needs.</summary>
    public Nature Nature => _nature.Value;

    /// <summary>Tensors and scalars that go in, in the order of the reference method's parameters.</summary>
    public IReadOnlyList<Operand> Inputs => _inputs.Value;

    /// <summary>Tensors that come out: the results of the text, or the claimed sides.</summary>
    public IReadOnlyList<Operand> Outputs => _outputs.Value;

    /// <summary>For a gradient: the forward equation and the input it is the gradient by.</summary>
    public (Equation Forward, string By)? GradientOf => _gradientOf.Value;

    /// <summary>For a second derivative passed backward: how.</summary>
    public GaussNewton? SecondOrder => _secondOrder.Value;

    /// <summary>Inputs that are values of the forward pass.</summary>
    public IReadOnlySet<string> ForwardValues => _forwardValues.Value;

    /// <summary>For a gradient: true where the forward equation is linear in the input, apart from terms without it.</summary>
    public bool IsLinear => _isLinear.Value;

    /// <summary>The values that the equation itself computes from its inputs.</summary>
    public IReadOnlyList<Value> Computed => _computed.Value;

    /// <summary>The residual's name where the equation takes one: dy for an output y.</summary>
    public string? Residual => GradientOf is not null ? Model.Residuals.Values.FirstOrDefault(name => Inputs.Any(input => input.Name == name)) : null;

    private const long MostElements = 1 << 25;   // of one tensor: over number types that carry bounds that is a gigabyte

    /// <summary>Terms that the reference walks over on a case; infinite where a tensor would not fit in memory.</summary>
    /// <param name="case">A case of the family.</param>
    /// <returns>The count; a double, because sizes that are beyond any machine must compare too.</returns>
    public double Work(Case @case)
    {
        if (_sizes.Value.WhyInvalid(@case) is not null)
            return double.PositiveInfinity;
        bool fits = Inputs.Concat(Outputs).All(operand =>
            operand.Shape(@case).Aggregate(1.0, (product, length) => product * length) is > 0 and <= MostElements);
        // What a row shares, such as the sum of a softmax, the reference computes again for every element, as the formula has it.
        return fits ? _sizes.Value.Terms(@case, Computed) : double.PositiveInfinity;
    }

    /// <summary>Values of the forward pass from the text, in binary64.</summary>
    /// <param name="case">The case.</param>
    /// <param name="given">Elements of what is given.</param>
    /// <returns>By name; null where the text has no value for these data.</returns>
    internal Dictionary<string, Tensor<double>>? Forward(Case @case, Func<string, IEnumerable<double>> given)
    {
        if (ForwardValues.Count == 0)
            return [];
        lock (_forwardProgram)
        {
            if (Evaluate(_forwardProgram.Value, @case, given, value => value) is not { } elements)
                return null;
            var values = ForwardValues.ToDictionary(name => name, name => elements(name));
            return values.Values.Any(value => value.Any(double.IsNaN)) ? null
                : values.ToDictionary(pair => pair.Key, pair => Tensor.Create(pair.Value, _sizes.Value.Lengths(@case, pair.Key)));
        }
    }

    /// <summary>Runs a program of the text on a case.</summary>
    /// <param name="program">The program.</param>
    /// <param name="case">The case.</param>
    /// <param name="given">Elements of what is given.</param>
    /// <param name="from">Makes a number.</param>
    /// <returns>The elements of each value, by name; null where the text has no value for these data.</returns>
    internal Func<string, T[]>? Evaluate<T>(Program<T> program, Case @case, Func<string, IEnumerable<double>> given, Func<double, T> from)
    {
        if (NewFrame(program, @case, given, from) is not { } frame || !program.Run(frame))
            return null;
        foreach (Value value in Model.Values.Where(value => program.Computes(value.Name)))
            for (int i = 0; i < program.Count(frame, value.Name); i++)
                if (program.IsUndefined(frame, value.Name, i))
                    return null;
        return name => program.Elements(frame, name);
    }

    /// <summary>The value of an expression of sizes, such as the end of a range.</summary>
    internal double Bound(Case @case, Expression expression) => _sizes.Value.Whole(@case, expression);

    /// <summary>True where the conditions of the text on data hold.</summary>
    internal bool Admits(Case @case, Func<string, IEnumerable<double>> given)
    {
        if (Model.Assumptions.Count == 0)
            return true;
        Program<double> program = _conditionProgram.Value;
        lock (program)
            return NewFrame(program, @case, given, value => value) is { } frame && program.Run(frame);
    }

    private Frame<T>? NewFrame<T>(Program<T> program, Case @case, Func<string, IEnumerable<double>> given, Func<double, T> from)
    {
        var frame = program.NewFrame([.. Model.Parameters.Where(parameter => parameter.IsWhole).Select(parameter => (long)@case[parameter.Name.ToLowerInvariant()])]);
        if (frame is null)
            return null;
        foreach (string name in Given)
            if (Model.Find(name) is { IsExact: true })
                given(name).Select(value => new Fraction((long)value)).ToArray().CopyTo(program.Exacts(frame, name), 0);
            else
                given(name).Select(from).ToArray().CopyTo(program.Reals(frame, name), 0);
        return frame;
    }

    /// <summary>Names of everything that the text is given: tensors, and real parameters as scalars.</summary>
    internal IEnumerable<string> Given => Model.Givens.Select(given => given.Name)
        .Concat(Model.Parameters.Where(parameter => !parameter.IsWhole).Select(parameter => parameter.Name));

    /// <summary>What is known of a name that is given.</summary>
    internal Operand Input(string name) =>
        new(name, @case => _sizes.Value.Lengths(@case, name), Model.Givens.FirstOrDefault(given => given.Name == name)?.Domain);

    /// <summary>True where a constant is no binary fraction, such as 0.1 or 1/6: no data make the results exact.</summary>
    internal bool HasInexactConstants => Computed.SelectMany(value => Walk.All(value.Body))
        .Any(each => each is Number or Operation { Operator: Operator.Divide } && Constants.Value(each) is { } constant && !constant.Denominator.IsPowerOfTwo);

    /// <summary>True where some data are fractions even if they are to be whole: those of an interval such as [0,1).</summary>
    internal bool HasFractions => Given.Any(name => Input(name).Domain is Interval);

    /// <summary>True where a value of the forward pass is exact on whole numbers.</summary>
    internal bool IsExactOnIntegers(string forwardValue)
    {
        var names = Dependencies.Of(Model, [forwardValue]);
        return NatureOf(Model.Values.Where(value => names.Contains(value.Name))) is Nature.SumOfProducts or Nature.Choice;
    }

    /// <inheritdoc/>
    public override string ToString() => Id;

    private IEnumerable<string> Parameters() => ReferenceMethods.Of(Id).GetParameters()
        .Where(parameter => parameter.ParameterType != typeof(Window) && parameter.ParameterType != typeof(int))
        .Select(parameter => Model.Find(parameter.Name!) is not null || Model.Parameters.Any(each => each.Name == parameter.Name)
            ? parameter.Name!
            : throw new InvalidOperationException($"{Id}: the reference method has a parameter '{parameter.Name}', which the text does not know."));

    // A gradient may name the gradients of forward values on its way: those are not results.
    private IReadOnlyList<string> Results() => Model.Head.By is { } by
        ? [Model.Claims.OfType<GradientClaim>().First(claim => claim.By == by).Claimed]
        : Model.Claims.Count > 0
        ? [.. Model.Claims.Select(claim => claim.Claimed).Distinct()]
        : Model.Results;

    // hw2 = sum(…) hy[…]*D(y[…],w[…])^2, claimed equal to hw, with y from the block that is used.
    private GaussNewton? FindSecondOrder()
    {
        var results = new List<(string, string, string)>();
        string? residual = null;
        foreach (EqualityClaim claim in Model.Claims.OfType<EqualityClaim>())
            if (Model.Values.FirstOrDefault(value => value.Name == claim.Truth)?.Body is Reduction
                {
                    Kind: ReductionKind.Sum,
                    Body: Operation
                    {
                        Operator: Operator.Multiply,
                        Left: Element weight,
                        Right: Operation { Operator: Operator.Power, Left: Derivative { Of: Element of, By: Element by } },
                    },
                })
            {
                residual = weight.Tensor;
                results.Add((claim.Claimed, by.Tensor, of.Tensor));
            }
        string? forward = Texts.Find(Id)?.Lines.OfType<UseLine>().FirstOrDefault()?.Id;
        return results.Count == 0 || forward is null ? null : new(EquationTable.Find(forward), residual!, results);
    }

    private Nature NatureOf(IEnumerable<Value> values)
    {
        var nature = Nature.SumOfProducts;
        foreach (Value value in values)
            Look(value.Body);
        return nature;

        void AtLeast(Nature least) => nature = (Nature)Math.Max((int)nature, (int)least);

        bool IsReal(Expression expression) => Dependencies.Names(expression)
            .Any(name => Model.Find(name) is { IsExact: false } || Model.Parameters.Any(parameter => parameter.Name == name && !parameter.IsWhole));

        void Look(Expression expression)
        {
            switch (expression)
            {
                case Element:
                    return;   // index arithmetic is exact
                case Pi or Derivative:
                case Application application when OfReals.Contains(application.Function):
                    AtLeast(Nature.Smooth);
                    break;
                case Application { Function: Function.Max or Function.Min or Function.Abs or Function.Sign } when IsReal(expression):
                case Reduction { Kind: ReductionKind.Max or ReductionKind.Min }:
                case Bracket bracket when Walk.Children(bracket.Condition).Any(IsReal):
                    AtLeast(Nature.Choice);
                    break;
                case Matrix:
                case Number { Value: var constant } when constant.Denominator != 1:
                case Operation { Operator: Operator.Divide }:
                    AtLeast(Nature.Quotient);
                    break;
                case Operation { Operator: Operator.Power, Right: var exponent }:
                    AtLeast(exponent is Number { Value: var number } && number.Denominator == 1
                        ? number >= default(Reference.Numbers.Rational) ? Nature.SumOfProducts : Nature.Quotient
                        : Nature.Smooth);
                    break;
            }
            if (expression is Reduction reduction)
            {
                if (Walk.Children(reduction.Where).Any(IsReal))
                    AtLeast(Nature.Choice);
                Look(reduction.Body);
                return;
            }
            foreach (Expression child in Walk.Children(expression))
                Look(child);
        }
    }
}
