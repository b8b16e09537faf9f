package org.zkc.gkr.transcript;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.hash.Blake3Hash;
import org.zkc.gkr.hash.NonceSearch;

/**
 * The Fiat-Shamir transcript: a 32-byte state that every operation replaces by BLAKE3 of
 *
 * <pre>state (32) | operation (1) | label length (4) | label (UTF-8) | payload length (8) | payload
 * </pre>
 *
 * with little-endian integers. The operation number distinguishes absorbed bytes, ints, elements,
 * vectors, challenges, indices and grinding, so two different sequences of operations never hash
 * the same input. Challenges are read from the extendable output of BLAKE3 of the new state, by
 * rejection, so they are uniform.
 *
 * <p>The hash is BLAKE3, with its 256-bit state, because the commitment uses it too: there is one
 * primitive to trust. A transcript cannot be copied: a challenge exists once.
 */
public final class Transcript {
  /** Most bits that {@link #grind} accepts. */
  public static final int MAX_GRINDING_BITS = 31;

  private static final int STATE_BYTES = 32;

  /**
   * The operations of a transcript. Their hashes begin with the state and then the operation, which
   * is part of the protocol.
   */
  private enum Operation {
    START(0),
    BYTES(1),
    INTS(2),
    ELEMENTS(4),
    VECTOR(5),
    CHALLENGE(6),
    INDICES(7),
    SQUEEZE(8),
    GRIND(9),
    WORK(10),
    NONCE(11);

    private final byte code;

    Operation(int code) {
      this.code = (byte) code;
    }
  }

  private final byte[] state = new byte[STATE_BYTES];

  /** A transcript for the protocol (and version) that {@code label} names. */
  public Transcript(String label) {
    update(Operation.START, label, new byte[0]);
  }

  public void absorb(String label, byte[] bytes) {
    update(Operation.BYTES, label, bytes);
  }

  /** Absorbs integers of any meaning, 4 bytes each. */
  public void absorb(String label, int... values) {
    byte[] payload = new byte[Math.multiplyExact(4, values.length)];
    littleEndian(payload).asIntBuffer().put(values);
    update(Operation.INTS, label, payload);
  }

  /**
   * Absorbs one or more elements. Each is framed as 16 bytes, and the payload's length binds their
   * number.
   */
  public void absorb(String label, Ext... elements) {
    byte[] payload = new byte[Math.multiplyExact(Ext.BYTES, elements.length)];
    for (int k = 0; k < elements.length; k++) {
      elements[k].write(payload, k * Ext.BYTES);
    }
    update(Operation.ELEMENTS, label, payload);
  }

  /** Absorbs a vector, limb by limb. */
  public void absorb(String label, ExtVector vector) {
    byte[] payload = new byte[Math.multiplyExact(Ext.BYTES, vector.length())];
    IntBuffer words = littleEndian(payload).asIntBuffer();
    for (int limb = 0; limb < 4; limb++) {
      words.put(limb * vector.length(), vector.limb(limb), vector.offset(), vector.length());
    }
    update(Operation.VECTOR, label, payload);
  }

  /** A uniform element of E. */
  public Ext challengeExt(String label) {
    return challengeExts(label, 1)[0];
  }

  /** {@code count} independent uniform elements of E. */
  public Ext[] challengeExts(String label, int count) {
    update(Operation.CHALLENGE, label, littleEndian(4).putInt(count).array());
    Squeeze squeeze = new Squeeze();
    Ext[] out = new Ext[count];
    for (int k = 0; k < count; k++) {
      out[k] = new Ext(squeeze.element(), squeeze.element(), squeeze.element(), squeeze.element());
    }
    return out;
  }

  /**
   * {@code count} independent uniform integers in [0, bound), in the order drawn, possibly with
   * repetitions.
   *
   * @param bound at least 1
   */
  public int[] challengeIndices(String label, int count, int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("indices below " + bound);
    }
    update(Operation.INDICES, label, littleEndian(8).putInt(count).putInt(bound).array());
    Squeeze squeeze = new Squeeze();
    int[] out = new int[count];
    for (int k = 0; k < count; k++) {
      out[k] = squeeze.index(bound);
    }
    return out;
  }

  /**
   * Proof of work: finds the least nonce whose hash with the state begins with {@code bits} zero
   * bits, absorbs it and returns it. Expected work 2^bits hashes of one block.
   */
  public long grind(String label, int bits) {
    beginGrinding(label, bits);
    long nonce = work().find(bits);
    update(Operation.NONCE, label, littleEndian(8).putLong(nonce).array());
    return nonce;
  }

  /**
   * The verifier's side of {@link #grind}.
   *
   * @throws VerificationFailure when the nonce does not show the work
   */
  public void checkGrind(String label, int bits, long nonce) {
    beginGrinding(label, bits);
    if (work().leadingZeros(nonce) < bits) {
      throw new VerificationFailure(
          "grinding " + label, "a hash with " + bits + " leading zero bits", "nonce " + nonce);
    }
    update(Operation.NONCE, label, littleEndian(8).putLong(nonce).array());
  }

  private void beginGrinding(String label, int bits) {
    if (bits < 0 || bits > MAX_GRINDING_BITS) {
      throw new IllegalArgumentException("grinding by " + bits + " bits");
    }
    update(Operation.GRIND, label, littleEndian(4).putInt(bits).array());
  }

  // The state is 32 bytes here and the hash's input 41; every other input of this state is longer
  // or ends elsewhere.
  private NonceSearch work() {
    return new NonceSearch(state, Operation.WORK.code);
  }

  private void update(Operation operation, String label, byte[] payload) {
    byte[] name = label.getBytes(StandardCharsets.UTF_8);
    byte[] header = new byte[STATE_BYTES + 1 + 4 + name.length + 8];
    littleEndian(header)
        .put(state)
        .put(operation.code)
        .putInt(name.length)
        .put(name)
        .putLong(payload.length);
    byte[] next = new Blake3Hash().update(header).update(payload).digest();
    System.arraycopy(next, 0, state, 0, STATE_BYTES);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A stream of uniform 31-bit numbers from the extendable output of the current state. */
  private final class Squeeze {
    private final Blake3Hash.Output output =
        new Blake3Hash().update(state).update(Operation.SQUEEZE.code).output();
    private ByteBuffer words = ByteBuffer.allocate(0);

    private int next() {
      if (!words.hasRemaining()) {
        words = ByteBuffer.wrap(output.next()).order(ByteOrder.LITTLE_ENDIAN);
      }
      return words.getInt() & Integer.MAX_VALUE;
    }

    int element() {
      int x = next();
      while (x == M31.P) {
        x = next();
      }
      return x;
    }

    int index(int bound) {
      // The largest multiple of bound in 2^31, so that every index is equally likely.
      long limit = (1L << 31) / bound * bound;
      int x = next();
      while (x >= limit) {
        x = next();
      }
      return x % bound;
    }
  }
}
