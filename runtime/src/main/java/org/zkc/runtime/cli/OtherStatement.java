package org.zkc.runtime.cli;

import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/**
 * A proof or key that holds, but is about something else than the command line names. The proof is
 * what stands fast then, so the message says what the proof is about first and what was given
 * second.
 */
final class OtherStatement extends RuntimeException {
  /**
   * Outputs whose elements are all this near, relative to the largest, are another arithmetic's.
   */
  private static final double NEAR = 0.05;

  OtherStatement(String message) {
    super(message);
  }

  /** The failure for a file whose element type or shape is another one. */
  static OtherStatement type(String flag, String port, TensorData proved, TensorData given) {
    return new OtherStatement(
        "the proof is of another %s: %s has elements of type %s and shape %s, the array of --%s has %s and %s"
            .formatted(
                flag,
                port,
                proved.dtype().text(),
                proved.shape(),
                flag,
                given.dtype().text(),
                given.shape()));
  }

  /** The failure for a file whose element {@code at}, in row-major order, is another one. */
  static OtherStatement element(
      String flag, String port, TensorData proved, TensorData given, long at) {
    return new OtherStatement(
        "the proof is of another %s: element %s of %s is %s in the proof, %s in the array of --%s"
            .formatted(
                flag,
                index(proved.shape(), at),
                port,
                number(proved, at),
                number(given, at),
                flag));
  }

  /**
   * The failure for an output. Arrays that are near the proved one, as PyTorch's own answer is, get
   * a remedy.
   */
  static OtherStatement output(String port, TensorData proved, TensorData given, long at) {
    OtherStatement failure = element("output", port, proved, given, at);
    return isNear(proved, given)
        ? new OtherStatement(
            failure.getMessage()
                + "; outputs are compared bit for bit: give what zkc prove or zkc run wrote, not"
                + " what PyTorch computes")
        : failure;
  }

  private static boolean isNear(TensorData proved, TensorData given) {
    double largest = 0;
    double distance = 0;
    for (long i = 0; i < proved.shape().elementCount(); i++) {
      largest = Math.max(largest, Math.abs(proved.getDouble(i)));
      distance = Math.max(distance, Math.abs(proved.getDouble(i) - given.getDouble(i)));
    }
    return distance <= NEAR * largest;
  }

  /** The index on every axis, {@code [0, 7]}. */
  private static String index(Shape shape, long at) {
    long[] strides = shape.strides();
    StringBuilder text = new StringBuilder("[");
    long rest = at;
    for (int axis = 0; axis < shape.rank(); axis++) {
      text.append(axis == 0 ? "" : ", ").append(rest / strides[axis]);
      rest %= strides[axis];
    }
    return text.append("]").toString();
  }

  private static String number(TensorData array, long element) {
    return array.dtype().isFloating()
        ? Float.toString((float) array.getDouble(element))
        : Long.toString(array.getLong(element));
  }
}
