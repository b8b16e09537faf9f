package org.zkc.runtime.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.ir.UserException;

/** Reads files that are small by nature: keys and proofs. */
public final class SmallFiles {
  private SmallFiles() {}

  /**
   * A whole key file.
   *
   * @throws UserException when the file is missing, unreadable or larger than any key: then it is
   *     not read
   */
  public static byte[] readKey(Path file) {
    return read(file, KeyFile.MOST_BYTES, "key");
  }

  /**
   * A whole proof file.
   *
   * @throws UserException when the file is missing, unreadable or larger than any proof: then it is
   *     not read
   */
  public static byte[] readProof(Path file) {
    return read(file, Math.toIntExact(ProofFile.MOST_BYTES), "proof");
  }

  private static byte[] read(Path file, int limit, String kind) {
    try {
      if (Files.isDirectory(file)) {
        throw new UserException(file + " is a folder; name a file");
      }
      long size = Files.size(file);
      if (size > limit) {
        throw new UserException("%s has %d bytes; no %s is that large".formatted(file, size, kind));
      }
      // Devices and pipes have no size until they are read.
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(limit + 1);
        if (bytes.length > limit) {
          throw new UserException(
              "%s has more than %d bytes; no %s is that large".formatted(file, limit, kind));
        }
        return bytes;
      }
    } catch (IOException e) {
      throw FileErrors.unreadable(file, e);
    }
  }
}
