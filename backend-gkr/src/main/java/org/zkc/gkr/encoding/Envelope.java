package org.zkc.gkr.encoding;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.zkc.gkr.failure.VerificationFailure;

/**
 * The first bytes of every artefact: magic "zkc", the kind (1 byte), the format version (4 bytes,
 * little-endian); then its protobuf.
 */
public enum Envelope {
  VERIFIER_KEY("verifier key", (byte) 'k', 4, "compile the model again"),
  PROOF("proof", (byte) 'p', 4, "prove again");

  private static final int HEADER = 8;

  private final String text;
  private final byte kind;
  private final int version;
  private final String again;

  Envelope(String text, byte kind, int version, String again) {
    this.text = text;
    this.kind = kind;
    this.version = version;
    this.again = again;
  }

  public byte[] wrap(byte[] payload) {
    return ByteBuffer.allocate(HEADER + payload.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {'z', 'k', 'c', kind})
        .putInt(version)
        .put(payload)
        .array();
  }

  /**
   * The offset of the payload, which reaches to the end of the bytes.
   *
   * @throws VerificationFailure when the bytes are not of this kind and version
   */
  public int payload(byte[] bytes) {
    if (bytes.length < HEADER
        || bytes[0] != 'z'
        || bytes[1] != 'k'
        || bytes[2] != 'c'
        || bytes[3] != kind) {
      throw new VerificationFailure("file", "a " + text, "something else");
    }
    int found = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    FormatVersion.require("file, " + text, version, found, again);
    return HEADER;
  }
}
