package org.zkc.passes.integer;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.RequantizeTable;
import org.zkc.ir.integer.Table;
import org.zkc.passes.Pass;
import org.zkc.passes.PassContext;

/**
 * One lookup for a requantisation and the activation that alone reads it.
 *
 * <pre>
 *   table(requantize(x, shift, low, high), first, entries)       ->  requantize_table(x, shift, first', entries')
 *       with the entries for [low, high] only, so that clamping at their ends is clamping at low and high
 *   requantize(requantize(x, shift, l, h), 0, low, high)         ->  requantize(x, shift, clamp(l), clamp(h))
 * </pre>
 */
public final class FuseRequantizeActivation implements Pass {
  @Override
  public String name() {
    return "fuse-requantize-activation";
  }

  @Override
  public String description() {
    return "Makes one lookup of a requantisation and the activation that reads it.";
  }

  @Override
  public Level level() {
    return Level.INTEGER;
  }

  @Override
  public boolean isOptimisation() {
    return true;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // an op that stays is the very op
  public Program run(Program program, PassContext context) {
    Function main = program.main();
    Uses uses = Uses.of(main);
    boolean[] changed = new boolean[1];
    Map<Value, Requantize> rewritten = new IdentityHashMap<>();
    Function fused =
        Rewriter.rewrite(
            main,
            (op, rewriter) -> {
              Op replacement =
                  switch (op) {
                    case Table t -> only(t.input(), uses, rewritten).map(r -> fuse(t, r)).orElse(t);
                    case Requantize q when q.shift() == 0 ->
                        only(q.input(), uses, rewritten).map(r -> fuse(q, r)).orElse(q);
                    default -> op;
                  };
              if (replacement instanceof Requantize r) {
                rewritten.put(r.result(), r);
              }
              if (replacement != op) {
                changed[0] = true;
                context.count(name() + ".fused", 1);
              }
              rewriter.keep(replacement);
            });
    return changed[0] ? Program.of(Level.INTEGER, DeadOps.remove(fused)) : program;
  }

  /** The requantisation, as rewritten so far, that defines a value with one reader. */
  private static Optional<Requantize> only(
      Value value, Uses uses, Map<Value, Requantize> rewritten) {
    return uses.count(value) == 1 ? Optional.ofNullable(rewritten.get(value)) : Optional.empty();
  }

  private static Op fuse(Table t, Requantize r) {
    long last = t.first() + t.entries().elementCount() - 1;
    long from = Math.clamp(r.low(), t.first(), last);
    long to = Math.clamp(r.high(), t.first(), last);
    long[] entries =
        Arrays.copyOfRange(
            t.entries().toLongs(), (int) (from - t.first()), (int) (to - t.first()) + 1);
    TensorData data = TensorData.ofLongs(DType.I32, Shape.of(entries.length), entries);
    return new RequantizeTable(t.result(), r.input(), r.shift(), from, data, t.location());
  }

  private static Op fuse(Requantize clamp, Requantize r) {
    return new Requantize(
        clamp.result(),
        r.input(),
        r.shift(),
        Math.clamp(r.low(), clamp.low(), clamp.high()),
        Math.clamp(r.high(), clamp.low(), clamp.high()),
        clamp.location());
  }
}
