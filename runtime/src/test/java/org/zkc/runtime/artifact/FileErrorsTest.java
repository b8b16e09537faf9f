package org.zkc.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.UserException;

final class FileErrorsTest {
  @TempDir private Path folder;

  /** The message of most of these exceptions is the file's name alone. */
  @Test
  void theReasonIsNotTheName() {
    Map<IOException, String> reasons =
        Map.of(
            new AccessDeniedException("m.zkc"), "permission denied",
            new NoSuchFileException("m.zkc"), "there is no such file",
            new EOFException(), "the file ends too soon",
            new FileSystemException("m.zkc", null, "Is a directory"), "is a directory",
            new IOException("Input/output error"), "input/output error",
            new IOException(), "IOException");
    reasons.forEach((failure, reason) -> assertEquals(reason, FileErrors.reason(failure)));
  }

  @Test
  void whatCannotBeReadSaysWhy() throws IOException {
    Path file = Files.writeString(folder.resolve("m.zkc"), "x");
    assertEquals(
        "cannot read %s: permission denied".formatted(file),
        FileErrors.unreadable(file, new AccessDeniedException(file.toString())).getMessage());
    Path missing = folder.resolve("none");
    assertEquals("there is no file " + missing, refused(missing));
    assertEquals(folder + " is a folder; name a file", refused(folder));
    FileErrors.requireReadable(file);
  }

  private static String refused(Path file) {
    return assertThrows(UserException.class, () -> FileErrors.requireReadable(file)).getMessage();
  }

  @Test
  void fullDisksAreKnown() {
    assertTrue(FileErrors.isFull(new IOException("No space left on device")));
    assertTrue(FileErrors.isFull(new FileSystemException("f", null, "Disk quota exceeded")));
    assertTrue(FileErrors.isFull(new IOException("File too large")));
    assertFalse(FileErrors.isFull(new IOException("Input/output error")));
  }
}
