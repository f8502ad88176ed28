using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>How large random weights are at first.</summary>
public static class WeightScale
{
    /// <summary>LeCun uniform, the limit of LeNet-5 (IT-1).</summary>
    /// <param name="fi">Inputs of a unit.</param>
    /// <returns>The limit a of uniform weights, one element.</returns>
    /// <remarks>docs/equations/initialisation.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition (1998),
    /// appendix A.</remarks>
    [Equation("IT-1")]
    public static Tensor<T> LeCunUniform<T>(T fi)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        Tensor.Create([Whole.Of<T>(24) / Whole.Of<T>(10) / fi]);

    /// <summary>Glorot uniform (IT-2).</summary>
    /// <param name="fi">Inputs of a unit.</param>
    /// <param name="fo">Units that a unit feeds.</param>
    /// <returns>The limit a of uniform weights, one element.</returns>
    /// <remarks>docs/equations/initialisation.md. Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward
    /// Neural Networks (2010), eq. 16.</remarks>
    [Equation("IT-2")]
    public static Tensor<T> GlorotUniform<T>(T fi, T fo)
        where T : IRootFunctions<T> =>
        Tensor.Create([T.Sqrt(Whole.Of<T>(6) / (fi + fo))]);

    /// <summary>He normal (IT-3).</summary>
    /// <param name="fi">Inputs of a unit.</param>
    /// <returns>The deviation sd of normal weights, one element.</returns>
    /// <remarks>docs/equations/initialisation.md. He, Zhang, Ren and Sun, Delving Deep into Rectifiers (2015).</remarks>
    [Equation("IT-3")]
    public static Tensor<T> HeNormal<T>(T fi)
        where T : IRootFunctions<T> =>
        Tensor.Create([T.Sqrt(Whole.Of<T>(2) / fi)]);

    /// <summary>LeCun normal (IT-4).</summary>
    /// <param name="fi">Inputs of a unit.</param>
    /// <returns>The deviation sd of normal weights, one element.</returns>
    /// <remarks>docs/equations/initialisation.md. LeCun, Bottou, Orr and Müller, Efficient BackProp (1998).</remarks>
    [Equation("IT-4")]
    public static Tensor<T> LeCunNormal<T>(T fi)
        where T : IRootFunctions<T> =>
        Tensor.Create([T.Sqrt(T.One / fi)]);

    /// <summary>He uniform (IT-5).</summary>
    /// <param name="fi">Inputs of a unit.</param>
    /// <returns>The limit a of uniform weights, one element.</returns>
    /// <remarks>docs/equations/initialisation.md. Derived from IT-3.</remarks>
    [Equation("IT-5")]
    public static Tensor<T> HeUniform<T>(T fi)
        where T : IRootFunctions<T> =>
        Tensor.Create([T.Sqrt(Whole.Of<T>(6) / fi)]);

    /// <summary>Glorot normal (IT-6).</summary>
    /// <param name="fi">Inputs of a unit.</param>
    /// <param name="fo">Units that a unit feeds.</param>
    /// <returns>The deviation sd of normal weights, one element.</returns>
    /// <remarks>docs/equations/initialisation.md. Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward
    /// Neural Networks (2010).</remarks>
    [Equation("IT-6")]
    public static Tensor<T> GlorotNormal<T>(T fi, T fo)
        where T : IRootFunctions<T> =>
        Tensor.Create([T.Sqrt(Whole.Of<T>(2) / (fi + fo))]);
}
