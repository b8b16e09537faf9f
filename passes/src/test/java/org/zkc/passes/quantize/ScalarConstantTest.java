package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Checker;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Parameter;
import org.zkc.passes.PassContext;

/** The model commitment holds tensors with at least one axis; PyTorch's numbers have none. */
final class ScalarConstantTest {

  @Test
  void aNumberIsCommittedWithOneAxis() {
    TensorProgramBuilder b = new TensorProgramBuilder(1);
    Value x = b.input(2, 3);
    Value number = b.broadcast(b.constant("c", Shape.of(), new float[] {0.25f}), Shape.of(2, 3));
    Program tensor =
        b.build(b.add(b.relu(x), number), b.multiply(b.tanh(x), b.add(b.sigmoid(x), number)));
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.runDefault(tensor),
                QuantizationOptions.DEFAULT,
                new PassContext())
            .program();
    assertEquals(List.of(), Checker.check(integer));
    List<Parameter> parameters =
        integer.main().body().stream()
            .filter(Parameter.class::isInstance)
            .map(Parameter.class::cast)
            .toList();
    assertTrue(!parameters.isEmpty());
    parameters.forEach(p -> assertEquals(Shape.of(1), p.weights().shape()));
  }

  /** A gate written out by hand, (1 - f) h + f n, before the first step, where h is 0. */
  @Test
  void aStateOfZerosAsksForNoResolution() {
    TensorProgramBuilder b = new TensorProgramBuilder(1);
    Value x = b.input(2, 3);
    Value f = b.sigmoid(x);
    Value zeros = b.constant("h", Shape.of(2, 3), new float[6]);
    Value ones = b.constant("one", Shape.of(2, 3), new float[] {1, 1, 1, 1, 1, 1});
    Value kept = b.multiply(b.subtract(ones, f), zeros);
    Value tenth = b.broadcast(b.constant("c", Shape.of(), new float[] {0.1f}), Shape.of(2, 3));
    Value candidate = b.tanh(b.multiply(x, tenth)); // far smaller than 1 - f, which reads no bits
    Program tensor = b.build(b.tanh(b.add(kept, b.multiply(f, candidate))));
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.runDefault(tensor),
                QuantizationOptions.DEFAULT,
                new PassContext())
            .program();
    assertEquals(List.of(), Checker.check(integer));
  }
}
