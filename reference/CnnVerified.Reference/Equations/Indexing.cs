using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Reading tensors by the rules of the notation; rule 1: an index outside the declared shape reads as 0.</summary>
internal static class Indexing
{
    /// <summary>x[a,b,c,d], or 0 where c or d lies outside.</summary>
    internal static T OrZero<T>(this Tensor<T> x, int a, int b, int c, int d) where T : IAdditiveIdentity<T, T> =>
        0 <= c && c < x.Lengths[2] && 0 <= d && d < x.Lengths[3] ? x[a, b, c, d] : T.AdditiveIdentity;

    /// <summary>x[a,b], or 0 where the index lies outside.</summary>
    internal static T OrZero<T>(this Tensor<T> x, int a, int b) where T : IAdditiveIdentity<T, T> =>
        0 <= a && a < x.Lengths[0] && 0 <= b && b < x.Lengths[1] ? x[a, b] : T.AdditiveIdentity;

    /// <summary>x[a,b,c], or 0 where b or c lies outside.</summary>
    internal static T OrZero<T>(this Tensor<T> x, int a, int b, int c) where T : IAdditiveIdentity<T, T> =>
        0 <= b && b < x.Lengths[1] && 0 <= c && c < x.Lengths[2] ? x[a, b, c] : T.AdditiveIdentity;

    /// <summary>x[a,b,c,d,e], or 0 where c, d or e lies outside.</summary>
    internal static T OrZero<T>(this Tensor<T> x, int a, int b, int c, int d, int e) where T : IAdditiveIdentity<T, T> =>
        x.Holds(c, d, e) ? x[a, b, c, d, e] : T.AdditiveIdentity;

    /// <summary>True where element v lies in the rows of x.</summary>
    internal static bool Holds<T>(this Tensor<T> x, int v) => 0 <= v && v < x.Lengths[2];

    /// <summary>True where element (d, u, v) lies in the volumes of x.</summary>
    internal static bool Holds<T>(this Tensor<T> x, int d, int u, int v) =>
        0 <= d && d < x.Lengths[2] && 0 <= u && u < x.Lengths[3] && 0 <= v && v < x.Lengths[4];

    /// <summary>True where pixel (u, v) lies in the maps of x.</summary>
    internal static bool Holds<T>(this Tensor<T> x, int u, int v) => 0 <= u && u < x.Lengths[2] && 0 <= v && v < x.Lengths[3];

    /// <summary>The two lengths of a matrix.</summary>
    internal static (int, int) Sizes2<T>(this Tensor<T> x) => ((int)x.Lengths[0], (int)x.Lengths[1]);

    /// <summary>The four lengths of a stack of maps.</summary>
    internal static (int, int, int, int) Sizes4<T>(this Tensor<T> x) =>
        ((int)x.Lengths[0], (int)x.Lengths[1], (int)x.Lengths[2], (int)x.Lengths[3]);

    /// <summary>The three lengths of a stack of rows, or of maps of one image.</summary>
    internal static (int, int, int) Sizes3<T>(this Tensor<T> x) => ((int)x.Lengths[0], (int)x.Lengths[1], (int)x.Lengths[2]);

    /// <summary>The five lengths of a stack of volumes.</summary>
    internal static (int, int, int, int, int) Sizes5<T>(this Tensor<T> x) =>
        ((int)x.Lengths[0], (int)x.Lengths[1], (int)x.Lengths[2], (int)x.Lengths[3], (int)x.Lengths[4]);
}
