package org.zkc.gkr.mle;

import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;

/**
 * Evaluation of multilinear extensions. A table of n variables has 2^n values, most significant
 * variable first; an array may hold only a real prefix, the rest being zero.
 */
public final class Mle {
  private Mle() {}

  /** The number of variables of a padded axis of {@code size} >= 1 elements: ceil(log2(size)). */
  public static int variables(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("an axis of " + size + " elements");
    }
    return 32 - Integer.numberOfLeadingZeros(size - 1);
  }

  /**
   * The value at {@code point} of the table whose real prefix is the residues values[offset, offset
   * + length).
   */
  public static Ext evaluate(int[] values, int offset, int length, Ext[] point) {
    if (length == 0) {
      return Ext.ZERO;
    }
    checkLength(length, point);
    int lowVariables = point.length / 2;
    int lowSize = 1 << lowVariables;
    ExtVector low =
        EqTable.of(Arrays.copyOfRange(point, point.length - lowVariables, point.length));
    int blocks = (length + lowSize - 1) >> lowVariables;
    ExtVector high = EqTable.of(Arrays.copyOf(point, point.length - lowVariables), blocks);
    Ext sum = Ext.ZERO;
    for (int b = 0; b < blocks; b++) {
      int start = b << lowVariables;
      Ext part =
          Kernels.best().dotBase(values, offset + start, Math.min(lowSize, length - start), low);
      sum = sum.add(high.get(b).mul(part));
    }
    return sum;
  }

  /** {@link #evaluate(int[], int, int, Ext[])} over the whole array. */
  public static Ext evaluate(int[] values, Ext[] point) {
    return evaluate(values, 0, values.length, point);
  }

  /**
   * The value at {@code point} of the table that holds the residues {@code values} from index
   * {@code start} on and 0 elsewhere, in time linear in their number. They lie in two aligned
   * blocks of a power of two at most.
   */
  public static Ext evaluateFrom(int start, int[] values, Ext[] point) {
    checkLength(Math.addExact(start, values.length), point);
    int variables = Math.min(point.length, variables(Math.max(1, values.length)));
    int size = 1 << variables;
    Ext[] high = Arrays.copyOf(point, point.length - variables);
    Ext[] low = Arrays.copyOfRange(point, point.length - variables, point.length);
    int block = start >> variables;
    int skipped = start - (block << variables);
    int inFirst = Math.min(values.length, size - skipped);
    int[] first = new int[skipped + inFirst];
    System.arraycopy(values, 0, first, skipped, inFirst);
    Ext sum = evaluate(first, low).mul(eqAtIndex(block, high));
    return inFirst == values.length
        ? sum
        : sum.add(
            evaluate(values, inFirst, values.length - inFirst, low)
                .mul(eqAtIndex(block + 1, high)));
  }

  /** The value at {@code point} of the table whose real prefix is {@code values}. */
  public static Ext evaluate(ExtVector values, Ext[] point) {
    if (values.length() == 0) {
      return Ext.ZERO;
    }
    checkLength(values.length(), point);
    return Kernels.best().dot(values, EqTable.of(point, values.length()));
  }

  private static void checkLength(int length, Ext[] point) {
    if (point.length > 30 || length > 1 << point.length) {
      throw new IllegalArgumentException(length + " values for " + point.length + " variables");
    }
  }

  /** eq(a, b) of one variable: ab + (1 - a)(1 - b). */
  public static Ext eqAt(Ext a, Ext b) {
    Ext product = a.mul(b);
    return Ext.ONE.sub(a).sub(b).add(product.doubled());
  }

  /** eq(a, b) for points of one length. */
  public static Ext eqAt(Ext[] a, Ext[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "points of " + a.length + " and " + b.length + " variables");
    }
    Ext e = Ext.ONE;
    for (int j = 0; j < a.length; j++) {
      e = e.mul(eqAt(a[j], b[j]));
    }
    return e;
  }

  /** eq(index, point) for the bits of {@code index}, most significant first. */
  public static Ext eqAtIndex(int index, Ext[] point) {
    Ext e = Ext.ONE;
    for (int j = 0; j < point.length; j++) {
      boolean bit = (index >>> (point.length - 1 - j) & 1) != 0;
      e = e.mul(bit ? point[j] : Ext.ONE.sub(point[j]));
    }
    return e;
  }

  /**
   * The multilinear extension at {@code point} of the indicator of [0, count): the sum of eq(j,
   * point) for j below count, by the bits of count in O(n).
   */
  public static Ext prefixIndicator(int count, Ext[] point) {
    if (count < 0 || point.length > 30 || count > 1 << point.length) {
      throw new IllegalArgumentException(
          "prefix of " + count + " in " + point.length + " variables");
    }
    if (count == 1 << point.length) {
      return Ext.ONE;
    }
    // Numbers below count agree with it on a prefix of the bits, then have 0 where it has 1.
    Ext sum = Ext.ZERO;
    Ext agree = Ext.ONE;
    for (int j = 0; j < point.length; j++) {
      Ext zero = Ext.ONE.sub(point[j]);
      if ((count >>> (point.length - 1 - j) & 1) != 0) {
        sum = sum.add(agree.mul(zero));
        agree = agree.mul(point[j]);
      } else {
        agree = agree.mul(zero);
      }
    }
    return sum;
  }

  /**
   * The multilinear extension at {@code point} of the table that holds j at index j below count and
   * 0 elsewhere: the sum of j eq(j, point), as {@link #prefixIndicator}.
   */
  public static Ext prefixIndex(int count, Ext[] point) {
    if (count < 0 || point.length > 30 || count > 1 << point.length) {
      throw new IllegalArgumentException(
          "prefix of " + count + " in " + point.length + " variables");
    }
    // rest[j]: the number that bits j and after make, when they are free.
    Ext[] rest = new Ext[point.length + 1];
    rest[point.length] = Ext.ZERO;
    for (int j = point.length - 1; j >= 0; j--) {
      rest[j] = rest[j + 1].add(point[j].mulBase(1 << point.length - 1 - j));
    }
    if (count == 1 << point.length) {
      return rest[0];
    }
    Ext sum = Ext.ZERO;
    Ext agree = Ext.ONE;
    for (int j = 0; j < point.length; j++) {
      Ext zero = Ext.ONE.sub(point[j]);
      int below = point.length - 1 - j;
      if ((count >>> below & 1) != 0) {
        int first = (count >>> below) - 1 << below;
        sum = sum.add(agree.mul(zero).mul(rest[j + 1].add(Ext.of(first))));
        agree = agree.mul(point[j]);
      } else {
        agree = agree.mul(zero);
      }
    }
    return sum;
  }

  /**
   * The multilinear extension in both points of equality masked to [0, count): sum over j below
   * count of eq(j, a) eq(j, b). The weight of a claim on one padded axis (docs/protocol.md section
   * 3), in O(n).
   */
  public static Ext maskedEqAt(Ext[] a, Ext[] b, int count) {
    if (a.length != b.length || count < 0 || a.length > 30 || count > 1 << a.length) {
      throw new IllegalArgumentException(
          "masked eq of " + count + " over " + a.length + " and " + b.length + " variables");
    }
    if (count == 1 << a.length) {
      return eqAt(a, b);
    }
    // As prefixIndicator, with both coordinates at the agreeing bits and plain equality on the free
    // ones.
    Ext[] suffix = new Ext[a.length + 1];
    suffix[a.length] = Ext.ONE;
    for (int j = a.length - 1; j >= 0; j--) {
      suffix[j] = suffix[j + 1].mul(eqAt(a[j], b[j]));
    }
    Ext sum = Ext.ZERO;
    Ext agree = Ext.ONE;
    for (int j = 0; j < a.length; j++) {
      Ext zeros = Ext.ONE.sub(a[j]).mul(Ext.ONE.sub(b[j]));
      if ((count >>> (a.length - 1 - j) & 1) != 0) {
        sum = sum.add(agree.mul(zeros).mul(suffix[j + 1]));
        agree = agree.mul(a[j].mul(b[j]));
      } else {
        agree = agree.mul(zeros);
      }
    }
    return sum;
  }
}
