package org.zkc.gkr.field;

import java.util.Arrays;
import java.util.Objects;

/**
 * A vector over {@link Ext} as a structure of arrays: limb j of element k is {@code
 * limb(j)[offset() + k]}. Mutable; {@link #slice} shares the arrays, which is how a table is split
 * at its highest variable without copying.
 */
public final class ExtVector {
  private final int[] c0;
  private final int[] c1;
  private final int[] c2;
  private final int[] c3;
  private final int offset;
  private final int length;

  private ExtVector(int[] c0, int[] c1, int[] c2, int[] c3, int offset, int length) {
    this.c0 = c0;
    this.c1 = c1;
    this.c2 = c2;
    this.c3 = c3;
    this.offset = offset;
    this.length = length;
  }

  /** {@code length} zeros. */
  public ExtVector(int length) {
    this(new int[length], new int[length], new int[length], new int[length], 0, length);
  }

  public static ExtVector of(Ext... elements) {
    ExtVector v = new ExtVector(elements.length);
    for (int k = 0; k < elements.length; k++) {
      v.set(k, elements[k]);
    }
    return v;
  }

  /**
   * The embedding of canonical residues; limb 0 is a copy of the first {@code length} of {@code
   * base}.
   */
  public static ExtVector ofBase(int[] base, int length) {
    return new ExtVector(
        Arrays.copyOf(base, length), new int[length], new int[length], new int[length], 0, length);
  }

  public int length() {
    return length;
  }

  /** The array of limb {@code index} in 0..3; shared, element k at {@code offset() + k}. */
  public int[] limb(int index) {
    return switch (index) {
      case 0 -> c0;
      case 1 -> c1;
      case 2 -> c2;
      case 3 -> c3;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  public int offset() {
    return offset;
  }

  public Ext get(int k) {
    int at = offset + Objects.checkIndex(k, length);
    return new Ext(c0[at], c1[at], c2[at], c3[at]);
  }

  public void set(int k, Ext value) {
    int at = offset + Objects.checkIndex(k, length);
    c0[at] = value.c0();
    c1[at] = value.c1();
    c2[at] = value.c2();
    c3[at] = value.c3();
  }

  /** A view of [from, from + count). */
  public ExtVector slice(int from, int count) {
    Objects.checkFromIndexSize(from, count, length);
    return new ExtVector(c0, c1, c2, c3, offset + from, count);
  }

  /** A copy with arrays of its own, extended by zeros or cut to {@code newLength}. */
  public ExtVector copyOf(int newLength) {
    ExtVector copy = new ExtVector(newLength);
    copy.slice(0, Math.min(length, newLength)).copyFrom(slice(0, Math.min(length, newLength)));
    return copy;
  }

  public ExtVector copy() {
    return copyOf(length);
  }

  /** Overwrites this with {@code source}, of the same length. */
  public void copyFrom(ExtVector source) {
    if (source.length != length) {
      throw new IllegalArgumentException("length " + source.length + " copied to length " + length);
    }
    System.arraycopy(source.c0, source.offset, c0, offset, length);
    System.arraycopy(source.c1, source.offset, c1, offset, length);
    System.arraycopy(source.c2, source.offset, c2, offset, length);
    System.arraycopy(source.c3, source.offset, c3, offset, length);
  }

  /** Sets elements from, from + stride, from + 2 stride, .. to those of {@code source}. */
  public void setStrided(int from, int stride, ExtVector source) {
    Objects.checkIndex(from + (source.length - 1) * stride, length);
    for (int limb = 0; limb < 4; limb++) {
      int[] in = source.limb(limb);
      int[] out = limb(limb);
      for (int k = 0; k < source.length; k++) {
        out[offset + from + k * stride] = in[source.offset + k];
      }
    }
  }

  public void fill(Ext value) {
    Arrays.fill(c0, offset, offset + length, value.c0());
    Arrays.fill(c1, offset, offset + length, value.c1());
    Arrays.fill(c2, offset, offset + length, value.c2());
    Arrays.fill(c3, offset, offset + length, value.c3());
  }

  /**
   * Whether every element is {@code value}: read limb by limb, since a process that is new makes an
   * object of every element that it looks at.
   */
  public boolean isFilledWith(Ext value) {
    return isFilledWith(c0, value.c0())
        && isFilledWith(c1, value.c1())
        && isFilledWith(c2, value.c2())
        && isFilledWith(c3, value.c3());
  }

  private boolean isFilledWith(int[] limb, int value) {
    for (int at = offset; at < offset + length; at++) {
      if (limb[at] != value) {
        return false;
      }
    }
    return true;
  }

  public Ext[] toArray() {
    Ext[] out = new Ext[length];
    for (int k = 0; k < length; k++) {
      out[k] = get(k);
    }
    return out;
  }
}
