package org.zkc.runtime.artifact;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.zkc.ir.UserException;

/**
 * Explains to users why a file cannot be used, because the JDK's message is often the file's name
 * alone.
 */
public final class FileErrors {
  private FileErrors() {}

  /** Why reading or writing failed, as a phrase without the file's name: "permission denied". */
  public static String reason(IOException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "there is no such file";
      case EOFException _ -> "the file ends too soon";
      case FileSystemException e when e.getReason() != null ->
          Objects.requireNonNull(e.getReason(), "just looked").toLowerCase(Locale.ROOT);
      default -> {
        String message = failure.getMessage();
        yield message == null || message.isBlank()
            ? failure.getClass().getSimpleName()
            : message.substring(0, 1).toLowerCase(Locale.ROOT)
                + message.substring(1).replace('\n', ' ');
      }
    };
  }

  /** Whether the file system had no room left, or a limit on the size of files was reached. */
  public static boolean isFull(IOException failure) {
    String text = reason(failure).toLowerCase(Locale.ROOT);
    return text.contains("no space left") || text.contains("quota") || text.contains("too large");
  }

  /**
   * Checks that a file can be opened for reading.
   *
   * @throws UserException when the file is missing, is a folder, or may not be read
   */
  public static void requireReadable(Path file) {
    if (Files.notExists(file)) {
      throw new UserException("there is no file " + file);
    }
    if (Files.isDirectory(file)) {
      throw new UserException(file + " is a folder; name a file");
    }
    if (!Files.isReadable(file)) {
      throw new UserException("cannot read %s: permission denied".formatted(file));
    }
  }

  /** The error for a file that could not be read. */
  public static UserException unreadable(Path file, IOException failure) {
    return new UserException(
        Files.notExists(file)
            ? "there is no file " + file
            : "cannot read %s: %s".formatted(file, reason(failure)));
  }
}
