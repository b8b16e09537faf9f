package org.zkc.ir.interpret;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.zkc.ir.ColumnType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.TensorType;
import org.zkc.ir.TorchType;
import org.zkc.ir.Value;

/**
 * The elements of a program's values, op by op, each checked against the interval of its type.
 * Spectra are the exception: an element of F[i] has no interval of its own.
 */
final class CheckedRun {
  private final Map<Value, long[]> elements = new IdentityHashMap<>();
  private final BiConsumer<Value, long[]> observer;

  CheckedRun(BiConsumer<Value, long[]> observer) {
    this.observer = observer;
  }

  /**
   * Evaluates main.
   *
   * @param inputs row-major elements, one array per parameter
   * @param evaluate an op's result, from operands that {@link #get} gives
   * @return main's results
   */
  List<long[]> of(Program program, List<long[]> inputs, Function<Op, long[]> evaluate) {
    List<Value> parameters = program.main().parameters();
    if (inputs.size() != parameters.size()) {
      throw new IllegalArgumentException(
          inputs.size() + " inputs given for " + parameters.size() + " parameters");
    }
    for (int i = 0; i < inputs.size(); i++) {
      define(parameters.get(i), inputs.get(i).clone());
    }
    for (Op op : program.main().body()) {
      define(op.definitions().getFirst(), evaluate.apply(op));
    }
    return program.main().results().stream().map(v -> get(v).clone()).toList();
  }

  private void define(Value value, long[] x) {
    switch (value.type()) {
      case IntegerType t -> check(value, x, t.shape(), Interval.of(t));
      case ColumnType t -> check(value, x, t.shape(), Interval.of(t));
      case SpectrumType t -> {
        elements.put(value, x);
        return;
      }
      case TorchType _, TensorType _ ->
          throw new IllegalArgumentException(value + " holds no integers");
    }
    elements.put(value, x);
    observer.accept(value, x);
  }

  private static void check(Value value, long[] x, Shape shape, Interval interval) {
    if (x.length != shape.elementCount()) {
      throw new IllegalArgumentException(
          value + " has shape " + shape + ", got " + x.length + " elements");
    }
    for (int i = 0; i < x.length; i++) {
      if (!interval.contains(x[i])) {
        throw new ArithmeticException(
            "element %d of %s is %d, outside [%d, %d]"
                .formatted(i, value, x[i], interval.low(), interval.high()));
      }
    }
  }

  /** The elements of a value that is defined; shared. */
  long[] get(Value value) {
    return Objects.requireNonNull(elements.get(value), "no op before the use defined the value");
  }
}
