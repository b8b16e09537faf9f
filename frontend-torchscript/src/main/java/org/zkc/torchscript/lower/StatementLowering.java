package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.If;
import org.zkc.torchscript.code.Expression;
import org.zkc.torchscript.code.FunctionDefinition;
import org.zkc.torchscript.code.Statement;
import org.zkc.torchscript.schema.StaticTypes;

/** Lowers statements; {@link LoopLowering} does loops. */
final class StatementLowering {
  private final CodeLowering lowering;
  private final Frame frame;
  private final ExpressionLowering expressions;

  StatementLowering(CodeLowering lowering, Frame frame) {
    this.lowering = lowering;
    this.frame = frame;
    this.expressions = new ExpressionLowering(lowering, frame);
  }

  /**
   * Lowers a function's body; its parameters are bound already. Returns what the function returns.
   */
  Binding body(FunctionDefinition function) {
    List<Statement> statements = function.body();
    if (statements.getLast() instanceof Statement.Return r) {
      statements(statements.subList(0, statements.size() - 1));
      TorchType type = function.returnType().orElse(StaticTypes.TENSOR);
      return lowering.orUnknown(
          frame,
          r.value(),
          type,
          () -> expressions.evaluate(r.value(), function.returnType(), "result"));
    }
    statements(statements);
    return Binding.Literal.NONE;
  }

  void statements(List<Statement> statements) {
    for (Statement s : statements) {
      lowering.step(Location.UNKNOWN);
      try {
        statement(s);
        lowering.faults().ifPresent(f -> f.spread(s, frame, assigned(s)));
      } catch (UserException e) {
        leaveOut(s, e);
      }
    }
  }

  /** Goes on without a statement where faults are collected. */
  private void leaveOut(Statement s, UserException reason) {
    ReadFaults faults = lowering.goesOnAfter(reason);
    faults.add(reason, frame, ReadFaults.expressions(s));
    Location at = frame.locate(s.offset());
    for (String name : assigned(s)) {
      Binding before = frame.names().get(name);
      TorchType type =
          s instanceof Statement.Assign a && a.type().isPresent()
              ? a.type().get()
              : before instanceof Binding.Dynamic d ? d.type() : StaticTypes.TENSOR;
      bind(name, faults.unknown(frame, name, type, ReadFaults.expressions(s), at));
    }
  }

  private static List<String> assigned(Statement s) {
    Set<String> names = new LinkedHashSet<>();
    LoopLowering.assignedNames(List.of(s), names);
    return List.copyOf(names);
  }

  private void statement(Statement s) {
    switch (s) {
      case Statement.Assign a ->
          bind(a.target(), expressions.evaluate(a.value(), a.type(), a.target()));
      case Statement.AssignResults a -> {
        List<Binding> results = expressions.evaluateAll(a.value(), a.targets().get(0));
        if (results.size() != a.targets().size()) {
          throw mismatch(a);
        }
        for (int i = 0; i < results.size(); i++) {
          bind(a.targets().get(i), results.get(i));
        }
      }
      case Statement.Unpack u -> unpack(u);
      case Statement.AssignTogether a -> {
        List<Binding> values = new ArrayList<>();
        for (Expression e : a.values()) {
          values.add(expressions.evaluate(e));
        }
        for (int i = 0; i < values.size(); i++) {
          bind(a.targets().get(i), values.get(i));
        }
      }
      case Statement.SetAttribute a -> setAttribute(a);
      case Statement.Effect e -> expressions.evaluateAll(e.expression(), "v");
      case Statement.Pass _ -> {}
      case Statement.If i -> branch(i);
      case Statement.While w -> new LoopLowering(lowering, frame).whileLoop(w);
      case Statement.For f -> new LoopLowering(lowering, frame).forLoop(f);
      case Statement.With w -> guarded(w);
      case Statement.Return r ->
          throw new UserException(
              frame.locate(r.offset()),
              "The archive's code returns from inside a block; export the model again with a"
                  + " current torch.");
      case Statement.NestedFunction n -> frame.defineFunction(n.function());
    }
  }

  private void setAttribute(Statement.SetAttribute s) {
    Location own = frame.locate(s.offset());
    Location at = own.isKnown() ? own : frame.locate(s.value().offset());
    if (expressions.evaluate(s.object()) instanceof Binding.Dynamic d
        && Objects.isObject(lowering.library(), d.type())) {
      Objects.set(frame, lowering.library(), d, s.name(), expressions.evaluate(s.value()), at);
      return;
    }
    throw new UserException(
        at,
        "forward changes the attribute '%s' of a module; a proof is about a fixed model, so make forward leave it unchanged."
            .formatted(s.name()));
  }

  private void bind(String name, Binding value) {
    frame.names().put(name, value);
  }

  private UserException mismatch(Statement s) {
    return new UserException(
        frame.locate(s.offset()),
        "An operator's results do not fit the names that the archive's code gives them; export the"
            + " model again.");
  }

  private void unpack(Statement.Unpack u) {
    Location at = frame.locate(u.offset());
    Binding value = expressions.evaluate(u.value());
    TorchType type = Frame.typeOf(value);
    List<TorchType> types =
        StaticTypes.isList(type)
            ? u.targets().stream().map(_ -> StaticTypes.argument(type, 0)).toList()
            : expressions.tupleTypes(type, at).orElseThrow(() -> mismatch(u));
    if (types.size() != u.targets().size()) {
      throw mismatch(u);
    }
    List<Binding> elements = frame.unpack(value, types, u.targets(), at);
    for (int i = 0; i < elements.size(); i++) {
      bind(u.targets().get(i), elements.get(i));
    }
  }

  private void guarded(Statement.With w) {
    if (!(expressions.evaluate(w.context()) instanceof Binding.InertGuard)) {
      // Archives keep no line for the block itself.
      Location own = frame.locate(w.offset());
      throw new UserException(
          own.isKnown() || w.body().isEmpty() ? own : frame.locate(w.body().getFirst().offset()),
          "The model uses a 'with' block other than torch.no_grad and record_function; zkc does not"
              + " support it.");
    }
    statements(w.body());
  }

  private void branch(Statement.If s) {
    Location at = frame.locate(s.offset());
    Binding condition =
        lowering.orUnknown(
            frame, s.condition(), StaticTypes.BOOL, () -> expressions.evaluate(s.condition()));
    if (condition instanceof Binding.Literal l) {
      statements(l.asBoolean() ? s.then() : s.otherwise());
      return;
    }
    int before = frame.aliases().definedCount();
    Frame then = frame.fork(lowering);
    new StatementLowering(lowering, then).statements(s.then());
    then.region().leave();
    Frame otherwise = frame.fork(lowering);
    new StatementLowering(lowering, otherwise).statements(s.otherwise());
    List<Value> thenResults = new ArrayList<>();
    List<Value> otherwiseResults = new ArrayList<>();
    List<Value> results = new ArrayList<>();
    Merge merge =
        (name, left, right) -> {
          TorchType type = StaticTypes.join(Frame.typeOf(left), Frame.typeOf(right));
          Value a = then.value(left, at);
          Value b = otherwise.value(right, at);
          Value result = frame.define(name, type);
          for (Value arm : List.of(a, b)) {
            frame.aliases().share(result, arm);
          }
          thenResults.add(a);
          otherwiseResults.add(b);
          results.add(result);
          return new Binding.Dynamic(result, type);
        };
    Map<String, Binding> merged = mergeNames(then, otherwise, merge, at);
    mergeWrites(then, otherwise, before, merge);
    Value test = frame.value(condition, at);
    frame
        .region()
        .add(
            new If(
                results,
                test,
                then.region().finish(List.of(), thenResults),
                otherwise.region().finish(List.of(), otherwiseResults),
                at));
    frame.names().clear();
    frame.names().putAll(merged);
    keepStale(then, merged);
    keepStale(otherwise, merged);
  }

  /**
   * Names whose value an arm made stale stay bound to it, so that reading them is refused with the
   * reason.
   */
  private void keepStale(Frame arm, Map<String, Binding> merged) {
    for (Binding b : merged.values()) {
      if (isStale(arm, b)) {
        frame.aliases().markStale(((Binding.Dynamic) b).value(), Location.UNKNOWN);
      }
    }
  }

  private interface Merge {
    Binding.Dynamic of(String name, Binding then, Binding otherwise);
  }

  /** Names bound in both arms; those that differ become results of the If. */
  private static Map<String, Binding> mergeNames(
      Frame then, Frame otherwise, Merge merge, Location at) {
    Map<String, Binding> out = new LinkedHashMap<>();
    then.names()
        .forEach((name, left) -> {
          Binding right = otherwise.names().get(name);
          if (right == null) {
            return;
          }
          if (left.equals(right)) {
            out.put(name, left);
          } else if (isValue(left) && isValue(right)) {
            if (isStale(then, left)) {
              out.put(name, left);
            } else {
              out.put(name, isStale(otherwise, right) ? right : merge.of(name, left, right));
            }
          } else {
            throw new UserException(
                at,
                "A branch chooses which module or function '%s' is; zkc supports one fixed module."
                    .formatted(name));
          }
        });
    return out;
  }

  private static boolean isValue(Binding b) {
    return b instanceof Binding.Dynamic || b instanceof Binding.Literal;
  }

  private static boolean isStale(Frame arm, Binding b) {
    return b instanceof Binding.Dynamic d && arm.aliases().isStale(d.value());
  }

  /** Values from before the If that an arm wrote in place read as results of the If from now on. */
  private void mergeWrites(Frame then, Frame otherwise, int before, Merge merge) {
    MemoryAliases aliases = frame.aliases();
    Map<Value, Location> stale = new LinkedHashMap<>(then.aliases().staleSince(aliases, before));
    stale.putAll(otherwise.aliases().staleSince(aliases, before));
    List<Value> written = new ArrayList<>(then.aliases().replacedSince(aliases, before));
    for (Value v : otherwise.aliases().replacedSince(aliases, before)) {
      if (!written.contains(v)) {
        written.add(v);
      }
    }
    for (Value v : written) {
      if (then.aliases().isStale(v) || otherwise.aliases().isStale(v)) {
        continue;
      }
      TorchType type = (TorchType) v.type();
      Binding.Dynamic current = new Binding.Dynamic(v, type);
      aliases.forward(v, merge.of(v.name(), current, current).value());
    }
    stale.forEach(aliases::markStale);
    for (Value v : written) {
      if (then.aliases().isStale(v) || otherwise.aliases().isStale(v)) {
        aliases.markStale(v, Location.UNKNOWN);
      }
    }
  }
}
