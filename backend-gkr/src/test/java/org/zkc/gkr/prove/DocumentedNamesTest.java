package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.relation.ConstraintSystem;

/**
 * Section 9.1 of docs/protocol.md lists the names of all that relations expand to. Names are labels
 * of the transcript: a second verifier needs them to the letter.
 */
class DocumentedNamesTest {
  private static final Pattern ROW =
      Pattern.compile("\\| `(\\w+)` \\|([^|]*)\\|([^|]*)\\|([^|]*)\\|");
  private static final Pattern NAME = Pattern.compile("NAME(?: `( [^`]+)`)?");

  /** Numbers that are counted. */
  private static final Pattern COUNTED =
      Pattern.compile("(relation|limb|exponent|difference|greatest) \\d+");

  private static List<Circuit> circuits() {
    List<Circuit> out = new ArrayList<>();
    Stream.of(SmallCircuits.values()).forEach(kind -> out.add(kind.build(1).circuit()));
    for (long seed = 7000; seed < 7100; seed++) {
      try {
        out.add(RandomCircuits.of(seed).circuit());
      } catch (InvalidCircuit valuesGrowTooLarge) {
        continue;
      }
    }
    return out;
  }

  @Test
  void everyNameIsListedAndNoOther() throws IOException {
    TreeSet<String> used = new TreeSet<>();
    for (Circuit circuit : circuits()) {
      ConstraintSystem system = ConstraintSystem.of(CircuitCheck.check(circuit));
      system.definitions().forEach(d -> used.add("definition: " + withoutNumbers(d.name())));
      system.lookups().forEach(l -> used.add("lookup: " + withoutNumbers(l.name())));
      system.zeroProducts().forEach(z -> used.add("zero product: " + withoutNumbers(z.name())));
    }
    TreeSet<String> listed = new TreeSet<>();
    for (String line : section()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        enter(listed, "definition", row.group(1), row.group(2));
        enter(listed, "lookup", row.group(1), row.group(3));
        enter(listed, "zero product", row.group(1), row.group(4));
      }
    }
    assertEquals(String.join("\n", used), String.join("\n", listed));
  }

  private static void enter(TreeSet<String> listed, String what, String kind, String names) {
    Matcher name = NAME.matcher(names);
    while (name.find()) {
      String added = name.group(1) == null ? "" : name.group(1);
      listed.add(what + ": relation K " + kind + added);
    }
  }

  private static String withoutNumbers(String name) {
    return COUNTED
        .matcher(name)
        .replaceAll(m -> m.group(1) + (m.group(1).equals("relation") ? " K" : " N"));
  }

  private static List<String> section() throws IOException {
    Path module = Path.of(System.getProperty("basedir", "."));
    List<String> lines = Files.readAllLines(module.resolve("../docs/protocol.md"));
    List<String> behind = lines.subList(lines.indexOf("### 9.1 Names") + 1, lines.size());
    return behind.stream().takeWhile(line -> !line.startsWith("#")).toList();
  }
}
