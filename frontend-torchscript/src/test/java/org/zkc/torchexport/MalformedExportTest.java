package org.zkc.torchexport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.UserException;

/** Archives changed at random are read or refused with a message; nothing else, and soon. */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class MalformedExportTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long[] NUMBERS = {
    -1, 0, 1, 2, 7, 1000, 1L << 31, (1L << 31) - 1, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
  };

  /** Reads; only a UserException with a sentence is allowed. */
  private static boolean accepted(MemorySegment archive, String what) {
    try {
      TorchExportReader.read("m.pt2", archive);
      return true;
    } catch (UserException e) {
      assertTrue(
          e.getMessage().length() > 10 && e.getMessage().length() < 1500,
          what + ": " + e.getMessage());
      return false;
    } catch (RuntimeException | Error e) {
      return fail(what + " makes the reader fail", e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nested_values", "control_flow", "dynamic_batch"})
  void changedBytesOfTheFile(String base) throws IOException {
    byte[] file = Files.readAllBytes(SampleExports.path(base));
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] changed = file.clone();
      for (int i = random.nextInt(8); i >= 0; i--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      accepted(MemorySegment.ofArray(changed), base + ", seed " + seed);
    }
  }

  @Test
  void truncatedFiles() throws IOException {
    byte[] file = Files.readAllBytes(SampleExports.path("control_flow"));
    for (int length = 0; length < file.length; length += 97) {
      byte[] part = Arrays.copyOf(file, length);
      assertFalse(accepted(MemorySegment.ofArray(part), "length " + length));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nested_values", "control_flow", "dynamic_batch", "recurrence"})
  void missingRecords(String base) throws IOException {
    for (String name : SampleExports.records(base).keySet()) {
      Map<String, byte[]> records = SampleExports.records(base);
      records.remove(name);
      accepted(SampleExports.archive(records), base + " without " + name);
    }
  }

  /** Values of the JSON records exchanged, removed, repeated, or made other numbers and kinds. */
  @ParameterizedTest
  @ValueSource(strings = {"nested_values", "control_flow", "dynamic_batch", "recurrence"})
  void changedPrograms(String base) throws IOException {
    Map<String, byte[]> records = SampleExports.records(base);
    List<String> names = records.keySet().stream().filter(n -> n.endsWith(".json")).toList();
    int read = 0;
    for (long seed = 0; seed < 1500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      String name = names.get(random.nextInt(names.size()));
      JsonNode root = JSON.readTree(records.get(name));
      for (int i = random.nextInt(3); i >= 0; i--) {
        mutate(root, random);
      }
      Map<String, byte[]> changed = new LinkedHashMap<>(records);
      changed.put(name, JSON.writeValueAsBytes(root));
      read +=
          accepted(SampleExports.archive(changed), base + " " + name + ", seed " + seed) ? 1 : 0;
    }
    assertTrue(read > 20, "mutations that are still read: " + read);
  }

  private static void mutate(JsonNode root, SplittableRandom random) {
    List<JsonNode> containers = new ArrayList<>();
    collect(root, containers);
    JsonNode from = containers.get(random.nextInt(containers.size()));
    JsonNode into = containers.get(random.nextInt(containers.size()));
    JsonNode value =
        switch (random.nextInt(5)) {
          case 0 -> JSON.getNodeFactory().numberNode(NUMBERS[random.nextInt(NUMBERS.length)]);
          case 1 -> JSON.getNodeFactory().textNode("x");
          case 2 -> JSON.getNodeFactory().nullNode();
          case 3 -> JSON.getNodeFactory().arrayNode();
          default -> child(from, random).deepCopy();
        };
    if (into instanceof ObjectNode o && !o.isEmpty()) {
      List<String> keys = new ArrayList<>();
      o.fieldNames().forEachRemaining(keys::add);
      String key = keys.get(random.nextInt(keys.size()));
      if (random.nextInt(4) == 0) {
        o.remove(key);
      } else {
        o.set(key, value);
      }
    } else if (into instanceof ArrayNode a && !a.isEmpty()) {
      int at = random.nextInt(a.size());
      switch (random.nextInt(3)) {
        case 0 -> a.remove(at);
        case 1 -> a.insert(at, a.get(random.nextInt(a.size())).deepCopy());
        default -> a.set(at, value);
      }
    }
  }

  private static JsonNode child(JsonNode node, SplittableRandom random) {
    List<JsonNode> children = new ArrayList<>();
    node.forEach(children::add);
    return children.isEmpty() ? node : children.get(random.nextInt(children.size()));
  }

  private static void collect(JsonNode node, List<JsonNode> out) {
    if (node.isContainerNode()) {
      out.add(node);
      node.forEach(child -> collect(child, out));
    }
  }

  @Test
  void nestingWithoutEndIsRefused() throws IOException {
    Map<String, byte[]> records = SampleExports.records("control_flow");
    String program =
        records.keySet().stream().filter(n -> n.contains("/models/")).findFirst().orElseThrow();
    for (String open : List.of("[", "{\"graph_module\":", "{\"as_graph\":")) {
      records.put(program, open.repeat(100_000).getBytes(StandardCharsets.UTF_8));
      assertFalse(accepted(SampleExports.archive(records), open));
    }
  }

  /** A program of some sample whose first node stands there often, under names of its own. */
  private static Map<String, byte[]> repeated(int times, String target) throws IOException {
    Map<String, byte[]> records = SampleExports.records("nested_values");
    String name = program(records);
    JsonNode root = JSON.readTree(records.get(name));
    ArrayNode nodes = (ArrayNode) root.path("graph_module").path("graph").path("nodes");
    nodes.removeAll();
    for (int i = 0; i < times; i++) {
      ObjectNode node = nodes.addObject().put("target", target);
      node.putArray("inputs");
      node.putArray("outputs").addObject().putObject("as_tensor").put("name", "n" + i);
    }
    records.put(name, JSON.writeValueAsBytes(root));
    return records;
  }

  private static String program(Map<String, byte[]> records) {
    return records.keySet().stream().filter(n -> n.contains("/models/")).findFirst().orElseThrow();
  }

  private static String refusal(Map<String, byte[]> records) {
    return assertThrows(
            UserException.class,
            () -> TorchExportReader.read("m.pt2", SampleExports.archive(records)))
        .getMessage();
  }

  @Test
  void graphsOfMoreNodesThanAreReadAreRefused() throws IOException {
    String message = refusal(repeated(400_001, "torch.ops.aten.relu.default"));
    assertTrue(message.contains("more than 400000 nodes"), message);
  }

  /** Faults that were found stay, also where reading cannot go on, and their number is bounded. */
  @Test
  void faultsAreListedUpToAThousand(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("m.pt2");
    for (int faults : new int[] {3, 5000}) {
      Map<String, byte[]> records = repeated(faults, "torch.ops.aten.nonsense.default");
      Files.write(
          file, SampleExports.archive(records).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
      TorchExportReader.Checked checked = TorchExportReader.check(file, Map.of());
      assertTrue(checked.model().isEmpty());
      assertEquals(Math.min(faults, 1000) + 1, checked.faults().size());
      assertTrue(checked.faults().getFirst().getMessage().contains("nonsense"));
    }
  }

  @Test
  void resultsThatAreListedTwiceMustBeTheSame() throws IOException {
    Map<String, byte[]> records = SampleExports.records("recurrence");
    String name = program(records);
    JsonNode root = JSON.readTree(records.get(name));
    JsonNode graph = root.path("graph_module").path("graph");
    ObjectNode result = (ObjectNode) graph.path("outputs").get(0).path("as_tensor");
    result.put("name", graph.path("inputs").get(0).path("as_tensor").path("name").asText());
    records.put(name, JSON.writeValueAsBytes(root));
    String message = refusal(records);
    assertTrue(message.contains("its signature says that it returns"), message);
  }

  @Test
  void textThatEndsTooEarlyIsRefusedWithoutWordsOfTheJsonReader() throws IOException {
    Map<String, byte[]> records = SampleExports.records("control_flow");
    for (String text : List.of("{", "{\"other\": " + "[".repeat(500))) {
      records.put(program(records), text.getBytes(StandardCharsets.UTF_8));
      String message = refusal(records);
      assertTrue(message.contains("its JSON cannot be read"), message);
      assertFalse(message.contains("Source") || message.contains("StreamRead"), message);
    }
  }
}
