package org.zkc.gkr.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.zkc.gkr.encoding.FormatVersion;
import org.zkc.gkr.failure.VerificationFailure;

/** Eight bytes that name the kind of file, a little-endian version, then the content. */
final class FileHeader {
  static final int HEADER = 12;

  private FileHeader() {}

  static byte[] wrap(byte[] magic, int version, byte[] body) {
    return ByteBuffer.allocate(HEADER + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(magic)
        .putInt(version)
        .put(body)
        .array();
  }

  static boolean has(byte[] magic, byte[] bytes) {
    return bytes.length >= HEADER && Arrays.equals(magic, 0, magic.length, bytes, 0, magic.length);
  }

  /**
   * The offset of the content, which reaches to the end of the bytes. The failure for another
   * version's file names both versions.
   */
  static int payload(String what, byte[] magic, int version, byte[] bytes) {
    if (!has(magic, bytes)) {
      throw new VerificationFailure(what, "a zkc " + what, "another kind of file");
    }
    int found = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(magic.length);
    FormatVersion.require(what, version, found, "compile the model again");
    return HEADER;
  }
}
