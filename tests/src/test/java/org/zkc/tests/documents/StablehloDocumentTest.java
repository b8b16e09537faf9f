package org.zkc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.zkc.stablehlo.lower.HloOperators;
import org.zkc.tests.Repository;

/** docs/stablehlo.md lists the operations that are lowered, no more and no fewer. */
final class StablehloDocumentTest {
  private static final Pattern ROW = Pattern.compile("\\| (stablehlo|chlo|func|mhlo) \\| (.*) \\|");
  private static final Pattern NAME = Pattern.compile("`(\\w+)`");

  @Test
  void everyOperationIsListed() throws IOException {
    SortedSet<String> listed = new TreeSet<>();
    for (String line : Files.readAllLines(Repository.root().resolve("docs/stablehlo.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Matcher name = NAME.matcher(row.group(2));
        while (name.find()) {
          listed.add(row.group(1) + "." + name.group(1));
        }
      }
    }
    assertEquals(new TreeSet<>(HloOperators.names()), listed);
  }
}
