package org.zkc.tests.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import org.zkc.tests.Repository;

/**
 * An archive that {@code tests/archives/dialect/write.py} wrote. Its record of PyTorch's answers is
 * compared while it is compiled.
 *
 * @param method the method of the root module that is to be compiled
 * @param refused a part of the error, empty where the archive is to be compiled
 * @param outputNames paths of the outputs in the value that the method returns
 */
record DialectArchive(Path path, String method, String refused, List<String> outputNames) {
  private static final Path FOLDER = Repository.root().resolve("tests/src/test/resources/dialect");

  static List<DialectArchive> all() {
    try (var files = Files.list(FOLDER)) {
      return files
          .filter(f -> f.toString().endsWith(".pt"))
          .sorted()
          .map(DialectArchive::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DialectArchive read(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      String record =
          zip.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.endsWith("/extra/expected.json"))
              .findFirst()
              .orElseThrow(() -> new FileNotFoundException(file + ", expected.json"));
      try (InputStream content = zip.getInputStream(zip.getEntry(record))) {
        JsonNode expected = new ObjectMapper().readTree(content);
        List<String> outputs = new ArrayList<>();
        expected.get("outputs").forEach(name -> outputs.add(name.asText()));
        return new DialectArchive(
            file, expected.get("method").asText(), expected.get("refused").asText(), outputs);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return path.getFileName().toString();
  }
}
