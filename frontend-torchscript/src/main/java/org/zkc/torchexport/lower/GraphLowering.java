package org.zkc.torchexport.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.zkc.ir.Function;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.torchexport.program.Argument;
import org.zkc.torchexport.program.Argument.Kind;
import org.zkc.torchexport.program.Graph;
import org.zkc.torchexport.program.Node;
import org.zkc.torchscript.lower.Binding;
import org.zkc.torchscript.lower.FunctionWriter;
import org.zkc.torchscript.schema.OperatorSchema;
import org.zkc.torchscript.schema.OperatorTable;
import org.zkc.torchscript.schema.SchemaArgument;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Lowers the nodes of graphs: each node is a call of an operator whose overload is stated, of an
 * operator of Python on sizes, or of a higher-order operator.
 */
final class GraphLowering {
  private static final String VMAP = "torch._functorch.predispatch.";
  private static final Pattern OPERATOR =
      Pattern.compile("torch\\.ops\\.(\\w{1,64})\\.(\\w{1,128})\\.(\\w{1,64})");

  /** Functions of Python on sizes, by the operators of TorchScript that do the same. */
  private static final Map<String, String> PYTHON =
      Map.ofEntries(
          Map.entry("_operator.add", "aten.add"),
          Map.entry("_operator.sub", "aten.sub"),
          Map.entry("_operator.mul", "aten.mul"),
          Map.entry("_operator.neg", "aten.neg"),
          Map.entry("_operator.floordiv", "aten.floordiv"),
          Map.entry("_operator.mod", "aten.remainder"),
          Map.entry("_operator.truediv", "aten.div"),
          Map.entry("_operator.pow", "aten.pow"),
          Map.entry("_operator.eq", "aten.eq"),
          Map.entry("_operator.ne", "aten.ne"),
          Map.entry("_operator.lt", "aten.lt"),
          Map.entry("_operator.le", "aten.le"),
          Map.entry("_operator.gt", "aten.gt"),
          Map.entry("_operator.ge", "aten.ge"),
          Map.entry("_operator.and_", "aten.__and__"),
          Map.entry("_operator.or_", "aten.__or__"),
          Map.entry("_operator.not_", "aten.__not__"),
          Map.entry("_operator.getitem", "aten.__getitem__"),
          Map.entry("torch.sym_int", "aten.Int"),
          Map.entry("torch.sym_float", "aten.Float"),
          Map.entry("torch.sym_max", "prim.max"),
          Map.entry("torch.sym_min", "prim.min"),
          Map.entry("torch.sym_not", "aten.__not__"),
          Map.entry("math.ceil", "aten.ceil"),
          Map.entry("math.floor", "aten.floor"),
          Map.entry("math.trunc", "aten.Int"));

  /** ATen's numbers of element types. */
  private static final long ATEN_LONG = 4;

  private static final long ATEN_DOUBLE = 7;
  private static final long ATEN_BOOL = 11;

  /** More are of use to nobody. */
  private static final int MOST_FAULTS = 1000;

  private final Optional<List<UserException>> faults;
  private final List<Function> functions = new ArrayList<>();
  private final Set<String> functionNames = new HashSet<>(Set.of("main"));

  GraphLowering(Optional<List<UserException>> faults) {
    this.faults = faults;
  }

  static UserException damaged(String what) {
    return new UserException(
        "The archive's program is damaged: %s; export the model again.".formatted(what));
  }

  /** The functions made of graphs that higher-order operators apply. */
  List<Function> functions() {
    return functions;
  }

  void add(Function function) {
    functions.add(function);
  }

  /** A name for a function, after that of its graph. */
  String functionName(String graph) {
    String base = graph.isEmpty() ? "graph" : graph.replaceAll("[^A-Za-z0-9_.]", "_");
    String name = base;
    for (int i = 2; !functionNames.add(name); i++) {
      name = base + "." + i;
    }
    return name;
  }

  /** Lowers the nodes in order; their results get their names. */
  void nodes(Graph graph, FunctionWriter writer, Map<String, Binding> names) {
    for (Node node : graph.nodes()) {
      try {
        bind(node, results(node, writer, names), writer, names);
      } catch (UserException e) {
        UserException located =
            e.location().isKnown() ? e : new UserException(node.location(), e.getMessage());
        List<UserException> collected = faults.orElseThrow(() -> located);
        if (collected.size() == MOST_FAULTS) {
          throw new UserException(
              "There are more than %d faults; mend these first.".formatted(MOST_FAULTS));
        }
        collected.add(located);
        unknown(node, writer, names);
      }
    }
  }

  /** The results of a graph applied to values, written into the same function. */
  List<Binding> inline(
      Graph graph, List<Binding> arguments, FunctionWriter writer, Location location) {
    Map<String, Binding> names = new HashMap<>();
    if (arguments.size() != graph.inputs().size()) {
      throw damaged(
          "a graph of %d inputs is applied to %d values"
              .formatted(graph.inputs().size(), arguments.size()));
    }
    for (int i = 0; i < arguments.size(); i++) {
      if (graph.inputs().get(i) instanceof Argument.Name name) {
        define(name.name(), arguments.get(i), names);
      }
    }
    nodes(graph, writer, names);
    List<Binding> results = new ArrayList<>();
    for (Argument output : graph.outputs()) {
      if (output instanceof Argument.Elements list) {
        list.elements().forEach(e -> results.add(binding(e, writer, names)));
      } else {
        results.add(binding(output, writer, names));
      }
    }
    return results;
  }

  private List<Binding> results(Node node, FunctionWriter writer, Map<String, Binding> names) {
    Matcher operator = OPERATOR.matcher(node.target());
    if (operator.matches()) {
      String overload = operator.group(3).equals("default") ? "" : operator.group(3);
      String name = operator.group(1) + "." + operator.group(2);
      return call(node, name, overload, writer, names);
    }
    if (node.target().startsWith(HigherOrder.PREFIX)) {
      return new HigherOrder(this, node, writer, names).results();
    }
    String python = PYTHON.get(node.target());
    if (node.target().startsWith(VMAP)) {
      throw new UserException(
          "torch.vmap cannot be proved as torch.export writes it; save"
              + " program.run_decompositions({}) instead of program, or export with"
              + " zkpytorch.export.");
    }
    if (python == null) {
      throw new UserException(
          "%s cannot be proved; `zkc ops` lists the operators that can.".formatted(node.target()));
    }
    List<Binding> arguments =
        node.inputs().stream().map(i -> binding(i.value(), writer, names)).toList();
    return List.of(writer.call(python, arguments, hint(node), node.location()));
  }

  private List<Binding> call(
      Node node, String name, String overload, FunctionWriter writer, Map<String, Binding> names) {
    Optional<OperatorSchema> schema =
        OperatorTable.overloads(name).stream()
            .filter(s -> s.overload().equals(overload))
            .findFirst();
    Map<String, Binding> given = new LinkedHashMap<>();
    for (Node.NamedArgument input : node.inputs()) {
      Binding value =
          input.value() instanceof Argument.Elements list && list.elements().isEmpty()
              ? writer.list(elementType(schema, input.name(), list), List.of(), node.location())
              : binding(input.value(), writer, names);
      if (given.put(input.name(), value) != null) {
        throw damaged("the argument %s is given twice".formatted(input.name()));
      }
    }
    List<Binding> positional = new ArrayList<>();
    for (SchemaArgument formal : schema.map(OperatorSchema::arguments).orElse(List.of())) {
      if (formal.keywordOnly() || !given.containsKey(formal.name())) {
        break;
      }
      Binding value = given.remove(formal.name());
      positional.add(
          positional.isEmpty() && formal.type().equals(StaticTypes.TENSOR)
              ? tensor(value, node, writer)
              : value);
    }
    return writer.call(name, overload, positional, given, hint(node), node.location());
  }

  /**
   * A number in the place of an operator's first tensor, as a tensor without axes: no overload
   * takes a number there.
   */
  private static Binding tensor(Binding value, Node node, FunctionWriter writer) {
    TorchType type = FunctionWriter.typeOf(value);
    Optional<Long> elementType =
        type.equals(StaticTypes.INT)
            ? Optional.of(ATEN_LONG)
            : type.equals(StaticTypes.FLOAT)
                ? Optional.of(ATEN_DOUBLE)
                : type.equals(StaticTypes.BOOL) ? Optional.of(ATEN_BOOL) : Optional.empty();
    return elementType
        .map(t ->
            writer
                .call(
                    "aten.scalar_tensor",
                    "",
                    List.of(value),
                    Map.of("dtype", Binding.Literal.of(t)),
                    "number",
                    node.location())
                .getFirst())
        .orElse(value);
  }

  /** The type of elements that an empty list would have. */
  private static TorchType elementType(
      Optional<OperatorSchema> schema, String argument, Argument.Elements list) {
    return schema.stream()
        .flatMap(s -> s.arguments().stream())
        .filter(a -> a.name().equals(argument))
        .map(SchemaArgument::type)
        .map(t -> StaticTypes.isOptional(t) ? StaticTypes.argument(t, 0) : t)
        .filter(StaticTypes::isList)
        .map(t -> StaticTypes.argument(t, 0))
        .findFirst()
        .orElse(type(list.kind()));
  }

  private static String hint(Node node) {
    return node.outputs().stream()
        .filter(Argument.Name.class::isInstance)
        .map(o -> ((Argument.Name) o).name())
        .findFirst()
        .orElse("list");
  }

  /** Gives a node's results the names of its outputs. */
  private void bind(
      Node node, List<Binding> results, FunctionWriter writer, Map<String, Binding> names) {
    List<Argument> outputs = node.outputs();
    List<Binding> values = results;
    if (outputs.size() == 1 && outputs.getFirst() instanceof Argument.Elements list) {
      outputs = list.elements();
      if (values.size() == 1 && StaticTypes.isList(FunctionWriter.typeOf(values.getFirst()))) {
        List<String> hints =
            outputs.stream().map(o -> o instanceof Argument.Name n ? n.name() : "element").toList();
        values = writer.tensors(values.getFirst(), hints, node.location());
      }
    }
    for (int i = 0; i < outputs.size(); i++) {
      switch (outputs.get(i)) {
        case Argument.Name name -> {
          if (i >= values.size()) {
            throw damaged(
                "%s has %d results, of which %d are named"
                    .formatted(node.target(), values.size(), outputs.size()));
          }
          define(name.name(), values.get(i), names);
        }
        case Argument.None _,
            Argument.Int _,
            Argument.Real _,
            Argument.Complex _,
            Argument.Bool _,
            Argument.Text _,
            Argument.Device _ -> {}
        case Argument.Elements _, Argument.Subgraph _, Argument.Unsupported _ ->
            throw damaged("a result of %s is of no known kind".formatted(node.target()));
      }
    }
  }

  private static void define(String name, Binding value, Map<String, Binding> names) {
    if (names.put(name, value) != null) {
      throw damaged("the name %s stands for two values".formatted(name));
    }
  }

  /** Names the results of a node that could not be read. */
  private void unknown(Node node, FunctionWriter writer, Map<String, Binding> names) {
    List<Binding> read = new ArrayList<>();
    node.inputs().forEach(i -> known(i.value(), names, read));
    for (Argument output : node.outputs()) {
      List<Argument> each =
          output instanceof Argument.Elements list ? list.elements() : List.of(output);
      for (Argument result : each) {
        if (result instanceof Argument.Name name) {
          names.put(
              name.name(), writer.unknown(type(name.kind()), name.name(), read, node.location()));
        }
      }
    }
  }

  private static void known(Argument argument, Map<String, Binding> names, List<Binding> out) {
    if (argument instanceof Argument.Name name
        && names.get(name.name()) instanceof Binding.Dynamic d) {
      out.add(d);
    } else if (argument instanceof Argument.Elements list) {
      list.elements().forEach(e -> known(e, names, out));
    }
  }

  /** The value of an argument. */
  Binding binding(Argument argument, FunctionWriter writer, Map<String, Binding> names) {
    return switch (argument) {
      case Argument.Name name -> {
        Binding bound = names.get(name.name());
        if (bound == null) {
          throw damaged("the value %s is read before it is computed".formatted(name.name()));
        }
        yield bound;
      }
      case Argument.Elements list ->
          writer.list(
              type(list.kind()),
              list.elements().stream().map(e -> binding(e, writer, names)).toList(),
              Location.UNKNOWN);
      case Argument.Complex z -> writer.complex(z.real(), z.imaginary(), Location.UNKNOWN);
      case Argument.None _,
          Argument.Int _,
          Argument.Real _,
          Argument.Bool _,
          Argument.Text _,
          Argument.Device _,
          Argument.Subgraph _,
          Argument.Unsupported _ ->
          literal(argument);
    };
  }

  /** The value of an argument that stands in the program itself. */
  static Binding literal(Argument argument) {
    return switch (argument) {
      case Argument.None _ -> Binding.Literal.NONE;
      case Argument.Int i -> Binding.Literal.of(i.value());
      case Argument.Real r -> Binding.Literal.of(r.value());
      case Argument.Bool b -> Binding.Literal.of(b.value());
      case Argument.Text t -> Binding.Literal.of(t.value());
      case Argument.Device d -> Binding.Literal.device(d.name());
      case Argument.Subgraph g ->
          throw new UserException(
              "the graph %s is used as a value, which zkc does not support".formatted(g.name()));
      case Argument.Unsupported u ->
          throw new UserException(
              "an argument is of the kind %s, which zkc does not support".formatted(u.kind()));
      case Argument.Complex _ ->
          throw new UserException("an input is a complex number, which zkc does not support");
      case Argument.Name _, Argument.Elements _ -> throw damaged("a constant is no constant");
    };
  }

  static TorchType type(Kind kind) {
    return switch (kind) {
      case TENSOR -> StaticTypes.TENSOR;
      case OPTIONAL_TENSOR -> StaticTypes.optional(StaticTypes.TENSOR);
      case INT -> StaticTypes.INT;
      case FLOAT -> StaticTypes.FLOAT;
      case BOOL -> StaticTypes.BOOL;
      case STRING -> StaticTypes.STRING;
    };
  }
}
