package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;
import org.zkc.passes.circuit.IntegerToCircuit;

/** Programs of integers, whose three levels compute the same integers. */
final class ExactLevels {
  private ExactLevels() {}

  /**
   * Builds a program of integers and holds the integer and the circuit level to the tensor level.
   *
   * @return the integer level, calibrated by these inputs
   */
  static Program agree(TensorBuilder b, Value result, List<TensorData> inputs) {
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(result)));
    List<long[]> numbers = inputs.stream().map(TensorData::toLongs).toList();
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.run(tensor, List.of(inputs)),
                QuantizationOptions.DEFAULT,
                Optional.empty(),
                new PassContext())
            .program();
    long[] expected = TensorInterpreter.run(tensor, inputs).getFirst().toLongs();
    assertArrayEquals(expected, IntegerInterpreter.run(integer, numbers).getFirst());
    Program circuit = IntegerToCircuit.lower(integer, new PassContext());
    assertArrayEquals(expected, CircuitInterpreter.run(circuit, numbers).getFirst());
    return integer;
  }
}
