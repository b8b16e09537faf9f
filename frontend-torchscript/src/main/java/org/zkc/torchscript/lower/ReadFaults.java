package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Operator;
import org.zkc.torchscript.code.Expression;
import org.zkc.torchscript.code.Statement;

/**
 * Faults of a reading that goes on after each. A statement that cannot be lowered is left out, and
 * the names that it would have bound stand for unknown values ({@link Operator#UNKNOWN}). Another
 * statement that fails and reads such a name is left out too, but is no fault: its failure may be
 * the consequence of the first.
 */
final class ReadFaults {
  private final List<UserException> found = new ArrayList<>();
  private final Set<Value> unknown = Collections.newSetFromMap(new IdentityHashMap<>());

  /** The faults, in the order in which they were met. */
  List<UserException> found() {
    return List.copyOf(found);
  }

  /** Takes the failure of something that read these expressions. */
  void add(UserException reason, Frame frame, List<Expression> read) {
    if (read.stream().noneMatch(e -> isUnknown(e, frame))) {
      found.add(reason);
    }
  }

  /**
   * A value whose type alone is known, or guessed.
   *
   * @param read the operands of the value, whose faults it depends on
   */
  Binding.Dynamic unknown(
      Frame frame, String name, TorchType type, List<Expression> read, Location at) {
    List<Value> operands = new ArrayList<>();
    read.forEach(e ->
        names(
            e,
            n -> {
              if (frame.names().get(n) instanceof Binding.Dynamic d
                  && !frame.aliases().isStale(d.value())) {
                operands.add(frame.value(d, at));
              }
            }));
    Value value = frame.define(name, type);
    frame.region().add(new Operator(List.of(value), Operator.UNKNOWN, "", operands, at));
    unknown.add(value);
    return new Binding.Dynamic(value, type);
  }

  /**
   * Makes the names that a statement bound stand for unknown values where the statement read some.
   */
  void spread(Statement s, Frame frame, List<String> targets) {
    if (unknown.isEmpty() || expressions(s).stream().noneMatch(e -> isUnknown(e, frame))) {
      return;
    }
    for (String target : targets) {
      if (frame.names().get(target) instanceof Binding.Dynamic d) {
        unknown.add(d.value());
      }
    }
  }

  private boolean isUnknown(Expression e, Frame frame) {
    boolean[] found = new boolean[1];
    names(
        e,
        n ->
            found[0] |=
                frame.names().get(n) instanceof Binding.Dynamic d && unknown.contains(d.value()));
    return found[0];
  }

  /** Shows every name that an expression reads. */
  private static void names(Expression e, Consumer<String> to) {
    switch (e) {
      case Expression.Name n -> to.accept(n.name());
      case Expression.ListLiteral l -> l.elements().forEach(x -> names(x, to));
      case Expression.TupleLiteral t -> t.elements().forEach(x -> names(x, to));
      case Expression.DictLiteral d -> {
        d.keys().forEach(x -> names(x, to));
        d.values().forEach(x -> names(x, to));
      }
      case Expression.Attribute a -> names(a.base(), to);
      case Expression.Call c -> {
        names(c.function(), to);
        c.positional().forEach(x -> names(x, to));
        c.keywords().forEach(k -> names(k.value(), to));
      }
      case Expression.Subscript s -> {
        names(s.base(), to);
        s.indices().forEach(x -> names(x, to));
      }
      case Expression.Slice s -> {
        names(s.base(), to);
        names(s.lower(), to);
        names(s.upper(), to);
      }
      case Expression.Negation n -> names(n.operand(), to);
      case Expression.IntLiteral _,
          Expression.FloatLiteral _,
          Expression.ComplexLiteral _,
          Expression.StringLiteral _,
          Expression.BoolLiteral _,
          Expression.NoneLiteral _ -> {}
    }
  }

  /** The expressions that a statement itself reads, those of statements within it apart. */
  static List<Expression> expressions(Statement s) {
    return switch (s) {
      case Statement.Assign a -> List.of(a.value());
      case Statement.AssignResults a -> List.of(a.value());
      case Statement.Unpack u -> List.of(u.value());
      case Statement.AssignTogether a -> a.values();
      case Statement.SetAttribute a -> List.of(a.object(), a.value());
      case Statement.Effect e -> List.of(e.expression());
      case Statement.If i -> List.of(i.condition());
      case Statement.While w -> List.of(w.condition());
      case Statement.For f -> List.of(f.count());
      case Statement.With w -> List.of(w.context());
      case Statement.Return r -> List.of(r.value());
      case Statement.Pass _, Statement.NestedFunction _ -> List.of();
    };
  }
}
