package org.zkc.passes.tensor;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.view.Broadcast;
import org.zkc.passes.Pass;
import org.zkc.passes.PassContext;

/**
 * A tensor-level optimisation given by one rule that looks at one op and at those that define its
 * operands. The function is walked once, in order, so a rule sees what it made of earlier ops; ops
 * that lose their last reader go.
 */
abstract class TensorRewrite implements Pass {
  private final String name;
  private final String description;

  TensorRewrite(String name, String description) {
    this.name = Objects.requireNonNull(name);
    this.description = Objects.requireNonNull(description);
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String description() {
    return description;
  }

  @Override
  public final Level level() {
    return Level.TENSOR;
  }

  @Override
  public final boolean isOptimisation() {
    return true;
  }

  /**
   * Tries the rule on an op.
   *
   * @return false to keep the op; true when the rule made a replacement, with {@link Scope#define}
   *     or {@link Scope#replace}
   */
  abstract boolean rewrite(Op op, Scope scope);

  @Override
  public final Program run(Program program, PassContext context) {
    Scope scope = new Scope(Uses.of(program.main()));
    Function rewritten =
        Rewriter.rewrite(
            program.main(),
            (op, rewriter) -> {
              scope.rewriter = rewriter;
              if (rewrite(op, scope)) {
                scope.fired++;
                op.operands().forEach(scope::release);
              } else {
                scope.keep(op);
              }
            });
    if (scope.fired == 0) {
      return program;
    }
    context.count(name + ".rewritten", scope.fired);
    return Program.of(Level.TENSOR, DeadOps.remove(rewritten));
  }

  /** The program as it is while a rule is tried. */
  static final class Scope {
    private final Uses uses;
    private final Map<Value, Integer> readings = new IdentityHashMap<>();
    private final Map<Value, Op> definitions = new IdentityHashMap<>();
    private @Nullable Rewriter rewriter;
    private long fired;

    private Scope(Uses uses) {
      this.uses = uses;
    }

    private Rewriter rewriter() {
      return Objects.requireNonNull(rewriter, "rules are tried while the program is rewritten");
    }

    /** The op that defines the value now; empty for parameters. */
    Optional<Op> definition(Value value) {
      return Optional.ofNullable(definitions.get(value));
    }

    Optional<Constant> constant(Value value) {
      return definition(value).filter(Constant.class::isInstance).map(Constant.class::cast);
    }

    /** A constant, or one that is broadcast: its small form. */
    Optional<Constant> broadcastConstant(Value value) {
      return definition(value).orElse(null) instanceof Broadcast b
          ? constant(b.input())
          : constant(value);
    }

    /** Whether the op under consideration is the value's only reader, as things are now. */
    boolean isReadOnce(Value value) {
      return readings(value) == 1;
    }

    private int readings(Value value) {
      return readings.computeIfAbsent(value, uses::count);
    }

    /** One reading less; an op that nobody reads any more reads nothing either. */
    private void release(Value value) {
      int left = readings(value) - 1;
      readings.put(value, left);
      if (left == 0) {
        definition(value).ifPresent(op -> op.operands().forEach(this::release));
      }
    }

    private void keep(Op op) {
      rewriter().append(op);
      op.definitions().forEach(v -> definitions.put(v, op));
    }

    /** Adds an op, which defines its results from now on. */
    <T extends Op> T define(T op) {
      keep(op);
      op.operands().forEach(v -> readings.put(v, readings(v) + 1));
      return op;
    }

    /** Readers of {@code old} read {@code replacement}. */
    void replace(Value old, Value replacement) {
      rewriter().replace(old, replacement);
      readings.put(replacement, readings(replacement) + readings(old));
    }

    Value fresh(String hint, TensorType type) {
      return rewriter().fresh(hint, type);
    }

    /** Adds an f32 constant. */
    Value constant(String constantName, TensorData data, Op from) {
      String hint = constantName.isEmpty() ? "constant" : constantName;
      return define(
              new Constant(
                  fresh(hint, new TensorType(DType.F32, data.shape())),
                  constantName,
                  data,
                  from.location()))
          .result();
    }
  }
}
