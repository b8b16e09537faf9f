package org.zkc.passes.circuit;

import org.zkc.ir.ColumnType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.OpSpec;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.circuit.Exponentials;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;

/**
 * Gives each column the interval that the verifier will find for it, and each requantisation a
 * table that covers exactly what its operand allows. Sums of products that stayed written out are
 * taken term by term there, which is wider than what lowering knows of them; without this pass the
 * verifier would refuse such a circuit.
 */
public final class SizeTables extends Rewrite {
  public SizeTables() {
    super(
        "size-tables",
        "Recomputes every column's interval as the verifier does and fits tables to them.",
        Level.CIRCUIT,
        Need.REQUIRED);
  }

  @Override
  protected Rules begin(Function function, PassContext context) {
    ColumnIntervals intervals = new ColumnIntervals();
    return (op, scope) -> resize((CircuitOp) op, intervals, scope);
  }

  @SuppressWarnings("ReferenceEquality") // an op that stays is the very op
  private static boolean resize(CircuitOp op, ColumnIntervals intervals, Scope scope) {
    CircuitOp fitted = fit(op);
    Value result = fitted.definitions().getFirst();
    Interval interval = intervals.of(fitted);
    if (interval.equals(ColumnIntervals.interval(result))) {
      if (fitted != op) {
        scope.define(fitted);
      }
      return fitted != op;
    }
    if (!interval.isInsideLimit()) {
      throw new UserException(
          op.location(),
          "the integers of this %s can reach [%d, %d], outside the 31-bit field's (-2^30, 2^30); do not disable rewrite-matmul-checks, or compile with fewer --bits"
              .formatted(OpSpec.of(op).mnemonic(), interval.low(), interval.high()));
    }
    ColumnType type = result.columnType();
    Value wider =
        scope.fresh(
            result.name(),
            new ColumnType(type.kind(), type.shape(), interval.low(), interval.high()));
    CircuitOp renewed = OpSpec.mapValues(fitted, r -> wider, v -> v, region -> region);
    intervals.of(renewed);
    scope.define(renewed);
    scope.replace(result, wider);
    return true;
  }

  private static CircuitOp fit(CircuitOp op) {
    return switch (op) {
      case Requantize r -> {
        Interval h = window(r, r.input(), r.shift());
        int size = Math.toIntExact(h.high() - h.low() + 1);
        yield h.low() == r.first() && size == r.size()
            ? r
            : new Requantize(
                r.result(),
                r.input(),
                r.shift(),
                r.limbs(),
                h.low(),
                size,
                r.low(),
                r.high(),
                r.location());
      }
      case RequantizeTable r -> {
        Interval h = window(r, r.input(), r.shift());
        if (h.low() == r.first() && h.high() - h.low() + 1 == r.entries().elementCount()) {
          yield r;
        }
        TensorData entries = CircuitBuilder.fit(r.entries(), r.first(), h);
        yield new RequantizeTable(
            r.result(), r.input(), r.shift(), r.limbs(), h.low(), entries, r.location());
      }
      case Exponentials e -> {
        long rows = IntegerRules.rows(ColumnIntervals.interval(e.input()), e.shift());
        checkRows(e, rows);
        yield rows == e.size()
            ? e
            : new Exponentials(
                e.result(),
                e.input(),
                e.axis(),
                e.shift(),
                e.limbs(),
                Math.toIntExact(rows),
                CircuitBuilder.fit(
                    e.entries(),
                    0,
                    new Interval(0, Math.min(rows, e.entries().elementCount()) - 1)),
                e.location());
      }
      default -> op;
    };
  }

  /** The window that the table of {@code op} must cover. */
  private static Interval window(CircuitOp op, Value input, int shift) {
    Interval window = ColumnIntervals.interval(input).shiftRounded(shift);
    checkRows(op, window.size());
    return window;
  }

  private static void checkRows(CircuitOp op, long rows) {
    if (rows > FieldBounds.MAX_TABLE_ROWS) {
      throw new UserException(
          op.location(),
          "this result can reach %d different integers, a table has at most %d; do not disable rewrite-matmul-checks, or compile with fewer --bits"
              .formatted(rows, FieldBounds.MAX_TABLE_ROWS));
    }
  }
}
