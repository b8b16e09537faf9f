package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.Raise;
import org.zkc.torchscript.code.TypeNames;
import org.zkc.torchscript.schema.OperatorSchema;
import org.zkc.torchscript.schema.OperatorTable;
import org.zkc.torchscript.schema.OverloadResolution;
import org.zkc.torchscript.schema.OverloadResolution.Conversion;
import org.zkc.torchscript.schema.OverloadResolution.Resolved;
import org.zkc.torchscript.schema.OverloadResolution.Source;
import org.zkc.torchscript.schema.SchemaArgument;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Lowers calls of operators: chooses the overload, fills in defaults, converts arguments, and makes
 * operators that write in place functional. A tensor operator {@code relu_} becomes {@code relu};
 * an operator that changes a list or dictionary keeps its name and returns the changed container,
 * after its other results where it has any.
 */
final class OperatorCalls {

  /** Operators that return their argument itself in inference, which their schemas do not say. */
  private static final Set<String> MAY_RETURN_ARGUMENT =
      Set.of(
          "aten.dropout",
          "aten.feature_dropout",
          "aten.alpha_dropout",
          "aten.feature_alpha_dropout",
          "aten.type_as");

  /** Calls that change nothing that a proof is about. */
  private static final Set<String> IGNORED = Set.of("aten.warn", "aten.set_grad_enabled");

  /** Elements of linspace and logspace where their number is left out. */
  private static final Binding.Literal DEFAULT_STEPS = Binding.Literal.of(100);

  /**
   * Scales the rows of an embedding that are looked up down to {@code max_norm}. A second forward
   * finds that done, so that the model answers as if all rows had been scaled before.
   */
  private static final String RENORM = "aten.embedding_renorm_";

  /** Changes its buffers while it observes, and is refused then; once it does not, it is a map. */
  private static final String OBSERVER = "aten.fused_moving_avg_obs_fake_quant";

  private OperatorCalls() {}

  /**
   * Lowers one call.
   *
   * @param name {@code aten.add}
   * @return its results; none for a call made for its effect
   * @throws UserException when there is no such operator or no overload for these arguments
   */
  static List<Binding> call(
      Frame frame,
      String name,
      List<Binding> positional,
      Map<String, Binding> keywords,
      String hint,
      Location at) {
    if (IGNORED.contains(name)) {
      return List.of();
    }
    switch (name) {
      case "prim.RaiseException" -> {
        frame
            .region()
            .add(new Raise(positional.isEmpty() ? "" : frame.messageOf(positional.get(0)), at));
        return List.of();
      }
      case "aten.__is__", "aten.__isnot__" -> {
        Optional<Boolean> same = isNone(positional);
        if (same.isPresent()) {
          return List.of(Binding.Literal.of(same.get() == name.equals("aten.__is__")));
        }
      }
      case "aten.device" -> {
        if (positional.size() == 1
            && positional.get(0) instanceof Binding.Literal l
            && l.isString()) {
          return List.of(Binding.Literal.device(l.asString()));
        }
      }
      case "aten.__contains__" -> {
        Optional<Boolean> known =
            positional.size() == 2
                ? frame.hasKey(positional.get(0), positional.get(1))
                : Optional.empty();
        if (known.isPresent()) {
          return List.of(Binding.Literal.of(known.get()));
        }
      }
      case "aten.wait" -> { // what was forked is done already
        if (positional.size() == 1) {
          return positional;
        }
      }
      case "aten.is_grad_enabled", "aten.is_autocast_enabled", "aten.is_autocast_cpu_enabled" -> {
        return List.of(Binding.Literal.of(false));
      }
      default -> {}
    }
    if (keywords.isEmpty()) {
      Optional<Binding.Literal> folded = LiteralFolding.fold(name, positional);
      if (folded.isPresent()) {
        return List.of(folded.get());
      }
    }
    List<Binding> given = upgraded(name, positional, keywords);
    return emit(frame, resolve(name, given, keywords, at), given, keywords, hint, at);
  }

  /** The arguments with those that versions of PyTorch before 1.11 could leave out. */
  private static List<Binding> upgraded(
      String name, List<Binding> positional, Map<String, Binding> keywords) {
    boolean isSpace = name.equals("aten.linspace") || name.equals("aten.logspace");
    if (!isSpace || keywords.containsKey("steps")) {
      return positional;
    }
    List<Binding> given = new ArrayList<>(positional);
    if (given.size() == 2) {
      given.add(DEFAULT_STEPS);
    } else if (given.size() > 2 && Frame.typeOf(given.get(2)).equals(StaticTypes.NONE)) {
      given.set(2, DEFAULT_STEPS);
    }
    return given;
  }

  /**
   * Lowers a call whose overload the archive states. Where that overload does not take the
   * arguments, as a tensor's overload takes no number, the first one that does is meant.
   *
   * @param overload empty for the default one
   */
  static List<Binding> call(
      Frame frame,
      String name,
      String overload,
      List<Binding> positional,
      Map<String, Binding> keywords,
      String hint,
      Location at) {
    List<OperatorSchema> stated =
        OperatorTable.overloads(name).stream().filter(s -> s.overload().equals(overload)).toList();
    Resolved resolved =
        OverloadResolution.resolve(stated, types(positional), types(keywords))
            .orElseGet(() -> resolve(name, positional, keywords, at));
    return emit(frame, resolved, positional, keywords, hint, at);
  }

  private static List<Binding> emit(
      Frame frame,
      Resolved resolved,
      List<Binding> positional,
      Map<String, Binding> keywords,
      String hint,
      Location at) {
    List<Binding> actuals = new ArrayList<>(positional);
    actuals.addAll(keywords.values());
    return resolved.schema().writes() && !resolved.schema().name().equals(OBSERVER)
        ? inPlace(frame, resolved, actuals, positional, keywords, hint, at)
        : functional(frame, resolved, actuals, hint, at);
  }

  /** Whether {@code a is b} is known when one of them is None; empty where it is not. */
  private static Optional<Boolean> isNone(List<Binding> operands) {
    if (operands.size() != 2) {
      return Optional.empty();
    }
    boolean firstNone = Frame.typeOf(operands.get(0)).equals(StaticTypes.NONE);
    boolean secondNone = Frame.typeOf(operands.get(1)).equals(StaticTypes.NONE);
    if (firstNone && secondNone) {
      return Optional.of(true);
    }
    Binding other = operands.get(firstNone ? 1 : 0);
    return (firstNone || secondNone) && !StaticTypes.mayBeNone(Frame.typeOf(other))
        ? Optional.of(false)
        : Optional.empty();
  }

  private static String remedy(String unknown) {
    if (unknown.contains("MKLDNN")) {
      return "torch.jit.optimize_for_inference has rewritten the model for one processor; save it"
          + " before that call (torch.jit.freeze may stay)";
    }
    if (unknown.endsWith("::nms") || unknown.endsWith(".nms")) {
      return "which boxes it keeps depends on the input; leave it out of forward, and prove the"
          + " boxes and scores that it chooses from";
    }
    return unknown.contains("grouped_mm")
        ? "load the model with experts_implementation=\"batched_mm\", which picks weights by index"
        : "`zkc ops` lists those that can";
  }

  private static Resolved resolve(
      String name, List<Binding> positional, Map<String, Binding> keywords, Location at) {
    List<OperatorSchema> overloads = OperatorTable.overloads(name);
    if (overloads.isEmpty()) {
      throw new UserException(at, "operator %s cannot be proved".formatted(name), remedy(name));
    }
    List<TorchType> types = types(positional);
    Map<String, TorchType> keywordTypes = types(keywords);
    return OverloadResolution.resolve(overloads, types, keywordTypes)
        .orElseThrow(() -> {
          List<String> given = new ArrayList<>(types.stream().map(TypeNames::text).toList());
          keywordTypes.forEach((k, t) -> given.add(k + "=" + TypeNames.text(t)));
          return new UserException(
              at,
              "No form of the operator %s takes (%s); zkc supports its standard arguments only."
                  .formatted(torchName(name), CodeLibrary.demangled(String.join(", ", given))));
        });
  }

  private static List<TorchType> types(List<Binding> positional) {
    return positional.stream().map(Frame::typeOf).toList();
  }

  private static Map<String, TorchType> types(Map<String, Binding> keywords) {
    Map<String, TorchType> types = new LinkedHashMap<>();
    keywords.forEach((k, v) -> types.put(k, Frame.typeOf(v)));
    return types;
  }

  private static String torchName(String name) {
    return name.startsWith("aten.") ? "torch." + name.substring("aten.".length()) : name;
  }

  private static List<Binding> functional(
      Frame frame, Resolved resolved, List<Binding> actuals, String hint, Location at) {
    OperatorSchema schema = resolved.schema();
    List<Value> arguments = arguments(frame, resolved, actuals, at);
    List<Value> results = new ArrayList<>();
    for (TorchType type : resolved.resultTypes()) {
      results.add(frame.define(hint, type));
    }
    Operator operator = new Operator(results, schema.name(), schema.overload(), arguments, at);
    frame.region().add(operator);
    relate(frame.aliases(), schema, arguments, results);
    if (results.size() == 1) {
      frame.aliases().recordView(results.get(0), operator);
      noteMessage(frame, schema.name(), actuals, results.get(0));
    }
    return results.stream()
        .<Binding>map(v -> new Binding.Dynamic(v, (TorchType) v.type()))
        .toList();
  }

  private static List<Binding> inPlace(
      Frame frame,
      Resolved resolved,
      List<Binding> actuals,
      List<Binding> positional,
      Map<String, Binding> keywords,
      String hint,
      Location at) {
    OperatorSchema schema = resolved.schema();
    if (schema.name().endsWith("_") && !schema.name().endsWith("__")) {
      boolean copiesNumber =
          schema.name().equals("aten.copy_")
              && (schema.overload().equals("int") || schema.overload().equals("float"));
      String plain =
          copiesNumber ? "aten.fill" : schema.name().substring(0, schema.name().length() - 1);
      if (OperatorTable.overloads(plain).isEmpty()) {
        throw new UserException(
            at,
            "The in-place operator %s is not supported; use an out-of-place one."
                .formatted(torchName(schema.name())));
      }
      Resolved without = resolve(plain, positional, keywords, at);
      List<Binding> results = functional(frame, without, actuals, hint, at);
      Value result = ((Binding.Dynamic) results.get(0)).value();
      Value written = ((Binding.Dynamic) actuals.get(0)).value();
      if (schema.name().equals(RENORM)) {
        frame.aliases().replaceForGood(written, result, frame.region(), at);
      } else {
        frame.aliases().replace(written, result, frame.region(), at);
      }
      return results;
    }
    return containerWrite(frame, resolved, actuals, hint, at);
  }

  /** An operator that changes its first argument, a list or dictionary. */
  private static List<Binding> containerWrite(
      Frame frame, Resolved resolved, List<Binding> actuals, String hint, Location at) {
    OperatorSchema schema = resolved.schema();
    if (!(actuals.get(0) instanceof Binding.Dynamic container)
        || !schema.arguments().get(0).written()) {
      throw new UserException(
          at,
          "The operator %s writes to something that zkc cannot follow."
              .formatted(torchName(schema.name())));
    }
    List<Value> arguments = arguments(frame, resolved, actuals, at);
    boolean returnsContainer =
        schema.results().size() == 1
            && schema.results().get(0).type().equals(schema.arguments().get(0).type());
    List<Value> results = new ArrayList<>();
    if (!returnsContainer) {
      for (TorchType type : resolved.resultTypes()) {
        results.add(frame.define(hint, type));
      }
    }
    Value changed = frame.define(container.value().name(), container.type());
    results.add(changed);
    frame.region().add(new Operator(results, schema.name(), schema.overload(), arguments, at));
    MemoryAliases aliases = frame.aliases();
    aliases.forgetElements(arguments.get(0));
    for (Value argument : arguments.subList(1, arguments.size())) {
      if (argument.type().equals(arguments.get(0).type())) { // what extends or updates it
        aliases.shareContents(arguments.get(0), argument);
        aliases.tangleElements(arguments.get(0));
      } else {
        aliases.put(arguments.get(0), argument);
      }
    }
    for (Value result : results.subList(0, results.size() - 1)) {
      aliases.hold(arguments.get(0), result);
    }
    aliases.share(arguments.get(0), changed);
    aliases.replace(container.value(), changed, frame.region(), at);
    List<Value> visible = returnsContainer ? results : results.subList(0, results.size() - 1);
    return visible.stream()
        .<Binding>map(v -> new Binding.Dynamic(v, (TorchType) v.type()))
        .toList();
  }

  /** Notes what results may share with arguments, from the schema's alias annotations. */
  private static void relate(
      MemoryAliases aliases, OperatorSchema schema, List<Value> arguments, List<Value> results) {
    boolean mayReturn = MAY_RETURN_ARGUMENT.contains(schema.name());
    for (int r = 0; r < results.size(); r++) {
      Value result = results.get(r);
      boolean resultHolds = isContainer(result);
      boolean mayBeArgument = schema.results().get(r).aliased();
      for (int a = 0; a < arguments.size(); a++) {
        Value argument = arguments.get(a);
        boolean argumentHolds = isContainer(argument);
        SchemaArgument formal = a < schema.arguments().size() ? schema.arguments().get(a) : null;
        boolean annotated = formal != null && formal.aliased() && mayBeArgument;
        if (argumentHolds && resultHolds && mayBeArgument && isElement(argument, result)) {
          aliases.hold(argument, result);
        } else if (argumentHolds && resultHolds && mayBeArgument && a > 0) {
          aliases.share(argument, result); // what Dict.get returns where the key is missing
        } else if (argumentHolds && resultHolds) {
          aliases.shareContents(argument, result);
          aliases.tangleElements(result);
        } else if (argumentHolds && schema.results().get(r).aliased()) {
          aliases.hold(argument, result);
        } else if (annotated && resultHolds) {
          aliases.hold(result, argument);
        } else if (annotated || (mayReturn && a == 0)) {
          aliases.share(argument, result);
        }
      }
    }
  }

  private static boolean isContainer(Value value) {
    return StaticTypes.isContainer((TorchType) value.type());
  }

  private static boolean isElement(Value container, Value value) {
    return StaticTypes.isElement((TorchType) container.type(), (TorchType) value.type());
  }

  /** Follows the text of error messages through the operators that build them. */
  private static void noteMessage(Frame frame, String name, List<Binding> actuals, Value result) {
    switch (name) {
      case "aten.format", "aten.percentFormat" ->
          frame.noteMessage(result, frame.messageOf(actuals.get(0)));
      case "aten.add" -> {
        if (result.type().equals(StaticTypes.STRING)) {
          frame.noteMessage(
              result, frame.messageOf(actuals.get(0)) + frame.messageOf(actuals.get(1)));
        }
      }
      default -> {}
    }
  }

  private static List<Value> arguments(
      Frame frame, Resolved resolved, List<Binding> actuals, Location at) {
    List<Value> out = new ArrayList<>();
    List<SchemaArgument> formals = resolved.schema().arguments();
    for (int i = 0; i < formals.size(); i++) {
      SchemaArgument formal = formals.get(i);
      Binding binding =
          switch (resolved.sources().get(i)) {
            case Source.Actual a ->
                converted(frame, actuals.get(a.index()), a.conversion(), formal, at);
            case Source.Default d -> SchemaDefaults.bind(frame, formal, d.text(), at);
          };
      out.add(frame.value(binding, at));
    }
    for (int index : resolved.further()) {
      out.add(frame.value(actuals.get(index), at));
    }
    return out;
  }

  private static Binding converted(
      Frame frame, Binding actual, Conversion conversion, SchemaArgument formal, Location at) {
    return switch (conversion) {
      case NONE -> asNumber(actual, formal);
      case TENSOR_TO_INT -> implicit(frame, "aten.IntImplicit", actual, StaticTypes.INT, at);
      case TENSOR_TO_FLOAT -> implicit(frame, "aten.FloatImplicit", actual, StaticTypes.FLOAT, at);
      case TENSOR_TO_NUMBER ->
          implicit(frame, "aten.ScalarImplicit", actual, StaticTypes.NUMBER, at);
      case NUMBER_TO_INT -> scalar(frame, "aten.Int", actual, StaticTypes.INT, at);
      case NUMBER_TO_FLOAT -> scalar(frame, "aten.Float", actual, StaticTypes.FLOAT, at);
      case INT_TO_FLOAT ->
          actual instanceof Binding.Literal l
              ? l.toFloat()
              : frame.operator(
                  "aten.Float",
                  "int",
                  List.of(frame.value(actual, at)),
                  StaticTypes.FLOAT,
                  "float",
                  at);
      case BOOL_TO_NUMBER ->
          actual instanceof Binding.Literal l
              ? Binding.Literal.of(l.asBoolean() ? 1L : 0L)
              : frame.operator(
                  "aten.Int", "bool", List.of(frame.value(actual, at)), StaticTypes.INT, "int", at);
      case STRING_TO_DEVICE ->
          actual instanceof Binding.Literal l
              ? Binding.Literal.device(l.asString())
              : frame.operator(
                  "aten.device",
                  "",
                  List.of(frame.value(actual, at)),
                  StaticTypes.DEVICE,
                  "device",
                  at);
      case TUPLE_TO_LIST -> {
        List<TorchType> types = ((TorchType.Generic) Frame.typeOf(actual)).arguments();
        List<String> hints = types.stream().map(_ -> "element").toList();
        yield frame.list(elementType(formal), frame.unpack(actual, types, hints, at), at);
      }
      case REPLICATE -> {
        List<Binding> copies = new ArrayList<>();
        for (int i = 0; i < formal.replication(); i++) {
          copies.add(actual);
        }
        yield frame.list(elementType(formal), copies, at);
      }
    };
  }

  /**
   * In number position an int of magnitude 1e10 and more is a float that was printed without its
   * dot.
   */
  private static Binding asNumber(Binding actual, SchemaArgument formal) {
    boolean number =
        formal.type().equals(StaticTypes.NUMBER)
            || formal.type().equals(StaticTypes.optional(StaticTypes.NUMBER));
    return number && actual instanceof Binding.Literal l && l.mayBeFloat() ? l.toFloat() : actual;
  }

  private static TorchType elementType(SchemaArgument formal) {
    TorchType list =
        StaticTypes.isOptional(formal.type())
            ? StaticTypes.argument(formal.type(), 0)
            : formal.type();
    return StaticTypes.argument(list, 0);
  }

  private static Binding implicit(
      Frame frame, String name, Binding actual, TorchType type, Location at) {
    return frame.operator(name, "", List.of(frame.value(actual, at)), type, "scalar", at);
  }

  private static Binding scalar(
      Frame frame, String name, Binding actual, TorchType type, Location at) {
    return frame.operator(name, "Scalar", List.of(frame.value(actual, at)), type, "scalar", at);
  }
}
