package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;

/** Reductions by values worked out by hand, and those that cannot be proved. */
final class ReductionOperatorsTest {
  private static final TensorData X = TorchCase.data(Shape.of(2, 3), 1, -2, 4, 0, 3, -3);

  private static void check(TorchCase c, Value y, double... expected) {
    float[] floats = new float[expected.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) expected[i];
    }
    assertArrayEquals(floats, c.run(X, y).toFloats(), 1e-6f);
  }

  @Test
  void extremesOverAnyAxes() {
    TorchCase rows = new TorchCase();
    check(rows, rows.op("aten.amax", rows.x, List.of(1), false), 4, 3);
    TorchCase columns = new TorchCase();
    check(columns, columns.op("aten.amin", columns.x, List.of(0), true), 0, -2, -3);
    TorchCase all = new TorchCase();
    check(all, all.op("aten.max", all.x), 4);
  }

  @Test
  void productsAndSumsAlongAnAxis() {
    TorchCase product = new TorchCase();
    check(product, product.op("aten.prod/dim_int", product.x, 1, false, null), -8, 0);
    TorchCase sums = new TorchCase();
    check(sums, sums.op("aten.cumsum", sums.x, 1, null), 1, -1, 3, 0, 3, 0);
    TorchCase twice = new TorchCase();
    check(twice, twice.op("aten.diff", twice.x, 2, 1, null, null), 9, -9);
    TorchCase none = new TorchCase();
    TensorData ignored = TorchCase.data(Shape.of(2, 1), 7, 7);
    check(none, none.op("aten.diff", none.x, 0, 1, ignored, ignored), 1, -2, 4, 0, 3, -3);
    TorchCase to = new TorchCase();
    check(to, to.op("aten.sum_to_size", to.x, List.of(1)), 3);
    TorchCase columns = new TorchCase();
    check(columns, columns.op("aten.sum_to_size", columns.x, List.of(1, 3)), 1, 1, 1);
  }

  /**
   * Boundaries that are computed from the input, of each row its own, and of all numbers the same.
   */
  @Test
  void placesAmongComputedBoundaries() {
    TorchCase rows = new TorchCase();
    Value sorted = rows.op("aten.cumsum", rows.op("aten.abs", rows.x), 1, null);
    TensorData wanted = TorchCase.data(Shape.of(2, 2), 3, 6.5, -1, 6);
    assertPlaces(rows, search(rows, sorted, wanted, false), 1, 2, 0, 2);
    TorchCase right = new TorchCase();
    Value same = right.op("aten.cumsum", right.op("aten.abs", right.x), 1, null);
    assertPlaces(right, search(right, same, wanted, true), 2, 2, 0, 3);
    TorchCase line = new TorchCase();
    Value first = line.op("aten.select", line.op("aten.cumsum", line.x, 0, null), 1, 0);
    assertPlaces(line, search(line, first, TorchCase.data(Shape.of(3), 0, 2, 1), true), 0, 2, 2);
    TorchCase fault = new TorchCase();
    Value three = search(fault, fault.x, TorchCase.data(Shape.of(3), 0, 2, 1), false);
    UserException refused = assertThrows(UserException.class, () -> fault.run(X, three));
    assertTrue(refused.getMessage().contains("all axes but the last"), refused::getMessage);
  }

  private static Value search(TorchCase c, Value boundaries, TensorData wanted, boolean right) {
    return c.op("aten.searchsorted/Tensor", boundaries, wanted, false, right, null, null);
  }

  private static void assertPlaces(TorchCase c, Value y, long... expected) {
    assertArrayEquals(expected, c.run(X, y).toLongs());
  }

  @Test
  void spreadsAndNorms() {
    TorchCase variance = new TorchCase();
    check(variance, variance.op("aten.var/correction", variance.x, List.of(1), 1, false), 9, 9);
    TorchCase deviation = new TorchCase();
    check(
        deviation,
        deviation.op("aten.std/dim", deviation.x, List.of(0), false, true),
        0.5,
        2.5,
        3.5);
    TorchCase norm = new TorchCase();
    check(
        norm,
        norm.op("aten.norm/ScalarOpt_dim", norm.x, 2, List.of(1), false),
        Math.sqrt(21),
        Math.sqrt(18));
    TorchCase greatest = new TorchCase();
    check(
        greatest,
        greatest.op(
            "aten.norm/ScalarOpt_dim", greatest.x, Double.POSITIVE_INFINITY, List.of(1), true),
        4,
        3);
  }

  @Test
  void logarithmsOfSums() {
    TorchCase c = new TorchCase();
    check(
        c,
        c.op("aten.logsumexp", c.x, List.of(1), false),
        Math.log(Math.exp(1) + Math.exp(-2) + Math.exp(4)),
        Math.log(1 + Math.exp(3) + Math.exp(-3)));
  }

  /** As a layer that standardises its weights does. */
  @Test
  void ofConstantsTheyAreConstants() {
    TorchCase c = new TorchCase();
    TensorData weight = TorchCase.data(Shape.of(2, 3), 1, 2, 3, 4, 6, 8);
    Value deviation = c.op("aten.std/dim", weight, List.of(1), true, true);
    Value y = c.op("aten.linear", c.x, c.op("aten.div", weight, deviation), null);
    assertEquals(
        List.of("constant", "linear"),
        c.lower(X.shape(), y).main().body().stream().map(op -> OpSpec.of(op).mnemonic()).toList());
    check(c, y, 9, 12, -3, -3);
  }

  @Test
  void whatHasNoValueIsRefused() {
    TorchCase spread = new TorchCase();
    refused(
        spread,
        spread.op("aten.var/correction", spread.x, List.of(0), 2, false),
        "2 elements less a correction of 2.0");
    TorchCase norm = new TorchCase();
    refused(norm, norm.op("aten.norm/ScalarOpt_dim", norm.x, 0, List.of(1), false), "order 0.0");
    TorchCase matrix = new TorchCase();
    refused(
        matrix,
        matrix.op("aten.linalg_norm", matrix.x, 2, List.of(0, 1), false, null),
        "order 2.0 of a matrix");
  }

  private static void refused(TorchCase c, Value y, String why) {
    UserException e = assertThrows(UserException.class, () -> c.lower(X.shape(), y));
    assertEquals("model.py", e.location().file(), e.getMessage());
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }
}
