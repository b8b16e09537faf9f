package org.zkc.ir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AxisPartsTest {
  private static final TensorData SIX =
      TensorData.ofLongs(DType.I16, Shape.of(2, 3), new long[] {1, 2, 3, 4, 5, 6});

  @Test
  void columnsAndRowsAreTakenApart() {
    List<TensorData> columns = new AxisParts(1, List.of(1, 2)).split(SIX);
    assertEquals(Shape.of(2, 1), columns.get(0).shape());
    assertArrayEquals(new long[] {1, 4}, columns.get(0).toLongs());
    assertEquals(Shape.of(2, 2), columns.get(1).shape());
    assertArrayEquals(new long[] {2, 3, 5, 6}, columns.get(1).toLongs());
    List<TensorData> rows = new AxisParts(0, List.of(1, 1)).split(SIX);
    assertArrayEquals(new long[] {1, 2, 3}, rows.get(0).toLongs());
    assertArrayEquals(new long[] {4, 5, 6}, rows.get(1).toLongs());
  }

  @Test
  void oneMiddleAxis() {
    long[] elements = new long[12];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i;
    }
    TensorData all = TensorData.ofLongs(DType.I64, Shape.of(2, 3, 2), elements);
    List<TensorData> parts = new AxisParts(1, List.of(2, 1)).split(all);
    assertArrayEquals(new long[] {0, 1, 2, 3, 6, 7, 8, 9}, parts.get(0).toLongs());
    assertArrayEquals(new long[] {4, 5, 10, 11}, parts.get(1).toLongs());
  }

  @Test
  void oneThatIsNotCutIsItself() {
    assertSame(SIX, AxisParts.WHOLE.split(SIX).getFirst());
    assertEquals("x", AxisParts.WHOLE.name("x", 0));
  }

  @Test
  void namesAreThoseOfPython() {
    AxisParts parts = new AxisParts(1, List.of(1, 3));
    assertEquals("x[:, 0]", parts.name("x", 0));
    assertEquals("x[:, 1:4]", parts.name("x", 1));
    assertEquals("x[0:2]", new AxisParts(0, List.of(2, 1)).name("x", 0));
  }
}
