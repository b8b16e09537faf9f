package org.zkc.tests.architecture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.zkc.tests.Repository;

/** Whoever embeds the verifier takes little along. */
final class BackendSizeTest {
  private static final int MOST_BYTES = 1 << 20;

  /** The classes of the backend, prover and all, without those that protobuf generates. */
  @Test
  void theBackendIsBelowOneMegabyte() throws IOException {
    Path root = Repository.root().resolve("backend-gkr/target/classes");
    List<Path> classes;
    try (Stream<Path> files = Files.walk(root)) {
      classes =
          files
              .filter(file -> file.toString().endsWith(".class"))
              .filter(file -> !file.startsWith(root.resolve("org/zkc/gkr/wire")))
              .toList();
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(packed)) {
      for (Path file : classes) {
        zip.putNextEntry(new ZipEntry(root.relativize(file).toString()));
        Files.copy(file, zip);
      }
    }
    assertTrue(classes.size() > 100, "only " + classes.size() + " classes under " + root);
    assertTrue(packed.size() < MOST_BYTES, packed.size() + " bytes");
  }
}
