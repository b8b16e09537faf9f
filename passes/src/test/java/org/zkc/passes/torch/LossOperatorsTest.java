package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;

/** Values worked out by hand; random calls are compared with PyTorch in the acceptance tests. */
class LossOperatorsTest {
  private static final TensorData X = TorchCase.data(Shape.of(2, 2), 1, -2, 0.5, 3);
  private static final TensorData TARGET = TorchCase.data(Shape.of(2, 2), 0, 1, 0, 1);

  private static double of(String operator, Object... more) {
    TorchCase c = new TorchCase();
    Object[] arguments = new Object[more.length + 2];
    arguments[0] = c.x;
    arguments[1] = TARGET;
    System.arraycopy(more, 0, arguments, 2, more.length);
    return c.run(X, c.op(operator, arguments)).getDouble(0);
  }

  /** The differences are 1, -3, 0.5 and 2. */
  @Test
  void distances() {
    assertEquals(14.25 / 4, of("aten.mse_loss", 1), 1e-6);
    assertEquals(14.25, of("aten.mse_loss", 2), 1e-6);
    assertEquals(1, of("aten.mse_loss", 0), 1e-6);
    assertEquals(6.5 / 4, of("aten.l1_loss", 1), 1e-6);
    assertEquals((0.5 + 2.5 + 0.125 + 1.5) / 4, of("aten.smooth_l1_loss", 1, 1.0), 1e-6);
    assertEquals((0.25 + 2 + 0.0625 + 1) / 4, of("aten.smooth_l1_loss", 1, 2.0), 1e-6);
    assertEquals((0.5 + 4 + 0.125 + 2) / 4, of("aten.huber_loss", 1, 2.0), 1e-6);
  }

  @Test
  void entropiesOfLogits() {
    double sum = softplus(1) + softplus(-2) + 2 + softplus(0.5) + softplus(3) - 3;
    assertEquals(sum, of("aten.binary_cross_entropy_with_logits", (Object) null, null, 2), 1e-5);
    TorchCase c = new TorchCase();
    Value p = c.op("aten.sigmoid", c.x);
    assertEquals(
        sum, c.run(X, c.op("aten.binary_cross_entropy", p, TARGET, null, 2)).getDouble(0), 1e-5);
  }

  /** Of the rows (1, -2) and (0.5, 3) the shares of the first class are sigmoid(3) and (-2.5). */
  @Test
  void entropiesOfClasses() {
    double first = softplus(-3);
    double second = softplus(-2.5);
    TensorData classes = TensorData.ofLongs(DType.I64, Shape.of(2), new long[] {0, 1});
    assertEquals((first + second) / 2, classLoss(classes, null, 1, -100), 1e-6);
    assertEquals(first + second, classLoss(classes, null, 2, -100), 1e-6);
    assertEquals(first, classLoss(classes, null, 1, 1), 1e-6);
    TensorData weights = TorchCase.data(Shape.of(2), 3, 1);
    assertEquals((3 * first + second) / 4, classLoss(classes, weights, 1, -100), 1e-6);
    TensorData some = TensorData.ofLongs(DType.I64, Shape.of(2), new long[] {-1, 1});
    assertEquals(second, classLoss(some, null, 1, -1), 1e-6);
  }

  private static double classLoss(
      TensorData classes, @Nullable TensorData weights, int reduction, int ignored) {
    TorchCase c = new TorchCase();
    Value loss = c.op("aten.cross_entropy_loss", c.x, classes, weights, reduction, ignored, 0.0);
    return c.run(X, loss).getDouble(0);
  }

  @Test
  void aClassThatThereIsNotIsRefused() {
    TensorData classes = TensorData.ofLongs(DType.I64, Shape.of(2), new long[] {0, 2});
    UserException e = assertThrows(UserException.class, () -> classLoss(classes, null, 1, -100));
    assertEquals("aten.cross_entropy_loss cannot be proved here: class 2 of 2", e.getMessage());
  }

  /** The cosines are 1 and 0; a target that is neither 1 nor -1 counts for nothing. */
  @Test
  void distancesOfCosines() {
    TensorData same = TorchCase.data(Shape.of(3, 2), 2, 0, 0, 3, 1, 1);
    TensorData signs = TorchCase.data(Shape.of(3), -1, 1, 0.5);
    TorchCase c = new TorchCase();
    Value loss = c.op("aten.cosine_embedding_loss", c.x, same, signs, 0.25, 0);
    TensorData x = TorchCase.data(Shape.of(3, 2), 1, 0, 2, 0, 1, 1);
    assertArrayEquals(new double[] {0.75, 1, 0}, c.run(x, loss).toDoubles(), 1e-6);
  }

  /** Logarithms are -100 at least, those of 0 too. */
  @Test
  void entropiesOfProbabilities() {
    TorchCase c = new TorchCase();
    Value loss = c.op("aten.binary_cross_entropy", c.x, TARGET, null, 0);
    TensorData p = TorchCase.data(Shape.of(2, 2), 0.25, 0.5, 0, 0);
    assertArrayEquals(
        new double[] {-Math.log(0.75), Math.log(2), 0, 100}, c.run(p, loss).toDoubles(), 1e-6);
  }

  private static double softplus(double x) {
    return Math.log1p(Math.exp(x));
  }
}
