using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Shapes for which a kernel takes a path that small drawn cases hardly ever reach, under every oracle that is not too slow for them.</summary>
public sealed class RareShapeTests(BatteryEngines engines) : IClassFixture<BatteryEngines>
{
    [Theory]
    // A sum of more than two blocks of 512 terms, with a remainder, and a tail in rows and columns of the tile.
    [InlineData("FC-F1", "n7d1100k35")]
    [InlineData("FC-B2", "n7d35k1100")]
    [InlineData("CV-F1", "n1c130h4w5-k7r2s2")]
    [InlineData("CV-B1", "n1c7h4w5-k130r2s2")]
    [InlineData("CV-B2", "n3c2h20w21-k3r2s2")]
    // Direct kernels: three panels of filters with a tail, rows that are cut into parts, bands of rows.
    [InlineData("CV-F1", "n2c3h5w150-k70r3s3-ph1pw1")]
    [InlineData("CV-B1", "n1c40h9w150-k3r3s3-sh2sw2")]
    [InlineData("CV-B2", "n2c20h9w70-k40r3s3-ph1pw1")]
    [InlineData("CV-B2", "n2c3h9w70-k40r3s3-ph1pw1")]
    // So many panels that each is packed by who multiplies with it; strided, so that pixels have kinds; in groups.
    [InlineData("CV-F1", "n2c5h6w6-k270r3s3-ph1pw1")]
    [InlineData("CV-B1", "n2c270h7w6-k5r3s3-sh2sw2-ph1pw1")]
    [InlineData("CV-F12", "n1c6h6w6-k600r2s2-g2")]
    // Pixels for lanes: rows that fill their vectors but for a rest, bands of rows, few filters and many.
    [InlineData("CV-F1", "n2c2h3w100-k9r3s3-ph1pw1")]
    [InlineData("CV-F1", "n1c64h60w66-k2r3s1-ph1")]
    [InlineData("CV-B1", "n1c2h60w66-k64r3s1-ph1")]
    [InlineData("CV-F14", "n1c2d4h5w70-k9t2r2s3-pd1")]
    [InlineData("CV-B2", "n2c3h40w150-k9r3s3-ph1pw1")]
    [InlineData("CV-B14", "n3c9h40w150-r3s3-ph1pw1-sh2sw2")]
    // Blocks of three filters and of one, whose tiles are wider than a row (16 registers; vectors of 256 bits, then of 128; 32 registers).
    [InlineData("CV-F1", "n1c3h5w24-k3r3s3-ph1pw1")]
    [InlineData("CV-F1", "n1c3h5w37-k31r3s3-ph1pw1")]
    [InlineData("CV-F1", "n1c3h5w12-k3r3s3-ph1pw1")]
    [InlineData("CV-F1", "n1c3h5w19-k31r3s3-ph1pw1")]
    [InlineData("CV-F1", "n1c3h4w70-k183r3s3-ph1pw1")]
    // Blocks of one channel to a filter: bands of rows, sums that pixels at the border go to, and the pair of a sum that has one more.
    [InlineData("CV-B14", "n2c17h9w21-r3s3-ph1pw1")]
    [InlineData("CV-B14", "n1c3h7w18-r2s4-ph1pw2")]
    [InlineData("CV-B35", "n1c20d3h6w37-k20t2r3s3-g20-pd1ph1pw1")]
    // A batch of tiny maps, turned; pixels apart with taps of their own, and weights that the call has squared.
    [InlineData("CV-F1", "n9c5h3w4-k20r2s2-ph1pw1")]
    [InlineData("CV-B1", "n9c5h5w5-k20r5s5")]
    [InlineData("OP-B5", "n9c5h5w5-k20r5s5")]
    // A batch that is turned in two parts, of which the second goes over some images again; few filters of few channels.
    [InlineData("CV-F1", "n41c520h4w4-k8r1s1")]
    [InlineData("CV-B2", "n3c5h9w9-k11r3s5")]
    [InlineData("CV-B2", "n70c5h9w9-k11r3s5-ph1pw2")]
    // One image's scores: squares with a rest, and columns that two pairs share.
    [InlineData("FC-F1", "n1d37k70")]
    [InlineData("FC-B1", "n20d300k40")]
    // As many outputs as inputs, in another form: what stands behind the map is padding.
    [InlineData("CV-F12", "n9c1h2w2-k1r1s1-sw2-qh2")]
    [InlineData("CV-B28", "n1c1h2w2-k1r1s1-sw2-qh2")]
    [InlineData("CV-B29", "n1c9h4w4-k9r1s1-sw2-qh4")]
    // Rows of pairs that just do not fill a vector.
    [InlineData("PL-F3", "n2c3h10w11-r2s2-sh2sw2")]
    [InlineData("PL-B2", "n2c3h10w10-r2s2-sh2sw2")]
    [InlineData("PL-B1", "n2c3h10w10-r2s2-sh2sw2")]
    [InlineData("PL-F3", "n1c1h11w10-r2s2-sh2sw2")]
    // The same in frames: what a frame's last row writes behind it is the next one's, which may be done.
    [InlineData("PL-B21", "n1c2d4h6w6-t2r2s2-sd2sh2sw2")]
    [InlineData("PL-B23", "n1c2d4h6w6-t2r2s2-sd2sh2sw2")]
    [InlineData("PL-B25", "n2c2d6h6w10-t3r2s2-sd3sh2sw2")]
    // Minimal filtering: three panels of filters and blocks of channels; weights whose tiles are more than a part.
    [InlineData("CV-B2", "n2c3h81w83-k3r3s3-ph1pw1")]
    [InlineData("CV-B2", "n1c40h9w10-k70r3s3-ph1")]
    // Maps of one pixel: the vectors lie across channels, and 70 channels are more than one block of them.
    [InlineData("NM-F1", "n5c70h1w1")]
    [InlineData("NM-B3", "n5c70h1w1")]
    [InlineData("NM-F2", "n5c70h1w1")]
    [InlineData("NM-B5", "n5c70h1w1")]
    public void Every_engine_holds(string id, string text) => RareShapes.Judge(engines, id, text);
}

/// <summary>Layers whose padded images are copied one at a time: a class of its own, since classes run beside each other and this one takes longest.</summary>
public sealed class LargeBatchTests(BatteryEngines engines) : IClassFixture<BatteryEngines>
{
    [Theory]
    [InlineData("CV-F1", "n2c64h130w130-k8r1s1-ph1pw1")]
    [InlineData("CV-B2", "n2c64h130w130-k8r1s1-ph1pw1")]
    public void Every_engine_holds(string id, string text) => RareShapes.Judge(engines, id, text);
}

/// <summary>The same for maps that are large.</summary>
public sealed class LargeMapTests(BatteryEngines engines) : IClassFixture<BatteryEngines>
{
    [Theory]
    // Minimal filtering: more tiles than a band has.
    [InlineData("CV-F1", "n1c20h60w37-k36r3s3-ph1pw1")]
    [InlineData("CV-B1", "n1c36h60w37-k20r3s3-ph1pw1")]
    // A map whose pixels, taken as one row, have a square beyond 32 bits.
    [InlineData("CV-F1", "n1c1h620w620-k4r1s1")]
    public void Every_engine_holds(string id, string text) => RareShapes.Judge(engines, id, text);
}

/// <summary>One case of an equation on every engine, under every oracle that is not too slow for it.</summary>
internal static class RareShapes
{
    public static void Judge(BatteryEngines engines, string id, string text)
    {
        Equation equation = EquationTable.Find(id);
        Case @case = Case.Parse(equation.Family, text);
        Engine[] judged = [.. engines.All.Where(engine => engine.Name != "text")];
        var judgements = Oracle.All.Where(oracle => oracle.Judges(equation) && equation.Work(@case) <= oracle.MostWork)
            .SelectMany(oracle => judged.Where(engine => oracle.CanJudge(engine, equation)).ToArray() is { Length: > 0 } able
                ? Battery.Judge(equation, oracle, able, new(1, 2015), @case, default) : []).ToArray();

        Assert.Contains(judgements, judgement => judgement.Oracle == "bits" && judgement.Checks > 0);
        Assert.Contains(judgements, judgement => judgement.Oracle is "exact" or "bound" && judgement.Checks > 0);
        Assert.All(judgements, judgement => Assert.True(judgement.Failure is null, $"{judgement.Failure?.What} {judgement.Failure?.Repeat}"));
    }
}
