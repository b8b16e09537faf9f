package org.zkc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Relation;
import org.zkc.tests.Repository;

/** Every test that docs/attacks.md names exists, and every relation is in its table. */
final class AttacksDocumentTest {
  // `folder/SomeTest.method`, `SomeTest`, or `.method` of the class named last.
  private static final Pattern NAME =
      Pattern.compile("`(?:(?:[a-z]+/)*(\\w+Test))?(?:\\.(\\w+))?`");

  @Test
  void everyNamedTestExists() throws IOException {
    Map<String, String> sources = testSources();
    int found = 0;
    for (String line : Files.readAllLines(Repository.root().resolve("docs/attacks.md"))) {
      String current = null;
      Matcher m = NAME.matcher(line);
      while (m.find()) {
        current = m.group(1) == null ? current : m.group(1);
        assertTrue(sources.containsKey(current), "no test class " + current + ": " + line);
        if (m.group(2) != null) {
          assertTrue(
              sources.get(current).contains("void " + m.group(2) + "("),
              current + " has no " + m.group(2));
        }
        found++;
      }
    }
    assertTrue(found > 60, "names found: " + found);
  }

  /** The table of relations has a row for each, and no cell of it is empty. */
  @Test
  void everyRelationHasItsAttacks() throws IOException {
    List<String> lines =
        Files.readAllLines(Repository.root().resolve("docs/attacks.md")).stream()
            .dropWhile(line -> !line.equals("## Relations side by side"))
            .dropWhile(line -> !line.startsWith("| --- "))
            .skip(1)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    List<String> expected =
        Stream.of(Relation.class.getPermittedSubclasses())
            .map(Class::getSimpleName)
            .sorted()
            .toList();
    assertEquals(expected, lines.stream().map(line -> cells(line).getFirst()).toList());
    for (String line : lines) {
      List<String> cells = cells(line);
      assertEquals(5, cells.size(), line);
      assertTrue(cells.stream().noneMatch(String::isEmpty), line);
    }
  }

  private static List<String> cells(String row) {
    return Stream.of(row.substring(1, row.lastIndexOf('|')).split("\\|", -1))
        .map(String::strip)
        .toList();
  }

  private static Map<String, String> testSources() throws IOException {
    Map<String, String> out = new HashMap<>();
    for (String module :
        new String[] {"backend-gkr", "passes", "runtime", "frontend-torchscript", "tests"}) {
      try (Stream<Path> files =
          Files.walk(Repository.root().resolve(module).resolve("src/test/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
          out.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
        }
      }
    }
    return out;
  }
}
