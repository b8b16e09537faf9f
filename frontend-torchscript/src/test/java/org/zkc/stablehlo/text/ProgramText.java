package org.zkc.stablehlo.text;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.DenseData;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloModule;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;

/** One text for programs that say the same: values by number, attributes by name, no locations. */
final class ProgramText {
  private final StringBuilder out = new StringBuilder();
  private final Map<HloValue, Integer> numbers = new IdentityHashMap<>();

  private ProgramText() {}

  static HloProgram read(String text) {
    return StablehloText.read(
        "m.mlir", MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8)));
  }

  static String of(HloProgram program) {
    ProgramText text = new ProgramText();
    program.modules().forEach(text::module);
    return text.out.toString();
  }

  /** The operations of the body of a text's only function. */
  static List<Operation> operations(String text) {
    return read(text).modules().getFirst().functions().getFirst().body().orElseThrow().operations();
  }

  private void module(HloModule module) {
    line("module %s %s".formatted(module.symbol(), dictionary(module.attributes())));
    module.functions().forEach(this::function);
    module.others().forEach(this::operation);
    module.modules().forEach(this::module);
  }

  private void function(HloFunction function) {
    line(
        "function %s %s %s %s"
            .formatted(
                function.symbol(),
                function.isPrivate(),
                dictionary(function.attributes()),
                function.results().stream()
                    .map(r -> r.type().text() + dictionary(r.attributes()))
                    .toList()));
    for (HloFunction.Argument a : function.arguments()) {
      line("argument " + define(a.value()) + dictionary(a.attributes()));
    }
    function.body().ifPresent(this::block);
  }

  private void block(Block block) {
    line("block " + block.arguments().stream().map(this::define).toList());
    block.operations().forEach(this::operation);
    line("end");
  }

  private void operation(Operation operation) {
    line(
        "%s %s %s"
            .formatted(
                operation.name(),
                operation.operands().stream().map(this::use).toList(),
                dictionary(operation.attributes())));
    operation.regions().forEach(this::block);
    line("results " + operation.results().stream().map(this::define).toList());
  }

  private String define(HloValue value) {
    Integer known = numbers.putIfAbsent(value, numbers.size());
    return "%" + (known == null ? numbers.get(value) : known) + " : " + value.type().text();
  }

  private String use(HloValue value) {
    return "%" + numbers.get(value);
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  private static String dictionary(Map<String, HloAttribute> attributes) {
    return new TreeMap<>(attributes)
        .entrySet().stream()
            .map(e -> e.getKey() + " = " + attribute(e.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
  }

  static String attribute(HloAttribute attribute) {
    return switch (attribute) {
      case HloAttribute.Dense dense -> dense.type().text() + elements(dense.data());
      case HloAttribute.ListValue list ->
          list.elements().stream().map(ProgramText::attribute).toList().toString();
      case HloAttribute.Dictionary dictionary -> dictionary(dictionary.entries());
      case HloAttribute.Structured s -> s.mnemonic() + dictionary(s.fields());
      case HloAttribute.TypeValue type -> type.type().text();
      case HloAttribute.IntegerValue _,
          HloAttribute.RealValue _,
          HloAttribute.BooleanValue _,
          HloAttribute.StringValue _,
          HloAttribute.IntegerArray _,
          HloAttribute.RealArray _,
          HloAttribute.EnumCase _,
          HloAttribute.DotDimensions _,
          HloAttribute.GatherDimensions _,
          HloAttribute.ScatterDimensions _,
          HloAttribute.ConvolutionDimensions _,
          HloAttribute.SymbolReference _,
          HloAttribute.Unit _,
          HloAttribute.Opaque _ ->
          attribute.toString();
    };
  }

  /** All elements, of splats one by one. */
  static String elements(DenseData data) {
    StringBuilder out = new StringBuilder("(");
    for (long i = 0; i < data.count(); i++) {
      switch (data.element()) {
        case HloElementType.IntegerElement _, HloElementType.IndexElement _ ->
            out.append(data.getLong(i));
        case HloElementType.FloatElement _ -> out.append(data.getDouble(i));
        case HloElementType.ComplexElement _ ->
            out.append(data.getDouble(i)).append('+').append(data.getImaginary(i)).append('i');
        case HloElementType.Quantized _, HloElementType.Opaque _ -> throw new AssertionError();
      }
      out.append(i + 1 < data.count() ? " " : "");
    }
    return out.append(')').toString();
  }

  /** A type of a text. */
  static HloType type(String type) {
    return read("func.func private @f(" + type + ")")
        .modules()
        .getFirst()
        .functions()
        .getFirst()
        .arguments()
        .getFirst()
        .value()
        .type();
  }

  /** An attribute of a text. */
  static HloAttribute attributeOf(String attribute) {
    return read("module attributes {a = " + attribute + "} {}")
        .modules()
        .getFirst()
        .attributes()
        .get("a");
  }
}
