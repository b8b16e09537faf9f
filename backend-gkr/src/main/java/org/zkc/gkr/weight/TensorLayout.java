package org.zkc.gkr.weight;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.mle.Mle;

/**
 * The layout of a tensor in the table of its multilinear extension: every axis padded to a power of
 * two, row-major, so that the variables come axis by axis, most significant bit first. An array
 * holds the prefix that ends with the last real element; the rest of the table is zero.
 *
 * <pre>shape (3, 2): padded (4, 2), variables (2, 1), array a00 a01 a10 a11 a20 a21 | 0 0</pre>
 */
public final class TensorLayout {
  private final List<Integer> shape;
  private final int variables;
  private final int storedLength;
  private final int[] axisVariables;

  // Axes before the one that is padded last; a run of elements without gaps is one of its lines.
  private final int runAxis;
  private final int runLength;
  private final int runStride;

  public TensorLayout(List<Integer> shape) {
    this.shape = List.copyOf(shape);
    int sum = 0;
    long last = 0;
    axisVariables = new int[shape.size()];
    for (int a = 0; a < axisVariables.length; a++) {
      int extent = shape.get(a);
      axisVariables[a] = Mle.variables(extent);
      sum += axisVariables[a];
      last = (last << axisVariables[a]) + extent - 1;
    }
    variables = sum;
    storedLength = Math.toIntExact(last + 1);
    int inner = 1;
    int axis = shape.size() - 1;
    // Trailing axes without padding belong to the run, and so does the axis before them.
    while (axis >= 0 && shape.get(axis) == 1 << axisVariables[axis]) {
      inner *= shape.get(axis);
      axis--;
    }
    runAxis = Math.max(axis, 0);
    runLength = axis < 0 ? inner : inner * shape.get(axis);
    runStride = axis < 0 ? inner : inner << axisVariables[axis];
  }

  public List<Integer> shape() {
    return shape;
  }

  /** The number of variables of the extension. */
  public int variables() {
    return variables;
  }

  public int variables(int axis) {
    return Mle.variables(shape.get(axis));
  }

  /** The coordinates of a point of all variables, by axis. */
  public Ext[][] byAxis(Ext[] point) {
    if (point.length != variables) {
      throw new IllegalArgumentException(
          "a point of " + point.length + " variables for the shape " + shape);
    }
    Ext[][] parts = new Ext[shape.size()][];
    int at = 0;
    for (int a = 0; a < parts.length; a++) {
      parts[a] = Arrays.copyOfRange(point, at, at + axisVariables[a]);
      at += axisVariables[a];
    }
    return parts;
  }

  /** The length of the table: 2^variables. */
  public int paddedLength() {
    return 1 << variables;
  }

  /** The length of the stored prefix. */
  public int storedLength() {
    return storedLength;
  }

  /** The number of real elements. */
  public int elementCount() {
    int n = 1;
    for (int e : shape) {
      n *= e;
    }
    return n;
  }

  /**
   * Whether no axis is padded, except perhaps the first axis of more than one element, so that the
   * real elements are a prefix.
   */
  public boolean isPrefix() {
    return storedLength == elementCount();
  }

  /** Row-major real elements, laid out; a fresh array. */
  public int[] pad(int[] real) {
    if (real.length != elementCount()) {
      throw new IllegalArgumentException(real.length + " elements for the shape " + shape);
    }
    int[] out = new int[storedLength];
    forEachRun((from, at, count) -> System.arraycopy(real, from, out, at, count));
    return out;
  }

  /** Row-major real elements. */
  @FunctionalInterface
  public interface Elements {
    /** Writes residues [from, from + count) to out[at ...). */
    void copy(int from, int count, int[] out, int at);
  }

  /** Row-major real elements over E, laid out; a fresh vector. */
  public ExtVector pad(ExtVector real) {
    ExtVector out = new ExtVector(storedLength);
    forEachRun((from, at, count) -> out.slice(at, count).copyFrom(real.slice(from, count)));
    return out;
  }

  /** A run of elements that is contiguous both in the real and in the laid out array. */
  @FunctionalInterface
  public interface Run {
    void at(int real, int stored, int count);
  }

  /** Calls {@code run} for all runs, ascending. */
  public void forEachRun(Run run) {
    int outer = 1;
    for (int a = 0; a < runAxis; a++) {
      outer *= shape.get(a);
    }
    int[] index = new int[runAxis];
    for (int o = 0; o < outer; o++) {
      int at = 0;
      for (int a = 0; a < runAxis; a++) {
        at = (at << axisVariables[a]) + index[a];
      }
      run.at(o * runLength, at * runStride, runLength);
      for (int a = runAxis - 1; a >= 0 && ++index[a] == shape.get(a); a--) {
        index[a] = 0;
      }
    }
  }

  /**
   * Writes elements [from, from + count) of the laid out table to out[at, at + count), which holds
   * zeros; returns how many of them lie in the stored prefix.
   */
  public int copyStored(Elements real, int from, int count, int[] out, int at) {
    int end = Math.min(from + count, storedLength);
    for (int line = from / runStride; (long) line * runStride < end; line++) {
      int start = line * runStride;
      int low = Math.max(from, start);
      int high = Math.min(end, start + runLength);
      int realLine = realLine(line);
      if (realLine >= 0 && low < high) {
        real.copy(realLine * runLength + low - start, high - low, out, at + low - from);
      }
    }
    return Math.max(0, end - from);
  }

  /** The run that is line {@code line} of the table; negative when the line is padding. */
  private int realLine(int line) {
    int real = 0;
    int scale = 1;
    int rest = line;
    for (int a = runAxis - 1; a >= 0; a--) {
      int digit = rest & (1 << axisVariables[a]) - 1;
      if (digit >= shape.get(a)) {
        return -1;
      }
      real += digit * scale;
      scale *= shape.get(a);
      rest >>>= axisVariables[a];
    }
    return real;
  }
}
