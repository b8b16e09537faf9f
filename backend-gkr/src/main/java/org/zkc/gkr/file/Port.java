package org.zkc.gkr.file;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.zkc.gkr.circuit.TensorDeclaration;

/**
 * An input or output as users know it: the relation between their arrays and the integers that a
 * statement lists. Shape and interval are those of the circuit's tensor.
 *
 * @param name forward's argument, or {@code output}, {@code output1}, ...
 * @param scale the real number that an integer stands for is integer times scale; 1 for integers
 *     and booleans
 * @param units a further factor for each index on one axis, where columns are of unlike sizes; else
 *     empty
 * @param unitRun consecutive elements that share a unit: 1 where the axis is the last, the product
 *     of the extents of the axes after it else
 * @param part present where the port is one of several consecutive parts of an array, which have
 *     intervals of their own: columns that are indices of tables of different size
 */
public record Port(
    String name,
    ElementType elementType,
    double scale,
    List<Double> units,
    int unitRun,
    Optional<Part> part) {
  /**
   * The array that a port is a part of.
   *
   * @param whole the array's name, forward's argument
   * @param axis the axis along which parts follow each other, in the order of their ports
   */
  public record Part(String whole, int axis) {
    public Part {
      Objects.requireNonNull(whole);
      if (axis < 0) {
        throw new IllegalArgumentException("the axis of parts of " + whole + " is " + axis);
      }
    }
  }

  /** An array of one scale for all elements. */
  public Port(String name, ElementType elementType, double scale) {
    this(name, elementType, scale, List.of(), 1);
  }

  /** An array that is no part of another. */
  public Port(String name, ElementType elementType, double scale, List<Double> units, int unitRun) {
    this(name, elementType, scale, units, unitRun, Optional.empty());
  }

  /** The name of the array that users give: of the whole where the port is a part. */
  public String array() {
    return part.map(Part::whole).orElse(name);
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
    if (unitRun < 1 || (units.isEmpty() && unitRun > 1)) {
      throw new IllegalArgumentException(name + " has a unit for each " + unitRun + " elements");
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
    long run = 1;
    for (int extent : extents.reversed()) {
      if (run == unitRun && extent == units.size()) {
        return true;
      }
      run *= extent;
    }
    return units.isEmpty();
  }

  /** The real number that one unit of element {@code i} stands for. */
  public double scaleOf(int i) {
    return units.isEmpty() ? scale : scale * units.get(i / unitRun % units.size());
  }

  /**
   * The integer that stands for a real number: clamp(roundHalfEven(x / scale)), computed in double;
   * where there are units, the scale is multiplied by the column's unit.
   *
   * @param i the element's place, row-major
   * @param x finite
   * @param declaration the port's tensor, whose interval it is cut to
   */
  public int integer(int i, double x, TensorDeclaration declaration) {
    return (int)
        Math.clamp(
            Math.rint(x / scaleOf(i)), (double) declaration.low(), (double) declaration.high());
  }

  /** The real numbers that integers stand for: float32 of integer * scale, element by element. */
  public float[] reals(int[] integers) {
    float[] out = new float[integers.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (integers[i] * scaleOf(i));
    }
    return out;
  }
}
