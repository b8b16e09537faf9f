package org.zkc.passes;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Type;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;

/**
 * An optimisation of one level given by one rule that looks at one op and at those that define its
 * operands. The function is walked once, in order, so a rule sees what it made of earlier ops; ops
 * that lose their last reader go.
 */
public abstract class Rewrite implements Pass {
  private final String name;
  private final String description;
  private final Level level;

  protected Rewrite(String name, String description, Level level) {
    this.name = Objects.requireNonNull(name);
    this.description = Objects.requireNonNull(description);
    this.level = Objects.requireNonNull(level);
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
    return level;
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
  protected abstract boolean rewrite(Op op, Scope scope);

  /** The name under which the pass counts that the rule replaced this op. */
  protected String counted(Op op) {
    return "rewritten";
  }

  @Override
  public final Program run(Program program, PassContext context) {
    Scope scope = new Scope(Uses.of(program.main()));
    boolean[] fired = new boolean[1];
    Function rewritten =
        Rewriter.rewrite(
            program.main(),
            (op, rewriter) -> {
              scope.rewriter = rewriter;
              if (rewrite(op, scope)) {
                fired[0] = true;
                context.count(name + "." + counted(op), 1);
                op.operands().forEach(scope::release);
              } else {
                scope.keep(op);
              }
            });
    return fired[0] ? Program.of(level, DeadOps.remove(rewritten)) : program;
  }

  /** The program as it is while a rule is tried. */
  public static final class Scope {
    private final Uses uses;
    private final Map<Value, Integer> readings = new IdentityHashMap<>();
    private final Map<Value, Op> definitions = new IdentityHashMap<>();
    private @Nullable Rewriter rewriter;

    private Scope(Uses uses) {
      this.uses = uses;
    }

    private Rewriter rewriter() {
      return Objects.requireNonNull(rewriter, "rules are tried while the program is rewritten");
    }

    /** The op that defines the value now; empty for parameters. */
    public Optional<Op> definition(Value value) {
      return Optional.ofNullable(definitions.get(value));
    }

    /** Whether the op under consideration is the value's only reader, as things are now. */
    public boolean isReadOnce(Value value) {
      return readings(value) == 1;
    }

    private int readings(Value value) {
      return readings.computeIfAbsent(value, uses::count);
    }

    /**
     * Takes one reading of the value away. An op that nobody reads any more reads nothing either.
     */
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
    public <T extends Op> T define(T op) {
      keep(op);
      op.operands().forEach(v -> readings.put(v, readings(v) + 1));
      return op;
    }

    /** Readers of {@code old} read {@code replacement}. */
    public void replace(Value old, Value replacement) {
      rewriter().replace(old, replacement);
      readings.put(replacement, readings(replacement) + readings(old));
    }

    public Value fresh(String hint, Type type) {
      return rewriter().fresh(hint, type);
    }
  }
}
