package org.zkc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.zkc.tests.Repository;

/** Code cites docs/protocol.md by numbers; every number that it cites is there. */
final class ProtocolDocumentTest {
  private static final Pattern HEADING = Pattern.compile("^#{2,3} (\\d+(?:\\.\\d+)?)\\.? ");
  private static final Pattern STEP = Pattern.compile("^(\\d+)\\. \\*\\*");
  private static final Pattern CITATION =
      Pattern.compile("docs/protocol\\.md[\\s*/]+section[\\s*/]+(\\d+(?:\\.\\d+)?)");

  /** Numbers of headings, and of the steps listed under a heading: step 5 of section 5 is 5.5. */
  private static Set<String> numbers() throws IOException {
    Set<String> numbers = new TreeSet<>();
    String section = "";
    for (String line : Files.readAllLines(Repository.root().resolve("docs/protocol.md"))) {
      Matcher heading = HEADING.matcher(line);
      Matcher step = STEP.matcher(line);
      if (heading.find()) {
        section = heading.group(1);
        numbers.add(section);
      } else if (step.find()) {
        numbers.add(section + "." + step.group(1));
      }
    }
    return numbers;
  }

  @Test
  void everyCitedSectionIsThere() throws IOException {
    Set<String> numbers = numbers();
    Map<String, String> citations = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Repository.root())) {
      for (Path file :
          files
              .filter(f -> f.toString().endsWith(".java") && !f.toString().contains("target"))
              .toList()) {
        Matcher m = CITATION.matcher(Files.readString(file));
        while (m.find()) {
          citations.put(m.group(1), file.getFileName().toString());
        }
      }
    }
    assertFalse(citations.isEmpty());
    citations.forEach((number, file) ->
        assertTrue(
            numbers.contains(number),
            file + " cites section " + number + " of docs/protocol.md, which has " + numbers));
  }
}
