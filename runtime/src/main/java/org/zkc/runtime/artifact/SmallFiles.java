package org.zkc.runtime.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zkc.ir.UserException;

/** Reads files that are small by nature: keys and proofs. */
public final class SmallFiles {
  private static final long LIMIT = 1L << 28;

  private SmallFiles() {}

  /**
   * The whole file.
   *
   * @throws UserException when the file is missing, unreadable or larger than any key or proof
   */
  public static byte[] read(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new UserException(file + " is a folder; name a file");
      }
      long size = Files.size(file);
      if (size > LIMIT) {
        throw new UserException(
            "%s has %d bytes; no key or proof is that large".formatted(file, size));
      }
      // Devices and pipes have no size until they are read.
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes((int) LIMIT + 1);
        if (bytes.length > LIMIT) {
          throw new UserException(
              "%s has more than %d bytes; no key or proof is that large".formatted(file, LIMIT));
        }
        return bytes;
      }
    } catch (IOException e) {
      throw FileErrors.unreadable(file, e);
    }
  }
}
