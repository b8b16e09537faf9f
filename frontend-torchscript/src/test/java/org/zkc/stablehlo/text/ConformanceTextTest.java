package org.zkc.stablehlo.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloProgram;

/**
 * The self-checking programs of StableHLO's own test suite, and what exporters wrote, are read
 * where copies stand in a folder {@code shared} beside the repository or above.
 */
final class ConformanceTextTest {

  private static Optional<Path> folder(String name) {
    Path place = Path.of("shared").resolve(name);
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path found = at.resolve(place);
      if (Files.isDirectory(found)) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"conformance/stablehlo", "reference/stablehlo_samples"})
  void readsEveryProgram(String name) throws IOException {
    Optional<Path> folder = folder(name);
    assumeTrue(folder.isPresent(), "there are no such programs");
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder.orElseThrow())) {
      files = all.filter(f -> f.toString().endsWith(".mlir")).sorted().toList();
    }
    List<String> refused = new ArrayList<>();
    for (Path file : files) {
      try {
        HloProgram program = StablehloText.read(file);
        Optional<HloFunction> main = program.modules().getFirst().function("main");
        assertEquals(
            "func.return", main.orElseThrow().body().orElseThrow().operations().getLast().name());
      } catch (UserException e) {
        refused.add(e.describe());
      }
    }
    assertEquals(List.of(), refused);
  }
}
