package org.zkc.runtime.artifact;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

/**
 * An input or output as people know it: the arrays outside against the integers that a statement
 * lists. Shape and interval are those of the circuit's tensor.
 *
 * @param name forward's argument, or {@code output}, {@code output1}, ...
 * @param scale the real number that an integer stands for is integer times scale; 1 for integers
 *     and booleans
 * @param units a further factor for each index on the last axis, where columns are of unlike sizes;
 *     else empty
 */
public record Port(String name, ElementType elementType, double scale, List<Double> units) {
  /** One scale for all elements. */
  public Port(String name, ElementType elementType, double scale) {
    this(name, elementType, scale, List.of());
  }

  public Port {
    Objects.requireNonNull(name);
    Objects.requireNonNull(elementType);
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException(
          "the scale of " + name + " must be positive and finite, got " + scale);
    }
    if (elementType != ElementType.F32 && scale != 1) {
      throw new IllegalArgumentException(
          name + " holds integers, its scale must be 1, got " + scale);
    }
    units = List.copyOf(units);
    for (double unit : units) {
      double own = unit * scale;
      if (!(own > 0) || Double.isInfinite(own) || elementType != ElementType.F32) {
        throw new IllegalArgumentException(
            "a column of "
                + name
                + " has the scale "
                + own
                + ", which must be positive and finite");
      }
    }
  }

  /** Whether the units are those of a tensor of this shape: none, or one for each column. */
  public boolean fits(List<Integer> extents) {
    return units.isEmpty() || (!extents.isEmpty() && extents.getLast() == units.size());
  }

  /** The real number that one unit of element {@code i} stands for. */
  private double scaleOf(int i) {
    return units.isEmpty() ? scale : scale * units.get(i % units.size());
  }

  /**
   * The integers that the statement lists for an array. A real element x becomes
   * clamp(roundHalfEven(x / scale)), computed in double; where there are units, the scale is
   * multiplied by the column's unit. Integers and booleans stay as they are.
   *
   * @throws UserException when the shape differs, an element is NaN or infinite, or an integer is
   *     outside the declared interval
   */
  public int[] quantize(TensorData array, TensorDeclaration declaration) {
    Shape expected = new Shape(declaration.shape());
    if (!array.shape().equals(expected)) {
      throw new UserException(
          "input %s has shape %s, the model takes %s".formatted(name, array.shape(), expected));
    }
    int[] out = new int[Math.toIntExact(declaration.elementCount())];
    if (elementType == ElementType.F32) {
      for (int i = 0; i < out.length; i++) {
        double x = array.getDouble(i);
        if (!Double.isFinite(x)) {
          throw new UserException(
              "input %s has %s at element %d; a proof is about numbers"
                  .formatted(name, Double.isNaN(x) ? "a NaN" : "an infinity", i));
        }
        out[i] =
            (int)
                Math.clamp(
                    Math.rint(x / scaleOf(i)),
                    (double) declaration.low(),
                    (double) declaration.high());
      }
      return out;
    }
    if (array.dtype().isFloating()) {
      throw new UserException(
          "input %s takes %s, the file holds %s"
              .formatted(name, elementType.dtype().text(), array.dtype().text()));
    }
    for (int i = 0; i < out.length; i++) {
      long x = array.getLong(i);
      if (x < declaration.low() || x > declaration.high()) {
        throw new UserException(
            "input %s has %d at element %d, the model takes values in [%d, %d]"
                .formatted(name, x, i, declaration.low(), declaration.high()));
      }
      out[i] = (int) x;
    }
    return out;
  }

  /**
   * The number of real elements that lie further outside the interval than rounding explains, and
   * are cut to it.
   */
  public long cut(TensorData array, TensorDeclaration declaration) {
    return elementType != ElementType.F32
        ? 0
        : IntStream.range(0, Math.toIntExact(declaration.elementCount()))
            .mapToDouble(i -> array.getDouble(i) / scaleOf(i))
            .filter(x -> x < declaration.low() - 1.0 || x > declaration.high() + 1.0)
            .count();
  }

  /** A warning about the elements that {@link #cut} counts; empty where there are none. */
  public Optional<String> warning(TensorData array, TensorDeclaration declaration) {
    long cut = cut(array, declaration);
    return cut == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%d of %d elements of input %s lie outside [%.4g, %.4g]%s and are cut to it; was"
                    + " the model calibrated with inputs of another scale?",
                cut,
                declaration.elementCount(),
                name,
                declaration.low() * scale,
                declaration.high() * scale,
                units.isEmpty() ? "" : " times their column's unit"));
  }

  /**
   * The array that stands for the statement's integers: float32 of integer * scale; integers as
   * i64; booleans.
   */
  public TensorData dequantize(int[] elements, List<Integer> extents) {
    Shape shape = new Shape(extents);
    if (elementType == ElementType.F32) {
      float[] out = new float[elements.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) (elements[i] * scaleOf(i));
      }
      return TensorData.ofFloats(shape, out);
    }
    DType dtype = elementType.dtype();
    long[] out = new long[elements.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = elements[i];
    }
    return TensorData.ofLongs(dtype, shape, out);
  }
}
