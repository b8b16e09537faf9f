package org.zkc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.CircuitLimits;
import org.zkc.ir.FieldBounds;
import org.zkc.tests.Repository;

/**
 * Each number of docs/limits.md is that of the constant beside it, and the two tables of limits are
 * there as a whole.
 */
final class LimitsDocumentTest {
  private static final Pattern ROW = Pattern.compile("\\| `([\\w.]+)\\.(\\w+)` \\| ([^|]+) \\| .+");

  private static final int FEWEST = 40;

  @Test
  void everyLimitIsTheConstant() throws IOException, ReflectiveOperationException {
    int rows = 0;
    for (String line : Files.readAllLines(Repository.root().resolve("docs/limits.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Field field = Class.forName("org.zkc." + row.group(1)).getDeclaredField(row.group(2));
        field.setAccessible(true);
        assertEquals(number(row.group(3)), ((Number) field.get(null)).longValue(), line);
        rows++;
      }
    }
    assertTrue(rows >= FEWEST, rows + " limits");
  }

  @Test
  void theTwoTablesAreListedWhole() throws IOException {
    String page = Files.readString(Repository.root().resolve("docs/limits.md"));
    List<String> missing = new ArrayList<>();
    for (Class<?> table : List.of(FieldBounds.class, CircuitLimits.class)) {
      for (Field field : table.getDeclaredFields()) {
        String name = table.getName().substring("org.zkc.".length()) + "." + field.getName();
        if (Modifier.isPublic(field.getModifiers()) && !page.contains("| `" + name + "` |")) {
          missing.add(name);
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  /** {@code 200,000}, {@code 2^20} or {@code 2^31 - 1}. */
  private static long number(String text) {
    Matcher power = Pattern.compile("2\\^(\\d+)( - 1)?").matcher(text.strip());
    return power.matches()
        ? (1L << Integer.parseInt(power.group(1))) - (power.group(2) == null ? 0 : 1)
        : Long.parseLong(text.strip().replace(",", ""));
  }
}
