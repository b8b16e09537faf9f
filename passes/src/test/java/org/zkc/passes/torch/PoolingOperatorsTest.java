package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.torch.TupleUnpack;

/** Expected elements are PyTorch's for x[i] = i^2 mod 17, i = 1 .. 35. */
final class PoolingOperatorsTest {
  private static TensorData squares(int... extents) {
    double[] elements = new double[35];
    for (int i = 0; i < 35; i++) {
      elements[i] = (i + 1) * (i + 1) % 17;
    }
    return TorchCase.data(Shape.of(extents), elements);
  }

  private static void check(TorchCase c, Object result, int[] shape, double... expected) {
    TensorData out = c.run(squares(1, 1, 5, 7), result);
    assertEquals(Shape.of(shape), out.shape());
    assertArrayEquals(TorchCase.data(Shape.of(shape), expected).toFloats(), out.toFloats(), 1e-5f);
  }

  private static final List<Integer> KERNEL = List.of(2, 3);
  private static final List<Integer> STRIDE = List.of(2, 2);
  private static final List<Integer> PADDING = List.of(1, 1);

  @Test
  void averageWithCeilModeCountingThePadding() {
    TorchCase c = new TorchCase();
    check(
        c,
        c.op("aten.avg_pool2d", c.x, KERNEL, STRIDE, PADDING, true, true, null),
        new int[] {1, 1, 3, 4},
        0.833333,
        4.833333,
        4.333333,
        2.833333,
        5.166667,
        5.333333,
        6.666667,
        8.333333,
        5.666667,
        9.833333,
        7.666667,
        3.0);
  }

  /** A window of 40 rows over five: with ceil_mode it has one place. */
  @Test
  void windowsLongerThanTheAxisWithCeilMode() {
    List<Integer> wide = List.of(40, 3);
    List<Integer> stride = List.of(40, 2);
    TorchCase c = new TorchCase();
    check(
        c,
        c.op("aten.avg_pool2d", c.x, wide, stride, PADDING, true, true, null),
        new int[] {1, 1, 1, 4},
        3.333333,
        5.714286,
        5.333333,
        4.047619);
    List<Integer> tall = List.of(40, 1);
    List<Integer> low = List.of(3, 0);
    List<Integer> dilation = List.of(1, 1);
    TorchCase d = new TorchCase();
    check(
        d,
        d.op("aten.max_pool2d", d.x, tall, tall, low, dilation, true),
        new int[] {1, 1, 1, 7},
        13,
        16,
        15,
        16,
        13,
        16,
        16);
    TorchCase e = new TorchCase();
    assertThrows(
        UserException.class,
        () ->
            check(
                e,
                e.op("aten.max_pool2d", e.x, tall, tall, low, dilation, false),
                new int[] {1, 1, 1, 7}));
  }

  @Test
  void averageWithCeilModeWithoutThePadding() {
    TorchCase c = new TorchCase();
    check(
        c,
        c.op("aten.avg_pool2d", c.x, KERNEL, STRIDE, PADDING, true, false, null),
        new int[] {1, 1, 3, 4},
        2.5,
        9.666667,
        8.666667,
        8.5,
        7.75,
        5.333333,
        6.666667,
        12.5,
        8.5,
        9.833333,
        7.666667,
        4.5);
  }

  @Test
  void averageWithADivisor() {
    TorchCase c = new TorchCase();
    check(
        c,
        c.op("aten.avg_pool2d", c.x, KERNEL, STRIDE, List.of(0, 1), false, true, 5),
        new int[] {1, 1, 2, 4},
        6.2,
        11.8,
        10.4,
        8.4,
        3.0,
        6.4,
        11.0,
        8.4);
  }

  @Test
  void maximumWithCeilModeAndDilation() {
    TorchCase c = new TorchCase();
    check(
        c,
        c.op("aten.max_pool2d", c.x, KERNEL, STRIDE, PADDING, List.of(1, 2), true),
        new int[] {1, 1, 3, 3},
        16,
        16,
        16,
        13,
        16,
        16,
        16,
        16,
        15);
  }

  @Test
  void adaptiveAverageWithOverlappingWindows() {
    TorchCase c = new TorchCase();
    check(
        c,
        c.op("aten.adaptive_avg_pool2d", c.x, List.of(3, 4)),
        new int[] {1, 1, 3, 4},
        7.75,
        9.833333,
        8.666667,
        10.5,
        6.833333,
        6.888889,
        9.0,
        11.166667,
        8.5,
        9.833333,
        7.666667,
        4.5);
  }

  @Test
  void adaptiveMaximumWhoseIndicesNobodyReads() {
    TorchCase c = new TorchCase();
    Value both = c.op("aten.adaptive_max_pool2d", c.x, List.of(3, 4));
    Value pooled = c.builder.fresh("pooled", TorchCase.TENSOR);
    Value indices = c.builder.fresh("indices", TorchCase.TENSOR);
    c.builder.append(new TupleUnpack(List.of(pooled, indices), both, c.next()));
    check(c, pooled, new int[] {1, 1, 3, 4}, 13, 16, 16, 16, 13, 15, 16, 16, 16, 16, 15, 15);
    assertTrue(
        c.lower(Shape.of(1, 1, 5, 7), pooled).main().body().stream()
            .noneMatch(TopIndices.class::isInstance));
  }

  @Test
  void averageOverOneAxisOfAnUnbatchedInput() {
    TorchCase c = new TorchCase();
    TensorData out =
        c.run(
            squares(5, 7),
            c.op("aten.avg_pool1d", c.x, List.of(3), List.of(2), List.of(1), true, false));
    assertEquals(Shape.of(5, 4), out.shape());
    float[] row = Arrays.copyOfRange(out.toFloats(), 16, 20);
    assertArrayEquals(new float[] {12.0f, 9.666667f, 1.666667f, 0.5f}, row, 1e-5f);
  }

  @Test
  void anEmptyStrideIsTheKernel() {
    TorchCase c = new TorchCase();
    Value out = c.op("aten.max_pool2d", c.x, List.of(2), List.of(), List.of(0), List.of(1), false);
    assertEquals(
        Shape.of(1, 1, 2, 3),
        c.lower(Shape.of(1, 1, 5, 7), out).main().results().getFirst().shape());
  }

  @Test
  void paddingOfMoreThanHalfTheKernelIsRefusedAsInPyTorch() {
    TorchCase c = new TorchCase();
    Value out = c.op("aten.max_pool2d", c.x, List.of(2), List.of(), List.of(2), List.of(1), false);
    UserException e = assertThrows(UserException.class, () -> c.lower(Shape.of(1, 1, 5, 7), out));
    assertEquals(2, e.location().line());
  }
}
