package org.zkc.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.file.ElementType;
import org.zkc.gkr.file.Port;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

final class PortTest {
  private static final TensorDeclaration BYTE_RANGE =
      TensorDeclaration.input(List.of(6), -128, 127);

  @Test
  void realNumbersAreRoundedHalfToEvenAndClamped() {
    Port port = new Port("x", ElementType.F32, 0.5);
    TensorData x =
        TensorData.ofFloats(Shape.of(6), new float[] {0.25f, 0.75f, -0.25f, 1000f, -1e30f, 1.2f});
    assertArrayEquals(new int[] {0, 2, 0, 127, -128, 2}, PortArrays.quantize(port, x, BYTE_RANGE));
  }

  @Test
  void unitsBelongToTheIndicesOfOneAxis() {
    Port channels = new Port("x", ElementType.F32, 0.5, List.of(1.0, 8.0), 3);
    assertEquals(0.5, channels.scaleOf(2));
    assertEquals(4, channels.scaleOf(3));
    assertEquals(0.5, channels.scaleOf(6));
    assertTrue(channels.fits(List.of(1, 2, 3)));
    assertTrue(channels.fits(List.of(4, 2, 1, 3)));
    assertFalse(channels.fits(List.of(1, 3, 2)));
    assertFalse(channels.fits(List.of(6)));
    assertThrows(
        IllegalArgumentException.class, () -> new Port("x", ElementType.F32, 0.5, List.of(1.0), 0));
    assertThrows(
        IllegalArgumentException.class, () -> new Port("x", ElementType.F32, 0.5, List.of(), 2));
  }

  @Test
  void inputsThatAreCutAreTold() {
    Port port = new Port("x", ElementType.F32, 0.5);
    TensorData inside = TensorData.ofFloats(Shape.of(6), new float[] {-64.2f, 63.7f, 0, 1, 2, 3});
    assertEquals(Optional.empty(), PortArrays.warning(port, inside, BYTE_RANGE));
    TensorData outside =
        TensorData.ofFloats(Shape.of(6), new float[] {-65, 63, 1e9f, -1e30f, 2, 3});
    assertEquals(
        "3 of 6 elements of input x lie outside [-64.00, 63.50] and are cut to it; was the model"
            + " calibrated with inputs of another scale?",
        PortArrays.warning(port, outside, BYTE_RANGE).orElseThrow());
  }

  @Test
  void nanIsAnError() {
    Port port = new Port("x", ElementType.F32, 0.5);
    TensorData x = TensorData.ofFloats(Shape.of(6), new float[] {0, 0, 0, Float.NaN, 0, 0});
    UserException e =
        assertThrows(UserException.class, () -> PortArrays.quantize(port, x, BYTE_RANGE));
    assertTrue(
        e.getMessage().contains("NaN") && e.getMessage().contains("element 3"), e.getMessage());
  }

  @Test
  void integersAreNeverClamped() {
    Port port = new Port("token", ElementType.I64, 1);
    TensorData good =
        TensorData.ofLongs(DType.I64, Shape.of(6), new long[] {-128, 127, 0, 1, 2, 3});
    assertArrayEquals(
        new int[] {-128, 127, 0, 1, 2, 3}, PortArrays.quantize(port, good, BYTE_RANGE));
    TensorData bad = TensorData.ofLongs(DType.I64, Shape.of(6), new long[] {-129, 127, 0, 1, 2, 3});
    assertThrows(UserException.class, () -> PortArrays.quantize(port, bad, BYTE_RANGE));
    TensorData floats = TensorData.ofFloats(Shape.of(6), new float[6]);
    assertThrows(UserException.class, () -> PortArrays.quantize(port, floats, BYTE_RANGE));
  }

  @Test
  void shapesMustAgree() {
    Port port = new Port("x", ElementType.F32, 0.5);
    TensorData x = TensorData.ofFloats(Shape.of(2, 3), new float[6]);
    assertThrows(UserException.class, () -> PortArrays.quantize(port, x, BYTE_RANGE));
  }

  @Test
  void outputsAreIntegersTimesScaleInFloat32() {
    Port port = new Port("y", ElementType.F32, 0.1);
    TensorData y = PortArrays.dequantize(port, new int[] {3, -7}, List.of(1, 2));
    assertArrayEquals(new float[] {(float) (3 * 0.1), (float) (-7 * 0.1)}, y.toFloats());
    assertEquals(
        DType.I1,
        PortArrays.dequantize(new Port("m", ElementType.I1, 1), new int[] {0, 1}, List.of(2))
            .dtype());
    TensorData bytes =
        PortArrays.dequantize(new Port("b", ElementType.U8, 1), new int[] {0, 255}, List.of(2));
    assertEquals(DType.U8, bytes.dtype());
    assertArrayEquals(new long[] {0, 255}, bytes.toLongs());
  }

  @Test
  void scalesMustMakeSense() {
    assertThrows(IllegalArgumentException.class, () -> new Port("x", ElementType.F32, 0));
    assertThrows(IllegalArgumentException.class, () -> new Port("x", ElementType.F32, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new Port("x", ElementType.I64, 0.5));
  }
}
