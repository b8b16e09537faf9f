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
import org.junit.jupiter.api.Test;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloProgram;

/**
 * The self-checking programs of StableHLO's own test suite are read, where a copy stands in {@code
 * shared/conformance/stablehlo} beside the repository or above.
 */
final class ConformanceTextTest {
  private static final Path PLACE = Path.of("shared", "conformance", "stablehlo");

  private static Optional<Path> folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path found = at.resolve(PLACE);
      if (Files.isDirectory(found)) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  @Test
  void readsEveryProgram() throws IOException {
    Optional<Path> folder = folder();
    assumeTrue(folder.isPresent(), "there is no copy of the suite");
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
