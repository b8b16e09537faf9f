package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/**
 * The weight fold in double precision. A term is below 2^31 times 2^7 (int8) or 2^15 (int16), so
 * sums of 2^15 or 2^7 terms stay within 2^53 and every fused multiply-add is exact; then the sums
 * are reduced and added to the accumulator.
 *
 * <p>The matrix is read in tiles, each copied into an array of the first-level cache: what class a
 * segment has (mapped, native, over an array) only a profile tells, and where a loop is compiled
 * early a load from one is a call, around which every accumulator is spilled (1.3 ns a weight
 * instead of 0.4, EPYC of family 25 with AVX-512). A tile is read in strips of four vectors of
 * columns whose sixteen accumulators stay in registers.
 */
final class VectorFold {
  private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = D.length();
  private static final VectorSpecies<Byte> B =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

  /** The bytes of one short a lane. */
  private static final VectorSpecies<Byte> PAIRS =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 16 * LANES)));

  /** Columns of a strip. */
  static final int STRIP = 4 * LANES;

  /** Rows whose terms are summed exactly: 2^15 for one byte, 2^7 for two. */
  private static final int[] EXACT_ROWS = {0, 1 << 15, 1 << 7};

  // A tile of one byte a weight is 32 kB; rows this long are copied at the memory's rate.
  private static final int TILE_ROWS = 64;
  private static final int TILE_COLUMNS = 512;

  private VectorFold() {}

  // The shortest byte vector is 64 bits: with four lanes a load reads past the four bytes that it
  // uses, at the end of a tile past the tile.
  private static final int OVERREAD = Math.max(0, B.length() - LANES);

  /** Handles all rows and a multiple of STRIP columns; returns that. */
  static int fold(
      MemorySegment weights,
      int width,
      int columns,
      int stride,
      ExtVector coefficients,
      ExtVector accumulator) {
    int rows = coefficients.length();
    int end = columns / STRIP * STRIP;
    if (end == 0) {
      return 0;
    }
    double[] coefficient = new double[4 * rows];
    for (int limb = 0; limb < 4; limb++) {
      int[] source = coefficients.limb(limb);
      for (int r = 0; r < rows; r++) {
        coefficient[4 * r + limb] = source[coefficients.offset() + r];
      }
    }
    double[] sums = new double[4 * end];
    int tileColumns = Math.min(TILE_COLUMNS, end);
    byte[] tile = new byte[width * Math.min(TILE_ROWS, rows) * tileColumns + OVERREAD];
    for (int from = 0; from < rows; from += EXACT_ROWS[width]) {
      int to = Math.min(rows, from + EXACT_ROWS[width]);
      for (int row = from; row < to; row += TILE_ROWS) {
        int count = Math.min(TILE_ROWS, to - row);
        for (int left = 0; left < end; left += tileColumns) {
          int pitch = width * Math.min(tileColumns, end - left);
          long place = width * ((long) row * stride + left);
          WeightTile.copy(weights, place, (long) width * stride, tile, pitch, count);
          for (int c = 0; c < pitch; c += width * STRIP) {
            int at = 4 * (left + c / width);
            if (width == 1) {
              stripOfBytes(tile, pitch, c, count, coefficient, 4 * row, sums, at);
            } else {
              stripOfShorts(tile, pitch, c, count, coefficient, 4 * row, sums, at);
            }
          }
        }
      }
      flush(sums, end, accumulator);
    }
    return end;
  }

  // sums holds, strip by strip, four vectors for each of the four limbs.
  private static void flush(double[] sums, int end, ExtVector accumulator) {
    for (int limb = 0; limb < 4; limb++) {
      int[] target = accumulator.limb(limb);
      int at = accumulator.offset();
      for (int c = 0; c < end; c++) {
        int place = 4 * (c - c % STRIP) + limb * STRIP + c % STRIP;
        target[at + c] = M31.add(target[at + c], M31.fromSigned((long) sums[place]));
        sums[place] = 0;
      }
    }
  }

  private static void stripOfBytes(
      byte[] tile,
      int pitch,
      int column,
      int rows,
      double[] coefficient,
      int first,
      double[] sums,
      int at) {
    DoubleVector a0 = DoubleVector.fromArray(D, sums, at);
    DoubleVector a1 = DoubleVector.fromArray(D, sums, at + LANES);
    DoubleVector a2 = DoubleVector.fromArray(D, sums, at + 2 * LANES);
    DoubleVector a3 = DoubleVector.fromArray(D, sums, at + 3 * LANES);
    DoubleVector b0 = DoubleVector.fromArray(D, sums, at + 4 * LANES);
    DoubleVector b1 = DoubleVector.fromArray(D, sums, at + 5 * LANES);
    DoubleVector b2 = DoubleVector.fromArray(D, sums, at + 6 * LANES);
    DoubleVector b3 = DoubleVector.fromArray(D, sums, at + 7 * LANES);
    DoubleVector c0 = DoubleVector.fromArray(D, sums, at + 8 * LANES);
    DoubleVector c1 = DoubleVector.fromArray(D, sums, at + 9 * LANES);
    DoubleVector c2 = DoubleVector.fromArray(D, sums, at + 10 * LANES);
    DoubleVector c3 = DoubleVector.fromArray(D, sums, at + 11 * LANES);
    DoubleVector d0 = DoubleVector.fromArray(D, sums, at + 12 * LANES);
    DoubleVector d1 = DoubleVector.fromArray(D, sums, at + 13 * LANES);
    DoubleVector d2 = DoubleVector.fromArray(D, sums, at + 14 * LANES);
    DoubleVector d3 = DoubleVector.fromArray(D, sums, at + 15 * LANES);
    for (int r = 0; r < rows; r++) {
      int row = r * pitch + column;
      DoubleVector w0 = bytes(tile, row);
      DoubleVector w1 = bytes(tile, row + LANES);
      DoubleVector w2 = bytes(tile, row + 2 * LANES);
      DoubleVector w3 = bytes(tile, row + 3 * LANES);
      DoubleVector x = DoubleVector.broadcast(D, coefficient[first + 4 * r]);
      a0 = w0.fma(x, a0);
      a1 = w1.fma(x, a1);
      a2 = w2.fma(x, a2);
      a3 = w3.fma(x, a3);
      x = DoubleVector.broadcast(D, coefficient[first + 4 * r + 1]);
      b0 = w0.fma(x, b0);
      b1 = w1.fma(x, b1);
      b2 = w2.fma(x, b2);
      b3 = w3.fma(x, b3);
      x = DoubleVector.broadcast(D, coefficient[first + 4 * r + 2]);
      c0 = w0.fma(x, c0);
      c1 = w1.fma(x, c1);
      c2 = w2.fma(x, c2);
      c3 = w3.fma(x, c3);
      x = DoubleVector.broadcast(D, coefficient[first + 4 * r + 3]);
      d0 = w0.fma(x, d0);
      d1 = w1.fma(x, d1);
      d2 = w2.fma(x, d2);
      d3 = w3.fma(x, d3);
    }
    a0.intoArray(sums, at);
    a1.intoArray(sums, at + LANES);
    a2.intoArray(sums, at + 2 * LANES);
    a3.intoArray(sums, at + 3 * LANES);
    b0.intoArray(sums, at + 4 * LANES);
    b1.intoArray(sums, at + 5 * LANES);
    b2.intoArray(sums, at + 6 * LANES);
    b3.intoArray(sums, at + 7 * LANES);
    c0.intoArray(sums, at + 8 * LANES);
    c1.intoArray(sums, at + 9 * LANES);
    c2.intoArray(sums, at + 10 * LANES);
    c3.intoArray(sums, at + 11 * LANES);
    d0.intoArray(sums, at + 12 * LANES);
    d1.intoArray(sums, at + 13 * LANES);
    d2.intoArray(sums, at + 14 * LANES);
    d3.intoArray(sums, at + 15 * LANES);
  }

  private static DoubleVector bytes(byte[] tile, int at) {
    return (DoubleVector) ByteVector.fromArray(B, tile, at).convertShape(VectorOperators.B2D, D, 0);
  }

  private static void stripOfShorts(
      byte[] tile,
      int pitch,
      int column,
      int rows,
      double[] coefficient,
      int first,
      double[] sums,
      int at) {
    for (int v = 0; v < 4; v++) {
      vectorOfShorts(
          tile, pitch, column + 2 * v * LANES, rows, coefficient, first, sums, at + v * LANES);
    }
  }

  // A method of its own: with the loop over the vectors around it the compiler runs out of nodes
  // before it has inlined everything, and boxes.
  private static void vectorOfShorts(
      byte[] tile,
      int pitch,
      int column,
      int rows,
      double[] coefficient,
      int first,
      double[] sums,
      int at) {
    DoubleVector a = DoubleVector.fromArray(D, sums, at);
    DoubleVector b = DoubleVector.fromArray(D, sums, at + STRIP);
    DoubleVector c = DoubleVector.fromArray(D, sums, at + 2 * STRIP);
    DoubleVector d = DoubleVector.fromArray(D, sums, at + 3 * STRIP);
    for (int r = 0; r < rows; r++) {
      DoubleVector w = shorts(tile, r * pitch + column);
      a = w.fma(DoubleVector.broadcast(D, coefficient[first + 4 * r]), a);
      b = w.fma(DoubleVector.broadcast(D, coefficient[first + 4 * r + 1]), b);
      c = w.fma(DoubleVector.broadcast(D, coefficient[first + 4 * r + 2]), c);
      d = w.fma(DoubleVector.broadcast(D, coefficient[first + 4 * r + 3]), d);
    }
    a.intoArray(sums, at);
    b.intoArray(sums, at + STRIP);
    c.intoArray(sums, at + 2 * STRIP);
    d.intoArray(sums, at + 3 * STRIP);
  }

  private static DoubleVector shorts(byte[] tile, int at) {
    return (DoubleVector)
        ByteVector.fromArray(PAIRS, tile, at)
            .reinterpretAsShorts()
            .convertShape(VectorOperators.S2D, D, 0);
  }
}
