package org.zkc.gkr.file;

import java.util.List;
import org.zkc.gkr.circuit.TensorDeclaration;

/** An input or output of a proof that holds: its integers, and the array that they stand for. */
public final class ProvedTensor {
  private final Port port;
  private final TensorDeclaration declaration;
  private final int[] integers;

  ProvedTensor(Port port, TensorDeclaration declaration, int[] integers) {
    this.port = port;
    this.declaration = declaration;
    this.integers = integers.clone();
  }

  /** The name of forward's argument, or {@code output}, {@code output1}, ... */
  public String name() {
    return port.name();
  }

  /** The type of the array that the integers stand for. */
  public ElementType elementType() {
    return port.elementType();
  }

  /** The extents of the axes; the elements are row-major. */
  public List<Integer> shape() {
    return declaration.shape();
  }

  /** The integers that are proved. */
  public int[] integers() {
    return integers.clone();
  }

  /**
   * The real numbers that the integers stand for, in float32; integers and booleans as they are.
   */
  public float[] reals() {
    return port.reals(integers);
  }

  /**
   * Whether the proved integers are those of an array that the caller has: each element divided by
   * its scale, rounded half to even and cut to the interval that the model was compiled for.
   * Integers and booleans (0 or 1) must be equal.
   *
   * @param values row-major
   */
  public boolean isOf(float[] values) {
    if (values.length != integers.length) {
      return false;
    }
    for (int i = 0; i < values.length; i++) {
      boolean same =
          port.elementType() == ElementType.F32
              ? Float.isFinite(values[i]) && port.integer(i, values[i], declaration) == integers[i]
              : (double) values[i] == integers[i];
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /** The name, type and shape: {@code x: f32 [1, 28, 28]}. */
  @Override
  public String toString() {
    return "%s: %s %s".formatted(name(), elementType().text(), shape());
  }
}
