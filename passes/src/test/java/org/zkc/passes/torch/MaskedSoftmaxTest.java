package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Softmax;

/** Masks of attention, in the forms in which models write them. */
class MaskedSoftmaxTest {

  /** The mask of XLNet: 1e30 times a permuted mask, taken from the scores. */
  @Test
  void aMaskPermutedByEinsumStaysAMask() {
    TorchCase c = new TorchCase();
    Value mask = c.op("aten.to/dtype", c.op("aten.gt/Scalar", c.x, 0), 6, false, false, null);
    Value turned = c.op("aten.einsum", "ij->ji", List.of(mask), null);
    Value huge = c.op("aten.mul/Tensor", turned, 1e30);
    Value p = c.op("aten.softmax/int", c.op("aten.sub/Tensor", c.x, huge, 1), -1, null);
    Program lowered = c.lower(Shape.of(2, 2), p);
    assertMasked(lowered);
    float[] out = c.run(TorchCase.data(Shape.of(2, 2), -1, -2, 3, -1), p).toFloats();
    // The mask is [[0, 0], [1, 0]], turned [[0, 1], [0, 0]].
    float share = (float) (1 / (1 + Math.exp(-4)));
    assertArrayEquals(new float[] {1, 0, share, 1 - share}, out, 1e-6f);
  }

  /** One softmax, with a mask, and no number that stands for infinity. */
  private static void assertMasked(Program program) {
    assertTrue(
        program.main().body().stream()
            .anyMatch(op -> op instanceof Softmax s && s.mask().isPresent()),
        "no softmax has a mask");
    assertTrue(
        program.main().body().stream()
            .noneMatch(op -> op instanceof Constant k && most(k.data()) > 1e9),
        "a constant stands for infinity");
  }

  private static double most(TensorData data) {
    double most = 0;
    for (long i = 0; i < data.elementCount(); i++) {
      most = Math.max(most, Math.abs(data.getDouble(i)));
    }
    return most;
  }
}
