package org.zkc.torchscript.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The operators whose calls the reader can resolve, from the resource {@code operators.txt}. */
public final class OperatorTable {
  private static final SortedMap<String, List<OperatorSchema>> OVERLOADS = load();

  private OperatorTable() {}

  /**
   * Overloads of {@code aten.add} in the order in which they are tried; empty for an unknown
   * operator.
   */
  public static List<OperatorSchema> overloads(String name) {
    return OVERLOADS.getOrDefault(name, List.of());
  }

  /** Qualified names, sorted. */
  public static SortedSet<String> names() {
    return new TreeSet<>(OVERLOADS.keySet());
  }

  private static SortedMap<String, List<OperatorSchema>> load() {
    SortedMap<String, List<OperatorSchema>> out = new TreeMap<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                OperatorTable.class.getResourceAsStream("operators.txt"),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.startsWith("#")) {
          OperatorSchema schema = SchemaParser.parse(line);
          out.computeIfAbsent(schema.name(), _ -> new ArrayList<>()).add(schema);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }
}
