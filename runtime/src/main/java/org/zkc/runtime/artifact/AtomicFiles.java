package org.zkc.runtime.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.zkc.ir.UserException;

/**
 * Writes files through a temporary file in the same folder that is renamed when it is complete:
 * whoever looks sees the old content or the new, also after Ctrl-C or a full disk.
 */
public final class AtomicFiles {
  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(AtomicFiles::deleteUnfinished, "delete unfinished files"));
  }

  private AtomicFiles() {}

  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Makes a file at the path it is given. */
  @FunctionalInterface
  public interface Maker {
    void make(Path temporary) throws IOException;
  }

  /** Replaces {@code target} by {@code bytes}. */
  public static void write(Path target, byte[] bytes) throws IOException {
    write(target, out -> out.write(bytes));
  }

  /**
   * Replaces {@code target} by what {@code content} writes.
   *
   * @throws UserException when the folder does not exist or may not be written to
   * @throws IOException when writing fails for another reason
   */
  public static void write(Path target, Content content) throws IOException {
    make(
        target,
        temporary -> {
          try (OutputStream out = Files.newOutputStream(temporary)) {
            content.writeTo(out);
          }
        });
  }

  /** Replaces {@code target} by the file that {@code maker} makes beside it. */
  public static void make(Path target, Maker maker) throws IOException {
    requireWritable(target);
    Path folder = folder(target);
    Path temporary =
        folder.resolve(
            ".%s.%d-%d.part"
                .formatted(
                    target.getFileName(),
                    ProcessHandle.current().pid(),
                    COUNTER.incrementAndGet()));
    UNFINISHED.add(temporary);
    try {
      maker.make(temporary);
      try {
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (AccessDeniedException e) {
      throw new UserException("cannot write %s: permission denied".formatted(target));
    } catch (NoSuchFileException e) {
      throw new UserException("cannot write %s: its folder takes no files".formatted(target));
    } catch (IOException e) {
      // Writing through an open file fails without the file's name.
      FileSystemException named =
          new FileSystemException(target.toString(), null, FileErrors.reason(e));
      named.initCause(e);
      throw named;
    } finally {
      Files.deleteIfExists(temporary);
      UNFINISHED.remove(temporary);
    }
  }

  /** Checks before long work that {@code target} can be written at its end. */
  public static void requireWritable(Path target) {
    if (Files.isDirectory(target)) {
      throw new UserException(
          "cannot write %s: it is a folder; remove it, or name another file".formatted(target));
    }
    Path folder = folder(target);
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      // The rename at the end would put a file in the place of the device.
      throw new UserException(target + " is a device or a pipe; name a file");
    }
    if (!Files.isDirectory(folder)) {
      throw new UserException("cannot write %s: there is no folder %s".formatted(target, folder));
    }
    if (!Files.isWritable(folder)) {
      throw new UserException(
          "cannot write %s: the folder %s is read-only; name a file in another"
              .formatted(target, folder));
    }
  }

  /** The folder that a file lies in. */
  public static Path folder(Path file) {
    return Objects.requireNonNull(
        file.toAbsolutePath().getParent(), "a root directory is no file to write");
  }

  private static void deleteUnfinished() {
    for (Path temporary : UNFINISHED) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        System.err.println("could not delete " + temporary);
      }
    }
  }
}
