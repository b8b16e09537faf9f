package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The self-checking programs of StableHLO's own test suite are run, where a copy stands in {@code
 * shared/conformance/stablehlo} beside the repository or above.
 */
final class ConformanceRunTest {
  private static final Path PLACE = Path.of("shared", "conformance", "stablehlo");
  private static final double AGREE = 0.9;

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
  void noneDiffersAndMostAgree() throws IOException {
    Optional<Path> folder = folder();
    assumeTrue(folder.isPresent(), "there is no copy of the suite");
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder.orElseThrow())) {
      files = all.filter(f -> f.toString().endsWith(".mlir")).sorted().toList();
    }
    List<String> different = new ArrayList<>();
    int agree = 0;
    for (Path file : files) {
      switch (SelfCheckRun.of(file)) {
        case SelfCheckRun.Outcome.Agrees _ -> agree++;
        case SelfCheckRun.Outcome.Refused _ -> {}
        case SelfCheckRun.Outcome.Differs d -> different.add(file.getFileName() + ": " + d.what());
      }
    }
    assertEquals(List.of(), different);
    assertTrue(agree >= AGREE * files.size(), agree + " of " + files.size() + " agree");
  }
}
