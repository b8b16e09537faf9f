package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.ListConstruct;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.TupleConstruct;
import org.zkc.ir.torch.TupleUnpack;
import org.zkc.torchscript.code.FunctionDefinition;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * The state while one region of one function is lowered: names, aliases, and the ops so far. An arm
 * or loop body gets a frame of its own by {@link #fork}.
 */
final class Frame {
  private final CodeLibrary.Code code;
  private final Location callSite;
  private final Map<String, Binding> names;
  private final MemoryAliases aliases;
  private final RegionBuilder region;
  private final Map<Value, String> messages;
  private final Map<String, FunctionDefinition> nestedFunctions;
  private final Map<Value, Set<String>> keys;

  /**
   * A function's outermost frame.
   *
   * @param callSite the user's line that called, for code whose own lines are torch's
   */
  Frame(CodeLibrary.Code code, Location callSite) {
    this(
        code,
        callSite,
        new LinkedHashMap<>(),
        new MemoryAliases(),
        new RegionBuilder(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>());
  }

  private Frame(
      CodeLibrary.Code code,
      Location callSite,
      Map<String, Binding> names,
      MemoryAliases aliases,
      RegionBuilder region,
      Map<Value, String> messages,
      Map<String, FunctionDefinition> nestedFunctions,
      Map<Value, Set<String>> keys) {
    this.code = code;
    this.callSite = callSite;
    this.names = names;
    this.aliases = aliases;
    this.region = region;
    this.messages = messages;
    this.nestedFunctions = nestedFunctions;
    this.keys = keys;
  }

  Frame fork(CodeLowering lowering) {
    lowering.work(names.size() / 4 + aliases.size() / 4, callSite);
    return new Frame(
        code,
        callSite,
        new LinkedHashMap<>(names),
        aliases.fork(),
        new RegionBuilder(region),
        messages,
        nestedFunctions,
        keys);
  }

  CodeLibrary.Code code() {
    return code;
  }

  Map<String, Binding> names() {
    return names;
  }

  MemoryAliases aliases() {
    return aliases;
  }

  RegionBuilder region() {
    return region;
  }

  /**
   * The user's line for the code at an offset: its own, else the line that called this function.
   */
  Location locate(int offset) {
    Location own = code.debug().locate(offset);
    return own.isKnown() ? own : callSite;
  }

  /** Remembers the keys of a dictionary that nothing writes to: one of the model's attributes. */
  void defineKeys(Value dictionary, Set<String> strings) {
    keys.put(dictionary, strings);
  }

  /** Whether a dictionary has a key; empty where that is not known while reading. */
  Optional<Boolean> hasKey(Binding dictionary, Binding key) {
    return dictionary instanceof Binding.Dynamic d
            && keys.containsKey(d.value())
            && key instanceof Binding.Literal l
            && l.isString()
        ? Optional.of(keys.getOrDefault(d.value(), Set.of()).contains(l.asString()))
        : Optional.empty();
  }

  /** Remembers a function without parameters that is defined inside this one. */
  void defineFunction(FunctionDefinition function) {
    nestedFunctions.put(function.name(), function);
  }

  FunctionDefinition nestedFunction(String name, Location at) {
    FunctionDefinition function = nestedFunctions.get(name);
    if (function == null || !function.parameters().isEmpty()) {
      throw new UserException(
          at,
          "The archive's code forks '%s', which is no function of it; export the model again."
              .formatted(name));
    }
    return function;
  }

  /** A new value of this region. */
  Value define(String name, TorchType type) {
    Value value = new Value(name, type);
    aliases.define(value, region);
    return value;
  }

  /** Remembers the text of an error message that a value stands for, see {@link #messageOf}. */
  void noteMessage(Value value, String text) {
    messages.put(value, text);
  }

  /** The text, or template, of a message; empty where it is not known. */
  String messageOf(Binding binding) {
    return switch (binding) {
      case Binding.Literal l when l.isString() -> l.asString();
      case Binding.Literal l -> l.text();
      case Binding.Dynamic d -> messages.getOrDefault(d.value(), "");
      case Binding.Module _, Binding.FunctionReference _, Binding.InertGuard _ -> "";
    };
  }

  /**
   * The value of a binding, with a constant emitted for a literal; in-place changes so far applied.
   */
  Value value(Binding binding, Location at) {
    return switch (binding) {
      case Binding.Dynamic d -> aliases.read(d.value(), at);
      case Binding.Literal l -> region.constant(l, at);
      case Binding.Module m ->
          throw new UserException(
              at,
              "The module '%s' is used as a value here; zkc supports modules only as what is called."
                  .formatted(m.path()));
      case Binding.FunctionReference f ->
          throw new UserException(
              at,
              "The function %s is used as a value here; call it instead."
                  .formatted(CodeLibrary.demangled(f.qualifiedName())));
      case Binding.InertGuard _ ->
          throw new UserException(at, "A context manager is used as a value here.");
    };
  }

  List<Value> values(List<? extends Binding> bindings, Location at) {
    return bindings.stream().map(b -> value(b, at)).toList();
  }

  /** The static type of a binding; that of a module is its class. */
  static TorchType typeOf(Binding binding) {
    return switch (binding) {
      case Binding.Dynamic d -> d.type();
      case Binding.Literal l -> l.type();
      case Binding.Module m -> new TorchType.Named(m.object().className());
      case Binding.FunctionReference _, Binding.InertGuard _ -> new TorchType.Simple("Function");
    };
  }

  /**
   * A value that the code names but never reads: what an early exit leaves undefined. It is None of
   * that type.
   */
  Binding uninitialized(TorchType type, Location at) {
    Value value = region.constant(new Binding.Literal(type, "None"), at);
    if (!aliases.isDefined(value)) {
      aliases.define(value, region);
    }
    return new Binding.Dynamic(value, type);
  }

  /** A tensor of the archive; reads of one name give one value. */
  Binding tensor(String name, TensorData data, Location at) {
    Value value = region.tensor(name, data, at);
    if (!aliases.isDefined(value)) {
      aliases.define(value, region);
      aliases.markAttribute(value, name);
    }
    return new Binding.Dynamic(value, StaticTypes.TENSOR);
  }

  /** A tensor that the code may write to, which changes no later call. */
  Binding state(String name, TensorData data, Location at) {
    Value value = region.tensor(name, data, at);
    if (!aliases.isDefined(value)) {
      aliases.define(value, region);
    }
    return new Binding.Dynamic(value, StaticTypes.TENSOR);
  }

  /** A list of elements of one type. */
  Binding.Dynamic list(TorchType elementType, List<? extends Binding> elements, Location at) {
    List<Value> values = values(elements, at);
    Value result = define("list", StaticTypes.list(elementType));
    region.add(new ListConstruct(result, values, at));
    values.forEach(v -> aliases.put(result, v));
    return new Binding.Dynamic(result, StaticTypes.list(elementType));
  }

  /** A tuple; {@code type} is a Tuple or a NamedTuple's class. */
  Binding.Dynamic tuple(TorchType type, List<? extends Binding> elements, Location at) {
    List<Value> values = values(elements, at);
    Value result = define("tuple", type);
    region.add(new TupleConstruct(result, values, at));
    values.forEach(v -> aliases.put(result, v));
    return new Binding.Dynamic(result, type);
  }

  /** A dictionary with keys that are known. */
  Binding.Dynamic dictionary(
      List<String> keys, List<? extends Binding> values, TorchType type, Location at) {
    List<Value> operands = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      operands.add(value(Binding.Literal.of(keys.get(i)), at));
      operands.add(value(values.get(i), at));
    }
    Value result = define("dict", type);
    region.add(new Operator(List.of(result), "prim.DictConstruct", "", operands, at));
    operands.forEach(v -> aliases.put(result, v));
    return new Binding.Dynamic(result, type);
  }

  /** The elements of a tuple, or of a list that must have that many. */
  List<Binding> unpack(Binding tuple, List<TorchType> types, List<String> hints, Location at) {
    Value source = value(tuple, at);
    List<Value> results = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      Value result = define(hints.get(i), types.get(i));
      aliases.hold(source, result);
      results.add(result);
    }
    region.add(new TupleUnpack(results, source, at));
    if (aliases.isSplit(source)) {
      for (int i = 0; i < results.size(); i++) {
        Value index = region.constant(Binding.Literal.of(i), at);
        aliases.recordView(
            results.get(i),
            new Operator(
                List.of(results.get(i)), "aten.__getitem__", "t", List.of(source, index), at));
      }
    }
    return results.stream()
        .<Binding>map(v -> new Binding.Dynamic(v, (TorchType) v.type()))
        .toList();
  }

  /** Emits an operator whose one result shares no memory with its arguments. */
  Binding.Dynamic operator(
      String name,
      String overload,
      List<Value> arguments,
      TorchType type,
      String hint,
      Location at) {
    Value result = define(hint, type);
    region.add(new Operator(List.of(result), name, overload, arguments, at));
    return new Binding.Dynamic(result, type);
  }
}
