package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
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

  /** PyTorch answers 0 or NaN for a query whose addend is minus infinity everywhere. */
  @Test
  void anAddendThatLeavesAQueryNothingIsRefused() {
    TorchCase c = new TorchCase();
    double none = Double.NEGATIVE_INFINITY;
    TensorData mask = TorchCase.data(Shape.of(2, 2), none, none, 0, none);
    Value y =
        c.op("aten.scaled_dot_product_attention", c.x, c.x, c.x, mask, 0.0, false, null, false);
    UserException e = assertThrows(UserException.class, () -> c.lower(Shape.of(1, 2, 2), y));
    assertEquals(
        "aten.scaled_dot_product_attention cannot be proved here: its mask excludes every position"
            + " for query 0",
        e.getMessage());
  }

  /** A graph attention layer's: where edges are missing, a tensor of -9e15. */
  @Test
  void aTensorOfHugeNumbersByAComputedMask() {
    TorchCase c = new TorchCase();
    Value mask = c.op("aten.gt/Scalar", c.x, 0);
    TensorData none = TorchCase.data(Shape.of(2, 2), -9e15, -9e15, -9e15, -9e15);
    Value p = c.op("aten.softmax/int", c.op("aten.where/self", mask, c.x, none), 1, null);
    assertMasked(c.lower(Shape.of(2, 2), p));
    float[] out = c.run(TorchCase.data(Shape.of(2, 2), -1, 2, 3, 3), p).toFloats();
    assertArrayEquals(new float[] {0, 1, 0.5f, 0.5f}, out, 1e-6f);
  }

  /** The mask of Mamba's sums over segments: exp makes 0 of minus infinity. */
  @Test
  void aFunctionOfAFillIsKnown() {
    TensorData upper = TensorData.ofLongs(DType.I1, Shape.of(2, 2), new long[] {0, 1, 0, 0});
    TorchCase c = new TorchCase();
    Value filled = c.op("aten.masked_fill/Scalar", c.x, upper, Double.NEGATIVE_INFINITY);
    Value less = c.op("aten.sub/Tensor", c.op("aten.transpose/int", filled, 0, 1), c.x, 1);
    Value y = c.op("aten.exp", less);
    assertModest(c.lower(Shape.of(2, 2), y));
    float[] out = c.run(TorchCase.data(Shape.of(2, 2), 1, 2, 3, 4), y).toFloats();
    assertArrayEquals(new float[] {1, (float) Math.E, 0, 1}, out, 1e-6f);
  }

  @Test
  void aComputedFillIsKnownToo() {
    TorchCase c = new TorchCase();
    Value mask = c.op("aten.gt/Scalar", c.x, 0);
    Value y = c.op("aten.sigmoid", c.op("aten.masked_fill/Scalar", c.x, mask, -1e30));
    assertModest(c.lower(Shape.of(2), y));
    float[] out = c.run(TorchCase.data(Shape.of(2), 0, 3), y).toFloats();
    assertArrayEquals(new float[] {0.5f, 0}, out, 1e-6f);
  }

  /** The first state of a running maximum, as RWKV's. */
  @Test
  void whatMinusInfinitySwallowsIsNotComputed() {
    TorchCase c = new TorchCase();
    TensorData least = TorchCase.data(Shape.of(2), -1e38, -1e38);
    Value most = c.op("aten.maximum", least, c.x);
    Value share = c.op("aten.exp", c.op("aten.sub/Tensor", least, most, 1));
    Value y = c.op("aten.add/Tensor", most, share, 1);
    assertModest(c.lower(Shape.of(2), y));
    float[] out = c.run(TorchCase.data(Shape.of(2), -5, 7), y).toFloats();
    assertArrayEquals(new float[] {-5, 7}, out, 0);
  }

  @Test
  void aBoundThatBoundsNothingIsNone() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.clamp", c.x, -3.4028234663852886e38, 2);
    assertModest(c.lower(Shape.of(3), y));
    float[] out = c.run(TorchCase.data(Shape.of(3), -5, 1, 7), y).toFloats();
    assertArrayEquals(new float[] {-5, 1, 2}, out, 0);
  }

  /** No number that the result depends on stands for infinity. */
  private static void assertModest(Program program) {
    Set<Value> live = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Op op : program.main().body().reversed()) {
      if (op.definitions().isEmpty() || op.definitions().stream().anyMatch(live::contains)) {
        live.addAll(op.operands());
        assertTrue(
            !(op instanceof Constant k) || most(k.data()) <= 1e9, "a constant stands for infinity");
      }
    }
  }

  /** One softmax, with a mask, and no number that stands for infinity. */
  private static void assertMasked(Program program) {
    assertTrue(
        program.main().body().stream()
            .anyMatch(op -> op instanceof Softmax s && s.mask().isPresent()),
        "no softmax has a mask");
    assertModest(program);
  }

  private static double most(TensorData data) {
    double most = 0;
    for (long i = 0; i < data.elementCount(); i++) {
      most = Math.max(most, Math.abs(data.getDouble(i)));
    }
    return most;
  }
}
