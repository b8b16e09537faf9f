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
}
