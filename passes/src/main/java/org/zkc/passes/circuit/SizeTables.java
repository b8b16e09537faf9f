package org.zkc.passes.circuit;

import org.zkc.ir.ColumnType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.passes.Pass;
import org.zkc.passes.PassContext;

/**
 * Gives each column the interval that the verifier will find for it, and each requantisation a
 * table that covers exactly what its operand allows. Sums of products that stayed written out are
 * taken term by term there, which is wider than what lowering knows of them; without this pass the
 * verifier would refuse such a circuit.
 */
public final class SizeTables implements Pass {
  @Override
  public String name() {
    return "size-tables";
  }

  @Override
  public String description() {
    return "Recomputes every column's interval as the verifier does and fits tables to them.";
  }

  @Override
  public Level level() {
    return Level.CIRCUIT;
  }

  @Override
  public boolean isOptimisation() {
    return false;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // an op that stays is the very op
  public Program run(Program program, PassContext context) {
    ColumnIntervals intervals = new ColumnIntervals();
    boolean[] changed = new boolean[1];
    Program sized =
        Rewriter.rewrite(
            program,
            (op, rewriter) -> {
              CircuitOp fitted = fit((CircuitOp) op);
              Value result = fitted.definitions().getFirst();
              Interval interval = intervals.of(fitted);
              boolean same = interval.equals(ColumnIntervals.interval(result));
              changed[0] |= !same || fitted != op;
              if (same) {
                rewriter.keep(fitted);
                return;
              }
              if (!interval.isInsideLimit()) {
                throw new UserException(
                    op.location(),
                    "the integers of this %s can reach [%d, %d], outside the 31-bit field's (-2^30, 2^30); do not disable rewrite-matmul-checks, or compile with fewer --bits"
                        .formatted(OpSpec.of(op).mnemonic(), interval.low(), interval.high()));
              }
              ColumnType type = result.columnType();
              Value wider =
                  rewriter.fresh(
                      result.name(),
                      new ColumnType(type.kind(), type.shape(), interval.low(), interval.high()));
              Op renewed = OpSpec.mapValues(fitted, r -> wider, v -> v, region -> region);
              intervals.of((CircuitOp) renewed);
              rewriter.append(renewed);
              rewriter.replace(result, wider);
              context.count(name() + ".changed", 1);
            });
    return changed[0] ? sized : program;
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
      default -> op;
    };
  }

  /** The window that the table of {@code op} must cover. */
  private static Interval window(CircuitOp op, Value input, int shift) {
    Interval window = ColumnIntervals.interval(input).shiftRounded(shift);
    if (window.size() > FieldBounds.MAX_TABLE_ROWS) {
      throw new UserException(
          op.location(),
          "this result can reach %d different integers, a table has at most %d; do not disable rewrite-matmul-checks, or compile with fewer --bits"
              .formatted(window.size(), FieldBounds.MAX_TABLE_ROWS));
    }
    return window;
  }
}
