package org.zkc.torchexport.program;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The structure of nested inputs or outputs, whose leaves are listed in order elsewhere. */
public sealed interface TreeSpec {

  record Leaf() implements TreeSpec {}

  /** A tuple or list. */
  record Sequence(List<TreeSpec> children) implements TreeSpec {
    public Sequence {
      children = List.copyOf(children);
    }
  }

  /** A dictionary, named tuple or other class whose children have names. */
  record Fields(List<String> names, List<TreeSpec> children) implements TreeSpec {
    public Fields {
      names = List.copyOf(names);
      children = List.copyOf(children);
    }
  }

  /** The number of leaves. */
  default long leaves() {
    return switch (this) {
      case Leaf _ -> 1;
      case Sequence s -> s.children().stream().mapToLong(TreeSpec::leaves).sum();
      case Fields f -> f.children().stream().mapToLong(TreeSpec::leaves).sum();
    };
  }

  /** The children of a node; none of a leaf. */
  default List<TreeSpec> below() {
    return switch (this) {
      case Leaf _ -> List.of();
      case Sequence s -> s.children();
      case Fields f -> f.children();
    };
  }

  /**
   * Reads the text that {@code torch.utils._pytree.treespec_dumps} writes: {@code [1, {"type":
   * "builtins.dict", "context": "[\\"a\\"]", "children_spec": [...]}]}. A class that is not known
   * is taken for a dictionary where its context lists as many names as it has children, else for a
   * sequence.
   *
   * @param namedTuples names of the fields of named tuples, by class
   * @return empty where the text is none of version 1
   */
  static Optional<TreeSpec> parse(String text, Map<String, List<String>> namedTuples) {
    try {
      JsonNode root = JsonLimits.MAPPER.readTree(text);
      if (!root.isArray() || root.size() != 2 || root.get(0).asInt(0) != 1) {
        return Optional.empty();
      }
      return Optional.of(node(root.get(1), namedTuples));
    } catch (com.fasterxml.jackson.core.JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static TreeSpec node(JsonNode json, Map<String, List<String>> namedTuples) {
    JsonNode type = json.path("type");
    if (type.isNull()) {
      return new Leaf();
    }
    if (!type.isTextual() || !json.path("children_spec").isArray()) {
      throw new IllegalArgumentException("no node of a tree");
    }
    List<TreeSpec> children = new ArrayList<>();
    json.path("children_spec").forEach(child -> children.add(node(child, namedTuples)));
    List<String> names = names(type.asText(), json.path("context"), namedTuples);
    return names.size() == children.size() && !names.isEmpty()
        ? new Fields(names, children)
        : new Sequence(children);
  }

  private static List<String> names(
      String type, JsonNode context, Map<String, List<String>> namedTuples) {
    if (type.equals("builtins.tuple") || type.equals("builtins.list")) {
      return List.of();
    }
    JsonNode listed = context;
    if (context.isTextual()) {
      try {
        listed = JsonLimits.MAPPER.readTree(context.asText());
      } catch (JsonProcessingException e) {
        return namedTuples.getOrDefault(context.asText(), List.of());
      }
    }
    JsonNode list = firstList(listed);
    if (list.isArray()) {
      return IntStream.range(0, list.size()).mapToObj(i -> list.get(i).asText()).toList();
    }
    return namedTuples.getOrDefault(listed.asText(), List.of());
  }

  /** The list of names itself, or the one inside a pair or object, as a class may write it. */
  private static JsonNode firstList(JsonNode context) {
    if (context.isObject()) {
      for (JsonNode value : context) {
        if (value.isArray()) {
          return value;
        }
      }
    }
    if (context.isArray()) {
      for (JsonNode value : context) {
        if (value.isArray()) {
          return value;
        }
      }
    }
    return context;
  }
}
