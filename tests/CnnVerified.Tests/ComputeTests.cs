using CnnVerified.Cli;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Files;
using FsCheck.Fluent;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Equations on arrays from files.</summary>
public sealed class ComputeTests : IDisposable
{
    // numpy.savez_compressed of NumPy 1.24.2: whole numbers x (2×4×5×6, float32), w (6×2×3×2, float64, Fortran order), b (int32), and y by
    // numpy.pad, sliding_window_view and einsum, with stride 2×1, padding 1×2 and 2 groups. On whole numbers equality is demanded.
    private const string Layer = "UEsDBBQAAAAIAAAAIQAZUoDOdgEAAEAEAAAFABQAeC5ucHkBABAAQAQAAAAAAAB2AQAAAAAAAJ1TO07EMBA1LadwF5BSoYUCIcVp6EA0FFRoxQZRIBZlEQ1C8h24gG8S5yY5Cp7xe7FpsTIae/5vZvJze39z93BkPs1XsxsOT2NzaZur503T2uZ5P36M27fH/bgbRH69fT0MSX542b4P6X1y1tpNa89be3Ha2m/7j3NsjOkTufQlWhL5zpiQeEwUYtLNSZe4j1kmNiKTo3axcD/lu9jTx7vMJY/oeSSPkJ4++wXUYRCDPgG5I7joF9SmMeesYyzWsSCm2DO3p10sdYm/xAt4uwq/1G/oM+dYEXUq5q7EWXtmcm55e+TXWh107E1XZHVczVfhFKrlDrUq5giMuGtP+2KruGveIVZf1T9V/ZjzPbLH7FFf7QPwOGClrUN8zikSG3ZsQV72jPnZZ90/YpiRLxY/1i/0pzb0g/umGDAP4vOu7Jvu5lTZzmXOATKdH+wk1ooPvVyAXe6cm2P/gIN7tGIw5f/ifq5zmPKbMbgb3pUdZl+ZM7hfUEsDBBQAAAAIAAAAIQBTqrHwzQAAAMACAAAFABQAdy5ucHkBABAAwAIAAAAAAADNAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEg8pKk0FChdnJBakArkaZjoKRjoKxkBSU0ehVoEcwMUABgoOEFrkACofRjNAxQVwiMP0fbCHqoPyOaC0BFS9DJSWOIDKh5krAlOHph9mPswcmH4YDQMwfTAawzyYPTjMg/kL5g+Y+xTQ3AFzFxxA+QJo4jB1H/ajmgvjw/zNAKPRzIHZD6Nh/kGPB7i796O5C00fevzCzMEVPjD3wgAsvBD2AgBQSwMEFAAAAAgAAAAhAAeIiu5WAAAAmAAAAAUAFABiLm5weQEAEACYAAAAAAAAAFYAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoq6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaZjqaOgq1ChQArr////8HYSYGBoZ/QJoFSP8G0gBQSwMEFAAAAAgAAAAhAF2hOJrGAgAAkAUAAAUAFAB5Lm5weQEAEACQBQAAAAAAAMYCAAAAAAAAnVRLaBNRFH2FoqWCRChaNMIIhUSYRdDgj6KTiUqEKlnUhVDQYFKzKDYkRQQRgosSREpRKEGKhFIkC5EuREoXdeZNKcVFKa6CuMhCpAsRl8WF9BzuCzNuHTi8N/eeOXPfvWfm1a3bN/N3+tQj9SRRLNXuVxOXrMToZDphW4nJ6epMtfDw7nS1WGL8emGqVkK8Vi5USrhPnrGtc7Z11rYunratp9Z/XINKOZ5SylWqjrXjK9XOKJXTSpURa2QkTwwj9hWxo1mlmthb4J4IlPLckPMS+yRyw4FoUq+J1db/6hQRewf0QWsI8BylJiIc1uAALcQHGDfvKEfe9Rj7g3j2ni/xeawreKZpalZ4dgf7Y6ilAY0X4GxrqfGZljwxyj2uXFbye8A34JcbctLYdz3R7wL9yKeALd9wkNvB/gtiHeRnwV8DWoivackTecRGcP+DPGAHuMEzuCGH2h7Pwlkgvmi0XhtO3ZH+7QFxcKeAcc4P/PonyRNDjF3BM8gvArNATEtve5y46fkquFuu9It5PsM86/8N3dWM9PkCOIdR7y5noyVPrJi5n0Kv57CO8XyuzL7H4dzpMc50CfE07hdMj1tmppzdBuIVvGvelR7w3TE/nHsD+znkHgQyt/NYY/SFE3LWoTGIOo8Af9lvo9WJ6FSgG0d8gN7JiO5bN6yFmNHidc7gclZ6zbr+RHzI+fLs/C7WjZeuUscPffgT9wdYb0b8l/LF810n9NgG4mNADryPWN+bGeT9kMNa3iAXg86hQHKOlnn0fLhgdNjLD9RjLdg/j3iMnt9l/4F+M096pRnh0AfLrnzj7A01+T/YjPiQft7U4s/j7I8r38qIDj3GOicCOS89s03vQud7hNM23y3/GcvsuS/fW9cPfUjPKNwnsZ40/4wlc86ex+jVa4Fo0Gt817jxZo/T9mX2KeCzmSe9Se2Wtw9QSwECFAMUAAAACAAAACEAGVKAznYBAABABAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECFAMUAAAACAAAACEAU6qx8M0AAADAAgAABQAAAAAAAAAAAAAAgAGtAQAAdy5ucHlQSwECFAMUAAAACAAAACEAB4iK7lYAAACYAAAABQAAAAAAAAAAAAAAgAGxAgAAYi5ucHlQSwECFAMUAAAACAAAACEAXaE4msYCAACQBQAABQAAAAAAAAAAAAAAgAE+AwAAeS5ucHlQSwUGAAAAAAQABADMAAAAOwYAAAAA";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_convolution_of_NumPy_is_met_number_for_number_by_engine_reference_and_text()
    {
        var arrays = Npz.Read(new MemoryStream(Convert.FromBase64String(Layer)), "layer.npz").ToDictionary(each => each.Name, each => each.Array);
        NpyArray expected = arrays["y"];
        arrays.Remove("y");
        var computation = new Computation(EquationTable.Find("CV-F1"), arrays, "sh2-ph1pw2");
        Assert.Equal("n2c4h5w6-k6r3s2-sh2-ph1pw2-g2", computation.Case.ToString());   // the groups follow from the shapes
        using var list = new EngineList();
        foreach (Engine engine in new[] { list.Optimized(EngineList.Widths[^1], 1), EngineList.Reference(), EngineList.Text() })
        {
            var (name, y) = Assert.Single(computation.On(engine));
            Assert.Equal(("y", expected.ShapeText), (name, y.ShapeText));
            Assert.Equal(expected.Elements, y.Elements);
        }
        NpyArray exact = Assert.Single(computation.OnReferenceInBinary64()).Array;
        Assert.Equal(expected.ToDoubles(), Assert.IsType<double[]>(exact.Elements));

        // Another padding is another result: the comparison could have failed.
        NpyArray other = Assert.Single(new Computation(EquationTable.Find("CV-F1"), arrays, "sh2-ph1pw1").On(EngineList.Reference())).Array;
        Assert.NotEqual(expected.ShapeText, other.ShapeText);
    }

    [Fact]
    public void The_shapes_of_every_equation_give_its_case_back()
    {
        int told = 0, letters = 0;
        foreach (Equation equation in EquationTable.All)
            foreach (Case drawn in equation.Family.Arbitrary(Reach.Small).Generator.Sample(3, 5))
            {
                // What no input has as a length by itself is given; the rest must be found.
                var shapes = equation.Inputs.ToDictionary(input => input.Name,
                    input => (IReadOnlyList<int>)[.. input.Shape(drawn).Select(length => (int)length)]);
                string[] plain = [.. equation.Inputs.SelectMany(input => CaseOfShapes.Letters(equation, input.Name))];
                string given = string.Concat(equation.Family.Letters.Where(letter => !plain.Contains(letter)).Select(letter => $"{letter}{drawn[letter]}"));
                Assert.Equal(drawn.ToString(), CaseOfShapes.Find(equation, shapes, given).ToString());
                letters += equation.Family.Letters.Count;
                told += equation.Family.Letters.Count(plain.Contains);
            }
        Assert.True(told > letters / 3, $"{told} of {letters} letters");
    }

    [Theory]
    [InlineData("CV-F1", "x 1,3,8;w 2,4,3,3;b 2", "", "x expected N×C×H×W, got 1×3×8")]
    [InlineData("CV-F1", "x 1,4,8,8;w 2,3,3,3;b 2", "", "w expected K×(C/G)×R×S = 2×4×3×3 with the sizes n1c4h8w8-k2r3s3, got 2×3×3×3")]
    [InlineData("CV-F1", "x 1,4,8,8;w 2,4,3,3;b 3", "", "b expected K with K = 2 as w (2×4×3×3) has it, got 3")]
    [InlineData("CV-F1", "x 1,4,8,8;w 2,4,3,3;b 2", "r5", "w expected K×(C/G)×R×S with R = 5 as the given sizes say")]
    [InlineData("CV-F1", "x 1,4,2,8;w 2,4,3,3;b 2", "", "x 1×4×2×8, w 2×4×3×3, b 2 gave the case n1c4h2w8-k2r3s3: the sizes do not fit CV-F1")]
    [InlineData("CV-F1", "x 1,4,8,8;w 2,4,3,3", "", "CV-F1 expected x, w, b, got no b")]
    [InlineData("CV-F1", "x 1,4,8,8;w 2,4,3,3;b 2;z 1", "", "CV-F1 expected x, w, b, got 'z'")]
    [InlineData("CV-F1", "x 1,4,8,8;w 2,4,3,3;b 2", "q1", "got 'q'")]
    [InlineData("CV-F1", "x 0,4,8,8;w 2,4,3,3;b 2", "", "n must be at least 1, got 0")]
    [InlineData("CV-B1", "dy 1,2,3,3;w 2,4,3,3", "sh2sw2", "CV-B1 expected a size for h, w, which the shapes do not tell")]
    [InlineData("PL-F1", "x 1,1,4,4", "", "PL-F1 expected a size for r, s, which the shapes do not tell; name it in a case such as --case r2s2")]
    [InlineData("PL-F1", "x 1,1,4,4", "r2s2", "")]
    [InlineData("OP-2", "w 3;dw 3;v 3;eta 1;mu 2", "", "mu expected a single number, got 2")]
    public void Shapes_that_do_not_fit_are_refused_in_one_line(string id, string shapes, string given, string expected)
    {
        var arrays = shapes.Split(';').Select(each => each.Split(' ')).ToDictionary(each => each[0], each =>
        {
            int[] shape = [.. each[1].Split(',').Select(int.Parse)];
            return NpyArray.Of(new float[shape.Aggregate(1, (product, length) => product * length)], shape);
        });
        string message = Record.Exception(() => new Computation(EquationTable.Find(id), arrays, given)) is { } thrown ? Assert.IsType<InputException>(thrown).Message : "";
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Equal(expected == "", message == "");
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Whole_numbers_are_held_to_what_the_text_asks_for()
    {
        Computation Of(NpyArray label) => new(EquationTable.Find("IN-5"), new Dictionary<string, NpyArray> { ["label"] = label }, "k3");
        Assert.Equal(new float[] { 0, 0, 1, 1, 0, 0 }, Assert.Single(Of(NpyArray.Of([2L, 0], 2)).On(EngineList.Reference())).Array.Elements);
        Assert.Equal(new float[] { 0, 1, 0 }, Assert.Single(Of(NpyArray.Of(new byte[] { 1 }, 1)).On(EngineList.Reference())).Array.Elements);
        foreach (NpyArray wrong in new[] { NpyArray.Of([0, 3], 2), NpyArray.Of([0.5], 1), NpyArray.Of([float.NaN], 1), NpyArray.Of([1L << 60], 1), NpyArray.Of([-1], 1) })
            Assert.StartsWith("label expected whole numbers", Assert.Throws<InputException>(() => Of(wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_difference_tells_the_largest_and_where()
    {
        static Difference Between(float[] a, float[] b, double most) => Difference.Of(NpyArray.Of(a, 2, 2), NpyArray.Of(b, 2, 2), (_, _, ulps) => ulps <= most);
        float next = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(1) + 3);
        Difference difference = Between([1, next, float.NaN, -0f], [1, 1, float.NaN, 0], 2);
        Assert.Equal((4, 3, (3.0, 1), (1, 1)), (difference.Elements, difference.Same, difference.Ulps, difference.Outside));
        Assert.Equal((next - 1.0, 1), difference.Absolute);
        Assert.Equal(0, Between([1, next, float.NaN, -0f], [1, 1, float.NaN, 0], 3).Outside.Count);
        Assert.Equal((1, 2), Between([0, 0, float.NaN, 0], [0, 0, 0, 0], 1e9).Outside);   // no number is within no limit
        Assert.Equal(2 * 0x7F800000L, Between([float.PositiveInfinity, 0, 0, 0], [float.NegativeInfinity, 0, 0, 0], 0).Ulps.Value);
        Assert.Equal(2.0, Between([float.Epsilon, 0, 0, 0], [-float.Epsilon, 0, 0, 0], 0).Ulps.Value);
        Assert.Equal(1.0, Difference.Of(NpyArray.Of([1.0], 1), NpyArray.Of([Math.BitIncrement(1.0)], 1), (_, _, _) => true).Ulps.Value);
        Assert.Throws<InputException>(() => Difference.Of(NpyArray.Of([1f], 1), NpyArray.Of([1f]), (_, _, _) => true));
    }

    [Fact]
    public void The_commands_read_and_write_files_and_their_exit_codes_are_honest()
    {
        string File(string name) => _folder.File(name);
        int Compute(string id, string[] inputs, string[] outputs, string @case = "", string engine = "scalar", string type = "float32") =>
            ComputeJob.Run(id, inputs, outputs, @case, engine, type, 1, default);

        System.IO.File.WriteAllBytes(File("layer.npz"), Convert.FromBase64String(Layer));
        Npy.Write(File("numpy.npy"), Npz.Read(File("layer.npz")).First(each => each.Name == "y").Array);
        Assert.Equal(0, Compute("CV-F1", [File("layer.npz")], [File("y.npy"), File("all.npz")], "sh2-ph1pw2"));
        Assert.Equal(0, CompareJob.Run(File("y.npy"), File("numpy.npy"), 0, null, null));
        Npy.Write(File("b.npy"), NpyArray.Of([1.0, -3], 2));
        Assert.Equal(0, Compute("OP-2", [$"w={File("b.npy")}", $"dw={File("b.npy")}", $"v={File("b.npy")}", "eta=0.5", "mu=0"], [$"wnew={File("w1.npy")}"], engine: "reference", type: "float64"));
        Assert.Equal(1, CompareJob.Run(File("w1.npy"), File("b.npy"), null, 1e-3, null));
        Assert.Equal(0, CompareJob.Run(File("w1.npy"), File("b.npy"), null, 0.5, null));
        Assert.Equal(0, CompareJob.Run(File("w1.npy"), File("b.npy"), null, null, null));   // without limits it only tells
        Assert.Equal(1, CompareJob.Run(File("w1.npy"), File("b.npy"), 1, null, null));
        foreach (var (expected, call) in new (string, Action)[]
        {
            ("--type float64 expected --engine reference", () => Compute("CV-F1", [File("layer.npz")], [File("y.npy")], type: "float64")),
            ("--out expected NAME=FILE.npy or FILE.npz for the outputs wnew, vnew", () => Compute("OP-2", [], [File("y.npy")])),
            ("--out expected one of the outputs y, got 'z'", () => Compute("CV-F1", [], [$"z={File("y.npy")}"])),
            ("--out expected a file of one array", () => Compute("CV-F1", [], [$"y={File("y.npz")}"])),
            ("--in expected NAME=FILE.npy", () => Compute("CV-F1", [File("x.npy")], [File("y.npy")])),
            ("--in expected each input once, got x twice", () => Compute("CV-F1", [File("layer.npz"), "x=1"], [File("y.npy")])),
            ("none.npy: expected a file of arrays", () => Compute("CV-F1", [$"x={File("none.npy")}"], [File("y.npy")])),
            ("expected two NPY files or two NPZ files", () => CompareJob.Run(File("y.npy"), File("all.npz"), null, null, null)),
            ("expected the arrays y as in", () => CompareJob.Run(File("all.npz"), File("layer.npz"), null, null, null)),
            ("--ulp expected a number of at least 0", () => CompareJob.Run(File("y.npy"), File("y.npy"), double.NaN, null, null)),
        })
            Assert.Contains(expected, Assert.Throws<InputException>(call).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.tmp"));
    }
}
