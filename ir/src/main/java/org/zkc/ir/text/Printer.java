package org.zkc.ir.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.zkc.ir.ColumnType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
import org.zkc.ir.Shape;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.TorchType;
import org.zkc.ir.Type;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.torch.Operator;

/**
 * The textual form of a program (grammar: {@code Zkir.g4}). Values keep their names where these are
 * unique in the function, else get a numbered suffix; the text of a program depends on nothing but
 * the program.
 */
public final class Printer {
  /** Tensors of more elements go to the sidecar, where there is one. */
  public static final int INLINE_ELEMENTS = 64;

  /** A text and the line on which each op starts, counted from 1. */
  public record Printed(String text, Map<Op, Integer> lines) {}

  private final StringBuilder out = new StringBuilder();
  private final Function<TensorData, String> digest;
  private final Map<Op, Integer> lines = new IdentityHashMap<>();
  private final Level level;
  private int line = 1;
  private int depth;
  private Names names = new Names();

  /**
   * {@code digest} answers the digest of a tensor that is to be elided, and null for one to be
   * printed in full.
   */
  private Printer(Level level, Function<TensorData, String> digest) {
    this.level = level;
    this.digest = digest;
  }

  /** The text with all elements of all tensors in it. */
  public static String print(Program program) {
    return print(program, data -> null, Printed::text);
  }

  /** The text with tensors of more than {@link #INLINE_ELEMENTS} elements stored in the sidecar. */
  public static String print(Program program, SidecarWriter sidecar) {
    return printWithLines(program, sidecar).text();
  }

  /** {@link #print(Program, SidecarWriter)} together with the lines of the ops. */
  public static Printed printWithLines(Program program, SidecarWriter sidecar) {
    // A NaN other than the canonical one has no decimal form, so such a tensor is stored whatever
    // its size.
    return print(
        program,
        data ->
            data.elementCount() > INLINE_ELEMENTS || holdsOddNaN(data) ? sidecar.store(data) : null,
        printed -> printed);
  }

  private static <T> T print(
      Program program, Function<TensorData, String> digest, Function<Printed, T> result) {
    Printer printer = new Printer(program.level(), digest);
    printer.program(program);
    return result.apply(new Printed(printer.out.toString(), printer.lines));
  }

  private void program(Program program) {
    write("program " + program.level().text() + " {");
    depth++;
    for (org.zkc.ir.Function function : program.functions()) {
      newLine();
      names = new Names();
      write("func " + symbol(function.name()));
      parameters(function.parameters());
      location(function.location());
      block(function.region());
    }
    depth--;
    newLine();
    write("}\n");
  }

  private void parameters(List<Value> parameters) {
    write(
        parameters.stream()
            .map(p -> "%" + names.of(p) + ": " + type(p.type()))
            .collect(list("(", ")")));
  }

  private void block(Region region) {
    write(" {");
    depth++;
    for (Op op : region.body()) {
      newLine();
      operation(op);
    }
    newLine();
    write("return");
    if (!region.results().isEmpty()) {
      write(" " + values(region.results()));
    }
    depth--;
    newLine();
    write("}");
  }

  private void operation(Op op) {
    lines.put(op, line);
    OpSpec spec = OpSpec.of(op);
    List<Value> results = spec.results(op);
    if (!results.isEmpty()) {
      write(values(results) + " = ");
    }
    write(level.text() + "." + (op instanceof Operator o ? o.operator() : spec.mnemonic()));
    operands(op, spec.components(OpSpec.Role.OPERAND));
    attributes(op, spec.components(OpSpec.Role.ATTRIBUTE));
    for (OpSpec.Component c : spec.components(OpSpec.Role.REGION)) {
      for (Region region : OpSpec.regions(c, op)) {
        write(" " + c.name());
        parameters(region.parameters());
        block(region);
      }
    }
    if (results.size() == 1) {
      write(" : " + type(results.getFirst().type()));
    } else if (!results.isEmpty()) {
      write(" : " + results.stream().map(r -> type(r.type())).collect(list("(", ")")));
    }
    location(op.location());
  }

  private void operands(Op op, List<OpSpec.Component> components) {
    StringJoiner list = new StringJoiner(", ", "(", ")");
    boolean soleList = isSoleList(components);
    for (OpSpec.Component c : components) {
      List<Value> held = OpSpec.values(c, op);
      switch (c.cardinality()) {
        case ONE -> list.add(values(held));
        case OPTIONAL -> held.forEach(v -> list.add(c.name() + " = %" + names.of(v)));
        case MANY -> {
          if (!soleList) {
            list.add("[" + values(held) + "]");
          } else if (!held.isEmpty()) {
            list.add(values(held));
          }
        }
      }
    }
    write(list.toString());
  }

  /** Whether the operands are one list, which then needs no brackets. */
  static boolean isSoleList(List<OpSpec.Component> operands) {
    return operands.size() == 1 && operands.getFirst().cardinality() == OpSpec.Cardinality.MANY;
  }

  private void attributes(Op op, List<OpSpec.Component> components) {
    StringJoiner list = new StringJoiner(", ", " {", "}").setEmptyValue("");
    for (OpSpec.Component c : components) {
      if (op instanceof Operator && c.name().equals("operator")) {
        continue; // it is in the op's name
      }
      Object v = c.get(op);
      switch (c.cardinality()) {
        case ONE -> list.add(c.name() + " = " + literal(v));
        case OPTIONAL -> ((Optional<?>) v).ifPresent(x -> list.add(c.name() + " = " + literal(x)));
        case MANY ->
            list.add(
                c.name()
                    + " = "
                    + ((List<?>) v).stream().map(this::literal).collect(list("[", "]")));
      }
    }
    write(list.toString());
  }

  private String literal(Object v) {
    return switch (v) {
      case Double d -> number(d.toString());
      case String s -> quote(s);
      case Enum<?> e -> e.name().toLowerCase(Locale.ROOT);
      case TensorData t -> tensor(t);
      case IntegerWeights w ->
          tensor(w.mantissas()) + (w.channelShifts().isEmpty() ? "" : " << " + w.channelShifts());
      default -> v.toString(); // Integer, Long, Boolean
    };
  }

  private String tensor(TensorData data) {
    String name = digest.apply(data);
    StringBuilder text =
        new StringBuilder("dense<" + data.shape() + ":" + data.dtype().text() + " ");
    if (name != null) {
      return text.append("@").append(name).append(">").toString();
    }
    StringJoiner elements = new StringJoiner(", ", "[", "]>");
    for (long i = 0; i < data.elementCount(); i++) {
      elements.add(
          switch (data.dtype()) {
            case F32, F16, BF16 -> number(Float.toString((float) data.getDouble(i)));
            case F64 -> number(Double.toString(data.getDouble(i)));
            case I64, I32, I16, I8, U8, I1, U16, U32, U64 -> Long.toString(data.getLong(i));
          });
    }
    return text.append(elements).toString();
  }

  private static boolean holdsOddNaN(TensorData data) {
    for (long i = 0; data.dtype().isFloating() && i < data.elementCount(); i++) {
      if (Double.isNaN(data.getDouble(i)) && !hasCanonicalBits(data, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasCanonicalBits(TensorData data, long i) {
    TensorData canonical = TensorData.ofReals(data.dtype(), Shape.of(), new double[] {Double.NaN});
    int size = data.dtype().bytes();
    return data.bytes().asSlice(i * size, size).mismatch(canonical.bytes()) == -1;
  }

  private static String number(String javaText) {
    return switch (javaText) {
      case "NaN" -> "nan";
      case "Infinity" -> "inf";
      case "-Infinity" -> "-inf";
      default -> javaText;
    };
  }

  /** The textual form of a type. */
  public static String type(Type type) {
    return switch (type) {
      case TensorType t -> "tensor<" + t.shape() + ":" + t.dtype().text() + ">";
      case IntegerType t ->
          "int<"
              + t.shape()
              + " ["
              + t.low()
              + ", "
              + t.high()
              + "] "
              + number(Double.toString(t.scale()))
              + ">";
      case ColumnType t -> circuitType("col", t.kind(), t.shape(), t.low(), t.high());
      case SpectrumType t -> circuitType("spectrum", t.kind(), t.shape(), t.low(), t.high());
      case TorchType.Tensor _ -> "Tensor";
      case TorchType.Simple t -> t.name();
      case TorchType.Generic t ->
          t.constructor() + t.arguments().stream().map(Printer::type).collect(list("[", "]"));
      case TorchType.Named t -> "class<" + quote(t.qualifiedName()) + ">";
    };
  }

  private static String circuitType(
      String word, ColumnType.Kind kind, Shape shape, long low, long high) {
    return String.format(
        Locale.ROOT,
        "%s<%s %s [%d, %d]>",
        word,
        kind.name().toLowerCase(Locale.ROOT),
        shape,
        low,
        high);
  }

  private void location(Location location) {
    write(text(location));
  }

  /** The location as it ends an op's line, with a space before; empty when nothing is known. */
  static String text(Location location) {
    if (location.equals(Location.UNKNOWN)) {
      return "";
    }
    String text = location.text().isEmpty() ? "" : " " + quote(location.text());
    String layer = location.layer() == 0 ? "" : " layer " + location.layer();
    return " loc(" + quote(location.file()) + ":" + location.line() + text + layer + ")";
  }

  private static String symbol(String name) {
    return "@" + (name.matches("[A-Za-z0-9_.$]+") ? name : quote(name));
  }

  /** A string literal: quotes, backslashes, control characters and lone surrogates escaped. */
  static String quote(String s) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < s.length()
              && Character.isLowSurrogate(s.charAt(i + 1));
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (pair) {
            quoted.append(c).append(s.charAt(++i));
          } else if (Character.isISOControl(c)
              || Character.isSurrogate(c)
              || c == '\u2028'
              || c == '\u2029') {
            quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  private String values(List<Value> values) {
    return values.stream().map(v -> "%" + names.of(v)).collect(Collectors.joining(", "));
  }

  private static Collector<CharSequence, ?, String> list(String open, String close) {
    return Collectors.joining(", ", open, close);
  }

  private void write(String text) {
    out.append(text);
  }

  private void newLine() {
    out.append('\n').repeat("  ", depth);
    line++;
  }

  /** Names of the values of one function, unique, given at first sight. */
  private static final class Names {
    private final Map<Value, String> names = new IdentityHashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> nextSuffix = new HashMap<>();

    String of(Value value) {
      return names.computeIfAbsent(value, v -> unique(v.name().replaceAll("[^A-Za-z0-9_.$]", "_")));
    }

    private String unique(String hint) {
      String name = hint;
      while (name.isEmpty() || !taken.add(name)) {
        int suffix = nextSuffix.merge(hint, 1, Integer::sum);
        name = hint.isEmpty() ? Integer.toString(suffix - 1) : hint + "_" + suffix;
      }
      return name;
    }
  }
}
