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

  /** Bits that are asked for reach the inputs of tables, not their results alone. */
  @Test
  void tablesHaveFinerInputsWhereMoreBitsAreAskedFor() {
    assertEquals(6, Precision.LEAST.ofTableInput(1, 1));
    assertEquals(6, Precision.LEAST.withTablesFor(4).ofTableInput(1, 1));
    assertEquals(6, Precision.LEAST.withTablesFor(8).ofTableInput(1, 1));
    assertEquals(10, Precision.LEAST.withTablesFor(12).ofTableInput(1, 1));
    assertEquals(11, Precision.LEAST.withTablesFor(16).ofTableInput(1, 1));
    assertEquals(11, Precision.LEAST.withTablesFor(16).ofTableInput(1, 0));
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
