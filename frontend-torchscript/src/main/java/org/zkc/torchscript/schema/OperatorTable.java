package org.zkc.torchscript.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The operators whose calls the reader can resolve, from the resource {@code operators.txt}. */
public final class OperatorTable {
  private static final SortedMap<String, List<String>> LINES = load();

  /** Parsed on first use: a model has few of the operators. */
  private static final Map<String, List<OperatorSchema>> OVERLOADS = new ConcurrentHashMap<>();

  private OperatorTable() {}

  /**
   * Overloads of {@code aten.add} in the order in which they are tried; empty for an unknown
   * operator.
   */
  public static List<OperatorSchema> overloads(String name) {
    return OVERLOADS.computeIfAbsent(
        name, n -> LINES.getOrDefault(n, List.of()).stream().map(SchemaParser::parse).toList());
  }

  /** Qualified names, sorted. */
  public static SortedSet<String> names() {
    return new TreeSet<>(LINES.keySet());
  }

  private static SortedMap<String, List<String>> load() {
    SortedMap<String, List<String>> out = new TreeMap<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                OperatorTable.class.getResourceAsStream("operators.txt"),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.startsWith("#")) {
          out.computeIfAbsent(SchemaParser.name(line), _ -> new ArrayList<>()).add(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }
}
