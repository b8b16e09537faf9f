package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Operator;

/** Sums of rows of a table that are named in bags, worked out by hand. */
final class EmbeddingBagTest {
  private static Value bags(TorchCase c, int padding) {
    TensorData indices = TensorData.ofLongs(DType.I64, Shape.of(5), new long[] {2, 0, 0, 1, 2});
    TensorData offsets = TensorData.ofLongs(DType.I64, Shape.of(2), new long[] {0, 2});
    Value result = c.builder.fresh("bags", TorchCase.TENSOR);
    c.builder.append(
        new Operator(
            List.of(
                result,
                c.builder.fresh("r", TorchCase.TENSOR),
                c.builder.fresh("r", TorchCase.TENSOR),
                c.builder.fresh("r", TorchCase.TENSOR)),
            "aten.embedding_bag",
            "padding_idx",
            List.of(
                c.x,
                c.value(indices),
                c.value(offsets),
                c.value(false),
                c.value(0),
                c.value(false),
                c.value(null),
                c.value(false),
                c.value(padding)),
            c.next()));
    return result;
  }

  @Test
  void aNegativePaddingIndexCountsFromTheEnd() {
    TensorData table = TorchCase.data(Shape.of(3, 1), 1, 10, 100);
    TorchCase first = new TorchCase();
    assertArrayEquals(new float[] {100, 110}, first.run(table, bags(first, 0)).toFloats());
    TorchCase last = new TorchCase();
    assertArrayEquals(new float[] {1, 11}, last.run(table, bags(last, -1)).toFloats());
  }

  @Test
  void aPaddingIndexOutsideTheTableIsRefused() {
    TorchCase c = new TorchCase();
    Value y = bags(c, -4);
    UserException e = assertThrows(UserException.class, () -> c.lower(Shape.of(3, 1), y));
    assertEquals(
        "aten.embedding_bag cannot be proved here: padding_idx -4 of a table of 3 rows",
        e.getMessage());
  }
}
