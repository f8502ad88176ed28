using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Winograd's minimal filtering: one tile of a correlation, or of its weight gradient, with fewer products.</summary>
/// <remarks>y = Aᵀ[(G g Gᵀ) ∘ (Bᵀ d B)]A, exact over the reals only; in floating point the transforms round.</remarks>
public static class Winograd
{
    /// <summary>Winograd F(2,3) (CV-I4): two outputs of a row and a kernel of three taps, with 4 products.</summary>
    /// <param name="d">Inputs, 4.</param>
    /// <param name="g">Weights, 3.</param>
    /// <returns>Outputs y2, 2.</returns>
    /// <exception cref="ArgumentException">A shape differs.</exception>
    /// <remarks>docs/equations/winograd.md. Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2016).</remarks>
    [Equation("CV-I4")]
    public static Tensor<T> Row<T>(Tensor<T> d, Tensor<T> g)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
            IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.Expect("CV-I4", "d", "4", d.Lengths, [4]);
        Lengths.Expect("CV-I4", "g", "3", g.Lengths, [3]);
        T two = Whole.Of<T>(2);
        T[] bd = [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]];
        T[] ge = [g[0], (g[0] + g[1] + g[2]) / two, (g[0] - g[1] + g[2]) / two, g[2]];
        T[] mt = [bd[0] * ge[0], bd[1] * ge[1], bd[2] * ge[2], bd[3] * ge[3]];
        return Tensor.Create([mt[0] + mt[1] + mt[2], mt[1] - mt[2] - mt[3]], [2]);
    }

    /// <summary>Winograd F(2×2,3×3) (CV-I5): 2×2 outputs of a 3×3 kernel, with 16 products.</summary>
    /// <param name="d">Inputs, 4×4.</param>
    /// <param name="g">Weights, 3×3.</param>
    /// <returns>Outputs y2, 2×2.</returns>
    /// <exception cref="ArgumentException">A shape differs.</exception>
    /// <remarks>docs/equations/winograd.md. Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2016).</remarks>
    [Equation("CV-I5")]
    public static Tensor<T> SmallTile<T>(Tensor<T> d, Tensor<T> g)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>,
            IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        Tile("CV-I5", d, g, B4<T>(),
            Matrix<T>(2, [[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]]),
            Matrix<T>(1, [[1, 1, 1, 0], [0, 1, -1, -1]]));

    /// <summary>Winograd F(4×4,3×3) (CV-I7): 4×4 outputs of a 3×3 kernel, with 36 products.</summary>
    /// <param name="d">Inputs, 6×6.</param>
    /// <param name="g">Weights, 3×3.</param>
    /// <returns>Outputs y2, 4×4.</returns>
    /// <exception cref="ArgumentException">A shape differs.</exception>
    /// <remarks>docs/equations/winograd.md. Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2016).</remarks>
    [Equation("CV-I7")]
    public static Tensor<T> LargeTile<T>(Tensor<T> d, Tensor<T> g)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>,
            IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        Tile("CV-I7", d, g, B6<T>(),
            Matrix<T>(24, [[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]),
            Matrix<T>(1, [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]));

    /// <summary>Winograd weight gradient F(3×3,2×2) (CV-I8): what 2×2 residuals give to the gradient of a 3×3 kernel, with 16
    /// products.</summary>
    /// <param name="d">Inputs under the tile, 4×4.</param>
    /// <param name="g">Residuals, 2×2.</param>
    /// <returns>Their part gw2 of the gradient, 3×3; the gradient is the sum over all tiles.</returns>
    /// <exception cref="ArgumentException">A shape differs.</exception>
    /// <remarks>docs/equations/winograd.md. Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2016).</remarks>
    [Equation("CV-I8")]
    public static Tensor<T> SmallWeightsTile<T>(Tensor<T> d, Tensor<T> g)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>,
            IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        Tile("CV-I8", d, g, B4<T>(),
            Matrix<T>(2, [[2, 0], [1, 1], [1, -1], [0, 2]]),
            Matrix<T>(1, [[1, 1, 1, 0], [0, 1, -1, 0], [0, 1, 1, -1]]));

    /// <summary>Winograd weight gradient F(3×3,4×4) (CV-I9): what 4×4 residuals give to the gradient of a 3×3 kernel, with 36
    /// products.</summary>
    /// <param name="d">Inputs under the tile, 6×6.</param>
    /// <param name="g">Residuals, 4×4.</param>
    /// <returns>Their part gw2 of the gradient, 3×3; the gradient is the sum over all tiles.</returns>
    /// <exception cref="ArgumentException">A shape differs.</exception>
    /// <remarks>docs/equations/winograd.md. Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2016); the constants for
    /// the points 0, 1, −1, 2, −2 and infinity.</remarks>
    [Equation("CV-I9")]
    public static Tensor<T> LargeWeightsTile<T>(Tensor<T> d, Tensor<T> g)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>,
            IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        Tile("CV-I9", d, g, B6<T>(),
            Matrix<T>(24, [[6, 0, 0, 0], [-4, -4, -4, -4], [-4, 4, -4, 4], [1, 2, 4, 8], [1, -2, 4, -8], [0, 0, 0, 24]]),
            Matrix<T>(1, [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 1]]));

    // The transforms of the inputs, the same for outputs and for weight gradients.
    private static T[,] B4<T>()
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>,
            IMultiplicativeIdentity<T, T> =>
        Matrix<T>(1, [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]);

    private static T[,] B6<T>()
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>,
            IMultiplicativeIdentity<T, T> =>
        Matrix<T>(1, [[4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0], [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0],
            [0, 4, 0, -5, 0, 1]]);

    private static Tensor<T> Tile<T>(string id, Tensor<T> d, Tensor<T> g, T[,] Bt, T[,] Gt, T[,] At)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (Y, D, R) = (At.GetLength(0), Bt.GetLength(0), Gt.GetLength(1));
        Lengths.Expect(id, "d", "D×D", d.Lengths, [D, D]);
        Lengths.Expect(id, "g", "R×R", g.Lengths, [R, R]);
        var (U, V) = (new T[D, D], new T[D, D]);
        for (int a = 0; a < D; a++)
            for (int e = 0; e < D; e++)
            {
                (U[a, e], V[a, e]) = (T.AdditiveIdentity, T.AdditiveIdentity);
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < R; s++)
                        U[a, e] += Gt[a, r] * g[r, s] * Gt[e, s];
                for (int i = 0; i < D; i++)
                    for (int j = 0; j < D; j++)
                        V[a, e] += Bt[a, i] * d[i, j] * Bt[e, j];
            }
        var y2 = Tensor.CreateFromShape<T>([Y, Y]);
        for (int i = 0; i < Y; i++)
            for (int j = 0; j < Y; j++)
            {
                T sum = T.AdditiveIdentity;
                for (int a = 0; a < D; a++)
                    for (int e = 0; e < D; e++)
                        sum += At[i, a] * U[a, e] * V[a, e] * At[j, e];
                y2[i, j] = sum;
            }
        return y2;
    }

    // Fractions with a common denominator, in any number type that divides.
    private static T[,] Matrix<T>(int denominator, int[][] numerators)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>,
            IMultiplicativeIdentity<T, T>
    {
        var matrix = new T[numerators.Length, numerators[0].Length];
        for (int i = 0; i < matrix.GetLength(0); i++)
            for (int j = 0; j < matrix.GetLength(1); j++)
            {
                T whole = Whole.Of<T>(Math.Abs(numerators[i][j]));
                T fraction = denominator == 1 ? whole : whole / Whole.Of<T>(denominator);
                matrix[i, j] = numerators[i][j] < 0 ? -fraction : fraction;
            }
        return matrix;
    }
}
