package org.zkc.passes.integer;

import java.util.Arrays;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.RequantizeTable;
import org.zkc.ir.integer.Table;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;

/**
 * One lookup for a requantisation and the activation that alone reads it.
 *
 * <pre>
 *   table(requantize(x, shift, low, high), first, entries)       ->  requantize_table(x, shift, first', entries')
 *       with the entries for [low, high] only, so that clamping at their ends is clamping at low and high
 *   requantize(requantize(x, shift, l, h), 0, low, high)         ->  requantize(x, shift, clamp(l), clamp(h))
 * </pre>
 *
 * Activations whose sums could reach much more than their tables hold stay apart where that costs
 * less ({@link ActivationsApart}): one clamp serves them all.
 */
public final class FuseRequantizeActivation extends Rewrite {
  public FuseRequantizeActivation() {
    super(
        "fuse-requantize-activation",
        "Makes one lookup of a requantisation and the activation that reads it.",
        Level.INTEGER,
        Need.OPTIMISATION);
  }

  @Override
  protected Rules begin(Function function, PassContext context) {
    return new Fusion(ActivationsApart.of(function));
  }

  private record Fusion(ActivationsApart apart) implements Rules {
    @Override
    public boolean rewrite(Op op, Scope scope) {
      if (op instanceof Requantize r && apart.widens(r)) {
        widen(r, scope);
        return true;
      }
      Optional<Op> fused =
          switch (op) {
            case Table t when apart.holds(t) -> Optional.empty();
            case Table t -> only(t.input(), scope).map(r -> fuse(t, r));
            case Requantize q when q.shift() == 0 -> only(q.input(), scope).map(r -> fuse(q, r));
            default -> Optional.empty();
          };
      fused.ifPresent(scope::define);
      return fused.isPresent();
    }

    private void widen(Requantize op, Scope scope) {
      Value wide = scope.fresh(op.result().name(), apart.widened(op));
      Interval window = apart.window();
      scope.define(
          new Requantize(wide, op.input(), op.shift(), window.low(), window.high(), op.location()));
      scope.replace(op.result(), wide);
    }

    @Override
    public String counted(Op op) {
      return op instanceof Requantize r && apart.widens(r) ? "widened" : "fused";
    }

    /** The requantisation, as rewritten so far, that defines a value with one reader. */
    private static Optional<Requantize> only(Value value, Scope scope) {
      return scope.isReadOnce(value) && scope.definition(value).orElse(null) instanceof Requantize r
          ? Optional.of(r)
          : Optional.empty();
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
}
