package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;

/** One axis with the squares of 0 to 5, resampled; the expected numbers are PyTorch's. */
final class InterpolationOperatorsTest {
  private static final TensorData SQUARES = TorchCase.data(Shape.of(1, 1, 6), 0, 1, 4, 9, 16, 25);

  private static void check(String operator, List<Object> arguments, double... expected) {
    TorchCase c = new TorchCase();
    Object[] all = new Object[arguments.size() + 1];
    all[0] = c.x;
    for (int i = 0; i < arguments.size(); i++) {
      all[i + 1] = arguments.get(i);
    }
    Value y = c.op(operator, all);
    double[] found = c.run(SQUARES, y).toDoubles();
    assertArrayEquals(expected, found, 1e-4, () -> Arrays.toString(found));
  }

  /** Arguments that may be null, which stands for None. */
  private static List<Object> arguments(Object... values) {
    return Arrays.asList(values);
  }

  @Test
  void nearestNeighbours() {
    String nearest = "aten.upsample_nearest1d";
    check(nearest, arguments(List.of(12), null), 0, 0, 1, 1, 4, 4, 9, 9, 16, 16, 25, 25);
    check(nearest, arguments(List.of(3), null), 0, 4, 16);
    check(nearest, arguments(List.of(6), null), 0, 1, 4, 9, 16, 25);
    check(nearest, arguments(List.of(4), null), 0, 1, 9, 16);
    check("aten._upsample_nearest_exact1d", arguments(List.of(4), null), 0, 4, 9, 25);
    check("aten._upsample_nearest_exact1d", arguments(List.of(3), null), 1, 9, 25);
  }

  @Test
  void aFactorDecidesWhereItIsGiven() {
    check(
        "aten.upsample_nearest1d",
        arguments(List.of(13), 2.2),
        0,
        0,
        0,
        1,
        1,
        4,
        4,
        9,
        9,
        16,
        16,
        25,
        25);
  }

  @Test
  void linear() {
    String linear = "aten.upsample_linear1d";
    check(linear, arguments(List.of(4), false, null), 0.25, 3.25, 10.75, 22.75);
    check(
        linear,
        arguments(List.of(8), false, null),
        0,
        0.625,
        2.125,
        4.625,
        8.375,
        13.375,
        19.375,
        25);
    check(linear, arguments(List.of(4), true, null), 0, 3, 11.333333, 25);
  }

  @Test
  void anAxisThatKeepsItsLengthIsCopiedWhateverTheFactor() {
    check("aten.upsample_linear1d", arguments(List.of(6), false, 1.15), 0, 1, 4, 9, 16, 25);
  }

  @Test
  void whatDependsOnTheKernelThatPyTorchChoosesIsRefused() {
    TensorData image = TorchCase.counting(1, 1, 4, 4);
    for (List<Object> sizes : List.of(arguments(8, 2.05), arguments(4, 1.1))) {
      TorchCase c = new TorchCase();
      Object size = sizes.get(0);
      Value y = c.op("aten.upsample_nearest2d", c.x, List.of(size, size), sizes.get(1), null);
      UserException refused = assertThrows(UserException.class, () -> c.run(image, y));
      assertTrue(
          refused.getMessage().contains("give size= or recompute_scale_factor=True"),
          refused.getMessage());
    }
    // Rounding makes no difference here, or there is no second kernel.
    TorchCase c = new TorchCase();
    c.run(image, c.op("aten.upsample_nearest2d", c.x, List.of(8, 4), 2.0, 1.0));
    check("aten.upsample_nearest1d", arguments(List.of(6), 1.1), 0, 0, 1, 4, 9, 16);
  }

  @Test
  void theRankMustFit() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.upsample_nearest2d", c.x, List.of(2, 2), null, null);
    UserException refused = assertThrows(UserException.class, () -> c.run(SQUARES, y));
    assertTrue(refused.getMessage().contains("4 axes are needed"), refused.getMessage());
  }
}
