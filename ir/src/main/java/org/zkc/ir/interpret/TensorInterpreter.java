package org.zkc.ir.interpret;

import java.util.List;
import java.util.function.BiConsumer;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/** Reference evaluation of tensor-level programs, equal bit for bit on every machine and with any number of threads. */
public final class TensorInterpreter {
  private TensorInterpreter() {}

  /**
   * Evaluates main.
   *
   * @param inputs one per parameter, of the parameter's type
   * @param observer sees each value that an op defines and each parameter, in order; the array must not be kept changed
   * @return main's results
   */
  public static List<TensorData> run(Program program, List<TensorData> inputs, BiConsumer<Value, float[]> observer) {
    throw new UnsupportedOperationException("in work");
  }

  /** Evaluates main without watching. */
  public static List<TensorData> run(Program program, List<TensorData> inputs) {
    return run(program, inputs, (value, elements) -> {});
  }
}
