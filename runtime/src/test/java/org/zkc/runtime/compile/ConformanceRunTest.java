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
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The self-checking programs of StableHLO's own test suite are run, where a copy stands in {@code
 * shared/conformance/stablehlo} beside the repository or above.
 */
final class ConformanceRunTest {
  private static final Path PLACE = Path.of("shared", "conformance", "stablehlo");
  private static final Pattern ELEMENTS = Pattern.compile("tensor<(?:[0-9]+x)*([^>]*)>");
  private static final Set<String> COMMON = Set.of("f32", "i32", "i64", "i1");

  /** The share that must agree, of all files and of those with common elements. */
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
    List<String> refused = new ArrayList<>();
    int agree = 0;
    int common = 0;
    int commonAgree = 0;
    for (Path file : files) {
      boolean isCommon = isCommon(file);
      common += isCommon ? 1 : 0;
      switch (SelfCheckRun.of(file)) {
        case SelfCheckRun.Outcome.Agrees _ -> {
          agree++;
          commonAgree += isCommon ? 1 : 0;
        }
        case SelfCheckRun.Outcome.Refused r -> refused.add(file.getFileName() + ": " + r.why());
        case SelfCheckRun.Outcome.Differs d -> different.add(file.getFileName() + ": " + d.what());
      }
    }
    assertEquals(List.of(), different);
    String those = "refused:\n" + String.join("\n", refused);
    assertTrue(agree >= AGREE * files.size(), agree + " of " + files.size() + " agree; " + those);
    assertTrue(
        commonAgree >= AGREE * common,
        commonAgree + " of " + common + " with elements of f32, i32, i64, i1 agree; " + those);
    assertEquals(List.of(), refused.stream().filter(r -> !r.contains(".mlir:")).toList());
  }

  /** Whether all elements of a file are of f32, i32, i64 and i1. */
  private static boolean isCommon(Path file) throws IOException {
    Matcher type = ELEMENTS.matcher(Files.readString(file));
    while (type.find()) {
      if (!COMMON.contains(type.group(1))) {
        return false;
      }
    }
    return true;
  }
}
