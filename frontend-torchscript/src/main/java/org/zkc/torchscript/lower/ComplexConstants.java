package org.zkc.torchscript.lower;

import java.util.List;
import java.util.Map;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

/**
 * Complex constants at the operator level: tensors of real and imaginary parts, which the operator
 * {@code aten.view_as_complex} reads as complex numbers.
 */
final class ComplexConstants {
  private ComplexConstants() {}

  /**
   * A tensor of complex numbers.
   *
   * @param pairs whose last axis holds real and imaginary part
   */
  static Binding tensor(Frame frame, String name, TensorData pairs, Location at) {
    Binding stored = frame.tensor(name, pairs, at);
    return OperatorCalls.call(
            frame, "aten.view_as_complex", List.of(stored), Map.of(), "complex", at)
        .getFirst();
  }

  /** A tensor without axes. */
  static Binding number(Frame frame, double real, double imaginary, Location at) {
    TensorData pair =
        TensorData.ofFloats(Shape.of(2), new float[] {(float) real, (float) imaginary});
    return tensor(frame, "complex", pair, at);
  }

  /** A literal as archives write it, {@code 0.5-2.j}. */
  static Binding literal(Frame frame, String text, Location at) {
    int split = text.length() - 1;
    while (split > 0 && !isSign(text, split)) {
      split--;
    }
    try {
      return number(
          frame,
          split == 0 ? 0 : Double.parseDouble(text.substring(0, split)),
          Double.parseDouble(text.substring(split, text.length() - 1)),
          at);
    } catch (NumberFormatException e) {
      throw new UserException(at, "The literal %s is not supported.".formatted(text));
    }
  }

  /** Whether a sign stands between the parts, rather than in an exponent. */
  private static boolean isSign(String text, int at) {
    char before = text.charAt(at - 1);
    return "+-".indexOf(text.charAt(at)) >= 0 && before != 'e' && before != 'E';
  }
}
