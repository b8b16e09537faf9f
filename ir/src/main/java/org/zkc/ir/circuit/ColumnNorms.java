package org.zkc.ir.circuit;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.integer.LineNorms;
import org.zkc.ir.view.UnaryView;

/** The bounds of {@link LineNorms} for columns of a circuit. */
public final class ColumnNorms {
  private ColumnNorms() {}

  /** The bound for a column; empty where there is none. */
  public static OptionalLong of(Value value, Function<Value, Optional<Op>> definition) {
    Op op = definition.apply(value).orElse(null);
    if (op instanceof Normalize n
        && definition.apply(n.norm()).orElse(null) instanceof EuclideanNorm e) {
      Interval norm = Interval.of(n.norm().columnType());
      return OptionalLong.of(LineNorms.normalized(norm, e.constant(), n.bits()));
    }
    if (op instanceof Requantize r) {
      return LineNorms.requantized(
          of(r.input(), definition), value.shape(), r.shift(), r.low(), r.high());
    }
    return op instanceof UnaryView v && LineNorms.leavesLines(v)
        ? of(v.input(), definition)
        : OptionalLong.empty();
  }
}
