namespace CnnVerified.Onnx;

/// <summary>A model is in order but asks for something that the equations or this reader do not have; the message is one line that
/// says what.</summary>
/// <param name="message">What is not supported.</param>
public sealed class UnsupportedException(string message) : Exception(message);

/// <summary>An engine does not compute an equation that a model needs; the message says which.</summary>
/// <param name="message">What is not offered.</param>
public sealed class NotOfferedException(string message) : Exception(message);
