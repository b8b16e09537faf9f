package org.zkc.torchexport.program;

import static org.zkc.torchexport.program.Fields.array;
import static org.zkc.torchexport.program.Fields.damaged;
import static org.zkc.torchexport.program.Fields.field;
import static org.zkc.torchexport.program.Fields.integer;
import static org.zkc.torchexport.program.Fields.real;
import static org.zkc.torchexport.program.Fields.text;
import static org.zkc.torchexport.program.Fields.truth;
import static org.zkc.torchexport.program.Fields.union;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.zkc.torchexport.program.Argument.Bool;
import org.zkc.torchexport.program.Argument.Elements;
import org.zkc.torchexport.program.Argument.Int;
import org.zkc.torchexport.program.Argument.Kind;
import org.zkc.torchexport.program.Argument.Name;
import org.zkc.torchexport.program.Argument.Real;
import org.zkc.torchexport.program.Argument.Text;
import org.zkc.torchscript.pickle.StorageType;

/** Reads the unions and small records of the schema. */
final class ArgumentReader {

  /** Numbers of the schema's {@code ScalarType}; these are not those of ATen. */
  private static final Map<Integer, StorageType> TYPES =
      Map.ofEntries(
          Map.entry(1, StorageType.BYTE),
          Map.entry(2, StorageType.CHAR),
          Map.entry(3, StorageType.SHORT),
          Map.entry(4, StorageType.INT),
          Map.entry(5, StorageType.LONG),
          Map.entry(6, StorageType.HALF),
          Map.entry(7, StorageType.FLOAT),
          Map.entry(8, StorageType.DOUBLE),
          Map.entry(10, StorageType.COMPLEX_FLOAT),
          Map.entry(11, StorageType.COMPLEX_DOUBLE),
          Map.entry(12, StorageType.BOOL),
          Map.entry(13, StorageType.BFLOAT16));

  /** ATen's number of each of the schema's element types, as operators take them. */
  private static final Map<Integer, Integer> ATEN_TYPES =
      Map.ofEntries(
          Map.entry(1, 0),
          Map.entry(2, 1),
          Map.entry(3, 2),
          Map.entry(4, 3),
          Map.entry(5, 4),
          Map.entry(6, 5),
          Map.entry(7, 6),
          Map.entry(8, 7),
          Map.entry(9, 8),
          Map.entry(10, 9),
          Map.entry(11, 10),
          Map.entry(12, 11),
          Map.entry(13, 15));

  /** ATen's number of each of the schema's memory formats. */
  private static final Map<Integer, Integer> ATEN_FORMATS = Map.of(1, 0, 2, 2, 3, 3, 4, 1);

  private static final int STRIDED = 7;

  private ArgumentReader() {}

  static Argument argument(JsonNode json) {
    Map.Entry<String, JsonNode> union = union(json, "arg");
    String kind = union.getKey();
    JsonNode value = union.getValue();
    return switch (kind) {
      case "as_none" -> new Argument.None();
      case "as_tensor" -> tensor(value);
      case "as_optional_tensor" -> optionalTensor(value);
      case "as_int" -> new Int(integer(value, kind));
      case "as_float" -> new Real(real(value, kind));
      case "as_complex" ->
          new Argument.Complex(
              real(field(value, "real"), "real"), real(field(value, "imag"), "imag"));
      case "as_bool" -> new Bool(truth(value, kind));
      case "as_string" -> new Text(text(value, kind));
      case "as_sym_int" -> symbolInt(value);
      case "as_sym_float" -> symbolFloat(value);
      case "as_sym_bool" -> symbolBool(value);
      case "as_device" -> device(value);
      case "as_scalar_type" -> number(value, kind, ATEN_TYPES, "element type");
      case "as_memory_format" -> number(value, kind, ATEN_FORMATS, "memory format");
      case "as_layout" ->
          integer(value, kind) == STRIDED
              ? new Int(0)
              : new Argument.Unsupported("layout " + value);
      case "as_tensors" -> elements(value, Kind.TENSOR, ArgumentReader::tensor);
      case "as_optional_tensors" ->
          elements(value, Kind.OPTIONAL_TENSOR, ArgumentReader::optionalTensor);
      case "as_ints" -> elements(value, Kind.INT, v -> new Int(integer(v, kind)));
      case "as_floats" -> elements(value, Kind.FLOAT, v -> new Real(real(v, kind)));
      case "as_bools" -> elements(value, Kind.BOOL, v -> new Bool(truth(v, kind)));
      case "as_strings" -> elements(value, Kind.STRING, v -> new Text(text(v, kind)));
      case "as_sym_ints" -> elements(value, Kind.INT, ArgumentReader::symbolInt);
      case "as_sym_floats" -> elements(value, Kind.FLOAT, ArgumentReader::symbolFloat);
      case "as_sym_bools" -> elements(value, Kind.BOOL, ArgumentReader::symbolBool);
      case "as_graph" ->
          new Argument.Subgraph(
              text(field(value, "name"), "name"), GraphReader.graph(field(value, "graph")));
      default -> new Argument.Unsupported(kind);
    };
  }

  static Name tensor(JsonNode json) {
    return new Name(text(field(json, "name"), "name"), Kind.TENSOR);
  }

  private static Argument optionalTensor(JsonNode json) {
    Map.Entry<String, JsonNode> union = union(json, "as_optional_tensor");
    return union.getKey().equals("as_tensor") ? tensor(union.getValue()) : new Argument.None();
  }

  private static Argument symbolInt(JsonNode json) {
    Map.Entry<String, JsonNode> union = union(json, "as_sym_int");
    return union.getKey().equals("as_int")
        ? new Int(integer(union.getValue(), "as_int"))
        : new Name(text(union.getValue(), "as_name"), Kind.INT);
  }

  private static Argument symbolFloat(JsonNode json) {
    Map.Entry<String, JsonNode> union = union(json, "as_sym_float");
    return union.getKey().equals("as_float")
        ? new Real(real(union.getValue(), "as_float"))
        : new Name(text(union.getValue(), "as_name"), Kind.FLOAT);
  }

  private static Argument symbolBool(JsonNode json) {
    Map.Entry<String, JsonNode> union = union(json, "as_sym_bool");
    return union.getKey().equals("as_bool")
        ? new Bool(truth(union.getValue(), "as_bool"))
        : new Name(text(union.getValue(), "as_name"), Kind.BOOL);
  }

  private static Argument device(JsonNode json) {
    String type = text(field(json, "type"), "type");
    OptionalLong index = Fields.optionalInteger(json.path("index"));
    return new Argument.Device(index.isPresent() ? type + ":" + index.getAsLong() : type);
  }

  private static Argument number(
      JsonNode json, String kind, Map<Integer, Integer> numbers, String what) {
    long number = integer(json, kind);
    Integer found = number == (int) number ? numbers.get((int) number) : null;
    return found == null ? new Argument.Unsupported(what + " " + number) : new Int(found);
  }

  private static Elements elements(
      JsonNode json, Kind kind, Function<JsonNode, ? extends Argument> element) {
    List<Argument> out = new ArrayList<>();
    array(json, "list").forEach(e -> out.add(element.apply(e)));
    return new Elements(kind, out);
  }

  static TensorMeta tensorMeta(JsonNode json) {
    long type = integer(field(json, "dtype"), "dtype");
    return new TensorMeta(
        type == (int) type ? Optional.ofNullable(TYPES.get((int) type)) : Optional.empty(),
        type == (int) type ? (int) type : 0,
        extents(field(json, "sizes")),
        extents(field(json, "strides")),
        extent(field(json, "storage_offset")),
        integer(field(json, "layout"), "layout") == STRIDED);
  }

  private static List<Extent> extents(JsonNode json) {
    List<Extent> out = new ArrayList<>();
    array(json, "sizes").forEach(e -> out.add(extent(e)));
    return out;
  }

  private static Extent extent(JsonNode json) {
    Map.Entry<String, JsonNode> union = union(json, "sizes");
    return switch (union.getKey()) {
      case "as_int" -> new Extent.Fixed(integer(union.getValue(), "as_int"));
      case "as_expr" ->
          new Extent.Symbolic(
              SymbolicExpression.parse(text(field(union.getValue(), "expr_str"), "expr_str")),
              Fields.optionalInteger(union.getValue().path("hint").path("as_int")));
      default -> throw damaged("a size is of the unknown kind " + union.getKey());
    };
  }
}
