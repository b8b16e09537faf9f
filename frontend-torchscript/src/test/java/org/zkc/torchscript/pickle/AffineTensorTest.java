package org.zkc.torchscript.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.UserException;

/** Quantised tensors as the real numbers that they stand for. */
final class AffineTensorTest {
  private static StridedTensor integers(StorageType type, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new StridedTensor(
        new TensorStorage("0", type, values.length, MemorySegment.ofArray(bytes)),
        0,
        List.of(2L, (long) values.length / 2),
        List.of((long) values.length / 2, 1L));
  }

  @Test
  void oneScaleForAll() {
    StridedTensor unsigned = integers(StorageType.QUINT8, 0, 100, 200, 255);
    AffineTensor tensor = new AffineTensor(unsigned, new double[] {0.5}, new double[] {100}, 0);
    assertEquals(DType.F32, tensor.data("w").dtype());
    assertArrayEquals(new float[] {-50, 0, 50, 77.5f}, tensor.data("w").toFloats());
  }

  @Test
  void oneScaleForEachIndexOfAnAxis() {
    StridedTensor signed = integers(StorageType.QINT8, -128, 127, 3, -4);
    double[] scales = {0.1, 2};
    double[] zeros = {0, 1};
    assertArrayEquals(
        new float[] {-128 * 0.1f, 127 * 0.1f, 4, -10},
        new AffineTensor(signed, scales, zeros, 0).data("w").toFloats());
    assertArrayEquals(
        new float[] {-128 * 0.1f, 252, 3 * 0.1f, -10},
        new AffineTensor(signed, scales, zeros, 1).data("w").toFloats());
  }

  @Test
  void scalesThatDoNotFitTheAxisAreRefused() {
    StridedTensor signed = integers(StorageType.QINT8, 1, 2, 3, 4, 5, 6);
    for (AffineTensor wrong :
        List.of(
            new AffineTensor(signed, new double[] {1, 2}, new double[] {0, 0}, 1),
            new AffineTensor(signed, new double[] {1, 2}, new double[] {0}, 0),
            new AffineTensor(signed, new double[] {1, 2}, new double[] {0, 0}, 2),
            new AffineTensor(signed, new double[] {1, 2}, new double[] {0, 0}, -1),
            new AffineTensor(signed, new double[0], new double[0], 0))) {
      UserException e = assertThrows(UserException.class, () -> wrong.data("conv.weight"));
      assertTrue(e.getMessage().contains("conv.weight"), e.getMessage());
    }
  }
}
