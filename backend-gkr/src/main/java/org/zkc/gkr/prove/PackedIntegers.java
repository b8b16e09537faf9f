package org.zkc.gkr.prove;

import org.zkc.gkr.field.M31;

/**
 * Integers in 1, 2 or 4 bytes each, as their range needs: what a prover keeps of a tensor between
 * the steps that read it. Narrow ones are stored as their distance from the least.
 */
sealed interface PackedIntegers {
  int length();

  /** The integers, in a fresh array. */
  int[] signed();

  /** Their residues, in a fresh array. */
  int[] residues();

  /** Writes residues [from, from + count) to out[at ...). */
  void residues(int from, int count, int[] out, int at);

  /** Packs integers; none of {@code values} is kept or changed. */
  static PackedIntegers of(int[] values) {
    int low = Integer.MAX_VALUE;
    int high = Integer.MIN_VALUE;
    for (int v : values) {
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    if (values.length == 0) {
      return new Bytes(0, new byte[0]);
    }
    long range = (long) high - low;
    boolean small = -M31.P < low && high < M31.P;
    if (small && range < 1 << Byte.SIZE) {
      byte[] bytes = new byte[values.length];
      for (int k = 0; k < bytes.length; k++) {
        bytes[k] = (byte) (values[k] - low);
      }
      return new Bytes(low, bytes);
    }
    if (small && range < 1 << Short.SIZE) {
      short[] shorts = new short[values.length];
      for (int k = 0; k < shorts.length; k++) {
        shorts[k] = (short) (values[k] - low);
      }
      return new Shorts(low, shorts);
    }
    return new Ints(values.clone());
  }

  /** Packs canonical residues. */
  static PackedIntegers ofResidues(int[] residues) {
    int[] signed = new int[residues.length];
    for (int k = 0; k < signed.length; k++) {
      signed[k] = M31.toSigned(residues[k]);
    }
    return of(signed);
  }

  // The residue of a value inside (-p, p).
  private static int residue(int value) {
    return value + (value >> 31 & M31.P);
  }

  /** Differences from {@code low} below 2^8, sums inside (-p, p). */
  record Bytes(int low, byte[] differences) implements PackedIntegers {
    @Override
    public int length() {
      return differences.length;
    }

    @Override
    public int[] signed() {
      int[] out = new int[differences.length];
      for (int k = 0; k < out.length; k++) {
        out[k] = low + (differences[k] & 0xff);
      }
      return out;
    }

    @Override
    public int[] residues() {
      int[] out = new int[differences.length];
      for (int k = 0; k < out.length; k++) {
        out[k] = residue(low + (differences[k] & 0xff));
      }
      return out;
    }

    @Override
    public void residues(int from, int count, int[] out, int at) {
      for (int k = 0; k < count; k++) {
        out[at + k] = residue(low + (differences[from + k] & 0xff));
      }
    }
  }

  /** Differences from {@code low} below 2^16, sums inside (-p, p). */
  record Shorts(int low, short[] differences) implements PackedIntegers {
    @Override
    public int length() {
      return differences.length;
    }

    @Override
    public int[] signed() {
      int[] out = new int[differences.length];
      for (int k = 0; k < out.length; k++) {
        out[k] = low + (differences[k] & 0xffff);
      }
      return out;
    }

    @Override
    public int[] residues() {
      int[] out = new int[differences.length];
      for (int k = 0; k < out.length; k++) {
        out[k] = residue(low + (differences[k] & 0xffff));
      }
      return out;
    }

    @Override
    public void residues(int from, int count, int[] out, int at) {
      for (int k = 0; k < count; k++) {
        out[at + k] = residue(low + (differences[from + k] & 0xffff));
      }
    }
  }

  /** The integers themselves, any. */
  record Ints(int[] values) implements PackedIntegers {
    @Override
    public int length() {
      return values.length;
    }

    @Override
    public int[] signed() {
      return values.clone();
    }

    @Override
    public int[] residues() {
      int[] out = new int[values.length];
      for (int k = 0; k < out.length; k++) {
        out[k] = M31.fromSigned(values[k]);
      }
      return out;
    }

    @Override
    public void residues(int from, int count, int[] out, int at) {
      for (int k = 0; k < count; k++) {
        out[at + k] = M31.fromSigned(values[from + k]);
      }
    }
  }
}
