package org.zkc.runtime.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.UserException;

/**
 * Refuses, before any work, a command whose arguments name one file twice where one of them is
 * written: the file would be lost. Two names are one file when they lead to one real path, or are
 * links to one file.
 */
final class DistinctFiles {
  private record Use(String name, Path file, boolean written) {}

  private final List<Use> uses = new ArrayList<>();

  /** Adds a file that the command reads; null where the argument was not given. */
  DistinctFiles reads(String argument, @Nullable Path file) {
    return add(argument, file, false);
  }

  /** Adds the files of a flag that takes arrays: FILE or NAME=FILE. */
  DistinctFiles reads(String flag, List<String> arguments) {
    for (String argument : arguments) {
      reads(flag, Path.of(argument));
      reads(flag, Path.of(argument.substring(argument.indexOf('=') + 1)));
    }
    return this;
  }

  /**
   * Adds a file that the command writes.
   *
   * @throws UserException when another argument names the same file
   */
  DistinctFiles writes(String argument, @Nullable Path file) {
    return add(argument, file, true);
  }

  /** Adds the files that a flag names, all written; see {@link #writes(String, Path)}. */
  DistinctFiles writes(String flag, List<String> arguments) {
    arguments.forEach(argument -> writes(flag, Path.of(argument)));
    return this;
  }

  private DistinctFiles add(String argument, @Nullable Path file, boolean written) {
    if (file == null) {
      return this;
    }
    for (Use other : uses) {
      if ((written || other.written) && same(file, other.file)) {
        throw new UserException(
            "%s %s and %s %s are one file, which would be overwritten; name another"
                .formatted(other.name, other.file, argument, file));
      }
    }
    uses.add(new Use(argument, file, written));
    return this;
  }

  private static boolean same(Path a, Path b) {
    try {
      return Files.exists(a) && Files.exists(b) ? Files.isSameFile(a, b) : real(a).equals(real(b));
    } catch (IOException unreadable) {
      // A file that cannot be looked at cannot be written either, and is reported where it is used.
      return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    }
  }

  /** The real path of a file that need not exist. */
  private static Path real(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.exists(file)) {
      return file.toRealPath();
    }
    return folder != null && Files.isDirectory(folder)
        ? folder.toRealPath().resolve(String.valueOf(file.getFileName()))
        : file.toAbsolutePath().normalize();
  }
}
