package org.zkc.tests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.zkc.tests.Repository;

/**
 * Logarithms, powers and other functions that java.lang.Math may round differently from machine to
 * machine are StrictMath's in all that is shipped: keys and proofs are the same everywhere.
 */
final class DeterministicMathTest {
  /** The methods of java.lang.Math whose specification allows more than one result. */
  private static final String INEXACT =
      "(sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|exp|expm1|log|log10|log1p|pow|cbrt|hypot)";

  private static final Pattern CALL =
      Pattern.compile("(?<![A-Za-z])Math\\s*(\\.|::)\\s*" + INEXACT + "\\b");
  private static final Pattern STATIC_IMPORT =
      Pattern.compile("import static java\\.lang\\.Math\\.(\\*|" + INEXACT + ");");

  @Test
  void noFunctionWhoseResultDependsOnTheMachine() throws IOException {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(Repository.root())) {
      sources =
          files
              .filter(file ->
                  Repository.root()
                      .relativize(file)
                      .toString()
                      .matches("[^/]+/src/main/java/.*\\.java"))
              .sorted()
              .toList();
    }
    assertTrue(sources.size() > 100, sources.size() + " sources");
    List<String> found = new ArrayList<>();
    for (Path source : sources) {
      String text = Files.readString(source);
      if (CALL.matcher(text).find() || STATIC_IMPORT.matcher(text).find()) {
        found.add(Repository.root().relativize(source).toString());
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void thePatternsFindWhatTheyShould() {
    assertTrue(CALL.matcher("x = Math.log(y)").find());
    assertTrue(CALL.matcher("map(Math::exp)").find());
    assertTrue(!CALL.matcher("StrictMath.log(y) + Math.log2(y) + Math.sqrt(y)").find());
    assertTrue(STATIC_IMPORT.matcher("import static java.lang.Math.pow;").find());
  }
}
