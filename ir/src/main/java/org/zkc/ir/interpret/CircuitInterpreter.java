package org.zkc.ir.interpret;

import java.util.List;
import java.util.function.BiConsumer;
import org.zkc.ir.Program;
import org.zkc.ir.Value;

/** Reference evaluation of circuit-level programs; it is what their ops mean. */
public final class CircuitInterpreter {
  private CircuitInterpreter() {}

  /**
   * Evaluates main.
   *
   * @param inputs row-major elements, one array per parameter
   * @param observer sees each parameter and each value that an op defines, in order; it must not change the arrays
   * @return main's results
   * @throws ArithmeticException when an element is outside the interval of its type
   */
  public static List<long[]> run(Program program, List<long[]> inputs, BiConsumer<Value, long[]> observer) {
    throw new UnsupportedOperationException("in work");
  }

  /** Evaluates main without watching. */
  public static List<long[]> run(Program program, List<long[]> inputs) {
    return run(program, inputs, (value, elements) -> {});
  }
}
