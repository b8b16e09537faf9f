package org.zkc.torchexport.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.torchexport.program.Argument;
import org.zkc.torchexport.program.ExportedProgram;
import org.zkc.torchexport.program.ExportedProgram.InputSpec;
import org.zkc.torchexport.program.Extent;
import org.zkc.torchexport.program.SymbolicExpression;
import org.zkc.torchexport.program.TensorMeta;
import org.zkc.torchscript.lower.Binding;
import org.zkc.torchscript.lower.FunctionWriter;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * The extents of the inputs. Symbolic dimensions have the values that the user gives them, else
 * those of the example input; the program itself checks the shapes that it is compiled for.
 */
final class Dimensions {
  // What an extent may be divided by in the expression that it is of its symbol, and a symbol's
  // largest value.
  private static final int MOST_DIVISOR = 64;
  private static final int MOST_VALUE = 1 << 20;

  private final ExportedProgram program;
  private final Map<String, Long> values;

  /** The inputs of forward that are tensors: names in the graph, and their paths. */
  private final SequencedMap<String, String> inputs;

  private Dimensions(
      ExportedProgram program, Map<String, Long> values, SequencedMap<String, String> inputs) {
    this.program = program;
    this.values = values;
    this.inputs = inputs;
  }

  /**
   * The extents for what the user asked for.
   *
   * @param given values by the name of a symbol ({@code s77}), or by any name where the program has
   *     only one, since torch.export does not save the names that users give; extents by input and
   *     axis ({@code x.0}), which may be an expression in one symbol
   * @param paths paths of inputs by their names in the graph
   * @throws UserException when a name fits nothing or a value is out of the exported range
   */
  static Dimensions of(
      ExportedProgram program, Map<String, Long> given, Map<String, String> paths) {
    SequencedMap<String, String> inputs = new LinkedHashMap<>();
    for (InputSpec spec : program.inputs()) {
      if (spec instanceof InputSpec.User(Argument.Name(String name, Argument.Kind kind))
          && kind == Argument.Kind.TENSOR) {
        inputs.put(name, paths.getOrDefault(name, name));
      }
    }
    Dimensions out = new Dimensions(program, new HashMap<>(), inputs);
    Map<String, String> symbols = out.symbols();
    // In the order of their names, so that messages are the same each time.
    new TreeMap<>(given)
        .forEach((name, extent) -> {
          String symbol = out.symbol(name, symbols);
          long value = out.symbolValue(name, symbol, extent);
          Long before = out.values.put(symbol, value);
          if (before != null && before != value) {
            throw new UserException(
                "--dim gives the dimension %s two values, %d and %d"
                    .formatted(symbol, before, value));
          }
        });
    out.values.forEach((symbol, value) -> {
      ExportedProgram.Range range = out.range(symbol);
      if (value < range.least().orElse(1) || value > range.most().orElse(Long.MAX_VALUE)) {
        throw new UserException(
            "--dim gives the dimension %s the value %d, but the model was exported for %s; export it with other bounds of torch.export.Dim"
                .formatted(symbol, value, text(range)));
      }
    });
    return out;
  }

  private ExportedProgram.Range range(String symbol) {
    return program
        .ranges()
        .getOrDefault(
            symbol, new ExportedProgram.Range(OptionalLong.empty(), OptionalLong.empty()));
  }

  private static String text(ExportedProgram.Range range) {
    String least = Long.toString(range.least().orElse(0));
    return range.most().isPresent()
        ? "%s to %d".formatted(least, range.most().getAsLong())
        : "%s and more".formatted(least);
  }

  /** The symbols of the inputs, each with the first place where it stands alone. */
  private Map<String, String> symbols() {
    Map<String, String> out = new TreeMap<>();
    inputs.forEach((name, path) -> {
      List<Extent> sizes = meta(name).sizes();
      for (int axis = 0; axis < sizes.size(); axis++) {
        int place = axis;
        sizes.get(axis).symbols().forEach(s -> out.putIfAbsent(s, path + "." + place));
      }
    });
    return out;
  }

  /** The extent of the input and axis that a name consists of; empty where it does not. */
  private Optional<Extent> place(String name) {
    int dot = name.lastIndexOf('.');
    for (Map.Entry<String, String> input : inputs.entrySet()) {
      if (dot > 0
          && input.getValue().equals(name.substring(0, dot))
          && name.substring(dot + 1).matches("\\d{1,3}")) {
        int axis = Integer.parseInt(name.substring(dot + 1));
        List<Extent> sizes = meta(input.getKey()).sizes();
        if (axis < sizes.size()) {
          return Optional.of(sizes.get(axis));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The value of a symbol with which a named place has an extent: 6 where {@code x.0 = 12} is 2 s.
   */
  private long symbolValue(String name, String symbol, long extent) {
    Optional<Extent> place = symbol.equals(name) ? Optional.empty() : place(name);
    if (place.isEmpty()) {
      return extent;
    }
    // Extents grow with their symbols, and by at least one for so many steps.
    for (long value = 0; value <= extent * MOST_DIVISOR && value <= MOST_VALUE; value++) {
      if (place.get() instanceof Extent.Symbolic(SymbolicExpression expression, OptionalLong _)
          && expression.value(Map.of(symbol, value)).equals(OptionalLong.of(extent))) {
        return value;
      }
    }
    throw new UserException(
        "--dim %s=%d: the model was exported for no such extent there; it depends on the dimension %s, for %s"
            .formatted(name, extent, symbol, text(range(symbol))));
  }

  private String symbol(String name, Map<String, String> symbols) {
    if (symbols.containsKey(name)) {
      return name;
    }
    Set<String> there = place(name).map(Extent::symbols).orElse(Set.of());
    if (there.size() == 1) {
      return there.iterator().next();
    }
    if (symbols.size() == 1) {
      return symbols.keySet().iterator().next();
    }
    throw new UserException(
        symbols.isEmpty()
            ? "--dim %s: the model was exported with fixed shapes; export it with dynamic_shapes to choose them here"
                .formatted(name)
            : "--dim %s: the model has no such dimension; torch.export saves no names, those of its symbols are %s"
                .formatted(
                    name,
                    symbols.entrySet().stream()
                        .map(e -> "%s (%s)".formatted(e.getKey(), e.getValue()))
                        .collect(Collectors.joining(", "))));
  }

  private TensorMeta meta(String input) {
    TensorMeta meta = program.tensors().get(input);
    if (meta == null) {
      throw GraphLowering.damaged("the input %s has no type".formatted(input));
    }
    return meta;
  }

  DType dtype(String input) {
    TensorMeta meta = meta(input);
    return meta.type()
        .filter(type -> !type.isComplex())
        .orElseThrow(() ->
            new UserException(
                "The model's input %s is of element type %d of torch.export's schema, which zkc does not support; convert it before exporting."
                    .formatted(inputs.get(input), meta.typeNumber())))
        .dtype();
  }

  Shape shape(String input) {
    List<Integer> extents = new ArrayList<>();
    for (Extent extent : meta(input).sizes()) {
      OptionalLong value = extent.value(values);
      if (value.isEmpty() || value.getAsLong() < 0 || value.getAsLong() > Integer.MAX_VALUE) {
        throw new UserException(
            "The extents of the model's input %s are not known; give them with --input-shape %s=1x8 or --dim."
                .formatted(inputs.get(input), inputs.get(input)));
      }
      extents.add((int) value.getAsLong());
    }
    try {
      return new Shape(extents);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw GraphLowering.damaged("the shape of its input %s is impossible".formatted(input));
    }
  }

  /**
   * Writes the checks that inputs have the shapes that the program was exported for: what was
   * computed from the example's extents while exporting would be wrong for others.
   */
  void require(FunctionWriter main, Map<String, Binding> names) {
    Map<String, Binding> sizes = new HashMap<>();
    inputs.forEach((name, path) -> {
      Binding input = Objects.requireNonNull(names.get(name), "every input is bound");
      requireShape(main, path, input, meta(name), sizes);
    });
    sizes.forEach((symbol, size) -> {
      ExportedProgram.Range range = range(symbol);
      String message = "the dimension %s was exported for %s".formatted(symbol, text(range));
      range
          .least()
          .ifPresent(least ->
              main.require(compared(main, "aten.ge", size, least), message, Location.UNKNOWN));
      range
          .most()
          .ifPresent(most ->
              main.require(compared(main, "aten.le", size, most), message, Location.UNKNOWN));
    });
  }

  private static Binding compared(FunctionWriter main, String operator, Binding size, long bound) {
    return main.call(
        operator, List.of(size, Binding.Literal.of(bound)), "isInRange", Location.UNKNOWN);
  }

  private void requireShape(
      FunctionWriter main,
      String path,
      Binding input,
      TensorMeta meta,
      Map<String, Binding> sizes) {
    List<Binding> wanted = new ArrayList<>();
    List<String> text = new ArrayList<>();
    for (int axis = 0; axis < meta.sizes().size(); axis++) {
      switch (meta.sizes().get(axis)) {
        case Extent.Fixed f -> {
          wanted.add(Binding.Literal.of(f.value()));
          text.add(Long.toString(f.value()));
        }
        case Extent.Symbolic s -> {
          text.add(
              s.expression() instanceof SymbolicExpression.Symbol symbol ? symbol.name() : "?");
          wanted.add(size(main, s.expression(), input, axis, sizes));
        }
      }
    }
    Binding shape = main.call("aten.size", List.of(input), "shape", Location.UNKNOWN);
    Binding expected = main.list(StaticTypes.INT, wanted, Location.UNKNOWN);
    main.require(
        main.call("aten.eq", List.of(shape, expected), "isExported", Location.UNKNOWN),
        "the model was exported for input %s of shape %s"
            .formatted(path, text.isEmpty() ? "scalar" : String.join("x", text)),
        Location.UNKNOWN);
  }

  /** The extent that an expression stands for; that of the input itself where it defines it. */
  private static Binding size(
      FunctionWriter main,
      SymbolicExpression expression,
      Binding input,
      int axis,
      Map<String, Binding> sizes) {
    if (expression instanceof SymbolicExpression.Symbol symbol) {
      Binding known = sizes.get(symbol.name());
      if (known != null) {
        return known;
      }
    }
    Binding size =
        main.call("aten.size", List.of(input, Binding.Literal.of(axis)), "size", Location.UNKNOWN);
    if (expression instanceof SymbolicExpression.Symbol symbol) {
      sizes.put(symbol.name(), size);
    }
    return size;
  }
}
