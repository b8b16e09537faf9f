package org.zkc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zkc.passes.Pass;
import org.zkc.passes.PassCatalogue;
import org.zkc.tests.Repository;

/**
 * docs/passes.md has a section for each pass of the catalogue, in its order, which opens with the
 * pass's description.
 */
final class PassesDocumentTest {

  @Test
  void everyPassHasItsSection() throws IOException {
    Map<String, String> sections =
        sections(Files.readAllLines(Repository.root().resolve("docs/passes.md")));
    Map<String, String> expected = new LinkedHashMap<>();
    for (Pass pass : PassCatalogue.all()) {
      expected.putIfAbsent(pass.name(), opening(pass));
    }
    assertEquals(new ArrayList<>(expected.keySet()), new ArrayList<>(sections.keySet()));
    expected.forEach((name, opening) -> {
      String section = sections.get(name);
      assertTrue(
          section.startsWith(opening), name + " opens with\n" + opening + "\nnot with\n" + section);
      assertTrue(section.length() > opening.length() + 40, name + " has no paragraph of its own");
    });
  }

  private static String opening(Pass pass) {
    List<String> levels =
        PassCatalogue.byName(pass.name()).stream().map(p -> p.level().text()).toList();
    return "*%s level%s, %s.* %s"
        .formatted(
            String.join(", ", levels),
            levels.size() == 1 ? "" : "s",
            pass.isOptimisation() ? "optimisation" : "always on",
            pass.description());
  }

  /** Third-level headings with their text on one line. */
  private static Map<String, String> sections(List<String> lines) {
    Map<String, String> out = new LinkedHashMap<>();
    String current = null;
    for (String line : lines) {
      if (line.startsWith("### ")) {
        current = line.substring(4).strip();
        out.put(current, "");
      } else if (line.startsWith("#")) {
        current = null;
      } else if (current != null) {
        out.merge(current, line.strip(), (a, b) -> a.isEmpty() ? b : a + " " + b);
      }
    }
    return out;
  }
}
