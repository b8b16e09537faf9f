package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.torchscript.code.ClassDefinition;
import org.zkc.torchscript.code.Expression;
import org.zkc.torchscript.code.TypeNames;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Lowers calls by the form of what is called: {@code torch.f} and {@code ops.ns.f} are operators,
 * {@code (m).f} a method, {@code __torch__.f} a function or named tuple, a bare name a built-in or
 * a function held in a local name.
 */
final class CallLowering {
  private final CodeLowering lowering;
  private final Frame frame;
  private final ExpressionLowering expressions;

  CallLowering(CodeLowering lowering, Frame frame, ExpressionLowering expressions) {
    this.lowering = lowering;
    this.frame = frame;
    this.expressions = expressions;
  }

  List<Binding> call(Expression.Call c, Optional<TorchType> expected, String hint) {
    Location at = frame.locate(c.offset());
    if (c.function() instanceof Expression.Name n) {
      return frame.names().get(n.name()) instanceof Binding.FunctionReference f
          ? List.of(
              userCalls().function(f.qualifiedName(), arguments(c), expressions.keywords(c), at))
          : builtIn(n.name(), c, hint, at);
    }
    String dotted = TypeNames.dotted(c.function()).orElse("");
    if (dotted.startsWith("torch.")) {
      return operator("aten." + dotted.substring("torch.".length()), c, hint, at);
    }
    if (dotted.startsWith("ops.")) {
      return operator(dotted.substring("ops.".length()), c, hint, at);
    }
    if (dotted.startsWith("__torch__.")) {
      return List.of(qualified(dotted, c, at));
    }
    if (c.function() instanceof Expression.Attribute a) {
      return List.of(method(a, c, expected, hint, at));
    }
    throw new UserException(
        at, "The archive's code calls something that is not a function; export the model again.");
  }

  private UserCalls userCalls() {
    return new UserCalls(lowering, frame);
  }

  private List<Binding> arguments(Expression.Call c) {
    List<Binding> out = new ArrayList<>();
    for (Expression e : c.positional()) {
      out.add(expressions.evaluate(e));
    }
    return out;
  }

  private List<Binding> operator(String name, Expression.Call c, String hint, Location at) {
    return OperatorCalls.call(frame, name, arguments(c), expressions.keywords(c), hint, at);
  }

  private Binding method(
      Expression.Attribute a,
      Expression.Call c,
      Optional<TorchType> expected,
      String hint,
      Location at) {
    Binding base = expressions.evaluate(a.base());
    return switch (base) {
      case Binding.Module m ->
          userCalls().method(m, a.name(), arguments(c), expressions.keywords(c), at);
      case Binding.InertGuard _ -> Binding.Literal.NONE;
      case Binding.Dynamic d when a.name().equals("tolist") ->
          frame.operator(
              "prim.tolist",
              "",
              List.of(frame.value(d, at)),
              expected.orElse(StaticTypes.list(StaticTypes.FLOAT)),
              hint,
              at);
      case Binding.Dynamic d when Objects.isObject(lowering.library(), d.type()) ->
          userCalls().method(d, a.name(), arguments(c), expressions.keywords(c), at);
      case Binding.Dynamic _, Binding.Literal _, Binding.FunctionReference _ ->
          throw new UserException(
              at,
              "The model calls the method '%s' of a %s, which zkc does not support."
                  .formatted(a.name(), CodeLibrary.demangled(TypeNames.text(Frame.typeOf(base)))));
    };
  }

  /** A function, a named tuple's constructor, or the making of an object. */
  private Binding qualified(String name, Expression.Call c, Location at) {
    if (name.endsWith(".__new__")) {
      String className = name.substring(0, name.length() - ".__new__".length());
      if (className.startsWith("__torch__.torch.autograd.grad_mode.")
          || className.equals("__torch__.torch.autograd.profiler.record_function")) {
        return new Binding.InertGuard();
      }
      return Objects.create(frame, lowering.library(), className, at);
    }
    Optional<CodeLibrary.Located<ClassDefinition>> type = lowering.library().findClass(name);
    if (type.isPresent()) {
      ClassDefinition definition = type.get().definition();
      if (!definition.base().equals(Optional.of("NamedTuple"))) {
        throw new UserException(
            at,
            "The model uses the class %s as a function; zkc does not support that."
                .formatted(CodeLibrary.demangled(name)));
      }
      List<Binding> elements = arguments(c);
      if (elements.size() != definition.fields().size()) {
        throw new UserException(
            at,
            "The named tuple %s is made with a wrong number of fields."
                .formatted(CodeLibrary.demangled(name)));
      }
      return frame.tuple(new TorchType.Named(name), elements, at);
    }
    return userCalls().function(name, arguments(c), expressions.keywords(c), at);
  }

  private List<Binding> builtIn(String name, Expression.Call c, String hint, Location at) {
    return switch (name) {
      case "annotate" -> List.of(annotate(typeArgument(c, 0, at), argument(c, 1, at), hint, at));
      case "unchecked_cast" -> List.of(uncheckedCast(typeArgument(c, 0, at), argument(c, 1, at)));
      case "uninitialized" -> List.of(frame.uninitialized(typeArgument(c, 0, at), at));
      case "isinstance" -> List.of(isInstance(argument(c, 0, at), typeArgument(c, 1, at), at));
      case "getattr" -> List.of(getAttribute(c, at));
      case "int" -> operator("aten.Int", c, hint, at);
      case "float" -> operator("aten.Float", c, hint, at);
      case "bool" -> operator("aten.Bool", c, hint, at);
      case "str" -> operator("aten.str", c, hint, at);
      case "sorted" -> operator("aten.sorted", c, hint, at);
      case "list" -> operator("aten.list", c, hint, at);
      case "print" -> List.of();
      case "fork" -> List.of(forked(c, at));
      default ->
          throw new UserException(
              at, "The archive's code calls '%s', which zkc does not know.".formatted(name));
    };
  }

  /** Work that PyTorch may do at any time before it is waited for is done at once. */
  private Binding forked(Expression.Call c, Location at) {
    if (!(argument(c, 0, at) instanceof Expression.Name n)) {
      throw new UserException(
          at, "The archive's code forks something that is no function; export the model again.");
    }
    Map<String, Binding> outer = new LinkedHashMap<>(frame.names());
    Binding result =
        new StatementLowering(lowering, frame).body(frame.nestedFunction(n.name(), at));
    frame.names().clear();
    frame.names().putAll(outer);
    return result;
  }

  private Expression argument(Expression.Call c, int i, Location at) {
    if (i >= c.positional().size()) {
      throw new UserException(
          at, "A built-in of the archive's code lacks an argument; export the model again.");
    }
    return c.positional().get(i);
  }

  private TorchType typeArgument(Expression.Call c, int i, Location at) {
    return TypeNames.ofExpression(argument(c, i, at))
        .orElseThrow(() ->
            new UserException(
                at, "A built-in of the archive's code lacks a type; export the model again."));
  }

  private Binding annotate(TorchType type, Expression e, String hint, Location at) {
    Binding value = expressions.evaluate(e, Optional.of(type), hint);
    TorchType actual = Frame.typeOf(value);
    if (value instanceof Binding.Literal l) {
      return type.equals(StaticTypes.FLOAT) ? l.toFloat() : l;
    }
    if (actual.equals(StaticTypes.TENSOR) && type instanceof TorchType.Simple s) {
      String conversion =
          switch (s.name()) {
            case "number" -> "aten.ScalarImplicit";
            case "int" -> "aten.IntImplicit";
            case "float" -> "aten.FloatImplicit";
            default -> "";
          };
      if (!conversion.isEmpty()) {
        return frame.operator(conversion, "", List.of(frame.value(value, at)), type, hint, at);
      }
    }
    return value;
  }

  /** A cast to one of several types keeps the narrower type that is known already. */
  private Binding uncheckedCast(TorchType type, Expression e) {
    Binding value = expressions.evaluate(e);
    boolean isOpen = StaticTypes.isOptional(type) || StaticTypes.isGeneric(type, "Union");
    return value instanceof Binding.Dynamic d && !(isOpen && isClosed(d.type()))
        ? new Binding.Dynamic(d.value(), type)
        : value;
  }

  private static boolean isClosed(TorchType type) {
    return !type.equals(StaticTypes.ANY)
        && !StaticTypes.isOptional(type)
        && !StaticTypes.isGeneric(type, "Union");
  }

  private Binding isInstance(Expression e, TorchType type, Location at) {
    TorchType actual = Frame.typeOf(expressions.evaluate(e));
    if (actual.equals(type)) {
      return Binding.Literal.of(true);
    }
    boolean sameConstructor =
        actual instanceof TorchType.Generic a
            && type instanceof TorchType.Generic t
            && a.constructor().equals(t.constructor());
    if (!isClosed(actual) || sameConstructor) {
      throw new UserException(
          at,
          "isinstance asks for the type of a value that is known only while the model runs; give"
              + " the value one type.");
    }
    return Binding.Literal.of(false);
  }

  /** {@code getattr(self, "0")}, for names that are not identifiers. */
  private Binding getAttribute(Expression.Call c, Location at) {
    if (!(argument(c, 1, at) instanceof Expression.StringLiteral name)) {
      throw new UserException(
          at, "getattr takes a name that is not a constant; export the model again.");
    }
    return expressions.attributeOf(expressions.evaluate(argument(c, 0, at)), name.value(), at);
  }
}
