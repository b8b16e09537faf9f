package org.zkc.gkr.prove;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.weight.TensorLayout;

/**
 * Integers in 1, 2 or 4 bytes each, as their range needs. A prover keeps a tensor in this form
 * between the steps that read it. Narrow integers are stored as their distance from the least.
 */
sealed interface PackedIntegers extends TensorLayout.Elements {
  int length();

  /** The integers, in a fresh array. */
  int[] signed();

  /** Their residues, in a fresh array. */
  int[] residues();

  /** {@link #residues()} by several threads. */
  default int[] residues(Workers workers) {
    int[] out = new int[length()];
    workers.forEachPiece(out.length, PIECE, (from, to) -> copy(from, to - from, out, from));
    return out;
  }

  /**
   * The integers at starts[b] + distances[k] for every b, and every k of it, one after the other.
   */
  PackedIntegers gathered(int[] starts, int[] distances, Workers workers);

  /**
   * Writes the residues of the integers at start + distances[k] to out[at ...), for {@code count} k
   * from {@code first} on.
   */
  void pick(int start, int[] distances, int first, int count, int[] out, int at);

  /** Packs integers; none of {@code values} is kept or changed. */
  static PackedIntegers of(int[] values, Workers workers) {
    if (values.length == 0) {
      return new Bytes(0, new byte[0]);
    }
    Range met = Range.of(values, workers);
    int low = met.low();
    long range = (long) met.high() - low;
    boolean small = -M31.P < low && met.high() < M31.P;
    if (small && range < 1 << Byte.SIZE) {
      byte[] bytes = new byte[values.length];
      workers.forEachPiece(
          bytes.length,
          PIECE,
          (from, to) -> {
            for (int k = from; k < to; k++) {
              bytes[k] = (byte) (values[k] - low);
            }
          });
      return new Bytes(low, bytes);
    }
    if (small && range < 1 << Short.SIZE) {
      short[] shorts = new short[values.length];
      workers.forEachPiece(
          shorts.length,
          PIECE,
          (from, to) -> {
            for (int k = from; k < to; k++) {
              shorts[k] = (short) (values[k] - low);
            }
          });
      return new Shorts(low, shorts);
    }
    return new Ints(values.clone());
  }

  /** Elements that a thread packs at a time at least. */
  int PIECE = 1 << 14;

  /** The least and the largest of some integers. */
  record Range(int low, int high) {
    private static Range of(int[] values, Workers workers) {
      Queue<Range> parts = new ConcurrentLinkedQueue<>();
      workers.forEachPiece(values.length, PIECE, (from, to) -> parts.add(of(values, from, to)));
      return new Range(
          parts.stream().mapToInt(Range::low).min().orElseThrow(),
          parts.stream().mapToInt(Range::high).max().orElseThrow());
    }

    private static Range of(int[] values, int from, int to) {
      int low = Integer.MAX_VALUE;
      int high = Integer.MIN_VALUE;
      for (int k = from; k < to; k++) {
        low = Math.min(low, values[k]);
        high = Math.max(high, values[k]);
      }
      return new Range(low, high);
    }
  }

  /** Packs canonical residues. */
  static PackedIntegers ofResidues(int[] residues, Workers workers) {
    int[] signed = new int[residues.length];
    workers.forEachPiece(
        signed.length,
        PIECE,
        (from, to) -> {
          for (int k = from; k < to; k++) {
            signed[k] = M31.toSigned(residues[k]);
          }
        });
    return of(signed, workers);
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
    public PackedIntegers gathered(int[] starts, int[] distances, Workers workers) {
      byte[] out = new byte[Math.multiplyExact(starts.length, distances.length)];
      workers.forEachRange(
          starts.length,
          (from, to) -> {
            for (int b = from; b < to; b++) {
              int at = b * distances.length;
              for (int k = 0; k < distances.length; k++) {
                out[at + k] = differences[starts[b] + distances[k]];
              }
            }
          });
      return new Bytes(low, out);
    }

    @Override
    public void pick(int start, int[] distances, int first, int count, int[] out, int at) {
      for (int k = 0; k < count; k++) {
        out[at + k] = residue(low + (differences[start + distances[first + k]] & 0xff));
      }
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
    public void copy(int from, int count, int[] out, int at) {
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
    public PackedIntegers gathered(int[] starts, int[] distances, Workers workers) {
      short[] out = new short[Math.multiplyExact(starts.length, distances.length)];
      workers.forEachRange(
          starts.length,
          (from, to) -> {
            for (int b = from; b < to; b++) {
              int at = b * distances.length;
              for (int k = 0; k < distances.length; k++) {
                out[at + k] = differences[starts[b] + distances[k]];
              }
            }
          });
      return new Shorts(low, out);
    }

    @Override
    public void pick(int start, int[] distances, int first, int count, int[] out, int at) {
      for (int k = 0; k < count; k++) {
        out[at + k] = residue(low + (differences[start + distances[first + k]] & 0xffff));
      }
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
    public void copy(int from, int count, int[] out, int at) {
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
    public PackedIntegers gathered(int[] starts, int[] distances, Workers workers) {
      int[] out = new int[Math.multiplyExact(starts.length, distances.length)];
      workers.forEachRange(
          starts.length,
          (from, to) -> {
            for (int b = from; b < to; b++) {
              int at = b * distances.length;
              for (int k = 0; k < distances.length; k++) {
                out[at + k] = values[starts[b] + distances[k]];
              }
            }
          });
      return new Ints(out);
    }

    @Override
    public void pick(int start, int[] distances, int first, int count, int[] out, int at) {
      for (int k = 0; k < count; k++) {
        out[at + k] = M31.fromSigned(values[start + distances[first + k]]);
      }
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
    public void copy(int from, int count, int[] out, int at) {
      for (int k = 0; k < count; k++) {
        out[at + k] = M31.fromSigned(values[from + k]);
      }
    }
  }
}
