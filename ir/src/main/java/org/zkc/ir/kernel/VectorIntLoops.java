package org.zkc.ir.kernel;

import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.S2I;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link PlainIntLoops} with the loops that matter in vector instructions. A tile is 4 rows by two
 * XX
 */
final class VectorIntLoops extends PlainIntLoops {
  private static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int COLUMNS = 2 * LANES;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Short.SIZE * LANES));
  // A vector of four bytes there is not.
  private static final boolean HAS_BYTES = LANES >= 8;
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(HAS_BYTES ? Byte.SIZE * LANES : 64));

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  void widen(short[] in, int[] out, int at, int count) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      IntVector v = (IntVector) ShortVector.fromArray(SHORTS, in, i).convertShape(S2I, SPECIES, 0);
      v.intoArray(out, at + i);
    }
    for (; i < count; i++) {
      out[at + i] = in[i];
    }
  }

  @Override
  void widen(byte[] in, int[] out, int at, int count) {
    int i = 0;
    for (; HAS_BYTES && i + LANES <= count; i += LANES) {
      IntVector v = (IntVector) ByteVector.fromArray(BYTES, in, i).convertShape(B2I, SPECIES, 0);
      v.intoArray(out, at + i);
    }
    for (; i < count; i++) {
      out[at + i] = in[i];
    }
  }

  /**
   * Copies whole vectors: what is written past a run's end is overwritten by the next run or row,
   * or unspecified.
   */
  @Override
  public void pack(
      int[] source, int base, int[] offsets, int first, int rows, Runs runs, int[] panel, int at) {
    int lastRun = runs.count - 1;
    int reach = runs.from[lastRun] + runs.length[lastRun] + LANES;
    for (int k = 0; k < rows; k++) {
      int from = base + offsets[first + k];
      int to = at + k * COLUMNS;
      if (from + reach <= source.length) {
        for (int r = 0; r < runs.count; r++) {
          int length = runs.length[r];
          int f = from + runs.from[r];
          int t = to + runs.to[r];
          IntVector.fromArray(SPECIES, source, f).intoArray(panel, t);
          if (length > LANES) {
            IntVector.fromArray(SPECIES, source, f + LANES).intoArray(panel, t + LANES);
          }
        }
      } else {
        for (int r = 0; r < runs.count; r++) {
          System.arraycopy(source, from + runs.from[r], panel, to + runs.to[r], runs.length[r]);
        }
      }
    }
  }

  /** With fewer rows than four the last is computed, and written, more than once. */
  @Override
  public void tile(
      int[] a,
      int aAt,
      int rows,
      int[] panel,
      int panelAt,
      int depth,
      int[] out,
      int outAt,
      int ldc,
      boolean add) {
    int i1 = Math.min(1, rows - 1);
    int i2 = Math.min(2, rows - 1);
    int i3 = rows - 1;
    IntVector zero = IntVector.zero(SPECIES);
    IntVector s0 = zero;
    IntVector t0 = zero;
    IntVector s1 = zero;
    IntVector t1 = zero;
    IntVector s2 = zero;
    IntVector t2 = zero;
    IntVector s3 = zero;
    IntVector t3 = zero;
    for (int k = 0; k < depth; k++) {
      int q = aAt + k * ROWS;
      int b = panelAt + k * COLUMNS;
      IntVector left = IntVector.fromArray(SPECIES, panel, b);
      IntVector right = IntVector.fromArray(SPECIES, panel, b + LANES);
      IntVector x0 = IntVector.broadcast(SPECIES, a[q]);
      s0 = x0.mul(left).add(s0);
      t0 = x0.mul(right).add(t0);
      IntVector x1 = IntVector.broadcast(SPECIES, a[q + 1]);
      s1 = x1.mul(left).add(s1);
      t1 = x1.mul(right).add(t1);
      IntVector x2 = IntVector.broadcast(SPECIES, a[q + 2]);
      s2 = x2.mul(left).add(s2);
      t2 = x2.mul(right).add(t2);
      IntVector x3 = IntVector.broadcast(SPECIES, a[q + 3]);
      s3 = x3.mul(left).add(s3);
      t3 = x3.mul(right).add(t3);
    }
    int c1 = outAt + i1 * ldc;
    int c2 = outAt + i2 * ldc;
    int c3 = outAt + i3 * ldc;
    if (add) {
      s0 = IntVector.fromArray(SPECIES, out, outAt).add(s0);
      t0 = IntVector.fromArray(SPECIES, out, outAt + LANES).add(t0);
      s1 = IntVector.fromArray(SPECIES, out, c1).add(s1);
      t1 = IntVector.fromArray(SPECIES, out, c1 + LANES).add(t1);
      s2 = IntVector.fromArray(SPECIES, out, c2).add(s2);
      t2 = IntVector.fromArray(SPECIES, out, c2 + LANES).add(t2);
      s3 = IntVector.fromArray(SPECIES, out, c3).add(s3);
      t3 = IntVector.fromArray(SPECIES, out, c3 + LANES).add(t3);
    }
    s0.intoArray(out, outAt);
    t0.intoArray(out, outAt + LANES);
    s1.intoArray(out, c1);
    t1.intoArray(out, c1 + LANES);
    s2.intoArray(out, c2);
    t2.intoArray(out, c2 + LANES);
    s3.intoArray(out, c3);
    t3.intoArray(out, c3 + LANES);
  }

  @Override
  public void taps(
      int[] source,
      int base,
      int[] offsets,
      int first,
      int taps,
      int[] weights,
      int weightsAt,
      int[] sums,
      int count) {
    int i = 0;
    for (; i + COLUMNS <= count; i += COLUMNS) {
      IntVector s = IntVector.zero(SPECIES);
      IntVector t = s;
      for (int k = 0; k < taps; k++) {
        IntVector x = IntVector.broadcast(SPECIES, weights[weightsAt + k]);
        int from = base + offsets[first + k] + i;
        s = IntVector.fromArray(SPECIES, source, from).mul(x).add(s);
        t = IntVector.fromArray(SPECIES, source, from + LANES).mul(x).add(t);
      }
      s.intoArray(sums, i);
      t.intoArray(sums, i + LANES);
    }
    for (; i < count; i++) {
      int sum = 0;
      for (int k = 0; k < taps; k++) {
        sum += weights[weightsAt + k] * source[base + offsets[first + k] + i];
      }
      sums[i] = sum;
    }
  }
}
