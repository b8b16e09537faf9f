package org.zkc.passes;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.OpAppender;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Type;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;

/**
 * A rewrite within one level that looks at one op and at those that define its operands. The
 * function is walked once, in order, so rules see the results of earlier rewrites; ops that lose
 * their last reader are removed. A pass with one rule that needs no more than that is a {@link
 * LocalRewrite}. A pass with several rules, or whose rules need facts about the whole function,
 * gathers these at the {@linkplain #begin beginning of a run}.
 */
public abstract class Rewrite implements Pass {
  /** Whether {@code --disable} may name the pass. */
  protected enum Need {
    OPTIMISATION,
    REQUIRED
  }

  private final String name;
  private final String description;
  private final Level level;
  private final Need need;

  protected Rewrite(String name, String description, Level level, Need need) {
    this.name = Objects.requireNonNull(name);
    this.description = Objects.requireNonNull(description);
    this.level = Objects.requireNonNull(level);
    this.need = Objects.requireNonNull(need);
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
    return need == Need.OPTIMISATION;
  }

  /** The rules of one run, which may hold what the run has found so far. */
  @FunctionalInterface
  public interface Rules {
    /**
     * Tries the rules on an op.
     *
     * @return false to keep the op; true when a rule made a replacement, with {@link Scope#define}
     *     or {@link Scope#replace}
     */
    boolean rewrite(Op op, Scope scope);

    /** The name under which the pass counts that a rule replaced this op. */
    default String counted(Op op) {
      return "rewritten";
    }

    /** Looks at the function when all its ops have been tried; replaced ones are gone. */
    default void end(Function rewritten) {}
  }

  /**
   * The rules for one function.
   *
   * @param function as it is before the walk
   * @param context takes counts besides those of {@link Rules#counted}
   */
  protected abstract Rules begin(Function function, PassContext context);

  @Override
  public final Program run(Program program, PassContext context) {
    boolean[] fired = new boolean[1];
    List<Function> rewritten =
        program.functions().stream().map(f -> walk(f, context, fired)).toList();
    return fired[0] ? new Program(level, rewritten) : program;
  }

  private Function walk(Function function, PassContext context, boolean[] fired) {
    Rules rules = begin(function, context);
    Scope scope = new Scope(Uses.of(function));
    boolean[] changed = new boolean[1];
    Function walked =
        Rewriter.rewrite(
            function,
            (op, rewriter) -> {
              scope.rewriter = rewriter;
              if (rules.rewrite(op, scope)) {
                changed[0] = true;
                context.count(name + "." + rules.counted(op), 1);
                op.operands().forEach(scope::release);
              } else {
                scope.keep(op);
              }
            });
    Function rewritten = changed[0] ? DeadOps.remove(walked) : function;
    rules.end(rewritten);
    fired[0] |= changed[0];
    return rewritten;
  }

  /** The program as it is while a rule is tried. */
  public static final class Scope implements OpAppender {
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

    /** The op that defines the value now, if it is one of this type. */
    public <T extends Op> Optional<T> definition(Value value, Class<T> type) {
      return definition(value).filter(type::isInstance).map(type::cast);
    }

    /** Whether the op under consideration is the value's only reader, as things are now. */
    public boolean isReadOnce(Value value) {
      return readings(value) == 1;
    }

    private int readings(Value value) {
      return readings.computeIfAbsent(value, uses::count);
    }

    /** Removes one reader of the value. An op without readers reads nothing either. */
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

    @Override
    public Value value(Op op) {
      return define(op).definitions().getFirst();
    }

    @Override
    public Value fresh(String hint, Type type) {
      return rewriter().fresh(hint, type);
    }
  }
}
