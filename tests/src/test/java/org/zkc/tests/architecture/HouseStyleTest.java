package org.zkc.tests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.zkc.tests.Repository;

/** House rules that a compiler does not check, over every Java file of the repository. */
final class HouseStyleTest {
  private static final int MAX_LINES = 600;
  private static final Set<String> VAGUE_PACKAGES =
      Set.of("util", "utils", "common", "core", "impl", "helper", "helpers", "misc");
  private static final Pattern VAGUE_CLASS =
      Pattern.compile(".*(Util|Utils|Helper|Helpers|Impl|Common)\\.java");
  private static final Pattern REMARK_WITHOUT_ISSUE =
      Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b(?!\\(#\\d+\\))");
  private static final Pattern DOC_COMMENT_WITHOUT_SUBJECT =
      Pattern.compile("/\\*\\*[\\s*]*(Of|What|Where|Once)\\s");
  private static final Pattern MACHINE_PATH = Pattern.compile("\"/(home|Users|tmp|work|root|opt)/");

  /**
   * Where one name means one thing at several levels: an op or a relation has the name of what it
   * becomes a level below, and the backend repeats rules of the compiler, which it does not trust.
   */
  private static final Pattern LEVEL =
      Pattern.compile("/org/zkc/(ir(/\\w+)?|gkr/circuit)/\\w+\\.java$");

  /**
   * Terms of two fields: of proofs and of Python, of tensors and of StableHLO, of networks and of
   * layered circuits.
   */
  private static final Set<String> TERMS_OF_TWO_FIELDS =
      Set.of("Statement", "Elementwise", "Layer");

  private record Source(Path file, List<String> lines) {}

  private static List<Source> sources;

  @BeforeAll
  static void readSources() throws IOException {
    try (Stream<Path> files = Files.walk(Repository.root())) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file ->
                  Repository.root()
                      .relativize(file)
                      .toString()
                      .matches("[^/]+/src/(main|test)/java/.*"))
              .sorted()
              .map(HouseStyleTest::read)
              .toList();
    }
    assertFalse(
        sources.size() < 50,
        "only " + sources.size() + " Java files found under " + Repository.root());
  }

  private static Source read(Path file) {
    try {
      return new Source(Repository.root().relativize(file), Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void filesStayReadable() {
    check((source, found) -> {
      if (source.lines().size() > MAX_LINES) {
        found.add(
            source.file() + ": " + source.lines().size() + " lines, the limit is " + MAX_LINES);
      }
    });
  }

  @Test
  void namesSayWhatIsInside() {
    check((source, found) -> {
      for (Path segment : source.file().getParent()) {
        if (VAGUE_PACKAGES.contains(segment.toString())) {
          found.add(source.file() + ": the package name '" + segment + "' says nothing");
        }
      }
      if (VAGUE_CLASS.matcher(source.file().getFileName().toString()).matches()) {
        found.add(source.file() + ": the class name says nothing");
      }
    });
  }

  @Test
  void oneNameOneClass() {
    Map<String, List<Source>> classes =
        sources.stream()
            .filter(source -> source.file().toString().contains("/src/main/"))
            .collect(
                Collectors.groupingBy(
                    source -> source.file().getFileName().toString().replace(".java", "")));
    List<String> found = new ArrayList<>();
    classes.forEach((name, files) -> {
      boolean isMirrored =
          files.stream().allMatch(source -> LEVEL.matcher(source.file().toString()).find());
      if (files.size() > 1
          && !isMirrored
          && !name.equals("package-info")
          && !TERMS_OF_TWO_FIELDS.contains(name)) {
        found.add(name + ": " + files.stream().map(Source::file).toList());
      }
    });
    assertEquals(List.of(), found);
  }

  @Test
  void openRemarksNameAnIssue() {
    checkLines(
        REMARK_WITHOUT_ISSUE, "an open remark needs the number of its issue, as in TODO(#12)");
  }

  @Test
  void noPathOfOneMachine() {
    checkLines(MACHINE_PATH, "a path that exists on one machine only");
  }

  @Test
  void docCommentsOpenWithTheirSubject() {
    check((source, found) -> {
      if (source.file().toString().contains("/src/main/")) {
        DOC_COMMENT_WITHOUT_SUBJECT
            .matcher(String.join("\n", source.lines()))
            .results()
            .forEach(opening ->
                found.add(
                    source.file()
                        + ": a doc comment names its subject before '"
                        + opening.group(1)
                        + "'"));
      }
    });
  }

  private static void checkLines(Pattern forbidden, String reason) {
    check((source, found) -> {
      // The patterns above would match their own definitions.
      if (source.file().endsWith("HouseStyleTest.java")) {
        return;
      }
      for (int i = 0; i < source.lines().size(); i++) {
        if (forbidden.matcher(source.lines().get(i)).find()) {
          found.add(
              source.file() + ":" + (i + 1) + ": " + reason + ": " + source.lines().get(i).strip());
        }
      }
    });
  }

  private static void check(BiConsumer<Source, List<String>> rule) {
    List<String> found = new ArrayList<>();
    sources.forEach(source -> rule.accept(source, found));
    assertEquals(List.of(), found);
  }
}
