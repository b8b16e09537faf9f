package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

/** Activations whose arguments decide what they become, or whether they can be proved. */
final class ActivationOperatorsTest {
  private static final TensorData X = TorchCase.data(Shape.of(1, 2, 2), -2, 3, -4, 5);

  @Test
  void preluHasOneSlopeForAllOrOneForEachChannel() {
    TorchCase one = new TorchCase();
    TensorData slope = TorchCase.data(Shape.of(1), 0.5);
    assertArrayEquals(
        new float[] {-1, 3, -2, 5}, one.run(X, one.op("aten.prelu", one.x, slope)).toFloats());

    TorchCase each = new TorchCase();
    TensorData slopes = TorchCase.data(Shape.of(2), 0.5, 0.25);
    assertArrayEquals(
        new float[] {-1, 3, -1, 5}, each.run(X, each.op("aten.prelu", each.x, slopes)).toFloats());

    TorchCase other = new TorchCase();
    TensorData three = TorchCase.data(Shape.of(3), 1, 2, 3);
    refused(other, "3 weights", "aten.prelu", other.x, three);
  }

  @Test
  void numbersWithoutAFunctionAreRefusedAtTheUsersLine() {
    TorchCase leaky = new TorchCase();
    refused(leaky, "slope Infinity", "aten.leaky_relu", leaky.x, Double.POSITIVE_INFINITY);
    TorchCase elu = new TorchCase();
    refused(elu, "scales must be positive", "aten.elu", elu.x, 1.0, -1.0, 1.0);
    TorchCase celu = new TorchCase();
    refused(celu, "scales must be positive", "aten.celu", celu.x, 0.0);
    TorchCase gelu = new TorchCase();
    refused(gelu, "approximate='fast'", "aten.gelu", gelu.x, "fast");
  }

  private static void refused(TorchCase c, String why, String operator, Object... arguments) {
    Object result = c.op(operator, arguments);
    UserException e = assertThrows(UserException.class, () -> c.run(X, result));
    assertEquals("model.py", e.location().file(), e.getMessage());
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }
}
