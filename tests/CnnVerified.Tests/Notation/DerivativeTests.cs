using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;
using Xunit;

namespace CnnVerified.Tests.Notation;

/// <summary>D, slopes and Jacobians, worked by hand; derivatives of every function against differences in high precision.</summary>
public sealed class DerivativeTests
{
    // m = 4 and v = m² + x[0] = 19; y = v·m.
    private const string Chain = "m = sum(i:2) x[i]/2\nv = m^2 + x[0]\ny = v*m\n";

    [Theory]
    [InlineData("g[i:2] = D(y,x[i])", "59/2 51/2")]           // dv = 2m/2 + [i=0], dm = 1/2: dv·m + v·dm
    [InlineData("g[i:2] = D(y,x[i] | m)", "4 0")]             // v moves by [i=0] alone
    [InlineData("g[i:2] = D(y,x[i] | v)", "19/2 19/2")]       // m moves alone
    [InlineData("g[i:2] = D(y,x[i] | m, v)", "0 0")]
    [InlineData("g = D(y,m)", "51")]                          // v + m·2m
    [InlineData("g = D(y,m | v)", "19")]
    [InlineData("g = D(y,v)", "4")]
    [InlineData("g = D(v,y)", "0")]
    [InlineData("g = D(y,y)", "1")]
    [InlineData("g = D(m,m) + D(v,v)", "2")]
    [InlineData("g[i:-1..2] = D(y,x[i] | m)", "0 4 0 0")]     // outside its shape there is nothing to move
    [InlineData("g[i:2] = D(m,x[i])*D(v,m)", "4 4")]
    [InlineData("g[i:2] = [i>0]*D(v,x[i])/i", "0 4")]
    public void D_is_total_through_values_unless_they_are_held(string line, string expected) =>
        Assert.Equal(expected, SmallBlock.Rationals($"given x[2]\n{Chain}{line}", "x=3,5"));

    [Fact]
    public void A_constant_does_not_move() => Assert.Equal((Math.PI, 0), new Jets<double>(new Doubles()).Pi is var pi ? (pi.Value, pi.Slope) : default);

    [Fact]
    public void D_by_a_parameter() =>
        Assert.Equal("3 5", SmallBlock.Rationals("given x[2]\ny[i:2] = a*x[i]\ng[i:2] = D(y[i],a)", "a=7 x=3,5"));

    [Fact]
    public void D_of_an_element_by_another_of_the_same_value() =>
        Assert.Equal("1 0 0 1", SmallBlock.Rationals("given x[2]\nv[i:2] = x[i]^2\ng[i:2,j:2] = D(v[i],v[j])", "x=3,5"));

    [Fact]
    public void D_of_an_undefined_element_is_undefined() =>
        Assert.Equal("undefined undefined 0 -1/4", SmallBlock.Rationals("given x[2]\nv[i:2] = 1/(x[i]-3)\ng[i:2,j:2] = D(v[i],x[j])", "x=3,5"));

    [Fact]
    public void A_Jacobian_has_a_row_for_each_result_and_a_column_for_each_variable()
    {
        var (program, frame) = SmallBlock.Run(new Rationals(), "given x[2]\ny[i:2] = x[i]*x[0]", "x=3,5");
        var (entries, holes) = new Slopes<Rational>(program, ["y"]).Jacobian(frame, "y", "x");
        Assert.Equal("6 0 5 3", string.Join(' ', entries));
        Assert.DoesNotContain(true, holes);
    }

    [Fact]
    public void A_slope_along_a_direction_is_the_Jacobian_times_the_direction()
    {
        var (program, frame) = SmallBlock.Run(new Rationals(), "given x[2]\ny[i:2] = x[i]*x[0]", "x=3,5");
        var slopes = new Slopes<Rational>(program, ["y"]);
        Assert.Equal("60 70", string.Join(' ', slopes.Of(slopes.Along(frame, "x", [new(10, 1), new(20, 3)]), "y").Select(jet => jet.Slope)));
    }

    [Theory]
    [InlineData("max(x[0],x[1])", "3,3", true)]
    [InlineData("max(x[0],x[0])", "3,5", false)]              // equal along every direction: it does not matter which
    [InlineData("max(i:2) x[i]", "3,3", true)]
    [InlineData("max(i:2) x[0]", "3,3", false)]
    [InlineData("max(x[0],x[1],4)", "3,3", false)]            // the tie is below the largest
    [InlineData("max(x[0],x[1]) + max(x[0],7)", "3,3", true)]  // the first of two has the tie
    [InlineData("(max(i:2) x[i]) + max(i:2) i*x[i]", "3,3", true)]
    [InlineData("abs(x[0]-3) + abs(x[1])", "3,5", true)]
    [InlineData("abs(x[0]-3)", "3,5", true)]
    [InlineData("abs(x[0]-4)", "3,5", false)]
    [InlineData("sign(x[0]-3)", "3,5", true)]
    [InlineData("[x[0]>3]*x[1]", "3,5", true)]
    [InlineData("[x[0]>2]*x[1]", "3,5", false)]
    [InlineData("floor(x[0])", "3,5", true)]
    [InlineData("floor(x[0])", "7/2,5", false)]
    public void A_kink_is_seen_where_candidates_tie_and_move_apart(string formula, string data, bool kink)
    {
        var (program, frame) = SmallBlock.Run(new Rationals(), $"given x[2]\ny = {formula}", "x=" + data);
        var slopes = new Slopes<Rational>(program, ["y"]) { Kink = false };
        slopes.Along(frame, "x", [new(1, 1), new(7, 2)]);
        Assert.Equal(kink, slopes.Kink);
    }

    [Fact]
    public void A_kink_before_a_D_is_not_forgotten()
    {
        var (program, _) = SmallBlock.Run(new Estimates(), "given x[2]\nv = max(exp(x[0])*exp(x[1]),exp(x[0]+x[1]))\ny = v*x[0]\ng = D(y,v)", "x=1,1");
        Assert.True(program.Arithmetic.Kink);
    }

    [Fact]
    public void A_second_run_on_other_data_remembers_no_derivative_and_no_kink()
    {
        var (program, frame) = SmallBlock.Run(new Rationals(), "given x[2]\ny = max(x[0],x[1])*x[0]\ng = D(y,x[0])", "x=3,3");
        Assert.True(program.Arithmetic.Kink);
        program.Arithmetic.Kink = false;
        program.Reals(frame, "x")[1] = new(5, 1);
        Assert.True(program.Run(frame));
        Assert.False(program.Arithmetic.Kink);
        Assert.Equal("5", SmallBlock.Text(program, frame, "g"));
    }

    public static TheoryData<Function> Functions => [.. HighPrecision.Functions];

    [Theory]
    [MemberData(nameof(Functions))]
    public void The_derivative_of_each_function_is_its_difference_quotient(Function function)
    {
        var jets = new Jets<Estimate>(new Estimates());
        var random = new Random(3);
        for (int point = 0; point < 60; point++)
        {
            double x = HighPrecision.Draw(function, random);
            Estimate slope = jets.Apply(function, new(x, 1)).Slope;
            HighPrecision truth = HighPrecision.Slope(function, x);
            Assert.False(jets.Undefined);
            Assert.True(truth.Distance(slope.Value) <= slope.Error, $"{function}'({x:R}) is {slope}, but {truth}");
            Assert.True(slope.Error <= 1e-11 * Math.Max(1, Math.Abs(slope.Value)), $"{function}'({x:R}) = {slope} says nothing");
        }
    }

    [Theory]
    [InlineData(2.5, 1.75)]
    [InlineData(0.125, -3.5)]
    [InlineData(7.25, 0.5)]
    public void The_derivative_of_a_power_by_its_base_and_by_its_exponent(double a, double b)
    {
        var jets = new Jets<Estimate>(new Estimates());
        Estimate byBase = jets.Power(new Jet<Estimate>(a, 1), new Jet<Estimate>(b, 0)).Slope, byExponent = jets.Power(new Jet<Estimate>(a, 0), new Jet<Estimate>(b, 1)).Slope;
        HighPrecision power = (HighPrecision.Log(a) * b).Exp();
        Assert.True((power * b / a).Distance(byBase.Value) <= byBase.Error);
        Assert.True((power * HighPrecision.Log(a)).Distance(byExponent.Value) <= byExponent.Error);
    }

    [Fact]
    public void The_derivative_of_whole_powers_products_and_quotients()
    {
        var jets = new Jets<Rational>(new Rationals());
        Jet<Rational> x = new(new(3, 2), new(1, 1)), c = new(new(5, 1), default);
        Assert.Equal(new(27, 4), jets.Power(x, 3).Slope);
        Assert.Equal(new(-16, 27), jets.Power(x, -2).Slope);
        Assert.Equal(default, jets.Power(x, 0).Slope);
        Assert.Equal(new(3, 1), jets.Multiply(x, x).Slope);
        Assert.Equal(new(-20, 9), jets.Divide(c, x).Slope);
        Assert.Equal(new(1, 5), jets.Divide(x, c).Slope);
        Assert.Equal(new(-1, 1), jets.Subtract(c, x).Slope);
    }
}
