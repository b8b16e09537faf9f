package org.zkc.torchexport.program;

import static org.zkc.torchexport.program.Fields.array;
import static org.zkc.torchexport.program.Fields.damaged;
import static org.zkc.torchexport.program.Fields.field;
import static org.zkc.torchexport.program.Fields.object;
import static org.zkc.torchexport.program.Fields.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.zkc.ir.UserException;
import org.zkc.torchexport.program.ExportedProgram.CallSignature;
import org.zkc.torchexport.program.ExportedProgram.InputSpec;
import org.zkc.torchexport.program.ExportedProgram.OutputSpec;
import org.zkc.torchexport.program.ExportedProgram.Range;

/**
 * Reads {@code models/model.json}, the record {@code ExportedProgram} of the export schema (in
 * PyTorch {@code torch/_export/serde/schema.py}), major version 8. Nodes are read one at a time, so
 * that the stack traces, which are most of the text, are never in memory together. Fields that are
 * not known are skipped, as minor versions add them.
 */
public final class ExportedProgramReader {
  private static final int MAJOR = 8;

  private Graph graph = new Graph(List.of(), List.of(), List.of());
  private boolean hasGraph;
  private final Map<String, TensorMeta> tensors = new HashMap<>();
  private final List<InputSpec> inputs = new ArrayList<>();
  private final List<OutputSpec> outputs = new ArrayList<>();
  private boolean hasSignature;
  private final Map<String, Range> ranges = new HashMap<>();
  private Optional<JsonNode> forward = Optional.empty();
  private final Map<String, List<String>> namedTuples = new HashMap<>();
  private Optional<String> torchVersion = Optional.empty();
  private OptionalLong major = OptionalLong.empty();

  private ExportedProgramReader() {}

  /**
   * Reads a program.
   *
   * @throws UserException when it is not such a record, or of another major version
   */
  public static ExportedProgram read(MemorySegment json) {
    if (json.byteSize() > JsonLimits.MAX_BYTES) {
      throw new UserException(
          "The archive's program has %d bytes of JSON; zkc reads up to %d."
              .formatted(json.byteSize(), JsonLimits.MAX_BYTES));
    }
    ExportedProgramReader reader = new ExportedProgramReader();
    try (JsonParser parser =
        JsonLimits.MAPPER.createParser(new ByteBufferBackedInputStream(json.asByteBuffer()))) {
      reader.program(parser);
    } catch (JsonProcessingException e) {
      // Without what Jackson says of its own options.
      String what = e.getOriginalMessage().replaceAll(" \\(start marker at .*|, from `[^`]*`", "");
      throw damaged("its JSON cannot be read (%s)".formatted(what));
    } catch (IOException e) {
      throw damaged("its JSON cannot be read");
    }
    return reader.finish();
  }

  private ExportedProgram finish() {
    if (major.isEmpty()) {
      throw damaged("its schema version is missing");
    }
    if (major.getAsLong() != MAJOR) {
      throw new UserException(
          "The archive has version %d of torch.export's schema; zkc reads version %d. Export the model again with a %s torch."
              .formatted(
                  major.getAsLong(), MAJOR, major.getAsLong() < MAJOR ? "newer" : "released"));
    }
    if (!hasGraph || !hasSignature) {
      throw damaged("it has no graph or no signature");
    }
    requireOneResult();
    return new ExportedProgram(
        graph,
        tensors,
        inputs,
        outputs,
        ranges,
        forward.flatMap(this::callSignature),
        torchVersion);
  }

  /** The results are listed twice: both lists must name the same values. */
  private void requireOneResult() {
    for (int i = 0; i < outputs.size() && outputs.size() == graph.outputs().size(); i++) {
      if (outputs.get(i) instanceof OutputSpec.User user
          && user.argument() instanceof Argument.Name listed
          && graph.outputs().get(i) instanceof Argument.Name returned
          && !listed.name().equals(returned.name())) {
        throw damaged(
            "its signature says that it returns %s, its graph %s"
                .formatted(listed.name(), returned.name()));
      }
    }
  }

  /** Reads the fields of an object; the reader of a field's value stands at the value. */
  private interface FieldReader {
    void read(String name, JsonParser parser) throws IOException;
  }

  private static void fields(JsonParser parser, String what, FieldReader reader)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw damaged("'%s' is no object".formatted(what));
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      reader.read(name, parser);
    }
  }

  private interface ElementReader {
    void read(JsonNode element);
  }

  private static void elements(JsonParser parser, String what, ElementReader reader)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw damaged("'%s' is no list".formatted(what));
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      reader.read(tree(parser));
    }
  }

  private static JsonNode tree(JsonParser parser) throws IOException {
    return JsonLimits.MAPPER.readTree(parser);
  }

  private void program(JsonParser start) throws IOException {
    start.nextToken();
    fields(
        start,
        "the whole",
        (name, parser) -> {
          switch (name) {
            case "graph_module" -> fields(parser, name, this::module);
            case "schema_version" ->
                major = OptionalLong.of(Fields.integer(field(tree(parser), "major"), "major"));
            case "range_constraints" ->
                object(tree(parser), name)
                    .properties()
                    .forEach(e -> ranges.put(e.getKey(), range(e.getValue())));
            case "torch_version" -> torchVersion = Optional.of(text(tree(parser), name));
            default -> parser.skipChildren();
          }
        });
    if (start.nextToken() != null) {
      throw damaged("something follows its end");
    }
  }

  private static Range range(JsonNode json) {
    return new Range(
        Fields.optionalInteger(json.path("min_val")), Fields.optionalInteger(json.path("max_val")));
  }

  private void module(String field, JsonParser parser) throws IOException {
    switch (field) {
      case "graph" -> graph(parser);
      case "signature" -> signature(tree(parser));
      case "module_call_graph" ->
          elements(
              parser,
              field,
              entry -> {
                if (entry.path("fqn").asText("?").isEmpty()) {
                  forward = Optional.of(entry.path("signature"));
                }
              });
      case "treespec_namedtuple_fields" ->
          object(tree(parser), field)
              .properties()
              .forEach(e -> {
                List<String> names = new ArrayList<>();
                e.getValue().path("field_names").forEach(n -> names.add(n.asText()));
                namedTuples.put(e.getKey(), names);
              });
      default -> parser.skipChildren();
    }
  }

  private void graph(JsonParser start) throws IOException {
    List<Argument> in = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    List<Argument> out = new ArrayList<>();
    fields(
        start,
        "graph",
        (name, parser) -> {
          switch (name) {
            case "inputs" -> elements(parser, name, a -> in.add(ArgumentReader.argument(a)));
            case "outputs" -> elements(parser, name, a -> out.add(ArgumentReader.argument(a)));
            case "nodes" -> elements(parser, name, n -> JsonLimits.add(GraphReader.node(n), nodes));
            case "tensor_values" ->
                fields(
                    parser,
                    name,
                    (tensor, p) -> tensors.put(tensor, ArgumentReader.tensorMeta(tree(p))));
            default -> parser.skipChildren();
          }
        });
    graph = new Graph(in, nodes, out);
    hasGraph = true;
  }

  private void signature(JsonNode json) {
    array(field(json, "input_specs"), "input_specs").forEach(s -> inputs.add(input(s)));
    array(field(json, "output_specs"), "output_specs").forEach(s -> outputs.add(output(s)));
    hasSignature = true;
  }

  private static InputSpec input(JsonNode json) {
    Map.Entry<String, JsonNode> union = Fields.union(json, "input_specs");
    JsonNode value = union.getValue();
    return switch (union.getKey()) {
      case "parameter" -> stored(value, "parameter_name", InputSpec.Kind.PARAMETER);
      case "buffer" -> stored(value, "buffer_name", InputSpec.Kind.BUFFER);
      case "tensor_constant" -> stored(value, "tensor_constant_name", InputSpec.Kind.CONSTANT);
      case "user_input" -> new InputSpec.User(ArgumentReader.argument(field(value, "arg")));
      case "constant_input" ->
          new InputSpec.Constant(
              text(field(value, "name"), "name"), ArgumentReader.argument(field(value, "value")));
      default -> new InputSpec.Unsupported(union.getKey());
    };
  }

  private static InputSpec stored(JsonNode json, String nameField, InputSpec.Kind kind) {
    return new InputSpec.Stored(
        ArgumentReader.tensor(field(json, "arg")).name(),
        text(field(json, nameField), nameField),
        kind);
  }

  private static OutputSpec output(JsonNode json) {
    Map.Entry<String, JsonNode> union = Fields.union(json, "output_specs");
    JsonNode value = union.getValue();
    return switch (union.getKey()) {
      case "user_output" -> new OutputSpec.User(ArgumentReader.argument(field(value, "arg")));
      case "buffer_mutation", "user_input_mutation" ->
          new OutputSpec.Mutation(ArgumentReader.tensor(field(value, "arg")));
      default -> new OutputSpec.Unsupported(union.getKey());
    };
  }

  private Optional<CallSignature> callSignature(JsonNode json) {
    Optional<TreeSpec> in =
        Fields.optionalText(json, "in_spec").flatMap(t -> TreeSpec.parse(t, namedTuples));
    Optional<TreeSpec> out =
        Fields.optionalText(json, "out_spec").flatMap(t -> TreeSpec.parse(t, namedTuples));
    if (in.isEmpty() || out.isEmpty()) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    json.path("forward_arg_names").forEach(n -> names.add(n.asText()));
    return Optional.of(new CallSignature(names, in.get(), out.get()));
  }
}
