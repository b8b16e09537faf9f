package org.zkc.torchexport.program;

import static org.zkc.torchexport.program.Fields.array;
import static org.zkc.torchexport.program.Fields.field;
import static org.zkc.torchexport.program.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reads graphs and their nodes. */
final class GraphReader {
  private GraphReader() {}

  static Graph graph(JsonNode json) {
    List<Node> nodes = new ArrayList<>();
    array(field(json, "nodes"), "nodes").forEach(n -> JsonLimits.add(node(n), nodes));
    return new Graph(arguments(field(json, "inputs")), nodes, arguments(field(json, "outputs")));
  }

  static List<Argument> arguments(JsonNode json) {
    List<Argument> out = new ArrayList<>();
    array(json, "arguments").forEach(a -> out.add(ArgumentReader.argument(a)));
    return out;
  }

  static Node node(JsonNode json) {
    List<Node.NamedArgument> inputs = new ArrayList<>();
    array(field(json, "inputs"), "inputs")
        .forEach(i ->
            inputs.add(
                new Node.NamedArgument(
                    text(field(i, "name"), "name"), ArgumentReader.argument(field(i, "arg")))));
    return new Node(
        text(field(json, "target"), "target"),
        inputs,
        arguments(field(json, "outputs")),
        StackTrace.userLine(json.path("metadata").path("stack_trace").asText("")));
  }
}
