package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that check themselves with some of their words changed: whatever comes of them, reader,
 * lowering and interpreter end in an outcome, and in no exception but one for people.
 */
final class MutatedProgramsTest {
  private static final int MUTANTS = 40;
  private static final int MOST_CHANGES = 4;
  private static final Pattern WORD = Pattern.compile("-?\\d+|[%@A-Za-z_][\\w.]*|[^\\s\\w]");
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w%.])-?\\d+(?=[x,>\\]\\s])");
  private static final Pattern TYPE = Pattern.compile("\\b(ui?\\d+|i\\d+|f32)(?=>)");
  private static final List<String> NUMBERS =
      List.of("0", "-1", "1", "3", "2147483648", "9223372036854775807", "99999999999", "65");
  private static final List<String> TYPES =
      List.of("f32", "i32", "i1", "ui8", "bf16", "complex<f32>", "i4", "index");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bitcast-computed",
        "chlo-broadcast",
        "cholesky",
        "complex-arithmetic",
        "dynamic-shapes",
        "fft2",
        "map",
        "mhlo-topk",
        "rfft",
        "sort-four",
        "triangular-101"
      })
  void endsInAnOutcome(String name) throws IOException, URISyntaxException {
    Path original =
        Path.of(
            Objects.requireNonNull(getClass().getResource("checked/" + name + ".mlir")).toURI());
    String text = Files.readString(original);
    Random random = new Random(name.hashCode());
    for (int k = 0; k < MUTANTS; k++) {
      String mutant = text;
      for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
        mutant = changed(mutant, random);
      }
      Path file = Files.writeString(folder.resolve(name + k + ".mlir"), mutant);
      assertNotNull(SelfCheckRun.of(file).text(), mutant);
    }
  }

  private static String changed(String text, Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> replaced(text, WORD, List.of("", "stablehlo.abs", "%a0", "{"), random);
      case 1 -> replaced(text, TYPE, TYPES, random);
      case 2 -> swapped(text, random);
      default -> replaced(text, NUMBER, NUMBERS, random);
    };
  }

  /** The text with another word in one place. */
  private static String replaced(String text, Pattern where, List<String> by, Random random) {
    List<MatchResult> places = where.matcher(text).results().toList();
    if (places.isEmpty()) {
      return text;
    }
    MatchResult place = places.get(random.nextInt(places.size()));
    return text.substring(0, place.start())
        + by.get(random.nextInt(by.size()))
        + text.substring(place.end());
  }

  /** The text with two of its lines exchanged. */
  private static String swapped(String text, Random random) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    int first = random.nextInt(lines.size());
    int second = random.nextInt(lines.size());
    String kept = lines.get(first);
    lines.set(first, lines.get(second));
    lines.set(second, kept);
    return String.join("\n", lines) + "\n";
  }
}
