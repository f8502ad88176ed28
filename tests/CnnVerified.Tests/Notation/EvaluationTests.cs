using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;
using Xunit;

namespace CnnVerified.Tests.Notation;

/// <summary>The rules of the notation as the evaluator keeps them, on blocks worked by hand. In all of them x = (3, 5) where no other
/// data are written.</summary>
public sealed class EvaluationTests
{
    [Theory]
    [InlineData("y = x[-1] + x[2]", "0")]
    [InlineData("y = x[1/2]", "0")]
    [InlineData("y[i:4] = x[i/2]", "3 0 5 0")]
    [InlineData("y[i:4] = x[(i+1)/2 - 1/2]", "3 0 5 0")]
    [InlineData("y[i:-1..2] = x[i]", "0 3 5 0")]
    [InlineData("v[i:-1..1] = 10*x[i+1]\ny[i:-2..2] = v[i]", "0 30 50 0 0")]
    [InlineData("v[i:2] = i + 7\ny[i:-1..2] = v[i]", "0 7 8 0")]
    [InlineData("v[i:2,j:2] = x[i] + 10*x[j]\ny[i:3] = v[i,2-i]", "0 55 0")]
    [InlineData("y = max(i:-1..1) -x[i]", "0")]
    [InlineData("y = max(i:-1..1 | i>=0) -x[i]", "-3")]
    [InlineData("y = x[9223372036854775807] + x[-9223372036854775807]", "0")]
    public void Rule_1_what_is_outside_or_not_whole_is_0(string lines, string expected) => Check(lines, expected);

    [Fact]
    public void Rule_1_holds_for_an_index_that_is_data() =>
        Assert.Equal("0 3 5 0", SmallBlock.Rationals("given x[2], t[4] in -1..2\ny[i:4] = x[t[i]]", "x=3,5 t=-1,0,1,2"));

    [Theory]
    [InlineData("y = sum(i:0) x[i]", "0")]
    [InlineData("y = prod(i:0) x[i]", "1")]
    [InlineData("y = max(i:0) x[i]", "undefined")]
    [InlineData("y = min(i:2 | i>5) x[i]", "undefined")]
    [InlineData("y = sum(i:2..1) x[i] + x[0]", "3")]
    [InlineData("y = sum(i:0) i", "0")]
    [InlineData("y = prod(i:0) i", "1")]
    [InlineData("y = max(i:0) i", "undefined")]
    [InlineData("y = max(i:4) (i-1)^2", "4")]
    [InlineData("y = min(i:4) (2-i)", "-1")]
    [InlineData("y = min(i:3 | i>5) i", "undefined")]
    [InlineData("v[i:2] = 1/(x[i]-3)\ny[i:2] = v[i]", "undefined 1/2")]
    [InlineData("v[i:2] = 1/(x[i]-3)\ny = v[1] + v[2]", "1/2")]
    [InlineData("v[i:2] = 1/i\ny[i:2] = v[i]", "undefined 1")]
    [InlineData("y[i:-3..3] = mod(i,3)", "0 1 2 0 1 2 0")]
    [InlineData("y[i:-3..3] = mod(i,-3)", "0 -2 -1 0 -2 -1 0")]
    [InlineData("y[i:2] = mod(-x[i],2)", "1 1")]
    [InlineData("y = mod(-7/2,2)", "1/2")]
    [InlineData("y = mod(-x[0]/2,2)", "1/2")]
    [InlineData("y[i:2] = mod(7,i)", "undefined 0")]
    [InlineData("y = mod(x[0],x[0]-3)", "undefined")]
    [InlineData("y[i:-2..2] = floor(i/2)", "-1 -1 0 0 1")]
    [InlineData("y[i:-2..2] = x[floor(i/2) + 1]", "3 3 5 5 0")]
    [InlineData("y[i:-2..2] = ceil(i/2)", "-1 0 0 1 1")]
    [InlineData("y[i:2] = floor(-x[i]/2) + ceil(-x[i]/2)", "-3 -5")]
    public void Rule_2_what_is_empty_and_what_is_floored(string lines, string expected) => Check(lines, expected);

    [Theory]
    [InlineData("max", "3,5,7", "0/1 1/0")]
    [InlineData("max", "3,7,5", "1/0 0/1")]
    [InlineData("min", "3,5,7", "0/1 0/1")]
    public void What_a_max_or_min_takes_is_counted_for_each_argument_but_the_first(string function, string data, string expected)
    {
        var (program, _) = SmallBlock.Run(new Rationals(), $"given x[3]\ny = {function}(x[0],x[1],x[2])", "x=" + data);
        Assert.Equal(expected, string.Join(' ', program.Choices.Select(choice => $"{choice.Held}/{choice.Failed}")));
    }

    [Theory]
    [InlineData("y = sum(k:2) x[k]*x[k]/2 + 1", "18")]
    [InlineData("y = prod(k:2) x[k]^2", "225")]
    [InlineData("y = sum(k:2) x[k]*sum(j:2) x[j]", "64")]
    [InlineData("y = 2*sum(k:2) x[k]/4", "4")]
    [InlineData("y = -sum(k:2) x[k]^2", "-34")]
    [InlineData("y = (sum(k:2) x[k])/4", "2")]
    [InlineData("y = sum(k:2) x[k] - x[0]", "5")]
    [InlineData("y = sum(a:2,b:a..1) x[b]", "13")]
    [InlineData("y = max(x[0],4,x[1]) + min(x[0],4)", "8")]
    [InlineData("y = max(k:2) x[k]/2", "5/2")]
    [InlineData("y[i:2] = sum(i2:2 | i2!=i) x[i2]", "5 3")]
    public void Rule_3_a_reduction_takes_the_whole_term(string lines, string expected) => Check(lines, expected);

    [Theory]
    [InlineData("y[i:2] = [i>0]*x[i]/i", "0 5")]
    [InlineData("y[i:2] = x[i]/i*[i>0]", "0 5")]
    [InlineData("y[i:2] = [i>0]/i*x[i]", "0 5")]
    [InlineData("y[i:2] = 2*(x[1]/i*(3*[i>0]))", "0 30")]
    [InlineData("y[i:2] = -(x[1]/i)*[i>0]", "0 -5")]
    [InlineData("y[i:2] = 2*(-[i>0])*x[1]/i", "0 -10")]
    [InlineData("y[i:2] = 1/i*-(2*[i>0])", "0 -2")]
    [InlineData("y[i:2] = (x[0]/i + 1)*[i>0]", "0 4")]
    [InlineData("y[i:2] = [i>0]*(max(k:0) x[k])", "0 undefined")]
    [InlineData("y[i:2] = [x[i]>4]/(x[i]-3)", "0 1/2")]
    [InlineData("y[i:2] = [i>0]*[x[0]/i>1]*x[1]", "0 5")]
    [InlineData("y = sum(i:2) [i>0]*x[i]/i", "5")]
    [InlineData("y[i:2] = x[i]/[i>0]", "undefined 5")]
    [InlineData("y[i:2] = x[1]/(i*[i>0])", "undefined 5")]
    [InlineData("y[i:2] = 0*(x[0]/i)", "undefined 0")]
    [InlineData("y[i:3] = [i>0]*6/i", "0 6 3")]
    [InlineData("y[i:3] = 6/i*[i>0]", "0 6 3")]
    [InlineData("y[i:3] = 2*(6/i*(3*[i>0]))", "0 36 18")]
    [InlineData("y[i:3] = (6/i + 1)*[i>0]", "0 7 4")]
    [InlineData("y[i:2] = 6/[i>0]", "undefined 6")]
    [InlineData("y[i:2] = 0*(1/i)", "undefined 0")]
    [InlineData("y = sum(i:3) [i>0]*6/i", "9")]
    [InlineData("y[i:2] = x[[i>0]*(3/i) - 2*[i>0]]", "3 5")]
    [InlineData("y = [0<1<=1 and 2!=3]*[1>=2 or 3>2]", "1")]
    public void Rule_4_a_bracket_that_is_0_is_strongly_0(string lines, string expected) => Check(lines, expected);

    [Theory]
    [InlineData("y = 0^0", "1")]
    [InlineData("y = x[2]^0 + (x[0]-3)^0", "2")]
    [InlineData("y = 2^-1 + x[1]^-2", "27/50")]
    [InlineData("y[i:-3..3] = i^3", "-27 -8 -1 0 1 8 27")]
    [InlineData("y[i:-3..-1] = i^-3 + (i/2)^4", "2171/432 7/8 -15/16")]
    [InlineData("y[i:-1..1] = i^12345", "-1 0 1")]
    [InlineData("y[i:2] = (-x[i])^3", "-27 -125")]
    [InlineData("y = (x[0]-3)^-1", "undefined")]
    [InlineData("y[i:3] = i^-2", "undefined 1 1/4")]
    [InlineData("y[i:3] = (-1)^i*x[0]^i", "1 -3 9")]
    [InlineData("y = 2^3^2", "512")]
    [InlineData("y = -x[0]^2", "-9")]
    [InlineData("y[i:2] = 1^(1000000000000*i)*x[i]", "3 5")]
    [InlineData("y[i:2] = (-1)^(1000000000001*i)", "1 -1")]
    public void Powers_of_0_and_negative_powers(string lines, string expected) => Check(lines, expected);

    [Theory]
    [InlineData("cnt[i:2] = sum(r:3) [i+r<3]/2\ny[i:2] = x[cnt[i]-1]", "0 3")]
    [InlineData("cnt[i:2] = sum(r:3) [i+r<3]/2\ny[i:2] = cnt[i]", "3/2 1")]
    [InlineData("at = sum(i:2) [x[i]=5]*i\ny = x[at]", "5")]
    [InlineData("c = 7/3\ny = c*x[0] + floor(c)", "9")]
    public void Exact_values_keep_their_fractions_and_may_stand_in_indices(string lines, string expected) => Check(lines, expected);

    [Theory]
    [InlineData("given x[N,C], w[C]\ny[n] = sum(c) x[n,c]*w[c]", "N=2 C=2 x=1,2,3,4 w=10,1", "12 34")]
    [InlineData("given x[H], w[R]\ny[i:H-R+1] = sum(r) x[i+r]*w[r]", "H=3 R=2 x=1,2,3 w=10,1", "12 23")]
    [InlineData("given x[N]\nv[i:1..N] = x[i-1]\ny = sum(i) i*v[i]", "N=3 x=1,2,3", "14")]
    public void Rule_8_an_index_without_a_range_takes_the_dimension_that_it_indexes_alone(string lines, string data, string expected) =>
        Assert.Equal(expected, SmallBlock.Rationals(lines, data));

    [Theory]
    [InlineData("y[i:3] = x[i*9223372036854775807]")]
    [InlineData("y[i:3] = x[9223372036854775807+i]")]
    [InlineData("y[i:65] = x[2^i]")]
    [InlineData("y = sum(i:3) i*4611686018427387903*3")]
    [InlineData("y[i:3] = x[i/4611686018427387903 + 1/4611686018427387902]")]
    public void Index_arithmetic_beyond_64_bits_is_told(string lines) =>
        Assert.Throws<OverflowException>(() => SmallBlock.Rationals(Whole(lines), "x=3,5"));

    [Fact]
    public void A_tensor_that_is_too_large_is_told()
    {
        var program = new Program<double>(SmallBlock.Resolve("given x[N,N]\ny = sum(i:N) x[i,i]"), new Doubles());
        Assert.NotNull(program.NewFrame([2048]));
        var wrong = Assert.Throws<NotationException>(() => program.NewFrame([2049]));
        Assert.Equal("expected tensors of at most 4194304 elements, got 4198401 of x.", wrong.Message);
    }

    [Theory]
    [InlineData("y = sum(i:100000,j:100000) x[i]")]
    [InlineData("y = max(i:100000,j:100000) x[i]")]
    [InlineData("y = sum(i:100000,j:100000) mod(i,7)")]
    [InlineData("y[i:4000000] = x[i]")]
    public void One_long_evaluation_can_be_stopped(string lines)
    {
        using var stop = new CancellationTokenSource();
        var program = new Program<double>(SmallBlock.Resolve(Whole(lines)), new Doubles()) { Meter = new Meter(stop.Token) };
        Frame<double> frame = program.NewFrame([])!;
        foreach (Given given in program.Model.Givens)
            program.Reals(frame, given.Name)[0] = 3;
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => program.Run(frame));
    }

    [Theory]
    [InlineData("given x[N]\nsize P = N - 2\ny[i:P] = x[i]", 2, 3)]
    [InlineData("given x[N]\nwhere mod(N,3) = 0\ny[i:N] = x[i]", 2, 3)]
    [InlineData("given x[N]\ny[i:N-3] = x[i]", 2, 3)]
    public void A_size_below_1_and_a_condition_that_fails_reject_the_shape(string lines, int rejected, int accepted)
    {
        var program = new Program<double>(SmallBlock.Resolve(lines), new Doubles());
        Assert.Null(program.NewFrame([rejected]));
        Assert.NotNull(program.NewFrame([accepted]));
    }

    [Fact]
    public void A_condition_on_data_rejects_the_point()
    {
        var (program, frame) = SmallBlock.Fill(new Rationals(), "given x[2]\nwhere sum(i:2) x[i] = 8\ny = x[0]", "x=3,5");
        Assert.True(program.Run(frame));
        program.Reals(frame, "x")[0] = program.Arithmetic.One;
        Assert.False(program.Run(frame));
    }

    [Fact]
    public void A_convolution_multiplies_once_for_each_term()
    {
        var counting = new Counting();
        var program = new Program<double>(SmallBlock.Resolve("given x[N,C,H,W], w[K,C,R,S], b[K]\ny[n:N,k:K,i:H-R+1,j:W-S+1] = b[k] + sum(c,r,s) x[n,c,i+r,j+s]*w[k,c,r,s]"), counting);
        var sizes = new Dictionary<string, long> { ["N"] = 2, ["C"] = 3, ["H"] = 8, ["W"] = 8, ["K"] = 4, ["R"] = 3, ["S"] = 3 };
        Frame<double> frame = program.NewFrame([.. program.Model.Parameters.Select(parameter => sizes[parameter.Name])])!;
        Array.Fill(program.Reals(frame, "x"), 1);
        Array.Fill(program.Reals(frame, "w"), 2);
        Array.Fill(program.Reals(frame, "b"), 3);
        Assert.True(program.Run(frame));
        Assert.Equal([2, 4, 6, 6], program.Lengths(frame, "y"));
        Assert.All(program.Reals(frame, "y"), element => Assert.Equal(57, element));
        Assert.Equal(2 * 4 * 6 * 6 * 3 * 3 * 3, counting.Products);
        Assert.Equal(2 * 4 * 6 * 6 * (3 * 3 * 3 + 1), counting.Sums);
    }

    // A given that no line uses is malformed.
    private static string Whole(string lines) => lines.Contains("x[", StringComparison.Ordinal) ? "given x[2]\n" + lines : lines;

    private static void Check(string lines, string expected) => Assert.Equal(expected, SmallBlock.Rationals(Whole(lines), "x=3,5"));

    /// <summary>Doubles that count what is asked of them.</summary>
    private sealed class Counting : Arithmetic<double>
    {
        public int Products { get; private set; }

        public int Sums { get; private set; }

        public override double Zero => 0;

        public override double One => 1;

        public override double Pi => Math.PI;

        public override double Constant(Reference.Numbers.Rational value) => value.ToDouble();

        public override double Add(double a, double b)
        {
            Sums++;
            return a + b;
        }

        public override double Subtract(double a, double b) => throw new NotSupportedException();

        public override double Multiply(double a, double b)
        {
            Products++;
            return a * b;
        }

        public override double Divide(double a, double b) => throw new NotSupportedException();

        public override double Negate(double a) => throw new NotSupportedException();

        public override double Apply(Function function, double x) => throw new NotSupportedException();

        public override double Power(double a, double exponent) => throw new NotSupportedException();

        public override int Compare(double a, double b) => throw new NotSupportedException();

        public override double Floor(double a) => throw new NotSupportedException();
    }
}
