package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Operator;
import org.zkc.torchscript.code.ClassDefinition;
import org.zkc.torchscript.code.Expression;
import org.zkc.torchscript.code.TypeNames;
import org.zkc.torchscript.pickle.PickleValue;
import org.zkc.torchscript.schema.StaticTypes;

/** Lowers expressions other than calls; {@link CallLowering} does those. */
final class ExpressionLowering {
  private final CodeLowering lowering;
  private final Frame frame;

  ExpressionLowering(CodeLowering lowering, Frame frame) {
    this.lowering = lowering;
    this.frame = frame;
  }

  /** Lowers an expression that has one value. */
  Binding evaluate(Expression e) {
    return evaluate(e, Optional.empty(), "v");
  }

  /**
   * Lowers an expression that has one value.
   *
   * @param expected its type where an annotation gives it
   * @param hint names the value that the expression defines
   */
  Binding evaluate(Expression e, Optional<TorchType> expected, String hint) {
    Location at = frame.locate(e.offset());
    lowering.step(at);
    return switch (e) {
      case Expression.Name n -> name(n, at);
      case Expression.IntLiteral i ->
          expected.equals(Optional.of(StaticTypes.FLOAT))
              ? Binding.Literal.of((double) i.value())
              : Binding.Literal.of(i.value());
      case Expression.FloatLiteral f -> Binding.Literal.of(f.value());
      case Expression.StringLiteral s -> Binding.Literal.of(s.value());
      case Expression.BoolLiteral b -> Binding.Literal.of(b.value());
      case Expression.NoneLiteral _ -> Binding.Literal.NONE;
      case Expression.ComplexLiteral c -> ComplexConstants.literal(frame, c.text(), at);
      case Expression.ListLiteral l -> list(l, expected, at);
      case Expression.TupleLiteral t -> tuple(t, expected, at);
      case Expression.DictLiteral d -> dictionary(d, expected, at);
      case Expression.Attribute a -> attribute(a, at);
      case Expression.Call c ->
          single(new CallLowering(lowering, frame, this).call(c, expected, hint), at);
      case Expression.Subscript s -> subscript(s, hint, at);
      case Expression.Slice s -> slice(s, hint, at);
      case Expression.Negation n ->
          single(operator("aten.neg", List.of(evaluate(n.operand())), hint, at), at);
    };
  }

  /**
   * Lowers an expression that may have any number of values: a call with several results, or with
   * none.
   */
  List<Binding> evaluateAll(Expression e, String hint) {
    if (e instanceof Expression.Call c) {
      lowering.step(frame.locate(e.offset()));
      return new CallLowering(lowering, frame, this).call(c, Optional.empty(), hint);
    }
    return List.of(evaluate(e, Optional.empty(), hint));
  }

  private static Binding single(List<Binding> values, Location at) {
    return switch (values.size()) {
      case 0 -> Binding.Literal.NONE;
      case 1 -> values.get(0);
      default ->
          throw new UserException(
              at,
              "An operator with several results stands where one value is needed; export the model"
                  + " again.");
    };
  }

  List<Binding> operator(String name, List<Binding> arguments, String hint, Location at) {
    return OperatorCalls.call(frame, name, arguments, Map.of(), hint, at);
  }

  private Binding name(Expression.Name n, Location at) {
    Binding binding = frame.names().get(n.name());
    if (binding == null) {
      throw new UserException(
          at,
          "The archive's code reads '%s', which nothing defines there; export the model again."
              .formatted(n.name()));
    }
    return binding;
  }

  private Binding list(Expression.ListLiteral l, Optional<TorchType> expected, Location at) {
    Optional<TorchType> declared =
        expected.filter(t -> StaticTypes.isList(t)).map(t -> StaticTypes.argument(t, 0));
    List<Binding> elements = new ArrayList<>();
    for (Expression element : l.elements()) {
      elements.add(evaluate(element, declared, "v"));
    }
    TorchType type =
        declared.orElseGet(() ->
            elements.stream()
                .map(Frame::typeOf)
                .reduce(ExpressionLowering::joinElements)
                .orElse(StaticTypes.TENSOR));
    if (type.equals(StaticTypes.FLOAT)) {
      elements.replaceAll(b -> b instanceof Binding.Literal literal ? literal.toFloat() : b);
    }
    return frame.list(type, elements, at);
  }

  /** In a list of floats, integral ones from 1e10 on print like ints. */
  private static TorchType joinElements(TorchType a, TorchType b) {
    boolean numbers =
        (a.equals(StaticTypes.INT) || a.equals(StaticTypes.FLOAT))
            && (b.equals(StaticTypes.INT) || b.equals(StaticTypes.FLOAT));
    return numbers && !a.equals(b) ? StaticTypes.FLOAT : StaticTypes.join(a, b);
  }

  private Binding tuple(Expression.TupleLiteral t, Optional<TorchType> expected, Location at) {
    List<Binding> elements = new ArrayList<>();
    for (int i = 0; i < t.elements().size(); i++) {
      int index = i;
      Optional<TorchType> declared =
          expected
              .filter(x ->
                  StaticTypes.isGeneric(x, "Tuple")
                      && index < ((TorchType.Generic) x).arguments().size())
              .map(x -> StaticTypes.argument(x, index));
      elements.add(evaluate(t.elements().get(i), declared, "v"));
    }
    return frame.tuple(
        StaticTypes.tuple(elements.stream().map(Frame::typeOf).toList()), elements, at);
  }

  private Binding dictionary(Expression.DictLiteral d, Optional<TorchType> expected, Location at) {
    List<Value> operands = new ArrayList<>();
    TorchType keyType = StaticTypes.STRING;
    TorchType valueType = StaticTypes.TENSOR;
    for (int i = 0; i < d.keys().size(); i++) {
      Binding key = evaluate(d.keys().get(i));
      Binding value = evaluate(d.values().get(i));
      keyType = Frame.typeOf(key);
      valueType = Frame.typeOf(value);
      operands.add(frame.value(key, at));
      operands.add(frame.value(value, at));
    }
    TorchType type =
        expected
            .filter(t -> StaticTypes.isGeneric(t, "Dict"))
            .orElse(StaticTypes.dict(keyType, valueType));
    Value result = frame.define("dict", type);
    frame.region().add(new Operator(List.of(result), "prim.DictConstruct", "", operands, at));
    operands.forEach(v -> frame.aliases().put(result, v));
    return new Binding.Dynamic(result, type);
  }

  private Binding attribute(Expression.Attribute a, Location at) {
    Optional<String> dotted = TypeNames.dotted(a);
    if (dotted.isPresent()) {
      String path = dotted.get();
      if (path.startsWith("CONSTANTS.c")) {
        return constant(path, at);
      }
      if (path.startsWith("__torch__.")) {
        return staticName(path, at);
      }
    }
    return attributeOf(evaluate(a.base()), a.name(), at);
  }

  private Binding constant(String path, Location at) {
    int index;
    try {
      index = Integer.parseInt(path.substring("CONSTANTS.c".length()));
    } catch (NumberFormatException e) {
      index = -1;
    }
    PickleValue value =
        lowering
            .constant(index)
            .orElseThrow(() ->
                new UserException(
                    at, "The archive has no constant %s; export the model again.".formatted(path)));
    return lowering.attributes().bind(frame, value, Optional.empty(), path, at);
  }

  private Binding staticName(String path, Location at) {
    if (lowering.library().findFunction(path).isPresent()) {
      return new Binding.FunctionReference(path);
    }
    throw new UserException(
        at,
        "The model uses %s as a value (an enumeration or a class); zkc does not support that, use plain numbers."
            .formatted(CodeLibrary.demangled(path)));
  }

  /** An attribute of a module, or a field of a named tuple. */
  Binding attributeOf(Binding base, String name, Location at) {
    return switch (base) {
      case Binding.Module m -> {
        CodeLibrary.Located<ClassDefinition> type =
            lowering.library().requireClass(m.object().className(), at);
        Optional<ClassDefinition.Field> field = type.definition().field(name);
        PickleValue value = m.object().attributes().get(name);
        if (value != null) {
          yield lowering
              .attributes()
              .bind(frame, value, field.map(ClassDefinition.Field::type), m.pathOf(name), at);
        }
        if (field.isPresent() && field.get().value().isPresent()) {
          yield evaluate(field.get().value().get());
        }
        throw new UserException(
            at,
            "The module '%s' has no attribute '%s' in the archive; export the model again."
                .formatted(m.path(), name));
      }
      case Binding.Dynamic d when Objects.isObject(lowering.library(), d.type()) ->
          Objects.get(frame, lowering.library(), d, name, at);
      case Binding.Dynamic d when d.type() instanceof TorchType.Named named ->
          field(d, named, name, at);
      case Binding.Dynamic _,
          Binding.Literal _,
          Binding.FunctionReference _,
          Binding.InertGuard _ ->
          throw new UserException(
              at,
              "The model reads the attribute '%s' of a %s, which zkc does not support."
                  .formatted(name, CodeLibrary.demangled(TypeNames.text(Frame.typeOf(base)))));
    };
  }

  private Binding field(Binding.Dynamic tuple, TorchType.Named type, String name, Location at) {
    List<ClassDefinition.Field> fields =
        lowering.library().requireClass(type.qualifiedName(), at).definition().fields();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return frame
            .unpack(
                tuple,
                fields.stream().map(ClassDefinition.Field::type).toList(),
                fields.stream().map(ClassDefinition.Field::name).toList(),
                at)
            .get(i);
      }
    }
    throw new UserException(
        at,
        "The tuple %s has no field '%s'; export the model again."
            .formatted(CodeLibrary.demangled(type.qualifiedName()), name));
  }

  /** Element types of a tuple; a named tuple's from its class. */
  Optional<List<TorchType>> tupleTypes(TorchType type, Location at) {
    return switch (type) {
      case TorchType.Generic g when g.constructor().equals("Tuple") -> Optional.of(g.arguments());
      case TorchType.Named n ->
          Optional.of(
              lowering.library().requireClass(n.qualifiedName(), at).definition().fields().stream()
                  .map(ClassDefinition.Field::type)
                  .toList());
      case TorchType.Generic _, TorchType.Tensor _, TorchType.Simple _ -> Optional.empty();
    };
  }

  private Binding subscript(Expression.Subscript s, String hint, Location at) {
    if (s.indices().size() != 1) {
      throw new UserException(
          at,
          "The archive's code indexes a value by several indices at once; export the model again.");
    }
    Binding base = evaluate(s.base());
    Binding index = evaluate(s.indices().get(0));
    Optional<List<TorchType>> types = tupleTypes(Frame.typeOf(base), at);
    if (types.isEmpty()) {
      return single(operator("aten.__getitem__", List.of(base, index), hint, at), at);
    }
    int size = types.get().size();
    if (!(index instanceof Binding.Literal l)
        || !l.isInt()
        || l.asLong() < -size
        || l.asLong() >= size) {
      throw new UserException(
          at, "A tuple is indexed by something that is not a constant inside its length.");
    }
    int at0 = Math.floorMod((int) l.asLong(), size);
    return frame
        .unpack(base, types.get(), types.get().stream().map(_ -> hint).toList(), at)
        .get(at0);
  }

  private Binding slice(Expression.Slice s, String hint, Location at) {
    Binding base = evaluate(s.base());
    Binding lower = evaluate(s.lower());
    Binding upper = evaluate(s.upper());
    Optional<List<TorchType>> types = tupleTypes(Frame.typeOf(base), at);
    if (types.isEmpty()) {
      return single(operator("aten.slice", List.of(base, lower, upper), hint, at), at);
    }
    int size = types.get().size();
    if (!(lower instanceof Binding.Literal l)
        || !l.isInt()
        || !(upper instanceof Binding.Literal u)
        || !u.isInt()) {
      throw new UserException(at, "A tuple is cut at places that are not constants.");
    }
    int from = Math.clamp(l.asLong() < 0 ? l.asLong() + size : l.asLong(), 0, size);
    int to = Math.clamp(u.asLong() < 0 ? u.asLong() + size : u.asLong(), from, size);
    List<Binding> all =
        frame.unpack(base, types.get(), types.get().stream().map(_ -> hint).toList(), at);
    return frame.tuple(StaticTypes.tuple(types.get().subList(from, to)), all.subList(from, to), at);
  }

  Map<String, Binding> keywords(Expression.Call c) {
    Map<String, Binding> out = new LinkedHashMap<>();
    for (Expression.Keyword k : c.keywords()) {
      out.put(k.name(), evaluate(k.value()));
    }
    return out;
  }
}
