package org.zkc.stablehlo.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.text.StablehloParser.BracketedContext;

/** Attributes of named fields: dimension numbers, algorithms, channels, accuracies. */
final class StructureReader {
  private final SourceText source;
  private final TypeReader types;
  private final Function<StablehloParser.AttributeContext, HloAttribute> attributes;

  StructureReader(
      SourceText source,
      TypeReader types,
      Function<StablehloParser.AttributeContext, HloAttribute> attributes) {
    this.source = source;
    this.types = types;
    this.attributes = attributes;
  }

  HloAttribute structure(StablehloParser.StructureAttributeContext structure) {
    String name = structure.STRUCTURE().getText();
    if (name.equals("#stablehlo.result_accuracy_mode")) {
      return mode(structure);
    }
    int dot = name.indexOf('.');
    return structure(
        name.substring(1, dot), name.substring(dot + 1), structure.fields(), structure);
  }

  /** The structure of a mnemonic with the given fields; no two of one name. */
  HloAttribute structure(
      String dialect,
      String mnemonic,
      StablehloParser.@Nullable FieldsContext written,
      ParserRuleContext at) {
    Map<String, HloAttribute> fields = fields(written);
    Taken taken = new Taken(fields, at);
    HloAttribute out =
        switch (mnemonic) {
          case "dot" ->
              new HloAttribute.DotDimensions(
                  taken.integers("lhs_batching_dimensions"),
                  taken.integers("rhs_batching_dimensions"),
                  taken.integers("lhs_contracting_dimensions"),
                  taken.integers("rhs_contracting_dimensions"));
          case "gather" ->
              new HloAttribute.GatherDimensions(
                  taken.integers("offset_dims"),
                  taken.integers("collapsed_slice_dims"),
                  taken.integers("operand_batching_dims"),
                  taken.integers("start_indices_batching_dims"),
                  taken.integers("start_index_map"),
                  taken.integer("index_vector_dim"));
          case "scatter" ->
              new HloAttribute.ScatterDimensions(
                  taken.integers("update_window_dims"),
                  taken.integers("inserted_window_dims"),
                  taken.integers("input_batching_dims"),
                  taken.integers("scatter_indices_batching_dims"),
                  taken.integers("scatter_dims_to_operand_dims"),
                  taken.integer("index_vector_dim"));
          default -> new HloAttribute.Structured(dialect, mnemonic, taken.rest());
        };
    taken.requireEmpty();
    return out;
  }

  private HloAttribute mode(StablehloParser.StructureAttributeContext structure) {
    StablehloParser.FieldsContext fields = structure.fields();
    if (fields == null || fields.field().size() != 1 || fields.field(0).attribute() != null) {
      throw source.fault(structure, "one word is expected", "write DEFAULT, HIGHEST or TOLERANCE");
    }
    return new HloAttribute.EnumCase(
        "stablehlo", "result_accuracy_mode", fields.field(0).word().getText());
  }

  private Map<String, HloAttribute> fields(StablehloParser.@Nullable FieldsContext fields) {
    Map<String, HloAttribute> out = new LinkedHashMap<>();
    if (fields == null) {
      return out;
    }
    for (StablehloParser.FieldContext field : fields.field()) {
      if (field.attribute() == null) {
        throw source.fault(field, "the field has no value", "write = and the value");
      }
      if (out.put(field.word().getText(), attributes.apply(field.attribute())) != null) {
        throw source.fault(field, "the field stands twice", "remove one");
      }
    }
    return out;
  }

  /** Fields that have not been taken yet. */
  private final class Taken {
    private final Map<String, HloAttribute> left;
    private final ParserRuleContext at;

    Taken(Map<String, HloAttribute> fields, ParserRuleContext at) {
      this.left = new LinkedHashMap<>(fields);
      this.at = at;
    }

    List<Long> integers(String name) {
      HloAttribute value = left.remove(name);
      if (value == null) {
        return List.of();
      }
      if (!(value instanceof HloAttribute.ListValue list)) {
        throw source.fault(at, "%s is no list of integers".formatted(name), "write [0, 1]");
      }
      List<Long> out = new ArrayList<>();
      for (HloAttribute element : list.elements()) {
        out.add(integer(name, element));
      }
      return out;
    }

    long integer(String name) {
      HloAttribute value = left.remove(name);
      return value == null ? 0 : integer(name, value);
    }

    private long integer(String name, HloAttribute value) {
      if (value instanceof HloAttribute.IntegerValue integer) {
        return integer.value();
      }
      throw source.fault(at, "%s is no integer".formatted(name), "write an integer");
    }

    Map<String, HloAttribute> rest() {
      Map<String, HloAttribute> out = new LinkedHashMap<>(left);
      left.clear();
      return out;
    }

    void requireEmpty() {
      if (!left.isEmpty()) {
        throw source.fault(
            at,
            "the attribute has no field %s".formatted(left.keySet().iterator().next()),
            "remove the field");
      }
    }
  }

  HloAttribute convolution(StablehloParser.ConvolutionAttributeContext convolution) {
    if (convolution.RAW() == null) {
      return convolution(
          convolution.bracketed(0), convolution.bracketed(1), convolution.bracketed(2));
    }
    Taken taken = new Taken(fields(convolution.fields()), convolution);
    HloAttribute out =
        new HloAttribute.ConvolutionDimensions(
            taken.integer("input_batch_dimension"),
            taken.integer("input_feature_dimension"),
            taken.integers("input_spatial_dimensions"),
            taken.integer("kernel_input_feature_dimension"),
            taken.integer("kernel_output_feature_dimension"),
            taken.integers("kernel_spatial_dimensions"),
            taken.integer("output_batch_dimension"),
            taken.integer("output_feature_dimension"),
            taken.integers("output_spatial_dimensions"));
    taken.requireEmpty();
    return out;
  }

  /** {@code [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]}. */
  HloAttribute.ConvolutionDimensions convolution(
      BracketedContext input, BracketedContext kernel, BracketedContext output) {
    Places in = places(input, "b", "f");
    Places weights = places(kernel, "i", "o");
    Places out = places(output, "b", "f");
    return new HloAttribute.ConvolutionDimensions(
        in.first(),
        in.second(),
        in.spatial(),
        weights.first(),
        weights.second(),
        weights.spatial(),
        out.first(),
        out.second(),
        out.spatial());
  }

  /** The dimensions of an operand that have each of two names and each spatial number. */
  private record Places(long first, long second, List<Long> spatial) {}

  private Places places(BracketedContext list, String first, String second) {
    Map<String, Long> named = new LinkedHashMap<>();
    for (StablehloParser.BracketedEntryContext entry : list.bracketedEntry()) {
      if (named.put(entry.getText(), (long) named.size()) != null) {
        throw source.fault(entry, "the dimension stands twice", "name each dimension once");
      }
    }
    List<Long> spatial = new ArrayList<>();
    for (int i = 0; i < named.size() - 2; i++) {
      Long place = named.get(Integer.toString(i));
      if (place == null) {
        break;
      }
      spatial.add(place);
    }
    Long one = named.get(first);
    Long two = named.get(second);
    if (one == null || two == null || spatial.size() != named.size() - 2) {
      throw source.fault(
          list,
          "these are no dimensions of a convolution",
          "name %s, %s and the spatial dimensions from 0".formatted(first, second));
    }
    return new Places(one, two, spatial);
  }

  /** {@code [[1, 2], [0, 0]]} as rows of integers. */
  List<List<Long>> rows(BracketedContext list) {
    List<List<Long>> out = new ArrayList<>();
    for (StablehloParser.BracketedEntryContext entry : list.bracketedEntry()) {
      if (entry.bracketed() == null) {
        throw source.fault(entry, "a pair is expected", "write [low, high]");
      }
      List<Long> row = new ArrayList<>();
      for (StablehloParser.BracketedEntryContext e : entry.bracketed().bracketedEntry()) {
        if (e.number().size() != 1) {
          throw source.fault(e, "an integer is expected", "write [low, high]");
        }
        row.add(types.integer(e.number(0)));
      }
      if (row.size() != 2) {
        throw source.fault(entry, "a pair is expected", "write [low, high]");
      }
      out.add(row);
    }
    return out;
  }

  /** The word of an enumeration of StableHLO. */
  static HloAttribute word(String enumeration, String word) {
    return new HloAttribute.EnumCase("stablehlo", enumeration, word);
  }

  static HloAttribute integer(long value, HloElementType type) {
    return new HloAttribute.IntegerValue(value, type);
  }
}
