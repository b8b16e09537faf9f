package org.zkc.gkr.proof;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongPredicate;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.failure.VerificationFailure;

/**
 * The integers of one public tensor in a proof file: their number and their least (4 bytes each,
 * little-endian), b (1 byte), then each less the least in b bits, the lowest first, with zeros up
 * to a whole byte. b is the number of bits of the greatest of these differences. An image of 256
 * levels thus takes a byte a pixel, and every tensor has exactly one encoding.
 */
public final class PublicIntegers {
  /** Bytes before the differences. */
  private static final int HEADER = 2 * Integer.BYTES + 1;

  private PublicIntegers() {}

  /** The most bytes that {@code count} integers take. */
  static long mostBytes(long count) {
    return HEADER + Integer.BYTES * count;
  }

  /**
   * The bytes of a tensor whose elements reach the ends of their interval; other tensors take
   * fewer.
   */
  public static long bytes(TensorDeclaration tensor) {
    return HEADER + packedBytes(tensor.elementCount(), bits((int) (tensor.high() - tensor.low())));
  }

  static ByteString encode(int[] values) {
    int least = values.length == 0 ? 0 : Integer.MAX_VALUE;
    int greatest = values.length == 0 ? 0 : Integer.MIN_VALUE;
    for (int v : values) {
      least = Math.min(least, v);
      greatest = Math.max(greatest, v);
    }
    int bits = bits(greatest - least);
    byte[] out = new byte[Math.toIntExact(HEADER + packedBytes(values.length, bits))];
    ByteBuffer.wrap(out)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(values.length)
        .putInt(least)
        .put((byte) bits);
    int at = HEADER;
    long buffer = 0;
    int held = 0;
    for (int v : values) {
      buffer |= Integer.toUnsignedLong(v - least) << held;
      for (held += bits; held >= Byte.SIZE; held -= Byte.SIZE) {
        out[at++] = (byte) buffer;
        buffer >>>= Byte.SIZE;
      }
    }
    if (held > 0) {
      out[at] = (byte) buffer;
    }
    return ByteString.copyFrom(out);
  }

  /**
   * Reads integers.
   *
   * @param where names the tensor in failures
   * @param counts how many there may be: nothing is allocated for another number
   * @throws VerificationFailure when the bytes are not exactly what {@link #encode} writes for so
   *     many integers
   */
  static int[] decode(String where, ByteString bytes, LongPredicate counts) {
    if (bytes.size() < HEADER) {
      throw new VerificationFailure(
          where, "at least " + HEADER + " bytes", bytes.size() + " bytes");
    }
    ByteBuffer in = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long count = Integer.toUnsignedLong(in.getInt());
    int least = in.getInt();
    int bits = Byte.toUnsignedInt(in.get());
    if (!counts.test(count)) {
      throw new VerificationFailure(
          where + ", elements",
          "as many as the key says, and the limits allow",
          Long.toString(count));
    }
    if (bits > Integer.SIZE) {
      throw new VerificationFailure(where + ", bits of an element", "at most 32", bits + " bits");
    }
    VerificationFailure.requireCount(
        where + ", bytes", HEADER + packedBytes(count, bits), bytes.size());
    int[] out = new int[Math.toIntExact(count)];
    long mask = (1L << bits) - 1;
    long buffer = 0;
    int held = 0;
    for (int k = 0; k < out.length; k++) {
      for (; held < bits; held += Byte.SIZE) {
        buffer |= (long) Byte.toUnsignedInt(in.get()) << held;
      }
      out[k] = least + (int) (buffer & mask);
      buffer >>>= bits;
      held -= bits;
    }
    // Another least, more bits, sums beyond 32 bits, or junk behind the last element.
    if (!encode(out).equals(bytes)) {
      throw new VerificationFailure(
          where, "the canonical encoding", "another one of the same integers");
    }
    return out;
  }

  /** Bits of a number, taken as unsigned. */
  private static int bits(int greatest) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(greatest);
  }

  private static long packedBytes(long count, int bits) {
    return (count * bits + Byte.SIZE - 1) / Byte.SIZE;
  }
}
