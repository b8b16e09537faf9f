package org.zkc.ir;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Rebuilds a function op by op, in order, in linear time. A rule sees each op of the body once,
 * with its operands already replaced, and either {@linkplain #keep keeps} it, {@linkplain #append
 * appends} others and {@linkplain #replace names the replacement} of its result, or drops it.
 * Values that are not replaced keep their identity, so facts that a pass gathered beforehand
 * ({@link Uses}) stay usable by value.
 */
public final class Rewriter implements OpAppender {
  private final Map<Value, Value> replacements = new IdentityHashMap<>();
  private final FunctionBuilder out;

  private Rewriter(Function function) {
    this.out = new FunctionBuilder(function.name(), function.location());
    // Names already taken: a fresh value must not look like one of the old.
    function.parameters().forEach(v -> out.fresh(v.name(), v.type()));
    function.body().forEach(op -> op.definitions().forEach(v -> out.fresh(v.name(), v.type())));
    function.parameters().forEach(out::parameter);
  }

  /** Applies the rule to each op of every function. */
  public static Program rewrite(Program program, BiConsumer<Op, Rewriter> rule) {
    return new Program(
        program.level(), program.functions().stream().map(f -> rewrite(f, rule)).toList());
  }

  /**
   * Applies the rule to each op of the function's body (not to ops inside nested regions, whose
   * captures follow).
   */
  public static Function rewrite(Function function, BiConsumer<Op, Rewriter> rule) {
    Rewriter rewriter = new Rewriter(function);
    for (Op op : function.body()) {
      rule.accept(rewriter.replaced(op), rewriter);
    }
    return rewriter.out.build(function.results().stream().map(rewriter::current).toList());
  }

  /** The op goes into the result as it is; its results stand for themselves. */
  public void keep(Op op) {
    out.append(op);
  }

  /** Adds a new op. */
  public <T extends Op> T append(T op) {
    return out.append(op);
  }

  @Override
  public Value value(Op op) {
    return out.value(op);
  }

  @Override
  public Value fresh(String hint, Type type) {
    return out.fresh(hint, type);
  }

  /**
   * Later ops that read {@code old} read {@code replacement} instead, which must be defined by
   * then.
   */
  public void replace(Value old, Value replacement) {
    replacements.put(old, current(replacement));
  }

  /** The value that stands for {@code value} now: its replacement or itself. */
  public Value current(Value value) {
    return replacements.getOrDefault(value, value);
  }

  /** The op itself where it reads nothing that was replaced: building it anew has its price. */
  private Op replaced(Op op) {
    return replacements.isEmpty() || !OpSpec.of(op).hasRegions() && readsNothingReplaced(op)
        ? op
        : substitute(op, this);
  }

  private boolean readsNothingReplaced(Op op) {
    for (Value operand : op.operands()) {
      if (replacements.containsKey(operand)) {
        return false;
      }
    }
    return true;
  }

  private static Op substitute(Op op, Rewriter rewriter) {
    return OpSpec.mapValues(
        op,
        result -> result,
        rewriter::current,
        region -> {
          List<Op> body = region.body().stream().map(o -> substitute(o, rewriter)).toList();
          return new Region(
              region.parameters(), body, region.results().stream().map(rewriter::current).toList());
        });
  }
}
