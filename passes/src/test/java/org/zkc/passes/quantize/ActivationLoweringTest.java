package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Gelu;
import org.zkc.ir.tensor.Sigmoid;

final class ActivationLoweringTest {
  private static Value value(String name) {
    return new Value(name, new TensorType(DType.F32, Shape.of(3)));
  }

  /** A sigmoid that stands beside boxes in a concatenation has their scale, and its own range. */
  @Test
  void resultsThatShareALargerScaleHaveTheirOwnRange() {
    Sigmoid sigmoid = new Sigmoid(value("y"), value("x"), Location.UNKNOWN);
    assertEquals(1, ActivationLowering.resultRange(sigmoid, new Quantum(1.0 / 128, 0, 8191)));
    assertEquals(0.5, ActivationLowering.resultRange(sigmoid, new Quantum(1.0 / 256, 0, 128)));
    Gelu gelu = new Gelu(value("y"), value("x"), false, Location.UNKNOWN);
    assertEquals(64, ActivationLowering.resultRange(gelu, new Quantum(1.0 / 128, -8192, 8192)));
  }
}
