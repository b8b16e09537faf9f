package org.zkc.torchscript.lower;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Operator;
import org.zkc.torchscript.pickle.PickleValue;
import org.zkc.torchscript.pickle.StridedTensor;
import org.zkc.torchscript.schema.StaticTypes;

/** Turns attributes of modules and elements of {@code constants.pkl} into bindings. */
final class Attributes {
  private static final int MAX_DEPTH = 64;

  /** Deeper than calls may nest: what lies below cannot be reached. */
  private static final int MAX_MODULE_DEPTH = 1000;

  private final CodeLowering lowering;

  private final Map<StridedTensor, String> names = new HashMap<>();
  private final Map<StridedTensor, TensorData> data = new HashMap<>();

  /**
   * Names every tensor by the first path that leads to it, so that tied weights have one name
   * however they are read.
   */
  Attributes(CodeLowering lowering, PickleValue root) {
    this.lowering = lowering;
    record Step(String path, PickleValue value, int depth) {
      Step inner(String innerPath, PickleValue innerValue) {
        return new Step(innerPath, innerValue, depth + 1);
      }
    }
    Set<PickleValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Step> pending = new ArrayDeque<>();
    pending.push(new Step("", root, 0));
    while (!pending.isEmpty()) {
      Step step = pending.pop();
      if (step.depth > MAX_MODULE_DEPTH || !seen.add(step.value)) {
        continue;
      }
      List<Step> inner = new ArrayList<>();
      switch (step.value) {
        case PickleValue.TensorValue t -> names.putIfAbsent(t.tensor(), step.path);
        case PickleValue.AffineValue a -> names.putIfAbsent(a.tensor().integers(), step.path);
        case PickleValue.Instance i ->
            i.attributes().forEach((k, v) -> inner.add(step.inner(join(step.path, k), v)));
        case PickleValue.ListValue l ->
            addAll(l.elements(), step.path, (path, v) -> inner.add(step.inner(path, v)));
        case PickleValue.Tuple t ->
            addAll(t.elements(), step.path, (path, v) -> inner.add(step.inner(path, v)));
        case PickleValue.Dict d ->
            addAll(
                List.copyOf(d.entries().values()),
                step.path,
                (path, v) -> inner.add(step.inner(path, v)));
        case PickleValue.None _,
            PickleValue.Bool _,
            PickleValue.Int _,
            PickleValue.Float _,
            PickleValue.Text _,
            PickleValue.Complex _,
            PickleValue.Device _,
            PickleValue.Global _,
            PickleValue.StorageValue _ -> {}
      }
      inner.reversed().forEach(pending::push);
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private interface Visit {
    void at(String path, PickleValue value);
  }

  private static void addAll(List<PickleValue> elements, String path, Visit visit) {
    for (int i = 0; i < elements.size(); i++) {
      visit.at(join(path, Integer.toString(i)), elements.get(i));
    }
  }

  /**
   * The binding of a pickled value.
   *
   * @param declared its type where the class declares it
   * @param path names it: {@code conv1.weight}, {@code CONSTANTS.c0}
   */
  Binding bind(
      Frame frame, PickleValue value, Optional<TorchType> declared, String path, Location at) {
    return bind(frame, value, declared, path, at, 0);
  }

  private Binding bind(
      Frame frame,
      PickleValue value,
      Optional<TorchType> declared,
      String path,
      Location at,
      int depth) {
    lowering.step(at); // parts of tuples may be shared, so that few bytes unfold to many values
    if (depth > MAX_DEPTH) {
      throw new UserException(
          at, "The attribute '" + path + "' is nested too deeply; zkc cannot read it.");
    }
    return switch (value) {
      case PickleValue.TensorValue t -> {
        String name = names.getOrDefault(t.tensor(), path);
        TensorData read = data.computeIfAbsent(t.tensor(), k -> k.data(name));
        yield t.tensor().type().isComplex()
            ? ComplexConstants.tensor(frame, name, read, at)
            : frame.tensor(name, read, at);
      }
      case PickleValue.AffineValue a -> {
        StridedTensor integers = a.tensor().integers();
        String name = names.getOrDefault(integers, path);
        yield frame.tensor(name, data.computeIfAbsent(integers, k -> a.tensor().data(name)), at);
      }
      case PickleValue.Instance i when PackedObjects.isPacked(i) ->
          packed(frame, i, path, at, depth);
      case PickleValue.Instance i -> new Binding.Module(i, path);
      case PickleValue.None _ -> Binding.Literal.NONE;
      case PickleValue.Bool b -> Binding.Literal.of(b.value());
      case PickleValue.Int i ->
          declared.equals(Optional.of(StaticTypes.FLOAT))
              ? Binding.Literal.of((double) i.value())
              : Binding.Literal.of(i.value());
      case PickleValue.Float f -> Binding.Literal.of(f.value());
      case PickleValue.Text t -> Binding.Literal.of(t.value());
      case PickleValue.Device d -> Binding.Literal.device(d.name());
      case PickleValue.Tuple t -> tuple(frame, t, declared, path, at, depth);
      case PickleValue.ListValue l -> list(frame, l, declared, path, at, depth);
      case PickleValue.Dict d -> dictionary(frame, d, declared, path, at, depth);
      case PickleValue.Complex c -> ComplexConstants.number(frame, c.real(), c.imaginary(), at);
      case PickleValue.Global _, PickleValue.StorageValue _ ->
          throw new UserException(
              at, "The attribute '" + path + "' is of a kind that zkc does not read.");
    };
  }

  /** A packed object as the tuple of its attributes. */
  private Binding packed(
      Frame frame, PickleValue.Instance object, String path, Location at, int depth) {
    List<Binding> elements = new ArrayList<>();
    object
        .attributes()
        .forEach((name, value) ->
            elements.add(bind(frame, value, Optional.empty(), join(path, name), at, depth + 1)));
    return attribute(
        frame, frame.tuple(new TorchType.Named(object.className()), elements, at), path);
  }

  private Binding tuple(
      Frame frame,
      PickleValue.Tuple t,
      Optional<TorchType> declared,
      String path,
      Location at,
      int depth) {
    List<Binding> elements = new ArrayList<>();
    for (int i = 0; i < t.elements().size(); i++) {
      elements.add(
          bind(frame, t.elements().get(i), argument(declared, i), path + "." + i, at, depth + 1));
    }
    TorchType type =
        declared.orElseGet(() -> StaticTypes.tuple(elements.stream().map(Frame::typeOf).toList()));
    return attribute(frame, frame.tuple(type, elements, at), path);
  }

  private Binding list(
      Frame frame,
      PickleValue.ListValue l,
      Optional<TorchType> declared,
      String path,
      Location at,
      int depth) {
    Optional<TorchType> tagged =
        l.type().flatMap(Attributes::elementTypeOfTag).or(() -> argument(declared, 0));
    List<Binding> elements = new ArrayList<>();
    for (int i = 0; i < l.elements().size(); i++) {
      elements.add(bind(frame, l.elements().get(i), tagged, path + "." + i, at, depth + 1));
    }
    TorchType type =
        tagged.orElseGet(() ->
            elements.stream()
                .map(Frame::typeOf)
                .reduce(StaticTypes::join)
                .orElse(StaticTypes.TENSOR));
    return attribute(frame, frame.list(type, elements, at), path);
  }

  private Binding dictionary(
      Frame frame,
      PickleValue.Dict d,
      Optional<TorchType> declared,
      String path,
      Location at,
      int depth) {
    List<Value> operands = new ArrayList<>();
    Set<String> strings = new HashSet<>();
    TorchType keyType = StaticTypes.STRING;
    TorchType valueType = StaticTypes.TENSOR;
    for (Map.Entry<PickleValue, PickleValue> e : d.entries().entrySet()) {
      Binding key = bind(frame, e.getKey(), argument(declared, 0), path, at, depth + 1);
      Binding value = bind(frame, e.getValue(), argument(declared, 1), path, at, depth + 1);
      keyType = Frame.typeOf(key);
      if (key instanceof Binding.Literal l && l.isString()) {
        strings.add(l.asString());
      }
      valueType = Frame.typeOf(value);
      operands.add(frame.value(key, at));
      operands.add(frame.value(value, at));
    }
    TorchType type = declared.orElse(StaticTypes.dict(keyType, valueType));
    Value result = frame.define("dict", type);
    frame.region().add(new Operator(List.of(result), "prim.DictConstruct", "", operands, at));
    operands.forEach(v -> frame.aliases().put(result, v));
    if (strings.size() == d.entries().size()) {
      frame.defineKeys(result, strings);
    }
    return attribute(frame, new Binding.Dynamic(result, type), path);
  }

  private static Binding attribute(Frame frame, Binding.Dynamic value, String path) {
    frame.aliases().markAttribute(value.value(), path);
    return value;
  }

  private static Optional<TorchType> argument(Optional<TorchType> type, int i) {
    return type.filter(t -> t instanceof TorchType.Generic g && i < g.arguments().size())
        .map(t -> StaticTypes.argument(t, i));
  }

  private static Optional<TorchType> elementTypeOfTag(String tag) {
    return switch (tag) {
      case "List[int]" -> Optional.of(StaticTypes.INT);
      case "List[float]" -> Optional.of(StaticTypes.FLOAT);
      case "List[bool]" -> Optional.of(StaticTypes.BOOL);
      case "List[str]" -> Optional.of(StaticTypes.STRING);
      case "List[Tensor]" -> Optional.of(StaticTypes.TENSOR);
      default -> Optional.empty();
    };
  }
}
